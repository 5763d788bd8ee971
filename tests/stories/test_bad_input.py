"""Bad input by hand: very long, very strange, and files that are no photos. A clear message, and the form as it was."""

import hashlib
import random
import struct
import zlib
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from app.domain.text import clean
from app.models.visits import Visit
from app.services import photographing
from tests.stories import usual
from tests.stories.conftest import saved
from tests.stories.walker import Walker

pytestmark = pytest.mark.browser

STRANGE = "老人𠮷㛃堃喆 said: “it 😀 hums” \u202eabc\u202c <script>alert(1)</script> & é\u0301 שלום {engineer} %(x)s"


def png(path: Path, width: int, height: int) -> Path:
    """A PNG that says it is that large, and holds next to nothing."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
        + chunk(b"IEND", b"")
    )
    path.write_bytes(data)
    return path


def test_a_hundred_kilobytes_come_back_with_what_to_do(at_step, walker, mei):
    visit, _played = at_step("listen")
    w = walker("9-long", mei).go(f"/visits/{visit.id}").at("Listen to the end", False)
    text = (STRANGE + " ") * (100_000 // len(STRANGE))
    w.type("In the customer’s words", text).tap("That's what they said")
    w.at("Please fix one thing").shot("long")
    assert "Make this shorter" in w.text() and not saved(visit, "listen")
    assert w.page.get_by_label("In the customer’s words").input_value() == text and len(text) > 90_000
    w.page.evaluate("doorstep.keep.flush()")
    w.go(f"/visits/{visit.id}").at("Listen to the end", False)
    w.until("document.querySelector('#s-listen textarea').value.length > 90000")
    assert w.page.get_by_label("In the customer’s words").input_value() == text
    w.type("In the customer’s words", STRANGE).tap("That's what they said").at("Find the exact cause", False)
    w.sent()
    stored = saved(visit, "listen")[0].body["words"]
    assert stored == clean(STRANGE) and "\u202e" not in stored and "𠮷㛃堃喆" in stored and "😀" in stored
    w.go(f"/visits/{visit.id}#s-listen").at("Listen to the end", False)
    assert stored in w.text() and w.page.locator("main script").count() == 0
    assert w.page.evaluate("document.scrollingElement.scrollWidth <= innerWidth")


def error_of(w: Walker, label: str) -> Any:
    """The message beside that field."""
    return w.here.locator(".field", has_text=label).locator(".error")


def found_a_fault(w: Walker) -> Walker:
    """All that the step needs, not saved yet."""
    w.pick("Fault", "Does not cool").pick("Exact cause", "Fan failed").choose(
        "What shows it?", "Rating plate"
    )
    return w.type("In your words", "It is warm inside.")


def on_phone(w: Walker, visit: Visit) -> list[dict[str, Any]]:
    """What the phone itself has stored of the visit."""
    entries: list[dict[str, Any]] = w.page.evaluate("(id) => doorstep.store.entriesOf(id)", visit.id)
    return entries


@pytest.mark.parametrize(
    "content, words",
    [
        (b"no photo at all " * 400, "Send a JPEG, PNG or WebP photo"),
        (b"\xff\xd8\xff\xe0" + b"\0" * 9_000_000, "Send a photo of at most 8 MB"),
    ],
    ids=["no photo", "9 MB"],
)
def test_what_is_no_photo_is_refused_at_once_and_the_form_stays(
    at_step, walker, mei, tmp_path, content, words
):
    visit, _played = at_step("diagnose")
    path = tmp_path / "notes.jpg"
    path.write_bytes(content)
    w = walker("9-no-photo", mei).go(f"/visits/{visit.id}").at("Find the exact cause", False)
    found_a_fault(w).give("Photos", path)
    error_of(w, "Photos").wait_for()
    assert error_of(w, "Photos").inner_text().strip() == words
    assert not w.page.locator("#diagnose-photos").evaluate("(input) => input.files.length")
    w.tap("Fault found").at("Please fix one thing").shot("refused")
    assert f"Photos: {words}" in w.text() and not on_phone(w, visit) and not saved(visit, "diagnose")
    assert w.here.get_by_label("In your words").first.input_value() == "It is warm inside."
    assert w.here.get_by_label("Fault", exact=True).locator("option:checked").inner_text() == "Does not cool"
    w.tap("Fault found").at("Repair by the documents", False).sent()
    body = saved(visit, "diagnose")[0].body
    assert body["fault"] == "no_cooling" and not body.get("photos")


def test_a_large_picture_is_made_small_and_a_bad_one_takes_no_good_one_away(at_step, walker, mei, tmp_path):
    visit, _played = at_step("diagnose")
    large, bad = tmp_path / "large.png", tmp_path / "bad.jpg"
    Image.frombytes("RGB", (2000, 1500), random.Random(1).randbytes(9_000_000)).save(large, compress_level=0)
    assert large.stat().st_size > photographing.LIMIT
    bad.write_text("no photo at all")
    w = walker("9-large", mei).go(f"/visits/{visit.id}").at("Find the exact cause", False)
    found_a_fault(w).photo("Photos", large).give("Photos", bad)
    error_of(w, "Photos").wait_for()
    assert w.page.locator("#diagnose-photos").evaluate("(input) => input.files.length") == 1
    w.give("Photos", large)
    error_of(w, "Photos").wait_for(state="detached")
    w.tap("Fault found").at("Repair by the documents", False).sent()
    (sha,) = saved(visit, "diagnose")[0].body["photos"]
    kept = photographing.original_path(sha.removeprefix("sha256:"))
    assert kept.exists() and kept.stat().st_size < photographing.LIMIT


def test_a_picture_that_would_fill_the_memory_is_refused_before_it_is_unpacked(
    at_step, walker, mei, tmp_path, expected_lines
):
    """A phone's own script would make it small first, so the photo goes past it; the outbox says what became of it."""
    expected_lines.append(("status of 413", "/blobs/"))
    visit, _played = at_step("diagnose")
    path = png(tmp_path / "bomb.png", 12_000, 10_000)
    sha = hashlib.sha256(path.read_bytes()).hexdigest()
    w = walker("9-bomb", mei).go(f"/visits/{visit.id}").at("Find the exact cause", False)
    w.page.evaluate(
        "document.querySelector('#diagnose-photos').closest('[data-photo]').removeAttribute('data-photo')"
    )
    found_a_fault(w).give("Photos", path).tap("Fault found").at("Repair by the documents", False).sent()
    assert saved(visit, "diagnose")[0].body["fault"] == "no_cooling"
    assert not photographing.original_path(sha).exists()
    w.until("document.querySelector('#outbox-badge').dataset.state === 'correct'")
    w.go("/outbox").page.get_by_text("at most 50 megapixels").wait_for()
    w.shot("refused")


def test_a_money_of_nonsense_is_named_beside_its_field(at_step, walker, mei):
    visit, _played = at_step("diagnose")
    w = walker("9-money", mei).go(f"/visits/{visit.id}").at("Find the exact cause", False)
    for typed in ("-5", "12.3456", "abc"):
        usual.enter_line(w, "Call-out and inspection", certificate=typed)
        w.tap("Add this line").at("Please fix one thing", False)
        assert "Type an amount" in error_of(w, "Price on the customer’s certificate").inner_text()
        assert not on_phone(w, visit) and not saved(visit, "diagnose", "line")
        assert w.page.get_by_label("Price on the customer’s certificate").input_value() == typed
    w.shot("money")
    w.type("Price on the customer’s certificate", "12.50").save("Add this line").sent()
    assert [line.body["certificate_price"] for line in saved(visit, "diagnose", "line")] == [1250]
