"""Tasks: what somebody at the desk has to answer or do: rulings, notices, manager's visits."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

import peewee

from app.models.customers import Customer
from app.models.database import HOLE, Asked, Row, UtcDateTimeField
from app.models.outlets import Outlet
from app.models.people import Person
from app.models.visits import Visit
from app.models.work_orders import WorkOrder


class Task(Row):
    """One thing to answer, with its owner's role, due time and answer. `kind` is one of vocabulary.TASK_KINDS."""

    outlet = peewee.ForeignKeyField(Outlet, index=False)
    visit = peewee.ForeignKeyField(Visit, backref="tasks", null=True)
    record_key = peewee.CharField(null=True)
    kind = peewee.CharField()
    step = peewee.CharField(null=True)
    problem = peewee.CharField(null=True)
    owner_role = peewee.CharField()
    owner = peewee.ForeignKeyField(Person, null=True, index=False)
    question = peewee.TextField(default="")
    data = peewee.JSONField(default=dict)
    urgent = peewee.BooleanField(default=False)
    created_at = UtcDateTimeField()
    due_at = UtcDateTimeField()
    answered_at = UtcDateTimeField(null=True)
    answered_by = peewee.ForeignKeyField(Person, null=True, index=False, backref="answers")
    ruling = peewee.CharField(null=True)  # approved | denied | done | reduce_to
    amount = peewee.IntegerField(null=True)
    answer = peewee.TextField(default="")

    class Meta:
        indexes = ((("outlet", "answered_at", "due_at"), False),)


class FollowUp(Row):
    """A call after the visit (Q-2H-01, Q-3H-02, Q-CTR-03)."""

    outlet = peewee.ForeignKeyField(Outlet, index=False)
    visit = peewee.ForeignKeyField(Visit, backref="follow_ups")
    record_key = peewee.CharField(null=True)
    kind = peewee.CharField()  # advised | untested | unsure | central | callback | remedial
    performer = peewee.CharField(default="engineer")
    due_at = UtcDateTimeField()
    done_at = UtcDateTimeField(null=True)
    done_by = peewee.ForeignKeyField(Person, null=True, index=False)
    result = peewee.CharField(null=True)  # fine | not_fine | not_reached
    note = peewee.TextField(default="")
    survey = peewee.JSONField(null=True)  # question of `survey` -> answer

    class Meta:
        table_name = "follow_up"
        indexes = ((("outlet", "done_at", "due_at"), False),)


def of_visit(visit_id: int) -> list[Task]:
    """The visit's tasks, oldest first."""
    return list(Task.select().where(Task.visit == visit_id).order_by(Task.id))


_WAITING = Asked(
    Task.select(Task.id, Task.kind, Task.step, Task.created_at, Task.due_at)
    .where(Task.visit == HOLE, Task.answered_at.is_null())
    .order_by(Task.id)
)
_SINCE = Asked(
    Task.select(Task.id, Task.kind, Task.step, Task.created_at, Task.due_at, Task.record_key)
    .where(Task.visit == HOLE, Task.answered_at.is_null() | (Task.answered_at >= HOLE))
    .order_by(Task.id)
)
_CALLS = Asked(
    FollowUp.select(
        FollowUp.id,
        FollowUp.visit.alias("visit"),
        FollowUp.kind,
        FollowUp.due_at,
        Customer.name.alias("customer"),
    )
    .join(Visit)
    .join(WorkOrder)
    .join(Customer)
    .where(
        Visit.engineer == HOLE,
        FollowUp.performer == HOLE,
        FollowUp.done_at.is_null(),
        FollowUp.due_at <= HOLE,
    )
    .order_by(FollowUp.due_at)
)


def waiting_of_visit(visit_id: int) -> list[dict[str, Any]]:
    """What the visit's page waits for: id, kind, step, created_at and due_at (ISO text), oldest first."""
    return _WAITING.rows(visit_id)


def waited_at(visit_id: int, moment: datetime, later_records: Collection[str]) -> list[dict[str, Any]]:
    """What the visit's page waited for then (as `waiting_of_visit`): asked by no later record, not answered before."""
    rows = _SINCE.rows(visit_id, Task.answered_at.db_value(moment))
    return [row for row in rows if row.pop("record_key") not in later_records]


def calls_of(engineer_id: int, until: datetime) -> list[dict[str, Any]]:
    """The calls that an engineer has to make by then: id, visit, customer, kind, due_at; oldest first."""
    rows = _CALLS.rows(engineer_id, "engineer", FollowUp.due_at.db_value(until))
    return [{**row, "due_at": FollowUp.due_at.python_value(row["due_at"])} for row in rows]


def follow_ups_due(outlet_id: int, until: datetime) -> list[FollowUp]:
    """Follow-ups not yet made that are due by then, oldest first."""
    query = FollowUp.select(FollowUp, Visit).join(Visit)
    waiting = (FollowUp.outlet == outlet_id) & FollowUp.done_at.is_null() & (FollowUp.due_at <= until)
    return list(query.where(waiting).order_by(FollowUp.due_at))


def of_promises(visit_ids: list[int]) -> list[Task]:
    """What was asked about the promised days of products that these visits took away, answered or not."""
    asked = Task.kind.in_(("promise_due", "promise_broken"))
    return list(Task.select().where(Task.visit.in_(visit_ids) & asked).order_by(Task.id))


def is_open(visit_id: int, kind: str) -> bool:
    """Whether a task of this kind waits for an answer."""
    waiting = (Task.visit == visit_id) & (Task.kind == kind) & Task.answered_at.is_null()
    return Task.select().where(waiting).exists()


def is_call_promised(visit_id: int) -> bool:
    """Whether a call after the visit is still to be made."""
    return FollowUp.select().where((FollowUp.visit == visit_id) & FollowUp.done_at.is_null()).exists()


def is_call_open(visit_id: int, kind: str) -> bool:
    """Whether a call of this kind is still to be made."""
    waiting = (FollowUp.visit == visit_id) & (FollowUp.kind == kind) & FollowUp.done_at.is_null()
    return FollowUp.select().where(waiting).exists()


def add_to_call(visit_id: int, kind: str, note: str) -> bool:
    """Write more under the call of this kind that is still to be made; False when there is none."""
    waiting = (FollowUp.visit == visit_id) & (FollowUp.kind == kind) & FollowUp.done_at.is_null()
    call = FollowUp.select().where(waiting).order_by(FollowUp.id).first()
    if call is None:
        return False
    FollowUp.update(note="\n".join(filter(None, (call.note, note)))).where(FollowUp.id == call.id).execute()
    return True


def of(outlet_id: int, task_id: int) -> Task | None:
    """A task of this outlet, answered or not."""
    return Task.get_or_none((Task.id == task_id) & (Task.outlet == outlet_id))


def follow_up_of(outlet_id: int, follow_up_id: int) -> FollowUp | None:
    """A call of this outlet, made or not."""
    return FollowUp.get_or_none((FollowUp.id == follow_up_id) & (FollowUp.outlet == outlet_id))


def settle(task_id: int, person_id: int, ruling: str, amount: int | None, answer: str, now: datetime) -> bool:
    """Write the answer, once: False when somebody was faster."""
    change = Task.update(answered_at=now, answered_by=person_id, ruling=ruling, amount=amount, answer=answer)
    return bool(change.where((Task.id == task_id) & Task.answered_at.is_null()).execute())


def settle_call(
    follow_up_id: int,
    person_id: int,
    result: str,
    note: str,
    now: datetime,
    again: datetime | None,
    answers: dict[str, str] | None = None,
) -> bool:
    """Write what a call brought, once, with the survey's answers; with `again` it stays to be made and is due then."""
    values: dict[str, Any] = {"result": result, "note": note, "done_by": person_id, "survey": answers}
    values |= {"due_at": again} if again else {"done_at": now}
    waiting = (FollowUp.id == follow_up_id) & FollowUp.done_at.is_null()
    return bool(FollowUp.update(**values).where(waiting).execute())
