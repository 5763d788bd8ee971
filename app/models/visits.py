"""Visits: planned goings-out. The state columns are a cache of what the records say, written only by `visiting`."""

from datetime import date, datetime
from typing import Any

import peewee

from app.domain.vocabulary import ENDED_STATES, VISIT_STATES
from app.models.customers import Appliance, Customer
from app.models.database import HOLE, Asked, DayField, Row, UtcDateTimeField
from app.models.outlets import Outlet
from app.models.people import Person
from app.models.work_orders import WorkOrder

OPEN_STATES = [state for state in VISIT_STATES if state not in ENDED_STATES]


class Visit(Row):
    """One planned going-out of one engineer. `protocol` and `price_list` are the hashes that it began under."""

    outlet = peewee.ForeignKeyField(Outlet, backref="visits", index=False)
    work_order = peewee.ForeignKeyField(WorkOrder, backref="visits")
    engineer = peewee.ForeignKeyField(Person, backref="visits", null=True, index=False)
    follows = peewee.ForeignKeyField("self", null=True)
    reference = peewee.CharField(unique=True)
    day = DayField()  # the outlet's local day
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
    clock = peewee.CharField(null=True)  # unproven (the arrival) | skew (some other time); None: no doubt
    version = peewee.IntegerField(default=0)  # records applied; part of the page's ETag

    around: dict[str, dict[str, Any]]

    class Meta:
        indexes = (
            (("engineer", "day", "slot_start"), False),
            (("outlet", "day", "state"), False),
        )


OTHERS = {
    "job": (
        WorkOrder,
        (
            "number",
            "kind",
            "symptom",
            "symptom_codes",
            "request",
            "urgency",
            "received_at",
            "rework_of",
            "brings_back",
        ),
    ),
    "customer": (Customer, ("name", "address", "phone", "phones", "route")),
    "appliance": (Appliance, ("kind", "brand", "model", "serial", "purchase_date", "installed_on")),
    "engineer": (Person, ("id", "name", "permit_no")),
    "outlet": (Outlet, ("name", "address", "phone", "complaint_phone", "timezone", "country", "is_demo")),
}
"""What comes along with a visit, by table: the facts of the visit. Plain rows, since model objects cost three times more."""


def visible_to(person: Person) -> peewee.Expression:
    """Every look-up begins here: an engineer's own visits, or the outlet's for those at its desk."""
    if person.role == "engineer":
        return Visit.engineer == person.id
    return Visit.outlet == person.outlet_id


def of(person: Person, visit_id: int) -> Visit | None:
    """The visit, if it is this person's to see, with `around`: its job, customer, appliance, engineer and outlet."""
    if person.role == "engineer":
        return _with_around("engineer", visit_id, person.id)
    return _with_around("outlet", visit_id, person.outlet_id)


def by_customer_token(token: str) -> Visit | None:
    """The visit whose customer pages carry this token, with `around`."""
    return _with_around("token", token)


def by_id(visit_id: int) -> Visit | None:
    """The visit with `around`, for work that nobody is signed in for."""
    return _with_around("id", visit_id)


def _before() -> list[peewee.Select]:
    """How many finished visits this customer had before, known by the telephone, and the day of the last (N-OLDC-10)."""
    earlier, order, who = Visit.alias(), WorkOrder.alias(), Customer.alias()
    same = (who.phone == Customer.phone) & (who.outlet == Visit.outlet)
    known = (Customer.phone != peewee.SQL("''")) | (who.id == Customer.id)
    ended = (earlier.state == peewee.SQL("'finished'")) & (earlier.id < Visit.id)
    ended &= earlier.work_order != Visit.work_order  # its own visits are no return

    def asked(what: peewee.Expression) -> peewee.Select:
        joined = earlier.select(what).join(order, on=(earlier.work_order == order.id))
        return joined.join(who, on=(order.customer == who.id)).where(same & known & ended)

    return [asked(peewee.fn.COUNT(earlier.id)), asked(peewee.fn.MAX(earlier.day))]


BEFORE = ("visits_before", "last_visit")


def _question(*conditions: peewee.Expression) -> Asked:
    columns = [
        getattr(table, name).alias(f"{part}__{name}")
        for part, (table, names) in OTHERS.items()
        for name in names
    ] + [one.alias(f"customer__{name}") for name, one in zip(BEFORE, _before(), strict=True)]
    return Asked(
        Visit.select(*[field.alias(name) for name, field in Visit._meta.fields.items()], *columns)
        .join(WorkOrder).join(Customer).switch(WorkOrder).join(Appliance)
        .switch(Visit).join(Person, peewee.JOIN.LEFT_OUTER).switch(Visit).join(Outlet, on=(Visit.outlet == Outlet.id))
        .where(*conditions)
    )  # fmt: skip


QUESTIONS = {
    "engineer": _question(Visit.id == HOLE, Visit.engineer == HOLE),
    "outlet": _question(Visit.id == HOLE, Visit.outlet == HOLE),
    "token": _question(Visit.customer_token == HOLE),
    "id": _question(Visit.id == HOLE),
}
COLUMNS = (
    [("", name, field.python_value) for name, field in Visit._meta.fields.items()]
    + [
        (part, name, table._meta.fields[name].python_value)
        for part, (table, names) in OTHERS.items()
        for name in names
    ]
    + [("customer", name, read) for name, read in zip(BEFORE, (int, str), strict=True)]
)
"""The columns of these questions in their order: the part they belong to ('' for the visit), name and reader."""


def _with_around(question: str, *arguments: Any) -> Visit | None:
    found = QUESTIONS[question].tuples(*arguments)
    if not found:
        return None
    visit, around = Visit(), {part: {} for part in OTHERS}
    for (part, name, read), value in zip(COLUMNS, found[0], strict=True):
        place = around[part] if part else visit.__data__
        place[name] = read(value) if value is not None else None
    visit.around = around
    visit._dirty.clear()
    return visit


_DAY = Asked(
    Visit.select(
        Visit.id, Visit.reference, Visit.state, Visit.outcome, Visit.next_step, Visit.stage, Visit.version,
        Visit.slot_start, Visit.slot_end, Visit.travel_minutes, Visit.protocol, Visit.price_list, Visit.customer_token,
        WorkOrder.symptom, WorkOrder.urgency,
        Customer.name.alias("customer"), Customer.address, Customer.phone, Appliance.kind.alias("appliance"),
        Appliance.brand,
    )
    .join(WorkOrder).join(Customer).switch(WorkOrder).join(Appliance)
    .where(Visit.engineer == HOLE, Visit.day == HOLE)
    .order_by(Visit.slot_start)
)  # fmt: skip


def day_of(person: Person, day: date) -> list[dict[str, Any]]:
    """An engineer's day as plain rows, in the order of the slots: what the list of today needs and what the phone keeps."""
    read = Visit.slot_start.python_value
    return [
        {**row, "slot_start": read(row["slot_start"]), "slot_end": read(row["slot_end"])}
        for row in _DAY.rows(person.id, Visit.day.db_value(day))
    ]


def slots_of(engineer_id: int, day: date) -> list[dict[str, Any]]:
    """The engineer's slots of a day with their travel minutes, for clashes."""
    query = Visit.select(Visit.id, Visit.slot_start, Visit.slot_end, Visit.travel_minutes, Visit.state)
    return list(
        query.where((Visit.engineer == engineer_id) & (Visit.day == day)).order_by(Visit.slot_start).dicts()
    )


OF_DAY = Asked(
    Visit.select(
        Visit.id, Visit.reference, Visit.state, Visit.slot_start, Visit.slot_end, Visit.travel_minutes
    )
    .where(Visit.engineer == HOLE, Visit.day == HOLE)
    .order_by(Visit.slot_start)
)


def of_day(engineer_id: int, day: date) -> list[dict[str, Any]]:
    """The engineer's visits of a day: id, reference, state, slot (aware datetimes) and travel minutes."""
    return [
        row | {name: datetime.fromisoformat(row[name]) for name in ("slot_start", "slot_end")}
        for row in OF_DAY.rows(engineer_id, day.isoformat())
    ]


VERSION = Asked(Visit.select(Visit.version).where(Visit.id == HOLE))


def version_of(visit_id: int) -> int:
    """How many records the visit has now."""
    return int(VERSION.rows(visit_id)[0]["version"])


def is_followed(visit_id: int) -> bool:
    """Whether another visit goes on from this one."""
    return Visit.select().where(Visit.follows == visit_id).exists()


def versions_of(outlet_id: int) -> list[tuple[int, str, int]]:
    """Id, reference and number of records of every visit of the outlet."""
    query = Visit.select(Visit.id, Visit.reference, Visit.version).where(Visit.outlet == outlet_id)
    return list(query.order_by(Visit.id).tuples())


def of_work_order(work_order_id: int) -> list[Visit]:
    """The visits of a work order with their engineers, the first one first."""
    query = Visit.select(Visit, Person).join(Person, peewee.JOIN.LEFT_OUTER)
    return list(query.where(Visit.work_order == work_order_id).order_by(Visit.slot_start, Visit.id))


def open_of_customers(customer_ids: list[int]) -> list[Visit]:
    """Visits of these customers that have not ended, soonest first, with their work orders."""
    query = Visit.select(Visit, WorkOrder).join(WorkOrder)
    return list(
        query.where(WorkOrder.customer.in_(customer_ids) & Visit.state.in_(OPEN_STATES)).order_by(
            Visit.slot_start
        )
    )


def repaired_of_customer(outlet_id: int, customer_id: int, limit: int = 12) -> list[Visit]:
    """This customer's visits that ended with a repair, the latest first, with work order and appliance."""
    query = Visit.select(Visit, WorkOrder, Appliance).join(WorkOrder).join(Appliance)
    kept = (Visit.outlet == outlet_id) & (WorkOrder.customer == customer_id) & (Visit.outcome == "repaired")
    return list(query.where(kept).order_by(Visit.slot_start.desc()).limit(limit))


def open_of_engineer(engineer_id: int) -> int:
    """How many visits of this engineer have not ended."""
    return Visit.select().where((Visit.engineer == engineer_id) & Visit.state.in_(OPEN_STATES)).count()
