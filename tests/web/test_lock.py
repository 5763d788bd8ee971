"""The lock over the pages: when the PIN is asked for, what is hidden meanwhile, and that nothing beneath is lost."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import brotli
import pytest
from playwright.sync_api import expect

from app.models.sessions import Session
from app.services.rehearsing import Rehearsal
from app.web import assets, packing
from app.web.pages import now
from tests import builders
from tests.conftest import PHONE, chrome

PIN = "246810"
IDLE = "05:06"  # five minutes, and the five seconds between two looks at the clock
# Runs before any script of the page: was it hidden when its body came into being, and under which title?
WATCH = """new MutationObserver((_, watcher) => {
  if (!document.body) return;
  window.first = [document.documentElement.classList.contains('locked'), document.title];
  watcher.disconnect();
}).observe(document, { childList: true, subtree: true });"""


@pytest.fixture
def visit(cast: builders.Cast) -> Any:
    return builders.visit(cast.mei, now=now(), day=now().date())


@pytest.fixture
def phone(page: Any, cast: builders.Cast, sign_in_page: Callable[..., Any]) -> Any:
    """Mei's phone with a PIN, its clock in our hands, on her account page."""
    page.clock.install()
    sign_in_page(page, "mei")
    choose_pin(page, cast.mei.id)
    return page


def choose_pin(page: Any, person: int) -> None:
    page.goto("/pin?next=/account")
    page.get_by_label("PIN", exact=True).fill(PIN)
    page.get_by_label("PIN again").fill(PIN)
    page.get_by_role("button", name="Set this PIN").tap()
    page.wait_for_url(re.compile(r"\d/account$"))


def lock_of(page: Any) -> Any:
    return page.get_by_role("dialog", name="Unlock Doorstep")


def unlock(page: Any, pin: str = PIN) -> None:
    lock_of(page).get_by_label("Your PIN").fill(pin)
    lock_of(page).get_by_role("button", name="Unlock", exact=True).tap()


def idle(*pages: Any) -> None:
    """Five minutes and more pass. Each tab has a clock of its own here: one that is still behind says that it is open,
    which opens a tab that is ahead; so time passes until all are shut."""
    for _ in range(3):
        for page in pages:
            page.clock.fast_forward(IDLE)
        with suppress(AssertionError):
            for page in pages:
                expect(lock_of(page)).to_be_visible(timeout=2000)
            return
    for page in pages:
        expect(lock_of(page)).to_be_visible()


def sent(page: Any) -> None:
    """Wait until the office has every save, and said its time."""
    asked = "() => doorstep.outbox.pump('test').then(() => doorstep.outbox.state())"
    known = "() => localStorage.getItem('clock-offset') !== null"
    for _ in range(80):
        if not page.evaluate(asked)["pending"] and page.evaluate(known):
            return
        page.wait_for_timeout(100)
    raise AssertionError("never sent")


@contextmanager
def started(playwright_type: Any, folder: Path, address: str) -> Iterator[Any]:
    """The phone's browser, started cold on what it kept in this folder."""
    browser = playwright_type.launch_persistent_context(
        str(folder), executable_path=chrome(), base_url=address, viewport=PHONE, has_touch=True, is_mobile=True,
        args=["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"],
    )  # fmt: skip
    browser.set_default_timeout(10_000)
    browser.add_init_script(WATCH)
    yield browser
    browser.close()


@pytest.mark.browser
def test_a_cold_start_asks_before_anything_is_seen_and_a_second_tab_does_not(
    _browser: Any, live_server: str, cast: builders.Cast, visit: Any, tmp_path: Path
) -> None:
    kind, folder = _browser.browser_type, tmp_path / "phone"
    with started(kind, folder, live_server) as browser:
        page = browser.new_page()
        page.goto("/sign-in")
        page.get_by_label("Your sign-in name").fill("mei")
        page.get_by_label("Password").fill(builders.PASSWORD)
        page.get_by_role("button", name="Sign in").tap()
        page.wait_for_url("**/pin")
        choose_pin(page, cast.mei.id)
        page.goto(f"/visits/{visit.id}")
        expect(page.get_by_text("Ms Chen").first).to_be_visible()
    with started(kind, folder, live_server) as browser:
        page = browser.new_page()
        page.goto(f"/visits/{visit.id}")
        assert page.evaluate("window.first") == [True, "Doorstep"]
        expect(lock_of(page)).to_be_visible()
        assert "Ms Chen" not in page.inner_text("body") and "Ms Chen" not in page.title()
        unlock(page)
        expect(page.get_by_text("Ms Chen").first).to_be_visible()
        assert "Ms Chen" in page.title()
        second = browser.new_page()
        second.goto("/account")
        expect(second.get_by_role("heading", name="Mei")).to_be_visible()
        assert second.locator("dialog.lock").count() == 0
        page.goto("/account")
        assert page.evaluate("window.first")[0] is False


@pytest.mark.browser
def test_signing_in_again_is_proof_enough(
    page: Any, cast: builders.Cast, sign_in_page: Callable[..., Any]
) -> None:
    sign_in_page(page, "mei")
    choose_pin(page, cast.mei.id)
    page.evaluate(
        "sessionStorage.clear(); localStorage.removeItem(Object.keys(localStorage).find((k) => /touched/.test(k)))"
    )
    Session.update(revoked_at=now()).execute()
    page.goto("/account")
    page.get_by_label("Your sign-in name").fill("mei")
    page.get_by_label("Password").fill(builders.PASSWORD)
    page.get_by_role("button", name="Sign in").tap()
    page.wait_for_url("**/pin?next=/account")
    expect(page.get_by_role("heading", name="Choose a PIN")).to_be_visible()
    page.wait_for_timeout(300)
    assert page.locator("dialog.lock").count() == 0
    assert "opened=" not in page.evaluate("document.cookie")


@pytest.mark.browser
def test_five_idle_minutes_ask_and_what_was_typed_is_still_there(phone: Any, visit: Any, shot: Any) -> None:
    phone.goto(f"/visits/{visit.id}#s-listen")
    words = phone.get_by_label("In the customer’s words")
    words.fill("It hums at night")
    phone.clock.fast_forward("04:50")
    words.press("End")
    phone.clock.fast_forward("04:50")
    phone.wait_for_timeout(200)
    assert lock_of(phone).count() == 0
    idle(phone)
    shot(phone, "lock")
    unlock(phone)
    expect(lock_of(phone)).to_have_count(0)
    expect(words).to_have_value("It hums at night")
    expect(words).to_be_focused()


@pytest.mark.browser
def test_a_locked_page_is_out_of_reach_of_eyes_keyboard_and_screen_reader(phone: Any, visit: Any) -> None:
    phone.goto(f"/visits/{visit.id}")
    phone.get_by_role("link", name="Something else").first.tap()  # even with a sheet open over the page
    expect(phone.locator("dialog[open]")).to_be_visible()
    idle(phone)
    assert "Ms Chen" not in phone.inner_text("body")
    heard = phone.locator("body").aria_snapshot()
    assert "Unlock Doorstep" in heard and "Chen" not in heard and "banner" not in heard
    for key in ["Tab"] * 12 + ["Shift+Tab"] * 12 + ["Escape"] * 3 + ["Tab"] * 3:
        phone.keyboard.press(key)
        assert phone.evaluate("!document.hasFocus() || document.activeElement === document.body"
                              " || Boolean(document.activeElement.closest('dialog.lock'))"), key  # fmt: skip
    expect(lock_of(phone)).to_be_visible()
    assert phone.evaluate("[...document.querySelectorAll('main, header, dialog:not(.lock)')].every("
                          "(one) => getComputedStyle(one).visibility === 'hidden')")  # fmt: skip


@pytest.mark.browser
def test_a_page_that_was_asleep_is_locked_by_the_touch_that_wakes_it(phone: Any) -> None:
    phone.evaluate(
        "localStorage.setItem(Object.keys(localStorage).find((k) => /touched/.test(k)), Date.now() - 301000)"
    )
    phone.mouse.click(200, 400)
    expect(lock_of(phone)).to_be_visible()


@pytest.mark.browser
def test_it_locks_and_opens_without_a_network_and_other_tabs_open_too(phone: Any, context: Any) -> None:
    other = context.new_page()
    other.goto("/account")
    expect(other.get_by_role("heading", name="Mei")).to_be_visible()
    context.set_offline(True)
    idle(phone, other)
    unlock(phone, "24681")
    expect(lock_of(phone)).to_contain_text("Type all six digits")
    unlock(phone)
    expect(phone.get_by_role("heading", name="Mei")).to_be_visible()
    expect(lock_of(other)).to_have_count(0)
    other.close()
    idle(phone)
    lock_of(phone).get_by_text("Use the password").tap()
    lock_of(phone).get_by_label("Your password").fill(builders.PASSWORD)
    lock_of(phone).get_by_role("button", name="Unlock with the password").tap()
    expect(lock_of(phone)).to_contain_text("The password needs a signal")


@pytest.mark.browser
def test_five_wrong_pins_leave_the_password_which_keeps_the_page(phone: Any, visit: Any, shot: Any) -> None:
    phone.goto(f"/visits/{visit.id}#s-listen")
    words = phone.get_by_label("In the customer’s words")
    words.fill("It hums at night")
    sent: list[str] = []
    phone.on("request", lambda request: sent.append(request.post_data or ""))
    idle(phone)
    for left in (4, 3, 2, 1):
        unlock(phone, "111111")
        expect(lock_of(phone)).to_contain_text(f"Wrong PIN. {left} tries left.")
    unlock(phone, "111111")
    expect(lock_of(phone)).to_contain_text("Five wrong tries. Type your password.")
    expect(lock_of(phone).get_by_label("Your PIN")).not_to_be_visible()
    shot(phone, "lock-password")
    phone.reload()
    expect(lock_of(phone)).to_contain_text("Five wrong tries. Type your password.")
    password = lock_of(phone).get_by_label("Your password")
    password.fill("no")
    lock_of(phone).get_by_role("button", name="Unlock with the password").tap()
    expect(lock_of(phone)).to_contain_text("Check your password")
    password.fill(builders.PASSWORD)
    lock_of(phone).get_by_role("button", name="Unlock with the password").tap()
    expect(lock_of(phone)).to_have_count(0)
    expect(words).to_be_visible()
    assert not any("111111" in body for body in sent)


@pytest.mark.browser
def test_a_session_that_ended_meanwhile_leads_to_the_sign_in_page(phone: Any) -> None:
    idle(phone)
    Session.update(revoked_at=now()).execute()
    lock_of(phone).get_by_text("Use the password").tap()
    lock_of(phone).get_by_label("Your password").fill(builders.PASSWORD)
    lock_of(phone).get_by_role("button", name="Unlock with the password").tap()
    lock_of(phone).get_by_role("link", name="Sign in again").tap()
    phone.wait_for_url("**/sign-in")


@pytest.mark.browser
def test_the_ring_of_the_knocking_runs_on_beneath(phone: Any, cast: builders.Cast) -> None:
    start = now() - timedelta(minutes=30)
    begun = builders.visit(cast.mei, now=start, day=start.date())
    played = Rehearsal(cast.mei, begun.id, start)
    played.until("knock")
    phone.goto(f"/visits/{begun.id}#s-knock")
    phone.get_by_role("button", name="Rang the bell").tap()
    phone.wait_for_load_state()
    ring = phone.locator("[data-ring]")
    expect(ring).not_to_have_attribute("data-start", "")
    sent(phone)  # a later receipt would set the ring right by the office's clock, which goes on as it was
    idle(phone)
    three_hundred_or_more = re.compile(r"^(3\d\d|[4-9]\d\d|\d{4,})$")
    expect(ring).to_have_attribute("data-gone", three_hundred_or_more)
    expect(phone.locator("[data-ring-live]")).not_to_have_text("")


@pytest.mark.browser
def test_whoever_set_no_pin_is_not_asked(
    page: Any, cast: builders.Cast, sign_in_page: Callable[..., Any]
) -> None:
    page.add_init_script(WATCH)
    page.clock.install()
    sign_in_page(page, "li")
    choose_pin(page, cast.li.id)
    page.context.clear_cookies()
    sign_in_page(page, "mei")  # a colleague's PIN on the same phone is not hers
    page.goto("/account")
    assert page.evaluate("window.first")[0] is False
    page.clock.fast_forward(IDLE)
    page.wait_for_timeout(300)
    assert page.locator("dialog.lock").count() == 0
    assert page.get_by_role("heading", name="Mei").is_visible()


@pytest.mark.browser
def test_the_customers_page_is_never_covered(phone: Any, cast: builders.Cast) -> None:
    start = now() - timedelta(hours=2)
    begun = builders.visit(cast.mei, now=start, day=start.date())
    found = {"fault": "no_cooling", "cause": "fan_failed", "basis": "invoice"}
    played = Rehearsal(cast.mei, begun.id, start, {"diagnose": found})
    played.until("diagnose")
    played.quote((("callout", 1),))
    played.until("consent")
    played.act("consent", "handed_over")
    home = f"/c/{played.opened.visit.customer_token}"
    phone.goto(home)
    phone.clock.fast_forward(IDLE)
    phone.wait_for_timeout(300)
    assert phone.locator("dialog.lock, template[data-lock]").count() == 0
    assert phone.locator("h1").is_visible()
    phone.goto(f"{home}/return")  # the engineer's PIN there is proof enough for his own pages
    phone.get_by_text("Use the password").tap()
    phone.get_by_label("Your password").fill(builders.PASSWORD)
    phone.get_by_role("button", name="Unlock with the password").tap()
    phone.wait_for_url(f"**/visits/{begun.id}**")
    phone.wait_for_timeout(300)
    assert phone.locator("dialog.lock").count() == 0


@pytest.mark.browser
@pytest.mark.parametrize("blocked", ["scripts", "crypto"])
def test_without_scripts_or_their_cryptography_nothing_changes(
    _browser: Any, live_server: str, cast: builders.Cast, sign_in_page: Callable[..., Any], blocked: str
) -> None:
    plain = _browser.new_context(
        base_url=live_server, viewport=PHONE, java_script_enabled=blocked != "scripts"
    )
    page = plain.new_page()
    page.add_init_script(
        "Object.defineProperty(window.crypto, 'subtle', { value: undefined }); localStorage.setItem('pin-1', '1');"
        f"localStorage.setItem('pin-{cast.mei.id}', '1');"
    )
    sign_in_page(page, "mei")
    page.goto("/account")
    expect(page.get_by_role("heading", name="Mei")).to_be_visible()
    assert page.locator("dialog").count() == 0
    plain.close()


def test_the_password_opens_nothing_but_the_lock(client: Any, mei: Any, cast: builders.Cast) -> None:
    assert client.post("/unlock", data={"password": builders.PASSWORD}).status_code == 303
    good = mei.post("/unlock", data={"password": builders.PASSWORD})
    assert (good.status_code, good.data) == (204, b"")
    wrong = mei.post("/unlock", data={"password": PIN})
    assert wrong.status_code == 422 and wrong.json == {"text": "Check your password"}


def test_guessing_the_password_of_the_lock_gets_slower(mei: Any) -> None:
    for _try in range(5):
        mei.post("/unlock", data={"password": "no"})
    answer = mei.post("/unlock", data={"password": builders.PASSWORD}, headers={"Accept": "application/json"})
    assert answer.status_code == 429 and "seconds" in answer.json["text"]


def test_the_locks_script_stays_small_and_comes_before_the_first_paint(mei: Any) -> None:
    sent = packing.written(assets.FOLDER, "js/lock.js")
    assert len(brotli.compress(sent)) < 2048  # it also keeps the dialog, which no page carries
    head = mei.get("/account").text.partition("</head>")[0]
    script = re.search(r"<script[^>]*js/lock\.js[^>]*>", head)
    assert script and "defer" not in script[0] and "async" not in script[0]
    assert head.index("js/lock.js") < head.index('rel="stylesheet"')
