"""Outlets: the service points that people and jobs belong to, with their own phone numbers, money and time zone."""

import peewee

from app.models.database import Row


class Outlet(Row):
    """A service point. `tax` and prices come from its price list; `settings` holds what only this outlet wants."""

    code = peewee.CharField(unique=True)  # begins every reference: HZ1-261122-0007
    name = peewee.CharField()
    address = peewee.CharField(default="")
    phone = peewee.CharField(default="")
    complaint_phone = peewee.CharField(default="")
    country = peewee.CharField(default="CN")
    timezone = peewee.CharField(default="Asia/Shanghai")
    currency = peewee.CharField(default="CNY")
    language = peewee.CharField(default="en")
    languages = peewee.JSONField(default=list)
    protocol = peewee.CharField(default="maker-2026-11")
    price_list = peewee.CharField(default="hangzhou-2026-11")
    settings = peewee.JSONField(default=dict)
    is_demo = peewee.BooleanField(default=False)
