"""The day's end in the browser's words: receiving, signing off, comparing, answering, batches, numbers, the report."""

from datetime import UTC, datetime, timedelta

import pytest

from app.models.copy_links import CopyLink
from app.models.days import DayClose, Receiving
from app.models.documents import GivenNumber, Number
from app.models.doubts import Doubt
from app.models.tasks import FollowUp
from app.services.rehearsing import Rehearsal
from app.web.desk import batches
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
    assert text.count("/desk/day/engineers/") == 2 and "0 of 1 slip" in text and "3 things to receive" in text
    assert "WeChat ¥" in text and "Due at 20:00" in text
    assert "No visits on this day" in text_of(ana.get("/desk/day?day=2026-01-05"))


def test_what_came_in_is_noted_and_the_day_signed_off(ana, cast, visit):
    assert "0 of 1 slip" in text_of(ana.get(of_mei(cast, visit)))
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


def yesterday():
    return today() - timedelta(days=1)


@pytest.fixture
def late(cast):
    """A visit of yesterday's whose slip is not in, though the customer was satisfied."""
    return finished(cast.mei, now=yesterday().replace(hour=1, minute=0))


def test_what_does_not_fit_goes_to_the_engineer_and_back_to_the_manager(ana, at_desk, cast, late, mei):
    place = f"/desk/day/doubts?day={late.day}"
    assert "Rated as satisfied, but the slip is not in" in text_of(ana.get(place))
    seen = text_of(mei.get(f"/handed-in?day={late.day}"))
    assert "Noticed, nobody asks yet" in seen and "the slip is not in" in seen
    assert ana.post(place, data={"visit": str(late.id), "kind": "no_slip"}).status_code == 303
    (one,) = Doubt.select()
    assert "The desk asks you one thing" in text_of(mei.get("/"))
    assert mei.post(f"/handed-in/{one.id}", data={"said": ""}).status_code == 422
    assert mei.post(f"/handed-in/{one.id}", data={"said": "It lies in the van"}).status_code == 303
    assert "The desk asks you" not in text_of(mei.get("/"))
    hao = at_desk("hao")
    assert "It lies in the van" in text_of(hao.get(place))
    decided = f"/desk/day/doubts/{one.id}?day={late.day}"
    assert ana.post(decided, data={"decision": "cleared", "text": "x"}).status_code == 404
    answer = hao.post(decided, data={"decision": "cleared", "text": ""})
    assert answer.status_code == 422 and 'value="cleared" checked' in text_of(answer)
    assert hao.post(decided, data={"decision": "cleared", "text": "It came at noon"}).status_code == 303
    seen = text_of(mei.get("/handed-in"))
    assert "All is right" in seen and "It came at noon" in seen and "Hao" in seen


def test_what_waits_from_other_days_stays_in_sight(ana, cast, late):
    ana.post(f"/desk/day/doubts?day={late.day}", data={"visit": str(late.id), "kind": "no_slip"})
    assert "Not decided yet, from other days" in text_of(ana.get("/desk/day/doubts?day=2026-01-05"))


def test_an_engineer_sees_what_the_desk_noted_of_the_own_slips_alone(ana, cast, mei, visit):
    other = finished(cast.li, at="14:00")
    ana.post(of_mei(cast, visit), data={f"slip-{visit.id}": "spoilt", f"why-{visit.id}": "Coffee on it"})
    text = text_of(mei.get(f"/handed-in?day={visit.day}"))
    assert "Coffee on it" in text and "Ana" in text
    number = GivenNumber.get(visit=other.id, kind="slip").number
    assert number not in text


def test_a_call_brings_answers_to_the_survey(at_desk, cast, visit):
    wu = at_desk("wu")
    call = FollowUp.get(FollowUp.visit == visit.id)
    place = f"/desk/follow-ups/{call.id}"
    assert "Did you sign and rate yourself?" in text_of(wu.get(place))
    answer = wu.post(place, data={"survey-works": "yes", "survey-clean": "spotless"})
    assert answer.status_code == 422 and 'value="yes" checked' in text_of(answer)
    wu.post(place, data={"result": "fine", "survey-works": "yes", "survey-signed_self": "no"})
    assert FollowUp.get_by_id(call.id).survey == {"works": "yes", "signed_self": "no"}
    assert "<dd>No</dd>" in text_of(wu.get(place))
    assert "The customer said something else" in text_of(wu.get(f"/desk/day/doubts?day={visit.day}"))


def test_a_batch_is_made_sent_and_confirmed_with_its_list(ana, at_desk, cast):
    visit = finished(cast.mei, now=today().replace(hour=1, minute=0))
    ana.post(of_mei(cast, visit), data={f"slip-{visit.id}": "received"})
    assert "One slip lies here" in text_of(ana.get("/desk/day/batches"))
    assert ana.post("/desk/day/batches", data={}).status_code == 422
    answer = ana.post("/desk/day/batches", data={"visit": str(visit.id)})
    assert answer.status_code == 303
    page = text_of(ana.get(answer.location))
    assert "It is not sent yet." in page and "Not sent yet" in page
    number = GivenNumber.get(visit=visit.id, kind="slip").number
    table = text_of(ana.get(f"{answer.location}.csv"))
    assert table.startswith("\ufeffbatch,slip,") and number in table
    assert ana.post(f"{answer.location}/sent", data={"way": ""}).status_code == 422
    assert ana.post(f"{answer.location}/sent", data={"way": "in_person"}).status_code == 303
    assert ana.post(f"{answer.location}/confirmed").status_code == 404
    assert at_desk("wu").post(f"{answer.location}/confirmed").status_code == 303
    assert "At the centre" in text_of(ana.get("/desk/day/batches"))


def test_a_cell_that_a_spreadsheet_would_run_is_made_harmless(app):
    with app.test_request_context():
        text = batches.as_csv([["=1+1", "-2", "fine", None]], "x").get_data(as_text=True)
    assert text == "\ufeff'=1+1,'-2,fine,\r\n"


def test_the_numbers_of_a_year_are_accounted_for(ana, cast, visit):
    ana.post(of_mei(cast, visit), data={f"slip-{visit.id}": "spoilt", f"why-{visit.id}": "Coffee"})
    text = text_of(ana.get(f"/desk/day/numbers?year={visit.day.year}"))
    assert "One number was given, and it has its slip" in text and "Coffee" in text
    assert "No number was given in this year" in text_of(ana.get("/desk/day/numbers?year=2001"))


def test_the_feedback_report_counts_by_week_engineer_and_norm(at_desk, cast, visit):
    hao, wu = at_desk("hao"), at_desk("wu")
    call = FollowUp.get(FollowUp.visit == visit.id)
    wu.post(
        f"/desk/follow-ups/{call.id}", data={"result": "not_fine", "note": "Hums again", "survey-works": "no"}
    )
    days = f"from={visit.day - timedelta(days=7)}&to={visit.day}"
    text = text_of(hao.get(f"/desk/feedback?{days}"))
    assert "2026-W48" in text and "maker 2026-11" in text and "1 of 1 say no" in text and "5.0 ★" in text
    table = text_of(hao.get(f"/desk/feedback.csv?{days}")).splitlines()
    assert table[0].startswith("\ufeffby,name,visits,rated,") and table[2].startswith(
        "engineer,Mei,1,1,0,1,0,1,0,1,"
    )
    assert "No finished visit in these days" in text_of(
        hao.get("/desk/feedback?from=2020-01-01&to=2020-02-01")
    )


def test_a_rating_that_was_not_the_customers_own_leaves_the_report(ana, at_desk, cast, late):
    ana.post(f"/desk/day/doubts?day={late.day}", data={"visit": str(late.id), "kind": "no_slip"})
    hao, days = at_desk("hao"), f"from={late.day}&to={late.day}"
    assert "1 of 1" in text_of(hao.get(f"/desk/feedback?{days}"))
    hao.post(
        f"/desk/day/doubts/{Doubt.get().id}",
        data={"decision": "not_the_customer", "text": "Nobody was at home"},
    )
    text = text_of(hao.get(f"/desk/feedback?{days}"))
    assert "One rating was not the customer’s own" in text and "1 of 1" not in text


def test_the_customers_copy_by_link(app, mei, cast, visit):
    place = f"/visits/{visit.id}/documents"
    assert "Make the link" in text_of(mei.get(place))
    assert mei.post(f"/visits/{visit.id}/copy").status_code == 303
    text = text_of(mei.get(place))
    assert (
        "Made, not passed on yet" in text
        and "sms:+8613800001111?&amp;body=" in text
        and "https://wa.me/8613800001111?" in text
    )
    link = CopyLink.get()
    mei.post(f"/visits/{visit.id}/copy/given", data={"way": ""})
    assert CopyLink.get().given_at is None
    mei.post(f"/visits/{visit.id}/copy/given", data={"way": "sms"})
    assert "By text message" in text_of(mei.get(place))
    stranger = app.test_client()
    answer = stranger.get(f"/s/{link.token}?lang=es")
    text = text_of(answer)
    assert answer.status_code == 200 and 'lang="es"' in text and "HZ1-S26" in text and "/slip.pdf" in text
    assert (
        answer.headers["Referrer-Policy"] == "no-referrer" and "no-store" in answer.headers["Cache-Control"]
    )
    assert "Opened" in text_of(mei.get(place))
    paper = stranger.get(f"/s/{link.token}/slip.pdf")
    assert (
        paper.status_code == 200
        and paper.data.startswith(b"%PDF")
        and "no-store" in paper.headers["Cache-Control"]
    )
    assert stranger.get("/s/nobodys-link").status_code == 404
    mei.post(f"/visits/{visit.id}/copy/taken-back")
    assert stranger.get(f"/s/{link.token}").status_code == 410


def test_the_customers_own_call_is_due_at_once(ana, mei, cast, visit):
    place = f"/desk/visits/{visit.id}/customer-call"
    assert ana.post(place, data={"note": ""}).status_code == 422
    for note in ("It hums again", "Called once more"):
        assert ana.post(place, data={"note": note}).status_code == 303
    (call,) = FollowUp.select().where(FollowUp.kind == "callback")
    assert call.performer == "dispatcher" and call.note == "It hums again\nCalled once more"
    assert call.due_at <= today() and f"/desk/follow-ups/{call.id}" in text_of(ana.get("/desk/tasks"))
    assert mei.post(place, data={"note": "x"}).status_code == 404


def test_a_year_of_slips_that_nobody_received_stays_a_page(ana, cast, visit):
    number = GivenNumber.get(visit=visit.id, kind="slip").number
    Number.update(last=500).where(Number.kind == "slip").execute()
    text = text_of(ana.get(f"/desk/day/numbers?year={visit.day.year}"))
    assert "And 300 more." in text and "A number is without a slip" in text
    assert number not in text and number[:-5] + "00500" in text
