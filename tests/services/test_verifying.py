"""Verifying: a database that was tampered with behind the app's back says where."""

import json

import pytest

from app.domain import record as record_rule
from app.models import records
from app.models.database import database
from app.models.retention import RetentionRun
from app.services import verifying
from app.services.rehearsing import Rehearsal
from tests import builders

REFERENCE = "HZ1-261123-0001"


@pytest.fixture
def visit(cast):
    """A visit of mei's up to its end, and the first steps of one of tom's."""
    made = builders.visit(cast.mei)
    Rehearsal(cast.mei, made.id, builders.NOW).until(None)
    Rehearsal(cast.tom, builders.visit(cast.tom).id, builders.NOW).until("kit")
    return made


def tamper(statement: str, *arguments: object) -> None:
    """Change rows as somebody with the file in hand could."""
    kept = database.execute_sql("select name, sql from sqlite_master where type = 'trigger'").fetchall()
    for name, _sql in kept:
        database.execute_sql(f"drop trigger {name}")
    database.execute_sql("pragma foreign_keys = 0")
    database.execute_sql(statement, arguments)
    for _name, sql in kept:
        database.execute_sql(sql)


def found() -> set[tuple[str, int]]:
    return {(one.visit, one.seq) for one in verifying.verify().findings}


def test_what_was_saved_in_the_ordinary_way_verifies(visit):
    report = verifying.verify()
    assert report.findings == []
    assert report.seals == 1 and report.forgotten == 0
    assert report.records == database.execute_sql("select count(*) from record").fetchone()[0] > 20


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("update record set at = '2026-11-23T09:00:00+08:00' where visit_id = 1 and seq = 7", "was changed"),
        ("update record set act = 'passed' where visit_id = 1 and seq = 7", "was changed"),
        ("update record set person_id = 2 where visit_id = 1 and seq = 7", "was changed"),
        (
            "update record set hash = replace(hash, substr(hash, 1, 1), 'x') where visit_id = 1 and seq = 7",
            "was changed",
        ),
        (
            "update record_body set body = replace(body, '{', '{ ') where record_id = 7",
            "what was entered was changed",
        ),
        ("update record_body set salt = 'x' where record_id = 7", "what was entered was changed"),
        ("update record_body set body = 'x' where record_id = 7", "cannot be read"),
    ],
)
def test_a_changed_byte_is_found_where_it_is(visit, statement, fault):
    tamper(statement)
    findings = verifying.verify().findings
    assert {(one.outlet, one.visit, one.seq) for one in findings} == {("HZ1", REFERENCE, 7)}
    assert any(fault in str(one) for one in findings)


def test_a_record_taken_out_of_the_middle_leaves_a_hole(visit):
    tamper("delete from record where visit_id = 1 and seq = 7")
    assert (REFERENCE, 8) in found()


def test_a_record_taken_off_the_end_is_missed(visit):
    last = database.execute_sql("select max(seq) from record where visit_id = 1").fetchone()[0]
    tamper("delete from record where visit_id = 1 and seq = ?", last)
    assert (REFERENCE, 0) in found()


def test_two_bodies_exchanged_are_both_found(visit):
    tamper("update record_body set record_id = -1 where record_id = 7")
    tamper("update record_body set record_id = 7 where record_id = 8")
    tamper("update record_body set record_id = 8 where record_id = -1")
    assert found() == {(REFERENCE, 7), (REFERENCE, 8)}


def test_a_body_whose_hashes_were_made_again_still_breaks_the_next_link(visit):
    """Who rewrites one record would have to rewrite the outlet's whole chain after it."""
    row = next(one for one in records.links_of(1) if one["seq"] == 7)
    body_hash = records.hash_of("salt", "{}")
    entry = record_rule.Record(**{name: row[name] for name in verifying.HEAD})
    chain = records.chain_of(row["prev_hash"], body_hash, row["visit"], entry)
    tamper("update record_body set salt = 'salt', body = '{}' where record_id = ?", row["id"])
    tamper("update record set hash = ?, chain = ? where id = ?", body_hash, chain, row["id"])
    assert found() == {(REFERENCE, 8)}


def test_a_seal_that_does_not_fit_its_content_is_found(visit):
    """Also when the hashes of record and chain were made to fit."""
    rows = list(records.links_of(1))
    at = next(index for index, one in enumerate(rows) if one["act"] == "signed")
    body = json.loads(rows[at]["body"])
    body["content"]["fee"]["total"] += 100
    previous = rows[at]["prev_hash"]
    for row in rows[at:]:
        text = json.dumps(body) if row["act"] == "signed" else row["body"]
        entry = record_rule.Record(**{name: row[name] for name in verifying.HEAD})
        body_hash = records.hash_of(row["salt"], text)
        chain = records.chain_of(previous, body_hash, row["visit"], entry)
        tamper("update record_body set body = ? where record_id = ?", text, row["id"])
        tamper(
            "update record set hash = ?, prev_hash = ?, chain = ? where id = ?",
            body_hash,
            previous,
            chain,
            row["id"],
        )
        previous = chain
    (finding,) = verifying.verify().findings
    assert finding.seq == rows[at]["seq"] and "does not fit its seal" in finding.fault


def test_what_retention_forgot_is_no_finding(visit):
    run = RetentionRun.create(reason="five years are over", started=builders.NOW)
    database.execute_sql("delete from record_body where record_id <= 5")
    run.bodies, run.ended = 5, builders.NOW
    run.save()
    report = verifying.verify()
    assert report.findings == [] and report.forgotten == 5


def test_a_body_that_no_run_forgot_is_missed(visit):
    tamper("delete from record_body where record_id = 5")
    assert "1 bodies are missing" in str(verifying.verify().findings[0])
