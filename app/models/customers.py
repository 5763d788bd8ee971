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


def of(outlet_id: int, customer_id: int) -> Customer | None:
    """A customer of this outlet."""
    return Customer.get_or_none((Customer.id == customer_id) & (Customer.outlet == outlet_id))


def appliances_of(customer_ids: list[int]) -> list[Appliance]:
    """What stands in these customers' homes, in the order in which it came to be known."""
    return list(Appliance.select().where(Appliance.customer.in_(customer_ids)).order_by(Appliance.id))


def known(outlet_id: int, name: str, phone: str) -> Customer | None:
    """The customer of this name and first telephone."""
    same = (Customer.outlet == outlet_id) & (Customer.phone == phone) & (Customer.name == name)
    return Customer.select().where(same).order_by(Customer.id).first()
