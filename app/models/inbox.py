"""The inbox: everything that ever asked to be saved, as it came, once; and per visit and device where we are."""

import peewee

from app.models.database import HOLE, Asked, LocalDateTimeField, Row, UtcDateTimeField, change, database
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
    ' ON CONFLICT ("visit_id", "device") DO UPDATE SET "next" = "next" + 1 RETURNING "next"'
)


def sha_of(key: str) -> str | None:
    """The hash of the entry kept under this key, if there is one."""
    found = KEPT_SHA.rows(key)
    return str(found[0]["sha"]) if found else None


def take_next(visit_id: int, device: str) -> int:
    """The next sequence number of this visit and device, and count on. Needs an open transaction."""
    return int(database.execute_sql(TAKE_NEXT, (visit_id, device)).fetchall()[0][0]) - 1


def entry(key: str) -> InboxEntry | None:
    """The entry kept under this key."""
    return InboxEntry.get_or_none(InboxEntry.key == key)


def next_of(visit_id: int, device: str) -> int:
    """The sequence number that is to be applied next."""
    found = NEXT.rows(visit_id, device)
    return int(found[0]["next"]) if found else 1


def waiting_at(visit_id: int, device: str, seq: int) -> InboxEntry | None:
    """The entry that takes this place, unless it was refused or put right by another."""
    held = (InboxEntry.visit == visit_id) & (InboxEntry.device == device) & (InboxEntry.seq == seq)
    return InboxEntry.select().where(held & (InboxEntry.state == "held")).first()


def settle(key: str, state: str, reason: str | None = None) -> None:
    """What became of an entry."""
    change(InboxEntry, key, state=state, reason=reason)


def states_of(keys: list[str], person_id: int) -> dict[str, str]:
    """The present state of this person's entries among the keys."""
    query = InboxEntry.select(InboxEntry.key, InboxEntry.state)
    rows = query.where(InboxEntry.key.in_(keys) & (InboxEntry.person == person_id)).dicts()
    return {row["key"]: row["state"] for row in rows}


def is_gap(visit_id: int, device: str, seq: int) -> bool:
    """Whether nothing was ever received for this place although later entries wait."""
    here = (InboxEntry.visit == visit_id) & (InboxEntry.device == device)
    if InboxEntry.select().where(here & (InboxEntry.seq == seq)).exists():
        return False
    return InboxEntry.select().where(here & (InboxEntry.seq > seq) & (InboxEntry.state == "held")).exists()
