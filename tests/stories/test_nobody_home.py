"""Story: nobody opens. Knocks with their saved times, a phone that is killed in between, the ladder, and a note on the door."""

from pathlib import Path

import pytest
from PIL import Image

from app.models import records
from app.models.visits import Visit
from tests.stories import papers, usual

pytestmark = pytest.mark.browser


def ring_start(w):
    """From when the ring counts, as the page says."""
    return w.page.locator("#s-knock [data-ring]").get_attribute("data-start")


def left(w):
    """Seconds to the telephone call, as they stand on the screen."""
    minutes, seconds = w.page.locator("#s-knock [data-ring-sum]").inner_text().split(":")
    return int(minutes) * 60 + int(seconds)


def test_nobody_is_home(booked, walker, phone, mei, tmp_path: Path):
    visit = booked(symptom="Drips and does not cool", kind="air_conditioner", model="KFR-35GW", months=28)
    w = walker("4-nobody-home", mei)
    w.go(f"/visits/{visit.id}")
    usual.prepare(w)
    usual.travel(w)
    usual.to_the_door(w)
    start, before = ring_start(w), left(w)
    assert start and 285 <= before <= 300
    w.page.wait_for_timeout(2100)
    w.page.reload()
    assert ring_start(w) == start and before - 30 < left(w) <= before - 2
    w.page.close()  # killed, and opened again
    w = walker("4-nobody-home-again", mei)
    w.go("/").tap("Go on at", exact=False)
    w.at("Knock 2 × 3, then wait")
    assert ring_start(w) == start and left(w) <= before - 2
    w.save("Knocked again")
    assert ring_start(w) == start
    w.page.get_by_text("Rang or knocked 2 times").wait_for()
    assert [record.body["way"] for record in records.of_visit(visit.id) if record.act == "bout"] == [
        "bell",
        "knock",
    ]

    w.open("Nobody opens?").shot("ladder")
    note = tmp_path / "note.jpg"
    Image.effect_noise((800, 600), 60).convert("RGB").save(note)
    w.save("No answer")
    rung(w, "Ask a neighbour").save("Does not know")
    w.photo("Photo of the note", note)
    w.save("Note left")
    w.save("Centre told")
    w.save("Not there")
    w.shot("ladder-done").tap("Nobody opened; leave")
    w.at("Nobody is at home").choose("How does it go on?", "Nobody opened; leave").tap("Save what happened")
    w.page.get_by_text("Not all the norm asks for was recorded").first.wait_for()  # five minutes are not over
    w.choose("Why not all of it was tried", "No time").tap("Save what happened")
    w.page.get_by_text("Ended: nobody at home").wait_for()
    w.shot("ended")
    assert Visit.get_by_id(visit.id).state == "no_access"

    door = papers.fetch(w, visit, "door_note").holds(
        "Riverside Service", "0571 5550 0153", visit.reference, "Lin Mei"
    )
    door.lacks("Sarah", "Whitfield", "Drips", "KFR-35GW", "Air conditioner", "Harbour Road 12")
    w.go("/").at("All visits are done")
    assert "Nobody home" in w.text()


def rung(w, words):
    """Nothing but a look: the rung stands on the page."""
    assert words in w.text()
    return w
