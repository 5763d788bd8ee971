"""Judging: what a submission would become, or why it cannot. Nothing is stored and no row is asked for."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from app import errors
from app.domain import form, seal
from app.domain.protocol import Step
from app.domain.record import Record
from app.domain.steps import common
from app.domain.steps.kinds import KINDS
from app.domain.vocabulary import CUSTOMER_ACTS
from app.models.people import Person
from app.services.opening import Opened, shown

COMMON_ACTS = ("passed", "problem", "resumed")
GATED_ACTS = frozenset({"done", "handed_over", "agreed", "signed"})
FORM_DEVICE = "form"  # plain forms have no counter of their own; the server counts for them
CLOCK_SLACK = timedelta(minutes=10)
LATE_LIMIT = timedelta(days=31)  # how long ago something may have been done that is entered now


@dataclass(frozen=True, slots=True)
class Kept:
    """What came along with an act that a phone kept: how far its time can be trusted (`domain/clock`), by how many
    seconds the phone was ahead, and the content that the customer saw when signing."""

    trust: str = "good"
    skew_s: int | None = None
    shown: dict[str, Any] | None = None


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
    kept: Kept | None = None  # only of the outbox: it happened so, and what follows must be made to fit


def sha_of(submission: Submission) -> str:
    """What makes two entries the same: visit, step, act and fields; not the time at which a form was sent again.

    :raise errors.Malformed: text that no file could hold (half of a sign that takes two)
    """
    try:
        return seal.digest([submission.visit, submission.step, submission.act, dict(submission.fields)])
    except seal.SealError:
        raise errors.Malformed() from None


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
    if submission.kept and submission.kept.trust != "good":
        body = {**body, "clock": {"trust": submission.kept.trust, "skew_s": submission.kept.skew_s}}
    return Record(
        seq=before.walk.version + 1, key=submission.key, step=step.id, act=submission.act, at=at, received=now,
        person=person.id, role=role, device=submission.device or FORM_DEVICE, corrects=submission.corrects, body=body,
    )  # fmt: skip


def _done_at(before: Opened, submission: Submission, now: datetime) -> datetime:
    """When the act was done, by the device. On a plain form the server's now when that clock cannot be right; what a
    phone kept was settled by its clock's reading, and is never given the time at which it arrived."""
    if submission.kept:
        return submission.at
    planned: datetime = before.visit.created_at
    if planned - CLOCK_SLACK <= submission.at <= now + CLOCK_SLACK:
        return submission.at
    return now.astimezone(submission.at.tzinfo)


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
    if submission.act in GATED_ACTS and (_shut_by(before, submission) or not state.applies):
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


def _shut_by(before: Opened, submission: Submission) -> list[str]:
    """The gates before a step. A total that was agreed to without a network stands, so its consent is no gate."""
    shut = before.walk.steps[submission.step].locked_by
    if submission.kept and before.walk.agreed and before.walk.agreed.get("differs"):
        return [need for need in shut if before.walk.steps[need].step.kind != "consent"]
    return list(shut)


def _read(step: Step, submission: Submission, around: common.Around) -> common.Entered:
    if submission.act == "passed":
        body, faults = common.read_passed(submission.fields, around.protocol)
    elif submission.act == "problem":
        body, faults = common.read_problem(step, submission.fields, around)
    elif submission.act == "resumed":
        body, faults = {}, {}
    else:
        body, faults = KINDS[step.kind].read(submission.act, step, submission.fields, around)
    if submission.kept and submission.act == "agreed" and faults == {"total": "changed_meanwhile"}:
        body, faults = {**body, "differs": {"shown": body["total"], "total": around.walk.fee.total}}, {}
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
        content, digest, code = seen.content, seen.digest, seen.code
        if (claimed := body.pop("shown")) != digest:
            signed = _as_signed(submission, claimed, content)
            if signed is None:
                raise errors.Moved(step=step.id)
            content = signed
            body["differs"] = {"shown": _total(content), "total": _total(seen.content)}
            digest, code = claimed, seal.short_code(claimed)
        return {**body, "digest": digest, "code": code, "content": content}
    return body


def _as_signed(submission: Submission, claimed: str, now: dict[str, Any]) -> dict[str, Any] | None:
    """The content that the customer signed on the phone: it stands, if it is what its digest says, of this visit and
    built like ours, since papers are made of it."""
    seen = submission.kept.shown if submission.kept else None
    if (
        seen is None
        or seen.keys() != now.keys()
        or any(seen[name] != now[name] for name in ("v", "layer", "ref"))
    ):
        return None
    if any(
        not isinstance(value, type(now[name]) | None) for name, value in seen.items() if now[name] is not None
    ):
        return None
    try:
        return seen if seal.digest(seen) == claimed else None
    except seal.SealError:
        return None


def _total(content: dict[str, Any]) -> Any:
    return (content.get("fee") or {}).get("total")
