"""`checklist`: nothing but the inputs that the norm declares: kit, appearance, mat, teaching, cleaning, farewell."""

from app.domain.form import Raw
from app.domain.protocol import Step
from app.domain.steps.common import Around, Entered, read_declared

ACTS = ("done",)


def read(act: str, step: Step, raw: Raw, around: Around) -> Entered:
    """The declared values by their ids."""
    return read_declared(step, raw)
