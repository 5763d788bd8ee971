"""The workshop: products taken away under an IOU, and what happened to each, append-only (I-PULL-09..11).

An item's columns are a cache of its entries, written with them; which state may follow which is `domain/workshop`'s.
"""

from datetime import date, datetime
from typing import Any

import peewee

from app.models.customers import Appliance, Customer
from app.models.database import DayField, Row, UtcDateTimeField
from app.models.outlets import Outlet
from app.models.people import Person
from app.models.stock import Loaner
from app.models.visits import Visit
from app.models.work_orders import WorkOrder


class WorkshopItem(Row):
    """A product that left its home at `visit`; `bringing` is the job that takes it home, once there is one."""

    outlet = peewee.ForeignKeyField(Outlet, index=False)
    visit = peewee.ForeignKeyField(Visit, unique=True, backref="workshop_items")
    taken_at = UtcDateTimeField()
    state = peewee.CharField(default="taken")
    promised_on = DayField()
    bringing = peewee.ForeignKeyField(WorkOrder, null=True, backref="brought_items")
    returned_at = UtcDateTimeField(null=True)

    class Meta:
        table_name = "workshop_item"
        indexes = ((("outlet", "returned_at", "promised_on"), False),)


class WorkshopEntry(Row):
    """One thing that happened: `kind` is state, promise or planned; `record_key` names the visit's record behind it."""

    item = peewee.ForeignKeyField(WorkshopItem, backref="entries")
    kind = peewee.CharField()
    state = peewee.CharField(null=True)
    at = UtcDateTimeField()
    person = peewee.ForeignKeyField(Person, index=False)
    record_key = peewee.CharField(null=True)
    body = peewee.JSONField(default=dict)

    class Meta:
        table_name = "workshop_entry"


def away(outlet_id: int) -> list[dict[str, Any]]:
    """Everything of the outlet that is not home again, the earliest promise first; one question to the database."""
    bringing, other = Visit.alias("bringing"), Visit.alias("other")
    latest = other.select(peewee.fn.max(other.id)).where(other.work_order == WorkshopItem.bringing)
    query = (
        WorkshopItem.select(
            WorkshopItem.id, WorkshopItem.state, WorkshopItem.promised_on, WorkshopItem.taken_at,
            Visit.reference, Customer.name.alias("customer"), Appliance.kind.alias("appliance"), Appliance.brand,
            Appliance.model, bringing.slot_start.alias("slot_start"), Person.name.alias("engineer"),
            Loaner.serial.alias("loaner"),
        )
        .join(Visit, on=(WorkshopItem.visit == Visit.id)).join(WorkOrder).join(Customer)
        .switch(WorkOrder).join(Appliance)
        .switch(WorkshopItem).join(bringing, peewee.JOIN.LEFT_OUTER, on=(bringing.id == latest))
        .join(Person, peewee.JOIN.LEFT_OUTER, on=(bringing.engineer == Person.id))
        .switch(WorkshopItem).join(Loaner, peewee.JOIN.LEFT_OUTER, on=(Loaner.out_visit == WorkshopItem.visit))
        .where(WorkshopItem.outlet == outlet_id, WorkshopItem.returned_at.is_null())
        .order_by(WorkshopItem.promised_on, WorkshopItem.id)
    )  # fmt: skip
    return list(query.dicts())


def of(outlet_id: int, item_id: int) -> WorkshopItem | None:
    """A product of this outlet with its visit."""
    query = WorkshopItem.select(WorkshopItem, Visit).join(Visit, on=(WorkshopItem.visit == Visit.id))
    return query.where((WorkshopItem.id == item_id) & (WorkshopItem.outlet == outlet_id)).get_or_none()


def entries(item_id: int) -> list[WorkshopEntry]:
    """What happened to it, the first first, with who wrote it."""
    query = WorkshopEntry.select(WorkshopEntry, Person).join(Person)
    return list(query.where(WorkshopEntry.item == item_id).order_by(WorkshopEntry.id))


def taken(
    outlet_id: int, visit_id: int, person_id: int, at: datetime, promised_on: date, key: str
) -> WorkshopItem:
    """The product left its home under this signed IOU; signed again, the new promise holds."""
    item, is_new = WorkshopItem.get_or_create(
        visit=visit_id, defaults={"outlet": outlet_id, "taken_at": at, "promised_on": promised_on}
    )
    if not is_new:
        WorkshopItem.update(promised_on=promised_on).where(WorkshopItem.id == item.id).execute()
    body = {"promised_on": promised_on.isoformat()}
    WorkshopEntry.create(
        item=item, kind="state", state="taken", at=at, person=person_id, record_key=key, body=body
    )
    return item


def write(
    item_id: int, kind: str, person_id: int, at: datetime, body: dict[str, Any], *, seen: str,
    key: str | None = None, **columns: Any,
) -> bool:  # fmt: skip
    """One entry and the columns that it changes; False, and nothing written, when the state is not `seen` any more."""
    standing = (
        (WorkshopItem.id == item_id) & (WorkshopItem.state == seen) & WorkshopItem.returned_at.is_null()
    )
    if not WorkshopItem.update(**(columns or {"state": seen})).where(standing).execute():
        return False
    WorkshopEntry.create(
        item=item_id,
        kind=kind,
        state=columns.get("state"),
        at=at,
        person=person_id,
        record_key=key,
        body=body,
    )
    return True


def of_visit(visit_id: int) -> WorkshopItem | None:
    """The product that left its home at this visit."""
    return WorkshopItem.get_or_none(WorkshopItem.visit == visit_id)


def promised_by(outlet_id: int, day: date) -> list[WorkshopItem]:
    """What is not home and is promised for that day or an earlier one."""
    query = WorkshopItem.select(WorkshopItem, Visit).join(Visit, on=(WorkshopItem.visit == Visit.id))
    waiting = (WorkshopItem.outlet == outlet_id) & WorkshopItem.returned_at.is_null()
    return list(query.where(waiting & (WorkshopItem.promised_on <= day)).order_by(WorkshopItem.promised_on))
