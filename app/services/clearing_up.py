"""Clearing up: the daily comparison of what customers said with what was handed in, and fair dealing with what differs.

R-FAKE-03: found by rule, put to the engineer by the officer, answered by the engineer, decided by the manager. The customer is
called at once. The engineer sees every finding about the own visits, also those that nobody put forward.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from app import errors
from app.domain import day as day_rule
from app.domain import doubt as rule
from app.domain import form, seal
from app.domain.doubt import Call, Finding, Seen
from app.models import days, doubts
from app.models.database import transaction
from app.models.people import Person
from app.services import closing_days

Rows = list[dict[str, Any]]
DAY_OVER = timedelta(days=1)  # from midnight on, what was due the same day is late


@dataclass(frozen=True)
class Compared:
    """A day compared: how many ratings were looked at, what differs (finding, visit's row, what was put of it)."""

    rated: int
    differs: tuple[tuple[Finding, dict[str, Any], dict[str, Any] | None], ...]


def compare(person: Person, day: date, now: datetime) -> Compared:
    """Every rating of the outlet's day against what else is known of its visit."""
    rows = {row["id"]: row for row in days.visits_of(person.outlet_id, day)}
    put = {(row["visit"], row["kind"]): row for row in doubts.of_day(person.outlet_id, day)}
    seen = _seen(person, day, now)
    found = [finding for one in seen if one.visit in rows for finding in rule.findings(one)]
    known = {(finding.visit, finding.kind) for finding in found}
    # What was put to somebody stays on the list, also when it meanwhile fits: it is for a person to close it.
    found += [
        Finding(visit, kind, row["data"]) for (visit, kind), row in put.items() if (visit, kind) not in known
    ]
    return Compared(
        sum(one.rating is not None for one in seen),
        tuple((one, rows[one.visit], put.get((one.visit, one.kind))) for one in found if one.visit in rows),
    )


def own(engineer: Person, day: date, now: datetime) -> Compared:
    """The same for an engineer: only the own visits, and all that is known of them."""
    whole = compare(engineer, day, now)
    return Compared(whole.rated, tuple(one for one in whole.differs if one[1]["engineer_id"] == engineer.id))


def put_forward(person: Person, visit_id: int, kind: str, day: date, now: datetime) -> None:
    """Put what differs to the engineer, and have the customer called at once (R-CLOSE-11).

    :raise errors.NotFound: not this person's to do, or nothing of the kind differs at that visit
    """
    if not day_rule.may_receive(person.role):
        raise errors.NotFound()
    with transaction():
        found = next(
            (
                one
                for one, _row, _put in compare(person, day, now).differs
                if (one.visit, one.kind) == (visit_id, kind)
            ),
            None,
        )
        if found is None:
            raise errors.NotFound(visit=visit_id)
        if doubts.add(person.outlet_id, visit_id, kind, dict(found.data), person.id, now):
            closing_days.call_to_remedy(person.outlet_id, visit_id, "", now)


def answer(engineer: Person, doubt_id: int, raw: form.Raw, now: datetime) -> None:
    """The engineer's own word to it; it may be changed until the decision.

    :raise errors.NotFound: not put to this person. :raise errors.Invalid: :raise errors.Ended: decided meanwhile
    """
    asked = doubts.of_theirs(engineer.id, doubt_id)
    if asked is None:
        raise errors.NotFound(doubt=doubt_id)
    text, faults = rule.read_words(raw)
    if faults:
        raise errors.Invalid(fields=faults)
    with transaction():
        if not doubts.say(asked.id, text, now):
            raise errors.Ended(state="decided")


def decide(person: Person, doubt_id: int, raw: form.Raw, now: datetime) -> None:
    """The manager's decision with its reason, which the engineer reads.

    :raise errors.NotFound: not this person's to decide. :raise errors.Invalid: :raise errors.Ended: decided meanwhile
    """
    asked = doubts.of(person.outlet_id, doubt_id)
    if asked is None or not rule.may_decide(person.role):
        raise errors.NotFound(doubt=doubt_id)
    decision, text, faults = rule.read_decision(raw)
    if faults:
        raise errors.Invalid(fields=faults)
    with transaction():
        if not doubts.decide(asked.id, decision, text, person.id, now):
            raise errors.Ended(state="decided")


def _seen(person: Person, day: date, now: datetime) -> list[Seen]:
    """What is known of each rated or signed visit of the day."""
    calls: dict[int, list[Call]] = {}
    for row in doubts.called(person.outlet_id, day):
        calls.setdefault(row["visit"], []).append(Call(row["result"] or "", row["survey"], row["by"] or ""))
    slips = {
        row["visit"]: row["state"] for row in days.notes_of(person.outlet_id, day) if row["thing"] == "slip"
    }
    zone = ZoneInfo(person.outlet.timezone)
    is_over = now.astimezone(zone).date() >= day + DAY_OVER
    rows = doubts.compared(person.outlet_id, day)
    return [
        _of_visit(visit, list(acts), calls.get(visit, []), slips.get(visit, ""), is_over)
        for visit, acts in groupby(rows, key=lambda row: row["id"])
    ]


def _of_visit(visit: int, acts: Rows, calls: list[Call], slip: str, is_over: bool) -> Seen:
    signed = next((row for row in reversed(acts) if _is_slip(row)), None)
    rated = next((row for row in reversed(acts) if row["act"] == "rated"), None)
    left = next((row for row in reversed(acts) if row["act"] == "done"), None)
    place = acts.index(signed) if signed else 0
    handed = next((row for row in reversed(acts[:place]) if row["act"] == "handed_over"), None)
    how = (
        "" if signed is None else "declined" if signed["act"] == "declined" else signed["body"].get("how", "")
    )
    return Seen(
        visit=visit, rating=rated["body"] if rated else None, rated_at=rated["at"] if rated else None,
        handed_at=handed["at"] if handed else None, signed_at=signed["at"] if signed else None,
        left_at=left["at"] if left else None, how=how, seal_holds=_holds(signed) if signed else None, slip=slip,
        day_over=is_over and signed is not None, clock_sure=acts[0]["clock"] is None, calls=tuple(calls),
    )  # fmt: skip


def _is_slip(row: dict[str, Any]) -> bool:
    layer = (row["body"].get("content") or {}).get("layer")
    return row["act"] in ("signed", "declined") and layer == "customer"


def _holds(signed: dict[str, Any]) -> bool:
    try:
        return bool(seal.digest(signed["body"]["content"]) == signed["body"].get("digest"))
    except seal.SealError:
        return False
