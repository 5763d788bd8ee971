"""The end of Mei's day on two phones: she sees what is noted, is asked, answers; Ana receives and signs off; Hao decides."""

import pytest

from app.models.copy_links import CopyLink
from app.models.days import DayClose, Receiving
from app.models.doubts import Doubt
from app.models.tasks import FollowUp
from tests import builders
from tests.stories.conftest import today

pytestmark = pytest.mark.browser


@pytest.fixture
def hao(place):
    return builders.person(place, "hao", name="Hao", role="manager")


@pytest.fixture
def tab(_browser, live_server, sign_in_page, place):
    """`tab(who)`: that person's own phone; any complaint of the browser fails the test at its end."""
    contexts, troubles = [], []

    def opened(who):
        context = _browser.new_context(
            base_url=live_server, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True,
            locale="en-GB", timezone_id=place.timezone, service_workers="block",
        )  # fmt: skip
        context.set_default_timeout(15_000)
        context.on("weberror", lambda error: troubles.append(str(error.error)))
        context.on(
            "console", lambda line: troubles.append(line.text) if line.type in ("error", "warning") else None
        )
        contexts.append(context)
        page = context.new_page()
        if who is not None:
            sign_in_page(page, who)
        return page

    yield opened
    for context in contexts:
        context.close()
    expected = (
        "status of 422",
        "blocked by Playwright",
    )  # a form that comes back; the worker, which this is not about
    assert not [line for line in troubles if not any(words in line for words in expected)], troubles


def tap(page, name, role="button"):
    page.wait_for_timeout(900)  # a person taps no sooner; a tap right after another is taken for the same
    with page.expect_navigation():
        page.get_by_role(role, name=name, exact=True).first.tap()


def shown(page):
    return str(page.locator("main").inner_text())


def test_a_slip_that_is_missing_from_the_van_to_the_decision(tab, place, mei, ana, hao, at_step, shot):
    visit, played = at_step("diagnose")
    played.quote([("callout", 1), ("drain_pump", 1)])
    played.until(None)
    total = played.opened.visit.total

    # Mei passes the copy on from her phone, and says so.
    phone = tab(mei)
    phone.goto(f"/visits/{visit.id}/documents")
    tap(phone, "Make the link")
    assert "Made, not passed on yet" in shown(phone)
    phone.get_by_text("By text message").tap()
    tap(phone, "The customer has the link")
    assert "Passed on by Lin Mei" in shown(phone) and CopyLink.get().way == "sms"
    customer = tab(None)
    customer.goto(f"/s/{CopyLink.get().token}")
    assert "HZ1-S26" in shown(customer) and "What you pay" in shown(customer)

    # Ana receives what comes over her desk.
    desk = tab(ana)
    desk.goto("/desk")
    tap(desk, "Day's end", "link")
    assert "3 things to receive" in shown(desk)
    tap(desk, "Lin Mei", "link")
    assert "customer has a copy" in shown(desk)
    desk.locator(f"#slip-{visit.id}").get_by_text("Missing").tap()
    tap(desk, "Note what came in")
    assert "Say why it differs" in shown(desk) and not Receiving.select().exists()
    desk.get_by_label("Why it differs").fill("Left in the van")
    desk.get_by_label("Cash counted").fill(f"{total / 100:.2f}")
    desk.locator(f"#old-{visit.id}").get_by_text("In", exact=True).tap()
    tap(desk, "Note what came in")
    assert "3 things are noted." in desk.content() and "slip missing: Left in the van" in shown(desk)
    shot(desk, "day-end-received")

    # The customer is to be called, and what does not fit is put to Mei.
    assert FollowUp.select().where(FollowUp.kind == "remedial").count() == 1
    desk.goto(f"/desk/day/doubts?day={today(visit)}")
    tap(desk, "Ask the engineer, call the customer")
    phone.goto("/")
    tap(phone, "Look and answer", "link")
    assert "the slip is not in" in shown(phone)
    phone.get_by_label("What you say to it").fill("It lies in the van; I bring it at eight")
    tap(phone, "Give my answer")
    assert Doubt.get().said == "It lies in the van; I bring it at eight"

    # Ana signs off and names it; Hao decides and looks the day over.
    desk.goto(f"/desk/day/engineers/{mei.id}?day={today(visit)}")
    desk.get_by_label("What was found and agreed").fill("Slip tomorrow at eight")
    tap(desk, "Sign off with Lin Mei")
    assert "Signed off" in shown(desk)
    manager = tab(hao)
    manager.goto(f"/desk/day/doubts?day={today(visit)}")
    assert "It lies in the van; I bring it at eight" in shown(manager)
    manager.locator("summary", has_text="Decide").tap()
    manager.get_by_text("An honest mistake").tap()
    manager.get_by_label("Why", exact=False).last.fill("Bring slips in on the day")
    tap(manager, "Decide so")
    manager.goto(f"/desk/day?day={today(visit)}")
    manager.get_by_label("What you found").fill("One slip is late")
    tap(manager, "The day is looked over")
    assert "Looked over by Hao" in shown(manager) and DayClose.select().count() == 2

    # Mei reads it all.
    phone.goto("/handed-in")
    seen = shown(phone)
    assert (
        "An honest mistake" in seen
        and "Bring slips in on the day" in seen
        and "Slip tomorrow at eight" in seen
    )
    assert "Left in the van" in seen and "Ana Wang" in seen
    shot(phone, "day-end-mine")
