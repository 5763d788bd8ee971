"""Following up: what a saved act sets going: questions to the desk, calls to make, the next visit, a lent unit."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from app.domain import clock, effect, schedule
from app.domain.protocol import Protocol
from app.domain.record import Record
from app.domain.walk import Walk, effects_of, happened
from app.models import stock, tasks
from app.models.tasks import FollowUp, Task
from app.models.visits import Visit
from app.services import bringing_home, numbering, planning

CENTRAL_AFTER = timedelta(days=1)
QUESTION_LIMIT = 1000
INVOICE_DUE_MINUTES = 24 * 60
MANAGER_DUE_MINUTES = 240
REVIEW_DUE_MINUTES = 240
CALL_NOTICE_DUE_MINUTES = 60


def carry_out(
    before: Walk, after: Walk, record: Record, visit: Visit, protocol: Protocol, now: datetime
) -> None:
    """Everything that follows from one record, inside its transaction, so that it happens exactly once."""
    is_late = before.ended_by_desk and record.role != "desk"
    if is_late and not tasks.is_open(visit.id, "review"):
        _ask(visit, record, "review", "dispatcher", REVIEW_DUE_MINUTES, now)
    if "differs" in record.body:
        _ask(visit, record, "review", "dispatcher", REVIEW_DUE_MINUTES, now, data=record.body["differs"])
    if record.act == "problem":
        _carry_out_effects(record, visit, protocol, is_late, now)
    step = protocol.step(record.step)
    kind = step.kind if step else ""
    if record.act == "ladder" and record.body.get("rung") == "centre":
        _ask(visit, record, "notice", "centre", 60, now)
    if record.act in ("attempt", "done") and kind == "call":
        _tell_of_late_call(before, record, visit, protocol, now)
    if record.act == "done" and kind == "arrive" and record.body.get("accepted") == "not_accepted":
        _ask(visit, record, "manager_visit", "manager", MANAGER_DUE_MINUTES, now)
    if record.act == "done" and kind == "pay" and record.body.get("invoice"):
        _ask(visit, record, "invoice", "dispatcher", INVOICE_DUE_MINUTES, now)
    if record.act == "signed" and kind == "take_back":
        _lend(after, visit, record)
        bringing_home.take(visit, record, _taken(after)["promised_on"], visit.engineer_id)
    if record.act == "signed" and kind == "sign" and visit.around["job"]["kind"] == "return":
        bringing_home.bring_home(after, visit, record, visit.engineer_id, now)
    if record.act == "signed" or (record.act == "declined" and kind == "sign"):
        numbering.give_for(kind, after, visit, now)
    if after.state == "finished" and before.state != "finished" and not after.ended:
        _call_later(after, visit, record, protocol)


def _carry_out_effects(
    record: Record, visit: Visit, protocol: Protocol, is_late: bool, now: datetime
) -> None:
    for name in effects_of(protocol, record):
        what, kind, argument = effect.read(name)
        if is_late and what.ends:
            continue  # the desk has ended the visit and seen to what comes next
        if what.task:
            usual = int(protocol.settings.get("ruling_due_min", 0)) if what.task == "ruling" else 0
            due = _claim_due(record, visit) if what.task == "claim" else None
            minutes = int(argument) if kind in effect.MAY_TAKE and argument else usual or what.due_minutes
            _ask(visit, record, what.task, what.owner, minutes, now, urgent=what.urgent, due=due)
        if kind == "follow_up":
            _call(visit, record, "callback", record.at, int(argument))
        elif what.follow_up:
            minutes = int(protocol.settings.get(f"follow_up_{what.follow_up}_min", 120))
            _call(visit, record, what.follow_up, record.at, minutes)
        if kind == "rebook":
            _plan_next(record, visit, now)


def _tell_of_late_call(before: Walk, record: Record, visit: Visit, protocol: Protocol, now: datetime) -> None:
    """The centre hears of a first call that came later than the norm says, unless the engineer told it first (C-CALL-02).

    A visit that follows another has no such clock: its customer was called about it then.
    """
    limit, state = protocol.settings.get("first_call_min"), before.steps[record.step]
    if limit is None or visit.follows_id is not None or state.log or state.status != "open":
        return
    received = visit.work_order.received_at
    late = schedule.call_late(received, happened(record), int(limit))
    if late:
        data = {"call_late_min": late, "received_at": received.isoformat()}
        _ask(visit, record, "notice", "centre", CALL_NOTICE_DUE_MINUTES, now, data=data)


def _ask(
    visit: Visit, record: Record, kind: str, owner: str, minutes: int, now: datetime, *, urgent: bool = False,
    data: dict[str, Any] | None = None, due: datetime | None = None,
) -> None:  # fmt: skip
    """A question with what was recorded, or with `data` instead; due in so many minutes, or when `due` says."""
    data = dict(record.body) if data is None else {"act": record.act, **data}
    texts = [
        value
        for key, value in data.items()
        if isinstance(value, str) and key not in ("problem", "remedy", "act")
    ]
    Task.create(
        outlet=visit.outlet_id, visit=visit, record_key=record.key, kind=kind, step=record.step,
        problem=record.body.get("problem"), owner_role=owner, question=" · ".join(texts)[:QUESTION_LIMIT],
        data=data, urgent=urgent, created_at=now, due_at=due or clock.later(now, minutes),
    )  # fmt: skip


def _claim_due(record: Record, visit: Visit) -> datetime:
    """The end of the day on which the customer was promised an answer (K-COMP-05)."""
    day = date.fromisoformat(record.body["answer_by"])
    return datetime.combine(day, time(23, 59), ZoneInfo(visit.outlet.timezone))


def _call(
    visit: Visit, record: Record, kind: str, start: datetime, minutes: int, performer: str = "engineer"
) -> None:
    FollowUp.create(
        outlet=visit.outlet_id, visit=visit, record_key=record.key, kind=kind, performer=performer,
        due_at=clock.later(start, minutes),
    )  # fmt: skip


def _call_later(after: Walk, visit: Visit, record: Record, protocol: Protocol) -> None:
    """One call after the engineer left: untested and unsure by him within hours, else centrally (Q-2H-01..Q-CTR-03)."""
    tested, sure = after.of_kind("test"), after.of_kind("confidence")
    left = _left_at(after, record)
    if tasks.is_call_promised(visit.id):
        return  # a remedy on the way already promised a call
    if (
        tested
        and tested.applies
        and (tested.status == "passed" or tested.values.get("result") == "not_tested")
    ):
        _call(visit, record, "untested", left, int(protocol.settings.get("follow_up_untested_min", 120)))
    elif sure and (sure.status == "passed" or sure.values.get("sure") == "no"):
        _call(visit, record, "unsure", left, int(protocol.settings.get("follow_up_unsure_min", 180)))
    else:
        _call(visit, record, "central", left, int(CENTRAL_AFTER.total_seconds() // 60), performer="centre")


def _left_at(after: Walk, record: Record) -> datetime:
    farewell = after.steps.get("farewell")
    return farewell.at if farewell and farewell.at else record.at


def _plan_next(record: Record, visit: Visit, now: datetime) -> None:
    start = datetime.fromisoformat(record.body["slot"])
    length = visit.slot_end - visit.slot_start
    planning.plan(
        visit.outlet, visit.work_order, visit.engineer, start, start + length, now,
        follows=visit, travel_minutes=visit.travel_minutes,
    )  # fmt: skip


def _lend(after: Walk, visit: Visit, record: Record) -> None:
    taken = _taken(after)
    chosen = taken.get("loaner", "none")
    stock.take_back(visit.id)  # one that was chosen before this one stays at the outlet
    if chosen != "none":
        stock.lend(int(chosen), visit.id, record.at, taken.get("promised_on"))


def _taken(after: Walk) -> dict[str, Any]:
    return next((state.values for state in after.steps.values() if state.step.kind == "take_back"), {})
