"""Answering: the desk settles what engineers asked or promised: rulings, notices, and calls after a visit."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from app import errors
from app.domain import form, intake, ruling, survey
from app.models import boards, people, tasks
from app.models.database import transaction
from app.models.people import Person
from app.models.tasks import FollowUp, Task
from app.services import visiting

RESULTS = ("fine", "not_fine", "not_reached")
CALLERS = ("dispatcher", "centre", "manager", "admin")
AGAIN_MINUTES = (30, 60, 120, 240, 1440)
AHEAD = timedelta(hours=1)
NOTE_LIMIT = 500

Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Queue:
    """What waits at the desk: what is the person's own, what is others', and the calls that are due."""

    own: Rows
    others: Rows
    calls: Rows


def queue(person: Person, now: datetime) -> Queue:
    """The outlet's unanswered tasks, safety first, and the calls due within the hour."""
    waiting = boards.tasks_of(person.outlet_id)
    for row in waiting:
        row["may_answer"] = ruling.may_answer(row["kind"], person.role, person.lead)
        row["is_own"] = row["urgent"] or ruling.is_own(
            row["kind"], row["owner_role"], person.role, person.lead
        )
    own = [row for row in waiting if row["is_own"]]
    return Queue(
        own, [row for row in waiting if not row["is_own"]], boards.calls_of(person.outlet_id, now + AHEAD)
    )


def count(person: Person) -> tuple[int, bool]:
    """How many tasks wait at the outlet's desk, and whether one is urgent."""
    return boards.waiting_of(person.outlet_id)


def answer(person: Person, task_id: int, raw: form.Raw, now: datetime) -> Task:
    """Settle a task; the visit that it came from shows the answer to its engineer (K-REMARK-10).

    :raise errors.NotFound: not the outlet's, or not this person's to answer
    :raise errors.Invalid: details: fields. :raise errors.Ended: somebody answered it meanwhile
    """
    task = tasks.of(person.outlet_id, task_id)
    if task is None or not ruling.may_answer(task.kind, person.role, person.lead):
        raise errors.NotFound(task=task_id)
    total = 0
    if task.visit_id and form.first(raw, "ruling") == "reduce_to":
        total = visiting.opened(person, task.visit_id, now).walk.fee.total
    chosen, amount, text, faults = ruling.read(task.kind, raw, total)
    if faults:
        raise errors.Invalid(fields=faults)
    with transaction():
        if not tasks.settle(task.id, person.id, chosen, amount, text, now):
            raise errors.Ended(state="answered")
        if task.visit_id:
            after = visiting.rule(person, task, chosen, amount, text, now)
            if chosen == "approved" and task.data.get("private_number"):
                _keep_number(after, person, task.data["private_number"], now)
    return tasks.of(person.outlet_id, task_id) or task


def _keep_number(opened: visiting.Opened, by: Person, typed: str, now: datetime) -> None:
    """The company has approved that customers may have this private number of the engineer's (P-CARD-03)."""
    outlet = opened.facts.outlet
    read = intake.telephone(typed, outlet["country"])
    day = now.astimezone(ZoneInfo(outlet["timezone"])).date()
    people.keep_private_number(opened.visit.engineer_id, read["number"] if read else typed, by.name, day)


def may_call(person: Person, call: FollowUp) -> bool:
    """The desk makes every call, an engineer those after his own visits."""
    if person.role == "engineer":
        return call.performer == "engineer" and call.visit.engineer_id == person.id
    return person.role in CALLERS


def record_call(person: Person, follow_up_id: int, raw: form.Raw, now: datetime) -> FollowUp:
    """What a call after a visit brought; a customer who was not reached is called again later (Q-LOOP-04).

    :raise errors.NotFound: :raise errors.Invalid: details: fields. :raise errors.Ended: the call was made meanwhile
    """
    call = tasks.follow_up_of(person.outlet_id, follow_up_id)
    if call is None or not may_call(person, call):
        raise errors.NotFound(follow_up=follow_up_id)
    result, note = form.first(raw, "result"), form.text(raw, "note", NOTE_LIMIT)
    answers, faults = survey.read(raw)
    if result not in RESULTS:
        faults["result"] = "not_an_option" if result else "required"
    if len(form.first(raw, "note").strip()) > NOTE_LIMIT:
        faults["note"] = "too_long"
    if result == "not_fine" and not note:
        faults["note"] = "required"
    if faults:
        raise errors.Invalid(fields=faults)
    minutes = form.first(raw, "again")
    later = int(minutes) if minutes.isdecimal() and int(minutes) in AGAIN_MINUTES else AGAIN_MINUTES[1]
    again = now + timedelta(minutes=later) if result == "not_reached" else None
    with transaction():
        if not tasks.settle_call(
            call.id,
            person.id,
            result,
            "\n".join(filter(None, (call.note, note))),
            now,
            again,
            answers or None,
        ):
            raise errors.Ended(state="answered")
    return tasks.follow_up_of(person.outlet_id, follow_up_id) or call


def note_customer_call(person: Person, visit_id: int, raw: form.Raw, now: datetime) -> None:
    """A customer called about a visit, in or out of term: somebody calls back at once (Q-CALL-07).

    Calls again before that are written under the same one. :raise errors.NotFound: :raise errors.Invalid: details: fields
    """
    if person.role not in CALLERS:
        raise errors.NotFound(visit=visit_id)
    opened = visiting.opened(person, visit_id, now)
    note = form.text(raw, "note", NOTE_LIMIT)
    if len(form.first(raw, "note").strip()) > NOTE_LIMIT:
        raise errors.Invalid(fields={"note": "too_long"})
    if not note:
        raise errors.Invalid(fields={"note": "required"})
    with transaction():
        if not tasks.add_to_call(opened.visit.id, "callback", note):
            FollowUp.create(
                outlet=person.outlet_id, visit=opened.visit.id, kind="callback", performer="dispatcher", due_at=now,
                note=note,
            )  # fmt: skip
