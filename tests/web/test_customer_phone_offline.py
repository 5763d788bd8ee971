"""Customer mode with no network: handed over, signed, rated and given back on the phone alone, also when it is killed."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from PIL import Image

from app.domain import seal
from app.models.records import Record
from app.models.sessions import Session
from app.models.visits import Visit
from app.services import visiting
from app.services.rehearsing import Rehearsal
from app.web.pages import now
from tests import builders
from tests.web.phones import Line, Phone, until
from tests.web.test_customer import acts, draw, rehearsed

pytestmark = pytest.mark.browser
PIN = "246810"


@pytest.fixture
def line(app: Any) -> Iterator[Line]:
    made = Line(app)
    yield made
    made.cut()


@pytest.fixture
def phone(_browser: Any, line: Line, tmp_path: Path) -> Iterator[Phone]:
    made = Phone(_browser, tmp_path / "phone", line)
    yield made
    made.close()


def ready(phone: Phone, app: Any, line: Line) -> None:
    """Mei's phone with a PIN and the day on it; then the line is cut."""
    Visit.update(day=now().astimezone(ZoneInfo("Asia/Shanghai")).date()).execute()
    phone.sign_in(app, "mei")
    phone.page.goto("/pin?next=/")
    phone.page.get_by_label("PIN", exact=True).fill(PIN)
    phone.page.get_by_label("PIN again").fill(PIN)
    phone.page.get_by_role("button", name="Set this PIN").tap()
    phone.page.wait_for_url(re.compile(r"\d/$"))
    phone.prepared()
    line.cut()


def handed_over(phone: Phone, played: Rehearsal, step: str) -> None:
    phone.page.goto(f"/visits/{played.visit_id}#s-{step}")
    phone.page.wait_for_timeout(350)  # sooner after the last save it would be the second half of a double tap
    phone.page.locator(f"#s-{step} .dock .btn.main").filter(has_text=re.compile("[Hh]and .*over")).tap()
    until(
        phone.page,
        "/^.c.[^/]+$/.test(location.pathname) || document.querySelector('[data-not-saved]')?.innerText",
    )
    phone.page.wait_for_url(re.compile(r"/c/[\w-]+$"))


def unlock(phone: Phone) -> None:
    phone.page.get_by_label("Your PIN").fill(PIN)
    phone.page.get_by_role("button", name="Unlock this phone").tap()
    phone.page.wait_for_url(re.compile(r"/visits/\d+"))


def sent(phone: Phone) -> None:
    until(
        phone.page,
        "doorstep.outbox.pump('test').then(() => doorstep.outbox.state()).then((now) => now.pending + now.held === 0)",
    )


def test_a_visit_is_signed_rated_and_given_back_without_a_network(app, phone, line, cast, shot):
    played = rehearsed(cast)
    played.until("sign")
    ready(phone, app, line)
    page = phone.page
    handed_over(phone, played, "sign")
    page.get_by_role("heading", name="Please check and sign").wait_for()
    shot(page, "kit-slip")
    page.locator("[data-pad]").scroll_into_view_if_needed()
    until(page, "Boolean(document.querySelector('[data-signature]').pad)")
    draw(page, (30, 150, 180, 60))
    draw(page, (120, 60, 280, 170))
    page.get_by_role("button", name="I agree and sign").tap()
    page.get_by_role("heading", name="How was it?").wait_for()
    phone.kill()
    page = phone.open()
    page.goto("/")
    page.get_by_role("heading", name="How was it?").wait_for()
    shot(page, "kit-rating")
    page.locator("input[name=quality][value='2']").tap()
    page.get_by_label("In your own words").fill("Muddy shoes")
    page.get_by_role("button", name="Send").tap()
    page.get_by_role("heading", name="Please give the phone back").wait_for()
    code = page.locator(".seal-code").inner_text()
    shot(page, "kit-thanks")
    kept = page.evaluate("doorstep.store.entriesOf().then((all) => JSON.stringify(all))")
    assert "Muddy" not in kept and '"sealed"' in kept
    page.get_by_role("link", name="To the engineer").tap()
    shot(page, "kit-return")
    unlock(phone)
    shot(page, "kit-back")
    assert acts(played.visit_id)[-1] not in ("signed", "rated", "handed_back")
    phone.sign_in(
        app, "mei", unlock_hash=Session.get().unlock_hash
    )  # a killed browser may have lost its cookie
    line.mend()
    sent(phone)
    assert acts(played.visit_id)[-4:] == ["handed_over", "signed", "rated", "handed_back"]
    walk = visiting.opened(cast.mei, played.visit_id, now()).walk
    assert walk.signature.how == "drawn" and not walk.signature.void and walk.signature.body["code"] == code
    records = {row.act: row for row in Record.select().where(Record.visit == played.visit_id)}
    assert records["signed"].role == "customer"
    opened = visiting.opened(cast.mei, played.visit_id, now()).records
    rated = next(one for one in opened if one.act == "rated").body
    assert (rated["quality"], rated["comment"]) == ("2", "Muddy shoes")
    left = page.evaluate("doorstep.store.entriesOf().then((all) => JSON.stringify(all))")
    assert "sealed" not in left
    assert not [row for row in Session.select() if row.lock_token]


def test_nothing_but_the_customers_pages_is_shown_until_the_pin(app, phone, line, cast):
    played = rehearsed(cast)
    played.until("consent")
    ready(phone, app, line)
    page = phone.page
    other = phone.context.new_page()
    other.goto(f"/visits/{played.visit_id}")
    page.bring_to_front()
    handed_over(phone, played, "consent")
    heading = page.get_by_role("heading", name="Please check the price")
    heading.wait_for()
    other.wait_for_url(re.compile(r"/c/[\w-]+$"))
    other.get_by_role("heading", name="Please check the price").wait_for()
    third = phone.context.new_page()
    for path in (
        "/",
        "/account",
        "/outbox",
        f"/visits/{played.visit_id}",
        f"/visits/{played.visit_id}/identity",
        "/sign-in",
    ):
        third.goto(path)
        assert re.search(r"/c/[\w-]+$", third.url), path
        third.get_by_role("heading", name="Please check the price").wait_for()
    assert third.evaluate(f"fetch('/visits/{played.visit_id}/data').then((answer) => answer.status)") == 403
    for _ in range(3):
        page.go_back()
        heading.wait_for()
    phone.kill()
    page = phone.open()
    page.goto("/")
    page.get_by_role("heading", name="Please check the price").wait_for()
    text = page.content()
    assert "Ms Chen" not in text and f"/visits/{played.visit_id}" not in text


def test_a_price_is_agreed_to_in_the_customers_language_and_the_desks_code_opens_the_phone(
    app, phone, line, cast
):
    played = rehearsed(cast)
    played.until("consent")
    ready(phone, app, line)
    page = phone.page
    code = Session.get().unlock_code
    handed_over(phone, played, "consent")
    page.get_by_role("link", name="Español").tap()
    page.locator("html[lang=es] main h1").wait_for()
    page.reload()
    page.locator("html[lang=es] main h1").wait_for()
    page.locator("form .btn.main").tap()
    until(page, "Boolean(document.querySelector('.banner.done'))")
    page.locator("main .dock .btn.main").tap()
    for left in (4, 3, 2, 1):
        page.get_by_label("Your PIN").fill("111111")
        page.get_by_role("button", name="Unlock this phone").tap()
        page.get_by_text(f"Wrong PIN. {left} tries left.").wait_for()
    page.get_by_label("Your PIN").fill("111111")
    page.get_by_role("button", name="Unlock this phone").tap()
    page.get_by_label("Code", exact=True).fill("0000-0000-0000")
    page.get_by_role("button", name="Unlock with the code").tap()
    page.get_by_text("This code does not open this phone").wait_for()
    page.get_by_label("Code", exact=True).fill(f"{code[:4].lower()}-{code[4:8]} {code[8:]}")
    page.get_by_role("button", name="Unlock with the code").tap()
    page.wait_for_url(re.compile(r"/visits/\d+"))
    line.mend()
    page.reload()
    page.wait_for_url(re.compile(r"/pin\?next="))  # the code opened once
    page.get_by_label("PIN", exact=True).fill(PIN)
    page.get_by_label("PIN again").fill(PIN)
    page.get_by_role("button", name="Set this PIN").tap()
    page.wait_for_url(re.compile(r"/visits/\d+"))
    page.locator("#outbox-badge").wait_for()
    sent(phone)
    assert acts(played.visit_id)[-3:] == ["handed_over", "agreed", "handed_back"]
    assert visiting.opened(cast.mei, played.visit_id, now()).walk.agreed["total"] == 3000
    assert Session.get().lock_token is None


def test_the_password_opens_the_phone_once_everything_is_with_the_office(app, phone, line, cast):
    played = rehearsed(cast)
    played.until("consent")
    ready(phone, app, line)
    page = phone.page
    handed_over(phone, played, "consent")
    page.get_by_role("link", name="I do not agree").tap()
    page.get_by_role("button", name="I do not agree").tap()
    page.locator("#errors").get_by_text("Choose a reason").wait_for()
    page.get_by_label("It is too expensive").tap()
    page.get_by_role("button", name="I do not agree").tap()
    page.get_by_text("You did not agree").wait_for()
    page.get_by_role("link", name="To the engineer").tap()
    page.get_by_text("Use the password").tap()
    page.get_by_label("Your password").fill(builders.PASSWORD)
    page.get_by_role("button", name="Unlock with the password").tap()
    page.locator("#errors").wait_for()
    assert "/visits/" not in page.url
    line.mend()
    page.get_by_label("Your password").fill("not the password")
    page.get_by_role("button", name="Unlock with the password").tap()
    page.locator("#errors").get_by_text("Check your password").wait_for()
    page.get_by_label("Your password").fill(builders.PASSWORD)
    page.get_by_role("button", name="Unlock with the password").tap()
    page.wait_for_url(re.compile(r"/visits/\d+"))
    sent(phone)
    assert [act for act in acts(played.visit_id) if act in ("handed_over", "refused")] == [
        "handed_over",
        "refused",
    ]
    assert visiting.opened(cast.mei, played.visit_id, now()).walk.hand_over is None
    assert Session.get().lock_token is None


def test_a_receipt_with_photos_is_signed_on_paper_without_a_network(app, phone, line, cast, tmp_path):
    Image.new("RGB", (300, 200), "navy").save(tmp_path / "dent.jpg")
    Image.new("RGB", (300, 200), "white").save(tmp_path / "paper.jpg")
    played = rehearsed(cast, {"repair": {"mode": "take_back"}}, ())
    played.until("take_back")
    ready(phone, app, line)
    page = phone.page
    page.goto(f"/visits/{played.visit_id}#s-take_back")
    step = page.locator("#s-take_back")
    step.get_by_label("Condition").first.fill("Dent at the left")
    step.locator("[type=file]").first.set_input_files(str(tmp_path / "dent.jpg"))
    step.locator(".thumb").wait_for()
    step.locator("select[name=reason]").select_option("workshop_tools")
    step.locator("[name=promised_on]").fill((now() + timedelta(days=5)).date().isoformat())
    step.locator(".dock .btn.main").tap()
    step.get_by_role("button", name="Hand the phone over").wait_for()
    handed_over(phone, played, "take_back")
    page.get_by_role("heading", name="Please check what we take").wait_for()
    shown = "[...document.querySelectorAll('.photo-row img')].some((one) => one.src.startsWith('blob:') && one.naturalWidth > 0)"
    until(page, shown)
    page.get_by_role("link", name="Sign on paper").tap()
    page.get_by_role("heading", name="Sign on paper").wait_for()
    page.get_by_role("button", name="I agree and sign").tap()
    page.locator("#errors").get_by_text("Take a photo of the signed paper").wait_for()
    page.locator("[type=file]").set_input_files(str(tmp_path / "paper.jpg"))
    page.locator(".thumb").wait_for()
    page.get_by_role("button", name="I agree and sign").tap()
    page.get_by_text("It is signed").wait_for()
    page.get_by_role("link", name="To the engineer").tap()
    unlock(phone)
    line.mend()
    sent(phone)
    signature = visiting.opened(cast.mei, played.visit_id, now()).walk.iou_signature
    assert signature.how == "paper" and not signature.void
    assert signature.body["digest"] == seal.digest(signature.body["content"])


def test_a_page_that_the_phone_kept_asks_for_the_pin_after_a_cold_start(app, phone, line, cast):
    played = rehearsed(cast)
    ready(phone, app, line)
    phone.kill()
    page = phone.open()
    page.goto(f"/visits/{played.visit_id}")
    lock = page.get_by_role("dialog", name="Unlock Doorstep")
    lock.wait_for()
    assert page.evaluate("getComputedStyle(document.querySelector('main')).visibility") == "hidden"
    assert page.title() == "Doorstep"
    lock.get_by_text("Use a code from the desk").tap()
    lock.get_by_label("Code", exact=True).fill(Session.get().unlock_code)
    lock.get_by_role("button", name="Unlock with the code").tap()
    lock.wait_for(state="hidden")
    assert page.locator("main").is_visible() and f"/visits/{played.visit_id}" in page.url
