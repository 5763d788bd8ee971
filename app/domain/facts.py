"""Facts: what a visit is given from outside its records: job, customer, product, people, slot. Values only."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a visit before its first record.

    `customer`: name, address, phone, phones, route, visits_before (finished ones of
    other jobs), last_visit (ISO day of the last, or None). `appliance`: kind, brand, model, serial, purchase_date (date or
    None), installed_on. `job`: number, kind, symptom, symptom_codes, request, received_at, rework_of (None,
    or {reference, signed_on, months, days, fault} of the repair that it is a rework of), brings_back (None,
    or {visit, reference, result, taken} of the product that this visit takes home). `engineer`: id, name,
    permit_no. `outlet`: name, address, phone, complaint_phone, timezone, country. `loaners`: the free ones, each
    {id, kind, brand, model, serial, condition}. `clashes`: references of this engineer's visits that overlap.
    """

    visit: int
    reference: str
    language: str
    day: date
    slot_start: datetime
    slot_end: datetime
    travel_minutes: int
    customer: Mapping[str, Any]
    appliance: Mapping[str, Any]
    job: Mapping[str, Any]
    engineer: Mapping[str, Any]
    outlet: Mapping[str, Any]
    loaners: tuple[Mapping[str, Any], ...] = field(default=())
    clashes: tuple[str, ...] = field(default=())
    cancelled: bool = False
