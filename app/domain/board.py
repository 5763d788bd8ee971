"""The board: in which column a visit's card stands, and its one badge. Words and colours' names are the screens'.

A row is a visit of the day as `models/boards.py` reads it; times are aware datetimes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from app.domain import schedule

COLUMNS = ("to_give_out", "to_do", "on_the_way", "in_the_home", "to_sign", "done")
STATE_COLUMNS = {
    "scheduled": "to_do", "accepted": "to_do", "travelling": "on_the_way", "at_door": "on_the_way",
    "in_service": "in_the_home", "paused": "in_the_home", "to_sign": "to_sign",
}  # fmt: skip
NOT_BEGUN = frozenset({"scheduled", "accepted"})
NOT_THERE = frozenset({"scheduled", "accepted", "travelling"})
GIVE_OUT_BEFORE = timedelta(minutes=60)
PAUSED_TOO_LONG = timedelta(minutes=45)

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Badge:
    """What is worth knowing first. `kind`: trouble | waiting | now | done | plain; `minutes` when it is about time."""

    code: str
    kind: str = "plain"
    minutes: int = 0


@dataclass(frozen=True, slots=True)
class Card:
    """A visit on the board. `column` is one of COLUMNS; a card in trouble also stands among what needs somebody."""

    row: Row
    column: str
    badge: Badge | None

    @property
    def is_trouble(self) -> bool:
        return self.badge is not None and self.badge.kind == "trouble"


def card(row: Row, now: datetime, today: date, accept_min: int | None = None) -> Card:
    """The card of one visit. `accept_min`: within how many minutes the norm wants a request taken (A-RECV-07)."""
    column = STATE_COLUMNS.get(row["state"], "done")
    if column == "to_do" and row["engineer_id"] is None:
        column = "to_give_out"
    return Card(row, column, badge(row, now, today, accept_min))


def in_turn(card: Card) -> tuple[bool, datetime]:
    """The order of what is to give out: what presses first, then the oldest request (X-ETHOS-02)."""
    row = card.row
    return not card.is_trouble, row["received"] or row["slot_start"]


def badge(row: Row, now: datetime, today: date, accept_min: int | None = None) -> Badge | None:
    """The first that holds: danger, what is broken, what is late, what waits, where it stands."""
    return _trouble(row, now, today, accept_min) or _waiting(row, now) or _standing(row, now)


def _trouble(row: Row, now: datetime, today: date, accept_min: int | None) -> Badge | None:
    state = row["state"]
    if row["urgent"]:
        return Badge("safety", "trouble")
    if row["signed"] == "void":
        return Badge("signature_void", "trouble")
    if state in ("no_access", "could_not_finish", "transferred") and not row["followed"]:
        return Badge(state, "trouble")
    if state in NOT_THERE and row["arrived_at"] is None:
        if row["day"] < today:
            return Badge("not_done", "trouble")
        late = (now - row["slot_start"]) // timedelta(minutes=1)
        if late > 0:
            return Badge("late", "trouble", late)
    age = _age(row, now)
    if state == "scheduled" and accept_min is not None and age > accept_min:
        return Badge("not_taken" if row["engineer_id"] is None else "not_accepted", "trouble", age)
    if row["engineer_id"] is None and state in NOT_BEGUN and row["slot_start"] - now < GIVE_OUT_BEFORE:
        return Badge("give_out_now", "trouble")
    if state == "paused" and now - row["touched"] > PAUSED_TOO_LONG:
        return Badge("paused_long", "trouble", (now - row["touched"]) // timedelta(minutes=1))
    if row["asked_due"] is not None and row["asked_due"] < now:
        return Badge("answer_late", "trouble", (now - row["asked_due"]) // timedelta(minutes=1))
    return None


def _waiting(row: Row, now: datetime) -> Badge | None:
    state = row["state"]
    if row["asked"]:
        return Badge("asked", "waiting")
    if state in NOT_BEGUN and row["engineer_id"] is not None and now > _leave_by(row):
        return Badge("leave_now", "waiting")
    if state == "paused":
        return Badge("paused", "waiting", (now - row["touched"]) // timedelta(minutes=1))
    if state in NOT_BEGUN and row["urgency"] != "normal":
        return Badge(row["urgency"], "waiting")
    if state == "scheduled" and row["engineer_id"] is None and (age := _age(row, now)) > 0:
        return Badge("not_taken", "waiting", age)
    return None


def _standing(row: Row, now: datetime) -> Badge | None:
    state = row["state"]
    if state == "accepted":
        return Badge("accepted")
    if state == "travelling":
        return Badge("travelling", "now")
    if state == "at_door":
        return Badge("at_door", "now")
    if state in ("in_service", "to_sign"):
        return Badge("since", "now") if row["arrived_at"] else None
    if state == "finished":
        return Badge(f"outcome_{row['outcome']}" if row["outcome"] else "finished", "done")
    return (
        Badge(state)
        if state in ("rebooked", "transferred", "cancelled", "no_access", "could_not_finish")
        else None
    )


def _age(row: Row, now: datetime) -> int:
    """Whole minutes since the request came; 0 for a visit that follows another."""
    return 0 if row["received"] is None else (now - row["received"]) // timedelta(minutes=1)


def _leave_by(row: Row) -> datetime:
    return schedule.depart_by(row["slot_start"], row["travel_minutes"])
