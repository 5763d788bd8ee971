"""Papers as files: nothing lost, nothing fetched, the same bytes twice, every sign drawn."""

import hashlib
import io
import json
import socketserver
import threading

import pypdfium2
import pytest
import zxingcpp
from PIL import Image

from app.domain import document, seal
from app.services import printing
from app.services.printing_source import qr_png
from tests.documents import samples
from tests.documents.conftest import squeezed

MAKERS = {
    "slip": samples.repaired, "receipt": samples.repaired, "iou": samples.taken_back, "loaner": samples.taken_back,
    "door_note": samples.repaired,
}  # fmt: skip


@pytest.mark.parametrize("language", samples.LANGUAGES)
@pytest.mark.parametrize("kind", document.KINDS)
def test_every_paper_is_drawn_in_every_language(draw, kind, language):
    content = MAKERS[kind](language)
    drawn = draw(kind, content, copy=3 if kind == "slip" else None)
    assert drawn.pages == 1
    for text in (drawn.paper.title, drawn.paper.number.value, *drawn.paper.must_hold):
        assert squeezed(text) in drawn.text, text
    assert drawn.reader.metadata.title.startswith(drawn.paper.title)
    assert drawn.reader.root_object["/Lang"] == language.replace("_", "-")


@pytest.mark.parametrize("kind", document.KINDS)
def test_the_same_paper_is_the_same_bytes(draw, kind):
    first, second = (
        draw(kind, MAKERS[kind]("zh_Hans"), copy=3 if kind == "slip" else None) for _ in range(2)
    )
    assert hashlib.sha256(first.pdf).digest() == hashlib.sha256(second.pdf).digest()


@pytest.mark.parametrize(("kind", "sheet"), [("door_note", "a5"), ("slip", "a4")])
def test_a_fresh_process_draws_the_same_bytes(draw, kind, sheet):
    """What a process keeps from paper to paper leaves no trace in the next."""
    first = draw(kind, samples.repaired("es"), sheet)
    printing.PRINTER.close()
    assert draw(kind, samples.repaired("es"), sheet).pdf == first.pdf


@pytest.mark.parametrize("language", ["zh_Hans", "es"])
def test_three_copies_share_one_a4_sheet(draw, language):
    drawn = draw("slip", samples.repaired(language), "a4")
    assert drawn.pages == 1
    for copy in drawn.paper.copies:
        assert squeezed(copy.name) in drawn.text
    assert drawn.text.count(squeezed(drawn.paper.totals[-1].value)) >= 3
    box = drawn.reader.pages[0].mediabox
    assert (round(box.width), round(box.height)) == (595, 842)


@pytest.mark.parametrize("language", samples.LANGUAGES)
def test_each_third_carries_its_own_copy(draw, language):
    """The copies are laid out as one: each third has to hold all that is common, its own name, and no other's."""
    drawn = draw("slip", samples.repaired(language), "a4")
    page = pypdfium2.PdfDocument(drawn.pdf)[0]
    width, height = page.get_size()
    thirds = [
        squeezed(page.get_textpage().get_text_bounded(0, height * (2 - i) / 3, width, height * (3 - i) / 3))
        for i in range(3)
    ]
    own = [[squeezed(row.label) for line in copy.office for row in line] for copy in drawn.paper.copies]
    assert own[0] == own[1] != [] == own[2]
    for copy, third in zip(drawn.paper.copies, thirds, strict=True):
        for text in (*drawn.paper.must_hold, drawn.paper.sentences[0], drawn.paper.signatures[0].name):
            assert third.count(squeezed(text)) >= 1, text
        for other in drawn.paper.copies:
            assert (squeezed(other.name) in third) == (other is copy)
        visit = [squeezed(row.value) for line in copy.visit for row in line]
        assert all(value in third for value in visit)
    office = [squeezed(row.value) for row in drawn.paper.copies[0].office[-1]]
    assert [all(value in third for value in office) for third in thirds] == [True, True, False]


def test_copies_that_differ_in_height_are_laid_out_each_by_itself(draw):
    """The customer's copy says more than the company's: it does not fit that one's place, and is whole all the same."""
    paper = document.plain(document.compose("slip", samples.sources(samples.repaired("en")), "a4"))
    first, _, third = paper["copies"]
    third["visit"], first["visit"] = first["visit"] + third["visit"], third["visit"][:1]
    page = pypdfium2.PdfDocument(printing.render("slip", "a4", "en", paper))[0]
    width, height = page.get_size()
    text = squeezed(page.get_textpage().get_text_bounded(0, 0, width, height / 3))
    assert all(squeezed(row["value"]) in text for line in third["visit"] for row in line)


def test_what_does_not_fit_a_third_gets_sheets_of_its_own(draw):
    drawn = draw("slip", samples.long("zh_Hans", lines=12), "a4")
    assert drawn.pages >= 3
    for text in drawn.paper.must_hold:
        assert drawn.text.count(squeezed(text)) >= 3, text


@pytest.mark.parametrize("sheet", ["a5", "a4"])
def test_sixty_lines_lose_nothing(draw, sheet):
    drawn = draw("slip", samples.long("en", lines=60), sheet, 3)
    assert drawn.pages > 1
    for line in drawn.paper.table.lines:
        assert squeezed(line.name) in drawn.text
    assert squeezed(drawn.paper.totals[-1].value) in drawn.text
    assert squeezed(f"Page {drawn.pages} of {drawn.pages}") in drawn.text


@pytest.mark.parametrize("language", ["zh_Hans", "en"])
def test_the_longest_comment_is_whole(draw, language):
    content = samples.wordy(language)
    drawn = draw("slip", content, copy=3)
    word = "水" if language == "zh_Hans" else "water"  # over pages the text is parted by each page's number
    assert drawn.text.count(word) >= content["statement"]["text"].count(word) > 300
    assert "END" in drawn.text


def test_rare_characters_and_emoji_are_drawn(draw):
    drawn = draw(
        "slip", samples.rare("zh_Hans"), copy=3
    )  # a missing glyph would have been a message, and a failure
    assert "𠮷㛃堃喆\u9fcd" in drawn.text
    embedded = {str(font) for page in drawn.reader.pages for font in _fonts(page)}
    assert any("Emoji" in font for font in embedded), embedded
    assert any("CJK" in font for font in embedded), embedded


def test_a_sign_that_no_font_has_is_said_by_its_number(draw):
    content = samples.repaired("en")
    content["statement"]["text"] = "Dokument \U00012000 end"
    drawn = draw("slip", samples.sealed(content, content["signature"]), copy=3)
    assert squeezed("Dokument [U+12000] end") in drawn.text
    assert "\U00012000" in json.loads(drawn.reader.attachments["slip.json"][0])["statement"]["text"]


def test_the_record_is_attached_and_its_digest_fits(draw):
    content = samples.repaired("es")
    drawn = draw("slip", content, copy=3)
    assert list(drawn.reader.attachments) == ["slip.json"]
    record = json.loads(drawn.reader.attachments["slip.json"][0])
    assert record == content
    rest = {key: value for key, value in record.items() if key not in ("digest", "code", "signature")}
    assert seal.digest(rest) == content["digest"]
    assert b"pdfaid" in drawn.reader.root_object["/Metadata"].get_data()


def test_the_customers_copy_carries_nothing_of_the_office(draw):
    content, office = samples.repaired("en"), samples.office()
    customers = draw("slip", content, copy=3)
    assert "office.json" not in customers.reader.attachments
    for label in ("Left", "Sticker", "Handedin"):
        assert label not in customers.text
    assert json.loads(draw("slip", content, copy=1).reader.attachments["office.json"][0]) == office


def test_the_square_code_is_the_one_of_the_text_and_can_be_read(draw):
    drawn = draw("slip", samples.repaired("zh_Hans"), copy=3)
    ref, total, day, digest = drawn.paper.qr.split("|")
    assert (ref, total, day, len(digest)) == ("HZ1-261122-0007", "39000 CNY", "2026-11-22", 64)
    picture = pypdfium2.PdfDocument(drawn.pdf)[0].render(scale=4).to_pil().convert("L")
    assert [found.text for found in zxingcpp.read_barcodes(picture)] == [drawn.paper.qr]


def test_a_thirds_code_can_be_read_too(draw):
    drawn = draw("slip", samples.repaired("es"), "a4")
    picture = pypdfium2.PdfDocument(drawn.pdf)[0].render(scale=5).to_pil().convert("L")
    assert {found.text for found in zxingcpp.read_barcodes(picture)} == {drawn.paper.qr}


def test_nothing_is_covered_by_the_code(draw):
    """No text reaches into the square: with the code taken away, its place is white."""
    content = samples.repaired("es")
    content["outlet"] = {
        **content["outlet"],
        "name": "Aguaclara Servicio Técnico Oficial · Taller del Puerto de Valencia",
    }
    drawn = draw("slip", samples.sealed(content, content["signature"]), copy=3)
    plain = document.plain(drawn.paper)
    page = pypdfium2.PdfDocument(printing.render("slip", "a5", "es", plain | {"qr": ""}))[0]
    with_code = pypdfium2.PdfDocument(drawn.pdf)[0]
    left, bottom, right, top = _image_box(with_code)
    texts = with_code.get_textpage().get_text_bounded(left, bottom, right, top)
    assert texts.strip() == ""
    assert page.get_textpage().get_text_range()


def test_a_photo_stands_on_the_receipt_for_what_was_taken(draw, jpeg):
    content = samples.taken_back("en")
    shas = tuple(content["take_back"]["photos"])
    drawn = draw("iou", content, photos=shas, assets={f"photo-{sha}": jpeg for sha in shas})
    assert len([image for image in drawn.reader.pages[0].images if image.image.size == (40, 30)]) == 2


def test_a_photo_that_was_not_handed_over_is_a_failure_not_a_gap(draw):
    content = samples.taken_back("en")
    with pytest.raises(printing.PrintError, match="asset"):
        draw("iou", content, photos=tuple(content["take_back"]["photos"]))


def test_hostile_text_is_only_text(draw):
    """No request, no attachment, no picture: what was typed stands on the paper as it was typed."""
    asked = []

    class Door(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            asked.append(self.request.recv(1000))

    with socketserver.TCPServer(("127.0.0.1", 0), Door) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        content = json.loads(
            json.dumps(samples.hostile("en")).replace("127.0.0.1:9", f"127.0.0.1:{server.server_address[1]}")
        )
        drawn = draw("slip", samples.sources(samples.sealed(content, content["signature"])), copy=1)
        server.shutdown()
    assert asked == []
    assert set(drawn.reader.attachments) == {"slip.json", "office.json"}
    assert b"root:" not in drawn.pdf
    assert "<script>alert(1)</script>" in drawn.text
    assert "{{7*7}}" in drawn.text


def test_a_paper_that_lost_a_text_is_not_handed_out():
    paper = document.plain(document.compose("door_note", samples.sources(samples.repaired("en")), "a5"))
    with pytest.raises(printing.PrintError, match="not on the paper: no such text"):
        printing.render("door_note", "a5", "en", paper | {"must_hold": ["no such text"]})


def test_a_process_that_hangs_is_killed_and_replaced(draw, monkeypatch):
    draw("door_note", samples.repaired("en"))
    process = printing.PRINTER._process
    monkeypatch.setattr(printing, "TIME_LIMIT_S", 0.001)
    with pytest.raises(printing.PrintError) as fault:
        draw("slip", samples.repaired("en"), copy=3)
    assert fault.value.retry
    assert process.poll() is not None
    monkeypatch.undo()
    assert draw("door_note", samples.repaired("en")).pages == 1


def test_a_process_is_replaced_after_its_number_of_papers(draw, monkeypatch):
    monkeypatch.setattr(printing, "PAPERS_A_PROCESS", 1)
    draw("door_note", samples.repaired("en"))
    assert printing.PRINTER._process is None


def test_the_code_drawn_by_the_server_is_small_and_has_a_margin():
    picture = _png(qr_png("HZ1-261122-0007|39000 CNY|2026-11-22|" + "a" * 64))
    assert picture.width == picture.height <= 45
    assert all(picture.getpixel((x, y)) for x in range(picture.width) for y in (0, 1))


def test_what_is_measured_is_what_is_printed():
    """After a change of the composers: python -m tests.documents.samples"""
    kept = json.loads(samples.MEASURED_FILE.read_text("utf-8"))
    assert kept == json.loads(json.dumps(samples.measured()))


def _png(data):
    return Image.open(io.BytesIO(data)).convert("L")


def _image_box(page):
    """The place of the square code on the page: left, bottom, right, top in points."""
    return next(found.get_bounds() for found in page.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_IMAGE]))


def _fonts(page):
    for font in page["/Resources"]["/Font"].values():
        yield font.get_object()["/BaseFont"]


@pytest.fixture(scope="module")
def jpeg() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "#8899aa").save(out, "JPEG")
    return out.getvalue()
