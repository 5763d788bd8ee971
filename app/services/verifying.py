"""Verifying: whether what is kept is still what was saved: the chain of every outlet, the bodies, and the seals.

Nothing is mended here. A finding names the visit and the record, so that a person can look at it.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from app.domain import record, seal
from app.models import records, retention, visits
from app.models.outlets import Outlet

HEAD = ("seq", "key", "step", "act", "at", "received", "person", "role", "device", "corrects")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it was saved: the visit's reference and the number of the record (0: the whole)."""

    outlet: str
    visit: str
    seq: int
    fault: str

    def __str__(self) -> str:
        return (
            f"{self.visit or self.outlet}" + (f", record {self.seq}" if self.seq else "") + f": {self.fault}"
        )


@dataclass(slots=True)
class Report:
    """What was looked at, and what was found. `forgotten` counts the bodies that retention took."""

    records: int = 0
    seals: int = 0
    forgotten: int = 0
    findings: list[Finding] = field(default_factory=list)


def verify() -> Report:
    """Walk the chain of every outlet from its first record to its last."""
    report = Report()
    for outlet in Outlet.select().order_by(Outlet.id):
        _verify_outlet(outlet, report)
    allowed = retention.forgotten()
    if report.forgotten > allowed:
        fault = f"{report.forgotten - allowed} bodies are missing that no retention run forgot"
        report.findings.append(Finding("all outlets", "", 0, fault))
    return report


def _verify_outlet(outlet: Outlet, report: Report) -> None:
    previous, counts = records.GENESIS, dict[int, int]()
    for row in records.links_of(outlet.id):
        report.records += 1
        expected = counts[row["visit"]] = counts.get(row["visit"], 0) + 1
        found = [*_link_faults(row, previous, expected), *_body_faults(row, report)]
        report.findings += [Finding(outlet.code, row["reference"], row["seq"], fault) for fault in found]
        previous, counts[row["visit"]] = row["chain"], row["seq"]
    for visit_id, reference, version in visits.versions_of(outlet.id):
        if counts.get(visit_id, 0) != version:
            fault = f"{version} records were saved, {counts.get(visit_id, 0)} are there"
            report.findings.append(Finding(outlet.code, reference, 0, fault))


def _link_faults(row: dict[str, Any], previous: str, expected: int) -> Iterator[str]:
    if row["seq"] != expected:
        yield f"comes after number {expected - 1}"
    if row["prev_hash"] != previous:
        yield "does not follow the record before it in the outlet's chain"
    entry = record.Record(**{name: row[name] for name in HEAD})
    if row["chain"] != records.chain_of(row["prev_hash"], row["hash"], row["visit"], entry):
        yield "who, what or when was changed"


def _body_faults(row: dict[str, Any], report: Report) -> Iterator[str]:
    if row["body"] is None:
        report.forgotten += 1
        return
    if records.hash_of(row["salt"], row["body"]) != row["hash"]:
        yield "what was entered was changed"
    try:
        body = json.loads(row["body"])
    except ValueError:
        yield "what was entered cannot be read"
        return
    if "content" in body and "digest" in body:
        report.seals += 1
        if seal.digest(body["content"]) != body["digest"]:
            yield "what was signed does not fit its seal"
        elif seal.short_code(body["digest"]) != body.get("code"):
            yield "the seal's short code is not the seal's"
