"""Planning: a visit is put on somebody's day: its reference, its tokens, the norm and prices that it begins under."""

import secrets
from datetime import datetime
from zoneinfo import ZoneInfo

from app.models.documents import next_number
from app.models.outlets import Outlet
from app.models.people import Person
from app.models.visits import Visit
from app.models.work_orders import WorkOrder
from app.services import publishing


def plan(
    outlet: Outlet,
    work_order: WorkOrder,
    engineer: Person | None,
    slot_start: datetime,
    slot_end: datetime,
    now: datetime,
    *,
    follows: Visit | None = None,
    travel_minutes: int = 20,
) -> Visit:
    """A new visit of the job; without an engineer it waits at the desk. Needs an open transaction."""
    day = slot_start.astimezone(ZoneInfo(outlet.timezone)).date()
    norm, prices = publishing.pin(outlet, day, now)
    first = publishing.protocol_of(norm).steps[0]
    return Visit.create(
        outlet=outlet, work_order=work_order, engineer=engineer, follows=follows,
        reference=reference(outlet, now), day=day, slot_start=slot_start, slot_end=slot_end,
        travel_minutes=travel_minutes, language=work_order.customer.language, protocol=norm, price_list=prices,
        customer_token=secrets.token_urlsafe(16), created_at=now, next_step=first.id, stage=first.stage, total=0,
    )  # fmt: skip


def reference(outlet: Outlet, now: datetime) -> str:
    """The next reference of the outlet, known before any paper: <outlet>-<yymmdd>-<nnnn>."""
    local = now.astimezone(ZoneInfo(outlet.timezone))
    return f"{outlet.code}-{local:%y%m%d}-{next_number(outlet.id, 'reference', local.year):04d}"
