"""An intake: what a caller, a form or a line of a file says about a job, checked. Who stores it is not decided here.

Times come as local day and hours of the outlet and leave as UTC. A fault is a code; the screens have the words.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import phonenumbers

from app.domain import form
from app.domain.text import clean, clean_line
from app.domain.vocabulary import APPLIANCE_KINDS, JOB_KINDS, LANGUAGES, URGENCIES

LINE_LIMITS = {"name": 120, "address": 300, "brand": 80, "model": 80, "serial": 80}
TEXT_LIMITS = {"symptom": 500, "request": 500, "note": 500}
LIMITS = LINE_LIMITS | TEXT_LIMITS
SHORTEST_SLOT = timedelta(minutes=15)
LONGEST_SLOT = timedelta(hours=12)
FURTHEST = timedelta(days=366)
GRACE = timedelta(minutes=5)  # typing takes time: a slot that began while the form was filled in still counts
CLOCK = re.compile(r"(\d{1,2})[:.：h](\d{2})")
MOBILE = {phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE}

COUNTRIES = frozenset(phonenumbers.SUPPORTED_REGIONS)

Raw = form.Raw
Faults = dict[str, str]


@dataclass(frozen=True)
class Place:
    """What of an outlet the check needs: country for telephones, time zone, language when none is said."""

    country: str
    zone: ZoneInfo
    language: str
    symptoms: Collection[str] = ()


@dataclass
class Intake:
    """A checked request. `slot_start` and `slot_end` are UTC; telephones are E.164, the one to try first in front."""

    name: str = ""
    address: str = ""
    phones: list[dict[str, str]] = field(default_factory=list)
    language: str = "en"
    appliance_kind: str = ""
    brand: str = ""
    model: str = ""
    serial: str = ""
    purchase_date: date | None = None
    kind: str = "repair"
    symptom: str = ""
    symptom_codes: list[str] = field(default_factory=list)
    request: str = ""
    urgency: str = "normal"
    slot_start: datetime | None = None
    slot_end: datetime | None = None

    @property
    def phone(self) -> str:
        """The number to try first."""
        return self.phones[0]["number"] if self.phones else ""


def read(raw: Raw, place: Place, now: datetime, *, parts: Collection[str]) -> tuple[Intake, Faults]:
    """Check these parts ('customer', 'appliance', 'job') of what was typed; returns what is usable, and the faults."""
    found, faults = Intake(language=place.language), Faults()
    if "customer" in parts:
        _customer(found, raw, place, faults)
    if "appliance" in parts:
        _appliance(found, raw, place, now, faults)
    if "job" in parts:
        _job(found, raw, place, faults)
        found.slot_start, found.slot_end, slot_faults = slot(raw, place.zone)
        faults |= slot_faults
    return found, faults


def slot(raw: Raw, zone: ZoneInfo) -> tuple[datetime | None, datetime | None, Faults]:
    """The promised span from `day`, `from` and `to`, in UTC; whether it lies in the past is `unkept`'s to say."""
    faults = Faults()
    day = form.day(form.first(raw, "day").strip())
    start, end = clock(form.first(raw, "from")), clock(form.first(raw, "to"))
    for name, value, fault in (
        ("day", day, "bad_date"),
        ("from", start, "bad_clock"),
        ("to", end, "bad_clock"),
    ):
        if value is None:
            faults[name] = fault if form.first(raw, name).strip() else "required"
    if day is None or start is None or end is None:
        return None, None, faults
    begins, ends = moment(day, start, zone), moment(day, end, zone)
    if begins is None or ends is None:
        faults["from" if begins is None else "to"] = "no_such_hour"
        return None, None, faults
    if ends <= begins:
        faults["to"] = "ends_before"
    elif ends - begins < SHORTEST_SLOT:
        faults["to"] = "too_short"
    elif ends - begins > LONGEST_SLOT:
        faults["to"] = "too_long_a_slot"
    return begins, ends, faults


def untimely(start: datetime, now: datetime) -> str:
    """Why nobody can keep a slot that begins then: '' when it can be kept."""
    if start < now - GRACE:
        return "in_the_past"
    return "too_far" if start > now + FURTHEST else ""


def unkept(raw: Raw, zone: ZoneInfo, now: datetime) -> Faults:
    """What of the typed day and beginning nobody can keep; said even while other parts of the slot are wrong."""
    day = form.day(form.first(raw, "day").strip())
    begins = moment(day, clock(form.first(raw, "from")) or time(23, 59), zone) if day else None
    late = untimely(begins, now) if begins else ""
    on_the_day = late == "in_the_past" and day == now.astimezone(zone).date()
    return {"from" if on_the_day else "day": late} if late else {}


def moment(day: date, hour: time, zone: ZoneInfo) -> datetime | None:
    """The UTC moment of a local time; None for the hour that a change of clocks leaves out."""
    local = datetime.combine(day, hour, zone)
    found = local.astimezone(UTC)
    return found if found.astimezone(zone).time() == hour else None


def clock(typed: str) -> time | None:
    """9:30, 09.30 or 9h30 as a time of day."""
    match = CLOCK.fullmatch(typed.strip())
    if not match or int(match[1]) > 23 or int(match[2]) > 59:
        return None
    return time(int(match[1]), int(match[2]))


def telephone(typed: str, country: str) -> dict[str, str] | None:
    """A number as it is stored: {type, number in E.164, ext}; None when no telephone could have it."""
    try:
        parsed = phonenumbers.parse(typed, country)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(parsed):
        return None
    kind = "mobile" if phonenumbers.number_type(parsed) in MOBILE else "landline"
    stored = {"type": kind, "number": phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)}
    return {**stored, "ext": parsed.extension} if parsed.extension else stored


def line(raw: Raw, name: str, limit: int, faults: Faults, *, required: bool = False) -> str:
    """One cleaned line; its faults are added."""
    typed = form.first(raw, name)
    value = clean_line(typed, limit)
    _note_length(name, typed, limit, faults)
    if required and not value:
        faults[name] = "required"
    return value


def _customer(found: Intake, raw: Raw, place: Place, faults: Faults) -> None:
    found.name = line(raw, "name", LINE_LIMITS["name"], faults, required=True)
    found.address = line(raw, "address", LINE_LIMITS["address"], faults, required=True)
    for name in ("phone", "phone2"):
        typed = clean_line(form.first(raw, name), 60)
        number = telephone(typed, place.country) if typed else None
        if number and number not in found.phones:
            found.phones.append(number)
        elif typed and not number:
            faults[name] = "not_a_phone"
        elif name == "phone" and not typed:
            faults[name] = "required"
    found.language = choice(raw, "language", LANGUAGES, faults) or place.language


def _appliance(found: Intake, raw: Raw, place: Place, now: datetime, faults: Faults) -> None:
    found.appliance_kind = choice(raw, "appliance_kind", APPLIANCE_KINDS, faults)
    if not found.appliance_kind:
        faults.setdefault("appliance_kind", "required")
    for name in ("brand", "model", "serial"):
        setattr(found, name, line(raw, name, LINE_LIMITS[name], faults))
    typed = form.first(raw, "purchase_date").strip()
    found.purchase_date = form.day(typed) if typed else None
    if typed and found.purchase_date is None:
        faults["purchase_date"] = "bad_date"
    elif found.purchase_date and found.purchase_date > now.astimezone(place.zone).date():
        faults["purchase_date"] = "in_the_future"


def _job(found: Intake, raw: Raw, place: Place, faults: Faults) -> None:
    found.kind = choice(raw, "kind", JOB_KINDS, faults) or "repair"
    found.urgency = choice(raw, "urgency", URGENCIES, faults) or "normal"
    for name in ("symptom", "request"):
        typed = form.first(raw, name)
        setattr(found, name, clean(typed, TEXT_LIMITS[name]))
        _note_length(name, typed, TEXT_LIMITS[name], faults)
    found.symptom_codes = form.many(raw, "symptom_codes")
    if not set(found.symptom_codes) <= set(place.symptoms):
        faults["symptom_codes"] = "not_an_option"
    if not found.symptom and not found.symptom_codes:
        faults.setdefault("symptom", "required")


def choice(raw: Raw, name: str, options: Collection[str], faults: Faults) -> str:
    """One of the options or ''; anything else is a fault."""
    value = form.first(raw, name).strip()
    if value and value not in options:
        faults[name] = "not_an_option"
        return ""
    return value


def _note_length(name: str, typed: str, limit: int, faults: Faults) -> None:
    if len(typed.strip().replace("\r\n", "\n")) > limit:
        faults[name] = "too_long"


def typed_of(found: Intake, zone: ZoneInfo) -> Mapping[str, Any]:
    """The intake as text values by field: what makes two lines of files the same."""
    local = found.slot_start.astimezone(zone).isoformat() if found.slot_start else ""
    ends = found.slot_end.astimezone(zone).isoformat() if found.slot_end else ""
    return {
        "name": found.name, "address": found.address, "phones": [one["number"] for one in found.phones],
        "appliance": [found.appliance_kind, found.brand, found.model, found.serial], "kind": found.kind,
        "symptom": found.symptom, "codes": sorted(found.symptom_codes), "request": found.request, "slot": [local, ends],
    }  # fmt: skip
