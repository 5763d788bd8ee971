"""Small things that the network's norm asks: an approved private number is kept, a customer who returns is known."""

from datetime import UTC, datetime, timedelta

import pytest

from app.models.customers import Customer
from app.models.people import Person
from app.models.tasks import Task
from app.models.visits import Visit
from app.services import answering, staffing, visiting
from app.services.rehearsing import Rehearsal
from tests import builders

NOW = datetime.now(UTC)
ASKS = {"problem": "private_number", "remedy": "ask", "private_number": "138 0013 8777"}


@pytest.fixture
def network(cast):
    cast.mei.outlet.protocol = "network-2026-11"
    cast.mei.outlet.save()


def play(cast, step, **values):
    answers = {"term": {"term": "months_2"}, "leave": {"explained": "on"}}
    visit = builders.visit(cast.mei, now=NOW - timedelta(hours=3), **values)
    played = Rehearsal(cast.mei, visit.id, NOW - timedelta(hours=2), answers)
    played.until(step)
    return played


def number_of(cast):
    return Person.get_by_id(cast.mei.id).private_number


def test_a_private_number_is_kept_when_the_company_approves_it(app, cast, network, sign_in, mei):
    play(cast, "farewell").act("farewell", "problem", ASKS)
    assert number_of(cast) is None, "asking is not yet approval"
    answering.answer(cast.wu, Task.get(Task.kind == "ruling").id, {"ruling": "approved"}, NOW)
    kept = Person.get_by_id(cast.mei.id)
    assert (kept.private_number, kept.private_number_by) == ("+8613800138777", "Wu")
    assert "+86 138 0013 8777" in mei.get("/account").get_data(as_text=True)
    root = app.test_client()
    sign_in(root, "root")
    html = root.get(f"/desk/people/{kept.id}").get_data(as_text=True)
    assert "Approved by Wu" in html and "Take the approval back" in html


def test_a_number_that_was_denied_or_taken_back_is_not_there(cast, network, mei):
    played = play(cast, "farewell")
    played.act("farewell", "problem", ASKS)
    answering.answer(cast.wu, Task.get(Task.kind == "ruling").id, {"ruling": "denied", "answer": "Rule"}, NOW)
    assert number_of(cast) is None
    played.act("farewell", "problem", ASKS)
    waiting = Task.get((Task.kind == "ruling") & Task.answered_at.is_null())
    answering.answer(cast.wu, waiting.id, {"ruling": "approved"}, NOW)
    assert number_of(cast) == "+8613800138777"
    staffing.change(
        cast.root, cast.mei.id, {"name": "Mei", "role": "engineer", "number_withdrawn": "on"}, NOW
    )
    assert number_of(cast) is None
    assert "Private number" not in mei.get("/account").get_data(as_text=True)


def test_without_a_number_there_is_nothing_to_approve(cast, network):
    with pytest.raises(visiting.errors.Invalid) as refused:
        play(cast, "farewell").act("farewell", "problem", {**ASKS, "private_number": ""})
    assert refused.value.fields == {"private_number": "required"}


def facts_of(cast, visit):
    found = visiting.opened(cast.mei, visit.id, NOW).facts.customer
    return found["visits_before"], found["last_visit"]


def test_who_was_here_before_is_known_by_the_telephone(mei, cast, network):
    first = play(cast, None)
    day = Visit.get_by_id(first.visit_id).day.isoformat()
    assert facts_of(cast, first.opened.visit) == (0, None)
    again = builders.visit(
        cast.mei, now=NOW, at="16:00"
    )  # written down anew: another row, the same telephone
    assert Customer.select().count() == 2
    assert facts_of(cast, again) == (1, day)
    html = mei.get(f"/visits/{again.id}").get_data(as_text=True)
    assert "Here before: 1 visit" in html
    assert f"/visits/{again.id}/steps/fees/problems/old_customer" in html


def test_a_stranger_and_a_second_visit_of_the_same_job_are_no_return(mei, cast, network):
    first = play(cast, None)
    other = builders.customer(cast.home, name="Mr Li", phone="+8613900002222")
    job = builders.work_order(cast.home, customer=other)
    stranger = builders.visit(cast.mei, now=NOW, at="15:00", job=job)
    assert facts_of(cast, stranger) == (0, None)
    assert "Here before" not in mei.get(f"/visits/{stranger.id}").get_data(as_text=True)
    follow = builders.visit(cast.mei, now=NOW, at="16:00", job=first.opened.visit.work_order)
    assert facts_of(cast, follow) == (0, None)


def test_visits_at_another_outlet_are_nobody_s_business(cast, network):
    play(cast, None)
    elsewhere = builders.visit(cast.tom, now=NOW)
    assert visiting.opened(cast.tom, elsewhere.id, NOW).facts.customer["visits_before"] == 0


def test_the_maker_has_no_such_discount_and_says_nothing(mei, cast):
    play(cast, None)
    again = builders.visit(cast.mei, now=NOW, at="16:00")
    assert facts_of(cast, again)[0] == 1
    assert "Here before" not in mei.get(f"/visits/{again.id}").get_data(as_text=True)
