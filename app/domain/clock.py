"""Promised times and timers, worked out from saved moments: the knock at the door, deadlines, the phone's clock.

Nothing here reads a clock: `now` is always given. Moments are aware datetimes; what is left is told in whole seconds.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

KNOCK_INTERVAL_S = 30  # F-KNOCK-10
KNOCK_TOTAL_S = 300  # F-KNOCK-11
TRUSTED_SKEW_S = 120

SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class Knock:
    """Where the knocking stands. `next_in` and `give_up_in` are seconds; `give_up_in` is None before the first bout.

    `over` means five minutes have passed unanswered: telephone, neighbour, note (F-KNOCK-11..13).
    """

    bouts: int
    next_in: int
    give_up_in: int | None
    over: bool


@dataclass(frozen=True)
class Promise:
    """A promised time: `due`, and whether it was kept (None while it runs). `left_s` is negative once overdue."""

    due: datetime
    kept: bool | None
    left_s: int


def knock(
    bouts: Sequence[datetime],
    now: datetime,
    *,
    interval_s: int = KNOCK_INTERVAL_S,
    total_s: int = KNOCK_TOTAL_S,
) -> Knock:
    """The state of the knock timer from the saved bouts (any order).

    A phone whose clock was set back counts as if no time had passed since its last bout.
    """
    if not bouts:
        return Knock(0, 0, None, False)
    first, last = min(bouts), max(bouts)
    now = max(now, last)
    give_up_in = _seconds(first + timedelta(seconds=total_s) - now)
    over = give_up_in == 0
    next_in = 0 if over else _seconds(last + timedelta(seconds=interval_s) - now)
    return Knock(len(bouts), min(next_in, give_up_in), give_up_in, over)


def later(start: datetime, minutes: int) -> datetime:
    """When a follow-up is due: `minutes` of real time after `start` (Q-2H-01, Q-3H-02), also over a change of clocks.

    The answer is in UTC: adding to local time would lose or gain the hour of a summer-time change.
    """
    return start.astimezone(UTC) + timedelta(minutes=minutes)


def promise(start: datetime, limit_minutes: int, now: datetime, stopped: datetime | None = None) -> Promise:
    """A clock with start, limit and stop. Stopping exactly at the limit keeps it."""
    due = later(start, limit_minutes)
    if stopped is not None:
        return Promise(due, stopped <= due, (due - stopped) // SECOND)
    return Promise(due, None if now <= due else False, (due - now) // SECOND)


def skew(at: datetime, received: datetime) -> int:
    """Seconds by which the phone is ahead of the server (negative: behind), for an entry sent as it was made."""
    return round((at - received) / SECOND)


def trusted(at: datetime, received: datetime, *, skew_s: int | None, limit_s: int = TRUSTED_SKEW_S) -> bool:
    """Whether a phone's time can stand as proof.

    The phone was compared with the server (`skew_s` of the last contact, None = never), was near it, and the entry is
    not from the future. An arrival that fails this is unproven, not on time.
    """
    return skew_s is not None and abs(skew_s) <= limit_s and skew(at, received) <= limit_s


def read(text: str) -> datetime:
    """A moment from ISO text with offset. Raises `ValueError` for other text, and for a time without offset."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"no offset in {text!r}")
    return moment


def _seconds(span: timedelta) -> int:
    """Whole seconds left, a begun one counted, never below 0."""
    return max(0, -(-span // SECOND))
