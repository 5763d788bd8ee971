"""`depart`: leaving, with the minutes that the way takes; the time to leave is worked back by `schedule` (E-DEP-01)."""

from app.domain.form import Raw
from app.domain.protocol import Field, Step
from app.domain.steps.common import Around, Entered, read_with

ACTS = ("done",)
FIELDS = [Field("travel_minutes", "number", required=True, min=0, max=600)]


def read(act: str, step: Step, raw: Raw, around: Around) -> Entered:
    """{travel_minutes, left_at, …declared}."""
    body, faults = read_with(FIELDS, step, raw)
    return {**body, "left_at": around.at.isoformat()}, faults
