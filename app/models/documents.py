"""Documents: the papers that were printed, by the hash of their bytes; and the numbers given without gaps."""

from datetime import datetime
from typing import Any

import peewee

from app.models.boards import Rows, rows_of
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


SLIPS = """
SELECT g.number, v.id AS visit, v.day, v.engineer_id, p.name AS engineer, c.name AS customer, x.state, x.reason
FROM given_number g JOIN visit v ON v.id = g.visit_id
LEFT JOIN person p ON p.id = v.engineer_id
JOIN work_order w ON w.id = v.work_order_id JOIN customer c ON c.id = w.customer_id
LEFT JOIN receiving x ON x.id = (SELECT max(y.id) FROM receiving y WHERE y.visit_id = v.id AND y.thing = 'slip')
WHERE v.outlet_id = ? AND g.kind = 'slip' AND g.number LIKE ? ORDER BY g.number
"""
# A slip of paper that was spoilt, lost or ran out is reported at the step where it happens; `number` as it was typed.
SLIP_REPORTS = """
SELECT v.id AS visit, v.reference, v.work_order_id AS work_order, p.name AS engineer, r.at,
  json_extract(b.body, '$.problem') AS problem, json_extract(b.body, '$.number') AS number
FROM record r JOIN record_body b ON b.record_id = r.id JOIN visit v ON v.id = r.visit_id JOIN person p ON p.id = r.person_id
WHERE r.outlet_id = ? AND r.act = 'problem' AND json_extract(b.body, '$.problem') IN ('spoilt', 'slip_lost', 'slips_out')
ORDER BY r.id DESC LIMIT 100
"""


def last_number(outlet_id: int, kind: str, year: int) -> int:
    """The last number given in that year, 0 for none."""
    row = Number.get_or_none(outlet=outlet_id, kind=kind, year=year)
    return int(row.last) if row else 0


def slips_of(outlet_id: int, prefix: str) -> Rows:
    """The slip numbers that begin so, each with its visit and what the desk noted of it last."""
    return rows_of(SLIPS, outlet_id, f"{prefix}%")


def slip_reports_of(outlet_id: int) -> Rows:
    """What engineers reported of slips of paper, the latest first."""
    return [{**row, "at": datetime.fromisoformat(row["at"])} for row in rows_of(SLIP_REPORTS, outlet_id)]


def next_number(outlet_id: int, kind: str, year: int) -> int:
    """The next number without a gap; call it inside the transaction that uses it."""
    row, _ = Number.get_or_create(outlet=outlet_id, kind=kind, year=year)
    Number.update(last=Number.last + 1).where(
        (Number.outlet == outlet_id) & (Number.kind == kind) & (Number.year == year)
    ).execute()
    return int(row.last) + 1


def number_of(visit_id: int, kind: str) -> str | None:
    """The number that the visit's paper of this kind was given, None before that."""
    row = GivenNumber.get_or_none(visit=visit_id, kind=kind, ordinal=1)
    return row.number if row else None


def numbers_of(visit_id: int) -> dict[str, str]:
    """Kind of paper → the number it was given."""
    rows = GivenNumber.select().where((GivenNumber.visit == visit_id) & (GivenNumber.ordinal == 1))
    return {row.kind: row.number for row in rows}


def keep_number(visit_id: int, kind: str, number: str, now: datetime) -> None:
    """Remember which number the visit's paper got."""
    GivenNumber.create(visit=visit_id, kind=kind, ordinal=1, number=number, at=now)


def find(visit_id: int, kind: str, sheet: str, copy: str, source: str) -> Document | None:
    """The stored paper made of exactly this source."""
    return Document.get_or_none(visit=visit_id, kind=kind, sheet=sheet, copy=copy, source=source)


def keep(**values: Any) -> Document:
    """Remember a stored paper. Two that were drawn at the same time are one: their bytes are the same."""
    Document.insert(**values).on_conflict_ignore().execute()
    found = find(values["visit"], values["kind"], values["sheet"], values["copy"], values["source"])
    assert found is not None
    return found


def of_visit(visit_id: int) -> list[Document]:
    """The visit's stored papers with their reprints, in the order they were made."""
    return list(Document.select().where(Document.visit == visit_id).order_by(Document.id))


def add_reprint(document: Document, person: Person, now: datetime) -> Reprint:
    """One more printing of a stored paper. Needs an open transaction."""
    last = Reprint.select(peewee.fn.MAX(Reprint.number)).where(Reprint.document == document.id).scalar() or 0
    return Reprint.create(document=document.id, number=last + 1, person=person.id, at=now)


def reprint_of(document: Document, number: int) -> Reprint | None:
    """The reprint with this number, its person along."""
    query = Reprint.select(Reprint, Person).join(Person)
    return query.where((Reprint.document == document.id) & (Reprint.number == number)).get_or_none()


def reprints_of(visit_id: int) -> dict[int, int]:
    """Document id → how often it was printed again."""
    query = Reprint.select(Reprint.document, peewee.fn.COUNT(Reprint.id).alias("count")).join(Document)
    return {
        row.document_id: row.count
        for row in query.where(Document.visit == visit_id).group_by(Reprint.document)
    }
