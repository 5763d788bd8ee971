"""The knock timer, promised times and the phone's clock."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import clock

FIRST = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


def at(seconds):
    return FIRST + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("bouts", "now", "next_in", "give_up_in", "over"),
    [
        ([], 0, 0, None, False),
        ([0], 0, 30, 300, False),
        ([0], 0.5, 30, 300, False),
        ([0], 29, 1, 271, False),
        ([0], 30, 0, 270, False),
        ([0], 90, 0, 210, False),
        ([0, 31], 40, 21, 260, False),
        ([31, 0], 40, 21, 260, False),
        ([0, 290], 295, 5, 5, False),  # no bout is asked for after the end
        ([0], 299.5, 0, 1, False),
        ([0], 300, 0, 0, True),
        ([0], 4000, 0, 0, True),
        ([0, 30], -3600, 30, 270, False),  # the phone's clock was set back
    ],
)
def test_the_knock_repeats_each_half_minute_and_ends_after_five(bouts, now, next_in, give_up_in, over):
    found = clock.knock([at(bout) for bout in bouts], at(now))
    assert (found.bouts, found.next_in, found.give_up_in, found.over) == (
        len(bouts),
        next_in,
        give_up_in,
        over,
    )


def test_another_norm_knocks_by_its_own_numbers():
    assert clock.knock([at(0)], at(0), interval_s=60, total_s=120) == clock.Knock(1, 60, 120, False)


@given(st.lists(st.integers(0, 400), min_size=1, max_size=12), st.integers(-100, 1000))
def test_the_timer_never_shows_less_than_nothing_nor_more_than_the_norm(bouts, now):
    found = clock.knock([at(bout) for bout in bouts], at(now))
    assert 0 <= found.next_in <= 30 and 0 <= found.give_up_in <= 300
    assert found.next_in <= found.give_up_in and found.over == (found.give_up_in == 0)


def test_a_follow_up_is_due_in_real_minutes_also_when_the_clocks_change():
    madrid = ZoneInfo("Europe/Madrid")
    before = datetime(2026, 10, 25, 1, 30, tzinfo=madrid)  # 02:00–03:00 comes twice that night
    due = clock.later(before, 180)
    assert due - before.astimezone(UTC) == timedelta(hours=3)
    assert due.astimezone(madrid).isoformat() == "2026-10-25T03:30:00+01:00"


@pytest.mark.parametrize(
    ("now", "stopped", "kept", "left_s"),
    [
        (0, None, None, 7200),
        (7200, None, None, 0),
        (7201, None, False, -1),
        (9000, 7200, True, 0),
        (9000, 7201, False, -1),
        (9000, 60, True, 7140),
    ],
)
def test_a_promise_runs_is_kept_or_is_broken(now, stopped, kept, left_s):
    found = clock.promise(FIRST, 120, at(now), None if stopped is None else at(stopped))
    assert (found.due, found.kept, found.left_s) == (at(7200), kept, left_s)


@pytest.mark.parametrize(
    ("made", "received", "skew_s", "trusted"),
    [
        (0, 3, 0, True),
        (0, 86400, 0, True),  # sent a day later, from a phone whose clock was right
        (0, 3, None, False),
        (0, 3, 121, False),
        (0, 3, -121, False),
        (0, 3, 120, True),
        (600, 3, 0, False),  # from the future: the clock was changed after it was compared
    ],
)
def test_a_phones_time_is_proof_only_when_its_clock_was_near_the_servers(made, received, skew_s, trusted):
    assert clock.trusted(at(made), at(received), skew_s=skew_s) is trusted


def test_how_far_a_phone_is_ahead():
    assert clock.skew(at(90), at(0)) == 90
    assert clock.skew(at(0), at(90)) == -90


def test_a_moment_is_read_with_its_offset_and_not_without():
    assert clock.read("2026-11-22T17:00:00+08:00") == FIRST
    with pytest.raises(ValueError, match="no offset"):
        clock.read("2026-11-22T17:00:00")
    with pytest.raises(ValueError):
        clock.read("tomorrow")


SEEN = {"at": "2026-11-22T09:00:00+00:00", "device": "2026-11-22T17:00:05+08:00", "mono": 1000, "boot": "b1"}
FAST = {**SEEN, "device": "2026-11-22T17:10:00+08:00"}


@pytest.mark.parametrize(
    ("device", "mono", "boot", "seen", "at_", "trust", "skew_s"),
    [
        ("2026-11-22T17:30:05+08:00", 1_801_000, "b1", SEEN, "2026-11-22T17:30:05+08:00", "good", 5),
        ("2026-11-22T17:40:00+08:00", 1_801_000, "b1", FAST, "2026-11-22T17:30:00+08:00", "corrected", 600),
        # set back by an hour meanwhile: the count does not go back
        ("2026-11-22T16:30:05+08:00", 1_801_000, "b1", SEEN, "2026-11-22T17:30:00+08:00", "corrected", -3595),
        # an hour in the pocket, of which the count saw a minute
        ("2026-11-22T18:00:05+08:00", 61_000, "b1", SEEN, "2026-11-22T18:00:05+08:00", "assumed", 5),
        ("2026-11-22T18:10:00+08:00", 61_000, "b1", FAST, "2026-11-22T18:00:00+08:00", "assumed", 600),
        ("2026-11-22T17:30:05+08:00", 5, "b2", SEEN, "2026-11-22T17:30:05+08:00", "assumed", 5),
        ("2026-11-22T17:40:00+08:00", 5, "b2", FAST, "2026-11-22T17:30:00+08:00", "assumed", 600),
        ("2026-11-22T17:30:05+08:00", 5, "b2", None, "2026-11-22T17:30:05+08:00", "unknown", None),
    ],
)
def test_a_phones_time_is_settled_by_its_last_contact(device, mono, boot, seen, at_, trust, skew_s):
    found = clock.settled({"device": device, "mono": mono, "boot": boot, "seen": seen})
    assert (found.at.isoformat(), found.trust, found.skew_s) == (at_, trust, skew_s)


@pytest.mark.parametrize(
    "wrong",
    [{}, {"device": 5}, {"device": "2026-11-22T17:30:05"}, {"device": "2026-11-22T17:30:05Z", "seen": 3},
     {"device": "2026-11-22T17:30:05Z", "boot": "b1", "mono": "1", "seen": SEEN},
     {"device": "2026-11-22T17:30:05Z", "boot": "b1", "mono": True, "seen": SEEN}],
)  # fmt: skip
def test_a_reading_that_is_none_is_refused(wrong):
    with pytest.raises(ValueError):
        clock.settled(wrong)
