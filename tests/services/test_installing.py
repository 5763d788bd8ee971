"""Visits that install or put into use rather than repair, and what the norm asks around them."""

from datetime import UTC, datetime
from typing import Any

import pytest

from app import errors
from app.models.tasks import FollowUp, Task
from app.models.visits import Visit
from app.services import answering
from app.services.rehearsing import Rehearsal
from tests import builders
from tests.builders import Cast

NOW = datetime.now(UTC)


@pytest.fixture
def played(cast: Cast) -> Rehearsal:
    visit = builders.visit(cast.mei, now=NOW)
    return Rehearsal(cast.mei, visit.id, NOW)


def problem(played: Rehearsal, step: str, problem: str, remedy: str, **fields: Any) -> None:
    played.until(step)
    played.act(step, "problem", {"problem": problem, "remedy": remedy, **fields})


def tasks_of(played: Rehearsal, kind: str) -> list[Any]:
    return list(Task.select().where(Task.visit == played.visit_id, Task.kind == kind))


def test_an_installation_ends_as_installed_and_is_signed_so(played: Rehearsal) -> None:
    problem(played, "repair", "installed", "together")
    played.until(None)
    row = Visit.get_by_id(played.visit_id)
    assert (row.state, row.outcome) == ("finished", "installed")
    signed = next(record for record in played.opened.records if record.act == "signed")
    assert signed.body["content"]["visit"]["outcome"] == "installed"


def test_the_cost_of_a_long_way_is_accepted_before_the_trip(played: Rehearsal) -> None:
    with pytest.raises(errors.Invalid) as raised:
        problem(played, "call", "travel_cost", "accepted", amount="45")
    assert raised.value.details["fields"] == {"accepted": "required"}
    problem(played, "call", "travel_cost", "accepted", amount="45", accepted="on")
    assert played.opened.records[-1].body["amount"] == 4500
    assert played.opened.walk.steps["depart"].status == "open"


def test_an_installation_without_a_day_is_asked_about_again(played: Rehearsal) -> None:
    problem(played, "call", "no_day_yet", "ask_again")
    call = FollowUp.get(FollowUp.visit == played.visit_id)
    assert 1439 <= (call.due_at - played.clock).total_seconds() / 60 <= 1441
    assert tasks_of(played, "notice")[0].owner_role == "dispatcher"


def test_nobody_installs_at_night_who_is_not_fit_for_it(played: Rehearsal) -> None:
    slot = (played.clock.replace(microsecond=0)).isoformat()
    asked = {"asked_by": "The customer; the site manager agrees", "helpers": "Two, insured"}
    with pytest.raises(errors.Invalid) as raised:
        problem(
            played,
            "call",
            "at_night",
            "agreed",
            slot=slot,
            rebook_reason="customer_wish",
            consent="on",
            **asked,
        )
    assert raised.value.details["fields"]["fit"] == "required"
    problem(played, "call", "at_night", "not_fit", asked_by="The customer")
    assert Visit.get_by_id(played.visit_id).state == "transferred"


def test_a_part_that_does_not_fit_is_reported_with_what_is_wrong(played: Rehearsal) -> None:
    problem(played, "repair", "misfit_part", "solved", part="Screw M6", what="Thread too short")
    (told,) = tasks_of(played, "notice")
    assert told.owner_role == "centre" and "Thread too short" in told.question


def test_a_part_that_failed_far_too_early_costs_nothing_once_the_centre_says_so(
    played: Rehearsal, cast: Cast
) -> None:
    played.answers["diagnose"] = {
        "fault": "no_drain", "cause": "misuse", "basis": "invoice", "purchase_date": "2019-01-05",
    }  # fmt: skip
    played.until("diagnose")
    played.quote([("labour_small", 1)])
    problem(played, "fees", "failed_early", "report", part="Pump, 14 months", body="Appraisal 77")
    assert played.opened.walk.fee.total > 0
    (asked,) = tasks_of(played, "ruling")
    assert asked.owner_role == "centre" and "Appraisal 77" in asked.question
    answering.answer(cast.wu, asked.id, {"ruling": "waive", "answer": "Free by the appraisal"}, played.clock)
    played.act("fees", "done")
    assert played.opened.walk.fee.total == 0


def test_an_operators_number_is_noted_only_with_consent(played: Rehearsal) -> None:
    who = {"name": "Mr Qian", "phone": "+8613800001234"}
    with pytest.raises(errors.Invalid) as raised:
        problem(played, "farewell", "operator", "noted", **who)
    assert raised.value.details["fields"] == {"consent": "required"}
    problem(played, "farewell", "operator", "noted", consent="on", **who)
    assert tasks_of(played, "notice")[0].data["phone"] == "+8613800001234"
