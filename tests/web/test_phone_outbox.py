"""Saving on a phone: an entry is stored first, sent in order once, and every refusal or fault is said on the page."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from app.models import records
from app.models.inbox import InboxEntry
from app.services import syncing
from app.web.pages import now
from tests import builders

pytestmark = pytest.mark.browser

ENTRIES = "doorstep.store.entriesOf()"
LISTEN = "section#s-listen form#f-listen"


@pytest.fixture
def visit(cast: builders.Cast) -> Any:
    return builders.visit(cast.mei, now=now(), day=now().date())


@pytest.fixture
def phone(page: Any, cast: builders.Cast, sign_in_page: Callable[..., Any]) -> Any:
    sign_in_page(page, "mei")
    return page


def until(page: Any, expression: str) -> Any:
    """The content policy forbids Playwright's own waiting, which evaluates text inside the page."""
    for _ in range(160):
        if found := page.evaluate(expression):
            return found
        page.wait_for_timeout(50)
    raise AssertionError(f"never: {expression}")


def ready(page: Any, visit: Any, anchor: str = "") -> None:
    page.goto(f"/visits/{visit.id}{anchor}")
    until(page, "Boolean(self.doorstep && doorstep.keep)")
    expect(page.locator("#outbox-badge[data-state]")).to_be_attached()


def badge(page: Any) -> Any:
    return page.locator("#outbox-badge")


def listen(page: Any, words: str = "It drips") -> None:
    page.evaluate("location.hash = 's-listen'")
    page.locator(LISTEN).locator("[name=words]").fill(words)
    page.locator("#s-listen .dock .btn.main").first.click()


def entries(page: Any) -> list[dict[str, Any]]:
    return page.evaluate(ENTRIES)


def bodies(visit: Any) -> list[Any]:
    return [one.body.get("words") for one in records.of_visit(visit.id)]


def test_a_save_reaches_the_office_through_the_outbox(phone: Any, visit: Any) -> None:
    ready(phone, visit)
    listen(phone)
    expect(badge(phone)).to_have_attribute("data-state", "sent")
    until(phone, "doorstep.outbox.state().then((now) => now.pending === 0)")
    assert InboxEntry.select().count() == 1 and bodies(visit) == ["It drips"]


def test_the_page_of_the_outbox(phone: Any, visit: Any, shot: Any) -> None:
    ready(phone, visit)
    phone.context.set_offline(True)
    listen(phone)
    expect(badge(phone)).to_have_attribute("data-state", "saved")
    phone.context.set_offline(False)
    phone.route("**/outbox", lambda route: route.abort() if route.request.method == "POST" else route.continue_())
    phone.goto("/outbox")
    expect(phone.locator("#outbox[data-painted]")).to_be_attached()
    shot(phone, "outbox")
