"""Bad input by hand: very long, very strange, and files that are no photos. A clear message, and the form as it was."""

import struct
import zlib
from pathlib import Path

import pytest

from app.domain.text import clean
from tests.stories import usual
from tests.stories.conftest import saved

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
    kept = w.page.get_by_label("In the customer’s words").input_value()
    assert len(kept) > 90_000 and "𠮷㛃堃喆" in kept and "<script>" in kept
    w.type("In the customer’s words", STRANGE).tap("That's what they said").at("Find the exact cause", False)
    stored = saved(visit, "listen")[0].body["words"]
    assert stored == clean(STRANGE) and "\u202e" not in stored and "𠮷㛃堃喆" in stored and "😀" in stored
    w.go(f"/visits/{visit.id}#s-listen").at("Listen to the end", False)
    assert stored in w.text() and w.page.locator("main script").count() == 0
    assert w.page.evaluate("document.scrollingElement.scrollWidth <= innerWidth")


def test_what_is_no_photo_is_refused_and_the_form_stays(at_step, walker, mei, tmp_path):
    visit, _played = at_step("diagnose")
    path = tmp_path / "notes.jpg"
    path.write_text("no photo at all " * 400)
    w = walker("9-no-photo", mei).go(f"/visits/{visit.id}").at("Find the exact cause", False)
    w.pick("Fault", "Does not cool").pick("Exact cause", "Fan failed").choose(
        "What shows it?", "Rating plate"
    )
    w.type("In your words", "It is warm inside.").photo("Photos", path).tap("Fault found")
    w.at("Please fix one thing").shot("refused")
    assert "Send a JPEG, PNG or WebP photo" in w.text() and not saved(visit, "diagnose")
    assert w.here.get_by_label("In your words").first.input_value() == "It is warm inside."
    assert w.here.get_by_label("Fault", exact=True).locator("option:checked").inner_text() == "Does not cool"
    w.tap("Fault found").at("Repair by the documents", False)
    assert saved(visit, "diagnose")[0].body["fault"] == "no_cooling"


def test_a_picture_that_would_fill_the_memory_is_refused_before_it_is_unpacked(
    at_step, walker, mei, tmp_path
):
    """A phone's own script would make it small first, so the form goes out past it."""
    visit, _played = at_step("diagnose")
    path = png(tmp_path / "bomb.png", 12_000, 10_000)
    w = walker("9-bomb", mei).go(f"/visits/{visit.id}").at("Find the exact cause", False)
    w.page.evaluate(
        "document.querySelector('#diagnose-photos').closest('[data-photo]').removeAttribute('data-photo')"
    )
    w.pick("Fault", "Does not cool").pick("Exact cause", "Fan failed").choose(
        "What shows it?", "Rating plate"
    )
    with w.page.expect_file_chooser() as chooser:
        w.here.locator(".field", has_text="Photos").locator(".photo-button").first.tap()
    chooser.value.set_files(str(path))
    w.type("In your words", "It is warm inside.").tap("Fault found").at("Please fix one thing").shot(
        "refused"
    )
    assert "at most 50 megapixels" in w.text() and not saved(visit, "diagnose")
    assert w.here.get_by_label("In your words").first.input_value() == "It is warm inside."


def test_a_money_of_nonsense_is_named_beside_its_field(at_step, walker, mei):
    visit, played = at_step("diagnose")
    w = walker("9-money", mei).go(f"/visits/{visit.id}").at("Find the exact cause", False)
    for typed, words in (("-5", "Type an amount"), ("12.3456", "Type an amount"), ("abc", "Type an amount")):
        usual.add_line(w, "Call-out and inspection", certificate=typed)
        w.at("Please fix one thing", False)
        assert words in w.text() and not played.opened.walk.lines
        assert w.page.get_by_label("Price on the customer’s certificate").input_value() == typed
    w.shot("money")
