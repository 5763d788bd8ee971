"""A new version of the app on the phone: all of it or none, taken over by a tap, and no save or draft is lost by it."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from flask import Flask, send_from_directory
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from app.models.visits import Visit
from app.web import assets
from tests.web.phones import ENTRY, Line, Phone, until

pytestmark = pytest.mark.browser

UPDATE = """async () => { const registration = await navigator.serviceWorker.getRegistration();
 await registration.update().catch(() => {});
 while (registration.installing) await new Promise((done) => { setTimeout(done, 30); });
 return Boolean(registration.waiting); }"""
VERSIONS = """caches.keys().then((all) => [...new Set(all.map((name) => name.replace('shell-', '').split('-')[1]))].sort())"""
FAULT = "doorstep.store.get('update_fault')"
DRAFT = "(visit) => doorstep.store.keepDraft(`${visit}:f-accept`, { base: '', typed: [], photos: [] })"
WAITS = "Promise.all(['entries', 'drafts'].map((name) => doorstep.store.all(name))).then((all) => all.map((one) => one.length))"


@pytest.fixture
def publish(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """`publish('two')`: from now on the app is of this version; files of another version are there, but not lastingly."""

    def put(version: str) -> None:
        def static_of_version(_version: str, path: str) -> Any:
            response = send_from_directory(assets.FOLDER, path, max_age=0)
            response.cache_control.immutable = True if _version == version else None
            return response

        monkeypatch.setitem(app.view_functions, "static_of_version", static_of_version)
        monkeypatch.setitem(
            app.jinja_env.globals,
            "static_url",
            lambda path: f"/static/{path}" if path.startswith("vendor/") else f"/static/v/{version}/{path}",
        )

    return put


@pytest.fixture
def one(app: Flask, phone: Phone, line: Line, day: list[Visit], publish: Callable[[str], None]) -> Phone:
    """A phone with the day on it, as version one."""
    publish("one")
    phone.sign_in(app, "mei")
    phone.prepared()
    assert phone.page.evaluate(VERSIONS) == ["one"]
    return phone


def _opens_offline(phone: Phone, line: Line, visit: Visit, version: str) -> None:
    line.cut()
    for place in ("/", f"/visits/{visit.id}"):
        phone.page.goto(place)
        style = phone.page.get_attribute("link[rel='stylesheet']", "href") or ""
        assert f"/static/v/{version}/" in style, place
        assert phone.page.evaluate("document.styleSheets[0].cssRules.length") > 3, place
    line.mend()


def test_signed_out_the_update_fails_and_the_day_still_opens(
    one: Phone, line: Line, day: list[Visit], publish: Callable[[str], None]
) -> None:
    one.context.clear_cookies()
    publish("two")
    assert not one.page.evaluate(UPDATE)
    assert any(path == "/static/v/two/css/app.css" for _method, path, _status in line.seen)
    assert one.page.evaluate(VERSIONS) == ["one"]
    _opens_offline(one, line, day[0], "one")


@pytest.mark.parametrize("failing", ["/static/v/two/js/visit.js", "/visits/{}/data"])
def test_one_file_that_does_not_come_keeps_the_old_version_whole(
    one: Phone, line: Line, day: list[Visit], publish: Callable[[str], None], failing: str
) -> None:
    publish("two")
    place = failing.format(day[1].id)
    line.trouble = lambda environ: ("500 Oh", [], b"") if environ["PATH_INFO"] == place else None
    assert not one.page.evaluate(UPDATE)
    assert one.page.evaluate(VERSIONS) == ["one"]
    _opens_offline(one, line, day[1], "one")
    line.trouble = None
    assert one.page.evaluate(UPDATE), "the next try"
    assert one.page.evaluate(VERSIONS) == ["one", "two"]


def _reloaded(page: Any) -> None:
    """Tap the banner. It reloads within ten seconds; a tap that met a page moving under it is made again, as people do."""
    for _ in range(3):
        with suppress(PlaywrightTimeout), page.expect_navigation(timeout=13_000):
            page.click("[data-update] button")
            return
    raise AssertionError("the banner reloads nothing")


def test_a_tap_takes_the_new_version_and_no_save_or_draft_is_lost(
    one: Phone, line: Line, day: list[Visit], publish: Callable[[str], None]
) -> None:
    page = one.page
    page.evaluate(ENTRY, {"visit": day[0].id, "key": "unsent", "state": "refused"})
    page.evaluate(DRAFT, day[0].id)
    publish("two")
    assert page.evaluate(UPDATE)
    assert page.evaluate(VERSIONS) == ["one", "two"], "it waits"
    _opens_offline(one, line, day[0], "one")
    page.evaluate("doorstep.visit.ready")  # until then what is painted moves the button away under the finger
    until(page, "document.querySelector('[data-update] button')")
    assert page.inner_text("[data-update]") == "New version – reload"
    _reloaded(page)
    until(page, f"{VERSIONS}.then((all) => all.join() === 'two')")
    assert page.evaluate(WAITS) == [1, 1]
    _opens_offline(one, line, day[0], "two")


def test_a_visit_that_is_gone_for_good_does_not_hold_the_phone_on_an_old_version(
    one: Phone, line: Line, cast: Any, day: list[Visit], publish: Callable[[str], None]
) -> None:
    one.page.evaluate(ENTRY, {"visit": day[0].id, "key": "unsent", "state": "refused"})
    Visit.update(engineer=cast.li.id).where(Visit.id == day[0].id).execute()
    line.seen.clear()
    publish("two")
    assert one.page.evaluate(UPDATE), one.page.evaluate(FAULT)
    _reloaded(one.page)
    until(one.page, f"{VERSIONS}.then((all) => all.join() === 'two')")
    assert f"/visits/{day[0].id}" not in one.kept()
    assert f"/visits/{day[1].id}" in one.kept()
    _opens_offline(one, line, day[1], "two")


def test_a_developers_worker_never_waits(app: Flask, monkeypatch: pytest.MonkeyPatch, cast: Any) -> None:
    client = app.test_client()
    assert '"dev": false' in client.get("/service-worker.js").text
    monkeypatch.setattr(app, "debug", True)
    assert '"dev": true' in client.get("/service-worker.js").text
