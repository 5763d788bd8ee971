"""Visiting: the one door for writing what happens at a visit, whichever road it came by.

One save is one transaction: found through the person, judged by the walk, read by the step's kind, appended, and its
consequences carried out. The rules themselves live in `domain`.
"""

import hashlib
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from app import errors
from app.domain import content, form, schedule, seal, walk
from app.domain.facts import Facts
from app.domain.price_list import PriceList
from app.domain.protocol import Protocol, Step
from app.domain.record import Record
from app.domain.steps import common
from app.domain.steps.kinds import KINDS
from app.domain.vocabulary import CUSTOMER_ACTS, ENDED_STATES
from app.domain.walk import Walk
from app.models import blobs, inbox, records, stock, visits
from app.models.database import change, put, transaction
from app.models.inbox import InboxEntry
from app.models.people import Person
from app.models.tasks import Task
from app.models.visits import Visit
from app.services import following_up, planning, publishing

COMMON_ACTS = ("passed", "problem", "resumed")
GATED_ACTS = frozenset({"done", "handed_over", "agreed", "signed"})
FORM_DEVICE = "form"  # plain forms have no counter of their own; the server counts for them
CLOCK_SLACK = timedelta(minutes=10)
LATE_LIMIT = timedelta(days=31)  # how long ago something may have been done that is entered now
KEY_LIMIT = 64


@dataclass(frozen=True, slots=True)
class Submission:
    """One entry as it came: which step and act, the typed fields, the key made by the page, when it was done.

    `base`: key of the record that the page built on for this step ('' for none, None when it does not say).
    """

    visit: int
    step: str
    act: str
    key: str
    fields: Mapping[str, str | list[str]]
    at: datetime
    device: str = ""
    base: str | None = None
    corrects: str | None = None


@dataclass(slots=True)
class Opened:
    """A visit with everything that a page, a paper or the next save looks at."""

    visit: Visit
    facts: Facts
    protocol: Protocol
    prices: PriceList
    records: tuple[Record, ...]
    walk: Walk


@dataclass(frozen=True, slots=True)
class Shown:
    """What the customer is shown: the content, its SHA-256 and the short code of it."""

    content: dict[str, Any]
    digest: str
    code: str


def opened(person: Person, visit_id: int, now: datetime) -> Opened:
    """The visit as it stands. :raise errors.NotFound: when it is not this person's to see."""
    visit = visits.of(person, visit_id)
    if visit is None:
        raise errors.NotFound(visit=visit_id)
    return _opened(visit)


def by_token(person: Person, token: str, now: datetime) -> Opened:
    """The visit behind a customer's page, for the engineer's session that shows it. :raise errors.NotFound:"""
    visit = visits.by_customer_token(token)
    if visit is None or visit.engineer_id != person.id:
        raise errors.NotFound(token="?")
    return _opened(visit)


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
    after = _with(before, record)
    with transaction():
        if _is_known(submission) or visits.version_of(submission.visit) != before.visit.version:
            before = opened(person, submission.visit, now)
            if _is_known(submission):
                return before
            record = judged(before, submission, person, now, role)
            after = _with(before, record)
        _keep_entry(submission, person, now)
        return _append(before, after, now)


def apply(before: Opened, submission: Submission, person: Person, now: datetime, role: str) -> Opened:
    """The save itself, whichever road it came by. Needs an open transaction; raises as `submit`."""
    return _append(before, _with(before, judged(before, submission, person, now, role)), now)


def judged(before: Opened, submission: Submission, person: Person, now: datetime, role: str) -> Record:
    """The record that a submission would become, or the reason why it cannot (see `submit`). Stores nothing."""
    step = before.protocol.step(submission.step)
    if step is None or submission.act not in (*COMMON_ACTS, *KINDS[step.kind].ACTS):
        raise errors.NotFound(step=submission.step, act=submission.act)
    if before.visit.engineer_id != person.id:  # the desk sees every visit, and writes what happened in none
        raise errors.NotFound(visit=submission.visit)
    _check_role(before, step, submission, role)
    _check_open(before, step, submission)
    at = _done_at(before, submission, now)
    around = common.Around(before.facts, before.protocol, before.prices, before.walk, at)
    body, faults = _read(step, submission, around)
    if faults:
        raise errors.Invalid(fields=faults, step=step.id, act=submission.act)
    body = _enriched(before, step, submission, body)
    return Record(
        seq=before.walk.version + 1, key=submission.key, step=step.id, act=submission.act, at=at, received=now,
        person=person.id, role=role, device=submission.device or FORM_DEVICE, corrects=submission.corrects, body=body,
    )  # fmt: skip


def _done_at(before: Opened, submission: Submission, now: datetime) -> datetime:
    """When the act was done, by the device; the server's now when the device's clock cannot be right."""
    planned: datetime = before.visit.created_at
    if planned - CLOCK_SLACK <= submission.at <= now + CLOCK_SLACK:
        return submission.at
    return now.astimezone(submission.at.tzinfo)


def shown(current: Opened, step_id: str, language: str | None = None) -> Shown:
    """What the customer signs at this step: the slip's customer layer, or the IOU at a take-back."""
    step = current.protocol.step(step_id)
    layer = content.iou_layer if step and step.kind == "take_back" else content.customer_layer
    found = layer(
        current.facts, current.walk, current.protocol, current.prices, language or current.visit.language
    )
    digest = seal.digest(found)
    return Shown(found, digest, seal.short_code(digest))


def rule(person: Person, task: Task, ruling: str, amount: int | None, answer: str, now: datetime) -> Opened:
    """Write the desk's answer to a question into the visit, where the engineer sees it (K-REMARK-10)."""
    if ruling == "reduce_to" and (amount is None or amount < 0):
        raise errors.Invalid(fields={"amount": "required" if amount is None else "too_small"})
    body = {"task": task.id, "ruling": ruling, "amount": amount, "answer": answer, "by": person.name}
    return _by_desk(person, task.visit_id, task.step or "", "ruled", body, now)


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
    """Read the state columns off the records again; True when they had differed."""
    visit = visits.by_id(visit_id)
    if visit is None:
        raise errors.NotFound(visit=visit_id)
    current = _opened(visit)
    columns = _columns(current.walk)
    differed = any(getattr(visit, name) != value for name, value in columns.items())
    if differed:
        Visit.update(**columns).where(Visit.id == visit.id).execute()
    return differed


def _opened(visit: Visit) -> Opened:
    facts = facts_of(visit)
    norm, prices = publishing.protocol_of(visit.protocol), publishing.prices_of(visit.price_list)
    kept = records.of_visit(visit.id)
    return Opened(visit, facts, norm, prices, kept, walk.read(norm, facts, prices, kept))


def facts_of(visit: Visit) -> Facts:
    """The visit's facts from the rows that came along with it."""
    around = visit.around
    return Facts(
        visit=visit.id, reference=visit.reference, language=visit.language, day=visit.day,
        slot_start=visit.slot_start, slot_end=visit.slot_end, travel_minutes=visit.travel_minutes,
        customer=around["customer"], appliance=around["appliance"], job=around["job"],
        engineer={**around["engineer"], "name": around["engineer"]["name"] or ""},
        outlet={key: value for key, value in around["outlet"].items() if key != "is_demo"},
        loaners=stock.for_visit(visit.outlet_id, visit.id),
        clashes=_clashes(visit),
    )  # fmt: skip


def _clashes(visit: Visit) -> tuple[str, ...]:
    """References of this engineer's visits that cannot be kept beside this one; asked only until he leaves (B-TIME-05)."""
    if visit.engineer_id is None or visit.state not in ("scheduled", "accepted"):
        return ()
    day = [row for row in visits.of_day(visit.engineer_id, visit.day) if row["state"] not in ENDED_STATES]
    names = {str(row["id"]): row["reference"] for row in day}
    ways = {str(row["id"]): int(row["travel_minutes"]) for row in day}
    slots = [schedule.Slot(str(row["id"]), row["slot_start"], row["slot_end"], str(row["id"])) for row in day]
    me = str(visit.id)
    pairs = [{clash.first, clash.second} for clash in schedule.clashes(slots, lambda _from, to: ways[to])]
    return tuple(names[other] for pair in pairs if me in pair for other in pair - {me})


def _is_known(submission: Submission) -> bool:
    kept = inbox.sha_of(submission.key)
    if kept is not None and kept != sha_of(submission):
        raise errors.Mismatch(key=submission.key)
    return kept is not None


def sha_of(submission: Submission) -> str:
    """What makes two entries the same: visit, step, act and fields; not the time at which a form was sent again.

    :raise errors.Malformed: text that no file could hold (half of a sign that takes two)
    """
    same = [submission.visit, submission.step, submission.act, dict(submission.fields)]
    try:
        return hashlib.sha256(json.dumps(same, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
    except UnicodeEncodeError:
        raise errors.Malformed() from None


def _check_role(before: Opened, step: Step, submission: Submission, role: str) -> None:
    """Customer's acts come only from the customer's page while the phone is in their hands."""
    if (submission.act in CUSTOMER_ACTS) != (role == "customer"):
        raise errors.NotFound(step=step.id, act=submission.act)
    handed = before.walk.hand_over
    if role == "customer" and (handed is None or handed.step != step.id):
        raise errors.NotOpen(step=step.id, needs=[step.id])


def _check_open(before: Opened, step: Step, submission: Submission) -> None:
    state = before.walk.steps[step.id]
    is_over = (
        before.walk.state == "finished" and step.layer == "customer" and submission.act not in ("rated",)
    )
    is_ended = (
        before.walk.ended is not None and not before.walk.ended_by_desk
    )  # what the desk ended takes late entries
    if is_ended or (is_over and submission.act != "handed_back"):
        raise errors.Ended(state=before.walk.state)
    if before.walk.paused and submission.act in GATED_ACTS:
        raise errors.NotOpen(step=step.id, needs=[before.walk.paused.step])
    if submission.act in GATED_ACTS and (state.locked_by or not state.applies):
        raise errors.NotOpen(step=step.id, needs=list(state.locked_by))
    if submission.act == "handed_over" and step.kind == "take_back" and "condition" not in state.values:
        raise errors.NotOpen(step=step.id, needs=[step.id])
    if submission.act == "rated" and before.walk.rated:
        # The phone may be handed over again; what the customer thought of it is said once.
        raise errors.Invalid(fields={"quality": "already_rated"}, step=step.id, act="rated")
    if submission.act == "passed" and (step.gate or step.kind == "sign"):
        raise errors.Invalid(fields={"reason": "cannot_be_passed"}, step=step.id, act="passed")
    if submission.act in ("done", "passed") and submission.base is not None and submission.base != state.base:
        raise errors.Moved(step=step.id)


def _read(step: Step, submission: Submission, around: common.Around) -> common.Entered:
    if submission.act == "passed":
        body, faults = common.read_passed(submission.fields, around.protocol)
    elif submission.act == "problem":
        body, faults = common.read_problem(step, submission.fields, around)
    elif submission.act == "resumed":
        body, faults = {}, {}
    else:
        body, faults = KINDS[step.kind].read(submission.act, step, submission.fields, around)
    about = form.first(submission.fields, "done_about").strip()
    if about:
        moment = form.moment(about)
        if moment is None or not around.at - LATE_LIMIT <= moment <= around.at:
            faults["done_about"] = "bad_time"
        else:
            body["done_about"] = moment.isoformat()
    return body, faults


def _enriched(before: Opened, step: Step, submission: Submission, body: dict[str, Any]) -> dict[str, Any]:
    """What the server adds to an entry: a line's standard price, and what exactly was signed."""
    if submission.act == "line":
        item = before.prices.items[body["item"]]
        return {**body, "kind": item.kind, "standard": item.price}
    if submission.act in ("signed", "declined"):
        language = form.text(submission.fields, "language", 10) or before.visit.language
        seen = shown(before, step.id, language if language in before.protocol.words else None)
        if body.pop("shown") != seen.digest:
            raise errors.Moved(step=step.id)
        return {**body, "digest": seen.digest, "code": seen.code, "content": seen.content}
    return body


def _with(before: Opened, record: Record) -> Opened:
    """How the visit stands after this record; nothing is stored."""
    kept = (*before.records, record)
    return replace(before, records=kept, walk=walk.read(before.protocol, before.facts, before.prices, kept))


def _append(before: Opened, after: Opened, now: datetime) -> Opened:
    """Store the last record of `after` with all that follows from it. Needs an open transaction."""
    visit, facts, record = before.visit, before.facts, after.records[-1]
    records.append(visit, record)
    for sha in _photos(record.body):
        blobs.name(visit.id, sha)
    columns = _columns(after.walk)
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
    return after


def _columns(current: Walk) -> dict[str, Any]:
    """The cache that boards read; `rebuild` makes the same again."""
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
        "version": current.version,
    }


def _keep_entry(submission: Submission, person: Person, now: datetime) -> None:
    device = submission.device or FORM_DEVICE
    put(
        InboxEntry, key=submission.key, person=person.id, device=device, visit=submission.visit,
        seq=inbox.take_next(submission.visit, device), at=submission.at, received=now, form_version="1",
        step=submission.step, act=submission.act, sha=sha_of(submission), corrects=submission.corrects,
        body=json.dumps(dict(submission.fields), ensure_ascii=False, sort_keys=True), state="applied",
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
        return _append(before, _with(before, record), now)


def _photos(body: Mapping[str, Any]) -> list[str]:
    found: list[str] = []
    for value in body.values():
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, str) and form.BLOB.fullmatch(one):
                found.append(one.removeprefix("sha256:"))
    return found
