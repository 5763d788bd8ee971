"""Work orders: the customer's requests. Their state is read off their visits, never kept here."""

import peewee

from app.models.customers import Appliance, Customer
from app.models.database import Row, UtcDateTimeField
from app.models.outlets import Outlet
from app.models.people import Person


class WorkOrder(Row):
    """A request for service; it may take several visits. `import_key` makes the same imported line count once."""

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

    class Meta:
        table_name = "work_order"
        indexes = ((("outlet", "number"), True), (("outlet", "import_key"), True))
