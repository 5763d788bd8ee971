"""Visits: planned goings-out. The state columns are a cache of what the records say, written only by `visiting`."""

from datetime import date
from typing import Any

import peewee

from app.models.customers import Appliance, Customer
from app.models.database import Row, UtcDateTimeField
from app.models.outlets import Outlet
from app.models.people import Person
from app.models.work_orders import WorkOrder


class Visit(Row):
    """One planned going-out of one engineer. `protocol` and `price_list` are the hashes that it began under."""

    outlet = peewee.ForeignKeyField(Outlet, backref="visits", index=False)
    work_order = peewee.ForeignKeyField(WorkOrder, backref="visits")
    engineer = peewee.ForeignKeyField(Person, backref="visits", null=True, index=False)
    follows = peewee.ForeignKeyField("self", null=True)
    reference = peewee.CharField(unique=True)
    day = peewee.DateField()  # the outlet's local day
    slot_start = UtcDateTimeField()
    slot_end = UtcDateTimeField()
    travel_minutes = peewee.IntegerField(default=20)
    language = peewee.CharField(default="en")  # the customer's
    protocol = peewee.CharField()
    price_list = peewee.CharField()
    customer_token = peewee.CharField(unique=True)
    created_at = UtcDateTimeField()
    state = peewee.CharField(default="scheduled")
    outcome = peewee.CharField(null=True)
    next_step = peewee.CharField(null=True)
    stage = peewee.CharField(null=True)
    arrived_at = UtcDateTimeField(null=True)
    finished_at = UtcDateTimeField(null=True)
    signed = peewee.CharField(null=True)  # drawn | typed | paper | declined | void
    total = peewee.IntegerField(null=True)
    version = peewee.IntegerField(default=0)  # records applied; part of the page's ETag

    class Meta:
        indexes = (
            (("engineer", "day", "slot_start"), False),
            (("outlet", "day", "state"), False),
        )


def visible_to(person: Person) -> peewee.Select:
    """Every look-up begins here: an engineer's own visits, or the outlet's for those at its desk."""
    query = Visit.select(Visit, WorkOrder, Customer, Appliance, Person, Outlet)
    query = query.join(WorkOrder).join(Customer)
    query = query.switch(WorkOrder).join(Appliance)
    query = query.switch(Visit).join(Person, peewee.JOIN.LEFT_OUTER)
    query = query.switch(Visit).join(Outlet, on=(Visit.outlet == Outlet.id))
    if person.role == "engineer":
        return query.where(Visit.engineer == person.id)
    return query.where(Visit.outlet == person.outlet_id)


def of(person: Person, visit_id: int) -> Visit | None:
    """The visit, if it is this person's to see; its job, customer, appliance, engineer and outlet come along."""
    return visible_to(person).where(Visit.id == visit_id).get_or_none()


def by_customer_token(token: str) -> Visit | None:
    """The visit whose customer pages carry this token."""
    query = Visit.select(Visit, WorkOrder, Customer, Appliance, Person, Outlet)
    query = query.join(WorkOrder).join(Customer).switch(WorkOrder).join(Appliance)
    query = query.switch(Visit).join(Person, peewee.JOIN.LEFT_OUTER)
    query = query.switch(Visit).join(Outlet, on=(Visit.outlet == Outlet.id))
    return query.where(Visit.customer_token == token).get_or_none()


def day_of(person: Person, day: date) -> list[dict[str, Any]]:
    """An engineer's day as plain rows, in the order of the slots: what the list of today needs and no more."""
    query = (
        Visit.select(
            Visit.id, Visit.reference, Visit.state, Visit.outcome, Visit.next_step, Visit.stage, Visit.version,
            Visit.slot_start, Visit.slot_end, Visit.travel_minutes, WorkOrder.symptom, WorkOrder.urgency,
            Customer.name.alias("customer"), Customer.address, Customer.phone, Appliance.kind.alias("appliance"),
            Appliance.brand,
        )
        .join(WorkOrder).join(Customer).switch(WorkOrder).join(Appliance)
        .where((Visit.engineer == person.id) & (Visit.day == day))
        .order_by(Visit.slot_start)
    )  # fmt: skip
    return list(query.dicts())


def slots_of(engineer_id: int, day: date) -> list[dict[str, Any]]:
    """The engineer's slots of a day with their travel minutes, for clashes."""
    query = Visit.select(Visit.id, Visit.slot_start, Visit.slot_end, Visit.travel_minutes, Visit.state)
    return list(query.where((Visit.engineer == engineer_id) & (Visit.day == day)).order_by(Visit.slot_start).dicts())


def board_of(outlet_id: int, day: date) -> list[dict[str, Any]]:
    """The outlet's day as plain rows for the board, in the order of the slots."""
    query = (
        Visit.select(
            Visit.id, Visit.reference, Visit.state, Visit.outcome, Visit.stage, Visit.next_step, Visit.slot_start,
            Visit.slot_end, Visit.arrived_at, Visit.finished_at, Visit.signed, WorkOrder.symptom, WorkOrder.urgency,
            WorkOrder.id.alias("work_order"), Customer.name.alias("customer"), Customer.address,
            Appliance.kind.alias("appliance"), Person.name.alias("engineer"), Visit.engineer.alias("engineer_id"),
        )
        .join(WorkOrder).join(Customer).switch(WorkOrder).join(Appliance)
        .switch(Visit).join(Person, peewee.JOIN.LEFT_OUTER)
        .where((Visit.outlet == outlet_id) & (Visit.day == day))
        .order_by(Visit.slot_start)
    )  # fmt: skip
    return list(query.dicts())
