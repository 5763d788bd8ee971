"""`covers`: shoe covers on, or waived with a reason that the protocol allows (F-SHOE-26..29).

The step's setting `waive_when` says which answers to its declared inputs let them be waived: {floor = ["bare"]}.
"""

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
    allowed = step.settings.get("waive_when", {})
    if body.get("worn") == "waived" and any(
        name in body and body[name] not in allowed[name] for name in allowed
    ):
        faults.setdefault("worn", "not_waived_here")
    if body.get("worn") == "on":
        body.pop("reason", None)
    return body, faults
