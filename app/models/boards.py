"""Boards: what the desk looks at many times an hour, each in one question whose SQL is written once."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from app.models.database import database
from app.models.tasks import FollowUp, Task
from app.models.visits import Visit
from app.models.work_orders import WorkOrder

Rows = list[dict[str, Any]]

# `received`: when the request came, for its first visit only: later ones were promised a time of their own.
# `touched`: when the visit last wrote anything, asked only for paused ones. `followed`: a later visit took over.
DAY = """
SELECT v.id, v.reference, v.state, v.outcome, v.stage, v.day, v.slot_start, v.slot_end, v.travel_minutes, v.arrived_at,
  v.finished_at, v.signed, v.clock, v.version, v.work_order_id AS work_order, v.engineer_id, p.name AS engineer,
  w.symptom, w.symptom_codes, w.urgency, c.name AS customer, c.address, a.kind AS appliance,
  CASE WHEN v.follows_id IS NULL THEN w.received_at END AS received,
  coalesce(t.asked, 0) AS asked, coalesce(t.urgent, 0) AS urgent, t.due AS asked_due,
  CASE WHEN v.state = 'paused' THEN
    coalesce((SELECT r.received FROM record r WHERE r.visit_id = v.id ORDER BY r.seq DESC LIMIT 1), v.created_at)
  END AS touched,
  EXISTS (SELECT 1 FROM visit n WHERE n.follows_id = v.id) AS followed
FROM visit v
JOIN work_order w ON w.id = v.work_order_id
JOIN customer c ON c.id = w.customer_id
JOIN appliance a ON a.id = w.appliance_id
LEFT JOIN person p ON p.id = v.engineer_id
LEFT JOIN (
  SELECT visit_id, count(*) AS asked, max(urgent) AS urgent, min(due_at) AS due
  FROM task WHERE outlet_id = ? AND answered_at IS NULL GROUP BY visit_id
) t ON t.visit_id = v.id
WHERE v.outlet_id = ? AND v.day = ?
ORDER BY v.slot_start, v.id
"""
AROUND = """
  v.id AS visit_id, v.reference, v.state, v.slot_start, v.total, v.protocol, v.price_list,
  v.work_order_id AS work_order,
  c.name AS customer, c.phone, c.language AS customer_language, a.kind AS appliance, a.brand, w.symptom,
  w.symptom_codes, p.name AS engineer
"""
JOINS = """
LEFT JOIN visit v ON v.id = x.visit_id
LEFT JOIN work_order w ON w.id = v.work_order_id
LEFT JOIN customer c ON c.id = w.customer_id
LEFT JOIN appliance a ON a.id = w.appliance_id
LEFT JOIN person p ON p.id = v.engineer_id
"""
TASKS = f"""
SELECT x.id, x.kind, x.step, x.problem, x.owner_role, x.question, x.data, x.urgent, x.created_at, x.due_at, {AROUND}
FROM task x {JOINS} WHERE x.outlet_id = ? AND x.answered_at IS NULL ORDER BY x.urgent DESC, x.due_at, x.id LIMIT 500
"""
ANSWERED = f"""
SELECT x.id, x.kind, x.step, x.problem, x.owner_role, x.question, x.data, x.urgent, x.created_at, x.due_at,
  x.answered_at, x.ruling, x.amount, x.answer, y.name AS answered_by, {AROUND}
FROM task x {JOINS} LEFT JOIN person y ON y.id = x.answered_by_id
WHERE x.outlet_id = ? AND x.answered_at IS NOT NULL ORDER BY x.answered_at DESC LIMIT 20
"""
CALLS = f"""
SELECT x.id, x.kind, x.performer, x.due_at, x.result, x.note, {AROUND}
FROM follow_up x {JOINS} WHERE x.outlet_id = ? AND x.done_at IS NULL AND x.due_at <= ? ORDER BY x.due_at, x.id LIMIT 500
"""
WAITING = "SELECT count(*), max(urgent) FROM task WHERE outlet_id = ? AND answered_at IS NULL"


def day_of(outlet_id: int, day: date) -> Rows:
    """The outlet's visits of a day with what stands on their cards, in the order of the slots."""
    return rows_of(DAY, outlet_id, outlet_id, day.isoformat())


def tasks_of(outlet_id: int) -> Rows:
    """The outlet's unanswered tasks with their visits, most pressing first."""
    return rows_of(TASKS, outlet_id)


def answered_of(outlet_id: int) -> Rows:
    """The tasks answered last."""
    return rows_of(ANSWERED, outlet_id)


def calls_of(outlet_id: int, until: datetime) -> Rows:
    """Calls after a visit that are due by then, with their visits, the oldest first."""
    return rows_of(CALLS, outlet_id, Task.due_at.db_value(until))


def waiting_of(outlet_id: int) -> tuple[int, bool]:
    """How many tasks wait at the desk, and whether one of them is urgent."""
    count, urgent = database.execute_sql(WAITING, (outlet_id,)).fetchone()
    return int(count), bool(urgent)


def rows_of(sql: str, *arguments: Any) -> Rows:
    """The answer as plain rows, known columns as values."""
    cursor = database.execute_sql(sql, arguments)
    names = [column[0] for column in cursor.description]
    readers = [(name, READERS[name]) for name in names if name in READERS]
    found = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    for row in found:
        for name, read in readers:
            if row[name] is not None:
                row[name] = read(row[name])
    return found


READERS: dict[str, Callable[[Any], Any]] = {
    "slot_start": Visit.slot_start.python_value,
    "slot_end": Visit.slot_end.python_value,
    "arrived_at": Visit.arrived_at.python_value,
    "finished_at": Visit.finished_at.python_value,
    "day": Visit.day.python_value,
    "symptom_codes": WorkOrder.symptom_codes.python_value,
    "asked_due": Task.due_at.python_value,
    "touched": Task.due_at.python_value,
    "received": WorkOrder.received_at.python_value,
    "since": Task.due_at.python_value,
    "created_at": Task.created_at.python_value,
    "due_at": FollowUp.due_at.python_value,
    "answered_at": Task.answered_at.python_value,
    "data": Task.data.python_value,
    "urgent": bool,
    "followed": bool,
}
