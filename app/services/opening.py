"""Opening: a visit as it stands, with everything that a page, a paper or the next save looks at. Nothing is written."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from app import errors
from app.domain import content, recall, schedule, seal, walk
from app.domain.facts import Facts
from app.domain.price_list import PriceList
from app.domain.protocol import Protocol
from app.domain.recall import Recall
from app.domain.record import Record
from app.domain.vocabulary import ENDED_STATES
from app.domain.walk import Walk
from app.models import records, stock, visits
from app.models.people import Person
from app.models.visits import Visit
from app.services import publishing


@dataclass(slots=True)
class Opened:
    """A visit with everything that a page, a paper or the next save looks at."""

    visit: Visit
    facts: Facts
    protocol: Protocol
    prices: PriceList
    records: tuple[Record, ...]
    walk: Walk
    recalled: Recall = recall.NOTHING  # by `recalling`, for pages that show it


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
    return of_visit(visit)


def by_token(person: Person, token: str, now: datetime) -> Opened:
    """The visit behind a customer's page, for the engineer's session that shows it. :raise errors.NotFound:"""
    visit = visits.by_customer_token(token)
    if visit is None or visit.engineer_id != person.id:
        raise errors.NotFound(token="?")
    return of_visit(visit)


def of_visit(visit: Visit) -> Opened:
    facts = facts_of(visit)
    norm, prices = publishing.protocol_of(visit.protocol), publishing.prices_of(visit.price_list)
    kept = records.of_visit(visit.id)
    return Opened(visit, facts, norm, prices, kept, walk.read(norm, facts, prices, kept))


def with_record(before: Opened, record: Record) -> Opened:
    """How the visit stands after this record; nothing is stored."""
    return _read(before, (*before.records, record))


def as_at(current: Opened, version: int) -> Opened | None:
    """How the visit stood when it had this many records; None when that cannot be told.

    The slot is kept as it is now, so nothing can be told from before it was changed.
    """
    if not 0 < version <= len(current.records):
        return None
    before = _read(current, current.records[:version])
    is_moved = any(record.act == "moved" for record in current.records[version:])
    corrected = current.walk.of_kind("call"), before.walk.of_kind("call")
    slots = [state.values.get("corrected", {}).get("time") if state else None for state in corrected]
    return None if is_moved or slots[0] != slots[1] else before


def _read(current: Opened, kept: tuple[Record, ...]) -> Opened:
    found = walk.read(current.protocol, current.facts, current.prices, kept)
    return replace(current, records=kept, walk=found)


def shown(current: Opened, step_id: str, language: str | None = None) -> Shown:
    """What the customer signs at this step: the slip's customer layer, or the IOU at a take-back."""
    step = current.protocol.step(step_id)
    layer = content.iou_layer if step and step.kind == "take_back" else content.customer_layer
    found = layer(
        current.facts, current.walk, current.protocol, current.prices, language or current.visit.language
    )
    digest = seal.digest(found)
    return Shown(found, digest, seal.short_code(digest))


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
