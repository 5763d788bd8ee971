"""Rework: a request names the repair that did not hold; term and scope come along, the desk has two hours."""

from datetime import timedelta
from typing import Any

import pytest

from app import errors
from app.models.tasks import Task
from app.models.visits import Visit
from app.services import dispatching, reworking
from app.services.rehearsing import Rehearsal
from tests import builders
from tests.builders import NOW, Cast

LATER = NOW + timedelta(days=40)
PUMP = [("drain_pump", 1)]


@pytest.fixture
def repaired(cast: Cast) -> Visit:
    """A repair of a noise under the network's norm, with two months on it, forty days ago."""
    cast.mei.outlet.protocol = "network-2026-11"
    cast.mei.outlet.save()
    visit = builders.visit(cast.mei)
    Rehearsal(cast.mei, visit.id, NOW, answers("noise")).until(None)
    found: Visit = Visit.get_by_id(visit.id)
    return found


def answers(fault: str) -> dict[str, Any]:
    found = {"fault": fault, "cause": "pump_worn", "basis": "invoice", "purchase_date": "2019-01-05"}
    return {"term": {"term": "months_2"}, "diagnose": found}


def asked_again(cast: Cast, repaired: Visit, **changed: str) -> Visit:
    order, day = repaired.work_order, LATER + timedelta(days=1)
    fields = {
        "customer": str(order.customer_id), "appliance": str(order.appliance_id), "symptom": "Noisy again",
        "day": day.date().isoformat(), "from": "14:00", "to": "15:15", "engineer": str(cast.mei.id),
        "rework_of": str(repaired.id), **changed,
    }  # fmt: skip
    return dispatching.create(cast.ana, fields, LATER)


def quoted(cast: Cast, visit: Visit, fault: str) -> Rehearsal:
    """The further visit, a pump quoted and the fault found."""
    play = Rehearsal(cast.mei, visit.id, LATER + timedelta(days=1), answers(fault))
    play.until("diagnose")
    play.quote(PUMP)
    play.do("diagnose")
    return play


def test_the_repairs_of_this_customer_are_offered_and_no_others(cast: Cast, repaired: Visit) -> None:
    Rehearsal(cast.mei, builders.visit(cast.mei, at="15:00").id, NOW, answers("noise")).until(None)
    assert [one.id for one in reworking.candidates(cast.ana, repaired.work_order.customer)] == [repaired.id]
    assert reworking.candidates(cast.tom, repaired.work_order.customer) == []


def test_a_rework_keeps_what_the_earlier_slip_promised(cast: Cast, repaired: Visit) -> None:
    kept = asked_again(cast, repaired).work_order.rework_of
    assert (kept["reference"], kept["months"], kept["days"]) == (repaired.reference, 2, 0)
    assert (kept["fault"], kept["signed_on"]) == ("noise", NOW.date().isoformat())


def test_the_desk_has_two_hours_to_see_to_it(cast: Cast, repaired: Visit) -> None:
    visit = asked_again(cast, repaired)
    (task,) = Task.select().where(Task.kind == "rework")
    assert task.visit_id == visit.id and task.due_at == LATER + timedelta(hours=2)
    assert repaired.reference in task.question and task.owner_role == "dispatcher"


def test_a_norm_without_the_clock_has_none(cast: Cast, repaired: Visit) -> None:
    cast.mei.outlet.protocol = "maker-2026-11"
    cast.mei.outlet.save()
    cast.ana.outlet.protocol = "maker-2026-11"
    assert (
        asked_again(cast, repaired).work_order.rework_of
        and not Task.select().where(Task.kind == "rework").exists()
    )


def test_the_same_fault_in_its_term_is_free_and_another_is_not(cast: Cast, repaired: Visit) -> None:
    play = quoted(cast, asked_again(cast, repaired), "noise")
    (charge,) = play.opened.walk.fee.charges
    assert charge.rule == "Q-REWORK-09" and play.opened.walk.fee.total == 0
    play.answers = answers("leaks_water")
    play.do("diagnose")
    (charge,) = play.opened.walk.fee.charges
    assert charge.rule == "N-OUT-06" and play.opened.walk.fee.total > 0


@pytest.mark.parametrize("typed", ["0", "999999", "noise"])
def test_only_a_repair_of_this_customer_can_be_named(cast: Cast, repaired: Visit, typed: str) -> None:
    with pytest.raises(errors.Invalid) as raised:
        asked_again(cast, repaired, rework_of=typed)
    assert raised.value.fields == {"rework_of": "not_an_option"}


def test_a_new_customer_has_no_earlier_repair(cast: Cast, repaired: Visit) -> None:
    new = {"name": "陈静", "phone": "138 0013 8001", "address": "江南大道 1888 号", "appliance_kind": "oven"}
    with pytest.raises(errors.Invalid) as raised:
        asked_again(cast, repaired, customer="new", **new)
    assert raised.value.fields == {"rework_of": "not_an_option"}
