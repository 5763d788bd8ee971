"""What the pages' scripts do on a phone: ring, sheet, photos, signature, one-time submit, PIN. Saving is not here."""

import hashlib
import json
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image

pytestmark = pytest.mark.browser

START_AGO = "(seconds) => { const ring = document.querySelector('[data-ring]'); delete ring.dataset.gone;"
START_AGO += " ring.dataset.start = new Date(Date.now() - seconds * 1000).toISOString(); }"
DRAW = [(30, 150, 150, 60), (120, 60, 250, 170), (60, 120, 300, 110)]


@pytest.fixture
def patterns(page: Any, cast: Any, sign_in_page: Callable[..., Any]) -> Any:
    sign_in_page(page, "mei")
    page.goto("/patterns")
    return page


def _until(page: Any, expression: str) -> None:
    """The content policy forbids Playwright's own waiting, which evaluates text inside the page."""
    for _ in range(100):
        if page.evaluate(expression):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"never: {expression}")


def _stroke(page: Any, numbers: tuple[int, int, int, int]) -> None:
    x0, y0, x1, y1 = numbers
    box = page.locator("[data-pad]").bounding_box()
    page.mouse.move(box["x"] + x0, box["y"] + y0)
    page.mouse.down()
    for n in range(1, 11):
        page.mouse.move(box["x"] + x0 + (x1 - x0) * n / 10, box["y"] + y0 + (y1 - y0) * n / 10)
    page.mouse.up()


def _strokes(page: Any) -> list[list[int]]:
    return json.loads(page.input_value("[data-strokes]") or "[]")


def test_the_ring_counts_from_its_saved_start_and_says_once_that_time_is_up(patterns: Any) -> None:
    patterns.evaluate(START_AGO, 58.9)
    _until(patterns, "document.querySelector('[data-ring-time]').textContent === '0:30'")
    assert patterns.inner_text("[data-ring-sum]") == "4:00"
    patterns.evaluate(START_AGO, 298.9)
    _until(patterns, "document.querySelector('.ring').classList.contains('is-late')")
    assert patterns.inner_text("[data-ring-live]").startswith("Five minutes")


def test_something_else_opens_over_the_page_and_goes_back_without_a_trace(patterns: Any) -> None:
    patterns.click("[data-sheet] > summary")
    assert patterns.locator("dialog[open] .option").count() == 4
    patterns.keyboard.press("Escape")
    assert patterns.locator("dialog[open]").count() == 0
    patterns.click("[data-sheet] > summary")
    patterns.click("[data-shut]")
    assert patterns.locator("dialog[open]").count() == 0
    assert patterns.evaluate("location.hash") == ""


def test_a_photo_is_shrunk_on_the_phone_and_loses_where_it_was_taken(patterns: Any, tmp_path: Any) -> None:
    path = tmp_path / "plate.jpg"
    exif = Image.Exif()
    exif[0x8825] = {1: "N", 2: (31.0, 12.0, 0.0)}
    Image.effect_noise((2400, 3200), 60).convert("RGB").save(path, quality=90, exif=exif)
    patterns.set_input_files("#p-photos", str(path))
    _until(patterns, "document.querySelectorAll('.thumb').length === 1")
    patterns.set_input_files("#p-photos", str(path))
    _until(patterns, "document.querySelectorAll('.thumb').length === 2")
    sizes = patterns.evaluate(
        "Promise.all([...document.querySelector('#p-photos').files].map(async (f) => {"
        " const bytes = new Uint8Array(await f.arrayBuffer()); const image = await createImageBitmap(f);"
        " const head = new TextDecoder('latin1').decode(bytes.slice(0, 400));"
        " return [image.width, image.height, head.includes('Exif')]; }))"
    )
    assert sizes == [[1200, 1600, False], [1200, 1600, False]]
    patterns.locator(".thumb").first.click()
    assert patterns.evaluate("document.querySelector('#p-photos').files.length") == 1


def test_a_signature_survives_turning_the_phone_and_undo_takes_one_stroke(patterns: Any) -> None:
    patterns.locator("[data-pad]").scroll_into_view_if_needed()
    patterns.evaluate("document.querySelector('[data-pad]').scrollIntoView({ block: 'center' })")
    _until(patterns, "Boolean(document.querySelector('[data-signature]').pad)")
    for numbers in DRAW:
        _stroke(patterns, numbers)
    before = _strokes(patterns)
    assert len(before) == 3
    assert all(isinstance(n, int) for flat in before for n in flat) and all(
        len(flat) % 2 == 0 for flat in before
    )
    assert json.loads(patterns.input_value("[data-size]"))[1] == 240
    patterns.set_viewport_size({"width": 844, "height": 390})
    patterns.wait_for_timeout(200)
    assert _strokes(patterns) == before
    patterns.set_viewport_size({"width": 390, "height": 844})
    patterns.wait_for_timeout(200)
    patterns.click("[data-undo]")
    assert _strokes(patterns) == before[:2]


def test_a_form_goes_out_once_however_often_it_is_pressed(patterns: Any) -> None:
    sent: list[str] = []
    patterns.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    patterns.route("**/patterns", lambda route: route.fulfill(status=204))
    patterns.evaluate(
        "document.querySelectorAll('#fields [required]').forEach((f) => { f.required = false; })"
    )
    for _ in range(3):  # the answer is already there before the second press
        patterns.evaluate("document.querySelector('#fields button.second').click()")
        patterns.wait_for_timeout(100)
    assert patterns.locator("#fields .is-sending").inner_text() == "Add a part"
    assert len(sent) == 1


def test_the_pin_stays_on_the_phone_and_opens_only_with_the_right_digits(patterns: Any) -> None:
    patterns.goto("/pin")
    answer = patterns.evaluate(
        "(async () => { const { pin } = window.doorstep; const hash = await pin.set('246810', 7);"
        " const wrong = await pin.open('000000', 7); const one = await pin.state(7);"
        " const right = await pin.open('246810', 7); const two = await pin.state(7);"
        " for (let n = 0; n < 5; n += 1) await pin.open('000000', 7);"
        " return { hash, wrong, one, right, two, spent: await pin.open('246810', 7) }; })()"
    )
    assert answer["wrong"] is None and answer["one"] == {"set": True, "left": 4}
    assert hashlib.sha256(bytes.fromhex(answer["right"])).hexdigest() == answer["hash"]
    assert answer["two"]["left"] == 5
    assert answer["spent"] is None


def test_the_pin_form_sends_only_the_hash_of_the_secret(patterns: Any) -> None:
    patterns.goto("/pin")
    bodies: list[str] = []
    patterns.on(
        "request", lambda request: bodies.append(request.post_data) if request.method == "POST" else None
    )
    patterns.fill("#pin", "246810")
    patterns.fill("#pin-again", "246811")
    patterns.click(".btn.main")
    _until(patterns, "document.querySelector('[data-pin-error]').textContent.length > 5")
    assert bodies == []
    patterns.fill("#pin", "246810")
    patterns.fill("#pin-again", "246810")
    with patterns.expect_navigation():
        patterns.click(".btn.main")
    assert len(bodies) == 1 and "246810" not in bodies[0] and "unlock_hash=" in bodies[0]


def test_the_sheet_opens_without_any_script(
    live_server: str, cast: Any, sign_in_page: Callable[..., Any], _browser: Any
) -> None:
    plain = _browser.new_context(java_script_enabled=False, viewport={"width": 320, "height": 640})
    page = plain.new_page()
    cookie = sign_in_page(page, "mei")
    assert cookie
    page.goto(live_server + "/patterns")
    page.click("[data-sheet] > summary")
    assert page.locator("[data-sheet] .option").first.is_visible()
    page.click("[data-sheet] > summary")
    assert not page.locator("[data-sheet] .option").first.is_visible()
    plain.close()
