"""Closing days: the desk receives what engineers hand in, signs each day off with them, and the second level looks over it.

R-CARD-01, R-REC-04, R-REC-05; a slip that is missing makes the call that sets it right (R-CLOSE-11).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from app import errors
from app.domain import day as rule
from app.domain import form
from app.domain.day import Balance, Came, Owed
from app.models import days, tasks
from app.models.database import transaction
from app.models.people import Person
from app.models.tasks import FollowUp

REMEDIAL_WITHIN = timedelta(hours=1)

Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Line:
    """One visit of the day: the row as it stands, what it owes, what came, and what differs."""

    row: dict[str, Any]
    due: Owed
    came: Mapping[str, Came]
    notes: tuple[dict[str, Any], ...]

    @property
    def differences(self) -> tuple[rule.Difference, ...]:
        return rule.differences(self.due, self.came)


@dataclass(frozen=True)
class Part:
    """One engineer's part of the day, with its last sign-off (or None) and whether figures changed since."""

    engineer: int
    name: str
    lines: tuple[Line, ...]
    balance: Balance
    close: dict[str, Any] | None

    @property
    def is_stale(self) -> bool:
        return bool(self.close and self.close["figures"] != self.balance.figures())


@dataclass(frozen=True)
class Day:
    """An outlet's day by engineer, with the second level's last look and when it is due."""

    parts: tuple[Part, ...]
    balance: Balance
    check: dict[str, Any] | None
    check_due: datetime
    check_late: bool

    def part(self, engineer_id: int) -> Part | None:
        return next((part for part in self.parts if part.engineer == engineer_id), None)

    @property
    def is_stale(self) -> bool:
        return bool(self.check and self.check["figures"] != self.balance.figures())

    @property
    def unsigned(self) -> tuple[Part, ...]:
        """Who has handed in, or should have, and is not signed off as it stands."""
        return tuple(
            part for part in self.parts if part.balance.is_owed and (not part.close or part.is_stale)
        )


def day_of(person: Person, day: date, now: datetime) -> Day:
    """The outlet's day as it stands: visits, notes and sign-offs, one question each."""
    notes: dict[int, Rows] = {}
    for note in days.notes_of(person.outlet_id, day):
        notes.setdefault(note["visit"], []).append(note)
    lines: dict[int, list[Line]] = {}
    for row in days.visits_of(person.outlet_id, day):
        lines.setdefault(row["engineer_id"], []).append(_line(row, notes.get(row["id"], [])))
    closes = {row["engineer_id"]: row for row in days.closes_of(person.outlet_id, day)}
    parts = tuple(
        Part(engineer, own[0].row["engineer"], tuple(own), _balance(own), closes.get(engineer))
        for engineer, own in lines.items()
    )
    zone = ZoneInfo(person.outlet.timezone)
    due = datetime.combine(day, rule.check_at(person.outlet.settings), zone)
    whole = _balance([line for own in lines.values() for line in own])
    check = closes.get(None)
    return Day(parts, whole, check, due, check is None and rule.is_check_late(due, now))


def own_day(engineer: Person, day: date, now: datetime) -> Part | None:
    """What the desk has noted about this engineer's own day: nothing of it is kept from them."""
    return day_of(engineer, day, now).part(engineer.id)


def receive(person: Person, engineer_id: int, day: date, raw: form.Raw, now: datetime) -> int:
    """Note what came in of an engineer's day; how many things were noted. What is missing makes a call (R-CLOSE-11).

    :raise errors.NotFound: not this person's to receive, or that engineer has no visit that day
    :raise errors.Invalid: details: fields; nothing is noted then
    """
    if not rule.may_receive(person.role):
        raise errors.NotFound()
    with transaction():
        part = _part(person, engineer_id, day, now)
        found: list[tuple[Line, dict[str, Came]]] = []
        faults: form.Faults = {}
        for line in part.lines:
            new, wrong = rule.read(line.due, line.came, raw)
            faults |= wrong
            found.append((line, new))
        if faults:
            raise errors.Invalid(fields=faults)
        for line, new in found:
            for thing, came in new.items():
                values = {"state": came.state, "amount": came.amount, "reason": came.reason}
                days.note(person.outlet_id, line.due.visit, thing, values, person.id, now)
                if (thing, came.state) == ("slip", "missing"):
                    call_to_remedy(person.outlet_id, line.due.visit, came.reason, now)
        return sum(len(new) for _line, new in found)


def sign_off(person: Person, engineer_id: int, day: date, raw: form.Raw, now: datetime) -> Part:
    """The officer signs a day off with an engineer, naming what differs (R-REC-04).

    :raise errors.NotFound: :raise errors.Invalid: something differs and nothing is written about it
    """
    if not rule.may_receive(person.role):
        raise errors.NotFound()
    with transaction():
        part = _part(person, engineer_id, day, now)
        text, faults = rule.note(raw, not part.balance.is_even)
        if faults:
            raise errors.Invalid(fields=faults)
        days.close(person.outlet_id, day, engineer_id, person.id, part.balance.figures(), text, now)
    return part


def check(person: Person, day: date, raw: form.Raw, now: datetime) -> Day:
    """The second level looks over the outlet's day (R-REC-05).

    :raise errors.NotFound: :raise errors.Invalid: somebody is not signed off, or something differs, and nothing is written
    """
    if not rule.may_check(person.role, person.lead):
        raise errors.NotFound()
    with transaction():
        found = day_of(person, day, now)
        if not found.parts:
            raise errors.NotFound()
        text, faults = rule.note(raw, bool(found.unsigned) or not found.balance.is_even)
        if faults:
            raise errors.Invalid(fields=faults)
        days.close(person.outlet_id, day, None, person.id, found.balance.figures(), text, now)
    return found


def call_to_remedy(outlet_id: int, visit_id: int, why: str, now: datetime) -> bool:
    """The customer is called at once to set right what the outlet did not do; once while it waits. Needs a transaction."""
    if tasks.is_call_open(visit_id, "remedial"):
        return False
    FollowUp.create(
        outlet=outlet_id, visit=visit_id, kind="remedial", performer="dispatcher", due_at=now + REMEDIAL_WITHIN,
        note=why,
    )  # fmt: skip
    return True


def _part(person: Person, engineer_id: int, day: date, now: datetime) -> Part:
    part = day_of(person, day, now).part(engineer_id)
    if part is None:
        raise errors.NotFound(engineer=engineer_id)
    return part


def _line(row: dict[str, Any], notes: Rows) -> Line:
    came = {note["thing"]: Came(note["state"], note["amount"], note["reason"]) for note in notes}
    return Line(row, rule.owed(row["id"], row["state"], row["signed"], row["sealed"]), came, tuple(notes))


def _balance(lines: list[Line]) -> Balance:
    return rule.balance((line.due, line.came) for line in lines)
