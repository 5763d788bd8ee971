"""The day on the phone: what is kept, what opens without a network, what leaves, in a real Chromium."""

import threading
import time
from typing import Any

import pytest

from app.models import records
from app.models.visits import Visit
from tests.web.phones import ENTRY, EVICT, KEPT_TEXT, READ, Line, Phone, until

pytestmark = pytest.mark.browser


def test_the_whole_day_opens_without_a_network(app: Any, phone: Phone, line: Line, day: list[Visit]) -> None:
    phone.sign_in(app, "mei")
    phone.prepared()
    assert phone.page.inner_text("[data-offline-ready]").startswith("Today's 2 visits are on this phone")
    line.cut()
    page = phone.page
    for visit in day:
        page.goto(f"/visits/{visit.id}")
        assert page.locator(".steps").get_attribute("data-visit") == str(visit.id)
        steps = page.eval_on_selector_all(
            "section.step[id^='s-']", "all => all.map((one) => one.id.slice(2))"
        )
        assert len(steps) > 15
        for step in steps:
            page.goto(f"/visits/{visit.id}#s-{step}")
            assert page.locator(f"#s-{step}").is_visible(), step
            page.goto(f"/visits/{visit.id}/steps/{step}")
            assert page.url.endswith(f"/visits/{visit.id}#s-{step}")
        page.goto(f"/visits/{visit.id}/identity")
        assert page.locator(".identity-name").inner_text() == "Mei"
        for language in ("en", "zh_Hans", "zh_Hant", "es"):
            kit = page.evaluate(READ, f"/c/{visit.customer_token}/kit/{language}")
            assert f'<html lang="{language.replace("_", "-")}"' in kit["text"]
        assert page.evaluate(READ, f"/visits/{visit.id}/data")["text"].startswith("{")
    page.goto("/outbox")
    assert page.locator("#outbox-badge, [data-outbox-page], h1").first.is_visible()
    page.goto("/")
    assert page.locator(".card").count() == 2


def test_what_is_no_page_of_ours_never_takes_a_pages_place(
    app: Any, phone: Phone, line: Line, day: list[Visit]
) -> None:
    """A portal's page with 200, a fault of the server, an ended session, a redirect to elsewhere, no answer at all."""
    phone.sign_in(app, "mei")
    phone.prepared()
    place, page = f"/visits/{day[0].id}", phone.page
    html = [("Content-Type", "text/html")]
    troubles: list[Any] = [
        lambda _e: ("200 OK", html, b"<h1>Hotel: accept the terms</h1>"),
        lambda _e: ("302 Found", [("Location", "http://127.0.0.1:9/portal")], b""),
        lambda _e: ("502 Bad Gateway", html, b"<h1>nginx</h1>"),
        lambda _e: ("500 Oh", [*html, ("X-Doorstep-Version", "x")], b"<h1>500</h1>"),
    ]
    for trouble in troubles:
        line.trouble = trouble
        page.goto(place)
        assert page.locator(".steps").get_attribute("data-visit") == str(day[0].id)
        assert page.evaluate(READ, f"{place}/data")["status"] == 200
    line.trouble = None
    phone.context.clear_cookies()
    page.goto(place)
    assert page.locator(".steps").count() == 1 and page.url.endswith(place)
    page.goto("/account")  # is about the session: here the sign-in form is right
    assert "/sign-in" in page.url
    line.trouble = lambda _e: ("200 OK", html, b"<h1>Hotel</h1>")
    page.goto(place)
    assert page.locator(".steps").count() == 1, "the portal's page was kept"


def test_a_slow_network_is_waited_for_two_and_a_half_seconds(
    app: Any, phone: Phone, line: Line, day: list[Visit]
) -> None:
    phone.sign_in(app, "mei")
    phone.prepared()
    gate = threading.Event()
    line.trouble = lambda environ: (
        gate.wait(20) and None if environ["PATH_INFO"].startswith("/visits/") else None
    )
    start = time.monotonic()
    phone.page.goto(f"/visits/{day[0].id}")
    assert phone.page.locator(".steps").count() == 1
    gate.set()
    assert 2.4 < time.monotonic() - start < 6


def test_a_page_that_did_not_change_costs_no_body(
    app: Any, phone: Phone, line: Line, day: list[Visit]
) -> None:
    phone.sign_in(app, "mei")
    phone.prepared()
    line.seen.clear()
    assert phone.ask({"type": "prepare"})["state"] == "prepared"
    got = {path: status for method, path, status in line.seen if method == "GET"}
    changing = {"/", "/offline.json", *(f"/visits/{one.id}{end}" for one in day for end in ("", "/data"))}
    assert {path: got.get(path) for path in changing} == dict.fromkeys(changing, "304")
    assert not [
        path
        for path in got
        if path.startswith(("/protocols", "/prices", "/c/")) or path.endswith("/identity")
    ]
    line.seen.clear()
    phone.ask({"type": "prepare", "changed": [day[1].id]})
    place = f"/visits/{day[1].id}"
    assert sorted(path for _method, path, _status in line.seen) == [
        "/",
        "/offline.json",
        place,
        f"{place}/data",
    ]


def test_what_the_list_no_longer_names_leaves_but_not_with_saves_that_wait(
    app: Any, phone: Phone, line: Line, day: list[Visit]
) -> None:
    phone.sign_in(app, "mei")
    phone.prepared()
    phone.page.evaluate(ENTRY, {"visit": day[1].id, "key": "waits"})
    Visit.update(state="cancelled").where(Visit.id.in_([one.id for one in day])).execute()
    first, second = (one.id for one in day)
    made = phone.ask({"type": "prepare"})
    assert made["visits"] == []
    paths = phone.kept()
    assert not [one for one in paths if one.startswith((f"/visits/{first}", f"/c/{day[0].customer_token}"))]
    assert {f"/visits/{second}", f"/visits/{second}/data", f"/c/{day[1].customer_token}/kit/es"} <= set(paths)
    phone.page.evaluate(ENTRY, {"visit": second, "key": "waits", "state": "applied"})
    phone.ask({"type": "prepare"})
    assert not [one for one in phone.kept() if one.startswith(("/visits/", "/c/"))]
    assert phone.page.evaluate("doorstep.store.entriesOf()") == []


def test_a_page_that_was_evicted_is_named_plainly_with_what_waits_here(
    app: Any, phone: Phone, line: Line, day: list[Visit]
) -> None:
    phone.sign_in(app, "mei")
    phone.prepared()
    phone.page.evaluate(ENTRY, {"visit": day[0].id, "key": "one"})
    phone.page.evaluate(EVICT, f"/visits/{day[0].id}")
    line.cut()
    page = phone.page
    page.goto(f"/visits/{day[0].id}")
    assert page.inner_text("h1") == "This page is not on this phone"
    until(page, "!document.querySelector('[data-unsent]').hidden")
    assert "1 saved" in page.inner_text("[data-unsent]")
    assert page.locator("[data-kept] a").count() == 2
    line.mend()
    page.click(".dock .btn.main")
    until(page, "document.querySelector('.steps')")


def test_the_stand_in_speaks_the_persons_language(
    app: Any, cast: Any, phone: Phone, line: Line, day: list[Visit]
) -> None:
    cast.mei.language = "zh_Hans"
    cast.mei.save()
    phone.sign_in(app, "mei")
    phone.prepared()
    line.cut()
    phone.page.goto("/account")
    assert phone.page.locator("html").get_attribute("lang") == "zh-Hans"


def test_a_fragment_never_stands_for_a_page_and_a_save_is_never_answered_from_here(
    app: Any, phone: Phone, line: Line, day: list[Visit]
) -> None:
    phone.sign_in(app, "mei")
    phone.prepared()
    page, place = phone.page, f"/visits/{day[0].id}"
    before = page.evaluate(KEPT_TEXT, place)
    page.evaluate(
        "(place) => fetch(place, { headers: { 'HX-Request': 'true' } }).then((a) => a.text())", place
    )
    page.evaluate("(place) => fetch(`${place}/sections?have=0`).then((a) => a.text())", place)
    page.goto(f"{place}?at=listen")
    assert page.evaluate(KEPT_TEXT, place) == before
    assert not [one for one in phone.kept() if one.endswith("/sections")]
    line.cut()
    posted = page.evaluate(
        "(place) => fetch(place, { method: 'POST' }).then(() => 'answered', () => 'failed')",
        f"{place}/steps/accept",
    )
    assert posted == "failed"


def test_what_could_not_be_fetched_is_named_by_its_hour(
    app: Any, phone: Phone, line: Line, day: list[Visit]
) -> None:
    place = f"/visits/{day[1].id}/data"
    line.trouble = lambda environ: ("500 Oh", [], b"") if environ["PATH_INFO"] == place else None
    phone.sign_in(app, "mei")
    phone.prepared()
    assert phone.page.inner_text("[data-offline-ready]").startswith("Not on this phone yet: 14:00.")
    line.trouble = None
    phone.ask({"type": "prepare"})
    until(
        phone.page,
        "document.querySelector('[data-offline-ready]').textContent.startsWith(\"Today's 2 visits\")",
    )


def test_the_worker_sends_what_waits_when_the_system_wakes_it(
    app: Any, phone: Phone, line: Line, day: list[Visit]
) -> None:
    phone.sign_in(app, "mei")
    phone.prepared()
    page = phone.page
    tools = phone.context.new_cdp_session(page)
    known: list[dict[str, Any]] = []
    tools.on("ServiceWorker.workerRegistrationUpdated", lambda told: known.extend(told["registrations"]))
    tools.send("ServiceWorker.enable")
    until(page, "1")
    line.cut()
    page.evaluate(
        "(visit) => doorstep.outbox.save({ visit, step: 'listen', act: 'done', fields: { words: 'It drips' }, base: '' })",
        day[0].id,
    )
    page.goto("about:blank")  # no page is left that could send
    line.mend()
    line.seen.clear()
    tools.send(
        "ServiceWorker.dispatchSyncEvent",
        {
            "origin": line.address,
            "registrationId": known[-1]["registrationId"],
            "tag": "outbox",
            "lastChance": False,
        },
    )
    end = time.monotonic() + 40
    while ("POST", "/outbox", "200") not in line.seen and time.monotonic() < end:
        page.wait_for_timeout(30)
    assert ("POST", "/outbox", "200") in line.seen
    assert records.of_visit(day[0].id)[-1].body["words"] == "It drips"
