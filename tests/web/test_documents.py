"""The papers' pages: the list, the file, the marked reprint; nobody sees another outlet's."""

import io

import pytest
from pypdf import PdfReader

from app.services.rehearsing import Rehearsal
from tests import builders


@pytest.fixture
def signed(cast):
    """A visit of Mei that the customer has signed, not handed in."""
    visit = builders.visit(cast.mei)
    Rehearsal(cast.mei, visit.id, builders.NOW).until("leave")
    return visit


def test_before_anything_is_signed_the_page_says_so(mei, cast):
    visit = builders.visit(cast.mei)
    answer = mei.get(f"/visits/{visit.id}/documents")
    assert answer.status_code == 200 and "No papers yet" in answer.text


def test_the_page_leads_to_the_customers_copy(mei, signed):
    page = mei.get(f"/visits/{signed.id}/documents").text
    assert f"/visits/{signed.id}/documents/slip.pdf?sheet=a5&amp;copy=3" in page
    answer = mei.get(f"/visits/{signed.id}/documents/slip.pdf?sheet=a5&copy=3")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert signed.reference in PdfReader(io.BytesIO(answer.data)).pages[0].extract_text()
    assert "private" in answer.headers["Cache-Control"]


def test_the_desk_sees_the_same_bytes(mei, app, sign_in, signed):
    desk = app.test_client()
    sign_in(desk, "ana")
    address = f"/visits/{signed.id}/documents/slip.pdf?sheet=a5&copy=3"
    assert desk.get(address).data == mei.get(address).data
    assert desk.get(f"/visits/{signed.id}/documents").status_code == 200


def test_another_outlets_engineer_finds_nothing(app, sign_in, signed):
    tom = app.test_client()
    sign_in(tom, "tom")
    for address in ("documents", "documents/slip.pdf?sheet=a5&copy=3"):
        assert tom.get(f"/visits/{signed.id}/{address}").status_code == 404
    assert (
        tom.post(
            f"/visits/{signed.id}/documents/slip/reprints", data={"sheet": "a5", "copy": "3"}
        ).status_code
        == 404
    )


@pytest.mark.parametrize(
    "query", ["sheet=a9", "sheet=a5&copy=1", "sheet=a5&copy=3&reprint=1", "sheet=a5&copy=3&reprint=x"]
)
def test_what_there_is_not_is_not_found(mei, signed, query):
    assert mei.get(f"/visits/{signed.id}/documents/slip.pdf?{query}").status_code == 404


def test_a_reprint_is_noted_and_marked(mei, cast, signed):
    mei.get(f"/visits/{signed.id}/documents/slip.pdf?sheet=a5&copy=3")
    page = mei.get(f"/visits/{signed.id}/documents").text
    assert "Reprint A5" in page and "Reprint A4" not in page
    answer = mei.post(f"/visits/{signed.id}/documents/slip/reprints", data={"sheet": "a5", "copy": "3"})
    assert answer.status_code == 303
    marked = mei.get(answer.location)
    assert "Reprint 1" in PdfReader(io.BytesIO(marked.data)).pages[0].extract_text()
    assert cast.mei.name in PdfReader(io.BytesIO(marked.data)).pages[0].extract_text()
    assert "Reprinted once" in mei.get(f"/visits/{signed.id}/documents").text


def test_the_note_for_the_door_is_there_while_nobody_opens(mei, cast):
    visit = builders.visit(cast.mei)
    Rehearsal(cast.mei, visit.id, builders.NOW).until("knock")
    answer = mei.get(f"/visits/{visit.id}/documents/door_note.pdf")
    text = "".join(PdfReader(io.BytesIO(answer.data)).pages[0].extract_text().split())
    assert "057187654321" in text or "0571" in text
    for private in ("Chen", "refrigerator", "Aurora", "Warm"):
        assert private not in text
