"""Doubts: what did not fit together when a day was compared, what the engineer says to it, and how it was decided."""

import json
from datetime import date, datetime
from typing import Any

import peewee

from app.models.boards import Rows, rows_of
from app.models.database import HOLE, Asked, Row, UtcDateTimeField
from app.models.outlets import Outlet
from app.models.people import Person
from app.models.visits import Visit


class Doubt(Row):
    """One thing about one visit (doubt.KINDS) that was put to its engineer. `data`: what it rests on."""

    outlet = peewee.ForeignKeyField(Outlet, index=False)
    visit = peewee.ForeignKeyField(Visit, index=False, backref="doubts")
    kind = peewee.CharField()
    data = peewee.JSONField(default=dict)
    person = peewee.ForeignKeyField(Person, index=False)  # who put it to the engineer
    at = UtcDateTimeField()
    said = peewee.TextField(default="")
    said_at = UtcDateTimeField(null=True)
    decision = peewee.CharField(null=True)  # doubt.DECISIONS
    decided_by = peewee.ForeignKeyField(Person, null=True, index=False, backref="decisions")
    decided_at = UtcDateTimeField(null=True)
    text = peewee.TextField(default="")

    class Meta:
        indexes = ((("visit", "kind"), True), (("outlet", "decided_at"), False))


# Everything the comparison looks at, for each visit of a day: what was signed and rated, when the phone changed hands, when
# the engineer left, and what the customer said on the telephone. The whole signed body comes along: its seal is read again.
COMPARED = """
SELECT v.id, v.clock, r.act, r.step, r.at, r.role, b.body
FROM visit v JOIN record r ON r.visit_id = v.id JOIN record_body b ON b.record_id = r.id
WHERE v.outlet_id = ? AND v.day = ?
  AND (r.act IN ('rated', 'handed_over', 'signed', 'declined') OR (r.act = 'done' AND r.step = 'farewell'))
ORDER BY v.id, r.seq
"""
CALLED = """
SELECT f.visit_id AS visit, f.result, f.survey, f.done_at, y.name AS by
FROM follow_up f JOIN visit v ON v.id = f.visit_id LEFT JOIN person y ON y.id = f.done_by_id
WHERE v.outlet_id = ? AND v.day = ? AND f.done_at IS NOT NULL ORDER BY f.done_at
"""
_WIDE = """
SELECT x.id, x.visit_id AS visit, x.kind, x.data, x.at, x.said, x.said_at, x.decision, x.decided_at, x.text, y.name AS by,
  z.name AS decided_by, v.engineer_id, p.name AS engineer, v.day, v.reference, v.work_order_id AS work_order,
  c.name AS customer, g.number
FROM doubt x JOIN visit v ON v.id = x.visit_id JOIN person y ON y.id = x.person_id
LEFT JOIN person z ON z.id = x.decided_by_id LEFT JOIN person p ON p.id = v.engineer_id
JOIN work_order w ON w.id = v.work_order_id JOIN customer c ON c.id = w.customer_id
LEFT JOIN given_number g ON g.visit_id = v.id AND g.kind = 'slip' AND g.ordinal = 1
"""
OF_DAY = f"{_WIDE} WHERE x.outlet_id = ? AND v.day = ? ORDER BY x.id"
OPEN = f"{_WIDE} WHERE x.outlet_id = ? AND x.decided_at IS NULL ORDER BY x.id LIMIT 200"
OF_ENGINEER = f"{_WIDE} WHERE v.engineer_id = ? ORDER BY x.decided_at IS NOT NULL, x.id DESC LIMIT 50"
_UNSAID = Asked(
    Doubt.select(peewee.fn.COUNT(Doubt.id).alias("count"))
    .join(Visit)
    .where(Visit.engineer == HOLE, Doubt.decided_at.is_null(), Doubt.said_at.is_null())
)


def compared(outlet_id: int, day: date) -> Rows:
    """The acts that the comparison reads, visit by visit in their order; `body` as value, `at` as time."""
    return [
        {**row, "at": datetime.fromisoformat(row["at"]), "body": json.loads(row["body"])}
        for row in rows_of(COMPARED, outlet_id, day.isoformat())
    ]


def called(outlet_id: int, day: date) -> Rows:
    """What customers of that day's visits said on the telephone afterwards."""
    return [
        {**row, "survey": json.loads(row["survey"]) if row["survey"] else {}}
        for row in rows_of(CALLED, outlet_id, day.isoformat())
    ]


def of_day(outlet_id: int, day: date) -> Rows:
    """What was put to engineers about that day's visits."""
    return _read(rows_of(OF_DAY, outlet_id, day.isoformat()))


def open_of(outlet_id: int) -> Rows:
    """What is not decided yet."""
    return _read(rows_of(OPEN, outlet_id))


def of_engineer(engineer_id: int) -> Rows:
    """What was put to this engineer: the undecided first, the latest before the older."""
    return _read(rows_of(OF_ENGINEER, engineer_id))


def unsaid(engineer_id: int) -> int:
    """How many wait for the engineer's own word."""
    return int(_UNSAID.rows(engineer_id)[0]["count"])


def of(outlet_id: int, doubt_id: int) -> Doubt | None:
    """One of this outlet's, with its visit."""
    query = Doubt.select(Doubt, Visit).join(Visit)
    return query.where((Doubt.id == doubt_id) & (Doubt.outlet == outlet_id)).get_or_none()


def of_theirs(engineer_id: int, doubt_id: int) -> Doubt | None:
    """One that was put to this engineer."""
    query = Doubt.select(Doubt, Visit).join(Visit)
    return query.where((Doubt.id == doubt_id) & (Visit.engineer == engineer_id)).get_or_none()


def add(outlet_id: int, visit_id: int, kind: str, data: Any, by: int, now: datetime) -> bool:
    """Put it to the engineer, once: False when somebody did before. Needs an open transaction."""
    if Doubt.get_or_none(visit=visit_id, kind=kind):
        return False
    Doubt.create(outlet=outlet_id, visit=visit_id, kind=kind, data=data, person=by, at=now)
    return True


def say(doubt_id: int, text: str, now: datetime) -> bool:
    """The engineer's word, while nothing is decided."""
    waiting = (Doubt.id == doubt_id) & Doubt.decided_at.is_null()
    return bool(Doubt.update(said=text, said_at=now).where(waiting).execute())


def decide(doubt_id: int, decision: str, text: str, by: int, now: datetime) -> bool:
    """The decision, once."""
    change = Doubt.update(decision=decision, text=text, decided_by=by, decided_at=now)
    return bool(change.where((Doubt.id == doubt_id) & Doubt.decided_at.is_null()).execute())


def _read(rows: Rows) -> Rows:
    for row in rows:
        for name in ("at", "said_at", "decided_at"):
            row[name] = datetime.fromisoformat(row[name]) if isinstance(row[name], str) else row[name]
        row["data"] = json.loads(row["data"]) if isinstance(row["data"], str) else row["data"]
    return rows
