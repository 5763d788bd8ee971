"""Customers and the appliances in their homes."""

import peewee

from app.models.database import DayField, Row
from app.models.outlets import Outlet


class Customer(Row):
    """Who asked for the visit. `phones` is a list of {type, number}; the first is the one to try first (A-INFO-02)."""

    outlet = peewee.ForeignKeyField(Outlet, backref="customers")
    name = peewee.CharField()
    address = peewee.CharField()
    area = peewee.CharField(default="")
    route = peewee.CharField(default="")
    phones = peewee.JSONField(default=list)
    phone = peewee.CharField(default="", index=True)  # E.164 of the first, for searching
    language = peewee.CharField(default="en")
    note = peewee.CharField(default="")


class Appliance(Row):
    """One product of a customer."""

    customer = peewee.ForeignKeyField(Customer, backref="appliances")
    kind = peewee.CharField()
    brand = peewee.CharField(default="")
    model = peewee.CharField(default="")
    serial = peewee.CharField(default="", index=True)
    purchase_date = DayField(null=True)
    installed_on = DayField(null=True)


def search(outlet_id: int, words: str, limit: int = 20) -> list[Customer]:
    """Customers of the outlet whose name, address or phone contains the words."""
    wanted = words.strip()
    hit = Customer.name.contains(wanted) | Customer.address.contains(wanted) | Customer.phone.contains(wanted)
    query = Customer.select().where((Customer.outlet == outlet_id) & hit).order_by(Customer.id.desc())
    return list(query.limit(limit))
