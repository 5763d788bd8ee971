"""In or out of warranty, and the term of a repair."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import warranty

TODAY = date(2026, 11, 22)
days = st.dates(date(1995, 1, 1), date(2060, 12, 31))


@pytest.mark.parametrize(
    ("bought", "months", "basis", "status", "until"),
    [
        (date(2026, 1, 10), 12, "invoice", "in", date(2027, 1, 10)),
        (date(2025, 11, 22), 12, "certificate", "in", date(2026, 11, 22)),  # the last day is covered
        (date(2025, 11, 21), 12, "certificate", "out", date(2026, 11, 21)),
        (date(2026, 11, 22), 12, "plate", "in", date(2027, 11, 22)),
        (date(2026, 11, 22), 0, "plate", "in", date(2026, 11, 22)),
        (None, 12, "certificate", "unverified", None),
        (date(2026, 11, 23), 12, "invoice", "unverified", date(2027, 11, 23)),  # bought tomorrow
        (date(2026, 1, 10), 12, None, "unverified", date(2027, 1, 10)),
        (date(2026, 1, 10), 12, "rumour", "unverified", date(2027, 1, 10)),
        (date(2026, 1, 10), 12, "statement", "unverified", date(2027, 1, 10)),
        (date(2020, 1, 10), 12, "statement", "out", date(2021, 1, 10)),
    ],
)
def test_a_product_is_in_out_or_unverified(bought, months, basis, status, until):
    found = warranty.decide(bought, months, TODAY, basis)
    assert (found.status, found.until, found.basis) == (status, until, basis)


def test_an_exchanged_product_counts_from_its_exchange():
    assert warranty.decide(date(2024, 1, 1), 12, TODAY, "invoice").status == "out"
    assert warranty.decide(date(2024, 1, 1), 12, TODAY, "invoice", date(2026, 3, 1)).until == date(2027, 3, 1)


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
        (date(2026, 5, 5), 0, date(2026, 5, 5)),
    ],
)
def test_months_end_on_the_last_day_of_a_short_month(start, months, end):
    assert warranty.add_months(start, months) == end


@pytest.mark.parametrize(
    ("start", "today", "begun"),
    [
        (date(2026, 8, 22), date(2026, 8, 22), 0),
        (date(2026, 8, 22), date(2026, 8, 23), 1),
        (date(2026, 8, 22), date(2026, 9, 22), 1),  # one month to the day is still within it
        (date(2026, 8, 22), date(2026, 9, 23), 2),
        (date(2026, 8, 22), date(2026, 11, 22), 3),
        (date(2026, 8, 22), date(2026, 11, 23), 4),  # after three months
        (date(2026, 1, 31), date(2026, 2, 28), 1),
        (date(2026, 1, 31), date(2026, 3, 1), 2),
        (date(2026, 8, 22), date(2026, 8, 1), 0),
    ],
)
def test_begun_months_count(start, today, begun):
    assert warranty.months_since(start, today) == begun


@given(days, st.integers(0, 240))
def test_a_term_is_over_the_day_after_its_last(start, months):
    end = warranty.add_months(start, months)
    assert warranty.months_since(start, end) <= months
    assert warranty.months_since(start, end + timedelta(days=1)) == months + 1


@given(days, st.integers(0, 120), days)
def test_a_proven_date_always_decides(bought, months, today):
    found = warranty.decide(bought, months, today, "invoice")
    assert found.status == ("unverified" if bought > today else "in" if today <= found.until else "out")


@pytest.mark.parametrize("months", [1, 2, 3])
def test_the_usual_term_needs_no_further_consent(months):
    assert warranty.repair_term(months, minimum=1, agreed_before=False).months == months


@pytest.mark.parametrize(
    ("months", "minimum", "agreed", "case", "code"),
    [
        (6, 1, False, None, "consent_missing"),
        (0, 0, False, "refrigerant", "consent_missing"),
        (0, 0, True, None, "case_missing"),
        (0, 1, True, "refrigerant", "below_minimum"),  # consent does not go below the law
        (2, 3, True, None, "below_minimum"),
        (-1, 0, True, None, "below_minimum"),
    ],
)
def test_a_term_that_may_not_be_given_is_refused(months, minimum, agreed, case, code):
    with pytest.raises(warranty.WarrantyError) as refused:
        warranty.repair_term(months, minimum=minimum, agreed_before=agreed, case=case)
    assert refused.value.code == code and refused.value.rule.startswith("O-TERM-0")


def test_a_longer_term_and_none_at_all_can_be_agreed_where_the_law_lets():
    assert warranty.repair_term(12, minimum=3, agreed_before=True).months == 12
    none = warranty.repair_term(0, minimum=0, agreed_before=True, case="refrigerant")
    assert (none.months, none.case, none.scope) == (0, "refrigerant", "original_fault")


@pytest.mark.parametrize(
    ("days", "minimum", "given"), [(93, 3, True), (92, 3, False), (30, 1, False), (1, 0, True)]
)
def test_a_term_in_days_is_never_below_the_laws_months(days, minimum, given):
    if given:
        assert warranty.repair_term(0, minimum=minimum, agreed_before=True, days=days).days == days
        return
    with pytest.raises(warranty.WarrantyError, match="below_minimum"):
        warranty.repair_term(0, minimum=minimum, agreed_before=True, days=days)


def test_a_term_in_days_covers_to_its_last_day():
    signed = TODAY - timedelta(days=40)
    assert warranty.repair_covers(signed, 0, TODAY, same_fault=True, days=40)
    assert not warranty.repair_covers(signed, 0, TODAY, same_fault=True, days=39)


def test_an_earlier_repair_covers_the_same_fault_to_its_last_day():
    signed = date(2026, 8, 22)
    assert warranty.repair_covers(signed, 3, TODAY, same_fault=True)
    assert not warranty.repair_covers(signed, 3, TODAY + timedelta(days=1), same_fault=True)
    assert not warranty.repair_covers(signed, 3, TODAY, same_fault=False)
    assert not warranty.repair_covers(signed, 0, signed, same_fault=True)


@pytest.mark.parametrize(
    ("earlier", "fault", "is_free"),
    [
        ({"signed_on": "2026-08-22", "months": 3, "days": 0, "fault": "leaks_water"}, "leaks_water", True),  # the last day
        ({"signed_on": "2026-08-21", "months": 3, "days": 0, "fault": "leaks_water"}, "leaks_water", False),
        ({"signed_on": "2026-08-22", "months": 3, "days": 0, "fault": "leaks_water"}, "noise", False),  # out of scope
        ({"signed_on": "2026-08-22", "months": 3, "days": 0, "fault": "leaks_water"}, None, False),  # not found out yet
        ({"signed_on": "2026-08-22", "months": 3, "days": 0, "fault": None}, None, False),
        ({"signed_on": "2026-11-02", "months": 0, "days": 20, "fault": "noise"}, "noise", True),
        ({"signed_on": "2026-11-01", "months": 0, "days": 20, "fault": "noise"}, "noise", False),
        ({"signed_on": "2026-11-20", "months": 0, "days": 0, "fault": "noise"}, "noise", False),  # none was given
        ({"signed_on": "2026-11-23", "months": 3, "days": 0, "fault": "noise"}, "noise", False),  # signed later
        (None, "noise", False),
    ],
)  # fmt: skip
def test_rework_is_free_in_the_term_and_the_scope_of_the_earlier_repair(earlier, fault, is_free):
    assert warranty.rework_is_free(earlier, fault, date(2026, 11, 22)) == is_free
