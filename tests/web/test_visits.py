"""The engineer's pages: today, the visit's one document, its saves, faults and whatever else may happen."""

import re
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import brotli
import pytest
from flask.testing import FlaskClient

from app.models import records
from app.models.tasks import FollowUp, Task
from app.models.visits import Visit
from app.services import visiting
from app.web import forms
from app.web import visits as web_visits
from tests import builders
from tests.builders import Cast

NOW = datetime.now(UTC)


@pytest.fixture
def visit(cast: Cast) -> Visit:
    """Mei's visit of today."""
    return builders.visit(cast.mei, now=NOW)


def post(client: FlaskClient, visit: Visit, step: str, act: str = "done", **fields: Any) -> Any:
    """One save by a plain form, with a key of its own unless one is given."""
    data = {"act": act, "key": str(uuid.uuid4()), **fields}
    return client.post(f"/visits/{visit.id}/steps/{step}", data=data)


def document(client: FlaskClient, visit: Visit) -> str:
    response = client.get(f"/visits/{visit.id}")
    assert response.status_code == 200
    return response.get_data(as_text=True)


def section(page: str, step: str) -> str:
    """The HTML of one step."""
    found = re.search(rf'<section class="step[^"]*" id="s-{step}".*?</section>', page, re.S)
    assert found, f"no section of {step}"
    return found.group(0)


def here(page: str) -> list[str]:
    return re.findall(r'class="step is-here" id="(?:s-)?([a-z_]+)"', page)


def accept(client: FlaskClient, visit: Visit, **fields: Any) -> Any:
    data = {"name": "Ms Chen", "address": "12 Harbour Road", "symptom": "Warm"}
    return post(client, visit, "accept", **{**data, **fields})


# --- today


def test_an_empty_day_says_so(mei: FlaskClient) -> None:
    page = mei.get("/").get_data(as_text=True)
    assert "No visits today" in page


def test_today_outlines_the_next_visit_and_leads_to_it(mei: FlaskClient, cast: Cast) -> None:
    late = builders.visit(cast.mei, at="15:00", now=NOW)
    early = builders.visit(cast.mei, at="09:00", now=NOW)
    page = mei.get("/").get_data(as_text=True)
    assert "2 visits left" in page
    assert re.search(rf'class="card current".*?/visits/{early.id}"', page, re.S)
    assert re.search(rf'class="btn main" href="/visits/{early.id}"', page)
    assert f"/visits/{late.id}" in page


def test_today_says_when_to_leave_and_when_to_call(
    mei: FlaskClient, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """E-LATE-06: the call comes as soon as it is known that one will be late, ten minutes before at the latest."""
    visit = builders.visit(cast.mei, at="15:00", now=NOW)
    Visit.update(travel_minutes=25).where(Visit.id == visit.id).execute()

    def at(minutes: int) -> str:
        monkeypatch.setattr(web_visits, "now", lambda: visit.slot_start + timedelta(minutes=minutes))
        return mei.get("/").get_data(as_text=True)

    assert "Leave by 14:25" in at(-60) and "Call Ms Chen now" not in at(-60)
    late = at(-20)
    assert "Call Ms Chen now" in late and "about 5 min late" in late and "Leave by" not in late
    assert re.search(r'href="tel:\+[0-9]+"', late)
    Visit.update(state="travelling").where(Visit.id == visit.id).execute()
    assert "Call Ms Chen now" not in at(-20)
    assert "It is nearly 15:00" in at(-10)
    Visit.update(state="at_door").where(Visit.id == visit.id).execute()
    assert "Call Ms Chen now" not in at(-10)


def test_today_shows_nobody_elses_visits(mei: FlaskClient, cast: Cast) -> None:
    theirs = builders.visit(cast.li, now=NOW)
    assert f"/visits/{theirs.id}" not in mei.get("/").get_data(as_text=True)


def test_calls_that_are_due_stand_on_today(mei: FlaskClient, cast: Cast, visit: Visit) -> None:
    FollowUp.create(outlet=cast.home, visit=visit, kind="untested", due_at=NOW + timedelta(minutes=10))
    FollowUp.create(outlet=cast.home, visit=visit, kind="untested", due_at=NOW + timedelta(hours=9))
    assert "One call to make" in mei.get("/").get_data(as_text=True)


def test_the_engineer_notes_what_a_call_brought(mei: FlaskClient, cast: Cast, visit: Visit) -> None:
    call = FollowUp.create(outlet=cast.home, visit=visit, kind="untested", due_at=NOW)
    place = f"/visits/{visit.id}/calls/{call.id}"
    assert place in mei.get("/").get_data(as_text=True)
    assert 'href="tel:+8613800001111"' in mei.get(place).get_data(as_text=True)
    assert mei.post(place, data={}).status_code == 422
    assert mei.post(place, data={"result": "fine"}).headers["Location"] == "/"
    assert FollowUp.get_by_id(call.id).result == "fine"
    assert place not in mei.get("/").get_data(as_text=True)


def test_a_call_of_somebody_else_is_not_there(mei: FlaskClient, cast: Cast, visit: Visit) -> None:
    theirs = FollowUp.create(
        outlet=cast.home, visit=builders.visit(cast.li, now=NOW), kind="unsure", due_at=NOW
    )
    central = FollowUp.create(outlet=cast.home, visit=visit, kind="central", performer="centre", due_at=NOW)
    for call in (theirs, central):
        place = f"/visits/{call.visit_id}/calls/{call.id}"
        assert mei.get(place).status_code == 404
        assert mei.post(place, data={"result": "fine"}).status_code == 404


def test_people_of_the_desk_are_led_to_the_desk(
    client: FlaskClient, cast: Cast, sign_in: Callable[..., Any]
) -> None:
    sign_in(client, "ana")
    response = client.get("/")
    assert (response.status_code, response.headers["Location"]) == (303, "/desk")


# --- the document


def test_all_steps_stand_in_one_document_and_one_is_in_front(mei: FlaskClient, visit: Visit) -> None:
    page = document(mei, visit)
    norm = visiting.opened(visit.engineer, visit.id, NOW).protocol
    for step in norm.steps:
        assert norm.word("en", "step", step.id, "title").split(" ×")[0] in unescape(section(page, step.id))
    assert here(page) == ["accept"]
    assert 'id="sheet"' in page


def test_a_visit_of_somebody_else_is_not_there(mei: FlaskClient, cast: Cast) -> None:
    theirs = builders.visit(cast.li, now=NOW)
    assert mei.get(f"/visits/{theirs.id}").status_code == 404
    assert post(mei, theirs, "accept", name="x", address="y").status_code == 404
    assert mei.get(f"/visits/{theirs.id}/steps/kit/problems/dirty").status_code == 404


def test_every_form_has_a_key_of_its_own(mei: FlaskClient, visit: Visit) -> None:
    first, second = document(mei, visit), document(mei, visit)
    keys = re.findall(r'name="key" value="([^"]+)"', first)
    assert len(keys) == len(set(keys)) > 30
    assert all(uuid.UUID(key) for key in keys)
    assert not set(keys) & set(re.findall(r'name="key" value="([^"]+)"', second))


def test_a_page_that_has_not_changed_is_not_sent_again(mei: FlaskClient, visit: Visit) -> None:
    etag = mei.get(f"/visits/{visit.id}").headers["ETag"]
    assert mei.get(f"/visits/{visit.id}", headers={"If-None-Match": etag}).status_code == 304
    accept(mei, visit)
    assert mei.get(f"/visits/{visit.id}", headers={"If-None-Match": etag}).status_code == 200


def test_the_next_persons_page_is_not_made_of_the_last_ones(mei: FlaskClient, cast: Cast) -> None:
    """Sections are kept by what they show: two visits with other customers must not share them."""
    one = builders.visit(cast.mei, now=NOW, customer=builders.customer(cast.home, name="Wang <b>One</b>"))
    two = builders.visit(cast.mei, now=NOW, customer=builders.customer(cast.home, name="Sato Two"))
    first, second = document(mei, one), document(mei, two)
    assert "Sato Two" not in first and "Sato Two" in second
    assert "Wang &lt;b&gt;One&lt;/b&gt;" in first and "<b>One" not in first
    assert f"/visits/{one.id}/" not in second


def test_the_document_stays_light(mei: FlaskClient, visit: Visit) -> None:
    page = mei.get(f"/visits/{visit.id}").data
    assert len(brotli.compress(page, quality=5)) < 18_000
    assert len(brotli.compress(mei.get("/").data, quality=5)) < 6_000


# --- saving


def test_a_save_leads_on_to_the_next_step(mei: FlaskClient, visit: Visit) -> None:
    response = accept(mei, visit)
    assert (response.status_code, response.headers["Location"]) == (303, f"/visits/{visit.id}#s-analyse")
    page = document(mei, visit)
    assert here(page) == ["analyse"]
    assert 'data-status="done"' in section(page, "accept")
    assert "Ms Chen" in section(page, "accept")


def test_the_same_form_sent_twice_is_saved_once(mei: FlaskClient, visit: Visit) -> None:
    key = str(uuid.uuid4())
    assert accept(mei, visit, key=key).status_code == 303
    assert accept(mei, visit, key=key).status_code == 303
    assert len(records.of_visit(visit.id)) == 1


def test_a_key_with_other_words_comes_back_with_a_new_key_and_what_was_typed(
    mei: FlaskClient, visit: Visit
) -> None:
    key = str(uuid.uuid4())
    accept(mei, visit, key=key)
    response = accept(mei, visit, key=key, name="Somebody else")
    page = response.get_data(as_text=True)
    assert response.status_code == 422
    assert "Somebody else" in section(page, "accept")
    assert f'name="key" value="{key}"' not in page
    assert len(records.of_visit(visit.id)) == 1


def test_faults_come_back_beside_the_field_with_what_was_typed(mei: FlaskClient, visit: Visit) -> None:
    response = accept(mei, visit, name="", address="Elm Court 4", purchase_date="2031-01-01")
    page = response.get_data(as_text=True)
    assert response.status_code == 422
    assert here(page) == ["accept"]
    step = section(page, "accept")
    assert 'id="errors"' in step and 'href="#accept-name"' in step and 'id="accept-name-error"' in step
    assert "Elm Court 4" in step and 'value="2031-01-01"' in step
    assert len(records.of_visit(visit.id)) == 0


def test_a_tick_may_be_left_out_only_with_a_reason(mei: FlaskClient, visit: Visit) -> None:
    ticks = dict.fromkeys(("clothes", "clean", "eyes"), "1")
    refused = post(mei, visit, "look", **ticks)
    assert refused.status_code == 422
    assert "Tick this, or say why it could not be done" in refused.get_data(as_text=True)
    assert post(mei, visit, "look", **ticks, smile_reason="Toothache").status_code == 303
    assert "Toothache" in section(document(mei, visit), "look")


def test_a_step_can_be_passed_in_one_tap_but_a_gate_cannot(mei: FlaskClient, visit: Visit) -> None:
    assert post(mei, visit, "kit", "passed", reason="no_time").status_code == 303
    step = section(document(mei, visit), "kit")
    assert 'data-status="passed"' in step and "No time" in step
    refused = post(mei, visit, "clean", "passed", reason="no_time")
    assert refused.status_code == 422
    assert 'value="passed"' not in section(document(mei, visit), "clean")


def test_a_press_on_a_locked_step_says_what_is_missing(mei: FlaskClient, visit: Visit) -> None:
    response = post(mei, visit, "sign", "handed_over")
    step = section(response.get_data(as_text=True), "sign")
    assert response.status_code == 422
    assert "First these steps" in step and 'href="#s-clean"' in step


def test_a_change_replaces_what_was_recorded(mei: FlaskClient, visit: Visit) -> None:
    post(mei, visit, "listen", words="It leaks")
    page = document(mei, visit)
    base = re.search(r'name="base" value="([^"]+)"', section(page, "listen"))
    assert base and "It leaks</textarea>" in section(page, "listen")
    assert post(mei, visit, "listen", words="It leaks at night", base=base[1]).status_code == 303
    assert "It leaks at night" in section(document(mei, visit), "listen")


def test_a_change_made_elsewhere_meanwhile_is_not_overwritten(mei: FlaskClient, visit: Visit) -> None:
    post(mei, visit, "listen", words="First")
    response = post(mei, visit, "listen", words="Second", base="")
    assert response.status_code == 422
    assert "The visit went on meanwhile" in response.get_data(as_text=True)


def test_times_without_offset_are_the_places(mei: FlaskClient, visit: Visit) -> None:
    others = {f"{item}_is": "confirmed" for item in ("address", "model", "purchase_date", "symptom")}
    post(mei, visit, "call", time_is="corrected", time="2026-11-25T14:00", **others)
    assert records.of_visit(visit.id)[0].body["corrected"]["time"] == "2026-11-25T14:00:00+08:00"


def test_an_act_that_settles_nothing_stays_where_it_is(mei: FlaskClient, visit: Visit) -> None:
    response = post(mei, visit, "call", "attempt", channel="phone", result="no_answer")
    assert response.headers["Location"].endswith("#s-call")
    assert "No answer" in section(document(mei, visit), "call")
    line = post(mei, visit, "diagnose", "line", item="callout", qty="1")
    assert line.headers["Location"].endswith("#diagnose-lines")


# --- kinds


def test_the_ring_runs_from_the_first_saved_bout(mei: FlaskClient, visit: Visit) -> None:
    assert 'data-start=""' in section(document(mei, visit), "knock")
    post(mei, visit, "knock", "bout", way="bell")
    first = records.of_visit(visit.id)[0].at.isoformat()
    post(mei, visit, "knock", "bout", way="knock")
    step = section(document(mei, visit), "knock")
    assert f'data-start="{first}"' in step and 'data-interval="30"' in step and 'data-total="300"' in step
    assert "Door opened" in step


def test_telephones_are_never_locked(mei: FlaskClient, visit: Visit) -> None:
    for step in ("call", "knock"):
        assert 'href="tel:+8613800001111"' in section(document(mei, visit), step)


def test_each_rung_of_the_ladder_is_saved_with_its_result(mei: FlaskClient, visit: Visit) -> None:
    post(mei, visit, "knock", "ladder", rung="telephone", result="no_answer")
    step = section(document(mei, visit), "knock")
    assert re.search(r'id="knock-telephone" class="done"', step)
    assert post(mei, visit, "knock", "ladder", rung="note", result="left").status_code == 422


def test_the_fee_table_shows_both_prices_and_the_reason_of_each_line(mei: FlaskClient, visit: Visit) -> None:
    post(mei, visit, "diagnose", "line", item="callout", qty="1", certificate_price="25.00")
    post(mei, visit, "diagnose", fault="noise", cause="misuse", basis="invoice", purchase_date="2026-01-10")
    for step in ("diagnose", "consent", "fees"):
        shown = section(document(mei, visit), step)
        assert "List ¥30.00" in shown and "certificate ¥25.00" in shown and "¥25.00" in shown
        assert "Cause outside the warranty" in shown


def test_handing_the_phone_over_locks_it_to_the_customers_page(
    mei: FlaskClient, cast: Cast, visit: Visit
) -> None:
    post(mei, visit, "diagnose", "line", item="callout", qty="1")
    post(mei, visit, "diagnose", fault="noise", cause="misuse", basis="invoice", purchase_date="2026-01-10")
    response = post(mei, visit, "consent", "handed_over")
    token = Visit.get_by_id(visit.id).customer_token
    assert response.headers["Location"] == f"/c/{token}"
    assert mei.get(f"/visits/{visit.id}").headers["Location"] == f"/c/{token}"


def test_no_belt_no_work_at_height(mei: FlaskClient, visit: Visit) -> None:
    response = post(mei, visit, "repair", mode="on_site", measures="cleaned", height_cm="230")
    assert response.status_code == 422
    assert "no belt, no work" in response.get_data(as_text=True)


# --- something else


def test_the_sheet_ends_with_safety_and_says_what_follows(mei: FlaskClient, visit: Visit) -> None:
    place = f"/visits/{visit.id}/steps/accept/problems"
    assert f'href="{place}"' in section(document(mei, visit), "accept")
    page = mei.get(place).get_data(as_text=True)
    rows = re.findall(r'<a class="option[^"]*" href="([^"]+)"', page)
    assert rows[-1].endswith("/steps/accept/problems/not_safe")
    assert "The dispatcher clears it up" in page


def test_a_later_steps_helpers_lead_to_a_page_with_the_same_rows(mei: FlaskClient, visit: Visit) -> None:
    step = section(document(mei, visit), "kit")
    place = f"/visits/{visit.id}/steps/kit/problems"
    assert f'href="{place}"' in step and f'href="{place}#not-recorded"' in step
    page = mei.get(place).get_data(as_text=True)
    assert f'href="{place}/dirty"' in page and f'href="{place}/not_safe"' in page
    assert 'id="not-recorded"' in page and 'value="no_time"' in page
    gate = mei.get(f"/visits/{visit.id}/steps/clean/problems").get_data(as_text=True)
    assert 'id="not-recorded"' not in gate


def test_a_steps_sheet_is_filled_from_the_norm(
    page: Any, sign_in_page: Callable[..., Any], cast: Cast, visit: Visit
) -> None:
    sign_in_page(page, "mei")
    page.goto(f"/visits/{visit.id}#s-kit")
    page.locator('#s-kit [href$="/problems"]').tap()
    rows = page.locator("dialog[open] a.option")
    rows.first.wait_for()
    assert "Something is missing or wrong" in rows.first.inner_text()
    assert "I don't feel safe" in rows.last.inner_text()
    page.locator("dialog[open] [data-shut]").tap()
    page.locator('#s-kit [href$="#not-recorded"]').tap()
    with page.expect_response("**/outbox"):
        page.locator("dialog[open] button[value=no_time]").tap()
    page.wait_for_url("**#s-accept")
    assert records.of_visit(visit.id)[0].act == "passed"


def test_a_problem_asks_only_what_its_way_on_needs(mei: FlaskClient, visit: Visit) -> None:
    page = mei.get(f"/visits/{visit.id}/steps/call/problems/other_day").get_data(as_text=True)
    assert 'name="rebook.slot"' in page and "Ends this visit" in page
    other = {"rebook.slot": "2026-11-30T09:00"}
    kept = post(mei, visit, "call", "problem", problem="other_day", remedy="kept", **other)
    assert kept.status_code == 303
    assert "slot" not in records.of_visit(visit.id)[0].body


def test_rebooking_ends_the_visit_and_makes_the_next(mei: FlaskClient, visit: Visit) -> None:
    soon = (NOW + timedelta(days=3)).strftime("%Y-%m-%dT10:00")
    answer = {"rebook.slot": soon, "rebook.rebook_reason": "customer_wish", "rebook.consent": "1"}
    response = post(mei, visit, "call", "problem", problem="other_day", remedy="rebook", **answer)
    assert response.headers["Location"] == f"/visits/{visit.id}#sheet"
    page = document(mei, visit)
    assert here(page) == ["sheet"]
    assert "Ended: a new time is agreed" in page
    assert f"/visits/{visit.id}/documents" in page
    assert Visit.select().where(Visit.follows == visit.id).count() == 1


def test_a_problem_comes_back_with_its_messages(mei: FlaskClient, visit: Visit) -> None:
    nothing = post(mei, visit, "call", "problem", problem="other_day")
    assert nothing.status_code == 422
    assert "Choose how it goes on" in nothing.get_data(as_text=True)
    half = post(mei, visit, "call", "problem", problem="other_day", remedy="rebook")
    page = half.get_data(as_text=True)
    assert half.status_code == 422
    assert 'href="#rebook-slot"' in page and re.search(r'value="rebook" checked', page)


def test_a_paused_visit_says_so_and_goes_on(mei: FlaskClient, visit: Visit) -> None:
    back = (NOW.astimezone(ZoneInfo("Asia/Shanghai")) + timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M")
    post(
        mei,
        visit,
        "knock",
        "problem",
        problem="asks_to_wait",
        remedy="come_back",
        **{"come_back.back_at": back},
    )
    assert "Paused at" in document(mei, visit)
    post(mei, visit, "knock", "resumed")
    assert "Paused at" not in document(mei, visit)


def test_a_question_waits_on_its_step_until_the_centre_answers(
    mei: FlaskClient, cast: Cast, visit: Visit
) -> None:
    post(mei, visit, "fees", "problem", problem="asks_less", remedy="centre", wish="Half the price")
    assert "Asked the centre" in section(document(mei, visit), "fees")
    task = Task.get(Task.visit == visit.id)
    visiting.rule(cast.wu, task, "denied", None, "The list holds.", datetime.now(UTC))
    step = section(document(mei, visit), "fees")
    assert "The centre does not agree" in step and "The list holds." in step
    assert "Asked the centre" not in step


def test_an_unknown_step_or_problem_is_not_there(mei: FlaskClient, visit: Visit) -> None:
    assert mei.get(f"/visits/{visit.id}/steps/dance").status_code == 404
    assert mei.get(f"/visits/{visit.id}/steps/kit/problems/dance").status_code == 404
    assert post(mei, visit, "kit", "dance").status_code == 404
    assert mei.get(f"/visits/{visit.id}/steps/kit").headers["Location"] == f"/visits/{visit.id}#s-kit"


# --- the norm as one document


def test_the_norm_is_one_document_for_ever(mei: FlaskClient, visit: Visit) -> None:
    address = re.search(r'data-protocol="([^"]+)"', document(mei, visit))
    assert address
    response = mei.get(address[1])
    assert "immutable" in response.headers["Cache-Control"]
    page = response.get_data(as_text=True)
    assert 'id="kit"' in page and 'id="kit-dirty"' in page and 'name="rebook.slot"' in page
    assert len(brotli.compress(response.data, quality=5)) < 30_000
    assert mei.get("/protocols/0000/en").status_code == 404
    assert mei.get(f"{address[1]}x").status_code == 404


# --- words


def test_every_fault_of_the_rules_has_words() -> None:
    """A code is what stands as a fault in the forms and in the kinds of steps; the screens must know each."""
    found = set()
    for path in [*Path("app/domain/steps").glob("*.py"), Path("app/domain/form.py")]:
        text = path.read_text("utf-8")
        found |= set(re.findall(r'faults(?:\.setdefault\("\w+", |\["\w+"\] = )"([a-z_]+)"', text))
        found |= set(re.findall(r'return (?:None|value|found|\[\]), "([a-z_]+)"', text))
    assert len(found) > 10
    assert not found - set(forms.FAULT_WORDS)
