"""Signing in on a real phone's browser: by touch, with the PIN that never leaves the phone."""

import hashlib

import pytest

from app.models.sessions import Session
from tests import builders

pytestmark = pytest.mark.browser


def open_sign_in(page, cast):
    cast.home.is_demo = True
    cast.home.save()
    page.goto("/sign-in")


def test_mei_signs_in_and_chooses_a_pin(page, cast, shot):
    page.goto("/sign-in")
    page.get_by_label("Your sign-in name").fill("mei")
    page.get_by_label("Password").fill(builders.PASSWORD)
    page.get_by_role("button", name="Sign in").tap()
    page.wait_for_url("**/pin")
    shot(page, "pin")
    page.get_by_label("PIN", exact=True).fill("246810")
    page.get_by_label("PIN again").fill("111111")
    page.get_by_role("button", name="Set this PIN").tap()
    page.get_by_text("Type the same six digits twice").wait_for()
    page.get_by_label("PIN", exact=True).fill("246810")
    page.get_by_label("PIN again").fill("246810")
    sent = []
    page.on("request", lambda request: sent.append(request.post_data or ""))
    page.get_by_role("button", name="Set this PIN").tap()
    page.wait_for_url(lambda url: not url.endswith("/pin"))
    assert sent and not any("246810" in body for body in sent)
    row = Session.get()
    secret = page.evaluate(
        """async (person) => { const s = document.createElement('script'); s.src = '/static/js/pin.js';
           document.head.append(s); await new Promise((done) => { s.onload = done; });
           return window.doorstep.pin.open('246810', person); }""",
        str(row.person_id),
    )
    assert hashlib.sha256(bytes.fromhex(secret)).hexdigest() == row.unlock_hash


def test_the_demo_offers_its_people(page, cast, shot):
    open_sign_in(page, cast)
    shot(page, "sign-in-demo")
    assert page.get_by_role("button", name="mei · Service engineer").is_visible()


def test_the_language_changes_with_one_touch(page, cast, shot):
    page.goto("/sign-in?next=/account")
    page.get_by_role("button", name="简体中文").tap()
    page.wait_for_function("document.documentElement.lang === 'zh-Hans'")
    assert page.url.endswith("/sign-in?next=/account")
    shot(page, "sign-in-zh-Hans")


def test_the_account_page_fits_the_smallest_phone(page, cast, sign_in_page, shot):
    sign_in_page(page, "mei")
    page.set_viewport_size({"width": 320, "height": 640})
    for theme in ("sun", "night"):
        page.goto("/account")
        page.locator(f"button[name=theme][value={theme}]").tap()
        page.wait_for_function(f"document.documentElement.dataset.theme === '{theme}'")
    shot(page, "account-night")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
