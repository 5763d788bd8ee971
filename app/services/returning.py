"""Returning: the way home of what was taken away: the workshop's word, the promise and its clock, the visit.

The rules are `domain/workshop`'s, the steps of the visit the norm's, what its records set going `bringing_home`'s.
I-PULL-09..11, I-LOAN-15.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from app import errors
from app.domain import content, form, intake
from app.domain import workshop as rules
from app.models import stock, tasks, visits, workshop
from app.models.database import transaction
from app.models.documents import next_number
from app.models.outlets import Outlet
from app.models.people import Person
from app.models.tasks import Task
from app.models.visits import Visit
from app.models.work_orders import WorkOrder
from app.models.workshop import WorkshopEntry, WorkshopItem
from app.services import bringing_home, dispatching, opening, planning

PLANNABLE = ("repaired", "not_repairable", "ready")
CLOSES_AT = time(18, 0)


@dataclass(frozen=True)
class Product:
    """One product that was taken away: its row, its story, what the IOU says, and the visit that brings it, if any."""

    item: WorkshopItem
    entries: list[WorkshopEntry]
    taken: dict[str, Any]
    around: dict[str, dict[str, Any]]
    bringing: Visit | None


def listed(person: Person) -> list[dict[str, Any]]:
    """What is not home again, the earliest promise first."""
    return workshop.away(person.outlet_id)


def product(person: Person, item_id: int) -> Product:
    """One product of the outlet. :raise errors.NotFound:"""
    item = _item(person, item_id)
    before = visits.of(person, item.visit_id)
    assert before
    opened = opening.of_visit(before)
    planned = visits.of_work_order(item.bringing_id) if item.bringing_id else []
    taken = content.take_back(opened.facts, opened.walk) or {}
    return Product(item, workshop.entries(item.id), taken, before.around, planned[-1] if planned else None)


def say(person: Person, item_id: int, raw: form.Raw, now: datetime) -> WorkshopItem:
    """The workshop says how it stands. :raise errors.Invalid: :raise errors.Ended: somebody said so meanwhile"""
    item = _item(person, item_id)
    body, faults = rules.read_state(item.state, raw)
    if faults:
        raise errors.Invalid(fields=faults)
    with transaction():
        if not workshop.write(
            item.id, "state", person.id, now, body, seen=item.state, state=body.pop("state")
        ):
            raise errors.Ended(state=item.state)
    return _item(person, item_id)


def promise(person: Person, item_id: int, raw: form.Raw, now: datetime) -> WorkshopItem:
    """Another day, agreed with the customer (I-PULL-11); what was open about the old one is settled.

    :raise errors.Invalid: :raise errors.Ended: it is home
    """
    item = _item(person, item_id)
    today = now.astimezone(ZoneInfo(person.outlet.timezone)).date()
    body, faults = rules.read_promise(raw, today)
    if faults:
        raise errors.Invalid(fields=faults)
    day = date.fromisoformat(body["promised_on"])
    body |= {"before": item.promised_on.isoformat(), "late": rules.is_late(item.promised_on, today)}
    with transaction():
        if not workshop.write(
            item.id, "promise", person.id, now, body, seen=item.state, promised_on=day, state=item.state
        ):
            raise errors.Ended(state=item.state)
        stock.due_again(item.visit_id, day)
        bringing_home.settle_clock(item, person.id, now)
    return _item(person, item_id)


def may_plan(found: Product) -> bool:
    """Once the workshop said what comes home, unless a visit that brings it is under way."""
    on_the_way = found.bringing is not None and (
        found.bringing.state in visits.OPEN_STATES or not dispatching.may_plan(found.bringing)
    )
    return found.item.state in PLANNABLE and found.item.returned_at is None and not on_the_way


def plan(person: Person, item_id: int, raw: form.Raw, now: datetime) -> Visit:
    """A job of the kind `return` with its visit. :raise errors.Invalid: :raise errors.Ended: it is planned already"""
    outlet = person.outlet
    zone = ZoneInfo(outlet.timezone)
    start, end, faults = intake.slot(raw, zone)
    faults = intake.unkept(raw, zone, now) | faults
    engineer = None
    try:
        engineer = dispatching.engineer_of(person, form.first(raw, "engineer"))
    except errors.Invalid as fault:
        faults |= fault.fields
    if faults or start is None or end is None:
        raise errors.Invalid(fields=faults)
    with transaction():
        found = product(person, item_id)
        if not may_plan(found):
            raise errors.Ended(state=found.item.state)
        before = found.item.visit
        if found.bringing is not None:
            order, follows = found.bringing.work_order, found.bringing
        else:
            order, follows = _order(found, outlet, person, (start, end), now), before
        visit = planning.plan(
            outlet, order, engineer, start, end, now, follows=follows, travel_minutes=before.travel_minutes
        )
        body = {"reference": visit.reference, "engineer": engineer.name if engineer else None}
        workshop.write(
            found.item.id, "planned", person.id, now, body, seen=found.item.state, bringing=order.id,
            state=found.item.state,
        )  # fmt: skip
    return visit


def watch(outlet: Outlet, now: datetime) -> None:
    """The clock towards the promised days: a task on the day before, and another when a day passed unkept.

    Nothing of ours runs by itself, so the desk's pages ask; each promise makes each task once.
    """
    zone = ZoneInfo(outlet.timezone)
    today = now.astimezone(zone).date()
    due = workshop.promised_by(outlet.id, rules.asked_until(today))
    asked = tasks.of_promises([item.visit_id for item in due]) if due else []
    due = [item for item in due if not _is_asked(item, today, asked)]
    if not due:
        return
    with transaction():
        asked = tasks.of_promises([item.visit_id for item in due])
        for item in due:
            if _is_asked(item, today, asked):
                continue  # another page was faster
            kind = rules.task_of(item.promised_on, today)
            closes = datetime.combine(item.promised_on, CLOSES_AT, zone).astimezone(UTC)
            Task.create(
                outlet=outlet.id, visit=item.visit_id, kind=kind, owner_role="dispatcher",
                question=item.visit.reference, data={"promised_on": item.promised_on.isoformat(), "item": item.id},
                created_at=now, due_at=closes,
            )  # fmt: skip


def _is_asked(item: WorkshopItem, today: date, asked: list[Task]) -> bool:
    wanted = (item.visit_id, rules.task_of(item.promised_on, today), item.promised_on.isoformat())
    return any((task.visit_id, task.kind, task.data.get("promised_on")) == wanted for task in asked)


def _order(
    found: Product, outlet: Outlet, person: Person, slot: tuple[datetime, datetime], now: datetime
) -> WorkOrder:
    before = found.item.visit.work_order
    local = now.astimezone(ZoneInfo(outlet.timezone))
    number = next_number(outlet.id, "work_order", local.year)
    result = rules.result_of([one.state for one in found.entries if one.state])
    home = {
        "visit": found.item.visit_id, "reference": found.item.visit.reference, "result": result, "taken": found.taken,
    }  # fmt: skip
    return WorkOrder.create(
        outlet=outlet, number=f"{outlet.code}-W{local:%y}{number:05d}", customer=before.customer,
        appliance=before.appliance, kind="return", symptom=before.symptom, symptom_codes=before.symptom_codes,
        received_at=now, wanted_from=slot[0], wanted_to=slot[1], created_by=person, brings_back=home,
    )  # fmt: skip


def _item(person: Person, item_id: int) -> WorkshopItem:
    found = workshop.of(person.outlet_id, item_id) if person.role != "engineer" else None
    if found is None:
        raise errors.NotFound(product=item_id)
    return found
