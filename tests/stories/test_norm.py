"""Hao changes the norm without a developer: copy, a text, a step, what is missing, the preview, publish; Mei then walks it."""

from datetime import UTC, datetime
from typing import Any

import pytest

from app.domain import protocol
from app.models.visits import Visit
from app.services import norming
from tests import builders

pytestmark = pytest.mark.browser

LANGUAGES = {"en": "English", "zh_Hans": "简体中文", "zh_Hant": "繁體中文", "es": "Español"}


@pytest.fixture
def hao(place):
    return builders.person(place, "hao", name="Hao", role="manager")


@pytest.fixture
def desk(_browser, live_server, place, sign_in_page, hao):
    """Hao's screen at the desk; any complaint of the browser fails the test at its end."""
    context = _browser.new_context(
        base_url=live_server, viewport={"width": 1280, "height": 900}, locale="en-GB"
    )
    context.set_default_timeout(15_000)
    troubles: list[str] = []
    context.on("weberror", lambda error: troubles.append(str(error.error)))
    context.on(
        "console", lambda line: troubles.append(line.text) if line.type in ("error", "warning") else None
    )
    tab = context.new_page()
    sign_in_page(tab, hao)
    yield tab
    context.close()
    # What cannot be published comes back as 422, which a browser notes.
    assert not [line for line in troubles if "status of 422" not in line], troubles


def press(tab: Any, name: str) -> None:
    tab.get_by_role("button", name=name, exact=True).click()
    tab.wait_for_load_state()


def shown(tab: Any) -> str:
    return str(tab.locator("main").inner_text())


def test_a_text_and_a_step_from_the_desk_to_the_door(desk, walker, mei, booked, shot, hao):
    old = booked()
    desk.goto("/desk")
    desk.get_by_role("link", name="Norm").click()
    desk.locator(".norm-version", has_text="In force").get_by_role("button", name="Copy to a draft").click()
    desk.wait_for_load_state()
    home = desk.url
    assert shown(desk).count("Complete") == 4 and "Nothing is missing" in shown(desk)

    # One text of a step that there is; the frame shows it as the phone will.
    desk.get_by_role("link", name="Check the job's data").click()
    desk.locator("#words-en-step-accept-title").fill("Read the job twice")
    press(desk, "Keep changes")
    assert "One change is kept." in desk.inner_text("body")
    frame = desk.frame_locator("iframe")
    frame.get_by_role("heading", name="Read the job twice").wait_for()
    desk.get_by_role("navigation", name="Language of the preview").get_by_role("link", name="Español").click()
    spanish = protocol.load("maker-2026-11").word("es", "step", "accept", "title")
    frame.get_by_role("heading", name=spanish).wait_for()
    shot(desk, "norm-step")

    # A step of a kind that exists, with an input, first only in English.
    desk.goto(home)
    desk.get_by_text("Add a step", exact=True).click()
    desk.get_by_label("Title, an order of at most six words").fill("Photograph the meter")
    desk.get_by_label("Stage").select_option(label="Prepare")
    press(desk, "Add this step")
    desk.get_by_text("Add an input", exact=True).click()
    desk.locator("#label").fill("Meter is on the photo")
    press(desk, "Add this input")
    desk.goto(home)
    assert "2 texts are missing" in shown(desk) and shown(desk).count("4 texts are missing") == 3
    press(desk, "Publish this norm")
    assert "See to what is listed first" in shown(desk)
    shot(desk, "norm-missing")

    # Each finding leads to its place; there it is filled in, in all four languages.
    desk.locator(".norm-findings a").first.click()
    desk.wait_for_load_state()
    assert desk.url.endswith("/steps/photograph_the_meter#words-en-step-photograph_the_meter-standard")
    for code in LANGUAGES:
        for name in ("title", "standard", "main", "field-meter_is_on_the_photo-label"):
            desk.locator(f"#words-{code}-step-photograph_the_meter-{name}").fill(
                f"{code}: meter, {name.split('-')[-1]}"
            )
    press(desk, "Keep changes")
    desk.goto(home)
    assert "Nothing is missing" in shown(desk)

    # It comes first of all, is published for today, and a new visit begins with it.
    for _press in range(4):
        desk.get_by_role("button", name="Earlier: en: meter, title").click()
        desk.wait_for_load_state()
    press(desk, "Publish this norm")
    assert "Planned and running visits keep theirs." in desk.inner_text("body")
    shot(desk, "norm-published")
    new = booked()
    norms = [protocol.load("maker-2026-11").hash, norming.versions(hao, datetime.now(UTC))[0].norm.hash]
    assert [Visit.get_by_id(one.id).protocol for one in (old, new)] == norms and norms[0] != norms[1]
    w = walker("norm", mei).go(f"/visits/{new.id}").at("en: meter, title", False).shot("new-step")
    w.page.locator("section.step:visible").get_by_label("en: meter, label").check()
    w.tap("en: meter, main").at("Read the job twice", False).sent()
    w.go(f"/visits/{old.id}").at("Check the job's data", False)
    assert "meter" not in w.text()
