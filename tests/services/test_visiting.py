"""Visiting: the one door for writing. What is saved is saved once; what is refused leaves nothing behind."""

import threading
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from app import errors
from app.models import database, records
from app.models.visits import Visit
from app.services import visiting
from tests import builders
from tests.builders import NOW
from tests.services.entries import DRAWN, SHANGHAI, entry, quoted, refused, rows


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
    refused(cast, visit, entry(visit, step, act, fields), fault, **details)


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
    refused(cast, visit, replace(entry(visit), **changed), errors.Malformed)


def test_a_save_that_fails_half_way_leaves_nothing_behind(cast, visit, monkeypatch):
    def broken(*_arguments):
        raise RuntimeError("disk full")

    before = rows()
    monkeypatch.setattr(visiting.following_up, "carry_out", broken)
    with pytest.raises(RuntimeError):
        visiting.submit(cast.mei, entry(visit), NOW)
    assert rows() == before and Visit.get_by_id(visit.id).version == 0


def test_work_that_costs_does_not_start_without_consent(cast, visit, play):
    quoted(play)
    repaired = entry(visit, "repair", "done", {"mode": "on_site", "measures": ["cleaned"]})
    refused(cast, visit, repaired, errors.NotOpen, step="repair", needs=["consent"])
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
    refused(cast, visit, entry(visit, fields={"words": "other"}, base=""), errors.Moved, step="listen")
    refused(cast, visit, entry(visit, act="passed", fields={"reason": "no_time"}, base="old"), errors.Moved)
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
        refused(cast, visit, entry(visit, act=act), errors.Ended, state=state)


def test_a_finished_visit_takes_the_offices_part_and_nothing_of_the_customers(cast, visit, play):
    play.until("hand_in")
    assert Visit.get_by_id(visit.id).state == "finished"
    refused(cast, visit, entry(visit), errors.Ended, state="finished")
    refused(cast, visit, entry(visit, "fees", "line", {"item": "callout"}), errors.Ended)
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
    refused(cast, visit, entry(visit), errors.NotOpen, needs=["repair"])
    visiting.submit(cast.mei, entry(visit, "repair", "resumed"), NOW)
    visiting.submit(cast.mei, entry(visit), NOW)
