"""Visiting: the one door for writing. What is saved is saved once; what is refused leaves nothing behind."""

import threading
import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from functools import partial

import pytest

from app import errors
from app.domain import seal
from app.models import blobs, database, records
from app.models.tables import TABLES
from app.models.tasks import Task
from app.models.visits import Visit
from app.services import visiting
from app.services.rehearsing import CANVAS, SIGNATURE, Rehearsal
from app.services.visiting import Submission
from tests import builders
from tests.builders import NOW

SHANGHAI = timezone(timedelta(hours=8))
DRAWN = {"how": "drawn", "strokes": SIGNATURE, "size": CANVAS}
SHA = "sha256:" + "a" * 64


@pytest.fixture
def visit(cast):
    """A visit of mei's at half past ten; the appliance is out of warranty."""
    return builders.visit(cast.mei)


@pytest.fixture
def play(cast, visit):
    """Plays that visit."""
    return Rehearsal(cast.mei, visit.id, NOW)


def entry(visit: Visit, step: str = "listen", act: str = "done", fields=None, **more) -> Submission:
    """One submission now, with a key of its own."""
    if fields is None:
        fields = {"words": "It drips"} if (step, act) == ("listen", "done") else {}
    return Submission(
        visit=visit.id, step=step, act=act, fields=fields, **{"key": str(uuid.uuid4()), "at": NOW, **more}
    )


def rows() -> dict[str, int]:
    """How many rows every table has."""
    return {model.__name__: model.select().count() for model in TABLES}


def quoted(play: Rehearsal) -> Rehearsal:
    """A pump is quoted, the fault found, and the customer has not been asked yet."""
    play.until("diagnose")
    play.quote([("callout", 1)])
    play.until("consent")
    return play


# Saved once


def test_a_save_is_kept_with_who_what_and_when(cast, visit):
    at = NOW.astimezone(SHANGHAI) - timedelta(minutes=3)
    after = visiting.submit(cast.mei, entry(visit, key="k1", at=at, device="phone-1"), NOW)
    (record,) = records.of_visit(visit.id)
    assert (record.seq, record.key, record.step, record.act) == (1, "k1", "listen", "done")
    assert (record.person, record.role, record.device) == (cast.mei.id, "engineer", "phone-1")
    assert record.at == at and record.at.utcoffset() == timedelta(hours=8) and record.received == NOW
    assert record.body["words"] == "It drips" and after.records == (record,)
    assert Visit.get_by_id(visit.id).version == 1


def test_the_same_submission_again_stores_nothing_and_answers_with_the_present_state(cast, visit):
    first = entry(visit)
    visiting.submit(cast.mei, first, NOW)
    visiting.submit(cast.mei, entry(visit, "mat", "passed", {"reason": "no_time"}), NOW)
    before = rows()
    again = visiting.submit(cast.mei, replace(first, at=NOW + timedelta(hours=2)), NOW + timedelta(hours=2))
    assert rows() == before and again.walk.version == 2
    assert again.walk.steps["mat"].status == "passed"


@pytest.mark.parametrize(
    "changed",
    [{"fields": {"words": "It pours"}}, {"step": "kit", "fields": {}}, {"act": "passed"}, {"fields": {}}],
)
def test_the_same_key_with_other_content_is_refused_and_the_first_one_stands(cast, visit, changed):
    first = entry(visit)
    visiting.submit(cast.mei, first, NOW)
    before = rows()
    with pytest.raises(errors.Mismatch) as raised:
        visiting.submit(cast.mei, replace(first, **changed), NOW)
    assert raised.value.details["key"] == first.key and rows() == before
    assert records.of_visit(visit.id)[0].body["words"] == "It drips"


def test_the_same_key_for_another_visit_is_refused(cast, visit):
    other = builders.visit(cast.mei, at="14:00")
    first = entry(visit)
    visiting.submit(cast.mei, first, NOW)
    with pytest.raises(errors.Mismatch):
        visiting.submit(cast.mei, replace(first, visit=other.id), NOW)
    assert records.of_visit(other.id) == ()


def at_once(*works) -> list:
    """Run these in threads that start together, each with a connection of its own; what each returned or raised."""
    gate, results = threading.Barrier(len(works)), [None] * len(works)

    def run(number, work):
        database.connect()
        gate.wait()
        try:
            results[number] = work()
        except Exception as fault:
            results[number] = fault
        database.close()

    threads = [threading.Thread(target=run, args=one) for one in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@pytest.mark.parametrize("round_", range(3))
def test_two_threads_with_the_same_key_make_one_record(cast, visit, round_):
    same = entry(visit, base="")
    results = at_once(*[lambda: visiting.submit(cast.mei, same, NOW)] * 4)
    assert [result.walk.version for result in results] == [1, 1, 1, 1]
    assert len(records.of_visit(visit.id)) == 1


def test_of_two_threads_with_one_key_and_two_contents_one_is_refused(cast, visit):
    one = entry(visit)
    two = replace(one, fields={"words": "It pours"})
    results = at_once(
        lambda: visiting.submit(cast.mei, one, NOW), lambda: visiting.submit(cast.mei, two, NOW)
    )
    assert sorted(type(result).__name__ for result in results) == ["Mismatch", "Opened"]
    assert len(records.of_visit(visit.id)) == 1


def test_many_threads_write_one_visit_without_a_hole(cast, visit):
    bouts = [entry(visit, "knock", "bout", {"way": "knock"}) for _ in range(8)]
    results = at_once(*[partial(visiting.submit, cast.mei, one, NOW) for one in bouts])
    assert {type(result).__name__ for result in results} == {"Opened"}
    kept = records.of_visit(visit.id)
    assert [record.seq for record in kept] == list(range(1, 9)) and {one.key for one in bouts} == {
        r.key for r in kept
    }
    assert Visit.get_by_id(visit.id).version == 8


def test_of_two_pages_built_on_the_same_state_one_is_told_that_it_moved(cast, visit):
    results = at_once(*[partial(visiting.submit, cast.mei, entry(visit, base=""), NOW) for _ in range(2)])
    assert sorted(type(result).__name__ for result in results) == ["Moved", "Opened"]


# Whose


@pytest.mark.parametrize("who", ["li", "tom", "ana", "wu", "root"])
def test_nobody_else_writes_into_a_visit(cast, visit, who):
    before = rows()
    with pytest.raises(errors.NotFound):
        visiting.submit(cast.people[who], entry(visit), NOW)
    assert rows() == before


@pytest.mark.parametrize(("who", "sees"), [("mei", True), ("ana", True), ("li", False), ("tom", False)])
def test_who_sees_a_visit(cast, visit, who, sees):
    if sees:
        assert visiting.opened(cast.people[who], visit.id, NOW).visit.id == visit.id
    else:
        with pytest.raises(errors.NotFound):
            visiting.opened(cast.people[who], visit.id, NOW)


def test_the_customers_page_opens_only_in_its_own_engineers_session(cast, visit):
    assert visiting.by_token(cast.mei, visit.customer_token, NOW).visit.id == visit.id
    for who, token in (
        (cast.li, visit.customer_token),
        (cast.ana, visit.customer_token),
        (cast.mei, "x"),
        (cast.mei, ""),
    ):
        with pytest.raises(errors.NotFound):
            visiting.by_token(who, token, NOW)


def test_there_is_no_such_visit(cast):
    with pytest.raises(errors.NotFound):
        visiting.opened(cast.mei, 4711, NOW)


# What is refused stores nothing at all


def _refused(cast, visit, submission, fault, role="engineer", **details):
    before, state = rows(), Visit.get_by_id(visit.id).__data__
    with pytest.raises(fault) as raised:
        visiting.submit(cast.mei, submission, NOW, role=role)
    assert type(raised.value) is fault
    assert rows() == before and Visit.get_by_id(visit.id).__data__ == state
    for name, value in details.items():
        assert raised.value.details[name] == value


@pytest.mark.parametrize(
    ("step", "act", "fields", "fault", "details"),
    [
        ("listen", "done", {"words": ""}, errors.Invalid, {"fields": {"words": "required"}}),
        (
            "listen",
            "done",
            {"words": "x", "done_about": "noon"},
            errors.Invalid,
            {"fields": {"done_about": "bad_time"}},
        ),
        (
            "clean",
            "passed",
            {"reason": "no_time"},
            errors.Invalid,
            {"fields": {"reason": "cannot_be_passed"}},
        ),
        ("sign", "passed", {"reason": "no_time"}, errors.Invalid, {"fields": {"reason": "cannot_be_passed"}}),
        ("call", "problem", {"problem": "other_day", "remedy": "rebook"}, errors.Invalid, {}),
        ("roof", "done", {}, errors.NotFound, {"step": "roof"}),
        ("listen", "bout", {"way": "knock"}, errors.NotFound, {"act": "bout"}),
        ("listen", "ruled", {}, errors.NotFound, {}),
        ("listen", "cancelled", {}, errors.NotFound, {}),
        ("", "cancelled", {}, errors.NotFound, {}),
        ("sign", "signed", DRAWN, errors.NotFound, {}),
        ("sign", "handed_over", {}, errors.NotOpen, {"step": "sign"}),
        ("take_back", "handed_over", {}, errors.NotOpen, {}),
        ("consent", "handed_over", {}, errors.NotOpen, {}),
        ("pay", "done", {"method": "cash"}, errors.NotOpen, {}),
    ],
)
def test_a_refused_entry_leaves_nothing_behind(cast, visit, step, act, fields, fault, details):
    _refused(cast, visit, entry(visit, step, act, fields), fault, **details)


@pytest.mark.parametrize(
    "changed",
    [
        {"key": ""},
        {"key": "k" * 65},
        {"device": "d" * 65},
        {"at": NOW.replace(tzinfo=None)},
        {"key": "клю́ч"},
        {"fields": {"words": "half \ud83d of a sign"}},
    ],
)
def test_an_entry_without_a_proper_envelope_is_malformed(cast, visit, changed):
    _refused(cast, visit, replace(entry(visit), **changed), errors.Malformed)


def test_a_save_that_fails_half_way_leaves_nothing_behind(cast, visit, monkeypatch):
    def broken(*_arguments):
        raise RuntimeError("disk full")

    before = rows()
    monkeypatch.setattr(visiting.following_up, "carry_out", broken)
    with pytest.raises(RuntimeError):
        visiting.submit(cast.mei, entry(visit), NOW)
    assert rows() == before and Visit.get_by_id(visit.id).version == 0


# Gates, bases, ends


def test_work_that_costs_does_not_start_without_consent(cast, visit, play):
    quoted(play)
    repaired = entry(visit, "repair", "done", {"mode": "on_site", "measures": ["cleaned"]})
    _refused(cast, visit, repaired, errors.NotOpen, step="repair", needs=["consent"])
    play.until("repair")
    visiting.submit(cast.mei, repaired, NOW)


def test_what_is_safe_or_sad_can_always_be_said(cast, visit):
    """A problem, a telephone call and a bout at the door wait for no gate."""
    for step, act, fields in (
        ("repair", "problem", {"problem": "not_safe", "remedy": "stay"}),
        ("call", "attempt", {"channel": "phone", "result": "busy"}),
        ("knock", "bout", {"way": "bell"}),
    ):
        visiting.submit(cast.mei, entry(visit, step, act, fields), NOW)
    assert len(records.of_visit(visit.id)) == 3


def test_a_page_that_is_older_than_the_step_is_told_so(cast, visit):
    first = entry(visit, base="")
    after = visiting.submit(cast.mei, first, NOW)
    assert after.walk.steps["listen"].base == first.key
    _refused(cast, visit, entry(visit, fields={"words": "other"}, base=""), errors.Moved, step="listen")
    _refused(cast, visit, entry(visit, act="passed", fields={"reason": "no_time"}, base="old"), errors.Moved)
    visiting.submit(cast.mei, entry(visit, fields={"words": "better"}, base=first.key), NOW)
    visiting.submit(cast.mei, entry(visit, fields={"words": "by a form without a base"}), NOW)
    visiting.submit(cast.mei, entry(visit, "mat", "passed", {"reason": "no_time"}, base=""), NOW)
    assert len(records.of_visit(visit.id)) == 4


@pytest.mark.parametrize(
    ("step", "fields", "state"),
    [
        ("call", {"problem": "other_day", "remedy": "rebook", "slot": "2026-11-25T09:00:00+08:00",
                  "rebook_reason": "customer_wish", "consent": "on"}, "rebooked"),
        ("look", {"problem": "not_safe", "remedy": "leave"}, "could_not_finish"),
        ("accept", {"problem": "cannot_take", "remedy": "give_on", "reason": "clash"}, "transferred"),
    ],
)  # fmt: skip
def test_a_visit_that_ended_takes_nothing_more(cast, visit, step, fields, state):
    visiting.submit(cast.mei, entry(visit, step, "problem", fields), NOW)
    assert Visit.get_by_id(visit.id).state == state
    for act in ("done", "passed", "problem"):
        _refused(cast, visit, entry(visit, act=act), errors.Ended, state=state)


def test_a_finished_visit_takes_the_offices_part_and_nothing_of_the_customers(cast, visit, play):
    play.until("hand_in")
    assert Visit.get_by_id(visit.id).state == "finished"
    _refused(cast, visit, entry(visit), errors.Ended, state="finished")
    _refused(cast, visit, entry(visit, "fees", "line", {"item": "callout"}), errors.Ended)
    finished_at = Visit.get_by_id(visit.id).finished_at
    play.clock += timedelta(hours=5)
    play.until(None)
    assert Visit.get_by_id(visit.id).finished_at == finished_at


def test_while_it_is_paused_no_step_is_done(cast, visit):
    fields = {
        "problem": "other_job",
        "remedy": "pause",
        "minutes": "30",
        "back_at": "2026-11-23T12:00:00+08:00",
    }
    step = visiting.opened(cast.mei, visit.id, NOW).protocol.step("repair").problem("other_job")
    remedy = next(one.id for one in step.remedies if "pause" in one.effects)
    visiting.submit(cast.mei, entry(visit, "repair", "problem", {**fields, "remedy": remedy}), NOW)
    assert Visit.get_by_id(visit.id).state == "paused"
    _refused(cast, visit, entry(visit), errors.NotOpen, needs=["repair"])
    visiting.submit(cast.mei, entry(visit, "repair", "resumed"), NOW)
    visiting.submit(cast.mei, entry(visit), NOW)


# The customer's hands


def agreed(opened) -> dict[str, str]:
    return {"total": str(opened.walk.fee.total)}


def test_the_customer_acts_only_while_the_phone_is_handed_over(cast, visit, play):
    quoted(play)
    fields = agreed(play.opened)
    _refused(
        cast,
        visit,
        entry(visit, "consent", "agreed", fields),
        errors.NotOpen,
        role="customer",
        needs=["consent"],
    )
    play.act("consent", "handed_over")
    _refused(
        cast, visit, entry(visit, "consent", "agreed", fields), errors.NotFound
    )  # the engineer agrees to nothing
    play.act("consent", "agreed", fields, role="customer")
    play.act("consent", "handed_back")
    _refused(cast, visit, entry(visit, "consent", "agreed", fields), errors.NotOpen, role="customer")


@pytest.mark.parametrize(
    ("step", "act"),
    [
        ("consent", "handed_back"),
        ("consent", "handed_over"),
        ("consent", "line"),
        ("listen", "done"),
        ("sign", "passed"),
    ],
)
def test_what_is_the_engineers_cannot_come_from_the_customers_page(cast, visit, play, step, act):
    quoted(play).act("consent", "handed_over")
    _refused(cast, visit, entry(visit, step, act), errors.NotFound, role="customer")


def test_the_customer_acts_only_on_the_step_that_was_handed_over(cast, visit, play):
    quoted(play).act("consent", "handed_over")
    for act in ("signed", "rated", "declined"):
        _refused(
            cast, visit, entry(visit, "sign", act, DRAWN), errors.NotOpen, role="customer", needs=["sign"]
        )


def test_a_second_hand_over_takes_the_place_of_the_first(cast, visit, play):
    quoted(play).act("consent", "handed_over")
    first = play.opened.walk.hand_over.key
    play.act("consent", "handed_over")
    assert play.opened.walk.hand_over.key != first
    play.act("consent", "handed_back")
    assert play.opened.walk.hand_over is None


@pytest.mark.parametrize("total", ["0", "1", "999999"])
def test_the_customer_agrees_to_the_total_that_stands(cast, visit, play, total):
    quoted(play).act("consent", "handed_over")
    refused = entry(visit, "consent", "agreed", {"total": total})
    _refused(cast, visit, refused, errors.Invalid, role="customer", fields={"total": "changed_meanwhile"})


# Signing


def at_the_signature(play: Rehearsal) -> str:
    """The phone is in the customer's hands; the digest of what the page shows."""
    play.until("sign")
    play.act("sign", "handed_over")
    return visiting.shown(play.opened, "sign").digest


def test_a_signature_seals_exactly_what_was_shown(cast, visit, play):
    digest = at_the_signature(play)
    play.act("sign", "signed", {**DRAWN, "shown": digest}, role="customer")
    body = records.of_visit(visit.id)[-1].body
    assert body["digest"] == digest == seal.digest(body["content"]) and body["code"] == seal.short_code(
        digest
    )
    assert body["content"]["ref"] == visit.reference and body["content"]["layer"] == "customer"
    assert Visit.get_by_id(visit.id).signed == "drawn"


@pytest.mark.parametrize("shown", ["", "f" * 64, "F" * 64])
@pytest.mark.parametrize("act", ["signed", "declined"])
def test_a_signature_under_something_else_is_refused(cast, visit, play, shown, act):
    at_the_signature(play)
    fields = {**DRAWN, "reason": "privacy", "shown": shown}
    _refused(cast, visit, entry(visit, "sign", act, fields), errors.Moved, role="customer", step="sign")


def test_what_changed_between_showing_and_signing_is_not_signed(cast, visit, play):
    digest = at_the_signature(play)
    play.act("listen", "done", {"words": "and it smells"})
    _refused(
        cast, visit, entry(visit, "sign", "signed", {**DRAWN, "shown": digest}), errors.Moved, role="customer"
    )


def test_a_signature_can_be_given_in_any_language_of_the_norm(cast, visit, play):
    at_the_signature(play)
    seen = {one: visiting.shown(play.opened, "sign", one) for one in ("en", "es", "zh_Hans", "zh_Hant")}
    assert len({one.digest for one in seen.values()}) == 4
    _refused(
        cast, visit, entry(visit, "sign", "signed", {**DRAWN, "shown": seen["es"].digest, "language": "zh_Hant"}),
        errors.Moved, role="customer",
    )  # fmt: skip
    play.act("sign", "signed", {**DRAWN, "shown": seen["es"].digest, "language": "es"}, role="customer")
    assert records.of_visit(visit.id)[-1].body["content"]["language"] == "es"


def test_a_later_change_voids_the_signature_and_asks_for_another(cast, visit, play):
    play.until("leave")
    assert Visit.get_by_id(visit.id).signed == "drawn"
    play.act("listen", "done", {"words": "and it smells"})
    row = Visit.get_by_id(visit.id)
    assert row.signed == "void" and row.state == "to_sign" and row.next_step == "sign"
    play.answers["rating"] = {}
    play.until("leave")
    assert Visit.get_by_id(visit.id).signed == "drawn"


def test_what_the_customer_thought_is_said_once(cast, visit, play):
    play.until("leave")
    assert play.opened.walk.rated
    play.act("sign", "handed_over")
    again = entry(visit, "sign", "rated", {"quality": "5"})
    _refused(cast, visit, again, errors.Invalid, role="customer", fields={"quality": "already_rated"})


def test_the_rating_is_no_part_of_what_is_signed(cast, visit, play):
    digest = at_the_signature(play)
    play.act("sign", "rated", {"quality": "1", "comment": "slow"}, role="customer")
    assert visiting.shown(play.opened, "sign").digest == digest


def test_what_costs_more_than_was_paid_is_looked_at_and_paid_again(cast, visit, play):
    quoted(play).until("sign")
    paid = play.opened.walk.fee.total
    play.act("fees", "line", {"item": "labour_small", "qty": "1"})
    walk = play.opened.walk
    assert walk.fee.total > paid and [key for key in ("consent", "fees", "pay") if walk.steps[key].status == "open"] == [
        "consent", "fees", "pay"]  # fmt: skip
    assert walk.next_step == "consent" and {"consent", "fees", "pay"} <= set(walk.steps["sign"].locked_by)
    play.until("leave")
    content = visiting.shown(play.opened, "sign").content
    assert content["payment"]["rest"] == 0 and content["consent"]["total"] == content["fee"]["total"] > paid


# When


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
        _refused(cast, visit, late, errors.Invalid, fields={"done_about": fault})
    else:
        after = visiting.submit(cast.mei, late, NOW)
        assert after.walk.arrived_at == datetime.fromisoformat(about)
        assert Visit.get_by_id(visit.id).arrived_at == datetime.fromisoformat(about)


def test_another_time_agreed_on_the_telephone_moves_the_slot_and_the_day(cast, visit):
    agreed_on = datetime(2026, 11, 24, 15, 0, tzinfo=SHANGHAI)
    length = visit.slot_end - visit.slot_start
    visiting.submit(
        cast.mei, entry(visit, "call", "done", {"time_is": "corrected", "time": agreed_on.isoformat()}), NOW
    )
    row = Visit.get_by_id(visit.id)
    assert row.slot_start == agreed_on and row.slot_end - row.slot_start == length
    assert row.day.isoformat() == "2026-11-24"
    assert visiting.opened(cast.mei, visit.id, NOW).walk.appointment == agreed_on


# The desk, and the columns that boards read


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
    visiting.submit(cast.mei, entry(visit, "call", "done", {"time_is": "corrected", "time": told}), NOW)
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
