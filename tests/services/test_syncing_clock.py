"""The time of an entry: when it was made, as well as can be told, never when it arrived; doubts are shown."""

from datetime import timedelta

import pytest

from app.models.inbox import InboxEntry
from app.models.records import Record
from app.services import overseeing, visiting
from app.services.rehearsing import Rehearsal
from tests.builders import NOW
from tests.services.phoning import LATER, Phone, reading, row

PASS = {"reason": "not_needed"}
AT = NOW + timedelta(hours=1)


@pytest.fixture
def phone(cast, visit):
    return Phone(cast.mei, visit)


@pytest.mark.parametrize(
    ("clock", "at", "mark"),
    [
        (reading(AT), AT, None),
        (reading(AT, skew_s=60), AT + timedelta(seconds=60), None),  # near enough: stands as it is
        (reading(AT, skew_s=-900), AT, {"trust": "corrected", "skew_s": -900}),
        (reading(AT, skew_s=900, boot="other"), AT, {"trust": "assumed", "skew_s": 900}),
        (reading(AT, boot="other"), AT, {"trust": "assumed", "skew_s": 0}),
        (reading(AT, seen=False), AT, {"trust": "unknown", "skew_s": None}),
        (reading(AT, seen=False, skew_s=-864000), AT - timedelta(days=10), {"trust": "unknown", "skew_s": None}),
        (None, AT, {"trust": "unknown", "skew_s": None}),
        ({"device": "nonsense"}, AT, {"trust": "unknown", "skew_s": None}),
        ({"device": AT.isoformat(), "mono": "x", "boot": 1, "seen": 7}, AT, {"trust": "unknown", "skew_s": None}),
    ],
)  # fmt: skip
def test_the_time_is_settled_by_the_phones_reading(phone, clock, at, mark):
    assert phone.send(phone.keep("accept", "passed", PASS, clock=clock, at=AT)) == [{"state": "applied"}]
    (record,) = phone.opened.records
    assert (record.at, record.body.get("clock")) == (at, mark)
    assert record.received == LATER


def test_a_time_after_the_arrival_stands_and_proves_nothing(phone):
    ahead = reading(LATER + timedelta(hours=2), seen=False)
    phone.do("accept", "passed", PASS, clock=ahead)
    (record,) = phone.opened.records
    assert record.at == LATER + timedelta(hours=2)
    assert record.body["clock"] == {"trust": "unknown", "skew_s": 7200}


def test_the_raw_reading_is_kept(phone):
    phone.do("accept", "passed", PASS, clock=reading(AT, skew_s=900))
    entry = InboxEntry.get()
    assert '"mono"' in entry.clock and (entry.trust, entry.skew_s) == ("corrected", 900)


@pytest.mark.parametrize(
    ("skew_s", "boot", "seen", "column"),
    [
        (0, "1764000000000", True, None), (900, "1764000000000", True, "skew"), (900, "other", True, "unproven"),
        (60, "other", True, "skew"), (0, "1764000000000", False, "unproven"),
    ],
)  # fmt: skip
def test_an_arrival_by_a_clock_in_doubt_is_unproven(phone, skew_s, boot, seen, column):
    play = Rehearsal(phone.person, phone.visit.id, NOW)
    play.until("arrive")
    on_time = play.opened.walk.appointment - timedelta(minutes=8)
    clock = reading(on_time, skew_s=skew_s, boot=boot, seen=seen)
    phone.do("arrive", fields={}, clock=clock)
    assert row(phone.visit).clock == column
    assert abs(row(phone.visit).arrived_at - on_time) <= timedelta(seconds=900)
    assert not visiting.rebuild(phone.visit.id)


def test_the_desk_sees_which_phones_go_wrong_and_which_visits_are_silent(cast, phone):
    phone.do("accept", "passed", PASS, clock=reading(AT, skew_s=900))
    phone.do("depart", fields={"travel_minutes": "10"}, clock=reading(AT, skew_s=900))
    found = overseeing.phones_of(cast.ana, LATER)
    assert [(one["name"], one["skew_s"]) for one in found.clocks] == [("Mei", 900)]
    assert not found.silent and not found.stuck
    later = overseeing.phones_of(cast.ana, LATER + timedelta(hours=25))
    assert [one["visit"] for one in later.silent] == [phone.visit.id] and not later.clocks
    assert not overseeing.phones_of(cast.tom, LATER + timedelta(hours=25))


def test_a_phone_that_was_put_right_is_no_longer_shown(cast, phone):
    phone.do("accept", "passed", PASS, clock=reading(AT, skew_s=900))
    (result,) = phone.send(phone.keep("analyse", "passed", PASS), now=LATER + timedelta(minutes=1))
    assert result == {"state": "applied"} and not overseeing.phones_of(cast.ana, LATER).clocks


def test_a_plain_form_without_a_clock_keeps_the_servers_time(phone):
    play = Rehearsal(phone.person, phone.visit.id, NOW)
    play.until("analyse")
    assert all("clock" not in one.body for one in play.opened.records) and Record.select().count()
    assert row(phone.visit).clock is None
