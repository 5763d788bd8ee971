"""`test`: does it work; not tested needs a reason, and what is dangerous is never powered (L-TEST-01..04, E27)."""

from app.domain.form import Raw
from app.domain.protocol import Field, Step
from app.domain.steps.common import Around, Entered, coded, read_with

ACTS = ("done",)
RESULTS = ("works", "fails", "not_tested", "dangerous")
NEEDLESS = "cannot_be_passed"  # what a norm that requires the test says to a reason that is none
POWERED = ("works", "fails")  # what nobody can know of a product that was not powered


def read(act: str, step: Step, raw: Raw, around: Around) -> Entered:
    """{result, reason, note, customer_saw, photos, …declared}; dangerous needs that the customer was told.

    The step's setting `untested_for` names the reasons that count where the norm requires the test; others do not.
    """
    fields = [
        Field("result", "choice", required=True, options=RESULTS),
        coded(around.protocol, "reason", "not_tested_reason"),
        Field("note", "longtext", max=500),
        Field("customer_saw", "tick"),
        Field("told_danger", "tick"),
        Field("photos", "photos"),
    ]
    body, faults = read_with(fields, step, raw)
    if body.get("result") == "not_tested" and "reason" not in body:
        faults.setdefault("reason", "required")
    elif body.get("result") == "not_tested" and body["reason"] not in step.settings.get(
        "untested_for", (body["reason"],)
    ):
        faults["reason"] = NEEDLESS
    if body.get("result") in POWERED and around.walk.danger:
        faults["result"] = "make_safe_first"
    if body.get("result") == "dangerous" and not body.get("told_danger"):
        faults.setdefault("told_danger", "required")
    return body, faults
