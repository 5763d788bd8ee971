"""Story: the helper is at home and the owner at work. The price goes to the owner's own phone, who agrees there."""

import pytest

from app.models.tasks import Task
from app.models.visits import Visit
from tests.conftest import PHONE
from tests.stories.walker import Walker

pytestmark = pytest.mark.browser


@pytest.fixture
def owners(_browser, live_server, place):
    """The owner's own phone, which knows nothing of ours."""
    context = _browser.new_context(
        base_url=live_server, viewport=PHONE, has_touch=True, is_mobile=True, locale="es", timezone_id=place.timezone
    )  # fmt: skip
    context.set_default_timeout(15_000)
    yield Walker(context.new_page(), "owner-by-link-owner")
    context.close()


def test_the_owner_agrees_on_the_own_phone_and_the_repair_goes_on(at_step, walker, owners, mei):
    visit, played = at_step("diagnose", language="es")
    played.quote([("labour_small", 1), ("callout", 1)])
    played.until("consent")
    w = walker("owner-by-link", mei)
    w.go(f"/visits/{visit.id}").at("Show the price, then ask").tap("Owner not at home: agree by link")
    w.at("Owner agrees on their own phone").tap("Make the link")
    w.at("Owner agrees on their own phone")
    assert "Not opened yet" in w.text()
    link = w.page.locator("[data-share]").get_attribute("data-share")

    owners.page.goto(link)
    owners.shot("proposal")
    assert "¥" in owners.text() and "Sarah Whitfield" in owners.text()
    assert owners.page.locator("html").get_attribute("lang") == "es", (
        "the customer's language, chosen when it was planned"
    )
    owners.page.locator('button[value="agreed"]').tap()
    owners.page.locator("#errors").wait_for()
    owners.page.locator("#name").fill("Sarah Whitfield")
    owners.page.locator('button[value="agreed"]').tap()
    owners.page.locator(".banner.done").wait_for()

    w.tap("Answered?").at("Owner agrees on their own phone")
    assert "The owner has agreed" in w.text()
    w.tap("Back to the visit").at("Repair by the documents")
    assert Visit.get_by_id(visit.id).next_step == "repair"


def test_the_right_to_a_refund_is_looked_up_by_taps(at_step, walker, mei):
    visit, _played = at_step("listen", months=0.1)
    w = walker("refund", mei)
    w.go(f"/visits/{visit.id}").at("Listen to the end").something_else("Customer wants a refund")
    w.page.wait_for_url("**/problems/wants_refund")
    w.choose("What does the customer want?", "Refund").choose("What causes the fault?", "The product")
    w.tap("Check the conditions")
    w.page.wait_for_url("**wish=refund**")
    assert "Yes, the right is there: Refund" in w.text(), w.text()
    w.shot("holds")
    w.type("Customer's reason", "Stopped after two days")
    w.choose("How does it go on?", "Entitled; refund or exchange").tap("Save what happened")
    w.page.wait_for_url(f"**/visits/{visit.id}*")
    w.sent()
    assert Visit.get_by_id(visit.id).outcome == "refund_or_exchange"


def test_who_is_not_safe_tells_the_desk_silently_and_where(at_step, walker, phone, mei):
    phone.grant_permissions(["geolocation"])
    phone.set_geolocation({"latitude": 30.27415, "longitude": 120.15515, "accuracy": 12})
    visit, _played = at_step("listen")
    w = walker("silent", mei)
    w.go(f"/visits/{visit.id}").at("Listen to the end").something_else("I don't feel safe")
    assert w.here.get_by_role("link", name="Call the police: 110").get_attribute("href") == "tel:110"
    w.until("document.querySelector('dialog [name=where]').value !== ''")
    w.shot("not-safe")
    w.tap("Tell the desk; nobody calls me").sent()
    asked = Task.get(Task.kind == "safety")
    assert asked.urgent and asked.data["remedy"] == "silent"
    assert asked.data["where"].startswith("30.27415, 120.15515 ±12")
