"""The visit page on the phone: what was saved stands there at once, with or without a network, as the server will say."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.models import records
from app.models.visits import Visit
from app.services import visiting
from app.services.rehearsing import Rehearsal
from tests import builders
from tests.stories import usual
from tests.stories.conftest import noon_zone
from tests.stories.walker import Walker

pytestmark = pytest.mark.browser

PATIENCE = 200


class Phone(Walker):
    """A walker whose saves stay on the page: nothing is loaded anew."""

    def save(self, words: str) -> "Phone":
        before = self.count()
        self.tap(words)
        self.until(f"document.querySelector('.steps').dataset.saves > {before}")
        return self

    def count(self) -> int:
        return int(self.page.evaluate("() => Number(document.querySelector('.steps').dataset.saves || 0)"))


@pytest.fixture
def place(db: Any) -> Any:
    return builders.outlet("HZ1", name="Riverside", timezone=noon_zone(), phone="+8657155500153")


@pytest.fixture
def engineer(place: Any) -> Any:
    return builders.person(place, "mei", name="Lin Mei")


@pytest.fixture
def booked(engineer: Any) -> Visit:
    """Mei's visit in eight minutes: a refrigerator in warranty."""
    now = datetime.now(UTC)
    owner = builders.customer(engineer.outlet, name="Sarah Whitfield", phone="+8613800138002")
    thing = builders.appliance(owner, purchase_date=(now - timedelta(days=240)).date())
    job = builders.work_order(engineer.outlet, customer=owner, appliance=thing, received_at=now)
    visit = builders.visit(engineer, at="12:00", now=now - timedelta(hours=3), job=job)
    visit.slot_start, visit.slot_end = now + timedelta(minutes=8), now + timedelta(minutes=83)
    visit.save()
    return visit


@pytest.fixture
def at_step(booked: Visit, engineer: Any) -> Callable[[str], Rehearsal]:
    """`at_step('listen')`: the visit stands there."""

    def play(step: str) -> Rehearsal:
        played = Rehearsal(engineer, booked.id, datetime.now(UTC) - timedelta(hours=2))
        played.until(step)
        return played

    return play


@pytest.fixture
def phone(page: Any, sign_in_page: Callable[..., Any], engineer: Any) -> Phone:
    sign_in_page(page, engineer)
    return Phone(page, "overlay")


def open_visit(phone: Phone, visit: Visit) -> Phone:
    """The visit's page, once the phone's own rules are ready."""
    phone.page.goto(f"/visits/{visit.id}")
    return ready(phone)


def ready(phone: Phone) -> Phone:
    return phone.until("window.doorstep.visit && window.doorstep.visit.walk() && window.doorstep.norm.page")


def walk_on_phone(phone: Phone) -> dict[str, Any]:
    """Where the visit stands by the phone's own reckoning."""
    return dict(
        phone.page.evaluate(
            "() => { const w = window.doorstep.visit.walk();"
            " return {state: w.state, next: w.next_step, total: w.fee.total,"
            " steps: Object.fromEntries(w.all.map((s) => [s.step.id, [s.status, s.applies]]))}; }"
        )
    )


def walk_on_server(visit: Visit, engineer: Any) -> dict[str, Any]:
    walk = visiting.opened(engineer, visit.id, datetime.now(UTC)).walk
    return {
        "state": walk.state, "next": walk.next_step, "total": walk.fee.total,
        "steps": {key: [one.status, one.applies] for key, one in walk.steps.items()},
    }  # fmt: skip


def sent(phone: Phone) -> Phone:
    """Everything is with the office."""
    for _ in range(PATIENCE):
        left = phone.page.evaluate("async () => { const s = await window.doorstep.outbox.state(); return s.pending + s.held; }")
        if not left:
            return phone
        phone.page.evaluate("() => window.doorstep.outbox.pump('test')")
        phone.page.wait_for_timeout(100)
    raise AssertionError(phone.page.evaluate("async () => JSON.stringify(await window.doorstep.store.entriesOf())"))


def test_a_save_shows_at_once_and_leads_on_without_a_network(phone: Phone, booked: Visit, context: Any) -> None:
    open_visit(phone, booked)
    context.set_offline(True)
    phone.at("Check the job's data", False).tap("Data is right")
    phone.at("Think it through first", False)
    assert walk_on_phone(phone)["steps"]["accept"][0] == "done"
    phone.page.evaluate("() => { location.hash = 's-accept'; }")
    card = phone.page.locator("#s-accept [data-o=card]")
    card.wait_for()
    assert "Saved on this phone" in card.inner_text() and "Sarah Whitfield" in card.inner_text()
    assert records.of_visit(booked.id) == ()


def test_the_whole_engineers_part_without_a_network_is_what_the_server_says_afterwards(
    phone: Phone, booked: Visit, context: Any, engineer: Any
) -> None:
    open_visit(phone, booked)
    context.set_offline(True)
    usual.prepare(phone)
    usual.travel(phone)
    usual.to_the_door(phone)
    usual.enter(phone)
    usual.listen(phone, "It is warm inside")
    phone.at("Find the exact cause", False)
    usual.add_line(phone, "Thermostat")
    usual.find(phone, "Does not cool", "Thermostat failed", "Warranty card seen")
    phone.at("Repair by the documents", False).choose("The old part", "I take it along").save("Part fitted")
    phone.choose("What happens with it?", "Repaired here").open("What was done").tick("Part replaced")
    phone.tap("Repair finished")
    usual.test_run(phone)
    usual.hand_over(phone)
    phone.at("Review, then hand over", False)
    here = walk_on_phone(phone)
    assert (here["state"], here["next"], here["total"]) == ("to_sign", "sign", 0)
    context.set_offline(False)
    sent(phone)
    assert walk_on_server(booked, engineer) == here
