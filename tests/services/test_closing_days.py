"""Closing days: received one by one against what was sealed, signed off with names of what differs, looked over again."""

from datetime import date, timedelta

import pytest

from app import errors
from app.models import days
from app.models.days import DayClose, Receiving
from app.models.tasks import FollowUp
from app.services import closing_days
from app.services.rehearsing import Rehearsal
from tests import builders
from tests.builders import NOW

DAY = date(2026, 11, 23)
EVENING = NOW + timedelta(hours=9)


def finished(engineer, at="10:30", lines=(("callout", 1), ("drain_pump", 1)), **answers):
    """A visit played to its end with a charged pump, paid in cash, the old one taken along."""
    play = Rehearsal(engineer, builders.visit(engineer, at=at).id, NOW, answers)
    play.until("diagnose")
    play.quote(lines)
    play.until(None)
    return play.opened


@pytest.fixture
def visit(cast):
    return finished(cast.mei).visit


def part_of(cast, who="mei"):
    return closing_days.day_of(cast.ana, DAY, EVENING).part(getattr(cast, who).id)


def receive(cast, visit, now=EVENING, **fields):
    raw = {f"{name}-{visit.id}": value for name, value in fields.items()}
    return closing_days.receive(cast.ana, cast.mei.id, DAY, raw, now)


def money(opened_total: int) -> str:
    return f"{opened_total / 100:.2f}"


def test_a_visit_owes_its_slip_its_cash_and_its_old_part(cast, visit):
    (line,) = part_of(cast).lines
    assert line.due.things == ("slip", "cash", "old_parts")
    assert line.due.cash == visit.total > 0 and line.due.old_parts == 1
    assert line.row["number"].startswith("HZ1-S26") and line.row["given"]["card"]
    assert [one.code for one in line.differences] == ["open", "open", "open"]


def test_what_was_paid_by_telephone_is_not_owed_in_cash(cast):
    opened = finished(cast.mei, pay={"method": "wechat"})
    part = part_of(cast)
    assert part.balance.cash_due == 0 and part.balance.other == {"wechat": opened.visit.total}


def test_received_one_by_one_until_nothing_differs(cast, visit):
    assert receive(cast, visit, slip="received") == 1
    assert part_of(cast).balance.slips_in == 1 and not part_of(cast).balance.is_even
    assert receive(cast, visit, slip="received", cash=money(visit.total), old="received") == 2, (
        "the slip is known"
    )
    balance = part_of(cast).balance
    assert balance.is_even and (balance.cash_in, balance.old_in) == (visit.total, 1)
    assert Receiving.select().count() == 3 and {row.person_id for row in Receiving.select()} == {cast.ana.id}


def test_a_missing_slip_and_money_that_differs_want_their_reason_and_nothing_is_noted_before(cast, visit):
    for fields in ({"slip": "missing"}, {"slip": "spoilt"}, {"cash": "1"}, {"old": "missing"}):
        with pytest.raises(errors.Invalid) as raised:
            receive(cast, visit, **fields)
        assert raised.value.fields == {f"why-{visit.id}": "required"}
    with pytest.raises(errors.Invalid) as raised:
        receive(cast, visit, slip="eaten", cash="many")
    assert raised.value.fields == {f"slip-{visit.id}": "not_an_option", f"cash-{visit.id}": "not_money"}
    assert not Receiving.select().exists()


def test_a_missing_slip_makes_one_call_that_sets_it_right(cast, visit):
    receive(cast, visit, slip="missing", why="Left in the car")
    receive(cast, visit, now=EVENING + timedelta(minutes=5), slip="missing", why="Looked for it again")
    (call,) = FollowUp.select().where(FollowUp.kind == "remedial")
    assert (call.visit_id, call.performer, call.note) == (visit.id, "dispatcher", "Left in the car")
    assert call.due_at == EVENING + timedelta(hours=1)
    (one, *_) = part_of(cast).lines[0].differences
    assert (one.code, one.reason) == ("missing", "Looked for it again")


def test_a_slip_that_comes_later_takes_the_place_of_what_was_noted_and_both_stay(cast, visit):
    receive(cast, visit, slip="missing", why="Left in the car")
    (out,) = days.still_out(cast.home.id, DAY + timedelta(days=2))
    assert (out["number"], out["engineer_id"]) == (part_of(cast).lines[0].row["number"], cast.mei.id)
    receive(cast, visit, slip="received")
    assert part_of(cast).balance.slips_in == 1 and len(part_of(cast).lines[0].notes) == 2
    assert days.still_out(cast.home.id, DAY + timedelta(days=2)) == []


def test_money_that_is_short_is_named_with_its_amount(cast, visit):
    receive(
        cast, visit, slip="received", cash=money(visit.total - 500), old="received", why="No change given"
    )
    (one,) = part_of(cast).balance.differences
    assert (one.thing, one.code, one.amount, one.reason) == ("cash", "short", 500, "No change given")


def test_a_day_is_signed_off_in_silence_only_when_it_agrees(cast, visit):
    with pytest.raises(errors.Invalid) as raised:
        closing_days.sign_off(cast.ana, cast.mei.id, DAY, {"note": " "}, EVENING)
    assert raised.value.fields == {"note": "required"} and not DayClose.select().exists()
    receive(cast, visit, slip="received", cash=money(visit.total), old="received")
    closing_days.sign_off(cast.ana, cast.mei.id, DAY, {}, EVENING)
    part = part_of(cast)
    assert part.close["by"] == "Ana" and not part.is_stale
    assert closing_days.day_of(cast.ana, DAY, EVENING).unsigned == ()


def test_what_is_noted_after_the_sign_off_is_seen(cast, visit):
    closing_days.sign_off(cast.ana, cast.mei.id, DAY, {"note": "Slip comes tomorrow"}, EVENING)
    receive(cast, visit, slip="received")
    found = closing_days.day_of(cast.ana, DAY, EVENING)
    assert found.part(cast.mei.id).is_stale and [part.engineer for part in found.unsigned] == [cast.mei.id]
    closing_days.sign_off(cast.ana, cast.mei.id, DAY, {"note": "It came"}, EVENING)
    assert not part_of(cast).is_stale and DayClose.select().count() == 2


def test_the_second_level_looks_at_a_fixed_hour_and_says_what_is_not_signed_off(cast, visit):
    cast.home.settings = {"day_check": "18:30"}
    cast.home.save()
    for who in (cast.ana, cast.wu, cast.hao):
        who.outlet = cast.home
    late = closing_days.day_of(cast.hao, DAY, EVENING + timedelta(hours=1))
    assert late.check_due.strftime("%H:%M") == "18:30" and late.check_late
    assert not closing_days.day_of(cast.hao, DAY, NOW).check_late
    with pytest.raises(errors.Invalid):
        closing_days.check(cast.hao, DAY, {}, EVENING)
    closing_days.check(cast.hao, DAY, {"note": "Mei brings it tomorrow"}, EVENING)
    found = closing_days.day_of(cast.hao, DAY, EVENING + timedelta(hours=3))
    assert found.check["by"] == "Hao" and not found.check_late and not found.is_stale
    receive(cast, visit, slip="received")
    assert closing_days.day_of(cast.hao, DAY, EVENING).is_stale


def test_only_the_officer_receives_and_only_the_second_level_looks_over(cast, visit):
    for who in (cast.mei, cast.hao, cast.wu, cast.tec):
        with pytest.raises(errors.NotFound):
            closing_days.receive(who, cast.mei.id, DAY, {f"slip-{visit.id}": "received"}, EVENING)
        with pytest.raises(errors.NotFound):
            closing_days.sign_off(who, cast.mei.id, DAY, {"note": "x"}, EVENING)
    for who in (cast.mei, cast.ana, cast.tec):
        with pytest.raises(errors.NotFound):
            closing_days.check(who, DAY, {"note": "x"}, EVENING)
    stranger = builders.person(cast.elsewhere, "eva", role="dispatcher")
    with pytest.raises(errors.NotFound):
        closing_days.receive(stranger, cast.mei.id, DAY, {f"slip-{visit.id}": "received"}, EVENING)
    assert not Receiving.select().exists()


def test_an_engineer_sees_the_own_day_alone(cast, visit):
    finished(cast.li, at="14:00")
    own = closing_days.own_day(cast.mei, DAY, EVENING)
    assert own and [line.due.visit for line in own.lines] == [visit.id]
