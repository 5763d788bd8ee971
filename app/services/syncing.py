"""Syncing: entries that a phone kept are received once each, and the phone is told what became of every one.

Receiving and applying are two things: any well-formed entry of its owner is stored; a refused one holds back only the
later ones of its visit and phone, here, where they are safe. How they take effect is `applying`'s.
"""

import hashlib
import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app import errors
from app.domain import clock
from app.models import blobs, inbox, visits
from app.models.database import put, transaction
from app.models.inbox import InboxEntry
from app.models.people import Person
from app.models.sessions import Session
from app.services import applying, authenticating
from app.services.judging import Submission, sha_of
from app.services.visiting import photos_in

BATCH_LIMIT = 25
WATCH_LIMIT = 200
REVOKED, MALFORMED = '{"code": "revoked"}', '{"code": "malformed"}'
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Entry:
    """One kept act with its place in the phone's own order for this visit.

    `clock`: the phone's reading (see `clock.settled`); `shown`: the content that was signed; `proof`: the secret that
    the PIN opened. `broken` holds what was sent instead when it cannot be read, though its envelope could.
    """

    submission: Submission
    seq: int
    form_version: str = "1"
    role: str = ""
    clock: Mapping[str, Any] | None = None
    shown: Mapping[str, Any] | None = None
    proof: str | None = None
    broken: str | None = None


@dataclass(slots=True)
class Receipt:
    """What became of each key: applied, held, refused (with its reason), withdrawn, superseded, mismatch or reseq.

    `watched`: the same of other keys asked for. `versions`: records per visit; `missing`: the sequence number that a
    visit waits for; `tallies`: per visit {count, digest} of everything received from this phone.
    """

    results: dict[str, dict[str, Any]] = field(default_factory=dict)
    watched: dict[str, dict[str, Any]] = field(default_factory=dict)
    versions: dict[int, int] = field(default_factory=dict)
    missing: dict[int, int] = field(default_factory=dict)
    tallies: dict[int, dict[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Phone:
    """Who hands in from where. `session` is None in tests only; `is_revoked`: signed out from elsewhere meanwhile."""

    person: Person
    device: str
    session: Session | None = None
    is_revoked: bool = False


def receive(
    person: Person, device: str, entries: Sequence[Entry], watch: list[str], now: datetime,
    *, session: Session | None = None, is_revoked: bool = False, about: Sequence[int] = (),
) -> Receipt:  # fmt: skip
    """Store the entries, apply what can be applied, and say what became of each. One transaction for all.

    `about`: further visits whose progress is told. What a revoked session brings is stored and kept back for the
    desk. :raise errors.TooLarge: details: limit
    """
    if len(entries) > BATCH_LIMIT:
        raise errors.TooLarge(limit=BATCH_LIMIT)
    phone, receipt = Phone(person, device, session, is_revoked), Receipt()
    with transaction():
        for entry in entries:
            receipt.results[entry.submission.key] = _take(phone, entry, now)
        asked = inbox.of_keys([*receipt.results, *watch[:WATCH_LIMIT]], person.id)
        for kept in asked:
            if kept.key not in receipt.results:
                receipt.watched[kept.key] = _state_of(kept)
            elif receipt.results[kept.key]["state"] == "held":
                receipt.results[kept.key] = _state_of(kept)  # a later one of the batch may have let it go
        for visit_id in (
            {entry.submission.visit for entry in entries} | {kept.visit_id for kept in asked} | {*about}
        ):
            _note_progress(person, device, visit_id, receipt)
    return receipt


def tally(visit_id: int, device: str) -> dict[str, Any]:
    """How many entries of this phone the office has for a visit, and the SHA-256 over their places, keys and hashes."""
    rows = inbox.counted(visit_id, device)
    text = "".join(f"{seq} {key} {sha}\n" for seq, key, sha in rows)
    return {"count": len(rows), "digest": hashlib.sha256(text.encode()).hexdigest()}


def _take(phone: Phone, entry: Entry, now: datetime) -> dict[str, Any]:
    submission = entry.submission
    kept = inbox.entry(submission.key)
    if (
        kept is not None
        and kept.reason == MALFORMED
        and entry.broken is None
        and _is_place(kept, phone, entry)
    ):
        inbox.drop(kept.key)  # it could not be read then
        kept = None
    if kept is not None:
        return _known(phone, entry, kept, now)
    if visits.of(phone.person, submission.visit) is None or phone.person.role != "engineer":
        return {"state": "refused", "reason": "not_found"}
    seq = entry.seq
    corrected = inbox.entry(submission.corrects) if submission.corrects else None
    if corrected is not None and _may_correct(corrected, phone, submission):
        inbox.settle(corrected.key, "superseded")
        seq = corrected.seq
    elif submission.corrects and seq < inbox.next_of(submission.visit, phone.device):
        # The desk settled it meanwhile; there is nothing to put right or to take back any more.
        return (
            {"state": "superseded"}
            if submission.act == applying.VOID
            else {"state": "refused", "reason": "moved"}
        )
    elif seq < inbox.next_of(submission.visit, phone.device) or inbox.at_place(
        submission.visit, phone.device, seq
    ):
        return {"state": "reseq"}
    _store(phone, entry, seq, now)
    applying.drain(submission.visit, phone.device, now)
    settled = inbox.entry(submission.key)
    assert settled
    return _state_of(settled)


def _known(phone: Phone, entry: Entry, kept: InboxEntry, now: datetime) -> dict[str, Any]:
    """A key that was here before: nothing is stored; other content under it is an alarm."""
    submission = entry.submission
    if kept.person_id != phone.person.id or kept.sha != _sha(entry):
        log.warning("entry_mismatch", extra={"key": submission.key})
        return {"state": "mismatch"}
    if kept.device != phone.device and inbox.at_place(submission.visit, phone.device, entry.seq) is None:
        # The phone counts anew under another id, and did not know that this one had arrived.
        inbox.move(kept.key, phone.device, entry.seq)
        applying.drain(submission.visit, phone.device, now)
    return _state_of(inbox.entry(submission.key) or kept)


def _is_place(kept: InboxEntry, phone: Phone, entry: Entry) -> bool:
    place = (phone.person.id, phone.device, entry.submission.visit, entry.seq)
    return (kept.person_id, kept.device, kept.visit_id, kept.seq) == place


def _may_correct(corrected: InboxEntry, phone: Phone, submission: Submission) -> bool:
    mine = (corrected.person_id, corrected.visit_id) == (phone.person.id, submission.visit)
    return mine and corrected.device == phone.device and corrected.state == "refused"


def _store(phone: Phone, entry: Entry, seq: int, now: datetime) -> None:
    submission = entry.submission
    found = _settled(entry, now)
    body: dict[str, Any] = {"fields": dict(submission.fields), "base": submission.base}
    if entry.broken is not None:
        body = {"broken": entry.broken}
    proved = bool(
        submission.act == "handed_back" and entry.proof and phone.session
        and authenticating.proves(phone.session, entry.proof)
    )  # fmt: skip
    put(
        InboxEntry, key=submission.key, person=phone.person.id, device=phone.device, visit=submission.visit, seq=seq,
        at=found.at, received=now, form_version=entry.form_version, step=submission.step, act=submission.act,
        body=json.dumps(body, ensure_ascii=False), sha=_sha(entry), corrects=submission.corrects, role=entry.role,
        state="refused" if entry.broken is not None else "held",
        reason=MALFORMED if entry.broken is not None else REVOKED if phone.is_revoked else None,
        clock=None if entry.clock is None else json.dumps(entry.clock), trust=found.trust,
        skew_s=found.skew_s, shown=None if entry.shown is None else json.dumps(entry.shown),
        proved=proved, session=phone.session.id if phone.session and not phone.is_revoked else None,
    )  # fmt: skip
    for sha in photos_in(submission.fields):
        blobs.name(submission.visit, sha)  # its photos are taken, whatever holds the entry itself back
    if proved and phone.session and not phone.is_revoked:
        # Whatever holds the entry back: the engineer has proved that the phone is his again.
        authenticating.free(phone.session.id, submission.visit)


def _settled(entry: Entry, now: datetime) -> clock.Settled:
    """When it was done, by the phone's reading of its clocks; without one by its word alone. Never when it arrived."""
    try:
        found = (
            clock.settled(entry.clock) if entry.clock else clock.Settled(entry.submission.at, "unknown", None)
        )
    except (ValueError, OverflowError):
        found = clock.Settled(entry.submission.at, "unknown", None)
    ahead = clock.skew(found.at, now)
    if ahead > clock.TRUSTED_SKEW_S:  # it cannot have been done after it arrived
        return clock.Settled(found.at, "unknown", ahead)
    return found


def _sha(entry: Entry) -> str:
    if entry.broken is not None:
        return hashlib.sha256(entry.broken.encode()).hexdigest()
    return sha_of(entry.submission)


def _note_progress(person: Person, device: str, visit_id: int, receipt: Receipt) -> None:
    visit = visits.of(person, visit_id)
    if visit is None:
        return
    receipt.versions[visit_id] = visit.version
    receipt.tallies[visit_id] = tally(visit_id, device)
    following = inbox.next_of(visit_id, device)
    if inbox.is_gap(visit_id, device, following):
        receipt.missing[visit_id] = following


def _state_of(kept: InboxEntry) -> dict[str, Any]:
    """{state} and, with a reason: reason (its code), fields, and what its sentence needs (needs, reference, text)."""
    if kept.reason:
        reason: dict[str, Any] = json.loads(kept.reason)
        return {"state": kept.state, "reason": reason.pop("code"), "fields": {}, **reason}
    return {"state": kept.state}
