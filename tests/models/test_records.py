"""Records: the database itself refuses to change them, and a changed byte breaks the chain."""

from datetime import UTC, datetime, timedelta

import peewee
import pytest

from app.domain import record as record_rule
from app.models import records
from app.models.database import database, transaction
from app.models.records import GENESIS, Record, RecordBody
from app.models.retention import RetentionRun
from tests import builders

AT = datetime(2026, 11, 23, 9, 12, 30, 125000, tzinfo=UTC)


@pytest.fixture
def visit(cast):
    return builders.visit(cast.mei)


def entry(visit, seq: int, **values) -> record_rule.Record:
    base = {"key": f"key-{visit.id}-{seq}", "step": "listen", "act": "done", "at": AT, "received": AT,
            "person": visit.engineer_id, "device": "d", "body": {"words": f"says {seq}"}}  # fmt: skip
    return record_rule.Record(seq=seq, **{**base, **values})


def append(visit, count: int = 3) -> None:
    with transaction():
        for seq in range(1, count + 1):
            records.append(visit, entry(visit, seq))


def test_what_was_appended_is_read_back_as_it_was(visit):
    body = {"words": "Tropft – 漏水 – “ñ”", "n": 3, "list": ["a"], "none": None}
    local = datetime.fromisoformat("2026-11-23T17:12:30+08:00")
    wanted = entry(visit, 1, body=body, at=local, corrects="other", role="customer")
    with transaction():
        records.append(visit, wanted)
    assert records.of_visit(visit.id) == (wanted,)
    assert records.of_visit(visit.id)[0].at.utcoffset() == timedelta(hours=8)


@pytest.mark.parametrize(
    "statement",
    [
        "update record set step = 'knock'",
        "update record set at = '2001-01-01T00:00:00+00:00' where seq = 2",
        "update record set chain = hash",
        "delete from record",
        "delete from record where seq = 3",
        "insert or replace into record select * from record where seq = 1",
        "update record_body set body = '{}'",
        "update record_body set salt = ''",
        "delete from record_body",
        "insert or replace into record_body select record_id, salt, '{}' from record_body where record_id = 1",
    ],
)
def test_the_database_refuses_every_change(visit, statement):
    append(visit)
    before = records.of_visit(visit.id)
    with pytest.raises(peewee.IntegrityError):
        database.execute_sql(statement)
    assert records.of_visit(visit.id) == before


def test_the_same_key_cannot_be_stored_twice(visit):
    append(visit, 1)
    with pytest.raises(peewee.IntegrityError), transaction():
        records.append(visit, entry(visit, 2, key=f"key-{visit.id}-1"))
    assert len(records.of_visit(visit.id)) == 1


def test_the_same_number_cannot_be_stored_twice_in_a_visit(visit):
    append(visit, 1)
    with pytest.raises(peewee.IntegrityError), transaction():
        records.append(visit, entry(visit, 1, key="another"))
    assert len(records.of_visit(visit.id)) == 1


def test_only_an_open_retention_run_may_forget_a_body(visit):
    append(visit)
    run = RetentionRun.create(reason="five years are over", started=AT)
    RecordBody.delete().where(RecordBody.record == 1).execute()
    run.ended = AT + timedelta(minutes=1)
    run.save()
    with pytest.raises(peewee.IntegrityError, match="only a retention run"):
        RecordBody.delete().execute()
    assert [bool(one.body) for one in records.of_visit(visit.id)] == [False, True, True]


def test_a_retention_run_may_not_change_what_it_does_not_forget(visit):
    append(visit)
    RetentionRun.create(reason="five years are over", started=AT)
    for statement in (
        "update record_body set body = '{}'",
        "update record set step = 'x'",
        "delete from record",
    ):
        with pytest.raises(peewee.IntegrityError, match="append-only"):
            database.execute_sql(statement)


def test_the_log_of_forgetting_stays(db):
    RetentionRun.create(reason="five years are over", started=AT, ended=AT)
    with pytest.raises(peewee.IntegrityError, match="log of forgetting"):
        RetentionRun.delete().execute()


def test_each_link_holds_the_one_before_across_the_visits_of_an_outlet(cast, visit):
    other = builders.visit(cast.li, at="14:00")
    foreign = builders.visit(cast.tom)
    append(visit, 2)
    append(foreign, 1)
    append(other, 2)
    home = list(Record.select().where(Record.outlet == cast.home.id).order_by(Record.id))
    assert [one.prev_hash for one in home] == [GENESIS, *(one.chain for one in home[:-1])]
    assert Record.get(Record.visit == foreign.id).prev_hash == GENESIS


def test_the_same_words_leave_another_hash_so_that_nobody_can_guess_a_forgotten_body(visit):
    with transaction():
        records.append(visit, entry(visit, 1, body={"words": "yes"}))
        records.append(visit, entry(visit, 2, body={"words": "yes"}))
    first, second = Record.select().order_by(Record.id)
    assert first.hash != second.hash
