"""Syncing: entries that a phone kept are received once each, and applied strictly in their order.

Receiving and applying are two things: any well-formed entry of its owner is stored; a refused one holds back only the
later ones of its visit and phone, here, where they are safe. Effect, entry and cursor are one transaction.
"""

import json
import logging
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app import errors
from app.domain.vocabulary import CUSTOMER_ACTS
from app.models import inbox, visits
from app.models.database import put, transaction
from app.models.inbox import InboxEntry
from app.models.people import Person
from app.services import visiting
from app.services.visiting import Submission

BATCH_LIMIT = 25
VOID = "void"  # fills a gap in the sequence for which the phone has no entry
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Entry:
    """One kept act with its place in the phone's own order for this visit."""

    submission: Submission
    seq: int
    form_version: str = "1"


@dataclass(slots=True)
class Receipt:
    """What became of each key: applied, held, refused (with its reason), mismatch, reseq or missing.

    `versions`: records per visit; `missing`: the sequence number that a visit waits for.
    """

    results: dict[str, dict[str, Any]] = field(default_factory=dict)
    watched: dict[str, str] = field(default_factory=dict)
    versions: dict[int, int] = field(default_factory=dict)
    missing: dict[int, int] = field(default_factory=dict)


def receive(
    person: Person, device: str, entries: Sequence[Entry], watch: list[str], now: datetime
) -> Receipt:
    """Store the entries, apply what can be applied, and say what became of each. One transaction for all."""
    receipt = Receipt()
    with transaction():
        for entry in entries[:BATCH_LIMIT]:
            key = entry.submission.key
            receipt.results[key] = _take(person, device, entry, now)
        for visit_id in {entry.submission.visit for entry in entries}:
            _note_progress(person, device, visit_id, receipt)
        for key in receipt.results:
            kept = inbox.entry(key)
            if kept and receipt.results[key]["state"] == "held":
                receipt.results[key] = _state_of(kept)
        receipt.watched = inbox.states_of(watch[:200], person.id) if watch else {}
    return receipt


def _take(person: Person, device: str, entry: Entry, now: datetime) -> dict[str, Any]:
    submission = entry.submission
    kept = inbox.entry(submission.key)
    if kept is not None:
        if kept.person_id != person.id or kept.sha != visiting.sha_of(submission):
            log.warning("entry_mismatch", extra={"key": submission.key})
            return {"state": "mismatch"}
        return _state_of(kept)
    if visits.of(person, submission.visit) is None:
        return {"state": "refused", "reason": "not_found"}
    seq = entry.seq
    corrected = inbox.entry(submission.corrects) if submission.corrects else None
    if corrected is not None and corrected.state == "refused" and corrected.person_id == person.id:
        inbox.settle(corrected.key, "superseded")
        seq = corrected.seq
    elif seq < inbox.next_of(submission.visit, device):
        return {"state": "reseq"}
    _store(person, device, entry, seq, now)
    _drain(person, submission.visit, device, now)
    settled = inbox.entry(submission.key)
    assert settled
    return _state_of(settled)


def _store(person: Person, device: str, entry: Entry, seq: int, now: datetime) -> None:
    submission = entry.submission
    put(
        InboxEntry, key=submission.key, person=person.id, device=device, visit=submission.visit, seq=seq,
        at=submission.at, received=now, form_version=entry.form_version, step=submission.step, act=submission.act,
        body=json.dumps({"fields": dict(submission.fields), "base": submission.base}, ensure_ascii=False),
        sha=visiting.sha_of(submission), corrects=submission.corrects, state="held",
    )  # fmt: skip


def _drain(person: Person, visit_id: int, device: str, now: datetime) -> None:
    """Apply entries while the next one in order is here and acceptable."""
    while waiting := inbox.waiting_at(visit_id, device, inbox.next_of(visit_id, device)):
        if not _apply(person, waiting, now):
            return
        inbox.take_next(visit_id, device)


def _apply(person: Person, waiting: InboxEntry, now: datetime) -> bool:
    if waiting.act == VOID:
        inbox.settle(waiting.key, "applied")
        return True
    kept = json.loads(waiting.body)
    submission = Submission(
        visit=waiting.visit_id, step=waiting.step, act=waiting.act, key=waiting.key, fields=kept["fields"],
        at=waiting.at, device=waiting.device, base=kept["base"], corrects=waiting.corrects,
    )  # fmt: skip
    role = "customer" if waiting.act in CUSTOMER_ACTS else "engineer"
    try:
        with transaction():
            visiting.apply(visiting.opened(person, waiting.visit_id, now), submission, person, now, role)
    except errors.Fault as fault:
        inbox.settle(
            waiting.key,
            "refused",
            json.dumps({"code": fault.code, "fields": fault.details.get("fields", {})}),
        )
        return False
    except Exception:
        # Whatever else went wrong must not roll back the batch: the entry is safe here and can be applied after a fix.
        reference = uuid.uuid4().hex[:8]
        log.exception("entry_broke", extra={"reference": reference})
        inbox.settle(waiting.key, "refused", json.dumps({"code": "broken", "reference": reference}))
        return False
    inbox.settle(waiting.key, "applied")
    return True


def _note_progress(person: Person, device: str, visit_id: int, receipt: Receipt) -> None:
    visit = visits.of(person, visit_id)
    if visit is None:
        return
    receipt.versions[visit_id] = visit.version
    following = inbox.next_of(visit_id, device)
    if inbox.is_gap(visit_id, device, following):
        receipt.missing[visit_id] = following


def _state_of(kept: InboxEntry) -> dict[str, Any]:
    if kept.reason:
        reason: Mapping[str, Any] = json.loads(kept.reason)
        return {"state": kept.state, "reason": reason["code"], "fields": reason.get("fields", {})}
    return {"state": kept.state}
