"""The inbox: everything that ever asked to be saved, as it came, once; and per visit and device where we are."""

import peewee

from app.models.database import HOLE, Asked, LocalDateTimeField, Row, UtcDateTimeField, database
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


KEPT_SHA = Asked(InboxEntry.select(InboxEntry.sha).where(InboxEntry.key == HOLE))
NEXT = Asked(Cursor.select(Cursor.next).where(Cursor.visit == HOLE, Cursor.device == HOLE))
TAKE_NEXT = (
    'INSERT INTO "cursor" ("visit_id", "device", "next") VALUES (?, ?, 2)'
    ' ON CONFLICT ("visit_id", "device") DO UPDATE SET "next" = "next" + 1'
)


def sha_of(key: str) -> str | None:
    """The hash of the entry kept under this key, if there is one."""
    found = KEPT_SHA.rows(key)
    return str(found[0]["sha"]) if found else None


def take_next(visit_id: int, device: str) -> int:
    """The next sequence number of this visit and device, and count on. Needs an open transaction."""
    database.execute_sql(TAKE_NEXT, (visit_id, device))
    return int(NEXT.rows(visit_id, device)[0]["next"]) - 1
