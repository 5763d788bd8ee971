"""Clearing up: a "satisfied" that does not fit is found, put to the engineer, answered and decided; nothing is hidden."""

import json
from datetime import date, timedelta

import pytest

from app import errors
from app.models.database import database
from app.models.days import Receiving
from app.models.doubts import Doubt
from app.models.records import RecordBody
from app.models.tasks import FollowUp
from app.services import answering, clearing_up
from app.services.rehearsing import Rehearsal
from tests import builders
from tests.builders import NOW

DAY = date(2026, 11, 23)
EVENING = NOW + timedelta(hours=9)
NEXT_DAY = NOW + timedelta(days=1)
CONTENT = {"quality": "5", "attitude": "5", "satisfied": "yes"}


def finished(engineer, at="10:30", **answers):
    play = Rehearsal(engineer, builders.visit(engineer, at=at).id, NOW, answers)
    play.until(None)
    return play.opened.visit


@pytest.fixture
def visit(cast):
    return finished(cast.mei)


def slip(cast, visit, state):
    Receiving.create(outlet=cast.home, visit=visit, thing="slip", state=state, person=cast.ana, at=EVENING)


def kinds(cast, now=EVENING):
    return [one.kind for one, _row, _put in clearing_up.compare(cast.ana, DAY, now).differs]


def said_on_the_phone(cast, visit, **fields):
    call = FollowUp.get(FollowUp.visit == visit.id)
    answering.record_call(cast.wu, call.id, {"result": "fine", **fields}, EVENING)


def test_a_day_on_which_all_fits_has_no_findings(cast, visit):
    slip(cast, visit, "received")
    found = clearing_up.compare(cast.ana, DAY, NEXT_DAY)
    assert (found.rated, found.differs) == (1, ())


def test_a_slip_that_is_not_in_by_the_next_day_is_found_and_today_it_is_not_late_yet(cast, visit):
    assert kinds(cast) == [] and kinds(cast, NEXT_DAY) == ["no_slip"]


def test_the_customers_own_word_on_the_telephone_is_compared(cast, visit):
    slip(cast, visit, "received")
    said_on_the_phone(cast, visit, **{"survey-signed_self": "no"})
    ((one, row, put),) = clearing_up.compare(cast.ana, DAY, EVENING).differs
    assert (one.kind, one.data["no"], one.data["by"]) == ("says_otherwise", ["signed_self"], "Wu")
    assert row["engineer"] == "Mei" and put is None


def test_satisfied_without_a_signature_is_found(cast):
    visit = finished(cast.mei, declined={"reason": "no_reason"}, rating=CONTENT)
    slip(cast, visit, "received")
    assert kinds(cast) == ["not_signed"]


def test_a_signed_slip_that_was_changed_in_the_database_is_found(cast, visit):
    slip(cast, visit, "received")
    database.execute_sql("drop trigger record_body_no_update")
    kept = next(row for row in RecordBody.select() if '"layer":"customer"' in row.body)
    body = json.loads(kept.body)
    body["content"]["fee"]["total"] += 100
    RecordBody.update(body=json.dumps(body)).where(RecordBody.record == kept.record_id).execute()
    assert kinds(cast) == ["seal_differs"]


def test_putting_it_forward_asks_the_engineer_and_calls_the_customer_once(cast, visit):
    for _ in range(2):
        clearing_up.put_forward(cast.ana, visit.id, "no_slip", DAY, NEXT_DAY)
    (one,) = Doubt.select()
    assert (one.kind, one.visit_id, one.person_id) == ("no_slip", visit.id, cast.ana.id)
    (call,) = FollowUp.select().where(FollowUp.kind == "remedial")
    assert call.visit_id == visit.id and call.due_at == NEXT_DAY + timedelta(hours=1)


def test_nothing_can_be_put_forward_that_was_not_found(cast, visit):
    for who, kind in ((cast.ana, "says_otherwise"), (cast.hao, "no_slip"), (cast.mei, "no_slip")):
        with pytest.raises(errors.NotFound):
            clearing_up.put_forward(who, visit.id, kind, DAY, NEXT_DAY)
    assert not Doubt.select().exists()


def test_the_engineer_sees_it_before_anybody_asks_and_answers_until_it_is_decided(cast, visit):
    finished(cast.li, at="14:00")
    ((found, _row, put),) = clearing_up.own(cast.mei, DAY, NEXT_DAY).differs
    assert (found.visit, put) == (visit.id, None)
    clearing_up.put_forward(cast.ana, visit.id, "no_slip", DAY, NEXT_DAY)
    (one,) = Doubt.select()
    with pytest.raises(errors.NotFound):
        clearing_up.answer(cast.li, one.id, {"said": "Not mine"}, NEXT_DAY)
    with pytest.raises(errors.Invalid):
        clearing_up.answer(cast.mei, one.id, {"said": " "}, NEXT_DAY)
    clearing_up.answer(cast.mei, one.id, {"said": "It lies in the car"}, NEXT_DAY)
    clearing_up.answer(cast.mei, one.id, {"said": "It lies in the van"}, NEXT_DAY)
    assert Doubt.get().said == "It lies in the van"
    clearing_up.decide(cast.hao, one.id, {"decision": "cleared", "text": "It came at noon"}, NEXT_DAY)
    with pytest.raises(errors.Ended):
        clearing_up.answer(cast.mei, one.id, {"said": "Too late"}, NEXT_DAY)
    assert Doubt.get().said == "It lies in the van"


def test_only_the_manager_decides_once_and_says_why(cast, visit):
    clearing_up.put_forward(cast.ana, visit.id, "no_slip", DAY, NEXT_DAY)
    (one,) = Doubt.select()
    good = {"decision": "not_the_customer", "text": "The customer was not at home"}
    for who in (cast.ana, cast.wu, cast.mei, builders.person(cast.elsewhere, "eva", role="manager")):
        with pytest.raises(errors.NotFound):
            clearing_up.decide(who, one.id, good, NEXT_DAY)
    with pytest.raises(errors.Invalid) as raised:
        clearing_up.decide(cast.hao, one.id, {"decision": "guilty"}, NEXT_DAY)
    assert raised.value.fields == {"decision": "not_an_option", "text": "required"}
    clearing_up.decide(cast.hao, one.id, good, NEXT_DAY)
    with pytest.raises(errors.Ended):
        clearing_up.decide(cast.hao, one.id, good, NEXT_DAY)
    assert Doubt.get().decided_by_id == cast.hao.id


def test_what_was_put_forward_stays_until_somebody_decides_even_when_it_fits_again(cast, visit):
    clearing_up.put_forward(cast.ana, visit.id, "no_slip", DAY, NEXT_DAY)
    slip(cast, visit, "received")
    ((one, _row, put),) = clearing_up.compare(cast.ana, DAY, NEXT_DAY).differs
    assert one.kind == "no_slip" and put and put["decision"] is None
