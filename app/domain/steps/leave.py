"""`leave`: gift, card and sticker: each left, or not with its reason (P-GIFT-01, P-CARD-04, P-STICK-05).

The step's setting `things` says which of them the norm has.
"""

from app.domain import form
from app.domain.form import Raw
from app.domain.protocol import Field, Step
from app.domain.steps.common import Around, Entered, coded, read_declared

ACTS = ("done",)
THINGS = ("gift", "card", "sticker")


def things_of(step: Step) -> tuple[str, ...]:
    """What is left behind under this norm."""
    return tuple(step.settings.get("things", THINGS))


def read(act: str, step: Step, raw: Raw, around: Around) -> Entered:
    """{gift: yes|no, gift_reason, card…, sticker…, sticker_place, …declared}."""
    body: dict[str, object] = {}
    faults: dict[str, str] = {}
    for thing in things_of(step):
        fields = [
            Field(thing, "choice", required=True, options=("yes", "no")),
            coded(
                around.protocol, f"{thing}_reason", "not_left_reason", required=form.first(raw, thing) == "no"
            ),
        ]
        found, wrong = form.read(fields, raw)
        body |= found
        faults |= wrong
    declared, more = read_declared(step, raw)
    return {**body, **declared}, {**faults, **more}
