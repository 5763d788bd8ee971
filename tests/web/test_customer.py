"""Customer mode: what the customer sees and does on the phone, that nothing else is seen, and the way back."""

import hashlib
import html
import io
import json
import re
from datetime import timedelta
from typing import Any

import pytest
from PIL import Image

from app.models.records import Record, RecordBody
from app.models.sessions import Session
from app.models.visits import Visit
from app.services import visiting
from app.services.rehearsing import CANVAS, SIGNATURE, Rehearsal
from app.web.pages import now
from tests import builders

PIN_SECRET = "ab" * 32
REPAIR = {"diagnose": {"fault": "no_cooling", "cause": "fan_failed", "basis": "invoice"}}


def rehearsed(
    cast: builders.Cast, answers: dict[str, Any] | None = None, lines: Any = (("callout", 1),)
) -> Rehearsal:
    """A visit of Mei's that began an hour ago, its quote written."""
    start = now() - timedelta(hours=2)
    visit = builders.visit(cast.mei, now=start, day=start.date())
    played = Rehearsal(cast.mei, visit.id, start, {**REPAIR, **(answers or {})})
    played.until("diagnose")
    played.quote(lines)
    return played


def at_consent(cast: builders.Cast, **values: Any) -> Rehearsal:
    played = rehearsed(cast, **values)
    played.until("consent")
    played.act("consent", "handed_over")
    return played


def at_sign(cast: builders.Cast, **values: Any) -> Rehearsal:
    played = rehearsed(cast, **values)
    played.until("sign")
    played.act("sign", "handed_over")
    return played


def at_receipt(cast: builders.Cast, photos: list[str] | None = None) -> Rehearsal:
    taken = {"condition": "Dent at the left", "accessories": "2 shelves", "reason": "workshop_tools", "loaner": "none",
             "promised_on": (now() + timedelta(days=5)).date().isoformat()}  # fmt: skip
    taken |= {"photos": photos} if photos else {"photos_reason": "camera broken"}
    played = rehearsed(cast, {"repair": {"mode": "take_back"}, "take_back": taken}, ())
    played.until("take_back")
    played.act("take_back", "done", taken)
    played.act("take_back", "handed_over")
    return played


def address_of(played: Rehearsal, rest: str = "") -> str:
    return f"/c/{played.opened.visit.customer_token}{rest}"


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, f"no {name} in the page"
    return found[1]


def last(visit_id: int) -> tuple[Record, dict[str, Any]]:
    row = Record.select().where(Record.visit == visit_id).order_by(Record.seq.desc()).get()
    body = RecordBody.get(RecordBody.record == row.id).body
    return row, json.loads(body) if isinstance(body, str) else body


def acts(visit_id: int) -> list[str]:
    return [row.act for row in Record.select().where(Record.visit == visit_id).order_by(Record.seq)]


def text_of(answer: Any) -> str:
    return html.unescape(answer.get_data(as_text=True))


# --- whose page it is


@pytest.mark.parametrize("who", ["li", "ana", "tom", "root"])
def test_the_page_is_there_only_for_the_engineer_whose_visit_it_is(app, cast, sign_in, who):
    played = at_consent(cast)
    client = app.test_client()
    sign_in(client, who)
    for rest in ("", "/return", "/rest"):
        assert client.get(address_of(played, rest)).status_code == 404


def test_without_a_session_nothing_of_it_is_shown(client, cast):
    answer = client.get(address_of(at_consent(cast)))
    assert answer.status_code == 404 and "Call-out" not in text_of(answer)


def test_before_the_phone_is_handed_over_the_engineer_lands_on_the_visit(mei, cast):
    played = rehearsed(cast)
    answer = mei.get(address_of(played))
    assert answer.status_code == 303 and answer.location == f"/visits/{played.visit_id}"


def test_the_page_is_never_kept_by_the_browser(mei, cast):
    assert mei.get(address_of(at_consent(cast))).headers["Cache-Control"] == "no-store"


def test_while_the_customer_has_the_phone_every_other_address_shows_the_customers_page(mei, cast):
    played = at_consent(cast)
    other = builders.visit(cast.mei, at="15:00", now=now())
    mei.get(address_of(played))
    for path in (
        "/",
        f"/visits/{played.visit_id}",
        f"/visits/{other.id}/identity",
        "/account",
        f"/c/{other.customer_token}",
    ):
        answer = mei.get(path)
        assert (answer.status_code, answer.location) == (303, address_of(played)), path
    assert mei.post("/sign-out").status_code == 403


def test_a_message_for_the_engineer_is_not_shown_to_the_customer(mei, cast):
    played = at_consent(cast)
    with mei.session_transaction() as cookie:
        cookie["_flashes"] = [("done", "Gossip about the customer")]
    assert "Gossip" not in text_of(mei.get(address_of(played)))


def test_handing_over_on_the_visits_page_locks_the_phone_to_the_customers(mei, cast):
    played = rehearsed(cast)
    played.until("consent")
    answer = mei.post(f"/visits/{played.visit_id}/steps/consent", data={"act": "handed_over"})
    assert (answer.status_code, answer.location) == (303, address_of(played))
    assert Session.get().lock_token == played.opened.visit.customer_token


# --- the price


def test_the_price_shows_both_standards_and_applies_the_lower_with_its_reason(mei, cast):
    played = at_consent(cast, lines=[("callout", 1), ("power_cord", 2, "20.00")])
    page = text_of(mei.get(address_of(played)))
    assert "List ¥28.00 · your certificate ¥20.00 · The lower of the two prices" in page
    assert "¥40.00" in page and "Price of the list" in page
    assert "At most" in page and "¥70.00" in page
    assert played.opened.protocol.word("en", "text", "consent") in page


def test_agreeing_is_recorded_as_the_customers_act_with_the_total_shown(mei, cast):
    played = at_consent(cast)
    page = text_of(mei.get(address_of(played)))
    answer = mei.post(address_of(played), data={"act": "agreed", "total": hidden(page, "total")})
    assert answer.status_code == 303
    row, body = last(played.visit_id)
    assert (row.act, row.role, body["total"]) == ("agreed", "customer", 3000)
    assert "You agreed to at most ¥30.00" in text_of(mei.get(address_of(played)))


def test_another_total_than_the_one_that_stands_is_not_agreed_to(mei, cast):
    played = at_consent(cast)
    answer = mei.post(address_of(played), data={"act": "agreed", "total": "1"})
    assert answer.status_code == 422
    assert "This page has changed" in text_of(answer)
    assert "agreed" not in acts(played.visit_id)


def test_refusing_wants_a_reason_and_keeps_what_was_typed(mei, cast):
    played = at_consent(cast)
    answer = mei.post(
        address_of(played), data={"act": "refused", "how_page": "refused", "text": "Too dear for me"}
    )
    assert answer.status_code == 422
    assert 'id="errors"' in text_of(answer) and "Too dear for me" in text_of(answer)
    mei.post(
        address_of(played), data={"act": "refused", "reason": "too_expensive", "text": "Too dear for me"}
    )
    row, body = last(played.visit_id)
    assert (row.act, body["reason"], body["text"]) == ("refused", "too_expensive", "Too dear for me")
    assert "nothing is charged" in text_of(mei.get(address_of(played)))


def test_an_answer_can_be_changed_until_the_phone_goes_back(mei, cast):
    played = at_consent(cast)
    mei.post(address_of(played), data={"act": "refused", "reason": "other"})
    page = text_of(mei.get(address_of(played, "?how=again")))
    mei.post(address_of(played), data={"act": "agreed", "total": hidden(page, "total")})
    assert acts(played.visit_id)[-2:] == ["refused", "agreed"]


def test_a_price_sent_twice_is_agreed_to_once(mei, cast):
    played = at_consent(cast)
    page = text_of(mei.get(address_of(played)))
    form = {"act": "agreed", "total": hidden(page, "total"), "key": hidden(page, "key")}
    mei.post(address_of(played), data=form)
    assert mei.post(address_of(played), data=form).status_code == 303
    assert acts(played.visit_id).count("agreed") == 1


# --- the slip


def test_the_slip_says_money_work_and_what_is_not_known(mei, cast):
    played = rehearsed(cast, {"diagnose": {"fault": "no_cooling", "cause": "not_found", "basis": "invoice"}})
    played.until("teach")
    played.act("teach", "passed", {"reason": "no_time"})
    played.until("sign")
    played.act("sign", "handed_over")
    page = text_of(mei.get(address_of(played)))
    order = ["Paid: Cash", "What was done", "Original fault only: 3 months", "What we do not know",
             "The cause was not found.", "Not recorded: ", "I agree and sign"]  # fmt: skip
    places = [page.find(words) for words in order]
    assert -1 not in places and places == sorted(places)
    for name in ("signature", "privacy"):
        assert played.opened.protocol.word("en", "text", name) in page


@pytest.mark.parametrize(
    ("how", "fields"),
    [("drawn", {"strokes": SIGNATURE, "size": CANVAS}), ("typed", {"name": "Chen Jing"})],
)
def test_signing_seals_what_was_shown(mei, cast, how, fields):
    played = at_sign(cast)
    page = text_of(mei.get(address_of(played, f"?how={how}")))
    form = {"act": "signed", "how": how, "shown": hidden(page, "shown"), **fields}
    assert mei.post(address_of(played), data=form).status_code == 303
    row, body = last(played.visit_id)
    assert (row.act, row.role, body["how"]) == ("signed", "customer", how)
    assert body["digest"] == form["shown"]
    assert body["content"]["language"] == "en"


def test_what_is_signed_in_spanish_is_sealed_in_spanish(mei, cast):
    played = at_sign(cast)
    page = text_of(mei.get(address_of(played, "?how=typed&lang=es")))
    assert 'lang="es"' in page
    mei.post(
        address_of(played),
        data={"act": "signed", "how": "typed", "name": "Ana", "shown": hidden(page, "shown")},
    )
    assert last(played.visit_id)[1]["content"]["language"] == "es"


def test_a_signed_paper_is_photographed(mei, cast):
    played = at_sign(cast)
    page = text_of(mei.get(address_of(played, "?how=paper")))
    form = {"act": "signed", "how": "paper", "how_page": "paper", "shown": hidden(page, "shown")}
    missing = mei.post(address_of(played), data=form)
    assert missing.status_code == 422 and "Take a photo of the signed paper" in text_of(missing)
    data = io.BytesIO()
    Image.new("RGB", (60, 40), "white").save(data, "JPEG")
    data.seek(0)
    upload = {**form, "photo": (data, "paper.jpg")}
    assert mei.post(address_of(played), data=upload, content_type="multipart/form-data").status_code == 303
    assert last(played.visit_id)[1]["photo"].startswith("sha256:")


def test_a_slip_that_changed_meanwhile_is_shown_again_and_not_signed(mei, cast):
    played = at_sign(cast)
    page = text_of(mei.get(address_of(played, "?how=typed")))
    played.act("listen", "done", {"words": "It also drips", "mood": "calm"})
    form = {
        "act": "signed",
        "how": "typed",
        "how_page": "typed",
        "name": "Chen Jing",
        "shown": hidden(page, "shown"),
    }
    answer = mei.post(address_of(played), data=form)
    assert answer.status_code == 422
    assert "This page has changed" in text_of(answer) and "It also drips" in text_of(answer)
    assert "Chen Jing" in text_of(answer)
    assert "signed" not in acts(played.visit_id)
    mei.post(address_of(played), data={**form, "shown": hidden(text_of(answer), "shown")})
    assert last(played.visit_id)[0].act == "signed"


def test_an_empty_pad_or_name_is_not_a_signature(mei, cast):
    played = at_sign(cast)
    shown = hidden(text_of(mei.get(address_of(played))), "shown")
    drawn = mei.post(
        address_of(played), data={"act": "signed", "how": "drawn", "strokes": "[]", "shown": shown}
    )
    assert drawn.status_code == 422 and "Sign in the box, or type your name" in text_of(drawn)
    form = {"act": "signed", "how": "typed", "how_page": "typed", "shown": shown}
    typed = mei.post(address_of(played), data=form)
    assert typed.status_code == 422 and "Type your full name" in text_of(typed)
    assert "signed" not in acts(played.visit_id)


def test_somebody_else_signs_with_name_and_relation(mei, cast):
    played = at_sign(cast)
    shown = hidden(text_of(mei.get(address_of(played))), "shown")
    form = {
        "act": "signed",
        "how": "drawn",
        "strokes": SIGNATURE,
        "size": CANVAS,
        "shown": shown,
        "relation": "family",
    }
    assert "Type your full name" in text_of(mei.post(address_of(played), data=form))
    mei.post(address_of(played), data={**form, "name": "Chen Wei"})
    body = last(played.visit_id)[1]
    assert (body["relation"], body["name"]) == ("family", "Chen Wei")


def test_declining_is_as_easy_and_closes_the_visit_too(mei, cast):
    played = at_sign(cast)
    assert "I do not sign" in text_of(mei.get(address_of(played)))
    page = text_of(mei.get(address_of(played, "?how=declined")))
    assert played.opened.protocol.word("en", "text", "declined").split("“")[0] in page
    form = {"act": "declined", "shown": hidden(page, "shown"), "reason": "no_reason"}
    assert mei.post(address_of(played), data=form).status_code == 303
    after = visiting.opened(cast.mei, played.visit_id, now()).walk
    assert after.signature.how == "declined" and after.steps["sign"].status == "done"
    assert "How was it?" in text_of(mei.get(address_of(played)))


def test_an_act_of_another_page_is_not_taken_here(mei, cast):
    played = at_sign(cast)
    for act in ("agreed", "handed_back", "done", "problem", ""):
        assert mei.post(address_of(played), data={"act": act, "total": "3000"}).status_code == 404, act


# --- the rating


def signed(client: Any, played: Rehearsal) -> None:
    shown = hidden(text_of(client.get(address_of(played))), "shown")
    form = {"act": "signed", "how": "typed", "name": "Chen Jing", "shown": shown}
    assert client.post(address_of(played), data=form).status_code == 303


def test_nothing_is_chosen_beforehand_and_skipping_stands_beside_sending(mei, cast):
    played = at_sign(cast)
    signed(mei, played)
    page = text_of(mei.get(address_of(played)))
    assert "checked" not in page and "Skip" in page and "Send" in page
    assert played.opened.protocol.word("en", "text", "rating_private") in page
    assert "Please give the phone back" in text_of(mei.get(address_of(played, "?how=skipped")))
    assert mei.post(address_of(played), data={"act": "rated", "comment": ""}).location.endswith(
        "?how=skipped"
    )
    assert "rated" not in acts(played.visit_id)


def test_a_rating_is_kept_and_never_shown_on_the_way_back(mei, cast):
    played = at_sign(cast)
    signed(mei, played)
    rating = {"act": "rated", "quality": "2", "attitude": "5", "satisfied": "no", "comment": "Muddy shoes"}
    mei.post(address_of(played), data=rating)
    row, body = last(played.visit_id)
    assert (row.act, row.role, body["quality"], body["comment"]) == ("rated", "customer", "2", "Muddy shoes")
    for rest in ("", "/return", "/rest"):
        page = text_of(mei.get(address_of(played, rest)))
        assert "Muddy" not in page and "How was it" not in page


def test_the_seals_code_is_shown_after_signing(mei, cast):
    played = at_sign(cast)
    signed(mei, played)
    page = text_of(mei.get(address_of(played, "?how=skipped")))
    assert visiting.opened(cast.mei, played.visit_id, now()).walk.signature.body["code"] in page


# --- the receipt


def test_the_receipt_says_what_is_taken_and_why_and_until_when(mei, cast):
    played = at_receipt(cast)
    page = text_of(mei.get(address_of(played)))
    for words in (
        "Dent at the left",
        "2 shelves",
        "Needs workshop tools",
        "You get it back by",
        "No photos were taken",
    ):
        assert words in page
    assert played.opened.protocol.word("en", "text", "iou") in page
    shown = hidden(page, "shown")
    mei.post(address_of(played), data={"act": "signed", "how": "typed", "name": "Chen Jing", "shown": shown})
    assert last(played.visit_id)[0].act == "signed"
    assert "Please give the phone back" in text_of(mei.get(address_of(played)))


def test_only_photos_of_the_receipt_are_shown(mei, cast, app):
    from app.services import photographing

    data = io.BytesIO()
    Image.new("RGB", (60, 40), "red").save(data, "JPEG")
    visit = builders.visit(cast.mei, at="16:00", now=now())
    sha = photographing.take(cast.mei, visit.id, data.getvalue(), now())
    played = at_receipt(cast, [f"sha256:{sha}"])
    assert f"/photo/{sha}" in text_of(mei.get(address_of(played)))
    assert mei.get(address_of(played, f"/photo/{sha}")).mimetype == "image/jpeg"
    assert mei.get(address_of(played, f"/photo/{'0' * 64}")).status_code == 404


# --- the language


def test_the_language_is_the_customers_and_a_choice_is_kept_for_this_hand_over_only(mei, cast):
    played = at_consent(cast)
    Visit.update(language="zh_Hans").where(Visit.id == played.visit_id).execute()
    assert 'lang="zh-Hans"' in text_of(mei.get(address_of(played)))
    assert 'lang="es"' in text_of(mei.get(address_of(played, "?lang=es"))).split("<body")[0]
    assert 'lang="es"' in text_of(mei.get(address_of(played))).split("<body")[0]
    assert 'lang="en"' in text_of(mei.get(address_of(played, "/return"))).split("<body")[0]
    played.act("consent", "handed_back")
    played.act("consent", "handed_over")
    assert 'lang="zh-Hans"' in text_of(mei.get(address_of(played))).split("<body")[0]


# --- the way back


def test_the_password_unlocks_and_the_visit_goes_on_where_it_stands(mei, cast):
    played = at_consent(cast)
    mei.get(address_of(played))
    wrong = mei.post(address_of(played, "/return"), data={"password": "guess"})
    assert wrong.status_code == 422 and "Check your password" in text_of(wrong)
    assert Session.get().lock_token
    right = mei.post(address_of(played, "/return"), data={"password": builders.PASSWORD})
    assert right.status_code == 303 and right.location == f"/visits/{played.visit_id}#s-consent"
    assert Session.get().lock_token is None
    row, _body = last(played.visit_id)
    assert (row.act, row.role) == ("handed_back", "engineer")


def test_the_secret_that_the_pin_opens_unlocks(mei, cast):
    Session.update(unlock_hash=hashlib.sha256(bytes.fromhex(PIN_SECRET)).hexdigest()).execute()
    played = at_consent(cast)
    mei.get(address_of(played))
    wrong = mei.post(address_of(played, "/return"), data={"unlock_secret": "cd" * 32})
    assert wrong.status_code == 422 and Session.get().lock_token
    assert mei.post(address_of(played, "/return"), data={"unlock_secret": PIN_SECRET}).status_code == 303
    assert Session.get().lock_token is None


def test_guessing_the_password_gets_slow(mei, cast):
    played = at_consent(cast)
    mei.get(address_of(played))
    codes = [
        mei.post(address_of(played, "/return"), data={"password": f"guess {n}"}).status_code for n in range(7)
    ]
    assert codes[:5] == [422] * 5 and codes[-1] == 429
    assert Session.get().lock_token


def test_a_visit_that_the_desk_ended_still_gives_the_phone_back(mei, cast):
    played = at_consent(cast)
    mei.get(address_of(played))
    visiting.cancel(cast.ana, played.opened.visit, "price", now())
    assert mei.post(address_of(played), data={"act": "agreed", "total": "3000"}).status_code == 303
    assert "ended this visit" in text_of(mei.get(address_of(played)))
    assert mei.post(address_of(played, "/return"), data={"password": builders.PASSWORD}).status_code == 303
    assert Session.get().lock_token is None


def test_the_covered_page_says_nothing_of_the_visit(mei, cast):
    played = at_consent(cast)
    page = text_of(mei.get(address_of(played, "/rest")))
    assert "This page is covered" in page
    assert "Ms Chen" not in page and "¥" not in page


# --- on the phone


def draw(page: Any, line: tuple[int, int, int, int]) -> None:
    """A stroke of the finger, by real touch events."""
    page.locator("[data-pad]").scroll_into_view_if_needed()
    page.evaluate("document.querySelector('[data-signature]').scrollIntoView({block: 'center'})")
    page.wait_for_timeout(200)
    box = page.locator("[data-pad]").bounding_box()
    x0, y0, x1, y1 = line
    phone = page.context.new_cdp_session(page)
    points = [(box["x"] + x0 + (x1 - x0) * n / 12, box["y"] + y0 + (y1 - y0) * n / 12) for n in range(13)]
    phone.send(
        "Input.dispatchTouchEvent",
        {"type": "touchStart", "touchPoints": [dict(zip("xy", points[0], strict=True))]},
    )
    for point in points[1:]:
        phone.send(
            "Input.dispatchTouchEvent",
            {"type": "touchMove", "touchPoints": [dict(zip("xy", point, strict=True))]},
        )
    phone.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    phone.detach()
    page.wait_for_timeout(600)  # else the next touch counts as the second half of a double tap


def strokes(page: Any) -> list[list[int]]:
    return json.loads(page.input_value("[data-strokes]") or "[]")


def ink(page: Any) -> int:
    """How many points of the pad are painted."""
    return page.evaluate("""() => { const pad = document.querySelector('[data-pad]');
        const { data } = pad.getContext('2d').getImageData(0, 0, pad.width, pad.height);
        return data.filter((value, n) => n % 4 === 3 && value).length; }""")


@pytest.mark.browser
def test_a_customer_draws_turns_the_phone_rates_and_gives_it_back(page, cast, sign_in_page, shot):
    played = at_sign(cast)
    sign_in_page(page, "mei")
    page.goto("/account")
    secret_hash = page.evaluate(
        """async (person) => { const s = document.createElement('script'); s.src = '/static/js/pin.js';
           document.head.append(s); await new Promise((done) => { s.onload = done; });
           return window.doorstep.pin.set('246810', person); }""",
        str(cast.mei.id),
    )
    Session.update(unlock_hash=secret_hash).execute()
    page.goto(address_of(played))
    draw(page, (30, 150, 180, 60))
    draw(page, (120, 60, 280, 170))
    assert len(strokes(page)) == 2
    page.get_by_role("button", name="Undo").tap()
    page.wait_for_timeout(400)
    assert len(strokes(page)) == 1
    draw(page, (60, 120, 290, 110))
    before = strokes(page)
    page.set_viewport_size({"width": 844, "height": 390})
    page.wait_for_timeout(300)
    assert strokes(page) == before and ink(page) > 500
    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_timeout(300)
    assert ink(page) > 500
    shot(page, "customer-drawn")
    page.get_by_role("button", name="I agree and sign").tap()
    page.get_by_role("heading", name="How was it?").wait_for()
    assert last(played.visit_id)[1]["strokes"] == before
    shot(page, "customer-rating")
    page.locator("input[name=quality][value='4']").tap()
    page.get_by_role("button", name="Send").tap()
    page.get_by_role("heading", name="Please give the phone back").wait_for()
    shot(page, "customer-thanks")
    page.get_by_role("link", name="To the engineer").tap()
    page.get_by_label("Your PIN").fill("111111")
    page.get_by_role("button", name="Unlock this phone").tap()
    page.get_by_text("Wrong PIN. 4 tries left.").wait_for()
    assert Session.get().lock_token
    shot(page, "customer-wrong-pin")
    page.get_by_label("Your PIN").fill("246810")
    page.get_by_role("button", name="Unlock this phone").tap()
    page.wait_for_url(lambda url: "/c/" not in url)
    assert Session.get().lock_token is None
    assert acts(played.visit_id)[-3:] == ["signed", "rated", "handed_back"]


@pytest.mark.browser
def test_five_wrong_pins_leave_the_password(page, cast, sign_in_page):
    played = at_consent(cast)
    sign_in_page(page, "mei", unlock_hash="00" * 32)
    page.goto("/account")
    page.evaluate(
        """async (person) => { const s = document.createElement('script'); s.src = '/static/js/pin.js';
           document.head.append(s); await new Promise((done) => { s.onload = done; });
           await window.doorstep.pin.set('246810', person); }""",
        str(cast.mei.id),
    )
    page.goto(address_of(played))
    page.goto(address_of(played, "/return"))
    for left in (4, 3, 2, 1):
        page.get_by_label("Your PIN").fill("111111")
        page.get_by_role("button", name="Unlock this phone").tap()
        page.get_by_text(f"Wrong PIN. {left} tries left.").wait_for()
    page.get_by_label("Your PIN").fill("111111")
    page.get_by_role("button", name="Unlock this phone").tap()
    page.get_by_label("Your password").fill(builders.PASSWORD)
    page.get_by_role("button", name="Unlock with the password").tap()
    page.wait_for_url(lambda url: "/c/" not in url)
    page.goto("/account")


@pytest.mark.browser
def test_neither_the_address_bar_nor_back_leaves_the_customers_page(page, cast, sign_in_page):
    played = at_sign(cast)
    sign_in_page(page, "mei")
    page.goto("/account")
    page.goto(address_of(played))
    heading = page.get_by_role("heading", name="Please check and sign")
    for _ in range(4):
        page.go_back()
        page.wait_for_timeout(200)
        heading.wait_for()
    for path in ("/", "/account", f"/visits/{played.visit_id}", "/id"):
        page.goto(path)
        assert page.url.endswith(address_of(played)) and heading.is_visible()
    page.get_by_role("link", name="I do not sign").tap()
    page.get_by_label("I would rather not say").tap()
    page.get_by_role("button", name="Close without signing").tap()
    page.get_by_role("heading", name="How was it?").wait_for()
    page.go_back()
    page.wait_for_timeout(300)
    assert "/c/" in page.url
    page.get_by_role("heading", name="How was it?").wait_for()


@pytest.mark.browser
def test_ten_idle_minutes_cover_the_page(page, cast, sign_in_page):
    played = at_consent(cast)
    sign_in_page(page, "mei")
    page.clock.install()
    page.goto(address_of(played))
    page.clock.fast_forward("09:00")
    assert page.get_by_role("heading", name="Please check the price").is_visible()
    page.clock.fast_forward("01:30")
    page.get_by_role("heading", name="This page is covered").wait_for()
    page.get_by_role("link", name="Show the page again").tap()
    page.get_by_role("heading", name="Please check the price").wait_for()


@pytest.mark.browser
@pytest.mark.parametrize("lang", ["en", "zh_Hans", "zh_Hant", "es"])
def test_nothing_is_wider_than_a_small_phone(page, cast, sign_in_page, lang, shot):
    page.set_viewport_size({"width": 320, "height": 640})
    for played in (at_sign(cast), at_receipt(cast)):
        Session.delete().execute()
        page.context.clear_cookies()
        sign_in_page(page, "mei")
        for rest in ("", "?how=typed", "?how=paper", "?how=declined", "/rest", "/return"):
            page.goto(address_of(played, rest))
            page.goto(address_of(played, f"{rest}{'&' if '?' in rest else '?'}lang={lang}"))
            assert page.evaluate("document.documentElement.scrollWidth") <= 320, (lang, rest)


@pytest.mark.browser
def test_without_javascript_a_name_is_typed_and_the_password_gives_the_phone_back(
    _browser, live_server, cast, app
):
    played = at_sign(cast)
    plain = _browser.new_context(
        base_url=live_server, java_script_enabled=False, viewport={"width": 390, "height": 844}
    )
    tab = plain.new_page()
    tab.goto("/sign-in")
    tab.get_by_label("Your sign-in name").fill("mei")
    tab.get_by_label("Password").fill(builders.PASSWORD)
    tab.get_by_role("button", name="Sign in").click()
    tab.goto(address_of(played))
    assert not tab.locator("[data-pad]").is_visible()
    tab.get_by_role("link", name="Type my name").click()
    tab.get_by_label("Your full name").fill("Chen Jing")
    tab.get_by_role("button", name="I agree and sign").click()
    tab.get_by_role("link", name="Skip", exact=True).click()
    tab.get_by_role("link", name="To the engineer").click()
    tab.get_by_label("Your password").fill(builders.PASSWORD)
    tab.get_by_role("button", name="Unlock with the password").click()
    assert "/c/" not in tab.url
    plain.close()
    assert acts(played.visit_id)[-2:] == ["signed", "handed_back"]
