"""What phones and people do to a page: two taps, two tabs, Back, no scripts, a customer who tries the address bar."""

import pytest

from app.models.sessions import Session
from tests.builders import PASSWORD
from tests.conftest import PHONE
from tests.stories import usual
from tests.stories.conftest import saved
from tests.stories.walker import Walker

pytestmark = pytest.mark.browser


def test_a_double_tap_saves_once(at_step, walker, mei):
    visit, _played = at_step("listen")
    w = walker("8-double-tap", mei).go(f"/visits/{visit.id}").at("Listen to the end", False)
    w.type("In the customer’s words", "It hums.")
    w.here.get_by_role("button", name="That's what they said").dblclick()
    w.at("Find the exact cause", False).sent()
    assert w.saves() == 1
    assert len(saved(visit, "listen")) == 1


def test_back_after_saving_shows_what_was_saved_and_saves_nothing_again(at_step, walker, mei):
    visit, _played = at_step("listen")
    w = walker("8-back", mei).go("/").go(f"/visits/{visit.id}").at("Listen to the end", False)
    w.type("In the customer’s words", "It hums.").tap("That's what they said").at(
        "Find the exact cause", False
    )
    w.page.go_back()
    w.page.wait_for_load_state()
    assert f"/visits/{visit.id}" in w.page.url
    w.go(f"/visits/{visit.id}#s-listen").at("Listen to the end", False)
    assert "It hums." in w.text() and len(saved(visit, "listen")) == 1


def test_the_second_of_two_tabs_is_told_and_keeps_its_words(at_step, walker, mei):
    visit, _played = at_step("listen")
    first = walker("8-first-tab", mei).go(f"/visits/{visit.id}").at("Listen to the end", False)
    second = walker("8-second-tab").go(f"/visits/{visit.id}").at("Listen to the end", False)
    third = walker("8-third-tab").go(f"/visits/{visit.id}").at("Listen to the end", False)
    second.type("In the customer’s words", "It hums and rattles.")
    first.type("In the customer’s words", "It hums.").tap("That's what they said").at(
        "Find the exact cause", False
    ).sent()
    third.at("Find the exact cause", False)
    words = second.page.get_by_label("In the customer’s words")
    assert words.is_visible() and words.input_value() == "It hums and rattles."
    second.tap("That's what they said")
    second.page.get_by_text("meanwhile").locator("visible=true").first.wait_for()
    second.shot("changed-meanwhile")
    assert words.input_value() == "It hums and rattles."
    assert [record.body["words"] for record in saved(visit, "listen")] == ["It hums."]
    second.tap("That's what they said").at("Find the exact cause", False).sent()
    assert [record.body["words"] for record in saved(visit, "listen")] == ["It hums.", "It hums and rattles."]


def test_without_scripts_a_whole_step_is_saved(at_step, _browser, live_server, mei):
    visit, _played = at_step("knock")
    plain = _browser.new_context(
        base_url=live_server, java_script_enabled=False, viewport=PHONE, has_touch=True
    )
    plain.set_default_timeout(15_000)
    w = Walker(plain.new_page(), "8-no-scripts")
    w.go(f"/visits/{visit.id}").at("Sign in", False).type("Your sign-in name", "mei").type(
        "Password", PASSWORD
    )
    w.tap("Sign in").tap("Later")
    w.at("Knock 2 × 3, then wait", False).tap("Rang the bell")
    w.page.get_by_text("Rang or knocked once").wait_for()
    w.tap("Door opened").at("Greet, then show your permit", False)
    w.tap("They let me in").at("Please fix", False)
    w.tick("I said who I am", "It is the customer", "I showed my permit").choose("Who lets me in?", "Family")
    w.tap("They let me in").at("Covers on at the threshold", False)
    w.choose("Shoe covers", "Covers on").tap("I'm inside").at("Mat first, box on it", False)
    w.something_else("There is damage already").shot("damage")
    w.type("Where and what", "Scratch on the door").choose("How does it go on?", "Customer has seen it")
    w.tap("Save what happened").at("Mat first, box on it")
    plain.close()
    assert saved(visit, "enter")[0].body["who"] == "family"
    assert saved(visit, "mat", "problem")[0].body["where"] == "Scratch on the door"


def test_a_customer_gets_nowhere_else_in_any_tab(at_step, walker, mei):
    visit, played = at_step("sign")
    played.act("sign", "handed_over")
    address = f"/c/{played.opened.visit.customer_token}"
    w = walker("8-locked", mei).go("/account").go(address).at("Please check and sign")
    second = walker("8-locked-second")
    for path in (
        "/",
        "/account",
        f"/visits/{visit.id}",
        f"/visits/{visit.id}/documents",
        "/desk",
        "/sign-in",
        "/pin",
    ):
        for tab in (w, second):
            tab.go(path).at("Please check and sign", False)
            assert tab.page.url.endswith(address), (path, tab.page.url)
    for _ in range(4):
        w.page.go_back()
        w.at("Please check and sign", False)
    answer = w.page.request.post(f"/visits/{visit.id}/steps/pay", form={"act": "done", "method": "cash"})
    assert answer.status in (403, 404, 423)
    w.draw((40, 150, 180, 60), (120, 60, 280, 170)).sign("I agree and sign").at("How was it?", False).tap(
        "Skip"
    )
    w.at("Please give the phone back", False)
    second.go("/").at("How was it?", False)
    assert Session.get().lock_token
    w.give_back(PASSWORD)
    second.go("/").at("One visit", False)


def test_what_is_typed_outlives_the_save_of_a_line(at_step, walker, mei):
    visit, _played = at_step("diagnose")
    w = walker("8-typed", mei).go(f"/visits/{visit.id}").at("Find the exact cause", False)
    w.pick("Fault", "Does not cool").pick("Exact cause", "Fan failed").choose(
        "What shows it?", "Rating plate"
    )
    w.type("In your words", "It is warm inside.")
    usual.add_line(w, "Call-out and inspection")
    usual.add_line(w, "Fan motor")
    assert w.here.get_by_label("In your words").first.input_value() == "It is warm inside."
    assert w.here.get_by_label("Rating plate").is_checked()
    w.tap("Fault found").at("Show the price, then ask", False).sent()
    assert saved(visit, "diagnose")[0].body["cause"] == "fan_failed"
    w.go(f"/visits/{visit.id}#s-diagnose")
    assert (
        w.page.evaluate("Object.keys(sessionStorage).filter((name) => name.startsWith('typed:')).length") == 0
    )
