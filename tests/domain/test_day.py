"""The day's end as a rule: what a visit owes, what differs, and what a form may say."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.domain import day, doubt, survey
from app.domain.day import Came, Owed
from app.domain.doubt import Call, Seen

CASH = Owed(7, slip=True, cash=18000, old_parts=2)
GOOD = {"slip": Came("received"), "cash": Came("received", 18000), "old_parts": Came("received")}
AT = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("sealed", "things", "cash", "other"),
    [
        (None, (), 0, {}),
        ({"payment": None, "lines": []}, ("slip",), 0, {}),
        ({"payment": {"method": "cash", "paid": 500}, "lines": []}, ("slip", "cash"), 500, {}),
        ({"payment": {"method": "none", "paid": 0}, "lines": None}, ("slip",), 0, {}),
        ({"payment": {"method": "alipay", "paid": 500}, "lines": []}, ("slip",), 0, {"alipay": 500}),
        (
            {"payment": None, "lines": [{"old_part": "taken", "qty": 2}, {"old_part": "left", "qty": 1}, {}]},
            ("slip", "old_parts"), 0, {},
        ),
    ],
)  # fmt: skip
def test_what_a_visit_owes_is_what_was_sealed(sealed, things, cash, other):
    due = day.owed(7, "finished", "drawn", sealed)
    assert (due.things, due.cash, dict(due.other)) == (things, cash, other)


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({}, []),
        ({"slip": None}, [("slip", "open", 0)]),
        ({"slip": Came("missing")}, [("slip", "missing", 0)]),
        ({"slip": Came("spoilt")}, [("slip", "spoilt", 0)]),
        ({"cash": Came("received", 17000)}, [("cash", "short", 1000)]),
        ({"cash": Came("received", 18050)}, [("cash", "over", 50)]),
        ({"cash": None, "old_parts": Came("missing")}, [("cash", "open", 0), ("old_parts", "missing", 0)]),
    ],
)
def test_what_differs_is_named(changes, codes):
    came = {thing: one for thing, one in {**GOOD, **changes}.items() if one}
    found = day.differences(CASH, came)
    assert [(one.thing, one.code, one.amount) for one in found] == codes
    assert day.balance([(CASH, came)]).is_even == (not codes)


def test_a_signature_that_no_longer_holds_differs_whatever_came_in():
    due = day.owed(7, "finished", "void", {"payment": None, "lines": []})
    assert [one.code for one in day.differences(due, {"slip": Came("received")})] == ["void"]


@pytest.mark.parametrize(
    ("typed", "faults"),
    [
        ({"slip-7": "received", "cash-7": "180", "old-7": "received"}, {}),
        ({"cash-7": "180,00"}, {}),
        ({"slip-7": "missing"}, {"why-7": "required"}),
        ({"slip-7": "missing", "why-7": "in the car"}, {}),
        ({"cash-7": "179.99"}, {"why-7": "required"}),
        ({"cash-7": "a lot"}, {"cash-7": "not_money"}),
        ({"old-7": "spoilt", "why-7": "x"}, {"old-7": "not_an_option"}),
        ({"why-7": "x" * 201}, {"why-7": "too_long"}),
        ({}, {}),
    ],
)
def test_what_a_form_may_say(typed, faults):
    assert day.read(CASH, {}, typed)[1] == faults


def test_only_what_changed_is_noted_anew():
    typed = {"slip-7": "received", "cash-7": "180", "old-7": "missing", "why-7": "kept by the customer"}
    found, faults = day.read(CASH, {"slip": Came("received"), "cash": Came("received", 18000)}, typed)
    assert not faults and found == {"old_parts": Came("missing", None, "kept by the customer")}


RATED = {"satisfied": "yes", "quality": "5"}
FINE = Seen(
    7, rating=RATED, rated_at=AT, handed_at=AT - timedelta(minutes=2), signed_at=AT - timedelta(minutes=1),
    left_at=AT + timedelta(minutes=5), how="drawn", seal_holds=True, slip="received", day_over=True,
)  # fmt: skip


def changed(**values):
    return [one.kind for one in doubt.findings(replace(FINE, **values))]


@pytest.mark.parametrize(
    ("values", "kinds"),
    [
        ({}, []),
        ({"seal_holds": False}, ["seal_differs"]),
        ({"seal_holds": False, "rating": {"satisfied": "no"}}, ["seal_differs"]),
        ({"how": "declined"}, ["not_signed"]),
        ({"how": "", "signed_at": None, "seal_holds": None}, ["not_signed"]),
        ({"void": True}, ["not_signed"]),
        ({"slip": "missing"}, ["no_slip"]),
        ({"slip": ""}, ["no_slip"]),
        ({"slip": "", "day_over": False}, []),
        ({"slip": "spoilt"}, []),
        ({"calls": (Call("not_fine", {}),)}, ["says_otherwise"]),
        ({"calls": (Call("fine", {"signed_self": "no"}),)}, ["says_otherwise"]),
        ({"calls": (Call("fine", {"clean": "no"}),)}, []),
        ({"calls": (Call("not_reached", {}),)}, []),
        ({"handed_at": AT - timedelta(seconds=64)}, ["too_quick"]),
        ({"handed_at": AT - timedelta(seconds=64), "how": "paper"}, []),
        ({"handed_at": AT - timedelta(seconds=64), "clock_sure": False}, []),
        ({"left_at": AT - timedelta(minutes=9)}, ["after_leaving"]),
        ({"rating": {"satisfied": "no"}, "slip": "missing", "how": "declined"}, []),
        ({"rating": None, "slip": "missing"}, []),
        ({"rating": {"quality": "4"}, "slip": "missing"}, ["no_slip"]),
        ({"rating": {"quality": "3"}, "slip": "missing"}, []),
    ],
)
def test_a_satisfied_that_does_not_fit_is_found_and_one_that_fits_is_left_alone(values, kinds):
    assert changed(**values) == kinds


def test_only_a_rating_that_was_not_the_customers_own_stops_counting():
    assert [doubt.counts([one]) for one in (None, "cleared", "mistake", "not_the_customer")] == [
        True,
        True,
        True,
        False,
    ]


def test_a_survey_keeps_what_was_asked_and_counts_it():
    answers, faults = survey.read({"survey-works": "yes", "survey-signed_self": "no", "survey-clean": ""})
    assert answers == {"works": "yes", "signed_self": "no"} and not faults
    assert survey.read({"survey-works": "perhaps"})[1] == {"survey-works": "not_an_option"}
    assert survey.against(answers) == ("signed_self",)
    assert survey.counted([answers, {"works": "yes"}])["works"] == {"yes": 2, "no": 0, "unsure": 0}
