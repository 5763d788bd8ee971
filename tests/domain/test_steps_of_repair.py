"""Quote, consent, repair, take-back, payment: which entries are taken, and which fault each other one gets."""

import pytest

from tests.domain.entering import SHA, agreed, quoted, read, with_
from tests.domain.walking import FACTS, Walked


@pytest.mark.parametrize(
    ("changed", "faults"),
    [
        ({}, {}), ({"qty": "99"}, {}), ({"certificate_price": "80,00"}, {}), ({"qty": None}, {}),
        ({"certificate_price": "99999"}, {}),  # above the list's: the lower one counts
        ({"item": None}, {"item": "required"}), ({"item": "gold"}, {"item": "not_an_option"}),
        ({"qty": "0"}, {"qty": "too_small"}), ({"qty": "100"}, {"qty": "too_large"}),
        ({"qty": ""}, {"qty": "required"}),
        ({"qty": "-1"}, {"qty": "too_small"}), ({"qty": "1.5"}, {"qty": "not_a_number"}),
        ({"certificate_price": "0"}, {"certificate_price": "too_small"}),
        ({"certificate_price": "-3"}, {"certificate_price": "not_money"}),
        ({"certificate_price": "1e9"}, {"certificate_price": "not_money"}),
        ({"certificate_price": "free"}, {"certificate_price": "not_money"}),
    ],
)  # fmt: skip
@pytest.mark.parametrize("step", ["diagnose", "consent", "repair", "fees"])
def test_a_quoted_line(step, changed, faults):
    assert read(step, "line", with_({"item": "drain_pump", "qty": "1"}, **changed))[1] == faults


def test_a_certificate_above_the_standard_never_raises_the_price():
    visit = Walked().line(certificate_price="99999").diagnosed()
    (charge,) = visit.walk.fee.charges
    assert charge.applied == charge.standard < 9999900


def test_a_quote_has_an_end():
    visit = Walked()
    for _ in range(40):
        visit.line("drain_pump", qty="99")
    assert visit.walk.fee.total > 0
    assert read("diagnose", "line", {"item": "drain_pump", "qty": "1"}, visit=visit)[1] == {
        "item": "too_many_lines"
    }


@pytest.mark.parametrize("line", ["", "key-99", "drain_pump"])
def test_only_a_line_that_is_there_can_be_taken_out(line):
    assert set(read("diagnose", "unline", {"line": line})[1]) == {"line"}


@pytest.mark.parametrize(
    ("act", "fields", "faults"),
    [
        ("agreed", {}, {"total": "required"}),
        ("agreed", {"total": "1"}, {"total": "changed_meanwhile"}),
        ("agreed", {"total": "12,50"}, {"total": "not_a_number"}),
        ("agreed", {"total": "-1"}, {"total": "too_small"}),
        ("refused", {"reason": "too_expensive"}, {}),
        ("refused", {}, {"reason": "required"}),
        ("refused", {"reason": "because"}, {"reason": "not_an_option"}),
        ("done", {}, {"consent": "customer_has_not_agreed"}),
    ],
)
def test_consent(act, fields, faults):
    assert read("consent", act, fields)[1] == faults


def test_the_total_that_stands_is_the_one_agreed_to():
    visit = quoted()
    body, faults = visit.read("consent", "agreed", {"total": str(visit.walk.fee.total)})
    assert faults == {} and body == {"total": visit.walk.fee.total, "currency": "CNY"}


GOOD_REPAIR = {"mode": "on_site", "measures": ["replaced_part"]}


@pytest.mark.parametrize(
    ("changed", "faults"),
    [
        ({"mode": None}, {"mode": "required"}),
        ({"mode": "magic"}, {"mode": "not_an_option"}),
        ({"measures": None}, {"measures": "required"}),
        ({"measures": ["prayed"]}, {"measures": "not_an_option"}),
        ({}, {"fitted": "parts_without_old_part"}),
        ({"mode": "no_fault", "measures": None}, {}),
        ({"mode": "no_fault", "height_cm": "199"}, {}),
        ({"mode": "no_fault", "height_cm": "200"}, {"belt": "no_belt_no_work"}),
        ({"mode": "no_fault", "height_cm": "200", "belt": "on"}, {}),
        ({"mode": "no_fault", "height_cm": "-5"}, {"height_cm": "too_small"}),
        ({"mode": "no_fault", "height_cm": "2 m"}, {"height_cm": "not_a_number"}),
    ],
)
def test_repair(changed, faults):
    assert read("repair", fields=with_(GOOD_REPAIR, **changed))[1] == faults


@pytest.mark.parametrize(
    ("changed", "faults"),
    [
        ({}, {}), ({"old_part": None}, {"old_part": "required"}),
        ({"old_part": "eaten"}, {"old_part": "not_an_option"}),
        ({"old_part": "left"}, {"reason": "required"}), ({"old_part": "left", "reason": "customer_keeps"}, {}),
        ({"line": None}, {"line": "required"}), ({"line": "key-77"}, {"line": "not_an_option"}),
        ({"serial_new": "x" * 201}, {"serial_new": "too_long"}),
    ],
)  # fmt: skip
def test_a_fitted_part(changed, faults):
    visit = agreed()
    good = {"line": visit.walk.unfitted[0], "serial_new": "N1", "old_part": "taken"}
    assert read("repair", "fitted", with_(good, **changed), visit=visit)[1] == faults


def test_labour_cannot_be_fitted():
    visit = Walked().line("labour_medium")
    fields = {"line": visit.records[0].key, "old_part": "taken"}
    assert read("repair", "fitted", fields, visit=visit)[1] == {"line": "not_an_option"}


TAKEN = {"condition": "scratch on the left door", "photos": [SHA], "reason": "workshop_tools",
         "promised_on": "2026-11-27", "loaner": "7", "loaner_condition": "clean"}  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "faults"),
    [
        ({}, {}), ({"loaner": "none", "loaner_condition": None}, {}), ({"promised_on": "2026-11-23"}, {}),
        ({"condition": None}, {"condition": "required"}), ({"condition": "x" * 501}, {"condition": "too_long"}),
        ({"photos": None}, {"photos": "required_or_reason"}), ({"photos": None, "photos_reason": "camera broken"}, {}),
        ({"photos": None, "photos_reason": "x", "reason": None}, {"reason": "required"}),
        ({"promised_on": None}, {"promised_on": "required"}),
        ({"promised_on": "2026-11-22"}, {"promised_on": "in_the_past"}),
        ({"promised_on": "2099-01-01"}, {"promised_on": "too_far_ahead"}),
        ({"promised_on": "soon"}, {"promised_on": "bad_date"}),
        ({"loaner": None}, {"loaner": "required"}), ({"loaner": "8"}, {"loaner": "not_an_option"}),
        ({"loaner_condition": None}, {"loaner_condition": "required"}),
    ],
)  # fmt: skip
def test_what_is_taken_away(changed, faults):
    assert read("take_back", fields=with_(TAKEN, **changed))[1] == faults


def test_the_phone_is_not_handed_over_for_a_unit_that_went_elsewhere():
    visit = quoted().act("take_back", "done", TAKEN)
    assert visit.read("take_back", "handed_over")[1] == {}
    visit.facts = type(FACTS)(**{name: getattr(FACTS, name) for name in FACTS.__slots__} | {"loaners": ()})
    assert visit.read("take_back", "handed_over")[1] == {"loaner": "lent_elsewhere"}


@pytest.mark.parametrize(
    ("fields", "faults", "kept"),
    [
        ({"method": "cash"}, {}, {"method": "cash", "paid": "all"}),
        ({"method": "wechat", "amount": "10"}, {"rest": "required"}, None),
        ({"method": "wechat", "amount": "10", "rest": "later"}, {"later_by": "required"}, None),
        (
            {"method": "wechat", "amount": "10", "rest": "later", "later_by": "2026-11-30"},
            {},
            {"paid": 1000, "rest": "later"},
        ),
        ({"method": "none", "rest": "later", "later_by": "2026-11-22"}, {"later_by": "in_the_past"}, None),
        ({"method": "none", "rest": "later", "later_by": "2036-11-22"}, {"later_by": "too_far_ahead"}, None),
        ({"method": "none", "rest": "refused"}, {"refuse_reason": "required"}, None),
        (
            {"method": "none", "rest": "refused", "refuse_reason": "not_satisfied"},
            {},
            {"paid": 0, "rest": "refused"},
        ),
        ({"method": "none"}, {"rest": "required"}, None),
        ({"method": "none", "amount": "10"}, {"rest": "required"}, None),
        ({"method": "cash", "amount": "0"}, {"amount": "required"}, None),
        ({"method": "cash", "amount": "99999"}, {"amount": "more_than_the_total"}, None),
        ({"method": "cash", "amount": "1,234.567"}, {"amount": "not_money"}, None),
        ({"method": "cash", "amount": "-1"}, {"amount": "not_money"}, None),
        ({}, {"method": "required"}, None),
        ({"method": "gold"}, {"method": "not_an_option"}, None),
        ({"method": "cash", "invoice": "on"}, {"invoice_title": "required"}, None),
        ({"method": "cash", "invoice": "on", "invoice_title": "Lang Ltd"}, {}, {"invoice": True}),
    ],
)
def test_pay(fields, faults, kept):
    visit = agreed()
    body, found = visit.read("pay", "done", fields)
    assert found == faults
    for name, value in (kept or {}).items():
        assert body[name] == (visit.walk.fee.total if value == "all" else value)


def test_who_paid_everything_owes_no_rest():
    """What was chosen before the amount was changed stays out of the record, and so off the slip."""
    left_over = {
        "method": "cash",
        "rest": "refused",
        "later_by": "2026-11-30",
        "refuse_reason": "not_satisfied",
    }
    body, faults = read("pay", fields=left_over, visit=agreed())
    assert faults == {} and not {"rest", "later_by", "refuse_reason"} & set(body)
    later = {**left_over, "method": "cash", "amount": "1", "rest": "later"}
    assert "refuse_reason" not in read("pay", fields=later, visit=agreed())[0]


def test_the_fees_that_were_looked_at_are_kept():
    visit = agreed()
    assert visit.read("fees", "done", {}) == ({"total": visit.walk.fee.total}, {})


def test_what_was_found_dangerous_is_not_said_to_work_until_it_was_made_safe():
    visit = quoted()
    problem = {"problem": "dangerous", "remedy": "not_powered", "what": ["burnt"], "told": "on"}
    visit.act("diagnose", "problem", problem)
    for result in ("works", "fails"):
        assert read("test", fields={"result": result}, visit=visit)[1] == {"result": "make_safe_first"}
    assert read("test", fields={"result": "dangerous", "told_danger": "on"}, visit=visit)[1] == {}
    visit.act("diagnose", "problem", {**problem, "remedy": "made_safe"})
    assert read("test", fields={"result": "works"}, visit=visit)[1] == {}


def test_cash_and_old_parts_are_handed_in_only_where_there_are_some():
    visit = agreed()
    visit.act("repair", "fitted", {"line": visit.walk.unfitted[0], "old_part": "taken"})
    visit.act("pay", "done", {"method": "cash"})
    assert set(read("hand_in", visit=visit)[1]) == {"card", "money", "old_parts"}
    assert set(read("hand_in")[1]) == {"card"}
