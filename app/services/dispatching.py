"""Dispatching: a request becomes a work order with its first visit; visits are given out, moved, given on, cancelled.

Each act looks things up through the outlet of whoever asks. What happens at a visit is `visiting`'s.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from app import errors
from app.domain import board, form, intake, schedule
from app.domain.intake import Intake, Place
from app.domain.text import clean
from app.models import boards, customers, people, visits, work_orders
from app.models.customers import Appliance, Customer
from app.models.database import transaction
from app.models.documents import next_number
from app.models.outlets import Outlet
from app.models.people import Person
from app.models.visits import Visit
from app.models.work_orders import WorkOrder
from app.services import planning, publishing, reworking, visiting

SYMPTOMS = "fault"
REASON_LIMIT = 300
MOVABLE = frozenset({"scheduled", "accepted"})
KEPT_STATES = frozenset({*visits.OPEN_STATES, "finished"})
GIVEABLE = frozenset({*visits.OPEN_STATES, "transferred"})


@dataclass(frozen=True)
class Choice:
    """An engineer for a visit: how many jobs the day holds already, and how many minutes are missing beside which."""

    engineer: Person
    jobs: int
    clash_minutes: int = 0
    clash_at: datetime | None = None


@dataclass(frozen=True)
class Known:
    """A customer that a search found: appliances, and the next visit that is still open."""

    customer: Customer
    appliances: list[Appliance]
    open_visit: Visit | None


def place_of(outlet: Outlet, now: datetime) -> Place:
    """What checking a request needs to know of the outlet."""
    zone = ZoneInfo(outlet.timezone)
    norm = publishing.norm_of(outlet, now.astimezone(zone).date())
    return Place(outlet.country, zone, outlet.language, norm.codes.get(SYMPTOMS, ()))


def cards(person: Person, day: date, now: datetime, accept_min: int | None = None) -> list[board.Card]:
    """The cards of the outlet's day: those to give out by how they press, then the others by slot; one question."""
    today = now.astimezone(ZoneInfo(person.outlet.timezone)).date()
    found = [board.card(row, now, today, accept_min) for row in boards.day_of(person.outlet_id, day)]
    to_give = sorted((one for one in found if one.column == "to_give_out"), key=board.in_turn)
    return to_give + [one for one in found if one.column != "to_give_out"]


def search(person: Person, words: str) -> list[Known]:
    """Customers of the outlet by name, address or telephone, the latest first."""
    typed = clean(words, 100)
    digits = "".join(sign for sign in typed if sign.isdigit())
    # Numbers are kept without spaces, and a caller says them with spaces, hyphens and the leading nought.
    wanted = digits.lstrip("0") if len(digits) >= 4 and len(digits) * 2 > len(typed) else typed
    if not wanted:
        return []
    return _known(customers.search(person.outlet_id, wanted, limit=12))


def customer(person: Person, customer_id: int) -> Known:
    """A customer of the outlet. :raise errors.NotFound:"""
    found = customers.of(person.outlet_id, customer_id)
    if found is None:
        raise errors.NotFound(customer=customer_id)
    return _known([found])[0]


def create(person: Person, raw: form.Raw, now: datetime) -> Visit:
    """A work order and its first visit, of a known customer (`customer`, `appliance`) or of new ones.

    The same form sent twice (`key`) is one work order.
    :raise errors.Invalid: details: fields. :raise errors.NotFound: the customer is not the outlet's
    """
    outlet = person.outlet
    who, what = _chosen(person, raw)
    parts = [
        part for part, chosen in (("customer", who), ("appliance", what), ("job", None)) if chosen is None
    ]
    wanted, faults = intake.read(raw, place_of(outlet, now), now, parts=parts)
    faults = intake.unkept(raw, ZoneInfo(outlet.timezone), now) | faults
    engineer, rework = None, None
    try:
        engineer = engineer_of(person, form.first(raw, "engineer"))
    except errors.Invalid as fault:
        faults |= fault.fields
    try:
        rework = reworking.earlier(person, who, raw)
    except errors.Invalid as fault:
        faults |= fault.fields
    if faults:
        raise errors.Invalid(fields=faults)
    key = f"form:{form.text(raw, 'key', 40)}" if form.text(raw, "key", 40) else None
    with transaction():
        before = work_orders.by_import_key(outlet.id, key) if key else None
        if before is not None:
            return visits.of_work_order(before.id)[0]
        return store(
            outlet,
            wanted,
            person,
            now,
            engineer=engineer,
            customer=who,
            appliance=what,
            import_key=key,
            rework=rework,
        )


def store(
    outlet: Outlet,
    wanted: Intake,
    person: Person | None,
    now: datetime,
    *,
    engineer: Person | None = None,
    customer: Customer | None = None,
    appliance: Appliance | None = None,
    source: str = "phone",
    import_key: str | None = None,
    rework: dict[str, Any] | None = None,
) -> Visit:
    """Write a checked request: customer and appliance unless given, work order, first visit. Needs a transaction."""
    assert wanted.slot_start and wanted.slot_end, "a checked request has its slot"
    customer = customer or Customer.create(
        outlet=outlet, name=wanted.name, address=wanted.address, phones=wanted.phones, phone=wanted.phone,
        language=wanted.language,
    )  # fmt: skip
    appliance = appliance or Appliance.create(
        customer=customer, kind=wanted.appliance_kind, brand=wanted.brand, model=wanted.model, serial=wanted.serial,
        purchase_date=wanted.purchase_date,
    )  # fmt: skip
    local = now.astimezone(ZoneInfo(outlet.timezone))
    number = next_number(outlet.id, "work_order", local.year)
    order = WorkOrder.create(
        outlet=outlet, number=f"{outlet.code}-W{local:%y}{number:05d}", customer=customer, appliance=appliance,
        kind=wanted.kind, symptom=wanted.symptom, symptom_codes=wanted.symptom_codes, request=wanted.request,
        urgency=wanted.urgency, received_at=now, source=source, wanted_from=wanted.slot_start,
        wanted_to=wanted.slot_end, created_by=person, import_key=import_key, rework_of=rework,
    )  # fmt: skip
    visit = planning.plan(outlet, order, engineer, wanted.slot_start, wanted.slot_end, now)
    if rework:
        reworking.start_clock(visit, now)
    return visit


def work_order(person: Person, work_order_id: int) -> tuple[WorkOrder, list[Visit]]:
    """A work order of the outlet and its visits. :raise errors.NotFound:"""
    found = work_orders.of(person.outlet_id, work_order_id)
    if found is None:
        raise errors.NotFound(work_order=work_order_id)
    return found, visits.of_work_order(found.id)


def choices(person: Person, visit: Visit) -> list[Choice]:
    """The outlet's engineers for this visit: those who have time first, then by how little their day holds."""
    found = [_choice(engineer, visit) for engineer in people.engineers_of(person.outlet_id)]
    return sorted(found, key=lambda one: (one.clash_minutes > 0, one.jobs, one.engineer.name))


def clash_of(visit: Visit) -> Choice | None:
    """What a visit clashes with on its engineer's day, if anything."""
    found = _choice(visit.engineer, visit)
    return found if found.clash_minutes else None


def clash(engineer: Person, visit_id: int, start: datetime, end: datetime, travel: int, day: date) -> Choice:
    """Whether this engineer can keep such a slot beside the day's others (B-TIME-05)."""
    taken = [
        row
        for row in visits.slots_of(engineer.id, day)
        if row["id"] != visit_id and row["state"] in KEPT_STATES
    ]
    travels = {str(row["id"]): int(row["travel_minutes"]) for row in taken} | {"this": travel}
    slots = [
        schedule.Slot(str(row["id"]), row["slot_start"], row["slot_end"], str(row["id"])) for row in taken
    ]
    this = schedule.Slot("this", start, end, "this")
    # Travel minutes are known per place, not per pair: the way to the later place counts.
    found = [one for one in schedule.clashes([*slots, this], lambda _from, to: travels[to])
             if "this" in (one.first, one.second)]  # fmt: skip
    if not found:
        return Choice(engineer, len(taken))
    worst = max(found, key=lambda one: one.short_minutes)
    other = worst.first if worst.second == "this" else worst.second
    return Choice(
        engineer, len(taken), worst.short_minutes, next(one.start for one in slots if one.key == other)
    )


def give(person: Person, visit_id: int, engineer_id: str, now: datetime) -> Visit:
    """Give a visit to an engineer: the first one, or the next one when somebody had it already (decided: 11).

    :raise errors.NotFound: :raise errors.Invalid: nobody chosen. :raise errors.Ended: the visit is over
    """
    visit = visit_of(person, visit_id)
    engineer = engineer_of(person, engineer_id)
    if engineer is None:
        raise errors.Invalid(fields={"engineer": "required"})
    with transaction():
        if not may_give(visit):
            raise errors.Ended(state=visit.state)
        if visit.engineer_id == engineer.id and visit.state != "transferred":
            return visit
        return visiting.reassign(person, visit, engineer, now)


def may_give(visit: Visit) -> bool:
    """Before it has ended, or when its engineer gave it back and nobody has taken over yet."""
    return visit.state in GIVEABLE and not (visit.state == "transferred" and visits.is_followed(visit.id))


def may_plan(visit: Visit) -> bool:
    """Whether a further visit can follow: this one has ended and nothing follows yet."""
    return visit.state not in visits.OPEN_STATES and not visits.is_followed(visit.id)


def again(
    person: Person, visit: Visit, engineer: Person | None, start: datetime, end: datetime, now: datetime
) -> Visit:
    """A further visit of the same work order: after nobody was at home, a failed repair, or one that was given back."""
    with transaction():
        return planning.plan(
            person.outlet, visit.work_order, engineer, start, end, now, follows=visit,
            travel_minutes=visit.travel_minutes,
        )  # fmt: skip


def plan_again(person: Person, visit_id: int, raw: form.Raw, now: datetime) -> Visit:
    """The further visit that a form asks for. :raise errors.Invalid: :raise errors.NotFound: :raise errors.Ended:"""
    visit = visit_of(person, visit_id)
    start, end = _slot(person, raw, now)
    engineer = engineer_of(person, form.first(raw, "engineer"))
    with transaction():
        if not may_plan(visit):
            raise errors.Ended(state=visit.state)
        return again(person, visit, engineer, start, end, now)


def move(person: Person, visit_id: int, raw: form.Raw, now: datetime) -> Visit:
    """Another slot for a visit that has not begun. :raise errors.Invalid: :raise errors.Ended: it has begun"""
    visit = visit_of(person, visit_id)
    start, end = _slot(person, raw, now)
    if not may_move(person, visit, now):
        raise errors.Ended(state=visit.state)
    visiting.move(person, visit, start, end, now)
    return visit


def may_move(person: Person, visit: Visit, now: datetime) -> bool:
    """Before it began, and as long as the engineer has not agreed another time with the customer."""
    if visit.state not in MOVABLE:
        return False
    return visit.version == 0 or visiting.opened(person, visit.id, now).walk.appointment == visit.slot_start


def cancel(person: Person, visit_id: int, raw: form.Raw, now: datetime) -> Visit:
    """End a visit that will not take place. :raise errors.Invalid: without a reason. :raise errors.Ended: it is over"""
    visit = visit_of(person, visit_id)
    norm = publishing.protocol_of(visit.protocol)
    code = form.first(raw, "reason")
    if code not in norm.codes.get("cancel_reason", ()):
        raise errors.Invalid(fields={"reason": "not_an_option" if code else "required"})
    text = form.text(raw, "text", REASON_LIMIT)
    if code == "other" and not text:
        raise errors.Invalid(fields={"text": "required"})
    if visit.state not in visits.OPEN_STATES:
        raise errors.Ended(state=visit.state)
    return visiting.cancel(person, visit, code, now, text).visit


def visit_of(person: Person, visit_id: int) -> Visit:
    """A visit of the outlet, for somebody at its desk. :raise errors.NotFound:"""
    visit = visits.of(person, visit_id) if person.role != "engineer" else None
    if visit is None:
        raise errors.NotFound(visit=visit_id)
    return visit


def engineer_of(person: Person, typed: str) -> Person | None:
    """The chosen engineer of the outlet; None when none is chosen. :raise errors.Invalid: nobody of this outlet"""
    if not typed.strip():
        return None
    found = people.of(person.outlet_id, int(typed)) if typed.isdecimal() and len(typed) < 12 else None
    if found is None or found.role != "engineer" or not found.active:
        raise errors.Invalid(fields={"engineer": "not_an_option"})
    return found


def _chosen(person: Person, raw: form.Raw) -> tuple[Customer | None, Appliance | None]:
    """The known customer and appliance that the form names; None where it brings new ones."""
    typed = form.first(raw, "customer")
    if not typed or typed == "new":
        return None, None
    known = customer(person, int(typed) if typed.isdecimal() and len(typed) < 12 else 0)
    which = form.first(raw, "appliance")
    return known.customer, next((one for one in known.appliances if str(one.id) == which), None)


def _known(found: list[Customer]) -> list[Known]:
    ids = [one.id for one in found]
    things = customers.appliances_of(ids) if ids else []
    waiting = visits.open_of_customers(ids) if ids else []
    return [
        Known(
            one,
            [thing for thing in things if thing.customer_id == one.id],
            next((visit for visit in waiting if visit.work_order.customer_id == one.id), None),
        )
        for one in found
    ]


def _choice(engineer: Person, visit: Visit) -> Choice:
    return clash(engineer, visit.id, visit.slot_start, visit.slot_end, visit.travel_minutes, visit.day)


def _slot(person: Person, raw: form.Raw, now: datetime) -> tuple[datetime, datetime]:
    start, end, faults = intake.slot(raw, ZoneInfo(person.outlet.timezone))
    faults = intake.unkept(raw, ZoneInfo(person.outlet.timezone), now) | faults
    if faults or start is None or end is None:
        raise errors.Invalid(fields=faults)
    return start, end
