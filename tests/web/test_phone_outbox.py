"""Saving and sending on a phone: stored before it is said to be saved, sent in order and once whatever the network does."""

import json
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect
from werkzeug.datastructures import MultiDict

from app.models.inbox import Cursor, InboxEntry
from app.services import photographing
from app.services.judging import Submission, sha_of
from app.web import forms
from app.web.pages import now
from tests import builders
from tests.conftest import PHONE
from tests.web.outbox_phone import MAIN, WORDS, Phone, received, words_of
from tests.web.test_photos import picture

pytestmark = pytest.mark.browser

FULL = """(() => { const add = IDBObjectStore.prototype.add; IDBObjectStore.prototype.add = function (...told) {
  if (self.isFull) throw new DOMException('no room', 'QuotaExceededError'); return add.apply(this, told); }; })()"""


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


def other_tab(phone: Phone) -> Phone:
    return Phone(phone.page.context.new_page(), phone.visit)


# Writing first


def test_a_save_is_stored_then_shown_then_sent(phone: Phone, visit: Any) -> None:
    phone.no_network().open().listen()
    (one,) = phone.entries()
    assert (one["state"], one["seq"], one["step"], one["act"]) == ("pending", 1, "listen", "done")
    assert received() == []
    phone.badge("saved")
    expect(phone.page.locator("#outbox-badge")).to_have_text("Unsent: 1")
    phone.post(None).pump()
    phone.badge("sent")
    assert received() == [(1, "listen", "applied")] and words_of(visit) == ["It drips"]


def test_three_taps_are_one_entry(phone: Phone) -> None:
    phone.no_network().open().type()
    button = phone.page.locator(MAIN).first
    button.evaluate("(button) => { button.click(); button.click(); button.click(); }")
    phone.until("doorstep.store.entriesOf().then((all) => all.length > 0)")
    if button.is_visible():
        button.click(force=True)
    phone.page.evaluate("document.querySelector('#f-listen').requestSubmit()")
    phone.badge("saved")
    assert len(phone.entries()) == 1


def test_a_form_that_was_painted_anew_between_two_taps_is_the_same_form(phone: Phone) -> None:
    phone.no_network().open()
    phone.page.locator("form[data-act='attempt']").first.evaluate("""(form) => {
      const press = (one) => one.querySelector('[value=answered]').click();
      press(form);
      const anew = form.cloneNode(true);
      anew.removeAttribute('data-key');
      form.replaceWith(anew);
      setTimeout(press, 400, anew); }""")
    phone.badge("saved")
    phone.page.wait_for_timeout(600)  # the second tap falls after the 300 ms that a double tap takes
    assert [one["act"] for one in phone.entries()] == ["attempt"]


def test_taps_in_one_breath_are_one_save_wherever_the_later_ones_fall(phone: Phone) -> None:
    """The next step's button stands where this one's stood: a third tap falls on it 400 ms after the first."""
    phone.no_network().open()
    phone.page.locator("form[data-act='attempt']").first.evaluate("""(form) => {
      const next = document.querySelector("form[data-act='bout']");
      const press = (one) => one.querySelector('button').click();
      press(form);
      setTimeout(press, 200, next);
      setTimeout(press, 400, next);
      setTimeout(press, 1000, next); }""")
    phone.until("doorstep.store.entriesOf().then((all) => all.length > 1)")
    first, second = phone.entries()
    assert (first["act"], second["act"]) == ("attempt", "bout")
    gap = datetime.fromisoformat(second["at"]) - datetime.fromisoformat(first["at"])
    assert gap > timedelta(milliseconds=900), "a tap of the same breath was taken"


def test_a_tap_before_the_scripts_have_run_waits_for_them(phone: Phone) -> None:
    held: list[Any] = []
    phone.page.route("**/js/visit_kinds.js", lambda route: held.append(route))
    phone.page.goto(f"/visits/{phone.visit.id}#s-call", wait_until="commit")
    button = "document.querySelector('form[data-act=attempt] [value=answered]')"
    phone.until(f"Boolean({button})")
    phone.page.evaluate(f"{button}.click()")
    assert phone.page.evaluate("document.readyState") != "complete" and len(held) == 1
    held[0].continue_()
    phone.until("window.doorstep?.store?.entriesOf().then((all) => all.length > 0)")
    phone.badge("sent")
    assert [one["act"] for one in phone.entries()] == ["attempt"] and received() == [(1, "call", "applied")]


def test_the_same_key_is_stored_once(phone: Phone) -> None:
    phone.no_network().open()
    keys = {
        phone.save(step="listen", fields={"words": words}, key="11111111-1111-4111-8111-111111111111")
        for words in "ab"
    }
    assert len(keys) == 1 and [one["fields"] for one in phone.entries()] == [{"words": "a"}]


def test_a_key_stays_on_the_form_until_it_is_stored(phone: Phone) -> None:
    phone.page.add_init_script(FULL)
    phone.no_network().open().type()
    phone.page.evaluate("self.isFull = true")
    keys = []
    for _ in range(2):
        phone.page.locator(MAIN).first.click()
        phone.until("Boolean(document.querySelector('[data-not-saved]'))")
        keys.append(phone.page.get_attribute("#f-listen", "data-key"))
        phone.page.evaluate("document.querySelector('[data-not-saved]').remove()")
    phone.page.evaluate("self.isFull = false")
    phone.page.locator(MAIN).first.click()
    phone.badge("saved")
    assert keys[0] == keys[1] == phone.entries()[0]["key"]


def test_a_full_phone_says_so_and_leaves_the_form_as_it_is(phone: Phone) -> None:
    phone.page.add_init_script(FULL)
    phone.open().type("All of this")
    phone.page.evaluate("self.isFull = true")
    phone.page.locator(MAIN).first.click()
    said = phone.page.locator("#f-listen [data-not-saved]")
    expect(said).to_contain_text("NOT saved: phone storage is full")
    expect(said).to_be_focused()
    assert phone.entries() == [] and phone.page.input_value(WORDS) == "All of this"
    assert phone.meta("seq:" + str(phone.visit.id)) is None and received() == []


def test_a_page_killed_after_the_tap_loses_nothing_and_doubles_nothing(phone: Phone, visit: Any) -> None:
    phone.no_network().open().type().page.locator(MAIN).first.click()
    phone.until("doorstep.store.entriesOf().then((all) => all.length === 1)")
    phone.page.goto("about:blank")
    again = other_tab(phone).open()
    again.sent().badge("sent")
    again.open().pump()
    assert received() == [(1, "listen", "applied")] and words_of(visit) == ["It drips"]


def test_the_phone_is_asked_once_to_keep_what_is_stored(phone: Phone) -> None:
    phone.page.add_init_script(
        "self.asked = 0; navigator.storage.persist = () => { self.asked += 1; return Promise.resolve(true); };"
    )
    phone.no_network().open()
    assert phone.page.evaluate("self.asked") == 0
    phone.listen()
    phone.until("self.asked === 1")
    phone.save(step="mat", fields={"mat": "1"})
    assert phone.page.evaluate("doorstep.store.get('persist').then(() => self.asked)") == 1


# What an entry is


def test_fields_and_hash_are_those_that_the_server_makes(phone: Phone, visit: Any) -> None:
    typed = [("act", "problem"), ("key", "k"), ("remedy", "later"), ("later.back_at", "2026-11-22T10:30"), ("skip.why", "no"),
             ("symptoms", "a"), ("symptoms", "b"), ("words", "Zoë 冰箱 \u2028 \"q\" \\ \x7f"),
             ("2", "two"), ("10", "ten"), ("b.c", "x"), ("at", "")]  # fmt: skip
    zone = ZoneInfo("Asia/Shanghai")
    expected = forms.fields_of(MultiDict(typed), zone)
    phone.open()
    found = phone.page.evaluate(
        "([pairs, zone]) => doorstep.keep.fieldsOf(pairs, zone)", [typed, "Asia/Shanghai"]
    )
    assert found == expected and found["back_at"] == "2026-11-22T10:30:00+08:00"
    sha = phone.page.evaluate(
        "(entry) => doorstep.outbox.shaOf(entry)",
        {"visit": 7, "step": "s", "act": "problem", "fields": found},
    )
    assert sha == sha_of(Submission(7, "s", "problem", "k", expected, now()))


@pytest.mark.parametrize(
    "zone", ["Asia/Shanghai", "Europe/Madrid", "America/St_Johns", "Pacific/Apia", "UTC"]
)
def test_a_typed_time_means_what_the_place_means(phone: Phone, zone: str) -> None:
    times = [
        "2026-11-22T10:30", "2026-03-29T01:59", "2026-03-29T02:30", "2026-03-29T03:00", "2026-10-25T02:30", "2026-10-25T01:30",
        "2026-10-25T03:00", "2026-03-08T02:10", "2026-11-01T01:10", "2026-07-01T00:00:05", "2026-13-01T10:00", "10:30", "",
    ]  # fmt: skip
    phone.page.goto("/sign-out")
    phone.until("Boolean(self.doorstep && doorstep.keep)")
    found = phone.page.evaluate(
        "([all, zone]) => all.map((one) => doorstep.keep.withOffset(one, zone))", [times, zone]
    )
    assert found == [forms.with_offset(one, ZoneInfo(zone)) for one in times]


def test_half_of_a_sign_becomes_a_question_mark_and_is_sent(phone: Phone, visit: Any) -> None:
    phone.open().page.evaluate(
        "(visit) => doorstep.outbox.save({ visit, step: 'listen', fields: { words: 'leaks \\ud83d e\\u0301' } })",
        visit.id,
    )
    phone.pump()
    assert words_of(visit) == ["leaks ? é"]


def test_every_entry_tells_what_the_clocks_said(phone: Phone) -> None:
    phone.open().until("doorstep.store.get('server')")
    phone.no_network().listen()
    clock = phone.entries()[0]["clock"]
    assert datetime.fromisoformat(clock["device"]).tzinfo and isinstance(clock["mono"], int) and clock["boot"]
    assert clock["seen"]["boot"] == clock["boot"] and set(clock["seen"]) == {"at", "mono", "boot", "device"}


def test_a_clock_that_was_wrong_at_the_last_contact_is_reckoned_with(phone: Phone) -> None:
    phone.open().until("doorstep.store.get('server')")
    phone.no_network()
    seen = phone.meta("server")
    ahead = (
        datetime.fromisoformat(seen["device"]).timestamp() - 3600
    )  # the server said an hour earlier than this device
    phone.meta("server", {**seen, "at": datetime.fromtimestamp(ahead, ZoneInfo("UTC")).isoformat()})
    phone.save(step="listen", fields={"words": "x"})
    (one,) = phone.entries()
    gone = datetime.fromisoformat(one["clock"]["device"]) - datetime.fromisoformat(one["at"])
    assert abs(gone.total_seconds() - 3600) < 5


def test_a_receipt_tells_the_servers_time(phone: Phone) -> None:
    phone.open()
    phone.meta("server", None)
    phone.listen().sent()
    seen = phone.until("doorstep.store.get('server')")
    assert abs(datetime.fromisoformat(seen["at"]).timestamp() - time.time()) < 10


# Sending


def portal(route: Any) -> None:
    route.fulfill(status=200, content_type="text/html", body="<h1>Welcome to our hotel</h1>")


def after_commit(route: Any) -> None:
    route.fetch()
    route.fulfill(status=500, content_type="application/json", body="{}")


def cut(route: Any) -> None:
    route.fetch()
    route.abort()


def another_batch(route: Any) -> None:
    said = route.fetch().json()
    route.fulfill(json={**said, "ack": "another"})


def no_result(route: Any) -> None:
    said = route.fetch().json()
    route.fulfill(json={**said, "results": {}})


def moved(route: Any) -> None:
    route.fulfill(status=303, headers={"Location": "/sign-in"})


@pytest.mark.parametrize("answer", [portal, after_commit, cut, another_batch, no_result, moved])
def test_what_is_no_receipt_leaves_the_entries_and_does_nothing_twice(
    phone: Phone, visit: Any, answer: Any
) -> None:
    phone.post(answer).open()
    phone.save(step="listen", fields={"words": "once"})
    assert phone.pump()["fault"]
    phone.badge("saved")
    assert phone.states() == ["pending"]
    phone.post(None).pump()
    phone.badge("sent")
    assert received() == [(1, "listen", "applied")] and words_of(visit) == ["once"]


def test_it_is_tried_again_by_itself(phone: Phone, visit: Any) -> None:
    tries: list[float] = []

    def fail_twice(route: Any) -> None:
        tries.append(time.monotonic())
        route.abort() if len(tries) < 3 else route.continue_()

    phone.post(fail_twice).open().listen().sent()
    assert len(tries) == 3 and tries[2] - tries[1] > tries[1] - tries[0] > 0.5


def test_a_device_that_comes_to_the_front_sends_at_once(phone: Phone) -> None:
    phone.no_network().open().listen()
    phone.post(None).page.evaluate("dispatchEvent(new Event('online'))")
    phone.sent()
    assert received()


def test_two_tabs_send_each_effect_once_and_tell_each_other(phone: Phone, visit: Any) -> None:
    phone.no_network().open()
    other = other_tab(phone).no_network().open()
    phone.listen()
    other.badge("saved")
    for tab in (phone, other):
        tab.post(None)
    phone.page.evaluate("doorstep.outbox.pump('test') && null")
    other.pump()
    phone.sent().badge("sent")
    other.badge("sent")
    assert received() == [(1, "listen", "applied")] and words_of(visit) == ["It drips"]


def test_twenty_five_saves_leave_in_one_request_and_in_order(phone: Phone) -> None:
    sizes: list[int] = []

    def count(route: Any) -> None:
        sizes.append(len(json.loads(route.request.post_data)["entries"]))
        route.continue_()

    phone.no_network().open()
    for n in range(26):
        phone.save(
            step="call",
            act="attempt",
            fields={"channel": "phone", "number": f"+86138000{n:05}", "outcome": "no_answer"},
        )
    phone.post(count).pump()
    assert [size for size in sizes if size] == [25, 1]
    assert [seq for seq, _step, _state in received()] == list(range(1, 27))


# Photos


def take_photo(phone: Phone, content: bytes) -> None:
    phone.page.evaluate("location.hash = 's-mat'")
    phone.page.set_input_files(
        "#s-mat [type=file]", {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": content}
    )
    phone.until("document.querySelectorAll('#s-mat .thumb').length === 1")


def save_mat(phone: Phone) -> None:
    phone.page.evaluate(
        "document.querySelectorAll('#s-mat [type=checkbox]').forEach((box) => { box.checked = true; });"
        "document.querySelector('#f-mat').requestSubmit();"
    )
    phone.until("doorstep.store.all('ledger').then((all) => all.length > 0)")


def test_photos_follow_their_facts_and_leave_when_the_office_has_them(phone: Phone, visit: Any) -> None:
    order: list[str] = []
    phone.page.on(
        "request", lambda request: order.append(request.method) if request.method in ("POST", "PUT") else None
    )
    phone.page.route("**/blobs/*", lambda route: route.abort())
    phone.open()
    take_photo(phone, picture())
    save_mat(phone)
    phone.badge("photos")
    (blob,) = phone.page.evaluate(
        "doorstep.store.all('blobs').then((all) => all.map(({ sha, type, bytes: kept }) =>"
        " [sha, type, kept instanceof ArrayBuffer, kept.byteLength]))"
    )
    assert blob[1:3] == ["image/jpeg", True] and blob[3] < len(picture()) * 4
    assert f"sha256:{blob[0]}" in json.dumps(phone.entries()[0]["fields"])
    assert received() == [(1, "mat", "applied")] and not photographing.original_path(blob[0]).exists()
    phone.page.unroute("**/blobs/*")
    phone.pump()
    phone.badge("sent")
    assert (
        photographing.original_path(blob[0]).exists()
        and phone.page.evaluate("doorstep.store.all('blobs')") == []
    )
    assert order.index("POST") < order.index("PUT")


def test_a_photo_that_the_office_cannot_take_is_said(phone: Phone) -> None:
    phone.open()
    phone.page.route(
        "**/blobs/*",
        lambda route: route.fulfill(status=415, json={"code": "wrong_kind", "text": "Send a JPEG photo."}),
    )
    take_photo(phone, picture(size=(300, 200)))
    save_mat(phone)
    phone.badge("correct")
    phone.open("/outbox")
    row = phone.page.locator("#outbox li.trouble")
    expect(row).to_contain_text("The office could not take a photo")
    expect(row).to_contain_text("Send a JPEG photo.")
    row.get_by_role("button", name="Leave this photo out").click()
    phone.badge("sent")


def test_a_photo_leaves_with_the_save_that_the_desk_withdrew(phone: Phone, visit: Any) -> None:
    phone.no_network().open()
    key = phone.page.evaluate(
        "async ([visit, bytes]) => { const kept = new Uint8Array(bytes).buffer; const sha = await doorstep.outbox.sha256(kept);"
        " const photos = [{ sha, type: 'image/jpeg', bytes: kept }]; const fields = { before: [`sha256:${sha}`] };"
        " return (await doorstep.outbox.save({ visit, step: 'mat', fields, photos })).key; }",
        [visit.id, list(picture(size=(40, 40)))],
    )
    phone.post(None).pump()
    phone.badge("correct")
    InboxEntry.update(state="withdrawn").where(InboxEntry.key == key).execute()
    phone.pump()
    phone.pump()
    phone.badge("sent")
    assert phone.page.evaluate("doorstep.store.all('blobs')") == [] and phone.entries() == []


# Order, refusals, numbers


def refused_then_held(phone: Phone) -> tuple[str, str]:
    """Two saves that the phone's own rules would not have let pass: the first is refused, the second waits."""
    phone.no_network().open()
    keys = (
        phone.save(step="listen", label="Listen"),
        phone.save(step="mat", fields={"mat": "1", "box": "1"}, label="Mat"),
    )
    phone.post(None).pump()
    phone.badge("correct")
    return keys


def test_a_refused_save_is_put_right_in_its_own_place_and_the_rest_follows(phone: Phone, visit: Any) -> None:
    refused_then_held(phone)
    assert phone.states() == ["refused", "held"] and received() == [
        (1, "listen", "refused"),
        (2, "mat", "held"),
    ]
    assert phone.entries()[0]["fault"]["fields"] == {"words": "required"}
    expect(phone.page.locator("#outbox-badge")).to_have_text("1 to put right")
    phone.open("/outbox").page.get_by_role("link", name="Put it right").click()
    phone.until("location.hash === '#s-listen' && Boolean(doorstep.visit.walk())")
    phone.page.fill(WORDS, "It drips")
    phone.page.locator(MAIN).first.click()
    phone.badge("sent")
    assert received() == [(1, "listen", "superseded"), (1, "listen", "applied"), (2, "mat", "applied")]
    assert words_of(visit) == ["It drips"] and set(phone.states()) <= {"applied"}
    assert InboxEntry.get(InboxEntry.seq == 1, InboxEntry.state == "applied").corrects


def test_a_refused_save_is_withdrawn_with_a_reason(phone: Phone) -> None:
    refused_then_held(phone)
    phone.open("/outbox")
    phone.page.get_by_text("Withdraw it").click()
    phone.page.get_by_role("button", name="Withdraw this save").click()
    assert received()[0] == (1, "listen", "refused")  # not without a reason
    phone.page.get_by_label("Why it does not count").fill("Typed by mistake")
    phone.page.get_by_role("button", name="Withdraw this save").click()
    phone.badge("sent")
    assert received() == [(1, "listen", "superseded"), (1, "listen", "applied"), (2, "mat", "applied")]
    assert "Typed by mistake" in InboxEntry.get(InboxEntry.act == "void").body


def test_what_the_desk_withdrew_leaves_the_phone(phone: Phone) -> None:
    key, held = refused_then_held(phone)
    InboxEntry.update(state="withdrawn").where(InboxEntry.key == key).execute()
    InboxEntry.update(state="applied").where(InboxEntry.key == held).execute()
    phone.pump()
    phone.badge("sent")
    assert phone.states() in ([], ["applied"])


def test_what_is_put_right_after_the_desk_settled_it_takes_a_new_place(phone: Phone, visit: Any) -> None:
    key, held = refused_then_held(phone)
    phone.no_network()
    phone.save(step="listen", fields={"words": "late"})
    InboxEntry.update(state="withdrawn").where(InboxEntry.key == key).execute()
    InboxEntry.update(state="applied").where(InboxEntry.key == held).execute()
    Cursor.update(next=3).execute()
    phone.post(None).pump()
    phone.badge("sent")
    assert words_of(visit) == ["late"]
    told = phone.page.evaluate("(visit) => doorstep.outbox.told(visit)", visit.id)
    assert (told["n"], told["kind"]) == (told["total"], "done")


def test_a_key_under_which_the_office_has_something_else_is_put_right_anew(phone: Phone) -> None:
    phone.no_network().open()
    key = phone.save(step="listen", fields={"words": "mine"})
    one = phone.entries()[0]
    phone.post(None).pump()
    InboxEntry.update(sha="0" * 64).where(InboxEntry.key == key).execute()
    phone.page.evaluate(
        "(one) => doorstep.store.write(['entries'], (tx) => tx.store.put({ ...one, state: 'pending' }))", one
    )
    phone.pump()
    phone.badge("correct")
    assert [(entry["state"], entry["reason"]) for entry in phone.entries()] == [("refused", "mismatch")]


def test_a_phone_restored_from_a_backup_counts_anew_under_another_id(phone: Phone, visit: Any) -> None:
    phone.no_network().open().listen()
    device = phone.meta("device")
    Cursor.create(visit=visit.id, device=device, next=9)
    phone.post(None).pump()
    phone.badge("sent")
    assert phone.meta("device") != device
    assert received() == [(1, "listen", "applied")] and words_of(visit) == ["It drips"]


def test_a_number_that_the_phone_lost_is_said_to_be_empty(phone: Phone) -> None:
    phone.no_network().open()
    lost = phone.save(step="listen", fields={"words": "lost"})
    phone.save(step="mat", fields={"mat": "1", "box": "1"})
    phone.page.evaluate("(key) => doorstep.store.write(['entries'], (tx) => tx.store.delete(key))", lost)
    phone.post(None).pump()
    phone.badge("sent")
    assert received() == [(1, "void", "applied"), (2, "mat", "applied")]
    tally = phone.page.evaluate("(visit) => doorstep.outbox.tally(visit)", phone.visit.id)
    assert tally["digest"] == phone.meta(f"tally:{phone.visit.id}")["digest"]


def test_a_number_that_the_office_lost_is_sent_again(phone: Phone) -> None:
    phone.no_network().open()
    first = phone.save(step="listen", fields={"words": "first"})
    phone.save(step="mat", fields={"mat": "1", "box": "1"})
    phone.page.evaluate(
        "(key) => doorstep.store.entry(key).then((one) =>"
        " doorstep.store.write(['entries'], (tx) => tx.store.put({ ...one, state: 'held' })))",
        first,
    )
    phone.post(None).pump()
    phone.badge("sent")
    assert received() == [(1, "listen", "applied"), (2, "mat", "applied")]


def test_a_sent_save_stays_until_a_page_that_shows_it_was_loaded(phone: Phone, visit: Any) -> None:
    phone.page.route("**/sections*", lambda route: route.abort())
    phone.open().listen().sent()
    (one,) = phone.entries()
    assert one["state"] == "applied" and one["ver"] == 1
    assert phone.page.evaluate("([id, version]) => doorstep.outbox.settle(id, version)", [visit.id, 0]) == []
    assert phone.page.evaluate("([id, version]) => doorstep.outbox.settle(id, version)", [visit.id, 1]) == [
        one["key"]
    ]
    assert phone.entries() == []
    assert phone.page.evaluate("(visit) => doorstep.outbox.tally(visit)", visit.id)["count"] == 1


def test_a_lost_connection_to_the_store_is_opened_again(phone: Phone) -> None:
    phone.no_network().open().page.evaluate("doorstep.store.open().then((db) => db.close())")
    phone.listen()
    assert phone.states() == ["pending"]
