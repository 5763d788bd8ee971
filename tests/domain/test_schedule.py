"""When to leave, early and late, and whether a day's slots fit."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import schedule
from app.domain.schedule import Clash, Slot

NINE = datetime(2026, 11, 22, 9, 0, tzinfo=timezone(timedelta(hours=8)))
minutes = st.integers(-600, 600)


def after(count):
    return NINE + timedelta(minutes=count)


def slot(key, start, end, place="a"):
    return Slot(key, after(start), after(end), place)


def apart(one, other):
    return 0 if one == other else 20


@pytest.mark.parametrize(
    ("now", "on_the_way", "late", "call"),
    [
        (-120, False, 0, False),
        (-25, False, 0, False),  # leaving this minute is just in time
        (-24, False, 1, True),  # as soon as it is known
        (-24, True, 0, False),
        (-11, True, 0, False),
        (-10, True, 0, True),  # the first prompt, wherever one is
        (5, False, 30, True),
    ],
)
def test_who_cannot_be_there_in_time_is_told_to_call(now, on_the_way, late, call):
    found = schedule.outlook(NINE, after(now), 25, on_the_way=on_the_way)
    assert (found.leave_by, found.late, found.call) == (after(-35), late, call)


def test_one_leaves_by_the_appointment_less_the_way_less_the_margin():
    assert schedule.depart_by(NINE, 25) == after(-35)
    assert schedule.depart_by(NINE, 25, margin_minutes=5) == after(-30)
    assert schedule.decide_by(NINE, 25) == after(-95)


def test_reminders_to_call_come_ten_and_two_minutes_before():
    assert schedule.call_prompts(NINE) == (after(-10), after(-2))


@pytest.mark.parametrize(
    ("seconds", "minutes", "word", "tier", "rule"),
    [
        (-11 * 60, -11, "too_early", 0, "E-ARR-02"),
        (-10 * 60 - 59, -10, "early", 0, "E-ARR-02"),
        (-10 * 60, -10, "early", 0, "E-ARR-02"),
        (-5 * 60, -5, "early", 0, "E-ARR-02"),
        (-4 * 60 - 59, -4, "on_time", 0, "F-ENTRY-15"),
        (0, 0, "on_time", 0, "F-ENTRY-15"),
        (59, 0, "on_time", 0, "F-ENTRY-15"),
        (60, 1, "late", 1, "E-LATE-07"),
        (14 * 60 + 59, 14, "late", 1, "E-LATE-07"),
        (15 * 60, 15, "very_late", 2, "E-LATE-08"),  # exactly 15 minutes: the second tier
        (3 * 3600, 180, "very_late", 2, "E-LATE-08"),
    ],
)
def test_an_arrival_is_early_on_time_or_late_by_tiers(seconds, minutes, word, tier, rule):
    found = schedule.arrival(NINE, NINE + timedelta(seconds=seconds))
    assert (found.minutes, found.word, found.tier, found.rule) == (minutes, word, tier, rule)


def test_the_zone_of_the_phone_does_not_matter():
    assert schedule.arrival(NINE, after(15).astimezone(UTC)).tier == 2


@given(minutes, minutes)
def test_arriving_later_is_never_a_lower_tier(one, other):
    early, late = sorted((one, other))
    assert schedule.arrival(NINE, after(early)).tier <= schedule.arrival(NINE, after(late)).tier


@given(st.integers(0, 300), st.integers(0, 60))
def test_who_leaves_in_time_arrives_the_margin_early(travel, margin):
    left = schedule.depart_by(NINE, travel, margin)
    assert schedule.expected_late(NINE, left, travel) == 0
    assert schedule.expected_late(NINE, left + timedelta(minutes=margin + 1), travel) == 1


def test_a_begun_minute_counts_in_the_warning():
    assert schedule.expected_late(NINE, NINE + timedelta(seconds=1), 0) == 1


@pytest.mark.parametrize(
    ("slots", "found"),
    [
        ([slot("1", 0, 60), slot("2", 60, 120)], []),
        ([slot("1", 0, 60), slot("2", 59, 120)], [Clash("1", "2", 1)]),
        ([slot("2", 30, 90), slot("1", 0, 60)], [Clash("1", "2", 30)]),
        ([slot("1", 0, 60), slot("2", 80, 120, "b")], []),
        ([slot("1", 0, 60), slot("2", 70, 120, "b")], [Clash("1", "2", 10)]),
        (
            [slot("1", 0, 240), slot("2", 60, 90), slot("3", 100, 120)],
            [Clash("1", "2", 180), Clash("1", "3", 140)],
        ),
        ([], []),
    ],
)
def test_slots_clash_when_the_way_between_does_not_fit(slots, found):
    assert schedule.clashes(slots, apart) == found


@given(st.lists(st.tuples(minutes, st.integers(1, 120), st.sampled_from("ab")), max_size=6))
def test_clashes_do_not_depend_on_the_order_asked(rows):
    slots = [slot(str(n), start, start + length, place) for n, (start, length, place) in enumerate(rows)]
    assert schedule.clashes(slots, apart) == schedule.clashes(slots[::-1], apart)


def test_a_slot_that_can_be_reached_and_touches_no_other_is_feasible():
    found = schedule.feasible(slot("new", 120, 180, "b"), [slot("1", 0, 60)], apart, now=after(-30), here="a")
    assert found.ok and found.depart_by == after(100)


def test_a_slot_that_clashes_names_the_other():
    found = schedule.feasible(slot("new", 70, 130, "b"), [slot("1", 0, 60)], apart, now=after(-30), here="a")
    assert not found.ok and found.clashes == (Clash("1", "new", 10),)


def test_a_slot_that_is_too_soon_says_by_how_much():
    found = schedule.feasible(slot("new", 0, 60, "b"), [], apart, now=after(-5), here="a")
    assert not found.ok and found.late_minutes == 15


def test_others_that_clash_among_themselves_are_not_this_slots_matter():
    taken = [slot("1", 0, 60), slot("2", 30, 90)]
    assert schedule.feasible(slot("new", 200, 260), taken, apart, now=after(-60), here="a").ok


def test_a_slot_does_not_clash_with_itself_when_moved():
    assert schedule.feasible(slot("1", 30, 90), [slot("1", 0, 60)], apart, now=after(-60), here="a").ok


@pytest.mark.parametrize(
    ("seconds", "late"), [(0, 0), (179, 0), (180, 0), (181, 1), (240, 1), (241, 2), (3600, 57), (-60, 0)]
)
def test_a_first_call_is_late_by_begun_minutes(seconds, late):
    assert schedule.call_late(NINE, NINE + timedelta(seconds=seconds), 3) == late
