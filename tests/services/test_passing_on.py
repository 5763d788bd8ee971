"""Passing on: one batch, one number, a list; made, sent and confirmed are three facts; every slip number has its fate."""

from datetime import date, timedelta

import pytest

from app import errors
from app.domain import slip_number
from app.models.batches import Batch
from app.models.days import Receiving
from app.models.documents import GivenNumber
from app.services import passing_on
from app.services.rehearsing import Rehearsal
from tests import builders
from tests.builders import NOW

TODAY = date(2026, 11, 23)
EVENING = NOW + timedelta(hours=9)


@pytest.fixture
def visits(cast):
    found = []
    for at in ("09:30", "11:00", "14:00"):
        play = Rehearsal(cast.mei, builders.visit(cast.mei, at=at).id, NOW)
        play.until(None)
        found.append(play.opened.visit)
    return found


def slip(cast, visit, state, reason=""):
    Receiving.create(
        outlet=cast.home, visit=visit, thing="slip", state=state, reason=reason, person=cast.ana, at=EVENING
    )


def ready(cast):
    return [row["id"] for row in passing_on.ready(cast.ana, TODAY)]


def test_what_came_in_or_was_spoilt_lies_here_and_what_is_missing_does_not(cast, visits):
    slip(cast, visits[0], "missing")
    slip(cast, visits[0], "received")
    slip(cast, visits[1], "spoilt", "Coffee")
    slip(cast, visits[2], "received")
    slip(cast, visits[2], "missing")
    assert ready(cast) == [visits[0].id, visits[1].id]


def test_a_batch_has_the_next_number_and_a_slip_travels_once(cast, visits):
    for visit in visits:
        slip(cast, visit, "received")
    first = passing_on.make(cast.ana, [str(visits[0].id), str(visits[2].id)], EVENING)
    assert first.number == "HZ1-B2600001" and ready(cast) == [visits[1].id]
    assert [line["id"] for line in passing_on.opened(cast.ana, first.id).lines] == [
        visits[0].id,
        visits[2].id,
    ]
    with pytest.raises(errors.Invalid):
        passing_on.make(cast.ana, [str(visits[0].id)], EVENING)
    with pytest.raises(errors.Invalid):
        passing_on.make(cast.ana, [str(visits[0].id), str(visits[1].id)], EVENING)
    assert passing_on.make(cast.ana, [str(visits[1].id)], EVENING).number == "HZ1-B2600002", (
        "a refused one took none"
    )


def test_made_sent_and_confirmed_are_three_facts(cast, visits):
    slip(cast, visits[0], "received")
    batch = passing_on.make(cast.ana, [str(visits[0].id)], EVENING)
    assert (batch.sent_at, batch.confirmed_at) == (None, None)
    with pytest.raises(errors.Ended):
        passing_on.confirm(cast.wu, batch.id, EVENING)
    with pytest.raises(errors.Invalid) as raised:
        passing_on.send(cast.ana, batch.id, {"way": "courier"}, EVENING)
    assert raised.value.fields == {"waybill": "required"}
    passing_on.send(cast.ana, batch.id, {"way": "courier", "waybill": "SF 1234"}, EVENING)
    with pytest.raises(errors.Ended):
        passing_on.send(cast.ana, batch.id, {"way": "file"}, EVENING)
    with pytest.raises(errors.NotFound):
        passing_on.confirm(cast.ana, batch.id, EVENING)
    passing_on.confirm(cast.wu, batch.id, EVENING)
    kept = Batch.get()
    assert (kept.way, kept.waybill, kept.sent_by_id, kept.confirmed_by_id) == (
        "courier",
        "SF 1234",
        cast.ana.id,
        cast.wu.id,
    )


def test_only_the_officer_passes_on_and_only_the_own_slips(cast, visits):
    slip(cast, visits[0], "received")
    for who in (cast.mei, cast.wu, cast.hao):
        with pytest.raises(errors.NotFound):
            passing_on.make(who, [str(visits[0].id)], EVENING)
    stranger = builders.person(cast.elsewhere, "eva", role="dispatcher")
    with pytest.raises(errors.Invalid):
        passing_on.make(stranger, [str(visits[0].id)], EVENING)
    batch = passing_on.make(cast.ana, [str(visits[0].id)], EVENING)
    with pytest.raises(errors.NotFound):
        passing_on.opened(stranger, batch.id)


def test_every_number_is_accounted_for_and_a_gap_is_seen(cast, visits):
    slip(cast, visits[0], "received")
    slip(cast, visits[1], "spoilt", "Coffee")
    found = passing_on.numbers(cast.ana, 2026)
    assert found.is_whole and found.last == 3
    assert dict(found.counts) == {"received": 1, "spoilt": 1, "missing": 0, "out": 1, "gap": 0}
    assert [(row["number"], row["fate"]) for row in found.open] == [
        ("HZ1-S2600002", "spoilt"),
        ("HZ1-S2600003", "out"),
    ]
    GivenNumber.delete().where(GivenNumber.number == "HZ1-S2600002").execute()
    torn = passing_on.numbers(cast.ana, 2026)
    assert (
        not torn.is_whole
        and torn.counts["gap"] == 1
        and torn.open[0] == {"number": "HZ1-S2600002", "fate": "gap"}
    )


def test_another_years_numbers_are_not_mixed_in():
    found = slip_number.account("HZ1", 2027, 1, [{"number": "HZ1-S2600001", "state": "received"}])
    assert found.counts["gap"] == 1 and found.counts["received"] == 0


def test_what_engineers_report_of_slips_stands_beside_the_numbers(cast):
    cast.home.protocol = "network-2026-11"
    cast.home.save()
    cast.mei.outlet = cast.home
    play = Rehearsal(cast.mei, builders.visit(cast.mei).id, NOW)
    play.until(None)
    play.act("hand_in", "problem", {"problem": "slip_lost", "remedy": "reported", "number": "HZ1-S2600001"})
    (report,) = passing_on.reports(cast.ana)
    assert (report["problem"], report["number"], report["engineer"]) == ("slip_lost", "HZ1-S2600001", "Mei")
