"""The outbox and people: drafts, whose saves these are, sessions that end, signing out, the page of what is on the phone."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import expect

from app.models import records
from app.models.people import Person
from app.models.sessions import Session
from app.web.pages import now
from tests import builders
from tests.conftest import PHONE
from tests.web.auditing import LANGUAGES, SMALL, Auditor
from tests.web.outbox_phone import WORDS, Phone, received, words_of
from tests.web.test_phone_outbox import save_mat, take_photo
from tests.web.test_photos import picture

pytestmark = pytest.mark.browser

IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Version/17.5 Mobile/15E148"
)
DRAFT = "(name) => doorstep.store.keepDraft(name, { base: '', typed: [['note', 'x', '']], photos: [] })"
DRAFTS = "doorstep.store.all('drafts').then((all) => all.length === {})"


@pytest.fixture
def visit(cast: builders.Cast) -> Any:
    return builders.visit(cast.mei, now=now(), day=now().date())


@pytest.fixture
def context(_browser: Any, live_server: str) -> Iterator[Any]:
    """A phone without a worker, so that what is sent can be caught on its way."""
    phone = _browser.new_context(
        base_url=live_server,
        viewport=PHONE,
        has_touch=True,
        is_mobile=True,
        service_workers="block",
        locale="en-GB",
    )
    phone.set_default_timeout(10_000)
    yield phone
    phone.close()


@pytest.fixture
def phone(page: Any, cast: builders.Cast, visit: Any, sign_in_page: Callable[..., Any]) -> Phone:
    sign_in_page(page, "mei")
    return Phone(page, visit)


# Drafts


def test_what_is_typed_outlives_a_reload_and_leaves_with_its_save(phone: Phone) -> None:
    phone.no_network().open().type("Half a sen")
    phone.until(DRAFTS.format(1))
    phone.open().until("document.querySelector('#s-listen [name=words]').value === 'Half a sen'")
    phone.listen("Half a sentence")
    phone.until(DRAFTS.format(0))


def test_a_draft_of_something_saved_meanwhile_is_older_and_goes(phone: Phone) -> None:
    phone.open().type("Old words")
    phone.until(DRAFTS.format(1))
    phone.page.evaluate(
        "doorstep.store.all('drafts').then(([one]) => doorstep.store.keepDraft(one.name, { ...one.fields, base: 'another' }))"
    )
    phone.open()
    phone.until(DRAFTS.format(0))
    assert phone.page.input_value(WORDS) == ""


def test_what_is_typed_while_a_draft_comes_back_stays(phone: Phone) -> None:
    phone.no_network().open().type("Old")
    phone.until(DRAFTS.format(1))
    phone.page.route("**/data", lambda route: route.abort())
    phone.page.add_init_script(
        "addEventListener('DOMContentLoaded', () => { const input = document.querySelector('#s-listen [name=words]');"
        " if (!input) return; input.value = 'New'; input.dispatchEvent(new Event('input', { bubbles: true })); });"
    )
    phone.open()
    phone.until(
        "doorstep.store.all('drafts').then(([one]) => one?.fields.typed.some(([, value]) => value === 'New'))"
    )
    assert phone.page.input_value(WORDS) == "New"


def test_a_photo_that_was_taken_outlives_a_reload(phone: Phone, visit: Any) -> None:
    phone.open()
    take_photo(phone, picture(size=(400, 300)))
    phone.until("doorstep.store.all('drafts').then(([one]) => one?.fields.photos.length === 1)")
    phone.open()
    phone.until("document.querySelectorAll('#s-mat .thumb').length === 1")
    save_mat(phone)
    phone.sent()
    (record,) = records.of_visit(visit.id)
    assert json.dumps(record.body).count("sha256:") == 1


def test_what_is_typed_is_written_before_the_camera_opens(phone: Phone) -> None:
    phone.open().page.evaluate("location.hash = 's-mat'")
    phone.page.evaluate(
        "document.querySelector('#s-mat [type=checkbox]').click();"
        "document.querySelector('#s-mat .photo-button').addEventListener('click', (event) => event.preventDefault());"
        "document.querySelector('#s-mat .photo-button').click()"
    )
    assert phone.until(DRAFTS.format(1))


# Whose saves these are


def test_a_session_that_ended_keeps_the_saves_and_says_what_to_do(
    phone: Phone, visit: Any, sign_in_page: Callable[..., Any]
) -> None:
    phone.no_network().open().listen()
    phone.page.context.clear_cookies()
    phone.post(None).pump()
    phone.badge("sign_in")
    badge = phone.page.locator("#outbox-badge")
    expect(badge).to_have_text("Sign in to send")
    assert badge.get_attribute("href") == f"/sign-in?next={f'/visits/{visit.id}'.replace('/', '%2F')}"
    assert phone.states() == ["pending"] and received() == []
    sign_in_page(phone.page, "mei")
    phone.open().sent().badge("sent")
    assert words_of(visit) == ["It drips"]


def test_in_a_customers_hands_the_badge_is_no_door(phone: Phone) -> None:
    phone.no_network().open().listen()
    phone.meta("lock", {"token": "x", "visit": phone.visit.id})
    phone.page.context.clear_cookies()
    phone.post(None).pump()
    phone.badge("sign_in")
    assert phone.page.get_attribute("#outbox-badge", "href") is None


def test_saves_never_leave_under_another_name(
    phone: Phone, visit: Any, sign_in_page: Callable[..., Any]
) -> None:
    phone.no_network().open().listen()
    sign_in_page(phone.page, "li")
    phone.post(None).pump()  # the page is still Mei's, the session Li's
    phone.badge("other_person")
    assert phone.states() == ["pending"] and received() == []
    handed_in: list[Any] = []
    phone.page.on("request", lambda one: handed_in.append(one.post_data) if one.method == "POST" else None)
    phone.open("/").badge("others")
    expect(phone.page.locator("#outbox-badge")).to_have_text("Saves of Mei are here")
    phone.pump()
    phone.open("/outbox")
    expect(phone.page.locator("#outbox")).to_contain_text(
        "They go out when Mei signs in here, never under another name."
    )
    assert "Ms Chen" not in phone.page.inner_text("#outbox") and "It drips" not in str(handed_in)
    assert phone.states() == ["pending"] and received() == []
    sign_in_page(phone.page, "mei")
    phone.open("/").sent().badge("sent")
    assert words_of(visit) == ["It drips"]


def test_a_phone_signed_out_from_elsewhere_hands_in_and_is_emptied(phone: Phone, visit: Any) -> None:
    phone.no_network().open().listen()
    phone.page.evaluate(DRAFT, f"{visit.id}:f-mat")
    Session.update(revoked_at=datetime.now(UTC)).execute()
    phone.post(None).page.evaluate("doorstep.outbox.pump('test') && null")
    phone.page.wait_for_url("**/sign-in*")
    assert [(step, state) for _seq, step, state in received()] == [("listen", "held")]
    names = phone.page.evaluate(
        """new Promise((done) => { const asked = indexedDB.open('doorstep-outbox'); asked.onsuccess = () => {
        const tx = asked.result.transaction(['entries', 'drafts', 'meta']); const all = {};
        for (const name of ['entries', 'drafts']) {
          tx.objectStore(name).count().onsuccess = ({ target }) => { all[name] = target.result; }; }
        tx.objectStore('meta').getAllKeys().onsuccess = ({ target }) => { all.meta = target.result; };
        tx.oncomplete = () => { asked.result.close(); done(all); }; }; })"""
    )
    assert (names["entries"], names["drafts"]) == (0, 0)
    assert not {"person", f"title:{visit.id}", "lock"} & set(names["meta"])


# Signing out


def press_sign_out(phone: Phone) -> None:
    phone.page.goto("/sign-out")
    phone.until("Boolean(self.doorstep && doorstep.keep)")
    phone.page.locator(".dock .btn.main").click()


def test_without_a_network_nobody_signs_out(phone: Phone) -> None:
    phone.open()
    phone.page.route("**/healthz", lambda route: route.abort())
    press_sign_out(phone)
    expect(phone.page.locator("#unsent")).to_contain_text("No network: you stay signed in")
    phone.open("/")
    assert phone.meta("person")


def test_unsent_work_is_sent_before_signing_out(phone: Phone, visit: Any) -> None:
    phone.no_network().open().listen()
    phone.post(None)
    press_sign_out(phone)
    phone.page.wait_for_url("**/sign-in*")
    assert words_of(visit) == ["It drips"]


def test_work_that_cannot_be_sent_is_said_by_name_and_kept(
    phone: Phone, visit: Any, sign_in_page: Callable[..., Any]
) -> None:
    phone.no_network().open().listen()
    press_sign_out(phone)
    unsent = phone.page.locator("#unsent")
    expect(unsent).to_contain_text("Saves of Mei that only this phone has: 1")
    assert unsent.get_by_role("button").all_inner_texts() == ["Send now", "Keep them here and sign out"]
    unsent.get_by_role("button", name="Send now").click()
    expect(unsent).to_be_visible()
    assert phone.states() == ["pending"]
    unsent.get_by_role("button", name="Keep them").click()
    phone.page.wait_for_url("**/sign-in*")
    assert received() == []
    sign_in_page(phone.page, "mei")
    phone.post(None).open().sent()
    assert words_of(visit) == ["It drips"]


def test_a_clean_sign_out_leaves_nothing_of_the_customer(
    phone: Phone, visit: Any, sign_in_page: Callable[..., Any]
) -> None:
    phone.open().listen().sent()
    phone.save(step="mat", fields={"mat": "1", "box": "1"})
    phone.pump()
    phone.page.evaluate(DRAFT, f"{visit.id}:f-teach")
    press_sign_out(phone)
    phone.page.wait_for_url("**/sign-in*")
    sign_in_page(phone.page, "li")
    phone.open("/")
    kept = phone.page.evaluate(
        "Promise.all(['entries', 'drafts', 'ledger', 'blobs'].map((name) => doorstep.store.all(name))).then((all) => all.flat())"
    )
    assert kept == [] and phone.meta(f"title:{visit.id}") is None


# The page of what lies on this phone


def crowd(phone: Phone) -> None:
    """Something of everything: refused, waiting at the office, saved here, a photo, somebody else's."""
    phone.no_network().open()
    phone.save(step="listen", label="Listen to the customer")
    phone.save(step="mat", fields={"mat": "1", "box": "1"}, label="Put down mat and tool box")
    phone.post(None).pump()
    phone.badge("correct")
    phone.no_network()
    phone.save(step="teach", fields={"shown": "1"}, label="Teach how to use and look after it")
    phone.save(step="mat", fields={}, label="Anything", person=999)
    phone.page.evaluate(
        "([visit, bytes]) => doorstep.store.get('person').then((person) => doorstep.store.write(['blobs'], (tx) => tx.store.put("
        "{ sha: 'f'.repeat(64), visit, person, type: 'image/jpeg', bytes: new Uint8Array(bytes).buffer, sent: false })))",
        [phone.visit.id, list(picture(size=(60, 60)))],
    )
    phone.page.evaluate("doorstep.store.set('name:999', 'Anna')")


def test_the_page_says_what_the_office_has_and_what_is_missing(phone: Phone, visit: Any) -> None:
    phone.open().listen().sent()
    phone.open("/outbox")
    page = phone.page.locator("#outbox")
    expect(page).to_contain_text("The office has 1 of 1")
    expect(page).to_contain_text("Everything is with the office")
    expect(page.locator(".badge.done")).to_have_count(1)
    phone.no_network()
    phone.save(step="mat", fields={"mat": "1", "box": "1"})
    expect(page).to_contain_text("The office has 1 of 2")
    expect(page).to_contain_text("1 saved on this phone, not sent yet")
    phone.post(None).page.get_by_role("button", name="Send now").click()
    expect(page).to_contain_text("The office has 2 of 2")
    phone.page.evaluate(
        "(visit) => doorstep.store.write(['ledger'], (tx) => tx.store.put({ visit, seq: 1, key: 'k', sha: 's' }))",
        visit.id,
    )
    phone.open("/outbox")
    expect(page).to_contain_text("The office has something else: call the desk")


def test_the_visits_overview_says_what_the_office_has(phone: Phone) -> None:
    phone.open()
    assert not phone.page.locator("[data-tally]").is_visible()
    phone.listen().sent()
    phone.no_network()
    phone.page.evaluate("location.hash = 'sheet'")
    expect(phone.page.locator("[data-tally]")).to_have_text("The office has 1 of 1")
    phone.save(step="mat", fields={"mat": "1", "box": "1"})
    expect(phone.page.locator("[data-tally]")).to_have_text("The office has 1 of 2")


def test_the_page_names_each_save_its_state_and_the_ways_on(phone: Phone) -> None:
    crowd(phone)
    phone.open("/outbox")
    rows = phone.page.locator("#outbox li")
    expect(rows).to_have_count(3)
    said = [row.inner_text() for row in rows.all()]
    assert "Listen to the customer" in said[0] and "The office could not take this" in said[0]
    assert "waiting for an earlier save" in said[1] and "Saved on this phone" in said[2]
    text = phone.page.inner_text("#outbox")
    for words in ("Saves of Anna on this phone: 1", "Photos to send: 1", "Oldest:", "To put right: 1"):
        assert words in text, words
    assert "Anything" not in text


def test_no_answer_is_said_and_nothing_is_lost(phone: Phone) -> None:
    phone.no_network().open().listen()
    phone.open("/outbox").page.get_by_role("button", name="Send now").click()
    expect(phone.page.locator("#outbox")).to_contain_text("No answer from the office")
    assert phone.states() == ["pending"]


def test_unsent_work_leaves_as_a_file_with_its_photos_and_without_the_secret(phone: Phone) -> None:
    crowd(phone)
    phone.save(step="consent", act="handed_back", proof="secret-of-the-pin")
    phone.open("/outbox")
    with phone.page.expect_download() as waited:
        phone.page.get_by_role("button", name="Export as a file").click()
    found = json.loads(waited.value.path().read_text("utf-8"))
    assert waited.value.suggested_filename.startswith("doorstep-")
    assert [one["state"] for one in found["entries"]] == ["refused", "held", "pending", "pending", "pending"]
    assert len(found["photos"]) == 1 and found["photos"][0]["base64"]
    assert "secret-of-the-pin" not in json.dumps(found)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_on_the_smallest_phone(phone: Phone, language: str) -> None:
    crowd(phone)
    Person.update(language=language).execute()
    audit = Auditor(phone.page, language)
    for size in (PHONE, SMALL):
        phone.page.set_viewport_size(size)
        phone.open("/outbox")
        phone.until("document.querySelectorAll('#outbox li').length === 3")
        audit.look(f"outbox-{size['width']}").shot(f"outbox-{language}-{size['width']}")
    audit.verdict()


def test_a_phone_that_may_forget_is_told_so(
    _browser: Any, live_server: str, cast: Any, sign_in_page: Callable[..., Any]
) -> None:
    for agent, shown in ((IPHONE, True), ("Mozilla/5.0 (Linux; Android 15) Chrome/140 Mobile", False)):
        context = _browser.new_context(base_url=live_server, user_agent=agent, service_workers="block")
        page = context.new_page()
        sign_in_page(page, "mei")
        page.goto("/outbox")
        expect(page.locator("#outbox[data-painted]")).to_be_attached()
        assert page.get_by_text("This phone may forget unsent work").is_visible() is shown
        context.close()
