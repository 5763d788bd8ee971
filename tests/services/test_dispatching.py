"""Dispatching: from the caller's words to a visit on somebody's day, and what may happen to it before it begins."""

from datetime import UTC, datetime, timedelta

import pytest

from app import errors
from app.models.customers import Appliance, Customer
from app.models.people import Person
from app.models.records import Record
from app.models.visits import Visit
from app.models.work_orders import WorkOrder
from app.services import dispatching, visiting
from tests import builders

NOW = builders.NOW  # Monday 23 November 2026, 9:00 in Hangzhou
TYPED = {
    "name": "陈静", "phone": "138 0013 8001", "address": "江南大道 1888 号", "appliance_kind": "washing_machine",
    "symptom": "脱水时异响", "day": "2026-11-23", "from": "14:00", "to": "15:15",
}  # fmt: skip


@pytest.fixture
def ana(cast) -> Person:
    return cast.ana


def create(ana, now=NOW, **changes):
    return dispatching.create(ana, {**TYPED, **changes}, now)


def faults_of(ana, **changes):
    with pytest.raises(errors.Invalid) as fault:
        create(ana, **changes)
    assert not WorkOrder.select().exists() and not Customer.select().exists()
    return dict(fault.value.fields)


def test_a_call_becomes_a_work_order_with_its_first_visit(ana):
    visit = create(ana, urgency="urgent", symptom_codes=["noise", "no_drain"])
    order = visit.work_order
    assert order.number == "HZ1-W2600001"
    assert visit.reference == "HZ1-261123-0001"
    assert (order.customer.phone, order.customer.language) == ("+8613800138001", "en")
    assert (order.urgency, order.symptom_codes, order.created_by.login) == (
        "urgent",
        ["noise", "no_drain"],
        "ana",
    )
    assert (visit.engineer, visit.state) == (None, "scheduled")
    assert visit.slot_start == datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
    assert len(visit.protocol) == 64 and len(visit.price_list) == 64 and len(visit.customer_token) >= 20


def test_numbers_are_given_without_gaps_even_after_a_refusal(ana):
    create(ana)
    with pytest.raises(errors.Invalid):
        create(ana, name="")
    assert create(ana, name="马超").reference == "HZ1-261123-0002"


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"name": " \u200b "}, "name", "required"),
        ({"name": "x" * 121}, "name", "too_long"),
        ({"address": ""}, "address", "required"),
        ({"phone": ""}, "phone", "required"),
        ({"phone": "12"}, "phone", "not_a_phone"),
        ({"phone": "https://example.org"}, "phone", "not_a_phone"),
        ({"phone2": "99"}, "phone2", "not_a_phone"),
        ({"language": "tlh"}, "language", "not_an_option"),
        ({"appliance_kind": ""}, "appliance_kind", "required"),
        ({"appliance_kind": "toaster"}, "appliance_kind", "not_an_option"),
        ({"purchase_date": "2026-11-24"}, "purchase_date", "in_the_future"),
        ({"purchase_date": "24.13.2026"}, "purchase_date", "bad_date"),
        ({"symptom": ""}, "symptom", "required"),
        ({"symptom": "x" * 501}, "symptom", "too_long"),
        ({"symptom_codes": ["witchcraft"]}, "symptom_codes", "not_an_option"),
        ({"urgency": "yesterday"}, "urgency", "not_an_option"),
        ({"day": ""}, "day", "required"),
        ({"day": "2026-11-22"}, "day", "in_the_past"),
        ({"from": "08:00"}, "from", "in_the_past"),
        ({"day": "2028-01-01"}, "day", "too_far"),
        ({"from": "14h", "to": "15:15"}, "from", "bad_clock"),
        ({"to": "14:00"}, "to", "ends_before"),
        ({"to": "14:10"}, "to", "too_short"),
        ({"from": "09:30", "to": "23:00"}, "to", "too_long_a_slot"),
        ({"engineer": "999"}, "engineer", "not_an_option"),
    ],
)
def test_what_cannot_be_kept_is_named_by_its_field(ana, changes, field, code):
    assert faults_of(ana, **changes) == {field: code}


def test_all_that_is_wrong_with_a_slot_is_said_at_once(ana):
    past = faults_of(ana, day="2026-11-20", to="13:00")
    assert past == {"day": "in_the_past", "to": "ends_before"}
    assert faults_of(ana, day="2026-11-20", to="") == {"day": "in_the_past", "to": "required"}
    assert faults_of(ana, day="2028-01-01", **{"from": ""}) == {"day": "too_far", "from": "required"}


def test_an_engineer_of_another_outlet_cannot_be_chosen(ana, cast):
    assert faults_of(ana, engineer=str(cast.tom.id)) == {"engineer": "not_an_option"}


def test_the_hour_that_summer_time_leaves_out_is_refused(cast):
    boss = builders.person(cast.elsewhere, "luz", role="dispatcher")
    with pytest.raises(errors.Invalid) as fault:
        create(boss, day="2027-03-28", **{"from": "02:30", "to": "04:00"}, phone="612 345 678")
    assert fault.value.fields == {"from": "no_such_hour"}


def test_a_number_without_country_is_read_as_the_outlets(cast):
    boss = builders.person(cast.elsewhere, "luz", role="dispatcher")
    assert create(boss, phone="612 345 678").work_order.customer.phone == "+34612345678"


def test_a_slot_that_began_while_the_form_was_filled_in_still_counts(ana):
    assert create(ana, **{"from": "08:57", "to": "10:00"}).slot_start < NOW


def test_the_same_form_sent_twice_is_one_job(ana):
    first, again = create(ana, key="k-1"), create(ana, key="k-1")
    assert first.id == again.id and WorkOrder.select().count() == 1


def test_a_known_customer_and_appliance_are_not_made_again(ana):
    first = create(ana)
    customer = first.work_order.customer
    job = {key: TYPED[key] for key in ("symptom", "day", "to")} | {"from": "13:00"}
    dispatching.create(
        ana, {**job, "customer": str(customer.id), "appliance": str(first.work_order.appliance_id)}, NOW
    )
    other = {"appliance": "new", "appliance_kind": "oven"}
    dispatching.create(ana, {**job, **other, "customer": str(customer.id)}, NOW)
    assert (WorkOrder.select().count(), Customer.select().count(), Appliance.select().count()) == (3, 1, 2)


def test_a_customer_of_another_outlet_is_not_there(ana, cast):
    stranger = builders.customer(cast.elsewhere)
    with pytest.raises(errors.NotFound):
        create(ana, customer=str(stranger.id))
    assert dispatching.search(ana, stranger.name) == []


@pytest.mark.parametrize("words", ["陈", "江南大道", "138 0013", "0138-0013 8001", "+86 138 0013 8001"])
def test_a_customer_is_found_by_name_address_or_telephone(ana, words):
    visit = create(ana)
    found = dispatching.search(ana, words)
    assert [(one.customer.name, one.open_visit.id, len(one.appliances)) for one in found] == [
        ("陈静", visit.id, 1)
    ]


@pytest.mark.parametrize("words", ["", "  ", "%", "_", "马"])
def test_nobody_is_found_by_nothing_and_by_signs_of_a_search(ana, words):
    create(ana)
    assert dispatching.search(ana, words) == []


def test_a_visit_is_given_out_and_given_on(ana, cast):
    visit = create(ana)
    given = dispatching.give(ana, visit.id, str(cast.mei.id), NOW)
    assert (given.id, given.engineer_id, given.state) == (visit.id, cast.mei.id, "scheduled")
    passed_on = dispatching.give(ana, visit.id, str(cast.li.id), NOW)
    first = Visit.get_by_id(visit.id)
    assert (first.state, first.engineer_id) == ("transferred", cast.mei.id)
    assert (passed_on.follows_id, passed_on.engineer_id, passed_on.work_order_id) == (
        visit.id, cast.li.id, visit.work_order_id,
    )  # fmt: skip
    assert [(one.act, one.role) for one in Record.select()] == [("reassigned", "desk")]
    with pytest.raises(errors.Ended):
        dispatching.give(ana, visit.id, str(cast.mei.id), NOW)


def test_giving_to_who_has_it_changes_nothing(ana, cast):
    visit = create(ana, engineer=str(cast.mei.id))
    assert dispatching.give(ana, visit.id, str(cast.mei.id), NOW).id == visit.id
    assert Visit.select().count() == 1 and not Record.select().exists()


def test_engineers_are_offered_with_their_clashes_the_free_ones_first(ana, cast):
    create(ana, engineer=str(cast.mei.id), **{"from": "13:00", "to": "14:30"})
    visit = create(ana, name="马超")
    choices = dispatching.choices(ana, visit)
    assert [(one.engineer.login, one.jobs, one.clash_minutes) for one in choices] == [
        ("li", 0, 0),
        ("mei", 1, 50),
    ]
    assert choices[1].clash_at == datetime(2026, 11, 23, 5, 0, tzinfo=UTC)


def test_a_visit_that_was_cancelled_takes_no_time(ana, cast):
    old = create(ana, engineer=str(cast.mei.id))
    dispatching.cancel(ana, old.id, {"reason": "works_again"}, NOW)
    assert [one.clash_minutes for one in dispatching.choices(ana, create(ana, name="马超"))] == [0, 0]


def test_a_slot_can_be_moved_until_the_visit_begins(ana, cast):
    visit = create(ana, engineer=str(cast.mei.id))
    dispatching.move(ana, visit.id, {"day": "2026-11-24", "from": "09:00", "to": "10:00"}, NOW)
    moved = visiting.opened(cast.mei, visit.id, NOW)
    assert moved.walk.appointment == datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
    assert (moved.visit.day.isoformat(), moved.walk.state, moved.visit.version) == (
        "2026-11-24",
        "scheduled",
        1,
    )
    assert [one.act for one in moved.records] == ["moved"]
    Visit.update(state="travelling").where(Visit.id == visit.id).execute()
    with pytest.raises(errors.Ended):
        dispatching.move(ana, visit.id, {"day": "2026-11-25", "from": "09:00", "to": "10:00"}, NOW)


def test_a_visit_is_cancelled_once_and_with_a_reason(ana):
    visit = create(ana)
    for raw, fields in (({}, {"reason": "required"}), ({"reason": "x"}, {"reason": "not_an_option"}),
                        ({"reason": "other"}, {"text": "required"})):  # fmt: skip
        with pytest.raises(errors.Invalid) as fault:
            dispatching.cancel(ana, visit.id, raw, NOW)
        assert fault.value.fields == fields
    dispatching.cancel(ana, visit.id, {"reason": "other", "text": "moved away"}, NOW)
    record = visiting.opened(ana, visit.id, NOW).records[-1]
    assert (record.act, record.role, record.body) == (
        "cancelled",
        "desk",
        {"reason": "other", "text": "moved away"},
    )
    assert Visit.get_by_id(visit.id).state == "cancelled"
    with pytest.raises(errors.Ended):
        dispatching.cancel(ana, visit.id, {"reason": "price"}, NOW)


def test_after_nobody_was_home_a_further_visit_is_made_once(ana, cast):
    visit = create(ana, engineer=str(cast.mei.id))
    Visit.update(state="no_access").where(Visit.id == visit.id).execute()
    slot = {"day": "2026-11-24", "from": "09:00", "to": "10:15", "engineer": str(cast.li.id)}
    again = dispatching.plan_again(ana, visit.id, slot, NOW)
    assert (again.follows_id, again.engineer_id, again.work_order_id) == (
        visit.id,
        cast.li.id,
        visit.work_order_id,
    )
    with pytest.raises(errors.Ended):
        dispatching.plan_again(ana, visit.id, slot, NOW)


def test_what_belongs_to_another_outlet_is_not_there(ana, cast):
    theirs = builders.visit(cast.tom)
    for ask in (
        lambda: dispatching.give(ana, theirs.id, str(cast.mei.id), NOW),
        lambda: dispatching.move(ana, theirs.id, {"day": "2026-11-24", "from": "09:00", "to": "10:00"}, NOW),
        lambda: dispatching.cancel(ana, theirs.id, {"reason": "price"}, NOW),
        lambda: dispatching.work_order(ana, theirs.work_order_id),
    ):
        with pytest.raises(errors.NotFound):
            ask()


def test_an_engineer_dispatches_nothing(cast):
    visit = builders.visit(cast.mei)
    with pytest.raises(errors.NotFound):
        dispatching.cancel(cast.mei, visit.id, {"reason": "price"}, NOW)


def test_the_board_shows_the_day_in_one_question(ana, cast):
    for number in range(6):
        create(ana, name=f"C{number}", engineer=str(cast.mei.id) if number % 2 else "")
    late = builders.visit(cast.li, at="08:30")
    asked = []
    dispatching.boards.database.execute_sql, original = (
        lambda *args, **kwargs: (asked.append(args[0]), original(*args, **kwargs))[1]
    ), dispatching.boards.database.execute_sql  # fmt: skip
    try:
        cards = dispatching.cards(ana, NOW.date(), NOW)
    finally:
        del dispatching.boards.database.execute_sql
    assert len(asked) == 1 and len(cards) == 7
    card = next(one for one in cards if one.row["id"] == late.id)
    assert (card.column, card.badge.code, card.badge.minutes, card.is_trouble) == ("to_do", "late", 30, True)
    assert {one.column for one in cards} == {"to_do", "to_give_out"}
    assert dispatching.cards(ana, (NOW + timedelta(days=1)).date(), NOW) == []


def test_a_request_that_nobody_took_stands_first_with_its_age(ana):
    newer = create(ana, now=NOW - timedelta(minutes=2))
    older = create(ana, now=NOW - timedelta(minutes=20), name="Older")
    cards = dispatching.cards(ana, older.day, NOW, 3)
    assert [one.row["id"] for one in cards] == [older.id, newer.id]
    assert [(one.badge.code, one.badge.minutes, one.is_trouble) for one in cards] == [
        ("not_taken", 20, True), ("not_taken", 2, False),
    ]  # fmt: skip
