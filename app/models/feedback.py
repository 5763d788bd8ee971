"""What was heard of an outlet's finished visits between two days: ratings, calls, doubts, in one question each. No counting."""

import json
from datetime import date
from typing import Any

from app.models.boards import Rows, rows_of

VISITS = """
SELECT v.id, v.day, v.outcome, v.protocol, p.name AS engineer, w.rework_of IS NOT NULL AS rework,
  (SELECT b.body FROM record r JOIN record_body b ON b.record_id = r.id
   WHERE r.visit_id = v.id AND r.act = 'rated' ORDER BY r.seq DESC LIMIT 1) AS rating
FROM visit v JOIN person p ON p.id = v.engineer_id JOIN work_order w ON w.id = v.work_order_id
WHERE v.outlet_id = ? AND v.day >= ? AND v.day <= ? AND v.state = 'finished' ORDER BY v.day, v.id
"""
CALLS = """
SELECT f.visit_id AS visit, f.result, f.survey FROM follow_up f JOIN visit v ON v.id = f.visit_id
WHERE v.outlet_id = ? AND v.day >= ? AND v.day <= ? AND f.done_at IS NOT NULL ORDER BY f.id
"""
DOUBTS = """
SELECT x.visit_id AS visit, x.decision FROM doubt x JOIN visit v ON v.id = x.visit_id
WHERE v.outlet_id = ? AND v.day >= ? AND v.day <= ? ORDER BY x.id
"""


def visits_of(outlet_id: int, first: date, last: date) -> Rows:
    """The finished visits of those days, with `rating` as value or None and `rework` as a bool."""
    rows = rows_of(VISITS, outlet_id, first.isoformat(), last.isoformat())
    return [{**row, "rating": _value(row["rating"]), "rework": bool(row["rework"])} for row in rows]


def calls_of(outlet_id: int, first: date, last: date) -> Rows:
    """What the calls after them brought: visit, result, survey."""
    rows = rows_of(CALLS, outlet_id, first.isoformat(), last.isoformat())
    return [{**row, "survey": _value(row["survey"]) or {}} for row in rows]


def doubts_of(outlet_id: int, first: date, last: date) -> Rows:
    """What did not fit at them: visit, decision."""
    return rows_of(DOUBTS, outlet_id, first.isoformat(), last.isoformat())


def _value(text: str | None) -> Any:
    return json.loads(text) if text else None
