"""Returning: what was taken away goes through the workshop and home again; the promise has its clock."""

from datetime import date, timedelta
from typing import Any

import peewee
import pytest

from app import errors
from app.models.stock import Loaner
from app.models.tasks import Task
from app.models.visits import Visit
from app.models.workshop import WorkshopEntry, WorkshopItem
from app.services import returning
from app.services.rehearsing import Rehearsal
from tests import builders
from tests.builders import NOW, Cast

PROMISED = date(2026, 11, 27)
NORMS = ("maker-2026-11", "network-2026-11", "builder-2026-11")


@pytest.fixture
def unit(cast: Cast) -> Loaner:
    return Loaner.create(outlet=cast.home, kind="refrigerator", brand="A", model="M", serial="L1")


def taken(cast: Cast, unit: Loaner | None, norm: str = NORMS[0]) -> WorkshopItem:
    """A product that left its home this morning under a signed IOU."""
    cast.home.protocol = cast.mei.outlet.protocol = norm
    cast.home.save()
    cast.mei.outlet.save()
    cast.ana.outlet.protocol = norm
    visit = builders.visit(cast.mei)
    lent = str(unit.id) if unit else "none"
    away: dict[str, Any] = {"condition": "scratch on the left", "loaner": lent, "loaner_condition": "clean",
                            "promised_on": PROMISED.isoformat()}  # fmt: skip
    Rehearsal(cast.mei, visit.id, NOW, {"repair": {"mode": "take_back"}, "take_back": away}).until(None)
    found: WorkshopItem = WorkshopItem.get(WorkshopItem.visit == visit.id)
    return found


def worked_on(cast: Cast, item: WorkshopItem, *states: str) -> None:
    for state in states or ("received", "diagnosed", "repaired", "ready"):
        returning.say(cast.tec, item.id, {"state": state, "note": "seen"}, NOW)


def planned(cast: Cast, item: WorkshopItem) -> Visit:
    slot = {"day": "2026-11-26", "from": "10:00", "to": "11:00", "engineer": str(cast.li.id)}
    return returning.plan(cast.ana, item.id, slot, NOW)


def brought(cast: Cast, visit: Visit, **said: str) -> Rehearsal:
    play = Rehearsal(cast.li, visit.id, NOW + timedelta(days=3), {"bring_back": said})
    play.until(None)
    return play


def test_the_signed_iou_puts_the_product_on_the_list(cast: Cast, unit: Loaner) -> None:
    item = taken(cast, unit)
    (row,) = returning.listed(cast.ana)
    assert (row["id"], row["state"], row["promised_on"], row["loaner"]) == (item.id, "taken", PROMISED, "L1")
    assert returning.listed(cast.tom) == []


def test_the_workshop_says_one_state_after_the_other_and_each_stays_with_its_name(cast: Cast) -> None:
    item = taken(cast, None)
    with pytest.raises(errors.Invalid) as raised:
        returning.say(cast.tec, item.id, {"state": "ready"}, NOW)
    assert raised.value.fields["state"] == "not_an_option"
    worked_on(cast, item, "received")
    with pytest.raises(errors.Invalid) as raised:
        returning.say(cast.tec, item.id, {"state": "diagnosed"}, NOW)
    assert raised.value.fields == {"note": "required"}
    worked_on(cast, item, "diagnosed", "waiting_part", "repaired", "ready")
    story = returning.product(cast.ana, item.id).entries
    assert [one.state for one in story] == [
        "taken",
        "received",
        "diagnosed",
        "waiting_part",
        "repaired",
        "ready",
    ]
    assert {one.person.login for one in story[1:]} == {"tec"}
    with pytest.raises(peewee.IntegrityError, match="append-only"):
        WorkshopEntry.update(state="repaired").execute()
    with pytest.raises(peewee.IntegrityError, match="append-only"):
        WorkshopEntry.delete().execute()


def test_another_outlet_and_engineers_do_not_find_it(cast: Cast) -> None:
    item = taken(cast, None)
    for somebody in (cast.tom, cast.mei):
        with pytest.raises(errors.NotFound):
            returning.product(somebody, item.id)


@pytest.mark.parametrize("norm", NORMS)
def test_a_return_walks_only_what_it_needs_and_its_signature_discharges_the_iou(
    cast: Cast, unit: Loaner, norm: str
) -> None:
    item = taken(cast, unit, norm)
    worked_on(cast, item)
    visit = planned(cast, item)
    assert (visit.engineer_id, visit.follows_id, visit.work_order.kind) == (
        cast.li.id,
        item.visit_id,
        "return",
    )
    play = brought(cast, visit, product="as_taken", loaner="same")
    applied = {key for key, state in play.opened.walk.steps.items() if state.applies}
    assert {"bring_back", "test", "sign"} <= applied
    assert not applied & {"analyse", "listen", "pretest", "diagnose", "term", "repair", "take_back"}
    assert (play.opened.walk.state, play.opened.walk.outcome) == ("finished", "repaired")
    home = WorkshopItem.get_by_id(item.id)
    assert home.state == "returned" and home.returned_at is not None
    back = Loaner.get_by_id(unit.id)
    assert (back.out_visit_id, back.due) == (None, None)
    last = returning.product(cast.ana, item.id).entries[-1]
    assert last.record_key == play.opened.walk.signature.key and last.body["loaner"] == "same"
    assert returning.listed(cast.ana) == []


def test_nothing_is_discharged_before_the_customer_signs(cast: Cast, unit: Loaner) -> None:
    item = taken(cast, unit)
    worked_on(cast, item)
    play = Rehearsal(cast.li, planned(cast, item).id, NOW + timedelta(days=3),
                     {"bring_back": {"product": "as_taken", "loaner": "same"}})  # fmt: skip
    play.until("sign")
    assert WorkshopItem.get_by_id(item.id).returned_at is None
    assert Loaner.get_by_id(unit.id).out_visit_id == item.visit_id


def test_a_loaner_that_came_back_worse_is_free_with_what_is_wrong(cast: Cast, unit: Loaner) -> None:
    item = taken(cast, unit)
    worked_on(cast, item)
    brought(cast, planned(cast, item), product="as_taken", loaner="worse", loaner_note="door dented")
    back = Loaner.get_by_id(unit.id)
    assert (back.out_visit_id, back.condition) == (None, "door dented")


@pytest.mark.parametrize("said", ["kept", "none"])
def test_a_loaner_that_did_not_come_along_stays_lent_and_the_desk_hears_of_it(
    cast: Cast, unit: Loaner, said: str
) -> None:
    item = taken(cast, unit)
    worked_on(cast, item)
    brought(cast, planned(cast, item), product="as_taken", loaner=said, loaner_note="full of food")
    assert Loaner.get_by_id(unit.id).out_visit_id == item.visit_id
    (task,) = Task.select().where(Task.kind == "notice")
    assert "L1" in task.question and task.owner_role == "dispatcher"


def test_what_could_not_be_repaired_goes_home_as_not_repaired(cast: Cast) -> None:
    item = taken(cast, None)
    worked_on(cast, item, "received", "diagnosed", "not_repairable", "ready")
    play = brought(cast, planned(cast, item), product="as_taken", loaner="none")
    assert play.opened.walk.outcome == "not_repaired"


def test_nobody_plans_a_way_home_twice_or_before_the_workshop_has_spoken(cast: Cast) -> None:
    item = taken(cast, None)
    with pytest.raises(errors.Ended):
        planned(cast, item)
    worked_on(cast, item)
    planned(cast, item)
    with pytest.raises(errors.Ended):
        planned(cast, item)


# The promise


def tasks_about(item: WorkshopItem) -> list[tuple[str, bool]]:
    found = Task.select().where(Task.visit == item.visit_id, Task.kind.startswith("promise_"))
    return [(one.kind, one.answered_at is None) for one in found.order_by(Task.id)]


def test_the_desk_is_asked_the_day_before_and_again_when_the_day_has_passed_once_each(cast: Cast) -> None:
    item = taken(cast, None)
    for days, wanted in (
        (2, []),
        (3, ["promise_due"]),
        (4, ["promise_due"]),
        (5, ["promise_due", "promise_broken"]),
    ):
        for _again in range(2):
            returning.watch(cast.home, NOW + timedelta(days=days))
        assert [kind for kind, _open in tasks_about(item)] == wanted, days


def test_a_new_promise_needs_day_reason_the_customers_word_and_consent(cast: Cast) -> None:
    item = taken(cast, None)
    with pytest.raises(errors.Invalid) as raised:
        returning.promise(cast.ana, item.id, {"promised_on": "2026-11-20"}, NOW)
    assert raised.value.fields == {
        "promised_on": "in_the_past", "reason": "required", "customer_says": "required", "agreed": "required",
    }  # fmt: skip


def test_a_new_promise_before_the_old_one_ran_out_answers_the_question_and_moves_the_loaner(
    cast: Cast, unit: Loaner
) -> None:
    item = taken(cast, unit)
    before = NOW + timedelta(days=3)
    returning.watch(cast.home, before)
    said = {"promised_on": "2026-12-04", "reason": "part late", "customer_says": "fine", "agreed": "on"}
    returning.promise(cast.ana, item.id, said, before)
    assert WorkshopItem.get_by_id(item.id).promised_on == date(2026, 12, 4)
    assert Loaner.get_by_id(unit.id).due == date(2026, 12, 4)
    assert tasks_about(item) == [("promise_due", False)]
    last = returning.product(cast.ana, item.id).entries[-1]
    assert (last.kind, last.body["before"], last.body["late"]) == ("promise", "2026-11-27", False)
    returning.watch(cast.home, before)
    assert tasks_about(item) == [("promise_due", False)]
    returning.watch(cast.home, NOW + timedelta(days=10))
    assert tasks_about(item) == [("promise_due", False), ("promise_due", True)]


def test_a_promise_after_the_day_says_that_it_came_late(cast: Cast) -> None:
    item = taken(cast, None)
    said = {"promised_on": "2026-12-04", "reason": "part late", "customer_says": "angry", "agreed": "on"}
    returning.promise(cast.ana, item.id, said, NOW + timedelta(days=6))
    assert returning.product(cast.ana, item.id).entries[-1].body["late"] is True
