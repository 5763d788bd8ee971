"""The inbox: everything that ever asked to be saved, as it came, once; and per visit and device where we are."""

import peewee

from app.models.database import LocalDateTimeField, Row, UtcDateTimeField
from app.models.people import Person
from app.models.visits import Visit


class InboxEntry(Row):
    """One entry as received. `sha` is the SHA-256 of its canonical body: the same key with another body is refused."""

    key = peewee.CharField(primary_key=True)
    person = peewee.ForeignKeyField(Person, index=False)
    device = peewee.CharField()
    visit = peewee.ForeignKeyField(Visit, index=False)
    seq = peewee.IntegerField()
    at = LocalDateTimeField()
    received = UtcDateTimeField()
    form_version = peewee.CharField(default="1")
    step = peewee.CharField()
    act = peewee.CharField()
    body = peewee.TextField()
    sha = peewee.CharField()
    corrects = peewee.CharField(null=True)
    state = peewee.CharField(default="held")  # held | applied | refused | superseded
    reason = peewee.TextField(null=True)

    class Meta:
        table_name = "inbox"
        indexes = ((("visit", "device", "seq"), False),)


class Cursor(Row):
    """The next sequence number to apply, per visit and device."""

    visit = peewee.ForeignKeyField(Visit, index=False)
    device = peewee.CharField()
    next = peewee.IntegerField(default=1)

    class Meta:
        primary_key = peewee.CompositeKey("visit", "device")
