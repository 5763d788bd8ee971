"""Whole visits under the repair network's norm, through the one door for writing."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app import errors
from app.models.tasks import FollowUp, Task
from app.models.visits import Visit
from app.services.rehearsing import Rehearsal
from tests import builders
from tests.builders import Cast

NOW = datetime.now(UTC)


@pytest.fixture
def played(cast: Cast) -> Rehearsal:
    """Mei's visit of today; her outlet works by the network's norm."""
    cast.mei.outlet.protocol = "network-2026-11"
    cast.mei.outlet.save()
    visit = builders.visit(cast.mei, now=NOW)
    answers = {
        "term": {"term": "months_2"},
        "leave": {"explained": "on"},
        "call": {"brand": "Aurora", "route": "East gate"},
    }
    return Rehearsal(cast.mei, visit.id, NOW, answers)


def tasks_of(played: Rehearsal, kind: str) -> list[Any]:
    return list(Task.select().where(Task.visit == played.visit_id, Task.kind == kind))


def problem(played: Rehearsal, step: str, problem: str, remedy: str, **fields: Any) -> None:
    played.act(step, "problem", {"problem": problem, "remedy": remedy, **fields})


def test_a_repair_is_called_promised_tested_and_handed_in(played: Rehearsal) -> None:
    played.until(None)
    walk = played.opened.walk
    assert (walk.state, walk.outcome) == ("finished", "repaired")
    assert all(state.status == "done" for state in walk.steps.values() if state.applies)
    assert walk.steps["copy"].values["copy"] and walk.steps["call"].values["route"] == "East gate"


def test_an_objection_to_the_price_still_ends_with_power_on_and_a_copy(played: Rehearsal) -> None:
    played.until("diagnose")
    played.quote([("drain_pump", 1)])
    played.until("consent")
    problem(played, "consent", "objects", "not_repaired", reason="too_expensive")
    assert played.opened.walk.next_step == "test" and played.opened.walk.fee.total == 0
    played.until(None)
    assert played.opened.walk.outcome == "not_repaired"
    assert played.opened.walk.steps["copy"].status == "done"


def test_the_last_power_on_cannot_be_passed(played: Rehearsal) -> None:
    played.until("test")
    with pytest.raises(errors.Invalid) as raised:
        played.act("test", "passed", {"reason": "no_time"})
    assert raised.value.details["fields"] == {"reason": "cannot_be_passed"}


def received(played: Rehearsal, minutes: int) -> None:
    """The request came so many minutes before the next act."""
    order = played.opened.visit.work_order
    order.received_at = played.clock + timedelta(minutes=1) - timedelta(minutes=minutes)
    order.save()


@pytest.mark.parametrize(("minutes", "late"), [(2, None), (3, None), (11, 8)])
def test_the_centre_hears_of_a_first_call_after_three_minutes(
    played: Rehearsal, minutes: int, late: int
) -> None:
    played.until("call")
    received(played, minutes)
    played.act("call", "attempt", {"channel": "phone", "result": "no_answer"})
    played.act("call", "attempt", {"channel": "phone", "result": "answered"})
    told = tasks_of(played, "notice")
    assert [one.data["call_late_min"] for one in told] == ([late] if late else [])
    assert all(one.owner_role == "centre" for one in told)


def test_who_says_first_why_the_call_is_late_is_not_reported_twice(played: Rehearsal) -> None:
    played.until("call")
    received(played, 20)
    problem(played, "call", "over_3_min", "called_now", why="driving")
    played.act("call", "attempt", {"channel": "phone", "result": "answered"})
    (told,) = tasks_of(played, "notice")
    assert told.problem == "over_3_min"


def test_the_maker_counts_no_minutes_to_the_first_call(cast: Cast) -> None:
    play = Rehearsal(cast.mei, builders.visit(cast.mei, now=NOW).id, NOW)
    play.until("call")
    play.act("call", "attempt", {"channel": "phone", "result": "answered"})
    assert not tasks_of(play, "notice")


def test_more_than_an_hour_is_asked_of_the_company_at_once(played: Rehearsal) -> None:
    played.until("book")
    problem(played, "book", "longer", "ask", why="far", minutes="90")
    (asked,) = tasks_of(played, "ruling")
    assert asked.owner_role == "centre" and asked.data["minutes"] == 90
    assert asked.due_at - asked.created_at == timedelta(minutes=15)
    problem(played, "book", "longer", "refused", why="far", minutes="90")
    assert played.opened.walk.state == "transferred"


def test_a_price_for_a_remote_address_names_who_worked_it_out(played: Rehearsal) -> None:
    played.until("call")
    with pytest.raises(errors.Invalid):
        problem(played, "call", "far_price", "estimated", described="Leaks", estimate="120")
    problem(played, "call", "far_price", "ask", described="Leaks")
    assert tasks_of(played, "technical")


def test_rework_is_called_back_about_within_two_hours(played: Rehearsal) -> None:
    played.until("hand_in")
    problem(played, "hand_in", "customer_called", "rework", about="It leaks again")
    call = FollowUp.get(FollowUp.visit == played.visit_id, FollowUp.kind == "callback")
    assert 119 <= (call.due_at - played.clock).total_seconds() / 60 <= 121


def test_a_late_slip_says_its_reason_and_its_day(played: Rehearsal) -> None:
    played.until("hand_in")
    with pytest.raises(errors.Invalid) as raised:
        problem(played, "hand_in", "over_2_days", "explained", reason="far_away")
    assert raised.value.details["fields"] == {"promised": "required"}


def test_who_is_not_safe_leaves_and_the_desk_knows(played: Rehearsal) -> None:
    played.until("repair")
    problem(played, "repair", "conflict", "leave")
    (called,) = tasks_of(played, "safety")
    assert called.urgent and played.opened.walk.state == "could_not_finish"
    assert Visit.get_by_id(played.visit_id).state == "could_not_finish"
