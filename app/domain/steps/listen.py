"""`listen`: the customer's own words, and the symptoms in codes (G-TALK-01, H-LEVEL-10)."""

from app.domain.form import Raw
from app.domain.protocol import Field, Step
from app.domain.steps.common import Around, Entered, coded, read_with

ACTS = ("done",)


def read(act: str, step: Step, raw: Raw, around: Around) -> Entered:
    """{words, symptoms, mood, …declared}."""
    fields = [
        Field("words", "longtext", required=True),
        coded(around.protocol, "symptoms", "fault", type="choices"),
        coded(around.protocol, "mood", "mood"),
    ]
    return read_with(fields, step, raw)
