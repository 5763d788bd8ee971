"""The kit: the customer's pages as one document for the phone, and that they say what the server's pages say."""

import re
from datetime import timedelta

import brotli
import pytest

from app.models.sessions import Session
from app.models.stock import Loaner
from app.services import visiting
from app.services.rehearsing import CANVAS, SIGNATURE
from app.web.pages import now
from tests.web.test_customer import REPAIR, address_of, at_consent, at_receipt, at_sign, rehearsed

LANGUAGES = ("en", "zh_Hans", "zh_Hant", "es")


def test_the_kit_is_there_before_the_phone_is_handed_over_and_only_for_its_engineer(
    app, mei, cast, sign_in, client
):
    played = rehearsed(cast)
    assert mei.get(address_of(played, "/kit/en")).status_code == 200
    assert mei.get(address_of(played, "/kit/xx")).status_code == 404
    other = app.test_client()
    sign_in(other, "li")
    assert other.get(address_of(played, "/kit/en")).status_code == 404
    assert app.test_client().get(address_of(played, "/kit/en")).status_code == 404


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_kit_is_small_unchanged_and_holds_no_value_of_the_visit(mei, cast, lang):
    played = at_sign(cast)
    answer = mei.get(address_of(played, f"/kit/{lang}"))
    page = answer.get_data(as_text=True)
    assert len(brotli.compress(page.encode(), quality=5)) <= 12_000
    for value in ("Ms Chen", "BCD-216", "Warm since Friday"):
        assert value not in page
    again = mei.get(address_of(played, f"/kit/{lang}"), headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304 and not again.data


# --- the same words as the server's pages


def bundle_of(client, played):
    """What the phone lays aside when it is handed over: the visit's data, rules and prices, and the lock."""
    data = client.get(f"/visits/{played.visit_id}/data").get_json()
    handed = played.opened.walk.hand_over
    bundle = {
        "visit": data["visit"],
        "data": data,
        "rules": client.get(f"/protocols/{data['protocol']}/rules").get_json(),
        "prices": client.get(f"/prices/{data['prices']}").get_json(),
    }
    lock = {"token": data["token"], "visit": data["visit"], "step": handed.step, "key": handed.key, "lang": "en",
            "person": data["person"], "at": handed.at.isoformat()}  # fmt: skip
    return bundle, lock


def lay_aside(page, bundle, lock):
    page.evaluate(
        """async ([bundle, lock, files]) => {
          for (const src of files) await new Promise((done) => {
            const script = Object.assign(document.createElement('script'), { src, onload: done });
            document.head.append(script);
          });
          await doorstep.store.set('person', lock.person);
          await doorstep.store.set('customer', bundle);
          await doorstep.store.set('lock', lock);
        }""",
        [bundle, lock, ["/static/vendor/idb@8.0.4/umd.js", "/static/js/store.js"]],
    )


def text_shown(page):
    page.evaluate("document.querySelectorAll('details').forEach((fold) => { fold.open = true; })")
    return re.sub(r"\s*\n\s*", "\n", page.locator("main").inner_text()).strip()


def take_back(cast, **taken):
    return {"repair": {"mode": "take_back"}, "take_back": {
        "condition": "Dent at the left", "accessories": "2 shelves", "reason": "workshop_tools", "loaner": "none",
        "promised_on": (now() + timedelta(days=5)).date().isoformat(), "photos_reason": "broken", **taken}}  # fmt: skip


def with_loaner(cast):
    lent = Loaner.create(outlet=cast.home, kind="refrigerator", brand="Aurora", model="L-1", serial="L0001")
    loan = {
        "loaner": str(lent.id),
        "loaner_condition": "Scratch on the door",
        "loaner_accessories": "1 shelf",
    }
    played = rehearsed(cast, take_back(cast, **loan), ())
    played.until("take_back")
    played.act("take_back", "done", played.answers["take_back"])
    played.act("take_back", "handed_over")
    return played


def with_gaps(cast):
    played = rehearsed(cast, {"diagnose": {"fault": "no_cooling", "cause": "not_found", "basis": "statement"},
                              "test": {"result": "not_tested", "reason": "no_power"}})  # fmt: skip
    played.until("teach")
    played.act("teach", "passed", {"reason": "no_time"})
    played.until("sign")
    played.act("sign", "handed_over")
    return played


def with_parts(cast):
    later = (now() + timedelta(days=9)).date().isoformat()
    pay = {
        "method": "cash",
        "amount": "10.00",
        "rest": "later",
        "later_by": later,
        "invoice": "on",
        "invoice_title": "Chen",
    }
    lines = [("callout", 1), ("power_cord", 2, "20.00"), ("fridge_fan", 1)]
    return at_sign(
        cast, answers={"pay": pay, "old_part": {"old_part": "left", "reason": "customer_keeps"}}, lines=lines
    )


def in_warranty(cast):
    bought = (now() - timedelta(days=90)).date().isoformat()
    return at_sign(cast, answers={"diagnose": {**REPAIR["diagnose"], "purchase_date": bought}})


def answered(act, **fields):
    def play(cast):
        played = at_consent(cast)
        played.act("consent", act, fields or {"total": str(played.opened.walk.fee.total)}, role="customer")
        return played

    return play


def signed(act="signed", rated=False, play=at_sign, **fields):
    def made(cast):
        played = play(cast)
        step = played.opened.walk.hand_over.step
        shown = visiting.shown(played.opened, step).digest
        values = fields or {"how": "drawn", "strokes": SIGNATURE, "size": CANVAS}
        played.act(step, act, {**values, "shown": shown}, role="customer")
        if rated:
            played.act(step, "rated", {"quality": "4"}, role="customer")
        return played

    return made


WAYS = ("", "typed", "paper", "declined")
STATES = {
    "price": (at_consent, ("", "refused"), "At most"),
    "two prices": (
        lambda cast: at_consent(cast, lines=[("callout", 1), ("power_cord", 2, "20.00")]),
        ("",),
        "certificate",
    ),
    "agreed": (answered("agreed"), ("", "again"), "You agreed to at most"),
    "refused": (answered("refused", reason="too_expensive"), ("",), "You did not agree"),
    "slip": (at_sign, WAYS, "Original fault only: 3 months"),
    "gaps": (with_gaps, ("",), "Not recorded: "),
    "parts": (with_parts, ("",), "You still pay"),
    "in warranty": (in_warranty, ("",), "Free: the product is in warranty"),
    "danger": (
        lambda cast: at_sign(cast, answers={"test": {"result": "dangerous", "told_danger": "on"}}),
        ("", "typed"),
        "Do not use",
    ),
    "receipt": (at_receipt, WAYS, "No photos were taken"),
    "loaner": (with_loaner, ("", "typed"), "Scratch on the door"),
    "rating": (signed(), ("", "skipped"), "How was it?"),
    "thanks": (signed(rated=True), ("",), "It is signed"),
    "declined": (signed("declined", reason="no_reason"), ("skipped",), "Closed without a signature"),
    "receipt signed": (signed(play=at_receipt), ("",), "It is signed"),
    "receipt declined": (
        signed("declined", play=at_receipt, reason="no_reason"),
        ("",),
        "Please check what we take",
    ),
}


@pytest.mark.browser
@pytest.mark.parametrize("state", STATES)
def test_the_phones_page_says_in_four_languages_what_the_servers_page_says(
    page, mei, cast, sign_in_page, state
):
    play, hows, words = STATES[state]
    played = play(cast)
    bundle, lock = bundle_of(mei, played)
    sign_in_page(page, "mei")
    told = {}
    for lang in LANGUAGES:
        for how in hows:
            page.goto(address_of(played, f"?lang={lang}&how={how}"))
            told[lang, how] = (page.title(), text_shown(page))
    assert words in told["en", hows[0]][1]
    lay_aside(page, bundle, lock)
    for (lang, how), said in told.items():
        page.goto(address_of(played, f"/kit/{lang}?how={how}"))
        page.locator("main h1").wait_for()
        assert (page.title(), text_shown(page)) == said, (lang, how)


# --- without a worker, and on a small phone


def hand(page, played, step):
    page.goto(f"/visits/{played.visit_id}#s-{step}")
    page.locator(f"#s-{step} .dock .btn.main").filter(has_text=re.compile("[Hh]and .*over")).tap()


@pytest.mark.browser
def test_without_a_worker_the_office_hears_of_it_first_and_its_own_pages_come(page, cast, sign_in_page):
    played = rehearsed(cast)
    played.until("consent")
    sign_in_page(page, "mei")
    hand(page, played, "consent")
    page.get_by_role("heading", name="Please check the price").wait_for()
    assert page.evaluate("!window.doorstep.customer && localStorage.getItem('customer-lock') === null")
    assert Session.get().lock_token == played.opened.visit.customer_token
    page.get_by_role("button", name="I agree").tap()
    page.get_by_text("You agreed to at most").wait_for()


@pytest.mark.browser
def test_without_worker_and_signal_the_phone_is_not_handed_over(page, cast, sign_in_page):
    played = rehearsed(cast)
    played.until("consent")
    sign_in_page(page, "mei")
    page.goto(f"/visits/{played.visit_id}#s-consent")
    page.locator("#outbox-badge[data-state=sent]").wait_for()
    page.context.set_offline(True)
    page.locator("#s-consent .dock .btn.main").filter(has_text=re.compile("[Hh]and .*over")).tap()
    page.get_by_text("The phone cannot be handed over without a signal here").wait_for()
    assert f"/visits/{played.visit_id}" in page.url
    assert page.evaluate("doorstep.store.entriesOf().then((all) => all.length)") == 0
    page.context.set_offline(False)


@pytest.mark.browser
def test_without_what_holds_the_lock_the_phone_is_not_handed_over(page, cast, sign_in_page):
    """The script that hands over could not be had: nothing is stored; the next tap asks for it again."""
    played = rehearsed(cast)
    played.until("consent")
    sign_in_page(page, "mei")
    page.route("**/js/hand_over.js", lambda route: route.abort())
    page.goto(f"/visits/{played.visit_id}#s-consent")
    page.locator("#outbox-badge[data-state=sent]").wait_for()
    hand = page.locator("#s-consent .dock .btn.main").filter(has_text=re.compile("[Hh]and .*over"))
    hand.tap()
    page.get_by_text("The phone cannot be handed over without a signal here").wait_for()
    assert page.evaluate("doorstep.store.entriesOf().then((all) => all.length)") == 0
    page.unroute("**/js/hand_over.js")
    page.wait_for_timeout(350)  # sooner it would be the second half of a double tap
    hand.tap()
    page.wait_for_url("**/c/**")


@pytest.mark.browser
@pytest.mark.parametrize("state", ["price", "parts", "loaner"])
def test_no_page_of_the_phones_is_wider_than_a_small_phone(page, mei, cast, sign_in_page, state):
    page.set_viewport_size({"width": 320, "height": 640})
    played = STATES[state][0](cast)
    bundle, lock = bundle_of(mei, played)
    sign_in_page(page, "mei")
    page.goto("/account")
    lay_aside(page, bundle, lock)
    for lang in LANGUAGES:
        for rest in (
            "",
            "?how=typed",
            "?how=paper",
            "?how=declined",
            "?how=refused",
            "?at=/return",
            "?at=/rest",
        ):
            page.goto(address_of(played, f"/kit/{lang}{rest}"))
            page.locator("main h1").wait_for()
            assert page.evaluate("document.documentElement.scrollWidth") <= 320, (lang, rest)


@pytest.mark.browser
def test_ten_idle_minutes_cover_the_phones_page(page, mei, cast, sign_in_page):
    played = at_consent(cast)
    bundle, lock = bundle_of(mei, played)
    sign_in_page(page, "mei")
    page.goto("/account")
    lay_aside(page, bundle, lock)
    page.clock.install()
    page.goto(address_of(played, "/kit/en"))
    page.get_by_role("heading", name="Please check the price").wait_for()
    page.clock.fast_forward("10:30")
    page.get_by_role("heading", name="This page is covered").wait_for()
    assert "¥" not in page.locator("main").inner_text()
    page.get_by_role("link", name="Show the page again").tap()
    page.get_by_role("heading", name="Please check the price").wait_for()
