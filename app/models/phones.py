"""Phones: what the desk asks about them: entries that did not take effect, clocks in doubt, visits gone silent."""

from datetime import datetime
from typing import Any

from app.models.boards import rows_of
from app.models.inbox import InboxEntry

Rows = list[dict[str, Any]]

STUCK = """
SELECT i.person_id AS person, i.device, i.visit_id AS visit, v.reference, v.work_order_id AS work_order,
  p.name, c.name AS customer, sum(i.state = 'refused') AS refused, sum(i.state = 'held') AS held,
  min(i.received) AS since
FROM inbox i JOIN visit v ON v.id = i.visit_id JOIN person p ON p.id = i.person_id
JOIN work_order w ON w.id = v.work_order_id JOIN customer c ON c.id = w.customer_id
WHERE v.outlet_id = ? AND i.state IN ('refused', 'held')
GROUP BY i.person_id, i.device, i.visit_id ORDER BY min(i.received) LIMIT 50
"""
CLOCKS = """
SELECT p.id AS person, p.name, i.device, i.trust, i.skew_s, max(i.received) AS since
FROM inbox i JOIN visit v ON v.id = i.visit_id JOIN person p ON p.id = i.person_id
WHERE v.outlet_id = ? AND i.received >= ? AND i.trust IS NOT NULL
GROUP BY i.person_id, i.device HAVING i.trust = 'unknown' OR abs(i.skew_s) > ? ORDER BY p.name LIMIT 50
"""
SILENT = """
SELECT v.id AS visit, v.reference, v.work_order_id AS work_order, v.state, p.name, c.name AS customer,
  max(r.received) AS since
FROM visit v JOIN record r ON r.visit_id = v.id JOIN person p ON p.id = v.engineer_id
JOIN work_order w ON w.id = v.work_order_id JOIN customer c ON c.id = w.customer_id
WHERE v.outlet_id = ? AND v.state IN ('travelling', 'at_door', 'in_service', 'paused', 'to_sign')
GROUP BY v.id HAVING max(r.received) < ? ORDER BY max(r.received) LIMIT 50
"""


def stuck_of(outlet_id: int) -> Rows:
    """Per phone and visit: how many entries were refused and how many wait behind them, and since when."""
    return rows_of(STUCK, outlet_id)


def clocks_of(outlet_id: int, since: datetime, limit_s: int) -> Rows:
    """Phones whose clock was off by more than this, or never compared, when they last sent since then."""
    return rows_of(CLOCKS, outlet_id, InboxEntry.received.db_value(since), limit_s)


def silent_of(outlet_id: int, before: datetime) -> Rows:
    """Visits that were begun, have not ended, and sent nothing since then."""
    return rows_of(SILENT, outlet_id, InboxEntry.received.db_value(before))


def entries_of(visit_id: int) -> list[InboxEntry]:
    """Entries of a visit that have not taken effect, and those that the desk let go; in the phones' order."""
    odd = InboxEntry.state.in_(("refused", "held", "withdrawn"))
    query = InboxEntry.select().where((InboxEntry.visit == visit_id) & odd)
    return list(query.order_by(InboxEntry.received, InboxEntry.device, InboxEntry.seq))
