"""Promised times and timers, worked out from saved moments: the knock at the door, deadlines, the phone's clock.

Nothing here reads a clock: `now` is always given. Moments are aware datetimes; what is left is told in whole seconds.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

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


@dataclass(frozen=True)
class Settled:
    """When a phone's entry was made, as well as can be told.

    `trust`: good (the phone's clock was near the server's), corrected (it was not; worked out from the last contact),
    assumed (the last contact was before the phone or its page started anew, or the phone may have slept), unknown (no
    contact ever). `skew_s`: seconds by which the phone's clock is ahead, None when unknown.
    """

    at: datetime
    trust: str
    skew_s: int | None


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


def settled(reading: Mapping[str, Any]) -> Settled:
    """The time of an entry from the reading that the phone took of its clocks. The time of arrival plays no part.

    `reading`: {device: ISO time with offset, mono: ms since `boot`, boot, seen: {at: the server's time, device, mono,
    boot} of the last contact or None}. The answer keeps the offset of `device`. Within two minutes the phone's own time
    stands as it is. A monotonic count stands still while a phone sleeps, so it proves only that at least so much time
    has passed: a clock that went further may simply be right. Raises `ValueError` for a reading that is none.
    """
    device, seen = read(_text(reading, "device")), reading.get("seen")
    if seen is None:
        return Settled(device, "unknown", None)
    if not isinstance(seen, Mapping):
        raise ValueError("seen is no reading")
    then, server = read(_text(seen, "device")), read(_text(seen, "at"))
    skew_then = then - server
    if reading.get("boot") != seen.get("boot"):
        return _near(device, skew_then, "assumed", "assumed")
    ran = timedelta(milliseconds=_count(reading) - _count(seen))
    if device - then - ran > timedelta(seconds=TRUSTED_SKEW_S):
        return _near(device, skew_then, "assumed", "assumed")
    return _near(device, device - (server + ran), "good", "corrected")


def is_unproven(mark: Mapping[str, Any] | None) -> bool:
    """Whether a time with this mark ({trust, skew_s}; None: good) proves nothing, so that nobody was on time by it."""
    if not mark or mark.get("trust") in ("good", "corrected"):
        return False
    skew_s = mark.get("skew_s")
    return mark.get("trust") != "assumed" or skew_s is None or abs(skew_s) > TRUSTED_SKEW_S


def _near(device: datetime, ahead: timedelta, near: str, far: str) -> Settled:
    seconds = (ahead + SECOND / 2) // SECOND
    if abs(seconds) <= TRUSTED_SKEW_S:
        return Settled(device, near, seconds)
    return Settled(device - ahead, far, seconds)


def _text(reading: Mapping[str, Any], name: str) -> str:
    value = reading.get(name)
    if not isinstance(value, str):
        raise ValueError(f"{name} is missing")
    return value


def _count(reading: Mapping[str, Any]) -> int:
    value = reading.get("mono")
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 10**13:
        raise ValueError("mono is no count of milliseconds")
    return int(value)


def read(text: str) -> datetime:
    """A moment from ISO text with offset. Raises `ValueError` for other text, and for a time without offset."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"no offset in {text!r}")
    return moment


def _seconds(span: timedelta) -> int:
    """Whole seconds left, a begun one counted, never below 0."""
    return max(0, -(-span // SECOND))
