"""`accept`: the job's data, each value with who verified it (A-INFO-01..03)."""

from app.domain import form
from app.domain.form import Raw
from app.domain.protocol import Field, Step
from app.domain.steps.common import Around, Entered, bought_faults, read_declared

ACTS = ("done",)
DATA = (
    Field("name", "text", required=True),
    Field("address", "text", required=True, max=300),
    Field("phone", "tel"),
    Field("brand", "text"),
    Field("model", "text"),
    Field("serial", "text"),
    Field("purchase_date", "date"),
    Field("symptom", "longtext", max=500),
    Field("request", "longtext", max=500),
)
VERIFIED_BY = ("dispatcher", "customer", "unverified")


def read(act: str, step: Step, raw: Raw, around: Around) -> Entered:
    """{data: {…}, verified: {field: who}, …declared}. A purchase date after the visit is refused as impossible."""
    data, faults = form.read(DATA, raw)
    verified = {}
    all_by = form.first(raw, "all_by")
    for field in DATA:
        who = form.first(raw, f"{field.id}_by") or "unverified"
        if who == "unverified" and all_by and data.get(field.id):
            who = all_by
        if who not in VERIFIED_BY:
            faults[field.id] = "not_an_option"
        verified[field.id] = who
    faults |= bought_faults(data, around)
    declared, more = read_declared(step, raw)
    return {"data": data, "verified": verified, **declared}, {**faults, **more}
