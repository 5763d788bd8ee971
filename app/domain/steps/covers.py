"""`covers`: shoe covers on, or waived with a reason that the protocol allows (F-SHOE-26..29)."""

from app.domain.form import Raw
from app.domain.protocol import Field, Step
from app.domain.steps.common import Around, Entered, coded, read_with

ACTS = ("done",)


def read(act: str, step: Step, raw: Raw, around: Around) -> Entered:
    """{worn: on|waived, reason, …declared}; waived needs the reason."""
    fields = [
        Field("worn", "choice", required=True, options=("on", "waived")),
        coded(around.protocol, "reason", "covers_reason"),
    ]
    body, faults = read_with(fields, step, raw)
    if body.get("worn") == "waived" and "reason" not in body:
        faults.setdefault("reason", "required")
    if body.get("worn") == "on":
        body.pop("reason", None)
    return body, faults
