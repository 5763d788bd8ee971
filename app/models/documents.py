"""Documents: the papers that were printed, by the hash of their bytes; and the numbers given without gaps."""

import peewee

from app.models.database import Row, UtcDateTimeField
from app.models.outlets import Outlet
from app.models.people import Person
from app.models.visits import Visit


class Document(Row):
    """One stored paper: rendered once from `source` (the digest of what it was made of), then only copied."""

    visit = peewee.ForeignKeyField(Visit, backref="documents", index=False)
    kind = peewee.CharField()
    sheet = peewee.CharField()
    copy = peewee.CharField(default="")
    language = peewee.CharField()
    number = peewee.CharField(default="")
    source = peewee.CharField()
    sha = peewee.CharField()
    size = peewee.IntegerField()
    pages = peewee.IntegerField(default=1)
    created_at = UtcDateTimeField()

    class Meta:
        indexes = ((("visit", "kind", "sheet", "copy", "source"), True),)


class Reprint(Row):
    """Each further printing of a stored paper: who and when."""

    document = peewee.ForeignKeyField(Document, backref="reprints")
    number = peewee.IntegerField()
    person = peewee.ForeignKeyField(Person, index=False)
    at = UtcDateTimeField()


class Number(Row):
    """The last number given, per outlet, kind of paper and year."""

    outlet = peewee.ForeignKeyField(Outlet, index=False)
    kind = peewee.CharField()
    year = peewee.IntegerField()
    last = peewee.IntegerField(default=0)

    class Meta:
        primary_key = peewee.CompositeKey("outlet", "kind", "year")


class GivenNumber(Row):
    """Which number a visit's paper got; a visit keeps its number for ever."""

    visit = peewee.ForeignKeyField(Visit, index=False)
    kind = peewee.CharField()
    ordinal = peewee.IntegerField(default=1)
    number = peewee.CharField()
    at = UtcDateTimeField()

    class Meta:
        table_name = "given_number"
        primary_key = peewee.CompositeKey("visit", "kind", "ordinal")


def next_number(outlet_id: int, kind: str, year: int) -> int:
    """The next number without a gap; call it inside the transaction that uses it."""
    row, _ = Number.get_or_create(outlet=outlet_id, kind=kind, year=year)
    Number.update(last=Number.last + 1).where(
        (Number.outlet == outlet_id) & (Number.kind == kind) & (Number.year == year)
    ).execute()
    return int(row.last) + 1
