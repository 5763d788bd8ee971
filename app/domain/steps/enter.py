"""`enter`: introduced, customer confirmed, identity card shown, and who is at home (F-ENTRY-15..17, E29)."""

from app.domain.form import Raw
from app.domain.protocol import Field, Step
from app.domain.steps.common import Around, Entered, read_with

ACTS = ("done",)
AT_HOME = (
    "customer",
    "family",
    "helper",
)  # only a minor at home: do not enter (E29), which is a problem, not an entry
FIELDS = [
    Field("introduced", "tick", required=True, or_reason=True),
    Field("customer_confirmed", "tick", required=True, or_reason=True),
    Field("card_shown", "tick", required=True, or_reason=True),
    Field("who", "choice", required=True, options=AT_HOME),
]


def read(act: str, step: Step, raw: Raw, around: Around) -> Entered:
    """{introduced, customer_confirmed, card_shown, who, entered_at, …declared}."""
    body, faults = read_with(FIELDS, step, raw)
    return {**body, "entered_at": around.at.isoformat()}, faults
