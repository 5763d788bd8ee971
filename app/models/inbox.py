"""The inbox: everything that ever asked to be saved, as it came, once; and per visit and device where we are."""

from typing import Any

import peewee

from app.models.database import HOLE, Asked, LocalDateTimeField, Row, UtcDateTimeField, change, database
from app.models.people import Person
from app.models.visits import Visit


class InboxEntry(Row):
    """One entry as received. `sha` is the SHA-256 of its canonical body: the same key with another body is refused.

    `clock`: the phone's raw reading as JSON; `trust`, `skew_s`: what was made of it. `shown`: the content that was
    signed, as JSON. `proved`: the PIN's secret came with it and fitted; the secret itself is kept nowhere.
    """

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
    state = peewee.CharField(default="held")  # held | applied | refused | superseded | withdrawn
    reason = peewee.TextField(null=True)
    role = peewee.CharField(default="")
    clock = peewee.TextField(null=True)
    trust = peewee.CharField(null=True)
    skew_s = peewee.IntegerField(null=True)
    shown = peewee.TextField(null=True)
    proved = peewee.BooleanField(default=False)
    session = peewee.IntegerField(null=True)

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
_COLUMNS = [field.alias(name) for name, field in InboxEntry._meta.fields.items()]
KEPT = Asked(InboxEntry.select(*_COLUMNS).where(InboxEntry.key == HOLE))
AT_PLACE = Asked(
    InboxEntry.select(*_COLUMNS).where(
        InboxEntry.visit == HOLE,
        InboxEntry.device == HOLE,
        InboxEntry.seq == HOLE,
        InboxEntry.state != peewee.SQL("'superseded'"),
    )
)
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
    return _first(KEPT.rows(key))


def next_of(visit_id: int, device: str) -> int:
    """The sequence number that is to be applied next."""
    found = NEXT.rows(visit_id, device)
    return int(found[0]["next"]) if found else 1


def at_place(visit_id: int, device: str, seq: int) -> InboxEntry | None:
    """The entry that holds this place; one that was put right by another holds it no more."""
    return _first(AT_PLACE.rows(visit_id, device, seq))


def _first(rows: list[dict[str, Any]]) -> InboxEntry | None:
    if not rows:
        return None
    fields, found = InboxEntry._meta.fields, InboxEntry()
    for name, value in rows[0].items():
        found.__data__[name] = None if value is None else fields[name].python_value(value)
    found._dirty.clear()
    return found


def settle(key: str, state: str, reason: str | None = None) -> None:
    """What became of an entry."""
    change(InboxEntry, key, state=state, reason=reason)


def move(key: str, device: str, seq: int) -> None:
    """The phone counts anew under another id and has given this entry another place."""
    change(InboxEntry, key, device=device, seq=seq)


def drop(key: str) -> None:
    """Forget an entry that could not be read, because the same one is read now."""
    InboxEntry.delete().where(InboxEntry.key == key).execute()


def corrector_of(key: str) -> InboxEntry | None:
    """The entry that put this one right."""
    later = InboxEntry.select().where((InboxEntry.corrects == key) & (InboxEntry.state != "superseded"))
    return later.first() or InboxEntry.select().where(InboxEntry.corrects == key).first()


def of_keys(keys: list[str], person_id: int) -> list[InboxEntry]:
    """This person's entries among the keys."""
    return list(InboxEntry.select().where(InboxEntry.key.in_(keys) & (InboxEntry.person == person_id)))


def counted(visit_id: int, device: str) -> list[tuple[int, str, str]]:
    """Place, key and hash of everything received from this phone for this visit, in order, corrected ones left out."""
    here = (InboxEntry.visit == visit_id) & (InboxEntry.device == device)
    rows = InboxEntry.select(InboxEntry.seq, InboxEntry.key, InboxEntry.sha)
    return list(rows.where(here & (InboxEntry.state != "superseded")).order_by(InboxEntry.seq).tuples())


def is_back(visit_id: int, device: str, seq: int) -> bool:
    """Whether a later entry of this phone proved that the engineer has it again."""
    later = (InboxEntry.visit == visit_id) & (InboxEntry.device == device) & (InboxEntry.seq > seq)
    return InboxEntry.select().where(later & InboxEntry.proved).exists()


def is_gap(visit_id: int, device: str, seq: int) -> bool:
    """Whether nothing was ever received for this place although later entries wait."""
    here = (InboxEntry.visit == visit_id) & (InboxEntry.device == device)
    if InboxEntry.select().where(here & (InboxEntry.seq == seq)).exists():
        return False
    return InboxEntry.select().where(here & (InboxEntry.seq > seq) & (InboxEntry.state == "held")).exists()
