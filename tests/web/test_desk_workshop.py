"""The workshop's pages at the desk: the list, a product's story, another promised day, the visit that brings it home."""

from datetime import UTC, datetime, timedelta

import pytest

from app.models.tasks import Task
from app.models.visits import Visit
from app.models.workshop import WorkshopItem
from app.services.rehearsing import Rehearsal
from tests import builders


def today():
    return datetime.now(UTC)


def away(cast, days):
    """A product taken away today; its day is moved to `days` from today."""
    visit = builders.visit(cast.mei, now=today())
    taken = {
        "condition": "scratch",
        "loaner": "none",
        "promised_on": (today() + timedelta(days=9)).date().isoformat(),
    }
    Rehearsal(cast.mei, visit.id, today(), {"repair": {"mode": "take_back"}, "take_back": taken}).until(None)
    found = WorkshopItem.get(WorkshopItem.visit == visit.id)
    day = (today().astimezone(builders.ZoneInfo(cast.home.timezone)) + timedelta(days=days)).date()
    WorkshopItem.update(promised_on=day).where(WorkshopItem.id == found.id).execute()
    return found


@pytest.fixture
def ana(app, cast, sign_in):
    client = app.test_client()
    sign_in(client, "ana")
    return client


def test_the_list_names_what_is_overdue_first_and_asks_the_desk(ana, cast):
    later, overdue = away(cast, 8), away(cast, -1)
    page = ana.get("/desk/workshop").text
    assert page.index(f"/desk/workshop/{overdue.id}") < page.index(f"/desk/workshop/{later.id}")
    assert "Was promised for" in page
    (task,) = Task.select().where(Task.kind == "promise_broken")
    assert task.visit_id == overdue.visit_id
    assert "Product was promised and is not home" in ana.get("/desk/tasks").text
    assert ana.get(f"/desk/tasks/{task.id}").status_code == 200


def test_the_workshop_writes_state_after_state_then_the_way_home_is_planned(ana, cast):
    item = away(cast, 3)
    for state in ("received", "diagnosed", "repaired", "ready"):
        answer = ana.post(f"/desk/workshop/{item.id}/state", data={"state": state, "note": "seal worn"})
        assert answer.status_code == 303, answer.text
    page = ana.get(f"/desk/workshop/{item.id}").text
    assert "Ready to go home" in page and "seal worn" in page
    day = (today() + timedelta(days=2)).date().isoformat()
    slot = {"day": day, "from": "10:00", "to": "11:00", "engineer": str(cast.li.id)}
    answer = ana.post(f"/desk/workshop/{item.id}/visit", data=slot)
    visit = Visit.select().order_by(Visit.id.desc()).first()
    assert answer.status_code == 303 and answer.location.endswith(f"/desk/work-orders/{visit.work_order_id}")
    assert visit.work_order.kind == "return" and visit.engineer_id == cast.li.id
    assert ana.post(f"/desk/workshop/{item.id}/visit", data=slot).status_code == 409


def test_a_state_that_cannot_follow_comes_back_with_what_was_typed(ana, cast):
    item = away(cast, 3)
    answer = ana.post(f"/desk/workshop/{item.id}/state", data={"note": "typed before"})
    assert answer.status_code == 422 and "typed before" in answer.text


def test_another_day_is_promised_with_reason_and_the_customers_word(ana, cast):
    item = away(cast, 1)
    wanted = {"promised_on": (today() + timedelta(days=6)).date().isoformat(), "reason": "part is late"}
    answer = ana.post(f"/desk/workshop/{item.id}/promise", data=wanted)
    assert answer.status_code == 422 and "part is late" in answer.text
    wanted |= {"customer_says": "that is fine", "agreed": "on"}
    assert ana.post(f"/desk/workshop/{item.id}/promise", data=wanted).status_code == 303
    page = ana.get(f"/desk/workshop/{item.id}").text
    assert "New promise" in page and "that is fine" in page


def test_the_pages_are_the_outlets_desks_alone(app, ana, cast, mei):
    item = away(cast, 1)
    WorkshopItem.update(outlet=cast.elsewhere).where(WorkshopItem.id == item.id).execute()
    for path in (f"/desk/workshop/{item.id}", f"/desk/workshop/{item.id}/promise"):
        assert ana.get(path).status_code == 404
        assert mei.get(path).status_code == 404
    assert mei.get("/desk/workshop").status_code == 404
    assert f"/desk/workshop/{item.id}" not in ana.get("/desk/workshop").text


def test_the_list_asks_the_same_number_of_questions_however_long_it_is(ana, cast, monkeypatch):
    from app.models.database import database

    asked = []
    real = database.execute_sql
    monkeypatch.setattr(database, "execute_sql", lambda *a, **k: asked.append(a[0]) or real(*a, **k))

    def questions():
        ana.get("/desk/workshop")
        asked.clear()
        ana.get("/desk/workshop")
        return len(asked)

    away(cast, 3)
    one = questions()
    for _number in range(3):
        away(cast, 3)
    assert questions() == one
