"""Passing on: slips go to the centre in numbered batches, and every slip number is accounted for (R-CARD-02, O-CARE-14)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from app import errors
from app.domain import day as day_rule
from app.domain import form, slip_number
from app.models import batches, documents
from app.models.batches import Batch
from app.models.database import transaction
from app.models.people import Person

Rows = list[dict[str, Any]]
WAYS = ("file", "courier", "in_person", "post")
WAYBILL_LIMIT = 60
AGO = timedelta(days=90)  # a slip that is older is looked for by a person


@dataclass(frozen=True)
class Opened:
    """A batch with its list."""

    batch: dict[str, Any]
    lines: Rows


def ready(person: Person, today: date) -> Rows:
    """The slips that came in and lie at the outlet."""
    return batches.ready(person.outlet_id, today - AGO)


def opened(person: Person, batch_id: int) -> Opened:
    """One batch of the outlet. :raise errors.NotFound:"""
    found = batches.one_of(person.outlet_id, batch_id)
    if found is None:
        raise errors.NotFound(batch=batch_id)
    return Opened(found, batches.lines_of(person.outlet_id, batch_id))


def make(person: Person, chosen: list[str], now: datetime) -> Batch:
    """Put these slips (ids of their visits) together under the outlet's next number. Making it sends nothing.

    :raise errors.NotFound: not this person's to do
    :raise errors.Invalid: nothing was chosen, or one of them went meanwhile
    """
    _check_may(person)
    local = now.astimezone(ZoneInfo(person.outlet.timezone))
    with transaction():
        rows = [row for row in ready(person, local.date()) if str(row["id"]) in chosen]
        if not rows or len(rows) != len(set(chosen)):
            raise errors.Invalid(fields={"visit": "changed" if rows else "required"})
        count = documents.next_number(person.outlet_id, "batch", local.year)
        number = f"{person.outlet.code}-B{local:%y}{count:05d}"
        return batches.make(person.outlet_id, number, rows, person.id, now)


def send(person: Person, batch_id: int, raw: form.Raw, now: datetime) -> None:
    """Somebody says that the batch was sent, and how. :raise errors.Invalid: :raise errors.Ended: it was before"""
    _check_may(person)
    opened(person, batch_id)
    way, waybill = form.first(raw, "way"), form.text(raw, "waybill", WAYBILL_LIMIT)
    faults: form.Faults = {}
    if way not in WAYS:
        faults["way"] = "not_an_option" if way else "required"
    if way == "courier" and not waybill:
        faults["waybill"] = "required"
    if len(form.first(raw, "waybill").strip()) > WAYBILL_LIMIT:
        faults["waybill"] = "too_long"
    if faults:
        raise errors.Invalid(fields=faults)
    with transaction():
        if not batches.send(batch_id, way, waybill, person.id, now):
            raise errors.Ended(state="sent")


def confirm(person: Person, batch_id: int, now: datetime) -> None:
    """The centre says that it has the batch. :raise errors.NotFound: not the centre. :raise errors.Ended: not sent, or known"""
    if person.role != "centre":
        raise errors.NotFound(batch=batch_id)
    opened(person, batch_id)
    with transaction():
        if not batches.confirm(batch_id, person.id, now):
            raise errors.Ended(state="confirmed")


def numbers(person: Person, year: int) -> slip_number.Account:
    """What became of every slip number of a year, without gaps."""
    last = documents.last_number(person.outlet_id, "slip", year)
    rows = documents.slips_of(person.outlet_id, slip_number.prefix(person.outlet.code, year))
    return slip_number.account(person.outlet.code, year, last, rows)


def reports(person: Person) -> Rows:
    """What engineers reported of spoilt, lost and unused slips."""
    return documents.slip_reports_of(person.outlet_id)


def _check_may(person: Person) -> None:
    if not day_rule.may_receive(person.role):
        raise errors.NotFound()
