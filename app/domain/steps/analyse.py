"""`analyse`: likely causes, parts to bring, where it can be repaired, a loaner, and whether the time is enough (B)."""

from app.domain.form import Raw
from app.domain.protocol import Field, Step
from app.domain.steps.common import Around, Entered, coded, read_with

ACTS = ("done",)
PLACES = ("home", "take_back_likely", "unsure")
TIMES = ("enough", "tight")


def fields(around: Around) -> list[Field]:
    """The inputs that this kind brings."""
    parts = tuple(
        item.code for item in around.prices.items_for(around.facts.appliance["kind"]) if item.kind == "part"
    )
    loaners = ("none", *(str(loaner["id"]) for loaner in around.facts.loaners))
    return [
        coded(around.protocol, "causes", "cause", type="choices"),
        Field("parts", "choices", options=parts),
        Field("parts_text", "text"),
        Field("place", "choice", required=True, options=PLACES),
        Field("loaner", "choice", options=loaners),
        Field("time", "choice", required=True, options=TIMES),
        Field("source", "text"),
    ]


def read(act: str, step: Step, raw: Raw, around: Around) -> Entered:
    """{causes, parts, parts_text, place, loaner, time, source, …declared}."""
    return read_with(fields(around), step, raw)
