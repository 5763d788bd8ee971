"""Builders: the shortest way to an outlet, a person, a job and a visit in a test. What a test cares about, it says."""

import hashlib
import itertools
import secrets
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from argon2 import PasswordHasher

from app.models.customers import Appliance, Customer
from app.models.database import transaction
from app.models.outlets import Outlet
from app.models.people import Person
from app.models.sessions import Session
from app.models.visits import Visit
from app.models.work_orders import WorkOrder
from app.services import planning

PASSWORD = "a long password"
# The cheapest argon2 that verifies in the same way: a test signs in within a millisecond.
PASSWORD_HASH = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
DEVICE = "0f9e8d7c-0000-4000-8000-000000000001"
NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)  # Monday, 9:00 in Hangzhou

_numbers = itertools.count(1)


@dataclass
class Cast:
    """Mei and Li are engineers of one outlet, with Ana, Wu, Hao, Tec and Root at its desk; Tom is of another one."""

    home: Outlet
    elsewhere: Outlet
    people: dict[str, Person] = field(default_factory=dict)

    def __getattr__(self, login: str) -> Person:
        try:
            return self.__dict__["people"][login]
        except KeyError:
            raise AttributeError(login) from None


ROLES = {
    "mei": "engineer", "li": "engineer", "ana": "dispatcher", "wu": "centre", "hao": "manager", "tec": "technical",
    "root": "admin",
}  # fmt: skip


def make_cast() -> Cast:
    """The whole cast in two outlets."""
    with transaction():
        cast = Cast(
            outlet("HZ1", name="Riverside"),
            outlet("MAD", name="Lavapiés", timezone="Europe/Madrid", currency="EUR", country="ES",
                   price_list="madrid-2026-11"),
        )  # fmt: skip
        for login, role in ROLES.items():
            cast.people[login] = person(cast.home, login, role=role, lead=login == "wu")
        cast.people["tom"] = person(cast.elsewhere, "tom")
    return cast


def outlet(code: str = "", **values: Any) -> Outlet:
    """A service point; in Hangzhou unless told otherwise."""
    code = code or f"T{next(_numbers)}"
    base = {
        "name": f"Outlet {code}",
        "address": "1 Harbour Road",
        "phone": "+8657187654321",
        "languages": ["en", "zh_Hans"],
    }
    return Outlet.create(code=code, **{**base, **values})


def person(home: Outlet, login: str = "", **values: Any) -> Person:
    """Somebody who signs in with PASSWORD; an engineer unless told otherwise."""
    login = login or f"p{next(_numbers)}"
    base = {
        "name": login.capitalize(),
        "role": "engineer",
        "password_hash": PASSWORD_HASH,
        "permit_no": f"P-{login}",
    }
    return Person.create(outlet=home, login=login, **{**base, **values})


def customer(home: Outlet, **values: Any) -> Customer:
    """Ms Chen, with one telephone."""
    base = {"name": "Ms Chen", "address": "12 Harbour Road, 5B", "phone": "+8613800001111",
            "phones": [{"type": "mobile", "number": "+8613800001111"}]}  # fmt: skip
    return Customer.create(outlet=home, **{**base, **values})


def appliance(owner: Customer, **values: Any) -> Appliance:
    """A refrigerator, bought a year and a half ago."""
    base = {"kind": "refrigerator", "brand": "Aurora", "model": "BCD-216", "serial": f"SN{next(_numbers):06}",
            "purchase_date": date(2025, 5, 3)}  # fmt: skip
    return Appliance.create(customer=owner, **{**base, **values})


def work_order(home: Outlet, **values: Any) -> WorkOrder:
    """A job of that outlet; makes customer and appliance unless they are given."""
    who = values.pop("customer", None) or customer(home)
    what = values.pop("appliance", None) or appliance(who)
    base = {"number": f"{home.code}-W{next(_numbers):05}", "symptom": "Warm since Friday", "received_at": NOW,
            "symptom_codes": []}  # fmt: skip
    return WorkOrder.create(outlet=home, customer=who, appliance=what, **{**base, **values})


def visit(
    engineer: Person | None,
    *,
    home: Outlet | None = None,
    at: str = "10:30",
    day: date | None = None,
    now: datetime = NOW,
    job: WorkOrder | None = None,
    **job_values: Any,
) -> Visit:
    """A planned visit of this engineer at that local hour (of today, unless a day is given)."""
    place = home or (engineer.outlet if engineer else None)
    assert place is not None, "a visit without an engineer needs its outlet"
    zone = ZoneInfo(place.timezone)
    slot = datetime.combine(day or now.astimezone(zone).date(), time.fromisoformat(at), zone).astimezone(UTC)
    with transaction():
        order = job or work_order(place, **job_values)
        return planning.plan(place, order, engineer, slot, slot + timedelta(minutes=75), now)


def session(
    who: Person, *, now: datetime | None = None, device: str = DEVICE, **values: Any
) -> tuple[Session, str]:
    """A signed-in device and its token, without the sign-in page."""
    token = secrets.token_urlsafe(24)
    seen = now or datetime.now(UTC)
    base = {"created": seen, "last_seen": seen, "user_agent": "test"}
    row = Session.create(
        token_hash=hashlib.sha256(token.encode()).hexdigest(), person=who, device=device, **{**base, **values}
    )
    return row, token
