"""Story: the same television goes to the workshop twice, once with a signal and once in a cellar; the papers are equal."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from app.models import records
from app.models.stock import Loaner
from app.models.visits import Visit
from tests.stories import papers, usual
from tests.stories.conftest import local_date, sealed
from tests.stories.offline import ACROSS, Field
from tests.stories.walker import Walker
from tests.web.phones import Line, Phone

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SET = {"name": "Peter Lang", "kind": "television", "brand": "Kestrel", "model": "TV-55Q", "serial": "KST2505-00002217",
       "months": 17, "symptom": "No picture, only sound", "symptom_codes": ["no_picture"]}  # fmt: skip
PAPERS = (("iou", {}), ("loaner", {}), ("slip", {"copy": "3"}))


@pytest.fixture
def field(app: Any, _browser: Any, tmp_path: Path, place: Any) -> Iterator[Field]:
    """Mei's phone, ready for the day."""
    line = Line(app)
    phone = Phone(_browser, tmp_path / "phone", line)
    yield Field(app, line, phone, place.timezone)
    phone.close()
    line.cut()


@pytest.fixture
def loaners(place: Any) -> None:
    """Two that differ only in their number."""
    for serial in ("LN-0003", "LN-0004"):
        Loaner.create(
            outlet=place, kind="television", brand="Kestrel", model="TV-32L", serial=serial, condition="used"
        )


def to_the_workshop(field: Field, w: Walker, visit: Visit, picture: Path, loaner: str) -> None:
    """Up to the receipt in the customer's hands."""
    usual.prepare(w, place="Probably in the workshop")
    usual.travel(w)
    usual.to_the_door(w)
    usual.enter(w)
    usual.listen(w, "There is sound, but the picture stays black.")
    usual.find(w, "No picture", "Cause not found here", "Invoice seen")
    w.at("Repair by the documents", False).choose("What happens with it?", "Take it to the workshop").tap(
        "Repair finished"
    )
    w.at("Take it to the workshop", False).type(
        "Condition, with every mark", "Scratch of 3 cm at the left edge"
    )
    w.photo("Photos from all sides", picture).type("Accessories taken along", "Stand and remote control")
    w.pick("True reason", "Cause not found here").type("Comes back by", local_date(visit.outlet, 5))
    options = w.here.get_by_label("Loaner").first.locator("option").all_inner_texts()
    w.pick("Loaner", next(text for text in options if loaner in text))
    w.type("Loaner’s condition", "Used, no marks").save("Saved; now the receipt")
    w.at("Take it to the workshop", False).tap("Hand the phone over")
    w.at("Please check what we take")
    assert "Scratch of 3 cm" in w.text() and loaner in w.text()


def receipt_signed(field: Field, w: Walker) -> None:
    w.until("[...document.images].every((image) => image.complete && image.naturalWidth)")
    w.draw(*ACROSS).sign("I agree and sign").at("Please give the phone back", False)
    field.given_back(w)


def the_rest(field: Field, w: Walker) -> None:
    """From teaching to handing in."""
    usual.hand_over(w)
    usual.give_phone(w)
    w.draw(*ACROSS).sign("I agree and sign").at("How was it?").tap("Skip")
    w.at("Please give the phone back")
    field.given_back(w)
    w.at("Leave card, gift and sticker", False).choose("Gift", "Yes").choose("Service card", "Yes")
    w.choose("Sticker", "No").pick("Why not", "Appliance taken to the workshop").tap("Card and gift left")
    w.at("Covers off outside, say goodbye", False).tick("Covers off", "Said goodbye").tap("I've left")
    w.at("Are you sure it holds?", False).choose("Will it hold?", "Yes, it holds").tap("My answer is noted")
    usual.hand_in(w)


def told(visit: Visit) -> list[tuple[str, str, str]]:
    """Which acts were recorded, in order."""
    return [(record.step, record.act, record.role) for record in records.of_visit(visit.id)]


def plain_paper(w: Walker, visit: Visit, kind: str, query: dict[str, str], loaner: str) -> str:
    """A paper's text without what must differ: times, the visit's own numbers, the codes of its seals."""
    text = papers.fetch(w, visit, kind, **query).text
    for step in ("take_back", "sign"):
        seal = sealed(visit, step=step)
        text = text.replace(seal["digest"], "DIGEST").replace(seal["code"], "CODE")
    text = (
        text.replace(visit.reference, "REF").replace(visit.work_order.number, "JOB").replace(loaner, "LOANER")
    )
    text = re.sub(r"\b[0-9a-f]{8,}\b", "DIGEST", text)
    text = re.sub(r"\b[A-Z]+\d+-[A-Z]\d+\b", "NUMBER", text)
    text = re.sub(r"Unit no\. \d+", "UNIT", text)
    return re.sub(r"\b\d{1,2}:\d\d(:\d\d)?\b", "TIME", text)


def test_the_papers_of_a_cellar_are_those_of_a_place_with_a_signal(
    booked, mei, loaners, field, tmp_path: Path
):
    near, far = booked(minutes=8, **SET), booked(minutes=9, **SET)
    picture = tmp_path / "front.jpg"
    Image.effect_noise((1200, 900), 80).convert("RGB").save(picture)
    field.signed_in()
    w = field.walker("9-with-a-signal").go(f"/visits/{near.id}")
    to_the_workshop(field, w, near, picture, "LN-0003")
    receipt_signed(field, w)
    the_rest(field, w)
    field.sent()

    field.prepared().away().killed()
    w = field.walker("9-in-a-cellar").at("One visit left", False).shot("today-without-a-signal")
    w.go(f"/visits/{far.id}")
    to_the_workshop(field, w, far, picture, "LN-0004")
    field.killed()
    w = field.walker("9-in-a-cellar").at("Please check what we take")
    receipt_signed(field, w)
    the_rest(field, w)
    w.shot("all-saved-here")
    field.killed()
    assert not told(far), "the office cannot know of it"
    w = field.walker("9-in-a-cellar-again").go(f"/visits/{far.id}")
    assert w.page.locator(".steps").count(), (
        field.phone.kept(),
        field.page.evaluate("doorstep.store.get('person')"),
    )
    w.until("!document.querySelector('section.step[data-step]:not([data-idle]):not([data-status=done])')")
    assert {entry["state"] for entry in field.entries(far)} == {"pending"}
    w.go(f"/visits/{far.id}#s-take_back").at("Take it to the workshop")
    assert "Scratch of 3 cm at the left edge" in w.text() and "Stand and remote control" in w.text()
    w.go("/outbox").shot("outbox")
    assert str(len(field.entries(far))) in w.page.locator("#outbox-badge").inner_text()

    field.back()
    w.go(f"/visits/{far.id}")
    field.sent()
    assert told(far) == told(near)
    for kind, query in PAPERS:
        one = plain_paper(w, near, kind, query, "LN-0003")
        other = plain_paper(w, far, kind, query, "LN-0004")
        assert one == other, kind
