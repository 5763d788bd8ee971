"""When to leave, whether an arrival is early or late, and whether a day's slots fit together.

Times are aware datetimes, spans are minutes; no map is asked here: travel minutes are given.
"""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

EARLY_MIN = 5  # E-ARR-02: five to ten minutes before the appointment
EARLY_MAX = 10
LATE_TIER2_MIN = 15  # E-LATE-07/08; exactly 15 belongs to the second tier
DECIDE_BEFORE_MIN = 60  # E-DEP-01: departure is settled an hour ahead
CALL_PROMPTS_MIN = (10, 2)  # E-LATE-06: call as soon as it is known, two minutes before at the latest

Travel = Callable[[str, str], int]


@dataclass(frozen=True)
class Arrival:
    """`minutes` is whole minutes after the appointment (negative = before it). `tier` is 0 not late, 1 or 2.

    `word`: too_early (wait outside), early (the norm's window), on_time, late, very_late.
    """

    minutes: int
    word: str
    tier: int
    rule: str


@dataclass(frozen=True)
class Slot:
    """A promised span at a place; `key` names the job."""

    key: str
    start: datetime
    end: datetime
    place: str = ""


@dataclass(frozen=True)
class Clash:
    """Two slots, in order of time, and how many minutes are missing between them."""

    first: str
    second: str
    short_minutes: int


@dataclass(frozen=True)
class Feasibility:
    """Can the slot be kept (B-TIME-05)? `late_minutes` is how far a start right now would come too late."""

    ok: bool
    clashes: tuple[Clash, ...]
    late_minutes: int
    depart_by: datetime


def depart_by(appointment: datetime, travel_minutes: int, margin_minutes: int = EARLY_MAX) -> datetime:
    """The latest time to leave: appointment − travel − margin (E-DEP-01). The margin is what one arrives early."""
    return appointment - timedelta(minutes=max(travel_minutes, 0) + max(margin_minutes, 0))


def decide_by(appointment: datetime, travel_minutes: int, margin_minutes: int = EARLY_MAX) -> datetime:
    """By when the departure is to be settled: an hour before it (E-DEP-01)."""
    return depart_by(appointment, travel_minutes, margin_minutes) - timedelta(minutes=DECIDE_BEFORE_MIN)


def call_prompts(appointment: datetime) -> tuple[datetime, ...]:
    """When to remind someone who is not there yet to call the customer (E-LATE-06), earliest first."""
    return tuple(appointment - timedelta(minutes=minutes) for minutes in CALL_PROMPTS_MIN)


def arrival(
    appointment: datetime,
    arrived: datetime,
    *,
    early_min: int = EARLY_MIN,
    early_max: int = EARLY_MAX,
    late_tier2_min: int = LATE_TIER2_MIN,
) -> Arrival:
    """How punctual an arrival is. Begun minutes do not count against the engineer: 0:59 late is on time."""
    minutes = _toward_zero(arrived - appointment)
    if minutes >= late_tier2_min:
        return Arrival(minutes, "very_late", 2, "E-LATE-08")
    if minutes > 0:
        return Arrival(minutes, "late", 1, "E-LATE-07")
    if minutes < -early_max:
        return Arrival(minutes, "too_early", 0, "E-ARR-02")
    if minutes <= -early_min:
        return Arrival(minutes, "early", 0, "E-ARR-02")
    return Arrival(minutes, "on_time", 0, "F-ENTRY-15")


def expected_late(appointment: datetime, now: datetime, travel_minutes: int) -> int:
    """Minutes late if one leaves now, never below 0; a begun minute counts, since this is a warning."""
    over = now + timedelta(minutes=max(travel_minutes, 0)) - appointment
    return max(0, -(-over // timedelta(minutes=1)))


@dataclass(frozen=True)
class Outlook:
    """How the way to an appointment looks at a moment."""

    leave_by: datetime
    late: int  # minutes, if one leaves now; 0 when in time or on the way already
    call: bool  # the customer is to be called: one will not be there, or is not there at the first prompt


def outlook(appointment: datetime, now: datetime, travel_minutes: int, *, on_the_way: bool) -> Outlook:
    """What an engineer who is not there yet has to know (E-DEP-01, E-LATE-06): the call comes as soon as it is known."""
    late = 0 if on_the_way else expected_late(appointment, now, travel_minutes)
    return Outlook(
        depart_by(appointment, travel_minutes), late, call=late > 0 or now >= call_prompts(appointment)[0]
    )


def clashes(slots: Iterable[Slot], travel: Travel) -> list[Clash]:
    """Every pair of slots that one person cannot both keep. `travel(from_place, to_place)` gives minutes."""
    ordered = sorted(slots, key=lambda slot: (slot.start, slot.end, slot.key))
    found = []
    for index, first in enumerate(ordered):
        for second in ordered[index + 1 :]:
            free = second.start - first.end - timedelta(minutes=travel(first.place, second.place))
            if free < timedelta(0):
                found.append(Clash(first.key, second.key, -(free // timedelta(minutes=1))))
    return found


def feasible(
    slot: Slot,
    taken: Iterable[Slot],
    travel: Travel,
    *,
    now: datetime,
    here: str = "",
    margin_minutes: int = 0,
) -> Feasibility:
    """Whether `slot` can be kept beside the `taken` ones, and reached from `here` when leaving now."""
    others = [other for other in taken if other.key != slot.key]
    with_slot = tuple(
        clash for clash in clashes([slot, *others], travel) if slot.key in (clash.first, clash.second)
    )
    minutes = travel(here, slot.place)
    late = expected_late(slot.start, now, minutes)
    return Feasibility(
        not with_slot and late == 0, with_slot, late, depart_by(slot.start, minutes, margin_minutes)
    )


def _toward_zero(span: timedelta) -> int:
    minutes = abs(span) // timedelta(minutes=1)
    return minutes if span >= timedelta(0) else -minutes


def call_late(received: datetime, at: datetime, limit_min: int) -> int:
    """By how many begun minutes a first call at `at` is later than the norm lets it be after the request; 0 in time."""
    over = (at - received).total_seconds() - limit_min * 60
    return max(0, math.ceil(over / 60))
