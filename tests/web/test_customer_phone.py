"""The kit: the customer's pages as one document for the phone, and that they say what the server's pages say."""

import json
import re

import brotli
import pytest

from tests import builders
from tests.web.test_customer import address_of, at_consent, at_receipt, at_sign, rehearsed, text_of

LANGUAGES = ("en", "zh_Hans", "zh_Hant", "es")


def test_the_kit_is_there_before_the_phone_is_handed_over_and_only_for_its_engineer(app, mei, cast, sign_in, client):
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


def warranty(cast):
    return at_sign(cast, answers={"repair": {"measures": ["replaced"]}}, lines=[("callout", 1), ("door_seal", 2, "20.00")])


STATES = {
    "price": at_consent,
    "two prices": lambda cast: at_consent(cast, lines=[("callout", 1), ("power_cord", 2, "20.00")]),
    "slip": at_sign,
    "receipt": at_receipt,
}


@pytest.mark.browser
@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("state", STATES)
def test_the_phones_page_says_what_the_servers_page_says(page, mei, cast, sign_in_page, state, lang):
    played = STATES[state](cast)
    bundle, lock = bundle_of(mei, played)
    sign_in_page(page, "mei")
    hows = ("", "refused") if lock["step"] == "consent" else ("", "typed", "paper", "declined")
    told = {}
    for how in hows:
        page.goto(address_of(played, f"?lang={lang}&how={how}"))
        told[how] = (page.title(), text_shown(page))
    lay_aside(page, bundle, {**lock, "lang": lang})
    for how in hows:
        page.goto(address_of(played, f"/kit/{lang}?how={how}"))
        page.locator("main h1").wait_for()
        assert (page.title(), text_shown(page)) == told[how], (state, lang, how)
