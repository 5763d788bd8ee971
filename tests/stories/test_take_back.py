"""Story: a television cannot be repaired in the home. It goes to the workshop against a signed receipt; one is lent."""

from pathlib import Path

import pytest
from PIL import Image

from tests.builders import PASSWORD
from tests.stories import papers, usual
from tests.stories.conftest import local_date, sealed

pytestmark = pytest.mark.browser


def test_a_television_goes_to_the_workshop_and_one_is_lent(booked, walker, mei, loaner, tmp_path: Path):
    visit = booked(
        name="Peter Lang", kind="television", brand="Kestrel", model="TV-55Q", serial="KST2505-00002217", months=17,
        symptom="No picture, only sound", symptom_codes=["no_picture"],
    )  # fmt: skip
    picture = tmp_path / "front.jpg"
    Image.effect_noise((1200, 900), 80).convert("RGB").save(picture)
    w = walker("3-take-back", mei)
    w.go(f"/visits/{visit.id}")
    usual.prepare(w, place="Probably in the workshop")
    usual.travel(w)
    usual.to_the_door(w)
    usual.enter(w)
    usual.listen(w, "There is sound, but the picture stays black.")
    usual.find(w, "No picture", "Cause not found here", "Invoice seen")
    w.at("Repair by the documents").choose("What happens with it?", "Take it to the workshop").tap(
        "Repair finished"
    )

    w.at("Take it to the workshop").type("Condition, with every mark", "Scratch of 3 cm at the left edge")
    w.photo("Photos from all sides", picture).type("Accessories taken along", "Stand and remote control")
    w.pick("True reason", "Cause not found here").type("Comes back by", local_date(visit.outlet, 5))
    options = w.here.get_by_label("Loaner").first.locator("option").all_inner_texts()
    w.pick("Loaner", next(text for text in options if "LN-0003" in text))
    w.type("Loaner’s condition", "Used, no marks").shot("filled")
    w.save("Saved; now the receipt")
    w.at("Take it to the workshop").tap("Hand the phone over")
    w.at("Please check what we take")
    assert "Scratch of 3 cm" in w.text() and "LN-0003" in w.text()
    w.until("[...document.images].every((image) => image.complete && image.naturalWidth)")
    w.draw((40, 150, 180, 60), (120, 60, 280, 170)).shot("receipt-signed")
    w.sign("I agree and sign").at("Please give the phone back").give_back(PASSWORD)

    usual.hand_over(w)
    usual.give_phone(w, shots=True)
    usual.sign(w)
    w.at("Leave card, gift and sticker").choose("Gift", "Yes").choose("Service card", "Yes").choose(
        "Sticker", "No"
    )
    w.pick("Why not", "Appliance taken to the workshop").tap("Card and gift left")
    w.at("Covers off outside, say goodbye", False).tick("Covers off", "Said goodbye").tap("I've left")
    w.at("Are you sure it holds?", False).choose("Will it hold?", "Yes, it holds").tap("My answer is noted")
    usual.hand_in(w)

    iou = papers.fetch(w, visit, "iou").holds(
        "Peter Lang", "TV-55Q", "KST2505-00002217", "Scratch of 3 cm at the left edge", "Stand and remote control",
        "Cause not found here", "LN-0003", "Lin Mei", sealed(visit, step="take_back")["code"],
    )  # fmt: skip
    assert iou.squares[0].endswith(sealed(visit, step="take_back")["digest"])
    papers.fetch(w, visit, "loaner").holds("TV-32L", "LN-0003", "Used, no marks", "Peter Lang")
    papers.fetch(w, visit, "slip", copy="3").holds(
        "Taken to the workshop", "Customer's copy", "Original fault only"
    )
    assert type(loaner).get_by_id(loaner.id).out_visit_id == visit.id
