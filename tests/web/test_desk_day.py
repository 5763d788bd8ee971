"""The day's end in the browser's words: receiving, signing off, comparing, answering, batches, numbers, the report."""

from datetime import UTC, datetime

import pytest

from app.models.days import DayClose, Receiving
from app.models.tasks import FollowUp
from app.services.rehearsing import Rehearsal
from tests import builders


def today():
    return datetime.now(UTC)


@pytest.fixture
def at_desk(app, cast, sign_in):
    def put(who):
        client = app.test_client()
        sign_in(client, who)
        return client

    return put


@pytest.fixture
def ana(at_desk):
    return at_desk("ana")


def finished(engineer, at="10:30", now=None, lines=(("callout", 1), ("drain_pump", 1)), **answers):
    """A visit of today's, played to its end; paid in cash unless told otherwise."""
    moment = now or builders.NOW
    play = Rehearsal(engineer, builders.visit(engineer, at=at, now=moment).id, moment, answers)
    play.until("diagnose")
    play.quote(lines)
    play.until(None)
    return play.opened.visit


@pytest.fixture
def visit(cast):
    return finished(cast.mei)


def of_mei(cast, visit):
    return f"/desk/day/engineers/{cast.mei.id}?day={visit.day}"


def close_of_mei(cast, visit):
    return f"/desk/day/engineers/{cast.mei.id}/close?day={visit.day}"


def text_of(answer):
    return answer.get_data(as_text=True)


def test_the_overview_has_each_engineer_in_a_line(ana, cast, visit):
    finished(cast.li, at="14:00", pay={"method": "wechat"})
    text = text_of(ana.get(f"/desk/day?day={visit.day}"))
    assert (
        text.count("/desk/day/engineers/") == 2 and "0 of one slip" in text and "3 things to receive" in text
    )
    assert "WeChat ¥" in text and "Due at 20:00" in text
    assert "No visits on this day" in text_of(ana.get("/desk/day?day=2026-01-05"))


def test_what_came_in_is_noted_and_the_day_signed_off(ana, cast, visit):
    assert "0 of one slip" in text_of(ana.get(of_mei(cast, visit)))
    fields = {
        f"slip-{visit.id}": "received",
        f"cash-{visit.id}": f"{visit.total / 100:.2f}",
        f"old-{visit.id}": "received",
    }
    answer = ana.post(of_mei(cast, visit), data=fields)
    assert answer.status_code == 303 and Receiving.select().count() == 3
    text = text_of(ana.get(of_mei(cast, visit)))
    assert "3 things are noted." in text and "Visits, slips and money agree." in text and "All in" in text
    assert ana.post(close_of_mei(cast, visit), data={"note": ""}).status_code == 303
    assert "Signed off" in text_of(ana.get(f"/desk/day?day={visit.day}")) and DayClose.select().count() == 1


def test_a_fault_comes_back_with_what_was_typed_and_names_the_slip(ana, cast, visit):
    answer = ana.post(of_mei(cast, visit), data={f"slip-{visit.id}": "missing", f"cash-{visit.id}": "12,5x"})
    text = text_of(answer)
    assert answer.status_code == 422 and not Receiving.select().exists()
    assert "Say why it differs" in text and "12,5x" in text and 'value="missing" checked' in text
    answer = ana.post(close_of_mei(cast, visit), data={"note": ""})
    assert answer.status_code == 422 and not DayClose.select().exists()


def test_a_missing_slip_is_a_call_among_the_calls(ana, cast, visit):
    ana.post(of_mei(cast, visit), data={f"slip-{visit.id}": "missing", f"why-{visit.id}": "Left in the car"})
    (call,) = FollowUp.select().where(FollowUp.kind == "remedial")
    text = text_of(ana.get("/desk/tasks"))
    assert "Set it right with the customer" in text and f"/desk/follow-ups/{call.id}" in text
    assert "Left in the car" in text_of(ana.get(f"/desk/follow-ups/{call.id}"))


def test_the_manager_looks_the_day_over_and_others_only_see_it(at_desk, cast, visit):
    hao, tec = at_desk("hao"), at_desk("tec")
    place = f"/desk/day/check?day={visit.day}"
    assert "What you found" not in text_of(tec.get(f"/desk/day?day={visit.day}"))
    assert tec.post(place, data={"note": "x"}).status_code == 404
    assert hao.post(place, data={"note": ""}).status_code == 422 and not DayClose.select().exists()
    assert hao.post(place, data={"note": "Slip comes tomorrow"}).status_code == 303
    assert "Looked over by Hao" in text_of(hao.get(f"/desk/day?day={visit.day}"))
    assert "Note what came in" not in text_of(hao.get(of_mei(cast, visit)))
    assert hao.post(of_mei(cast, visit), data={f"slip-{visit.id}": "received"}).status_code == 404
