"""The identity card: what the engineer shows at the door, and what anybody learns who checks it."""

import html
import io
import re
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from PIL import Image

from app.errors import NotFound, TooManyTries
from app.models.identity_cards import IdentityCard
from app.models.visits import Visit
from app.services import identifying, photographing, staffing, visiting
from app.web.pages import now
from tests import builders

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


def text_of(answer: Any) -> str:
    return html.unescape(answer.get_data(as_text=True))


def issue(cast: builders.Cast, at: datetime | None = None) -> tuple[IdentityCard, Visit]:
    visit = builders.visit(cast.mei, now=at or now())
    card, _visit = identifying.card_of(cast.mei, visit.id, at or now())
    return card, visit


# --- the card


def test_the_card_shows_person_firm_permit_code_and_a_square_to_scan(mei, cast):
    visit = builders.visit(cast.mei, now=now())
    page = text_of(mei.get(f"/visits/{visit.id}/identity"))
    card = IdentityCard.get()
    for words in ("Mei", "Riverside", "P-mei", card.code, "<svg", "+86 571 8765 4321"):
        assert words in page
    assert len(card.code) == 6 and not set(card.code) & set("01ILOU")
    assert "style=" not in page


def test_opening_it_again_shows_the_same_card_until_it_is_about_to_run_out(cast):
    card, visit = issue(cast, NOW)
    assert identifying.card_of(cast.mei, visit.id, NOW + timedelta(minutes=27))[0].id == card.id
    later, _ = identifying.card_of(cast.mei, visit.id, NOW + timedelta(minutes=29))
    assert later.id != card.id and later.expires == NOW + timedelta(minutes=59)


@pytest.mark.parametrize("who", ["li", "tom", "ana"])
def test_nobody_shows_a_card_for_anothers_visit(app, cast, sign_in, who):
    visit = builders.visit(cast.mei, now=now())
    client = app.test_client()
    sign_in(client, who)
    assert client.get(f"/visits/{visit.id}/identity").status_code == 404
    assert not IdentityCard.select().exists()


# --- checking it


def test_the_link_shows_who_comes_and_when_and_nothing_of_the_customer(client, cast):
    card, visit = issue(cast)
    page = text_of(client.get(f"/id/{card.token}"))
    for words in ("Yes, this is our engineer", "Mei", "Riverside", "P-mei", card.code, "tel:+8657187654321"):
        assert words in page
    customer = visit.work_order.customer
    for secret in (customer.name, customer.address, "1380000", "Aurora", "Warm since", visit.reference):
        assert secret not in page
    assert visit.customer_token not in page


def prove(cast: builders.Cast, **changes: Any) -> None:
    """Root enters Mei's training at the desk; she complains to nobody, her customers may."""
    cast.home.complaint_phone = "+8657112345678"
    cast.home.save()
    fields = {"name": "Mei", "role": "engineer", "permit_no": "P-mei", "training": "T-5108, Aurora Academy",
              "training_until": "2031-05-31", **changes}  # fmt: skip
    staffing.change(cast.root, cast.mei.id, fields, now())


def test_the_link_shows_proof_of_training_who_vouches_and_where_to_complain(client, cast):
    prove(cast)
    card, _visit = issue(cast)
    page = text_of(client.get(f"/id/{card.token}"))
    for words in ("T-5108, Aurora Academy · valid until", "2031", "Vouched for by", "Riverside · Root", "+86 571 1234 5678",
                  'href="tel:+8657112345678"'):  # fmt: skip
        assert words in page


def test_without_training_the_page_says_none_and_does_not_pretend(client, cast):
    card, _visit = issue(cast)
    page = text_of(client.get(f"/id/{card.token}"))
    assert re.search(r"<dt>Proof of training</dt><dd>none</dd>", page)
    assert "complaint" not in page.lower(), "no number, no row"


def test_training_that_ran_out_is_said_to_have_run_out(client, cast):
    prove(cast, training_until="2020-05-31")
    card, _visit = issue(cast)
    page = text_of(client.get(f"/id/{card.token}"))
    assert "ran out on" in page and "T-5108, Aurora Academy · valid until" not in page


def test_who_vouches_is_who_entered_what_is_new(cast):
    prove(cast)
    first = cast.root.__class__.get_by_id(cast.mei.id)
    assert (first.vouched_by, first.vouched_on) == ("Root", now().astimezone(ZONE).date())
    cast.root.name = "Somebody else"
    prove(cast)
    assert first.__class__.get_by_id(cast.mei.id).vouched_by == "Root", "nothing was new"
    prove(cast, training="T-9")
    assert first.__class__.get_by_id(cast.mei.id).vouched_by == "Somebody else"


def test_the_card_held_out_shows_training_and_the_complaint_number(mei, cast):
    prove(cast)
    visit = builders.visit(cast.mei, now=now())
    page = text_of(mei.get(f"/visits/{visit.id}/identity"))
    assert "Training: T-5108, Aurora Academy" in page and "Complaints: +86 571 1234 5678" in page


def test_the_code_leads_to_the_card_however_it_is_typed(client, cast):
    card, _visit = issue(cast)
    typed = f" {card.code[:3].lower()}-{card.code[3:].lower()} "
    answer = client.post("/id", data={"code": typed})
    assert answer.status_code == 303 and f"/id/{card.token}" in answer.location


@pytest.mark.parametrize("typed", ["", "ABC", "ABCDEFGH", "ZZZZZZ"])
def test_a_code_that_is_none_comes_back_with_what_was_typed(client, cast, typed):
    answer = client.post("/id", data={"code": typed})
    page = text_of(answer)
    assert answer.status_code == 422 and 'id="errors"' in page and typed in page


def test_a_card_that_ran_out_says_so_and_shows_nobody(client, cast):
    card, _visit = issue(cast, now() - timedelta(minutes=31))
    answer = client.get(f"/id/{card.token}")
    page = text_of(answer)
    assert answer.status_code == 410 and "This card has run out" in page
    assert "Mei" not in page and "Yes, this is" not in page
    assert client.get(f"/id/{card.token}/photo").status_code == 404


def test_a_permit_that_ran_out_is_a_warning(client, cast):
    card, _visit = issue(cast)
    cast.mei.permit_expires = date(2020, 1, 1)
    cast.mei.save()
    page = text_of(client.get(f"/id/{card.token}"))
    assert "This permit does not hold" in page and "Yes, this is" not in page


def test_a_visit_that_was_called_off_expects_nobody(client, cast):
    card, visit = issue(cast)
    visiting.cancel(cast.ana, visit, "price", now())
    page = text_of(client.get(f"/id/{card.token}"))
    assert "No visit is planned any more" in page and "Yes, this is" not in page


def test_guessing_codes_gets_slow_and_leaves_signing_in_alone(client, cast):
    codes = [
        client.post("/id", data={"code": f"ZZZZ{n:02}".replace("0", "A").replace("1", "B")}).status_code
        for n in range(12)
    ]
    assert codes[:10] == [422] * 10 and codes[-1] == 429
    sign_in = client.post("/sign-in", data={"login": "mei", "password": builders.PASSWORD})
    assert sign_in.status_code == 303


def test_guessing_links_is_slowed_too(cast):
    for _ in range(identifying.FREE_TRIES):
        with pytest.raises(NotFound):
            identifying.check_token("guess", "203.0.113.9", NOW)
    with pytest.raises(TooManyTries):
        identifying.check_token("guess", "203.0.113.9", NOW)
    with pytest.raises(NotFound):
        identifying.check_token("guess", "203.0.113.10", NOW)


def test_a_code_is_never_given_twice_while_it_holds(cast, monkeypatch):
    letters = iter("AAAAAAAAAAAABBBBBB")
    monkeypatch.setattr(identifying.secrets, "choice", lambda _letters: next(letters))
    first, _ = issue(cast, NOW)
    second, _ = issue(cast, NOW)
    assert (first.code, second.code) == ("AAAAAA", "BBBBBB")


def test_the_photo_is_shown_while_the_card_holds(client, cast):
    visit = builders.visit(cast.mei, now=now())
    data = io.BytesIO()
    Image.new("RGB", (60, 80), "green").save(data, "JPEG")
    cast.mei.photo = photographing.take(cast.mei, visit.id, data.getvalue(), now())
    cast.mei.save()
    card, _visit = identifying.card_of(cast.mei, visit.id, now())
    assert f"/id/{card.token}/photo" in text_of(client.get(f"/id/{card.token}"))
    assert client.get(f"/id/{card.token}/photo").mimetype == "image/jpeg"


@pytest.mark.parametrize(("lang", "tag"), [("es", "es"), ("zh_Hant", "zh-Hant"), ("xx", "en")])
def test_anybody_reads_it_in_a_language_of_the_house(client, cast, lang, tag):
    card, _visit = issue(cast)
    for path in ("/id", f"/id/{card.token}"):
        assert re.search(r'<html lang="([^"]+)"', text_of(client.get(f"{path}?lang={lang}")))[1] == tag


@pytest.mark.browser
def test_a_customer_scans_what_the_engineer_holds_out(page, cast, sign_in_page, shot):
    visit = builders.visit(cast.mei, now=now())
    sign_in_page(page, "mei")
    page.goto(f"/visits/{visit.id}/identity")
    assert re.fullmatch(r"\d\d:\d\d:\d\d", page.locator("[data-clock]").inner_text())
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    shot(page, "identity-card")
    page.context.clear_cookies()
    page.goto("/id")
    page.get_by_label("Code of the card").fill(IdentityCard.get().code)
    page.get_by_role("button", name="Check the card").tap()
    page.get_by_role("heading", name="Yes, this is our engineer").wait_for()
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    shot(page, "identity-checked")
