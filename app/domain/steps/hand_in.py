"""`hand_in`: slip or card, money and old parts given in; late ones say why and when (R-CARD-01, R-NOTE-06..R-DUE-09)."""

from app.domain.form import Raw
from app.domain.protocol import Field, Step
from app.domain.steps.common import Around, Entered, coded, promise_faults, read_with

ACTS = ("done",)


def read(act: str, step: Step, raw: Raw, around: Around) -> Entered:
    """{card, money, old_parts, late_reason, promised_on, handed_in_at, …declared}; each tick or its reason."""
    fields = [
        Field("card", "tick", required=True, or_reason=True),
        *([Field("money", "tick", required=True, or_reason=True)] if around.walk.cash_due else []),
        *([Field("old_parts", "tick", required=True, or_reason=True)] if around.walk.old_parts_taken else []),
        coded(around.protocol, "late_reason", "hand_in_late_reason"),
        Field("promised_on", "date"),
    ]
    body, faults = read_with(fields, step, raw)
    faults |= promise_faults(body, "promised_on", around)
    return {**body, "handed_in_at": around.at.isoformat()}, faults
