"""Story: a fault that was repaired before. In a cellar without a signal the card still says what fixed it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from app.models.visits import Visit
from app.services.rehearsing import Rehearsal
from tests import builders
from tests.stories.conftest import saved
from tests.stories.offline import Field
from tests.web.phones import Line, Phone

pytestmark = pytest.mark.browser
FOUND = {"diagnose": {"fault": "no_drain", "cause": "pump_worn", "basis": "invoice"}}


@pytest.fixture
def field(app: Any, _browser: Any, tmp_path: Path, place: Any) -> Iterator[Field]:
    """Mei's phone, ready for the day."""
    line = Line(app)
    phone = Phone(_browser, tmp_path / "phone", line)
    yield Field(app, line, phone, place.timezone)
    phone.close()
    line.cut()


def repaired(mei: Any, name: str, days: int) -> Visit:
    then = datetime.now(UTC) - timedelta(days=days)
    who = builders.customer(mei.outlet, name=name, address=f"{name} Street 3")
    thing = builders.appliance(who, kind="washing_machine", serial=f"SN-{name}")
    job = builders.work_order(mei.outlet, customer=who, appliance=thing, symptom="不排水，嗡嗡响")
    visit = builders.visit(mei, job=job, now=then)
    played = Rehearsal(mei, visit.id, then, FOUND)
    played.until("diagnose")
    played.quote([("callout", 1), ("drain_pump", 1)])
    played.until(None)
    return visit


def test_what_fixed_it_before_is_brought_along_without_a_signal(mei, booked, field):
    repaired(mei, "Quill", 40)
    repaired(mei, "Rowan", 200)
    visit = booked(
        90, kind="washing_machine", brand="Kestrel", model="WM-70", symptom="No desagua, error E24"
    )
    field.signed_in().prepared().away()
    w = (
        field.walker("11-similar")
        .go(f"/visits/{visit.id}")
        .at("Check the job's data", False)
        .tap("Data is right")
    )
    w.at("Think it through first")
    shown = w.text()
    assert "Similar past repairs: 2" in shown and "2 of 2 times: Pump worn · Drain pump" in shown
    assert "Quill" not in shown and "Rowan" not in shown
    w.tick("Drain pump").shot("ticked")
    w.choose("Where can it be repaired?", "In the home").choose("Is the time enough?", "Time is enough")
    w.tap("I have a plan").at("Call and confirm five things", False)
    w.go(f"/visits/{visit.id}#s-kit").at("Pack and check the kit")
    assert "Parts to bring" in w.text() and "Drain pump" in w.text()  # the phone knows it before the office
    assert not saved(visit, "analyse")
    field.back().sent()
    [record] = saved(visit, "analyse")
    assert record.body["parts"] == ["drain_pump"]
    w.go(f"/visits/{visit.id}#s-kit").at("Pack and check the kit", False)
    assert w.text().count("Drain pump") == 1
    w.page.reload()
    w.at("Pack and check the kit", False)
    assert w.text().count("Drain pump") == 1
