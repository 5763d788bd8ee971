"""Past repairs: what is remembered of earlier visits so that like ones are found in one question. Made from records.

`past_repair_terms` is an FTS5 table with the visit's id as its rowid: `place` is outlet and kind of appliance in one
term, so that the search never leaves the outlet; `terms` are those of `app.domain.recall`. Which of what is found is
like enough is not decided here.
"""

import json
from collections.abc import Iterable
from datetime import date
from typing import Any

import peewee

from app.domain.recall import Consult, Past
from app.models.customers import Customer
from app.models.database import DayField, Row, database
from app.models.outlets import Outlet
from app.models.visits import Visit
from app.models.work_orders import WorkOrder


class PastRepair(Row):
    """One visit that came to an end, or that the technical section was asked at (`outcome` is empty then)."""

    visit = peewee.ForeignKeyField(Visit, primary_key=True)
    outlet = peewee.ForeignKeyField(Outlet, index=False)
    customer = peewee.ForeignKeyField(Customer, index=False)
    kind = peewee.CharField()
    serial = peewee.CharField()  # capitals and digits alone; empty when nobody read it
    day = DayField()
    faults = peewee.TextField()  # codes, parted by spaces
    cause = peewee.CharField()
    outcome = peewee.CharField()
    parts = peewee.TextField()  # codes of the price list, parted by spaces

    class Meta:
        table_name = "past_repair"
        indexes = ((("outlet", "serial"), False), (("customer", "kind"), False))


class PastConsult(Row):
    """An answer of the technical section, fit to be read at another customer's job."""

    record_key = peewee.CharField(primary_key=True)
    visit = peewee.ForeignKeyField(Visit)
    day = DayField()
    by = peewee.CharField()
    answer = peewee.TextField()

    class Meta:
        table_name = "past_consult"


SEARCH = """
SELECT p.visit_id, p.day, p.faults, p.cause, p.outcome, p.parts, t.terms FROM (
  SELECT rowid, terms FROM past_repair_terms WHERE past_repair_terms MATCH ? ORDER BY rank LIMIT ?
) t JOIN past_repair p ON p.visit_id = t.rowid WHERE p.visit_id <> ?
"""
SAME = """
SELECT p.visit_id, p.day, p.faults, p.cause, p.outcome, p.parts,
  (SELECT t.terms FROM past_repair_terms t WHERE t.rowid = p.visit_id)
FROM past_repair p WHERE p.visit_id IN (
  SELECT visit_id FROM past_repair WHERE outlet_id = ? AND serial = ? AND serial <> '' AND kind = ?
  UNION SELECT visit_id FROM past_repair WHERE kind = ? AND customer_id =
    (SELECT w.customer_id FROM visit v JOIN work_order w ON w.id = v.work_order_id WHERE v.id = ?)
) AND p.outlet_id = ? AND p.day >= ? AND p.visit_id <> ? AND p.outcome <> ''
"""
CONSULTS = 'SELECT "by", day, answer FROM past_consult WHERE visit_id IN (SELECT value FROM json_each(?))'
PUT_TERMS = "INSERT INTO past_repair_terms (rowid, place, terms) VALUES (?, ?, ?)"
DROP_TERMS = "DELETE FROM past_repair_terms WHERE rowid = ?"


def search(outlet_id: int, kind: str, terms: Iterable[str], but: int, limit: int) -> list[Past]:
    """The visits of this outlet and kind of appliance that share most with these terms, but not the visit `but`."""
    wanted = " OR ".join(f'"{term}"' for term in terms)
    if not wanted:
        return []
    match = f'place : "{_place(outlet_id, kind)}" AND terms : ({wanted})'
    return _read(SEARCH, match, limit, but)


def of_same(outlet_id: int, visit_id: int, kind: str, serial: str, since: date) -> list[Past]:
    """Earlier visits to the appliance of this serial, or to this visit's customer for one of that kind, since that day."""
    plain = plain_serial(serial)
    return _read(SAME, outlet_id, plain, kind, kind, visit_id, outlet_id, since.isoformat(), visit_id)


def consults_of(visit_ids: list[int]) -> list[Consult]:
    """What the technical section answered at these visits."""
    rows = database.execute_sql(CONSULTS, [json.dumps(visit_ids)]).fetchall() if visit_ids else []
    return [Consult(by, date.fromisoformat(day), answer) for by, day, answer in rows]


def put(visit: Visit, past: Past, kind: str, serial: str) -> None:
    """Remember this visit as it is now, instead of how it was remembered before. Needs a transaction."""
    customer = WorkOrder.select(WorkOrder.customer).where(WorkOrder.id == visit.work_order_id).scalar()
    PastRepair.replace(
        visit=visit.id, outlet=visit.outlet_id, customer=customer, kind=kind, serial=plain_serial(serial), day=past.day,
        faults=" ".join(sorted(past.faults)), cause=past.cause, outcome=past.outcome, parts=" ".join(past.parts),
    ).execute()  # fmt: skip
    database.execute_sql(DROP_TERMS, [visit.id])
    terms = " ".join(sorted(past.terms))
    database.execute_sql(PUT_TERMS, [visit.id, _place(visit.outlet_id, kind), terms])


def put_consult(visit_id: int, record_key: str, said: Consult) -> None:
    """Remember an answer, once."""
    PastConsult.replace(
        record_key=record_key, visit=visit_id, day=said.day, by=said.by, answer=said.answer
    ).execute()


def forget(visit_id: int) -> None:
    """Nothing of this visit is remembered any more."""
    PastRepair.delete().where(PastRepair.visit == visit_id).execute()
    PastConsult.delete().where(PastConsult.visit == visit_id).execute()
    database.execute_sql(DROP_TERMS, [visit_id])


def is_remembered(visit_id: int) -> bool:
    return PastRepair.select().where(PastRepair.visit == visit_id).exists()


def plain_serial(serial: str) -> str:
    """Capitals and digits of a serial number: one reads the dashes of a plate, another does not."""
    return "".join(sign for sign in serial.upper() if sign.isalnum())


def _place(outlet_id: int, kind: str) -> str:
    return f"o{outlet_id}_{kind}"


def _read(question: str, *arguments: Any) -> list[Past]:
    return [
        Past(visit, date.fromisoformat(day), frozenset(faults.split()), cause, outcome, tuple(parts.split()),
             frozenset(terms.split()))
        for visit, day, faults, cause, outcome, parts, terms in database.execute_sql(question, arguments).fetchall()
    ]  # fmt: skip
