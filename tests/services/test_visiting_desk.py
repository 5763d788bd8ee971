"""Visiting: times and clocks, what the desk writes into a visit, and the columns that boards read."""

from datetime import UTC, datetime, timedelta

import pytest

from app import errors
from app.models import blobs, records
from app.models.tasks import Task
from app.models.visits import Visit
from app.services import visiting
from tests import builders
from tests.builders import NOW
from tests.services.entries import SHA, SHANGHAI, entry, quoted, refused

OTHERS = {f"{item}_is": "confirmed" for item in ("address", "model", "purchase_date", "symptom")}


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (timedelta(0), timedelta(0)),
        (timedelta(hours=-3), timedelta(0)),  # before the visit was planned: this clock proves nothing
        (timedelta(minutes=-9), timedelta(minutes=-9)),
        (timedelta(minutes=9), timedelta(minutes=9)),
        (timedelta(hours=7), timedelta(0)),
        (timedelta(days=-9000), timedelta(0)),
        (timedelta(days=9000), timedelta(0)),
    ],
)
def test_a_clock_that_cannot_be_right_counts_as_now(cast, visit, typed, kept):
    visiting.submit(cast.mei, entry(visit, at=(NOW + typed).astimezone(SHANGHAI)), NOW)
    (record,) = records.of_visit(visit.id)
    assert record.at == NOW + kept and record.at.utcoffset() == timedelta(hours=8)


def test_an_entry_of_this_morning_that_arrives_in_the_evening_keeps_its_time(cast, visit):
    visiting.submit(cast.mei, entry(visit, at=NOW + timedelta(hours=1)), NOW + timedelta(hours=9))
    (record,) = records.of_visit(visit.id)
    assert record.at == NOW + timedelta(hours=1) and record.received == NOW + timedelta(hours=9)


@pytest.mark.parametrize(
    ("about", "fault"),
    [("2026-11-23T08:20:00+08:00", None), ("2026-11-23T23:00:00+08:00", "bad_time"),
     ("1999-01-01T08:00:00+08:00", "bad_time"),
     ("08:20", "bad_time"), ("2026-11-23T08:20", "bad_time")],
)  # fmt: skip
def test_a_late_entry_says_when_it_was_done(cast, visit, about, fault):
    late = entry(visit, "arrive", "done", {"done_about": about})
    if fault:
        refused(cast, visit, late, errors.Invalid, fields={"done_about": fault})
    else:
        after = visiting.submit(cast.mei, late, NOW)
        assert after.walk.arrived_at == datetime.fromisoformat(about)
        assert Visit.get_by_id(visit.id).arrived_at == datetime.fromisoformat(about)


def test_another_time_agreed_on_the_telephone_moves_the_slot_and_the_day(cast, visit):
    agreed_on = datetime(2026, 11, 24, 15, 0, tzinfo=SHANGHAI)
    length = visit.slot_end - visit.slot_start
    visiting.submit(
        cast.mei,
        entry(visit, "call", "done", {**OTHERS, "time_is": "corrected", "time": agreed_on.isoformat()}),
        NOW,
    )
    row = Visit.get_by_id(visit.id)
    assert row.slot_start == agreed_on and row.slot_end - row.slot_start == length
    assert row.day.isoformat() == "2026-11-24"
    assert visiting.opened(cast.mei, visit.id, NOW).walk.appointment == agreed_on


def test_photos_that_an_entry_names_belong_to_the_visit(cast, visit):
    visiting.submit(cast.mei, entry(visit, "mat", "done", {"mat": "on", "box": "on", "before": [SHA]}), NOW)
    assert blobs.is_named(visit.id, "a" * 64) and not blobs.is_named(visit.id, "b" * 64)


def test_the_columns_are_what_the_records_say_after_every_single_act(cast, visit, play):
    quoted(play)
    plain = play.act

    def looked_at(*arguments, **options):
        opened = plain(*arguments, **options)
        assert not visiting.rebuild(visit.id), arguments
        return opened

    play.act = looked_at
    play.until(None)
    Visit.update(state="scheduled", total=1).where(Visit.id == visit.id).execute()
    assert visiting.rebuild(visit.id) and not visiting.rebuild(visit.id)
    assert Visit.get_by_id(visit.id).state == "finished"


def test_the_desk_cancels_once(cast, visit):
    assert visiting.cancel(cast.ana, visit, "bought_new", NOW).walk.state == "cancelled"
    with pytest.raises(errors.Ended):
        visiting.cancel(cast.ana, visit, "bought_new", NOW)
    with pytest.raises(errors.Ended):
        visiting.reassign(cast.ana, visit, cast.li, NOW)
    assert len(records.of_visit(visit.id)) == 1


@pytest.mark.parametrize("end", ["cancelled", "transferred"])
def test_what_was_saved_without_a_network_still_comes_to_a_visit_that_the_desk_ended(cast, visit, end):
    """The first engineer keeps his own; the desk is asked once to look, and the end stays the desk's."""
    if end == "cancelled":
        visiting.cancel(cast.ana, visit, "bought_new", NOW)
    else:
        visiting.reassign(cast.ana, visit, cast.li, NOW)
    visits = Visit.select().count()
    another_time = {"problem": "other_day", "remedy": "rebook", "slot": "2026-11-25T09:00:00+08:00",
                    "rebook_reason": "customer_wish", "consent": "on"}  # fmt: skip
    for late in (entry(visit), entry(visit, "mat", "passed", {"reason": "no_time"}),
                 entry(visit, "call", "problem", another_time)):  # fmt: skip
        visiting.submit(cast.mei, late, NOW)
    assert len(records.of_visit(visit.id)) == 4 and Visit.get_by_id(visit.id).state == end
    assert [(task.kind, task.owner_role) for task in Task.select()] == [("review", "dispatcher")]
    assert Visit.select().count() == visits and not visiting.rebuild(visit.id)
    with pytest.raises(errors.NotFound):
        visiting.submit(cast.li, entry(visit), NOW)


def test_giving_a_visit_on_ends_it_and_plans_the_next_engineers(cast, visit):
    made = visiting.reassign(cast.ana, visit, cast.li, NOW)
    assert (made.engineer_id, made.follows_id, made.slot_start) == (cast.li.id, visit.id, visit.slot_start)
    assert Visit.get_by_id(visit.id).state == "transferred"
    assert visiting.opened(cast.mei, visit.id, NOW).visit.id == visit.id  # the first keeps his own
    with pytest.raises(errors.Ended):
        visiting.reassign(cast.ana, visit, cast.li, NOW)


def test_a_visit_that_its_engineer_gave_back_is_given_on_without_ending_twice(cast, visit):
    fields = {"problem": "cannot_take", "remedy": "give_on", "reason": "clash"}
    visiting.submit(cast.mei, entry(visit, "accept", "problem", fields), NOW)
    made = visiting.reassign(cast.ana, visit, cast.li, NOW)
    assert made.engineer_id == cast.li.id and len(records.of_visit(visit.id)) == 1
    with pytest.raises(errors.Ended):
        visiting.reassign(cast.ana, visit, cast.li, NOW)


def test_a_visit_that_nobody_has_is_just_given_out(cast):
    waiting = builders.visit(None, home=cast.home)
    given = visiting.reassign(cast.ana, waiting, cast.li, NOW)
    assert given.id == waiting.id and given.engineer_id == cast.li.id and records.of_visit(waiting.id) == ()


def test_what_the_desk_moved_stays_moved_after_the_next_save(cast, visit):
    """Also when another time had been agreed on the telephone before."""
    told = (visit.slot_start + timedelta(hours=1)).isoformat()
    visiting.submit(
        cast.mei, entry(visit, "call", "done", {**OTHERS, "time_is": "corrected", "time": told}), NOW
    )
    start = datetime(2026, 11, 25, 6, 0, tzinfo=UTC)
    visiting.move(cast.ana, Visit.get_by_id(visit.id), start, start + timedelta(hours=1), NOW)
    visiting.submit(cast.mei, entry(visit), NOW)
    row = Visit.get_by_id(visit.id)
    assert row.slot_start == start and row.day.isoformat() == "2026-11-25"


def test_the_centres_ruling_lowers_what_the_customer_owes(cast, visit, play):
    quoted(play)
    task = _task(cast, visit, "consent")
    total = play.opened.walk.fee.total
    after = visiting.rule(cast.wu, task, "reduce_to", total - 1000, "goodwill", NOW)
    assert after.walk.fee.total == total - 1000 and Visit.get_by_id(visit.id).total == total - 1000
    assert after.walk.rulings[-1].role == "desk"


@pytest.mark.parametrize(("amount", "fault"), [(None, "required"), (-1, "too_small")])
def test_a_ruling_to_no_amount_is_refused(cast, visit, amount, fault):
    with pytest.raises(errors.Invalid) as raised:
        visiting.rule(cast.wu, _task(cast, visit, "consent"), "reduce_to", amount, "", NOW)
    assert raised.value.fields == {"amount": fault} and records.of_visit(visit.id) == ()


@pytest.mark.parametrize(
    ("ruling", "signed"), [("approved", "drawn"), ("denied", "drawn"), ("waive", "void")]
)
def test_only_an_answer_that_changes_the_fee_voids_a_signature(cast, visit, play, ruling, signed):
    quoted(play).until("hand_in")
    visiting.rule(cast.wu, _task(cast, visit, "fees"), ruling, None, "", NOW)
    assert Visit.get_by_id(visit.id).signed == signed


def test_a_customer_who_agreed_to_more_need_not_agree_to_less(cast, visit, play):
    quoted(play).until("repair")
    after = visiting.rule(cast.wu, _task(cast, visit, "fees"), "reduce_to", 100, "", NOW)
    assert after.walk.consented and after.walk.steps["repair"].locked_by == ()


def _task(cast, visit, step):
    return Task.create(outlet=cast.home, visit=visit.id, kind="ruling", step=step, owner_role="centre",
                       created_at=NOW, due_at=NOW)  # fmt: skip


def test_a_visit_that_cannot_be_kept_beside_another_names_it_until_it_begins(cast):
    first, second, far = (builders.visit(cast.mei, at=at) for at in ("10:30", "11:00", "15:00"))
    facts = [visiting.opened(cast.mei, one.id, NOW).facts for one in (first, second, far)]
    assert [fact.clashes for fact in facts] == [(second.reference,), (first.reference,), ()]
