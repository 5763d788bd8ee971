"""The workshop's rules: which state follows which, when a promise is due, what a new promise needs (I-PULL-09..11)."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from app.domain import form
from app.domain.form import Faults, Raw
from app.domain.protocol import Field

FOLLOWING: Mapping[str, tuple[str, ...]] = {
    "taken": ("received",),
    "received": ("diagnosed",),
    "diagnosed": ("waiting_part", "repaired", "not_repairable"),
    "waiting_part": ("repaired", "not_repairable"),
    "repaired": ("ready", "diagnosed"),
    "not_repairable": ("ready",),
    "ready": (),
}
"""What the workshop may say next. `returned` is no word of the workshop: the customer's signature brings it."""
STATES = (*FOLLOWING, "returned")
PROMISE_DAYS = 365
NOTE_LIMIT = 500
SAYS = (Field("note", "longtext", max=NOTE_LIMIT),)
PROMISE = (
    Field("promised_on", "date", required=True),
    Field("reason", "longtext", required=True, max=NOTE_LIMIT),
    Field("customer_says", "longtext", required=True, max=NOTE_LIMIT),
    Field("agreed", "tick", required=True),
)


def read_state(state: str, raw: Raw) -> tuple[dict[str, Any], Faults]:
    """The next state and what is said of it; waiting for a part and not repairable want words."""
    wanted = form.first(raw, "state")
    body, faults = form.read(SAYS, raw)
    if wanted not in FOLLOWING.get(state, ()):
        faults["state"] = "not_an_option" if wanted else "required"
    if wanted in ("diagnosed", "waiting_part", "not_repairable") and not body.get("note"):
        faults.setdefault("note", "required")
    return {**body, "state": wanted}, faults


def read_promise(raw: Raw, today: date) -> tuple[dict[str, Any], Faults]:
    """A new day with its reason and what the customer said to it; the customer must have agreed (I-PULL-11)."""
    body, faults = form.read(PROMISE, raw)
    if "promised_on" in body:
        days = (date.fromisoformat(body["promised_on"]) - today).days
        if days < 0:
            faults["promised_on"] = "in_the_past"
        elif days > PROMISE_DAYS:
            faults["promised_on"] = "too_far_ahead"
    return body, faults


def result_of(states: list[str]) -> str:
    """What comes home: repaired, or not_repairable; the last of the two that was said."""
    return next((one for one in reversed(states) if one in ("repaired", "not_repairable")), "not_repairable")


def urgency(promised_on: date, today: date) -> str:
    """How the promise stands: overdue, due (today or tomorrow) or kept."""
    if promised_on < today:
        return "overdue"
    return "due" if promised_on - today <= timedelta(days=1) else "kept"


def is_late(promised_on: date, today: date) -> bool:
    """Whether a promise made now comes after the old one ran out."""
    return promised_on < today


def asked_until(today: date) -> date:
    """Promises up to this day are asked about: tomorrow's too."""
    return today + timedelta(days=1)


def task_of(promised_on: date, today: date) -> str:
    """What the desk is asked: to keep what is promised by tomorrow, or to explain what passed."""
    return "promise_broken" if promised_on < today else "promise_due"
