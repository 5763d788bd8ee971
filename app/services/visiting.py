"""Visiting: the one door for writing what happens at a visit, whichever road it came by.

One save is one transaction: found through the person, judged by the walk, read by the step's kind, appended, and its
consequences carried out. The rules themselves live in `domain`.
"""

import json
import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from app import errors
from app.domain import clock, form, walk
from app.domain.record import Record
from app.domain.vocabulary import ENDED_STATES
from app.models import blobs, inbox, records, visits
from app.models.database import change, put, transaction
from app.models.inbox import InboxEntry
from app.models.people import Person
from app.models.tasks import Task
from app.models.visits import Visit
from app.services import following_up, planning, recalling
from app.services.judging import FORM_DEVICE, judged, sha_of
from app.services.judging import Submission as Submission
from app.services.opening import Opened as Opened
from app.services.opening import Shown as Shown
from app.services.opening import as_at as as_at
from app.services.opening import by_token as by_token
from app.services.opening import of_visit as of_visit
from app.services.opening import opened as opened
from app.services.opening import shown as shown
from app.services.opening import with_record

KEY_LIMIT = 64


def submit(person: Person, submission: Submission, now: datetime, role: str = "engineer") -> Opened:
    """Save one act, once. A known key with the same content stores nothing and answers with the present state.

    :raise errors.Malformed: a key that is none, a time without its offset
    :raise errors.NotFound: not this person's visit, no such step or act
    :raise errors.Mismatch: the key is known with other content
    :raise errors.Invalid: what was entered cannot be stored; details: fields
    :raise errors.NotOpen: a gate stands before the step, or the phone is not handed over
    :raise errors.Moved: the step was saved elsewhere meanwhile
    :raise errors.Ended: the visit is over
    """
    for name in (submission.key, submission.device or FORM_DEVICE):
        if not (0 < len(name) <= KEY_LIMIT and name.isascii()):
            raise errors.Malformed()
    if submission.at.tzinfo is None:
        raise errors.Malformed()
    before = opened(person, submission.visit, now)
    if _is_known(submission):
        return opened(person, submission.visit, now)
    # Everything but the writing is done before the writers' queue, and again in it if the visit went on meanwhile.
    record = judged(before, submission, person, now, role)
    after = with_record(before, record)
    with transaction():
        if _is_known(submission) or visits.version_of(submission.visit) != before.visit.version:
            before = opened(person, submission.visit, now)
            if _is_known(submission):
                return before
            record = judged(before, submission, person, now, role)
            after = with_record(before, record)
        _keep_entry(submission, person, role, now)
        return _append(before, after, now)


def apply(before: Opened, submission: Submission, person: Person, now: datetime, role: str) -> Opened:
    """The save itself, whichever road it came by. Needs an open transaction; raises as `submit`."""
    return _append(before, with_record(before, judged(before, submission, person, now, role)), now)


def rule(person: Person, task: Task, ruling: str, amount: int | None, answer: str, now: datetime) -> Opened:
    """Write the desk's answer to a question into the visit, where the engineer sees it (K-REMARK-10)."""
    if ruling == "reduce_to" and (amount is None or amount < 0):
        raise errors.Invalid(fields={"amount": "required" if amount is None else "too_small"})
    body = {"task": task.id, "ruling": ruling, "amount": amount, "answer": answer, "by": person.name}
    return _by_desk(person, task.visit_id, task.step or "", "ruled", body, now)


def answer_by_owner(
    before: Opened, step: str, act: str, engineer_id: int, body: dict[str, Any], now: datetime
) -> Opened:
    """Write what the owner answered by a link (`approving`), for whom the engineer asked. Needs an open transaction."""
    record = Record(
        seq=before.walk.version + 1, key=str(uuid.uuid4()), step=step, act=act, at=now, received=now,
        person=engineer_id, role="owner", device="link", body=body,
    )  # fmt: skip
    return _append(before, with_record(before, record), now)


def cancel(person: Person, visit: Visit, reason: str, now: datetime, text: str = "") -> Opened:
    """The desk ends a visit that will not take place. :raise errors.Ended: it has ended already."""
    body = {"reason": reason, "text": text} if text else {"reason": reason}
    return _by_desk(person, visit.id, "", "cancelled", body, now)


def move(person: Person, visit: Visit, start: datetime, end: datetime, now: datetime) -> Opened:
    """The desk gives a visit that has not begun another slot (UTC); by the record phones see that it changed."""
    body = {"from": visit.slot_start.isoformat(), "to": start.isoformat()}
    day = start.astimezone(ZoneInfo(visit.outlet.timezone)).date()
    with transaction():
        change(Visit, visit.id, slot_start=start, slot_end=end, day=day)
        return _by_desk(person, visit.id, "", "moved", body, now)


def reassign(person: Person, visit: Visit, engineer: Person, now: datetime) -> Visit:
    """End the visit as transferred and plan the next engineer's; a visit nobody has yet is just given out.

    One that its engineer gave back has ended already. :raise errors.Ended: it ended in another way, or has a successor
    """
    with transaction():
        if visit.engineer_id is None:
            Visit.update(engineer=engineer.id).where(Visit.id == visit.id).execute()
            return Visit.get_by_id(visit.id)
        if opened(person, visit.id, now).walk.ended_as != "transferred" or visits.is_followed(visit.id):
            _by_desk(
                person, visit.id, "", "reassigned", {"to": engineer.name}, now
            )  # else the engineer gave it back
        return planning.plan(
            visit.outlet, visit.work_order, engineer, visit.slot_start, visit.slot_end, now,
            follows=visit, travel_minutes=visit.travel_minutes,
        )  # fmt: skip


def rebuild(visit_id: int) -> bool:
    """Read the state columns, and what is remembered of the repair, off the records again; True when columns had differed."""
    visit = visits.by_id(visit_id)
    if visit is None:
        raise errors.NotFound(visit=visit_id)
    current = of_visit(visit)
    columns = _columns(current)
    differed = any(getattr(visit, name) != value for name, value in columns.items())
    if differed:
        Visit.update(**columns).where(Visit.id == visit.id).execute()
    recalling.remember_anew(current)
    return differed


def _is_known(submission: Submission) -> bool:
    kept = inbox.sha_of(submission.key)
    if kept is not None and kept != sha_of(submission):
        raise errors.Mismatch(key=submission.key)
    return kept is not None


def _append(before: Opened, after: Opened, now: datetime) -> Opened:
    """Store the last record of `after` with all that follows from it. Needs an open transaction."""
    visit, facts, record = before.visit, before.facts, after.records[-1]
    records.append(visit, record)
    for sha in photos_in(record.body):
        blobs.name(visit.id, sha)
    columns = _columns(after)
    if after.walk.appointment != visit.slot_start:
        length = visit.slot_end - visit.slot_start
        day = after.walk.appointment.astimezone(ZoneInfo(facts.outlet["timezone"])).date()
        columns |= {
            "slot_start": after.walk.appointment,
            "slot_end": after.walk.appointment + length,
            "day": day,
        }
    change(Visit, visit.id, **columns)
    for name, value in columns.items():
        setattr(visit, name, value)
    following_up.carry_out(before.walk, after.walk, record, visit, before.protocol, now)
    recalling.remember(after, (record,))
    return after


def _columns(opened: Opened) -> dict[str, Any]:
    """The cache that boards read; `rebuild` makes the same again."""
    current = opened.walk
    signature = current.signature
    last = [state.at for state in current.steps.values() if state.at and state.step.kind != "hand_in"]
    finished_at = current.ended.at if current.ended else max(last, default=None)
    return {
        "state": current.state,
        "outcome": current.outcome,
        "next_step": current.next_step,
        "stage": current.stage,
        "arrived_at": current.arrived_at,
        "finished_at": finished_at if current.state == "finished" else None,
        "signed": None if signature is None else "void" if signature.void else signature.how,
        "total": current.fee.total,
        "clock": _clock(opened),
        "version": current.version,
    }


def _clock(opened: Opened) -> str | None:
    """Whether a time is in doubt: the arrival's (then it is unproven, decided) or another one's."""
    arrived = opened.walk.of_kind("arrive")
    if arrived and arrived.status == "done" and clock.is_unproven(arrived.values.get("clock")):
        return "unproven"
    return "skew" if any("clock" in record.body for record in opened.records) else None


def _keep_entry(submission: Submission, person: Person, role: str, now: datetime) -> None:
    device = submission.device or FORM_DEVICE
    put(
        InboxEntry, key=submission.key, person=person.id, device=device, visit=submission.visit,
        seq=inbox.take_next(submission.visit, device), at=submission.at, received=now, form_version="1",
        step=submission.step, act=submission.act, sha=sha_of(submission), corrects=submission.corrects, role=role,
        body=json.dumps(dict(submission.fields), ensure_ascii=False, sort_keys=True), state="applied",
        proved=False,
    )  # fmt: skip


def _by_desk(
    person: Person, visit_id: int, step: str, act: str, body: dict[str, Any], now: datetime
) -> Opened:
    with transaction():
        before = opened(person, visit_id, now)
        if act in walk.DESK_ENDS and before.walk.state in ENDED_STATES:
            raise errors.Ended(state=before.walk.state)
        record = Record(
            seq=before.walk.version + 1, key=str(uuid.uuid4()), step=step, act=act, at=now, received=now,
            person=person.id, role="desk", device="desk", body=body,
        )  # fmt: skip
        return _append(before, with_record(before, record), now)


def photos_in(body: Mapping[str, Any]) -> list[str]:
    """The hashes of the photos that an entry or a record names."""
    found: list[str] = []
    for value in body.values():
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, str) and form.BLOB.fullmatch(one):
                found.append(one.removeprefix("sha256:"))
    return found
