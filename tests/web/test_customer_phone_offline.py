"""Customer mode with no network: handed over, signed, rated and given back on the phone alone, also when it is killed."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from app.models.records import Record
from app.models.sessions import Session
from app.models.visits import Visit
from app.services import visiting
from app.services.rehearsing import Rehearsal
from app.web.pages import now
from tests.web.phones import Line, Phone, until
from tests.web.test_customer import acts, draw, last, rehearsed

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
    phone.page.locator(f"#s-{step} .dock .btn.main").tap()
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
    phone.sign_in(app, "mei", unlock_hash=Session.get().unlock_hash)  # a killed browser may have lost its cookie
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
    assert not [row for row in Session.select() if row.lock_token]
