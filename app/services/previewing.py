"""Previewing: the made-up visit under which a draft of a norm is looked at. It is never stored, and nobody lives there."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from app.domain.facts import Facts
from app.models.people import Person
from app.models.visits import Visit

REFERENCE = "–"
TRAVEL_MIN = 20
SLOT = timedelta(minutes=75)


def visit_of(person: Person, now: datetime) -> Visit:
    """A visit's row that is in no database: id 0."""
    start = now + timedelta(minutes=TRAVEL_MIN)
    return Visit(
        id=0, outlet=person.outlet, engineer=person, reference=REFERENCE, day=_day(person, now), slot_start=start,
        slot_end=start + SLOT, travel_minutes=TRAVEL_MIN, language=person.outlet.language, protocol="", price_list="",
        customer_token="", state="scheduled",
    )  # fmt: skip


def facts_of(person: Person, now: datetime) -> Facts:
    """What such a visit is given: the outlet's own names, and a customer called like nobody."""
    outlet, start = person.outlet, now + timedelta(minutes=TRAVEL_MIN)
    return Facts(
        visit=0, reference=REFERENCE, language=outlet.language, day=_day(person, now), slot_start=start,
        slot_end=start + SLOT, travel_minutes=TRAVEL_MIN,
        customer={"name": "N. N.", "address": outlet.address, "phone": "", "phones": [], "route": ""},
        appliance={"kind": "refrigerator", "brand": "", "model": "", "serial": "", "purchase_date": None,
                   "installed_on": None},
        job={"number": REFERENCE, "kind": "repair", "symptom": "", "symptom_codes": [], "request": "",
             "received_at": now},
        engineer={"id": person.id, "name": person.name, "permit_no": person.permit_no},
        outlet={"name": outlet.name, "address": outlet.address, "phone": outlet.phone,
                "complaint_phone": outlet.complaint_phone, "timezone": outlet.timezone, "country": outlet.country},
    )  # fmt: skip


def _day(person: Person, now: datetime) -> date:
    return now.astimezone(ZoneInfo(person.outlet.timezone)).date()
