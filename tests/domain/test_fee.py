"""What a visit costs: the shared vectors, an independent telling of the rules, and what must hold for any fee."""

import json
from dataclasses import replace
from fractions import Fraction
from math import floor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain import fee, price_list
from app.domain.fee import Line
from tools import make_vectors

VECTORS = json.loads(Path("tests/vectors/fee.json").read_text(encoding="utf-8"))
HANGZHOU = price_list.load("hangzhou-2026-11")
MADRID = price_list.load("madrid-2026-11")
AT_HOME = {
    "warranty": "out",
    "cause_chargeable": False,
    "job_kind": "repair",
    "months_since_install": None,
    "repaired": True,
}


def cost(*lines, price_list=HANGZHOU, **differs):
    return fee.compute(lines, price_list=price_list, **{**AT_HOME, **differs})


# --- the table and its shared cases ---


def test_the_vectors_are_made_with_this_table_and_are_many():
    assert VECTORS["rule_table"] == fee.TABLE_HASH
    assert len(VECTORS["cases"]) >= 300


@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda case: case["name"])
def test_each_shared_case_answers_as_written(case):
    wanted = {key: case[key] for key in ("expect", "error") if key in case}
    assert make_vectors.answer(case) == wanted


def test_the_vectors_are_what_their_tool_makes():
    stored = Path("tests/vectors/fee.json").read_text(encoding="utf-8")
    assert stored == make_vectors.fee_text(), "run: .venv/bin/python -m tools.make_vectors"
    assert Path("tests/vectors/seal.json").read_text(encoding="utf-8") == make_vectors.seal_text()


def test_every_row_of_the_table_decides_some_shared_case():
    decided = set()
    for case in VECTORS["cases"]:
        for charge in case.get("expect", {}).get("charges", []):
            decided.add(charge["rule"])
    assert decided == {rule["id"] for rule in fee.TABLE["rules"]} | {fee.WAIVED}


def test_the_last_row_holds_for_everything():
    assert fee.TABLE["rules"][-1]["when"] == {}


# --- the sentences of the norm ---


def test_a_line_is_quoted_at_the_price_of_the_list():
    assert fee.quoted(MADRID, "1", "drain_pump", 2) == Line("1", "drain_pump", "part", 2, 5490, None)


def test_what_is_not_on_the_list_cannot_be_quoted():
    with pytest.raises(fee.FeeError, match="unknown_item"):
        fee.quoted(MADRID, "1", "goodwill_discount", 1)


def test_tax_is_in_the_price_in_hangzhou_and_comes_on_top_in_madrid():
    here = cost(fee.quoted(HANGZHOU, "1", "drain_pump", 1))
    there = cost(fee.quoted(MADRID, "1", "drain_pump", 1), price_list=MADRID)
    assert (here.net, here.tax, here.total, here.currency) == (14867, 1933, 16800, "CNY")
    assert (there.net, there.tax, there.total, there.currency) == (5490, 1153, 6643, "EUR")


def test_a_fee_owed_only_for_want_of_proof_says_so():
    line = fee.quoted(HANGZHOU, "1", "drain_pump", 1)
    assert cost(line, warranty="unverified").provisional
    assert not cost(line, warranty="out").provisional
    assert not cost(line, warranty="unverified", ruling={"kind": "waive"}).provisional


def test_a_reduced_fee_keeps_its_lines_and_says_what_was_taken_off():
    found = cost(fee.quoted(HANGZHOU, "1", "drain_pump", 1), ruling={"kind": "reduce_to", "amount": 10000})
    assert (found.total, found.reduction, found.charges[0].amount) == (10000, 6800, 16800)


def test_two_lines_of_one_key_are_refused():
    line = fee.quoted(HANGZHOU, "1", "drain_pump", 1)
    with pytest.raises(fee.FeeError, match="line_twice"):
        cost(line, line)


# --- what holds for any fee ---

lines = st.lists(
    st.builds(
        Line,
        key=st.just(""),
        item=st.sampled_from(["drain_pump", "travel_far", "callout"]),
        kind=st.sampled_from(price_list.KINDS),
        qty=st.integers(1, 40),
        standard=st.integers(0, 10**7),
        certificate=st.none() | st.integers(0, 10**7),
    ),
    max_size=6,
).map(lambda rows: [replace(row, key=str(number)) for number, row in enumerate(rows)])
cases = st.fixed_dictionaries(
    {
        "warranty": st.sampled_from(fee.WARRANTIES),
        "cause_chargeable": st.booleans(),
        "job_kind": st.sampled_from(["repair", "software", "installation", "commissioning", "guidance"]),
        "months_since_install": st.none() | st.integers(0, 40),
        "repaired": st.booleans(),
        "repair_warranty": st.booleans(),
        "price_list": st.builds(
            replace,
            st.just(HANGZHOU),
            tax_rate_bp=st.integers(0, 10_000),
            tax_included=st.booleans(),
            software_gap=st.sampled_from(price_list.SOFTWARE_GAP),
        ),
    }
)
rulings = st.just({"kind": "waive"}) | st.builds(
    lambda amount: {"kind": "reduce_to", "amount": amount}, st.integers(0, 10**8)
)


@settings(max_examples=300)
@given(lines, cases)
def test_each_line_is_judged_as_the_norm_says_it_in_words(rows, case):
    for charge in fee.compute(rows, **case).charges:
        assert (charge.rule, charge.applied) == in_words(charge, case)


@given(lines, cases)
def test_the_figures_add_up(rows, case):
    found = fee.compute(rows, **case)
    tariff = case["price_list"]
    amounts = sum(charge.amount for charge in found.charges)
    assert found.net + found.tax == found.total and min(found.net, found.tax, found.total) >= 0
    assert amounts == (found.total if tariff.tax_included else found.net)
    assert found.tax == rounded(found.net * Fraction(tariff.tax_rate_bp, 10_000)) or tariff.tax_included
    assert all(charge.amount == charge.qty * charge.applied for charge in found.charges)
    assert found.chargeable == (found.total > 0)


@given(lines, cases)
def test_nobody_pays_more_than_the_list_or_the_certificate_says(rows, case):
    for charge in fee.compute(rows, **case).charges:
        assert charge.applied <= charge.standard
        assert charge.certificate is None or charge.applied <= charge.certificate


@given(lines, cases)
def test_being_in_warranty_never_costs_more(rows, case):
    covered = fee.compute(rows, **{**case, "warranty": "in"})
    assert covered.total <= fee.compute(rows, **{**case, "warranty": "out"}).total


@given(lines, cases, rulings)
def test_a_ruling_never_raises_a_fee_and_is_met_to_the_coin(rows, case, ruling):
    before = fee.compute(rows, **case)
    after = fee.compute(rows, **case, ruling=ruling)
    assert after.total == min(before.total, ruling.get("amount", 0))
    assert after.net + after.tax == after.total and min(after.net, after.tax) >= 0


@given(lines, cases)
def test_the_order_of_the_lines_does_not_change_the_sum(rows, case):
    assert fee.compute(rows[::-1], **case).total == fee.compute(rows, **case).total


def in_words(line, case):
    """The same rules once more, told as one would to a colleague, without the table: (rule, unit price)."""
    lower = line.standard if line.certificate is None else min(line.standard, line.certificate)
    months, job = case["months_since_install"], case["job_kind"]
    covered = case["repair_warranty"] or case["warranty"] != "out"
    software = line.kind == "software" or (job == "software" and line.kind in ("labour", "travel"))
    if not case["repaired"] and line.kind != "travel":
        return "H-QUOTE-05", 0
    if line.kind == "upgrade":
        return "N-UP-02", lower
    if line.item == "travel_far" and job in ("installation", "commissioning"):
        return "C-INST-18", lower
    if software and months is not None:
        if months <= 1:
            return "N-SOFT-04", 0
        free = months <= 3 and case["price_list"].software_gap == "free"
        return "N-SOFT-05", 0 if free else lower
    if case["cause_chargeable"] and covered:
        return "N-MISUSE-14", lower
    if case["repair_warranty"]:
        return "Q-REWORK-09", 0
    if case["warranty"] == "in":
        return "N-COST-11", 0
    if case["warranty"] == "unverified":
        return "A-CHECK-06", lower
    return ("N-LOW-08" if line.certificate not in (None, line.standard) else "N-OUT-06"), lower


def rounded(exact):
    return floor(exact + Fraction(1, 2))
