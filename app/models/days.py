"""Days: what engineers hand in at the end of one, what the desk noted of it, and who signed it off. Nothing is judged here."""

import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

import peewee

from app.models.boards import Rows, rows_of
from app.models.database import DayField, Row, UtcDateTimeField, put
from app.models.outlets import Outlet
from app.models.people import Person
from app.models.visits import Visit

OUTSTANDING = timedelta(days=60)


class Receiving(Row):
    """One note of the desk about one thing of a visit (day.THINGS); a later one takes its place, both stay."""

    outlet = peewee.ForeignKeyField(Outlet, index=False)
    visit = peewee.ForeignKeyField(Visit, backref="receivings")
    thing = peewee.CharField()
    state = peewee.CharField()
    amount = peewee.IntegerField(null=True)  # minor units; of cash alone
    reason = peewee.CharField(default="")
    person = peewee.ForeignKeyField(Person, index=False)
    at = UtcDateTimeField()


class DayClose(Row):
    """A day signed off: with one engineer by the officer (R-REC-04), or, without one, the outlet's as a whole (R-REC-05).

    `figures` are those that were signed off; signing again adds a row.
    """

    outlet = peewee.ForeignKeyField(Outlet, index=False)
    day = DayField()
    engineer = peewee.ForeignKeyField(Person, null=True, index=False, backref="closes")
    person = peewee.ForeignKeyField(Person, index=False)
    at = UtcDateTimeField()
    figures = peewee.JSONField(default=dict)
    note = peewee.CharField(default="")

    class Meta:
        table_name = "day_close"
        indexes = ((("outlet", "day"), False),)


# What was sealed about money and parts, and what the engineer said at hand-in; never the strokes or the whole content.
_SEALED = """
  (SELECT json_object('act', r.act, 'how', json_extract(b.body, '$.how'), 'at', r.at,
     'payment', json_extract(b.body, '$.content.payment'), 'lines', json_extract(b.body, '$.content.lines'))
   FROM record r JOIN record_body b ON b.record_id = r.id
   WHERE r.visit_id = v.id AND r.act IN ('signed', 'declined') AND json_extract(b.body, '$.content.layer') = 'customer'
   ORDER BY r.seq DESC LIMIT 1) AS sealed,
  (SELECT b.body FROM record r JOIN record_body b ON b.record_id = r.id
   WHERE r.visit_id = v.id AND r.act = 'done' AND json_extract(b.body, '$.handed_in_at') IS NOT NULL
   ORDER BY r.seq DESC LIMIT 1) AS given
"""
_AROUND = """
FROM visit v
JOIN person p ON p.id = v.engineer_id
JOIN work_order w ON w.id = v.work_order_id
JOIN customer c ON c.id = w.customer_id
JOIN appliance a ON a.id = w.appliance_id
LEFT JOIN given_number g ON g.visit_id = v.id AND g.kind = 'slip' AND g.ordinal = 1
"""
VISITS = f"""
SELECT v.id, v.reference, v.state, v.outcome, v.slot_start, v.finished_at, v.signed, v.clock, v.protocol,
  v.work_order_id AS work_order, v.engineer_id, p.name AS engineer, c.name AS customer, a.kind AS appliance,
  g.number, (SELECT max(l.given_at) FROM copy_link l WHERE l.visit_id = v.id AND l.revoked_at IS NULL) AS copy_given,
  (SELECT max(r.at) FROM record r JOIN record_body b ON b.record_id = r.id
   WHERE r.visit_id = v.id AND r.act = 'done' AND json_extract(b.body, '$.copy') = 1) AS copy_left,
  {_SEALED} {_AROUND}
WHERE v.outlet_id = ? AND v.day = ? ORDER BY p.name, v.engineer_id, v.slot_start, v.id
"""
NOTES = """
SELECT x.id, x.visit_id AS visit, x.thing, x.state, x.amount, x.reason, x.at, y.name AS by
FROM receiving x JOIN visit v ON v.id = x.visit_id JOIN person y ON y.id = x.person_id
WHERE v.outlet_id = ? AND v.day = ? ORDER BY x.id
"""
CLOSES = """
SELECT x.id, x.engineer_id, x.at, x.figures, x.note, y.name AS by
FROM day_close x JOIN person y ON y.id = x.person_id WHERE x.outlet_id = ? AND x.day = ? ORDER BY x.id
"""
STILL_OUT = """
SELECT v.id, v.day, v.engineer_id, p.name AS engineer, c.name AS customer, g.number
FROM given_number g JOIN visit v ON v.id = g.visit_id
JOIN person p ON p.id = v.engineer_id
JOIN work_order w ON w.id = v.work_order_id
JOIN customer c ON c.id = w.customer_id
WHERE v.outlet_id = ? AND v.day >= ? AND v.day < ? AND g.kind = 'slip' AND g.ordinal = 1 AND coalesce((
  SELECT x.state FROM receiving x WHERE x.visit_id = v.id AND x.thing = 'slip' ORDER BY x.id DESC LIMIT 1), 'missing') = 'missing'
ORDER BY v.day, p.name LIMIT 100
"""


def visits_of(outlet_id: int, day: date) -> Rows:
    """The day's visits that somebody has, with `sealed` {act, how, at, payment, lines} and `given` (the hand-in), or None."""
    rows = rows_of(VISITS, outlet_id, day.isoformat())
    for row in rows:
        for name in ("sealed", "given"):
            row[name] = json.loads(row[name]) if row[name] else None
    return rows


def notes_of(outlet_id: int, day: date) -> Rows:
    """Everything that the desk noted about that day's visits, oldest first."""
    return _timed(rows_of(NOTES, outlet_id, day.isoformat()))


def closes_of(outlet_id: int, day: date) -> Rows:
    """Who signed that day off, oldest first; `engineer_id` None is the outlet's second level."""
    rows = _timed(rows_of(CLOSES, outlet_id, day.isoformat()))
    return [{**row, "figures": json.loads(row["figures"])} for row in rows]


def still_out(outlet_id: int, before: date) -> Rows:
    """Slips of the two months before that day that nobody has handed in yet, the oldest first."""
    return rows_of(STILL_OUT, outlet_id, (before - OUTSTANDING).isoformat(), before.isoformat())


def note(
    outlet_id: int, visit_id: int, thing: str, values: Mapping[str, Any], by: int, now: datetime
) -> None:
    """Write one note. Needs an open transaction."""
    put(Receiving, outlet=outlet_id, visit=visit_id, thing=thing, person=by, at=now, **values)


def close(
    outlet_id: int, day: date, engineer_id: int | None, by: int, figures: Any, text: str, now: datetime
) -> None:
    """Sign off. Needs an open transaction."""
    DayClose.create(
        outlet=outlet_id, day=day, engineer=engineer_id, person=by, at=now, figures=figures, note=text
    )


def _timed(rows: Rows) -> Rows:
    return [{**row, "at": datetime.fromisoformat(row["at"])} for row in rows]
