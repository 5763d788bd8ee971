"""What the stories need: a service point where it is about noon now, its people, and a phone that notes every complaint."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from app.models import records
from app.models.customers import Appliance, Customer
from app.models.outlets import Outlet
from app.models.people import Person
from app.models.stock import Loaner
from app.models.visits import Visit
from app.services.rehearsing import Rehearsal
from tests import builders
from tests.conftest import PHONE
from tests.stories.walker import Walker

# A browser writes these into its console for answers that the tests expect; they are no faults of a page.
EXPECTED_LINES = (("status of 422", ""), ("status of 404", ""))  # words of the line, part of the address


def noon_zone() -> str:
    """A time zone in which it is between eleven and twelve now, so that no story runs over midnight."""
    shift = (datetime.now(UTC).hour - 11 + 12) % 24 - 12
    return f"Etc/GMT{shift:+d}" if shift else "Etc/GMT"


@pytest.fixture
def place(db: Any) -> Outlet:
    """A service point in Hangzhou whose clocks say that it is about noon."""
    return builders.outlet(
        "HZ1",
        name="Riverside Service",
        address="68 Riverside Road, Hangzhou",
        phone="+8657155500153",
        complaint_phone="+8657155500199",
        timezone=noon_zone(),
        languages=["en", "zh_Hans", "zh_Hant", "es"],
    )


@pytest.fixture
def mei(place: Outlet) -> Person:
    """The engineer."""
    return builders.person(place, "mei", name="Lin Mei", permit_no="E-2041", permit_expires=date(2029, 6, 30))


@pytest.fixture
def ana(place: Outlet) -> Person:
    """The dispatcher."""
    return builders.person(place, "ana", name="Ana Wang", role="dispatcher")


@pytest.fixture
def loaner(place: Outlet) -> Loaner:
    """A television that can be lent."""
    return Loaner.create(
        outlet=place, kind="television", brand="Kestrel", model="TV-32L", serial="LN-0003", condition="used"
    )


@pytest.fixture
def booked(mei: Person) -> Callable[..., Visit]:
    """`booked(minutes=30, name=…, kind=…)`: Mei's visit in so many minutes (negative: it should have begun)."""

    def book(minutes: int = 8, **values: Any) -> Visit:
        customer = {
            "name": "Sarah Whitfield",
            "address": "Harbour Road 12, Flat 5B",
            "phone": "+8613800138002",
            "phones": [{"type": "mobile", "number": "+8613800138002"}],
        }
        appliance = {
            "kind": "refrigerator",
            "brand": "Aurora",
            "model": "BCD-216",
            "serial": "QYR2109-00417735",
        }
        customer |= {key: values.pop(key) for key in ("name", "address", "language") if key in values}
        appliance |= {key: values.pop(key) for key in ("kind", "brand", "model", "serial") if key in values}
        months = values.pop("months", 52)
        now = datetime.now(UTC)
        bought = (now - timedelta(days=round(30.44 * months))).date() if months is not None else None
        owner: Customer = builders.customer(mei.outlet, **customer)
        thing: Appliance = builders.appliance(owner, purchase_date=bought, **appliance)
        job = builders.work_order(mei.outlet, customer=owner, appliance=thing, received_at=now, **values)
        visit = builders.visit(mei, at="12:00", now=now, job=job)
        start = now + timedelta(minutes=minutes)
        visit.slot_start, visit.slot_end = start, start + timedelta(minutes=75)
        visit.save()
        return visit

    return book


@pytest.fixture
def at_step(booked: Callable[..., Visit], mei: Person) -> Callable[..., Any]:
    """`at_step('listen')`: a visit that stands there, played through the same door as an engineer's taps."""

    def play(step: str, **values: Any) -> tuple[Visit, Rehearsal]:
        visit = booked(**values)
        played = Rehearsal(mei, visit.id, datetime.now(UTC) - timedelta(hours=2))
        played.until(step)
        return visit, played

    return play


@pytest.fixture
def expected_lines() -> list[tuple[str, str]]:
    """What the browser may complain of; a test of a refusal adds the answer that it is about."""
    return list(EXPECTED_LINES)


@pytest.fixture
def phone(
    _browser: Any, live_server: str, place: Outlet, expected_lines: list[tuple[str, str]]
) -> Iterator[Any]:
    """A phone in the place's own time zone. Any complaint of any of its tabs fails the test at its end."""
    context = _browser.new_context(
        base_url=live_server,
        viewport=PHONE,
        has_touch=True,
        is_mobile=True,
        device_scale_factor=1,
        locale="en-GB",
        timezone_id=place.timezone,
    )
    context.set_default_timeout(15_000)
    troubles: list[str] = []
    context.on("weberror", lambda error: troubles.append(str(error.error)))
    context.on("console", lambda line: note(line, troubles, expected_lines))
    yield context
    context.close()
    assert not troubles, troubles


def note(line: Any, troubles: list[str], expected: list[tuple[str, str]]) -> None:
    """Keep what the browser complains of."""
    address = line.location.get("url", "")
    if line.type in ("error", "warning") and not any(
        words in line.text and place in address for words, place in expected
    ):
        troubles.append(f"{line.type}: {line.text} ({address})")


@pytest.fixture
def walker(phone: Any, app: Flask, sign_in_page: Callable[..., Any]) -> Callable[..., Walker]:
    """`walker('warranty', mei)`: that engineer's tab, signed in; pictures are called var/shots/<story>-<nn>-<page>.png."""

    def walk(story: str, who: Person | None = None) -> Walker:
        tab = phone.new_page()
        if who is not None:
            sign_in_page(tab, who)
        return Walker(tab, story)

    return walk


def sealed(visit: Visit, act: str = "signed", step: str = "sign") -> dict[str, Any]:
    """The last record of this act at that step, as it was stored."""
    found = [record for record in records.of_visit(visit.id) if (record.act, record.step) == (act, step)]
    assert found, f"nothing was {act}"
    return dict(found[-1].body)


def saved(visit: Visit, step: str, act: str = "done") -> list[Any]:
    """What was kept of this act at that step, in order."""
    return [record for record in records.of_visit(visit.id) if (record.step, record.act) == (step, act)]


def today(visit: Visit) -> str:
    """The day at the place, as 2026-11-22."""
    return local_date(visit.outlet)


def local_date(place: Outlet, days: int = 0) -> str:
    """A day at that place, as a date input wants it."""
    return (datetime.now(ZoneInfo(place.timezone)) + timedelta(days=days)).date().isoformat()


def local_time(place: Outlet, days: int, at: time) -> str:
    """A moment at that place, as an input of day and time wants it."""
    return f"{local_date(place, days)}T{at:%H:%M}"
