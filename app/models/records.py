"""Records: every saved act of a visit, append-only and chained, with its body apart so that it can be forgotten.

The database itself refuses to change them (triggers of the first migration). What a record means is not decided here.
"""

import hashlib
import json
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import peewee

from app.domain import record as record_rule
from app.models.database import HOLE, Asked, LocalDateTimeField, Row, UtcDateTimeField, put
from app.models.outlets import Outlet
from app.models.people import Person
from app.models.visits import Visit

GENESIS = "0" * 64


class Record(Row):
    """What, when, who. `hash` is SHA-256(salt ‖ body); `chain` covers the head and the previous chain value."""

    outlet = peewee.ForeignKeyField(Outlet, index=False)
    visit = peewee.ForeignKeyField(Visit, backref="records", index=False)
    seq = peewee.IntegerField()
    key = peewee.CharField(unique=True)
    step = peewee.CharField()
    act = peewee.CharField()
    at = LocalDateTimeField()
    received = UtcDateTimeField()
    person = peewee.ForeignKeyField(Person, index=False)
    role = peewee.CharField()
    device = peewee.CharField()
    corrects = peewee.CharField(null=True)
    hash = peewee.CharField()
    prev_hash = peewee.CharField()
    chain = peewee.CharField()

    class Meta:
        indexes = ((("visit", "seq"), True), (("outlet", "id"), False))


class RecordBody(Row):
    """What was entered. Only the retention act may delete it."""

    record = peewee.ForeignKeyField(Record, primary_key=True)
    salt = peewee.CharField()
    body = peewee.TextField()

    class Meta:
        table_name = "record_body"


OF_VISIT = Asked(  # in the order of a record's own fields
    Record.select(
        Record.seq, Record.key, Record.step, Record.act, Record.at, Record.received, Record.person.alias("person"),
        Record.role, Record.device, Record.corrects, RecordBody.body,
    )
    .join(RecordBody, peewee.JOIN.LEFT_OUTER)
    .where(Record.visit == HOLE)
    .order_by(Record.seq)
)  # fmt: skip
LAST_LINK = Asked(
    Record.select(Record.chain).where(Record.outlet == HOLE).order_by(Record.id.desc()).limit(peewee.SQL("1"))
)


def of_visit(visit_id: int) -> tuple[record_rule.Record, ...]:
    """The visit's records as values, in order; one query."""
    moment = datetime.fromisoformat
    return tuple(
        record_rule.Record(
            seq, key, step, act, moment(at), moment(received), *others, json.loads(body) if body else {}
        )
        for seq, key, step, act, at, received, *others, body in OF_VISIT.tuples(visit_id)
    )


def links_of(outlet_id: int) -> Iterator[dict[str, Any]]:
    """The outlet's chain from its beginning, row by row: the record, `reference`, and salt and body if kept."""
    query = (
        Record.select(Record, Visit.reference, RecordBody.salt, RecordBody.body)
        .join(RecordBody, peewee.JOIN.LEFT_OUTER)
        .switch(Record)
        .join(Visit)
        .where(Record.outlet == outlet_id)
        .order_by(Record.id)
    )
    yield from query.dicts().iterator()


def append(visit: Visit, entry: record_rule.Record) -> int:
    """Add one record at the end of its visit and of the outlet's chain; returns its row id. Needs a transaction.

    :raise peewee.IntegrityError: when the key is known already.
    """
    salt = secrets.token_hex(16)
    body = json.dumps(entry.body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    last = LAST_LINK.rows(visit.outlet_id)
    previous = last[0]["chain"] if last else GENESIS
    body_hash = hash_of(salt, body)
    row = put(
        Record, outlet=visit.outlet_id, visit=visit.id, seq=entry.seq, key=entry.key, step=entry.step, act=entry.act,
        at=entry.at, received=entry.received, person=entry.person, role=entry.role, device=entry.device,
        corrects=entry.corrects, hash=body_hash, prev_hash=previous,
        chain=chain_of(previous, body_hash, visit.id, entry),
    )  # fmt: skip
    put(RecordBody, record=row, salt=salt, body=body)
    return row


def hash_of(salt: str, body: str) -> str:
    """SHA-256 of the salt and the body's text."""
    return hashlib.sha256((salt + body).encode()).hexdigest()


def chain_of(previous: str, body_hash: str, visit_id: int, entry: record_rule.Record) -> str:
    """The link of one record: it covers the link before, the body's hash and everything the head says."""
    head: list[Any] = [
        previous, body_hash, visit_id, entry.seq, entry.key, entry.step, entry.act, entry.at.isoformat(),
        entry.received.astimezone(UTC).isoformat(), entry.person, entry.role, entry.device, entry.corrects,
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(head, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()
