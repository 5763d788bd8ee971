"""The customer's pages at 320 px, in every language and theme: no fault for a checker, nothing too wide, nothing too small."""

import io
from datetime import UTC, datetime

import pytest
from PIL import Image

from app.models.sessions import Session
from app.services import identifying, photographing
from tests.web.auditing import LANGUAGES, Auditor
from tests.web.test_axe import play, small  # noqa: F401

pytestmark = pytest.mark.browser

MISUSE = {"fault": "no_drain", "cause": "misuse", "basis": "invoice"}


@pytest.fixture
def audit(small, cast, sign_in_page):  # noqa: F811
    """`audit(played, 'es')`: the customer's pages of that visit, in that language."""

    def start(played, language):
        Session.delete().execute()
        small.context.clear_cookies()
        sign_in_page(small, "mei")
        address = f"/c/{played.opened.visit.customer_token}"
        found = Auditor(small, language)
        small.goto(f"{address}?lang={language}")
        return found, address

    return start


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_agreed_to_and_signed(audit, cast, language):
    priced = play(cast.mei, "consent", diagnose=MISUSE)
    priced.act("consent", "handed_over")
    found, here = audit(priced, language)
    found.go(here).shot("consent")
    found.go(f"{here}?how=refused").go(f"{here}/rest").go(f"{here}/return")
    priced.act("consent", "agreed", {"total": str(priced.opened.walk.fee.total)}, role="customer")
    found.go(here).shot("answered")
    signing = play(cast.mei, "sign", diagnose=MISUSE)
    signing.act("sign", "handed_over")
    again, here = audit(signing, language)
    again.go(here).shot("slip")
    for way in ("typed", "paper", "declined"):
        again.go(f"{here}?how={way}").shot(way)
    again.page.locator("form button.main").last.tap()
    again.page.locator("#errors").wait_for()
    again.look("declined with errors")
    found.wrong += again.wrong
    found.verdict()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_receipt_the_rating_and_the_thanks(audit, cast, language, app):
    raw = io.BytesIO()
    Image.effect_noise((300, 200), 80).convert("RGB").save(raw, "JPEG")
    taken = play(cast.mei, "take_back", repair={"mode": "take_back"})
    sha = photographing.take(cast.mei, taken.visit_id, raw.getvalue(), datetime.now(UTC))
    fields = taken._fields(taken.opened.protocol.kind_of("take_back"))
    fields.pop("photos_reason", None)
    taken.act(
        "take_back", "done", {**fields, "photos": [f"sha256:{sha}"], "condition": "Scratch on the left " * 4}
    )
    taken.act("take_back", "handed_over")
    found, here = audit(taken, language)
    found.go(here).shot("receipt")
    signed = play(cast.mei, "sign", diagnose=MISUSE)
    signed.answers["rating"] = {}
    signed.act("sign", "handed_over")
    again, here = audit(signed, language)
    again.page.goto(f"{here}?how=typed")
    again.page.locator("input[name=name]").fill("Chen Jing")
    again.page.locator("form button.main").last.tap()
    again.page.locator("input[name=quality]").first.wait_for(state="attached")
    again.look("rating").shot("rating")
    again.go(f"{here}?how=skipped").shot("thanks")
    found.wrong += again.wrong
    found.verdict()


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_is_at_the_door(audit, cast, small, language):  # noqa: F811
    played = play(cast.mei, "enter")
    card, _visit = identifying.card_of(cast.mei, played.visit_id, datetime.now(UTC))
    found = Auditor(small, language)
    small.context.clear_cookies()
    found.go(f"/id?lang={language}").shot("id-check")
    found.go(f"/id/{card.token}?lang={language}").shot("id-holds")
    found.verdict()
