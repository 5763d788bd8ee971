"""Similar past repairs on the visit's page: what the card says, what it does not tell, and a part tapped on it."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import brotli
import pytest
from flask.testing import FlaskClient

from app.models import records
from app.models.past_repairs import PastConsult
from app.models.people import Person
from app.models.visits import Visit
from app.services.rehearsing import Rehearsal
from tests import builders
from tests.builders import Cast
from tests.web.test_visits import accept, document, here, post, section

NOW = datetime.now(UTC)
BYTES = 700


def washer(cast: Cast, name: str, symptom: str) -> Any:
    who = builders.customer(cast.home, name=name, address=f"{name} Lane 77")
    thing = builders.appliance(who, kind="washing_machine", brand="Kestrel", serial=f"SER-{name}")
    return builders.work_order(cast.home, customer=who, appliance=thing, symptom=symptom)


@pytest.fixture
def past(cast: Cast) -> Visit:
    """Mr Quill's washing machine, repaired yesterday with a new pump."""
    then = NOW - timedelta(days=1)
    visit = builders.visit(cast.mei, job=washer(cast, "Quill", "Hums, does not drain"), now=then)
    found = {
        "diagnose": {
            "fault": "no_drain",
            "cause": "pump_worn",
            "basis": "invoice",
            "cause_text": "Quill's coin",
        }
    }
    played = Rehearsal(cast.mei, visit.id, then, found)
    played.until("diagnose")
    played.quote([("callout", 1), ("drain_pump", 1)])
    played.until(None)
    return visit


@pytest.fixture
def visit(cast: Cast) -> Visit:
    """Mei's visit of today, to somebody else."""
    return builders.visit(cast.mei, job=washer(cast, "Ms Chen", "不排水"), now=NOW)


def analysis(client: FlaskClient, visit: Visit) -> str:
    return section(document(client, visit), "analyse")


def test_the_card_counts_and_names_nobody(mei: FlaskClient, past: Visit, visit: Visit) -> None:
    page = document(mei, visit)
    card = section(page, "analyse")
    assert "Similar past repairs: 1" in card and "1 of 1 times: Pump worn" in card and "Drain pump" in card
    assert 'data-like="1"' in card
    for private in ("Quill", "coin", past.reference):
        assert private not in page, private


def test_without_a_past_there_is_no_card(mei: FlaskClient, visit: Visit) -> None:
    card = analysis(mei, visit)
    assert (
        "data-like" not in card and "analyse-fixed-by" not in card and card.count('value="drain_pump"') == 1
    )


def test_a_part_tapped_on_the_card_is_brought(mei: FlaskClient, past: Visit, visit: Visit) -> None:
    accept(mei, visit, name="Ms Chen", symptom="不排水")
    page = document(mei, visit)
    assert here(page) == ["analyse"]
    boxes = re.findall(r'name="parts" value="(\w+)"', section(page, "analyse"))
    assert boxes[0] == "drain_pump" and len(boxes) == len(set(boxes)) > 3  # first, and only once
    response = post(mei, visit, "analyse", parts=["drain_pump", boxes[1]], place="home", time="enough")
    assert response.status_code == 303
    kept = records.of_visit(visit.id)[-1].body
    assert sorted(kept["parts"]) == sorted(["drain_pump", boxes[1]])
    done = analysis(mei, visit)
    assert "data-like" not in done and "Drain pump" in done  # made: only what was decided stands there


def test_the_kit_says_which_parts_were_decided_on(mei: FlaskClient, past: Visit, visit: Visit) -> None:
    accept(mei, visit, symptom="不排水")
    assert "data-bring" not in section(document(mei, visit), "kit")
    post(mei, visit, "analyse", parts=["drain_pump"], parts_text="Two clips", place="home", time="enough")
    page = document(mei, visit)
    assert re.search(r"Parts to bring</dt><dd>Drain pump \+ Two clips</dd>", section(page, "kit"))
    assert page.count("data-bring") == 1  # no other list asks for parts


def test_what_was_ticked_stays_when_the_form_comes_back(mei: FlaskClient, past: Visit, visit: Visit) -> None:
    accept(mei, visit, symptom="不排水")
    response = post(mei, visit, "analyse", parts=["drain_pump"], time="enough")
    assert response.status_code == 422
    assert re.search(r'name="parts" value="drain_pump" checked', response.get_data(as_text=True))


def test_a_page_kept_by_the_phone_is_asked_for_anew_when_the_past_changes(
    mei: FlaskClient, visit: Visit, request: pytest.FixtureRequest
) -> None:
    etag = mei.get(f"/visits/{visit.id}").headers["ETag"]
    assert mei.get(f"/visits/{visit.id}", headers={"If-None-Match": etag}).status_code == 304
    request.getfixturevalue("past")
    assert mei.get(f"/visits/{visit.id}", headers={"If-None-Match": etag}).status_code == 200
    assert "data-like" in analysis(mei, visit)


def test_a_repeat_is_warned_of_with_its_day(mei: FlaskClient, cast: Cast, past: Visit) -> None:
    job = past.work_order
    again = builders.work_order(
        cast.home, customer=job.customer, appliance=job.appliance, symptom="Does not drain"
    )
    card = analysis(mei, builders.visit(cast.mei, job=again, now=NOW))
    assert "for a like fault" in card and str(past.day.year) in card and "Pump worn · Drain pump" in card


def test_the_technical_sections_answer_is_read(mei: FlaskClient, past: Visit, visit: Visit) -> None:
    PastConsult.create(record_key="k", visit=past, day=NOW.date(), by="Tec", answer="Measure <24 V> first")
    card = analysis(mei, visit)
    assert "Tec answered on" in card and "Measure &lt;24 V&gt; first" in card


@pytest.mark.parametrize(
    ("language", "symptom"),
    [("zh_Hans", "脱水时异响，不排水"), ("es", "No desagua, error E24"), ("zh_Hant", "脫水後不排水")],
)
def test_a_symptom_in_any_language_finds_it(
    mei: FlaskClient, cast: Cast, past: Visit, language: str, symptom: str
) -> None:
    Person.update(language=language).where(Person.login == "mei").execute()
    visit = builders.visit(cast.mei, job=washer(cast, "Someone", symptom), now=NOW)
    assert 'data-like="1"' in analysis(mei, visit)


def test_another_outlet_and_its_engineer_see_nothing(app: Any, cast: Cast, past: Visit, sign_in: Any) -> None:
    who = builders.customer(cast.elsewhere)
    thing = builders.appliance(who, kind="washing_machine", serial="SER-Quill")
    job = builders.work_order(cast.elsewhere, customer=who, appliance=thing, symptom="Does not drain")
    visit = builders.visit(cast.tom, job=job, now=NOW)
    tom = app.test_client()
    sign_in(tom, "tom")
    card = analysis(tom, visit)
    assert "data-like" not in card and "for a like fault" not in card


def test_it_weighs_a_few_hundred_bytes(
    mei: FlaskClient, visit: Visit, request: pytest.FixtureRequest
) -> None:
    def weight() -> int:
        return len(brotli.compress(document(mei, visit).encode(), quality=6))

    before = weight()
    past = request.getfixturevalue("past")
    PastConsult.create(
        record_key="k", visit=past, day=NOW.date(), by="Tec", answer="Measure the sensor first"
    )
    assert 0 < weight() - before <= BYTES
