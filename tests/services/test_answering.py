"""Answering: questions find whom they belong to, answers reach the visit once, and calls after a visit are kept."""

from datetime import timedelta

import pytest

from app import errors
from app.models import visits
from app.models.people import Person
from app.models.records import Record
from app.models.tasks import FollowUp, Task
from app.services import answering, visiting
from app.services.rehearsing import Rehearsal
from tests import builders

NOW = builders.NOW
SOON = NOW + timedelta(minutes=1)


@pytest.fixture
def visit(cast):
    return builders.visit(cast.mei)


def task(visit, kind="ruling", owner="centre", **values):
    base = {"step": "consent", "question": "Wants 10 % off", "created_at": NOW, "due_at": NOW + timedelta(minutes=30),
            "data": {"problem": "price", "reason": "too_expensive"}}  # fmt: skip
    return Task.create(outlet=visit.outlet_id, visit=visit, kind=kind, owner_role=owner, **{**base, **values})


def call(visit, **values):
    base = {"kind": "central", "performer": "centre", "due_at": NOW}
    return FollowUp.create(outlet=visit.outlet_id, visit=visit, **{**base, **values})


def test_each_role_sees_its_own_first_and_safety_before_all(cast, visit):
    task(visit, kind="notice", owner="dispatcher")
    mine = task(visit)
    safety = task(visit, kind="safety", owner="dispatcher", urgent=True)
    queue = answering.queue(cast.wu, NOW)
    assert [row["id"] for row in queue.own] == [safety.id, mine.id]
    assert [(row["kind"], row["may_answer"]) for row in queue.others] == [("notice", True)]
    assert (queue.own[1]["customer"], queue.own[1]["reference"]) == ("Ms Chen", visit.reference)
    assert answering.count(cast.ana) == (3, True)


def test_an_answer_is_written_into_the_visit_and_seen_by_the_engineer(cast, visit):
    asked = task(visit)
    answering.answer(cast.wu, asked.id, {"ruling": "approved", "answer": "Go ahead"}, SOON)
    walk = visiting.opened(cast.mei, visit.id, SOON).walk
    [record] = walk.rulings
    assert (record.act, record.role, record.person) == ("ruled", "desk", cast.wu.id)
    assert record.body == {
        "task": asked.id, "ruling": "approved", "amount": None, "answer": "Go ahead", "by": "Wu",
    }  # fmt: skip
    kept = Task.get_by_id(asked.id)
    assert (kept.ruling, kept.answer, kept.answered_by_id, kept.answered_at) == (
        "approved",
        "Go ahead",
        cast.wu.id,
        SOON,
    )
    assert visits.of(cast.mei, visit.id).version == 1


def test_two_who_answer_at_once_leave_one_answer(cast, visit):
    asked = task(visit)
    answering.answer(cast.wu, asked.id, {"ruling": "approved"}, SOON)
    with pytest.raises(errors.Ended):
        answering.answer(cast.wu, asked.id, {"ruling": "denied", "answer": "no"}, SOON)
    assert Record.select().count() == 1 and Task.get_by_id(asked.id).ruling == "approved"


@pytest.mark.parametrize(
    ("kind", "who", "may"),
    [
        ("ruling", "wu", True), ("ruling", "ana", False), ("ruling", "hao", False), ("ruling", "root", False),
        ("lead_ruling", "wu", True), ("technical", "tec", True), ("technical", "ana", False),
        ("manager_visit", "hao", True), ("manager_visit", "wu", False), ("notice", "ana", True),
        ("safety", "tec", True), ("safety", "mei", False), ("notice", "mei", False),
    ],
)  # fmt: skip
def test_who_may_answer_what(cast, visit, kind, who, may):
    asked = task(visit, kind=kind)
    raw = {"ruling": "approved" if "ruling" in kind else "done", "answer": "Seen to"}
    if may:
        assert answering.answer(cast.people[who], asked.id, raw, SOON).answered_at
    else:
        with pytest.raises(errors.NotFound):
            answering.answer(cast.people[who], asked.id, raw, SOON)


def test_the_second_level_needs_the_lead_of_the_centre(cast, visit):
    asked = task(visit, kind="lead_ruling")
    junior = builders.person(cast.home, "pei", role="centre")
    with pytest.raises(errors.NotFound):
        answering.answer(junior, asked.id, {"ruling": "approved"}, SOON)
    assert [row["id"] for row in answering.queue(junior, NOW).others] == [asked.id]


@pytest.mark.parametrize(
    ("kind", "raw", "fields"),
    [
        ("ruling", {}, {"ruling": "required"}),
        ("ruling", {"ruling": "done"}, {"ruling": "not_an_option"}),
        ("ruling", {"ruling": "denied"}, {"answer": "required"}),
        ("ruling", {"ruling": "reduce_to"}, {"amount": "required"}),
        ("ruling", {"ruling": "reduce_to", "amount": "ten"}, {"amount": "not_money"}),
        ("ruling", {"ruling": "reduce_to", "amount": "-5"}, {"amount": "not_money"}),
        ("ruling", {"ruling": "approved", "answer": "x" * 1001}, {"answer": "too_long"}),
        ("technical", {}, {"answer": "required"}),
    ],
)
def test_an_answer_that_says_too_little_is_refused(cast, visit, kind, raw, fields):
    asked = task(visit, kind=kind)
    with pytest.raises(errors.Invalid) as fault:
        answering.answer(cast.wu, asked.id, raw, SOON)
    assert fault.value.fields == fields
    assert Task.get_by_id(asked.id).answered_at is None and not Record.select().exists()


def test_a_reduced_fee_is_what_the_visit_costs_then(cast):
    old = builders.appliance(builders.customer(cast.home), purchase_date=None)
    visit = builders.visit(cast.mei, customer=old.customer, appliance=old)
    play = Rehearsal(cast.mei, visit.id, NOW)
    play.until("diagnose")
    play.quote([("callout", 1), ("labour_medium", 1)])
    play.until("consent")
    total = play.opened.walk.fee.total
    asked = task(visit)
    for amount in (total, total + 1):
        with pytest.raises(errors.Invalid) as fault:
            answering.answer(
                cast.wu, asked.id, {"ruling": "reduce_to", "amount": f"{amount / 100:.2f}"}, SOON
            )
        assert fault.value.fields == {"amount": "not_below_the_total"}
    answering.answer(cast.wu, asked.id, {"ruling": "reduce_to", "amount": "12.50"}, SOON)
    assert visiting.opened(cast.mei, visit.id, SOON).walk.fee.total == 1250


def test_a_question_of_another_outlet_is_not_there(cast):
    asked = task(builders.visit(cast.tom))
    assert answering.queue(cast.wu, NOW).own == []
    with pytest.raises(errors.NotFound):
        answering.answer(cast.wu, asked.id, {"ruling": "approved"}, SOON)
    with pytest.raises(errors.NotFound):
        answering.record_call(cast.wu, call(asked.visit).id, {"result": "fine"}, SOON)


def test_a_content_customer_closes_the_call(cast, visit):
    due = call(visit)
    assert [row["id"] for row in answering.queue(cast.wu, NOW).calls] == [due.id]
    made = answering.record_call(cast.wu, due.id, {"result": "fine", "note": "Runs well"}, SOON)
    assert (made.result, made.done_at, made.done_by_id, made.note) == ("fine", SOON, cast.wu.id, "Runs well")
    assert answering.queue(cast.wu, NOW).calls == []
    with pytest.raises(errors.Ended):
        answering.record_call(cast.wu, due.id, {"result": "fine"}, SOON)


def test_a_customer_who_was_not_reached_is_called_again_later(cast, visit):
    due = call(visit)
    made = answering.record_call(cast.wu, due.id, {"result": "not_reached", "again": "120"}, SOON)
    assert (made.result, made.done_at, made.due_at) == ("not_reached", None, SOON + timedelta(hours=2))
    assert answering.queue(cast.wu, SOON).calls == []
    assert len(answering.queue(cast.wu, SOON + timedelta(hours=1)).calls) == 1  # shown an hour ahead


@pytest.mark.parametrize(
    ("raw", "fields"),
    [({}, {"result": "required"}), ({"result": "maybe"}, {"result": "not_an_option"}),
     ({"result": "not_fine"}, {"note": "required"}), ({"result": "fine", "note": "x" * 501}, {"note": "too_long"})],
)  # fmt: skip
def test_a_result_must_say_enough(cast, visit, raw, fields):
    with pytest.raises(errors.Invalid) as fault:
        answering.record_call(cast.wu, call(visit).id, raw, SOON)
    assert fault.value.fields == fields


def test_an_engineer_answers_nothing_at_the_desk(cast, visit):
    with pytest.raises(errors.NotFound):
        answering.record_call(Person.get(login="mei"), call(visit).id, {"result": "fine"}, SOON)
