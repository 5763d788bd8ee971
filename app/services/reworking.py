"""Reworking: a request that an earlier repair did not hold: which repair, what it promised, and the clock of the answer.

Whether it is free is a rule (`domain/warranty`); what it costs is `domain/fee`'s.
"""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from app import errors
from app.domain import clock, content, form
from app.models import visits
from app.models.customers import Customer
from app.models.people import Person
from app.models.tasks import Task
from app.models.visits import Visit
from app.services import opening, publishing


def candidates(person: Person, customer: Customer) -> list[Visit]:
    """The repairs of this customer of which a request may be a rework, the latest first."""
    return visits.repaired_of_customer(person.outlet_id, customer.id)


def earlier(person: Person, customer: Customer | None, raw: form.Raw) -> dict[str, Any] | None:
    """What the repair promised that the form names by its visit (`rework_of`), or None where it names none.

    :raise errors.Invalid: it is none of this customer's repairs
    """
    typed = form.first(raw, "rework_of")
    if not typed:
        return None
    known = candidates(person, customer) if customer else []
    chosen = next((visit for visit in known if str(visit.id) == typed), None)
    found = visits.of(person, chosen.id) if chosen else None
    if found is None:
        raise errors.Invalid(fields={"rework_of": "not_an_option"})
    return _promised(opening.of_visit(found))


def start_clock(visit: Visit, now: datetime) -> None:
    """The desk's task to see that the demand is answered within the norm's minutes (Q-REWORK-08); no setting, no clock."""
    order = visit.work_order
    minutes = publishing.protocol_of(visit.protocol).settings.get("rework_min")
    if minutes is None:
        return
    question = " · ".join(filter(None, (order.rework_of["reference"], order.symptom)))
    Task.create(
        outlet=visit.outlet_id, visit=visit, kind="rework", owner_role="dispatcher", question=question, data={},
        urgent=False, created_at=now, due_at=clock.later(order.received_at, int(minutes)),
    )  # fmt: skip


def _promised(before: opening.Opened) -> dict[str, Any]:
    """The term and scope of a repair, from the day it was signed for, or on which it ended unsigned."""
    walk, zone = before.walk, ZoneInfo(before.facts.outlet["timezone"])
    signed = walk.signature.at if walk.signature else before.visit.finished_at or before.visit.slot_end
    term = content.repair_term(walk, before.prices)
    found = walk.of_kind("diagnose")
    return {
        "visit": before.visit.id,
        "reference": before.visit.reference,
        "signed_on": signed.astimezone(zone).date().isoformat(),
        "months": term["months"],
        "days": term.get("days", 0),
        "fault": found.values.get("fault") if found else None,
    }
