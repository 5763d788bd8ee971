"""Whole visits under the builder's home-maintenance norm, through the one door for writing."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from app import errors
from app.models.tasks import FollowUp, Task
from app.models.visits import Visit
from app.services import issuing
from app.services.rehearsing import Rehearsal
from tests import builders
from tests.builders import Cast

NOW = datetime.now(UTC)
ANSWERS: dict[str, Any] = {
    "certificate": {"seen": "seen", "start": "2026-02-03", "ends": "2028-02-02", "standing": "within"},
    "listen": {"words": "Water comes through the bathroom ceiling"},
    "diagnose": {"fault": "leak", "cause": "workmanship", "basis": "certificate", "whose": "workmanship"},
    "repair": {"mode": "on_site", "measures": ["sealed", "repainted"], "material": "ours"},
}


@pytest.fixture
def played(cast: Cast) -> Rehearsal:
    """Mei's visit of today; her outlet works by the builder's norm."""
    cast.mei.outlet.protocol = "builder-2026-11"
    cast.mei.outlet.save()
    visit = builders.visit(cast.mei, now=NOW, symptom="Water stain on the ceiling")
    return Rehearsal(cast.mei, visit.id, NOW, ANSWERS)


def tasks_of(played: Rehearsal, kind: str) -> list[Any]:
    return list(Task.select().where(Task.visit == played.visit_id, Task.kind == kind))


def problem(played: Rehearsal, step: str, problem: str, remedy: str, **fields: Any) -> None:
    played.act(step, "problem", {"problem": problem, "remedy": remedy, **fields})


def test_a_leak_in_the_warranty_ends_with_a_signed_slip(played: Rehearsal) -> None:
    played.until(None)
    walk = played.opened.walk
    assert (walk.state, walk.outcome, walk.fee.total) == ("finished", "repaired", 0)
    assert all(state.status == "done" for state in walk.steps.values() if state.applies)
    assert walk.signature and walk.signature.how == "drawn" and not walk.signature.void
    visit = Visit.get_by_id(played.visit_id)
    assert (visit.state, visit.signed) == ("finished", "drawn")
    offered = issuing.offers(played.opened, played.clock)
    assert "slip" in {one.kind for one in offered}


def test_out_of_warranty_the_owner_agrees_to_the_estimate_and_pays_it(played: Rehearsal) -> None:
    played.answers["certificate"] = {"seen": "none", "start": "2020-01-05", "standing": "over"}
    played.answers["diagnose"] = {**ANSWERS["diagnose"], "purchase_date": "2020-01-05", "basis": "invoice"}
    played.until("diagnose")
    played.quote([("labour_medium", 1)])
    played.until("consent")
    assert played.opened.walk.warranty.status == "out" and played.opened.walk.fee.total > 0
    with pytest.raises(errors.NotOpen):
        played.act("repair", "done", ANSWERS["repair"])
    played.until(None)
    walk = played.opened.walk
    assert walk.state == "finished" and walk.steps["pay"].values["paid"] == walk.fee.total


def test_a_lost_certificate_takes_no_warranty_away(played: Rehearsal) -> None:
    played.answers["certificate"] = {"seen": "none", "start": "2026-02-03", "standing": "within"}
    played.answers["diagnose"] = {**ANSWERS["diagnose"], "purchase_date": "2026-02-03", "basis": "invoice"}
    played.until("certificate")
    problem(played, "certificate", "no_certificate", "completion_date", completed_on="2026-02-03")
    played.until("diagnose")
    played.quote([("labour_small", 1)])
    played.until("repair")
    assert played.opened.walk.warranty.until == date(2027, 2, 3)
    assert not played.opened.walk.fee.chargeable


def test_the_manager_inspects_before_anybody_is_made_responsible(played: Rehearsal) -> None:
    problem(played, "accept", "not_inspected", "manager_looks")
    (asked,) = tasks_of(played, "manager_visit")
    assert asked.owner_role == "manager"
    with pytest.raises(errors.Invalid) as raised:
        problem(played, "accept", "not_inspected", "inspected", whose="supplier")
    assert raised.value.details["fields"] == {"inspected_by": "required"}


def test_the_repair_waits_for_the_certificate(played: Rehearsal) -> None:
    played.until("certificate")
    with pytest.raises(errors.NotOpen):
        played.act("repair", "done", ANSWERS["repair"])


def test_missing_material_is_fetched_and_never_asked_of_the_owner(played: Rehearsal) -> None:
    played.until("repair")
    with pytest.raises(errors.Invalid):
        problem(played, "repair", "material_short", "owner_buys", what="Grout")
    back_at = (played.clock + timedelta(hours=1)).isoformat()
    problem(played, "repair", "material_short", "fetch", what="Grout", back_at=back_at)
    (told,) = tasks_of(played, "notice")
    assert told.owner_role == "dispatcher" and "Grout" in told.question
    assert played.opened.walk.state == "paused"


def test_what_has_to_dry_is_asked_about_the_next_day(played: Rehearsal) -> None:
    played.until("explain")
    until = (played.clock + timedelta(hours=20)).isoformat()
    problem(played, "explain", "not_until", "call_after", until=until)
    call = FollowUp.get(FollowUp.visit == played.visit_id, FollowUp.kind == "callback")
    assert 1439 <= (call.due_at - played.clock).total_seconds() / 60 <= 1441


def test_a_room_that_is_dangerous_is_shut_off_and_the_slip_says_so(played: Rehearsal) -> None:
    played.until("diagnose")
    problem(played, "diagnose", "dangerous", "closed_off", what=["wiring"], told="1")
    played.until(None)
    walk = played.opened.walk
    assert (walk.outcome, walk.danger, walk.state) == ("not_repaired", True, "finished")
