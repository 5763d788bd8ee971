"""Batches: the slips and cards that an outlet passes on to the centre together, under one number with a list (R-CARD-02)."""

from datetime import date, datetime
from typing import Any

import peewee

from app.models.boards import Rows, rows_of
from app.models.database import Row, UtcDateTimeField
from app.models.outlets import Outlet
from app.models.people import Person
from app.models.visits import Visit


class Batch(Row):
    """A parcel with a number. Made, sent and confirmed are three facts; none of them is taken for another."""

    outlet = peewee.ForeignKeyField(Outlet, index=False)
    number = peewee.CharField(unique=True)
    made_at = UtcDateTimeField()
    made_by = peewee.ForeignKeyField(Person, index=False, backref="batches")
    sent_at = UtcDateTimeField(null=True)
    sent_by = peewee.ForeignKeyField(Person, null=True, index=False, backref="batches_sent")
    way = peewee.CharField(default="")
    waybill = peewee.CharField(default="")
    confirmed_at = UtcDateTimeField(null=True)
    confirmed_by = peewee.ForeignKeyField(Person, null=True, index=False, backref="batches_confirmed")

    class Meta:
        indexes = ((("outlet", "made_at"), False),)


class BatchLine(Row):
    """One slip in a batch; a slip travels once."""

    batch = peewee.ForeignKeyField(Batch, backref="lines")
    visit = peewee.ForeignKeyField(Visit, unique=True)
    number = peewee.CharField()

    class Meta:
        table_name = "batch_line"


# Slips that came in (spoilt ones too: they are accounted for) and went in no batch yet.
READY = """
SELECT v.id, v.day, v.reference, p.name AS engineer, c.name AS customer, g.number, x.state, x.reason
FROM receiving x JOIN visit v ON v.id = x.visit_id
JOIN given_number g ON g.visit_id = v.id AND g.kind = 'slip' AND g.ordinal = 1
JOIN person p ON p.id = v.engineer_id
JOIN work_order w ON w.id = v.work_order_id
JOIN customer c ON c.id = w.customer_id
WHERE v.outlet_id = ? AND v.day >= ? AND x.thing = 'slip' AND x.state IN ('received', 'spoilt')
  AND x.id = (SELECT max(y.id) FROM receiving y WHERE y.visit_id = v.id AND y.thing = 'slip')
  AND NOT EXISTS (SELECT 1 FROM batch_line l WHERE l.visit_id = v.id)
ORDER BY g.number LIMIT 500
"""
LAST = """
SELECT b.id, b.number, b.made_at, b.sent_at, b.way, b.waybill, b.confirmed_at, m.name AS made_by, s.name AS sent_by,
  f.name AS confirmed_by, (SELECT count(*) FROM batch_line l WHERE l.batch_id = b.id) AS slips
FROM batch b JOIN person m ON m.id = b.made_by_id LEFT JOIN person s ON s.id = b.sent_by_id
LEFT JOIN person f ON f.id = b.confirmed_by_id WHERE b.outlet_id = ? {one} ORDER BY b.id DESC LIMIT 30
"""
LINES = """
SELECT v.id, v.day, v.reference, p.name AS engineer, c.name AS customer, l.number, v.signed, v.outcome,
  (SELECT x.state FROM receiving x WHERE x.visit_id = v.id AND x.thing = 'slip' ORDER BY x.id DESC LIMIT 1) AS state,
  (SELECT x.reason FROM receiving x WHERE x.visit_id = v.id AND x.thing = 'slip' ORDER BY x.id DESC LIMIT 1) AS reason
FROM batch_line l JOIN batch b ON b.id = l.batch_id JOIN visit v ON v.id = l.visit_id
JOIN person p ON p.id = v.engineer_id JOIN work_order w ON w.id = v.work_order_id JOIN customer c ON c.id = w.customer_id
WHERE b.outlet_id = ? AND b.id = ? ORDER BY l.number
"""


def ready(outlet_id: int, since: date) -> Rows:
    """What could go into the next batch, by number."""
    return rows_of(READY, outlet_id, since.isoformat())


def last_of(outlet_id: int) -> Rows:
    """The outlet's latest batches, with how many slips each holds."""
    return _timed(rows_of(LAST.format(one=""), outlet_id))


def one_of(outlet_id: int, batch_id: int) -> dict[str, Any] | None:
    """One batch as in `last_of`."""
    found = _timed(rows_of(LAST.format(one="AND b.id = ?"), outlet_id, batch_id))
    return found[0] if found else None


def lines_of(outlet_id: int, batch_id: int) -> Rows:
    """What lies in it, by number."""
    return rows_of(LINES, outlet_id, batch_id)


def make(outlet_id: int, number: str, rows: Rows, by: int, now: datetime) -> Batch:
    """A batch of these rows of `ready`. Needs an open transaction."""
    batch = Batch.create(outlet=outlet_id, number=number, made_at=now, made_by=by)
    BatchLine.insert_many(
        [{"batch": batch.id, "visit": row["id"], "number": row["number"]} for row in rows]
    ).execute()
    return batch


def send(batch_id: int, way: str, waybill: str, by: int, now: datetime) -> bool:
    """Somebody says that it was sent, once."""
    change = Batch.update(sent_at=now, sent_by=by, way=way, waybill=waybill)
    return bool(change.where((Batch.id == batch_id) & Batch.sent_at.is_null()).execute())


def confirm(batch_id: int, by: int, now: datetime) -> bool:
    """The centre says that it has it, once, and only what was sent."""
    change = Batch.update(confirmed_at=now, confirmed_by=by)
    waiting = Batch.sent_at.is_null(False) & Batch.confirmed_at.is_null()
    return bool(change.where((Batch.id == batch_id) & waiting).execute())


def _timed(rows: Rows) -> Rows:
    for row in rows:
        for name in ("made_at", "sent_at", "confirmed_at"):
            row[name] = datetime.fromisoformat(row[name]) if row[name] else None
    return rows
