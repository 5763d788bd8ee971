"""`term`: the warranty on the repair, agreed before it: 1 to 3 months, another in days, or none (O-TERM-08, O-TERM-09).

The norm declares the inputs (`term`, `days`, `case`, `agreed`); here they are held against each other and the law.
"""

from app.domain import warranty
from app.domain.form import Raw
from app.domain.protocol import Step
from app.domain.steps.common import Around, Entered, read_declared

ACTS = ("done",)
NEEDED = {"shorter": "days", "longer": "days", "none": "case"}
NOTHING = "no_repair"  # nothing will be repaired here, so nothing is promised
FAULTS = {"below_minimum": ("term", "below_minimum"), "consent_missing": ("agreed", "required")}


def read(act: str, step: Step, raw: Raw, around: Around) -> Entered:
    """{term, days (shorter or longer), case (none), agreed, …declared}."""
    body, faults = read_declared(step, raw)
    term = body.get("term", "")
    needed = NEEDED.get(term)
    for name in {*NEEDED.values()} - {needed}:
        body.pop(name, None)  # what a changed mind left in the form
        faults.pop(name, None)
    if needed and needed not in body:
        faults.setdefault(needed, "required")
    least, most = warranty.USUAL_REPAIR_MONTHS
    if term == "shorter" and body.get("days", 0) >= least * warranty.LONGEST_MONTH:
        faults["days"] = "too_large"
    if term == "longer" and "days" in body and body["days"] < most * warranty.LONGEST_MONTH:
        faults["days"] = "too_small"
    if not faults and term != NOTHING:
        given = warranty.agreed_term(body, 0)
        try:
            warranty.repair_term(
                given.months, minimum=around.prices.repair_warranty_min, agreed_before=bool(body.get("agreed")),
                case=given.case, days=given.days,
            )  # fmt: skip
        except warranty.WarrantyError as fault:
            name, code = FAULTS[fault.code]
            faults[name] = code
    return body, faults
