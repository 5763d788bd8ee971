"""`promise`: the time that was promised: within the norm's hour of the call, or a longer one that was approved (C-APPT-05).

The norm declares the input `promise`; here it is held against the appointment and what the company ruled at this step.
"""

from datetime import timedelta

from app.domain.form import Raw
from app.domain.protocol import Step
from app.domain.steps.common import Around, Entered, read_declared

ACTS = ("done",)
PROMISE_MIN = 60


def read(act: str, step: Step, raw: Raw, around: Around) -> Entered:
    """{promise: within_hour|longer_approved|customer_later, …declared}."""
    body, faults = read_declared(step, raw)
    if body.get("promise") == "within_hour" and not is_within(around):
        faults["promise"] = "later_than_promised"
    if body.get("promise") == "longer_approved" and not is_approved(step, around):
        faults["promise"] = "not_approved"
    return body, faults


def is_within(around: Around) -> bool:
    """Whether the appointment lies within the promised minutes of the call, or of now where no call was recorded."""
    called = around.walk.of_kind("call")
    minutes = int(around.protocol.settings.get("arrival_promise_min", PROMISE_MIN))
    begins = called.at if called and called.at else around.at
    return around.walk.appointment - begins <= timedelta(minutes=minutes)


def is_approved(step: Step, around: Around) -> bool:
    """Whether the last ruling on this step let it be longer."""
    rulings = [record.body.get("ruling") for record in around.walk.rulings if record.step == step.id]
    return bool(rulings) and rulings[-1] == "approved"
