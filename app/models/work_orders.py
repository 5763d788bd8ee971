"""Work orders: the customer's requests. Their state is read off their visits, never kept here."""

import peewee

from app.models.customers import Appliance, Customer
from app.models.database import Row, UtcDateTimeField
from app.models.outlets import Outlet
from app.models.people import Person


class WorkOrder(Row):
    """A request for service; it may take several visits. `import_key` makes the same imported line count once.

    `rework_of`: what an earlier repair promised that this one is a rework of: {visit, reference, signed_on, months, days,
    fault}, as its signed slip has it. The slip does not change any more, so it is kept here beside the request.
    `brings_back`: of a return, what was signed for when the product left: {visit, reference, result, taken}, `taken` being
    `content.take_back` of that visit.
    """

    outlet = peewee.ForeignKeyField(Outlet, backref="work_orders", index=False)
    number = peewee.CharField()
    customer = peewee.ForeignKeyField(Customer, backref="work_orders")
    appliance = peewee.ForeignKeyField(Appliance, backref="work_orders")
    kind = peewee.CharField(default="repair")
    symptom = peewee.TextField(default="")
    symptom_codes = peewee.JSONField(default=list)
    request = peewee.TextField(default="")
    urgency = peewee.CharField(default="normal")
    received_at = UtcDateTimeField()
    source = peewee.CharField(default="phone")
    wanted_from = UtcDateTimeField(null=True)
    wanted_to = UtcDateTimeField(null=True)
    created_by = peewee.ForeignKeyField(Person, null=True)
    import_key = peewee.CharField(null=True)
    rework_of = peewee.JSONField(null=True)
    brings_back = peewee.JSONField(null=True)

    class Meta:
        table_name = "work_order"
        indexes = ((("outlet", "number"), True), (("outlet", "import_key"), True))


def of(outlet_id: int, work_order_id: int) -> WorkOrder | None:
    """A work order of this outlet, with its customer and appliance."""
    query = WorkOrder.select(WorkOrder, Customer, Appliance).join(Customer).switch(WorkOrder).join(Appliance)
    return query.where((WorkOrder.id == work_order_id) & (WorkOrder.outlet == outlet_id)).get_or_none()


def by_import_key(outlet_id: int, key: str) -> WorkOrder | None:
    """The work order that this line of a file, or this form, became."""
    return WorkOrder.get_or_none((WorkOrder.outlet == outlet_id) & (WorkOrder.import_key == key))


def known_keys(outlet_id: int, keys: list[str]) -> set[str]:
    """Which of these import keys the outlet knows."""
    found: set[str] = set()
    for start in range(0, len(keys), 500):
        part = WorkOrder.select(WorkOrder.import_key).where(
            (WorkOrder.outlet == outlet_id) & WorkOrder.import_key.in_(keys[start : start + 500])
        )
        found |= {row.import_key for row in part}
    return found
