"""The demo: a day that leads down every branch, dealt once a day, with yesterday's visits finished."""

import itertools
from collections import Counter
from datetime import date, datetime, time, timedelta

import pytest

from app.models.outlets import Outlet
from app.models.people import Person
from app.models.records import Record
from app.models.stock import Loaner
from app.models.visits import Visit
from app.models.work_orders import WorkOrder
from app.services import demonstrating, verifying, visiting
from app.services.demo_jobs import JOBS
from app.services.rehearsing import Rehearsal
from tests.services.conftest import NOW

TODAY, YESTERDAY = date(2026, 11, 23), date(2026, 11, 22)


def day_of(person: Person, day: date) -> list[Visit]:
    return list(
        Visit.select().where((Visit.engineer == person.id) & (Visit.day == day)).order_by(Visit.slot_start)
    )


def test_mei_has_at_least_six_jobs_today_none_begun(engineer):
    today = day_of(engineer, TODAY)
    assert len(today) >= 6
    assert {visit.state for visit in today} == {"scheduled"} and {visit.version for visit in today} == {0}
    assert len({visit.work_order.appliance.kind for visit in today}) >= 6
    assert {visit.language for visit in today} == {"en", "zh_Hans", "zh_Hant", "es"}


def test_her_slots_of_the_day_do_not_overlap(engineer):
    today = day_of(engineer, TODAY)
    assert all(one.slot_end <= two.slot_start for one, two in itertools.pairwise(today))


def test_yesterdays_visits_are_finished_each_in_another_way(engineer):
    done = day_of(engineer, YESTERDAY)
    assert {visit.state for visit in done} == {"finished"}
    assert {visit.outcome for visit in done} == {"repaired", "taken_back", "no_fault"}
    assert {visit.signed for visit in done} == {"drawn", "declined"}
    assert {visit.engineer_id for visit in done} == {engineer.id}
    assert any(visit.total for visit in done) and any(visit.total == 0 for visit in done)


def test_yesterdays_charged_visit_took_the_lower_of_two_standards_and_kept_the_old_part(engineer):
    charged = next(
        visit for visit in day_of(engineer, YESTERDAY) if visit.total and visit.outcome == "repaired"
    )
    walk = visiting.opened(engineer, charged.id, NOW).walk
    rules = {charge.rule for charge in walk.fee.charges}
    assert "N-LOW-08" in rules and not walk.old_parts_taken and walk.consented


def test_what_was_taken_away_left_a_unit_with_the_customer(engineer):
    taken = next(visit for visit in day_of(engineer, YESTERDAY) if visit.outcome == "taken_back")
    lent = Loaner.get(Loaner.out_visit == taken.id)
    assert lent.kind == "refrigerator" and lent.due > TODAY


def test_the_waiting_job_has_no_engineer_yet(demo):
    assert Visit.select().where(Visit.engineer.is_null() & (Visit.day == TODAY)).count() == 1


def test_the_played_records_verify(demo):
    report = verifying.verify()
    assert report.findings == [] and report.seals >= 6 and report.records > 150


def test_the_columns_of_every_demo_visit_are_what_the_records_say(demo):
    assert not [visit.reference for visit in Visit.select() if visiting.rebuild(visit.id)]


def test_dealing_twice_the_same_day_adds_nothing(demo):
    before = (Visit.select().count(), Record.select().count(), Person.select().count())
    demonstrating.load(NOW + timedelta(hours=9))
    assert (Visit.select().count(), Record.select().count(), Person.select().count()) == before


def test_the_next_day_is_dealt_anew_with_its_own_finished_visits(engineer):
    demonstrating.deal(NOW + timedelta(days=1))
    tomorrow = day_of(engineer, TODAY + timedelta(days=1))
    assert len(tomorrow) == len(day_of(engineer, TODAY)) - 4
    assert Counter(visit.state for visit in day_of(engineer, TODAY))["finished"] == 4
    assert Loaner.select().where(Loaner.out_visit.is_null(False)).count() == 1


@pytest.mark.parametrize("days", [1, 2, 5])
def test_the_demo_deals_itself_every_day_for_a_long_time(demo, days):
    for day in range(1, days + 1):
        demonstrating.deal(NOW + timedelta(days=day))
    keys = [
        order.import_key
        for order in WorkOrder.select()
        if order.import_key.startswith(f"demo-{261123 + days}")
    ]
    assert len(keys) >= len(JOBS)


def test_a_visit_that_was_put_off_to_tomorrow_does_not_keep_tomorrow_from_being_dealt(engineer):
    visit = day_of(engineer, TODAY)[0]
    slot = (NOW + timedelta(days=1, hours=4)).isoformat()
    reason = visiting.opened(engineer, visit.id, NOW).protocol.codes["rebook_reason"][0]
    fields = {
        "problem": "other_day",
        "remedy": "rebook",
        "slot": slot,
        "rebook_reason": reason,
        "consent": "on",
    }
    Rehearsal(engineer, visit.id, NOW).act("call", "problem", fields)
    assert len(day_of(engineer, TODAY + timedelta(days=1))) == 1
    demonstrating.deal(NOW + timedelta(days=1))
    assert len(day_of(engineer, TODAY + timedelta(days=1))) >= 7


def test_a_unit_that_a_visitor_of_the_demo_lent_does_not_stop_the_next_day(engineer):
    Loaner.update(out_visit=day_of(engineer, TODAY)[0].id).execute()
    demonstrating.deal(NOW + timedelta(days=1))
    assert Loaner.select().where(Loaner.out_visit.is_null(False)).count() == 1


def test_an_outlet_that_is_no_demo_is_never_dealt_anything(demo):
    Outlet.update(is_demo=False).execute()
    before = Visit.select().count()
    demonstrating.deal(NOW + timedelta(days=1))
    assert Visit.select().count() == before


def test_a_page_asks_only_once_a_day(demo, monkeypatch):
    asked = []
    monkeypatch.setattr(demonstrating, "deal", lambda now: asked.append(now))
    demonstrating._dealt.cache_clear()
    outlet = Outlet.get(Outlet.code == "HZ1")
    for hours in (0, 1, 5, 16):  # at 16:00 UTC it is the next day in Hangzhou
        demonstrating.deal_if_new_day(outlet, NOW + timedelta(hours=hours))
    demonstrating._dealt.cache_clear()
    assert len(asked) == 2


@pytest.mark.parametrize(
    ("clock", "starts"),
    [
        ("06:00", ["08:30", "10:00", "17:15"]),  # before the first: as planned
        ("08:10", ["08:30", "10:00", "17:15"]),
        ("12:00", ["12:30", "14:00", "21:15"]),  # moved
        ("18:40", ["19:00", "19:35", "22:30"]),  # moved and drawn together
        ("23:50", ["21:00", "21:15", "22:30"]),  # too late for any of it; tomorrow is dealt at midnight
    ],
)
def test_a_day_first_looked_at_late_lies_ahead_all_the_same(clock, starts):
    planned = [time(8, 30), time(10, 0), time(17, 15)]
    now = datetime.combine(TODAY, time.fromisoformat(clock))
    assert [f"{start:%H:%M}" for start in demonstrating.hours(planned, now)] == starts
