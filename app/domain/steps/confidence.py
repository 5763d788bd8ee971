"""`confidence`: sure of the repair, or a follow-up within hours (Q-2H-01, Q-3H-02)."""

from app.domain.form import Raw
from app.domain.protocol import Field, Step
from app.domain.steps.common import Around, Entered, read_with

ACTS = ("done",)
FIELDS = [Field("sure", "choice", required=True, options=("yes", "no"))]


def read(act: str, step: Step, raw: Raw, around: Around) -> Entered:
    """{sure, …declared}."""
    return read_with(FIELDS, step, raw)
