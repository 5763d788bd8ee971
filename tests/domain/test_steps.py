"""Each kind of step: what it makes of good input, and which fault each bad input gets."""

import json
from datetime import timedelta

import pytest

from app.domain.steps import sign
from app.domain.steps.kinds import KINDS
from app.domain.vocabulary import ACTS, CUSTOMER_ACTS
from tests.domain.walking import FACTS, SLOT, Walked

SHA = "sha256:" + "a" * 64
STROKES = "[[20,90,40,40,60,95,80,45],[110,70,150,66]]"
CANVAS = "[340,240]"


def read(step: str, act: str = "done", fields=None, *, visit: Walked | None = None):
    """Body and faults of an entry; the visit is a quoted one unless given."""
    return (visit or quoted()).read(step, act, fields or {})


def quoted() -> Walked:
    """Diagnosed, with a pump on the quote; an hour before the appointment."""
    return Walked().line("drain_pump").diagnosed()


def agreed() -> Walked:
    visit = quoted()
    return visit.add("consent", "agreed", {"total": visit.walk.fee.total}, role="customer")


def with_(good, **changed):
    """The good entry with other values; None takes one out."""
    return {key: value for key, value in {**good, **changed}.items() if value is not None}


def test_every_kind_of_the_norm_has_a_reader_and_known_acts():
    norm = Walked().protocol
    assert {step.kind for step in norm.steps} <= set(KINDS)
    for kind, module in KINDS.items():
        assert module.ACTS and set(module.ACTS) <= set(ACTS), kind
        assert module.__doc__.startswith(f"`{kind}`")


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_no_kind_breaks_on_an_empty_or_a_hostile_entry(kind):
    visit = quoted()
    step = visit.protocol.kind_of(kind)
    names = (
        "name item line strokes size how total rung slot purchase_date mode worn amount method time time_is photos"
        " loaner promised_on result qty"
    )
    hostile = {name: ["\u202ex" * 5000, "[[[", SHA] for name in names.split()}
    for act in KINDS[kind].ACTS:
        for fields in ({}, hostile, {"": ""}, {"done": []}):
            body, faults = visit.read(step.id, act, fields)
            json.dumps(body)
            assert all(isinstance(code, str) and code for code in faults.values())


DATA = {"name": "陈静", "address": "滨江区江南大道 1888 号", "phone": "+8613800138001", "purchase_date": "2022-01-05",
        "symptom": "不排水", "name_by": "customer"}  # fmt: skip
BAD = {
    "accept": (DATA, [
        ({"name": None}, "name", "required"), ({"name": "\u202e"}, "name", "required"),
        ({"address": ""}, "address", "required"), ({"address": "x" * 301}, "address", "too_long"),
        ({"phone": "unknown"}, "phone", "not_a_phone"),
        ({"purchase_date": "2026-11-24"}, "purchase_date", "in_the_future"),
        ({"purchase_date": "1066-10-14"}, "purchase_date", "bad_date"), ({"symptom": "x" * 501}, "symptom", "too_long"),
        ({"name_by": "neighbour"}, "name", "not_an_option"),
    ]),
    "analyse": ({"place": "home", "time": "enough", "causes": ["pump_worn"], "parts": ["drain_pump"], "loaner": "7"}, [
        ({"place": None}, "place", "required"), ({"place": "moon"}, "place", "not_an_option"),
        ({"time": ""}, "time", "required"), ({"causes": ["pump_worn", "magic"]}, "causes", "not_an_option"),
        ({"parts": ["compressor"]}, "parts", "not_an_option"), ({"loaner": "8"}, "loaner", "not_an_option"),
        ({"parts_text": "x" * 201}, "parts_text", "too_long"),
    ]),
    "call": ({"address_is": "confirmed", "time_is": "corrected", "time": SLOT.isoformat()}, [
        ({"time": None}, "time", "required"), ({"time": "10:30"}, "time", "bad_time"),
        ({"time": "2020-01-01T10:00:00+08:00"}, "time", "in_the_past"),
        ({"time": "2028-11-24T10:00:00+08:00"}, "time", "too_far_ahead"),
        ({"purchase_date_is": "corrected", "purchase_date": "2026-12-24"}, "purchase_date", "in_the_future"),
        ({"symptom_is": "corrected", "symptom": "\x00"}, "symptom", "required"),
    ]),
    "depart": ({"travel_minutes": "25"}, [
        ({"travel_minutes": None}, "travel_minutes", "required"),
        ({"travel_minutes": "-1"}, "travel_minutes", "too_small"),
        ({"travel_minutes": "601"}, "travel_minutes", "too_large"),
        ({"travel_minutes": "1h"}, "travel_minutes", "not_a_number"),
    ]),
    "enter": ({"introduced": "on", "customer_confirmed": "on", "card_shown": "on", "who": "customer"}, [
        ({"who": "minor"}, "who", "not_an_option"), ({"who": None}, "who", "required"),
        ({"card_shown": None}, "card_shown", "required_or_reason"),
        ({"introduced": "no"}, "introduced", "required_or_reason"),
    ]),
    "covers": ({"worn": "on"}, [
        ({"worn": None}, "worn", "required"), ({"worn": "maybe"}, "worn", "not_an_option"),
        ({"worn": "waived"}, "reason", "required"), ({"worn": "waived", "reason": "no"}, "reason", "not_an_option"),
    ]),
    "listen": ({"words": "Tropft seit Sonntag", "symptoms": ["no_drain"], "mood": "calm"}, [
        ({"words": None}, "words", "required"), ({"words": "x" * 100_000}, "words", "too_long"),
        ({"symptoms": ["sadness"]}, "symptoms", "not_an_option"), ({"mood": "fine"}, "mood", "not_an_option"),
    ]),
    "diagnose": ({"fault": "no_drain", "cause": "pump_worn", "basis": "invoice", "photos": [SHA]}, [
        ({"fault": None}, "fault", "required"), ({"fault": "magic"}, "fault", "not_an_option"),
        ({"cause": ""}, "cause", "required"), ({"basis": "trust"}, "basis", "not_an_option"),
        ({"purchase_date": "2027-01-01"}, "purchase_date", "in_the_future"),
        ({"photos": ["x.jpg"]}, "photos", "not_a_photo"),
        ({"fault_text": "x" * 501}, "fault_text", "too_long"),
    ]),
    "test": ({"result": "works", "customer_saw": "on"}, [
        ({"result": None}, "result", "required"), ({"result": "maybe"}, "result", "not_an_option"),
        ({"result": "not_tested"}, "reason", "required"), ({"result": "dangerous"}, "told_danger", "required"),
        ({"result": "not_tested", "reason": "lazy"}, "reason", "not_an_option"),
    ]),
    "leave": ({"gift": "yes", "card": "yes", "sticker": "no", "sticker_reason": "customer_declined"}, [
        ({"gift": None}, "gift", "required"), ({"sticker_reason": None}, "sticker_reason", "required"),
        ({"card": "no"}, "card_reason", "required"), ({"gift": "two"}, "gift", "not_an_option"),
    ]),
    "confidence": ({"sure": "yes"}, [({"sure": None}, "sure", "required"),
    ({"sure": "perhaps"}, "sure", "not_an_option")]),
    "hand_in": ({"card": "on"}, [
        ({"card": None}, "card", "required_or_reason"), ({"late_reason": "sleepy"}, "late_reason", "not_an_option"),
        ({"promised_on": "2026-11-22"}, "promised_on", "in_the_past"),
        ({"promised_on": "2027-11-30"}, "promised_on", "too_far_ahead"),
        ({"promised_on": "soon"}, "promised_on", "bad_date"),
    ]),
}  # fmt: skip


@pytest.mark.parametrize("step", sorted(BAD))
def test_good_input_has_no_fault(step):
    good, _ = BAD[step]
    body, faults = read(step, fields=good)
    assert faults == {} and body


@pytest.mark.parametrize(
    ("step", "changed", "field", "fault"),
    [(step, *row) for step, (_, rows) in BAD.items() for row in rows],
)
def test_bad_input_is_named_at_its_field(step, changed, field, fault):
    good, _ = BAD[step]
    assert read(step, fields=with_(good, **changed))[1] == {field: fault}


def test_the_job_s_data_say_who_verified_them():
    body, _ = read("accept", fields=DATA)
    assert body["verified"]["name"] == "customer" and body["verified"]["model"] == "unverified"
    assert body["data"] == {key: value for key, value in DATA.items() if key != "name_by"}


def test_what_was_confirmed_on_the_telephone_is_not_corrected():
    body, faults = read(
        "call", fields={"model_is": "confirmed", "model": "WM-200", "symptom_is": "", "symptom": "x"}
    )
    assert faults == {} and body["confirmed"] == ["model"] and body["corrected"] == {}


@pytest.mark.parametrize(
    ("fields", "faults"),
    [
        ({"channel": "phone", "result": "no_answer", "number": "13800138001"}, {}),
        ({"channel": "pigeon", "result": "no_answer"}, {"channel": "not_an_option"}),
        ({"channel": "phone"}, {"result": "required"}),
        ({"channel": "phone", "result": "busy", "number": "my sister's"}, {"number": "not_a_phone"}),
    ],
)
def test_an_attempt_to_call(fields, faults):
    assert read("call", "attempt", fields)[1] == faults


@pytest.mark.parametrize(
    ("minutes", "asked"),
    [(-8, set()), (0, set()), (1, {"late_cause", "apologised"}), (40, {"late_cause", "apologised"})],
)
def test_only_who_is_late_says_why_and_apologises(minutes, asked):
    visit = quoted()
    visit.at = SLOT + timedelta(minutes=minutes)
    body, faults = visit.read("arrive", "done", {})
    assert set(faults) == asked and body["minutes_late"] == minutes
    late = {"late_cause": "traffic", "apologised_reason": "customer was on the telephone"}
    assert visit.read("arrive", "done", late)[1] == {}
    wrong = {"late_cause": "not_an_option"} if asked else {}
    assert visit.read("arrive", "done", {**late, "late_cause": "dragons"})[1] == wrong


@pytest.mark.parametrize(
    ("act", "fields", "faults"),
    [
        ("bout", {"way": "bell"}, {}),
        ("bout", {}, {"way": "required"}),
        ("bout", {"way": "kick"}, {"way": "not_an_option"}),
        ("ladder", {"rung": "telephone", "result": "no_answer"}, {}),
        ("ladder", {}, {"rung": "not_an_option"}),
        ("ladder", {"rung": "roof"}, {"rung": "not_an_option"}),
        ("ladder", {"rung": "telephone", "result": "left"}, {"result": "not_an_option"}),
        ("ladder", {"rung": "note", "result": "left"}, {"place": "required"}),
        ("ladder", {"rung": "note", "result": "left", "place": "door", "photo": SHA}, {}),
        (
            "ladder",
            {"rung": "note", "result": "left", "place": "door", "photo": "x"},
            {"photo": "not_a_photo"},
        ),
    ],
)
def test_the_knock_and_its_ladder(act, fields, faults):
    assert read("knock", act, fields)[1] == faults


def test_a_waived_cover_keeps_its_reason_and_a_worn_one_has_none():
    assert (
        read("covers", fields={"worn": "waived", "reason": "customer_wish"})[0]["reason"] == "customer_wish"
    )
    assert "reason" not in read("covers", fields={"worn": "on", "reason": "customer_wish"})[0]


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


SIGNED = {"how": "drawn", "strokes": STROKES, "size": CANVAS, "shown": "f" * 64}


@pytest.mark.parametrize(
    ("changed", "faults"),
    [
        ({}, {}), ({"relation": "family", "name": "陈伟"}, {}), ({"relation": "family"}, {"name": "required"}),
        ({"relation": "cousin"}, {"relation": "not_an_option"}), ({"how": None}, {"how": "required"}),
        ({"how": "stamped"}, {"how": "not_an_option"}), ({"how": "typed"}, {"name": "required"}),
        ({"how": "typed", "name": "\u202e "}, {"name": "required"}), ({"how": "typed", "name": "Rosa"}, {}),
        ({"how": "typed", "name": "R" * 81}, {"name": "too_long"}), ({"how": "paper"}, {"photo": "required"}),
        ({"how": "paper", "photo": SHA}, {}), ({"how": "paper", "photo": "x"}, {"photo": "not_a_photo"}),
        ({"strokes": None}, {"strokes": "draw_first"}),
    ],
)  # fmt: skip
@pytest.mark.parametrize("step", ["sign", "take_back"])
def test_a_signature(step, changed, faults):
    assert read(step, "signed", with_(SIGNED, **changed))[1] == faults


@pytest.mark.parametrize(
    ("strokes", "size"),
    [
        ("", CANVAS), ("[]", CANVAS), ("[[]]", CANVAS), ("[[1]]", CANVAS), ("[[1,2,3]]", CANVAS), ("{}", CANVAS),
        ("null", CANVAS), ("NaN", CANVAS), ("[[NaN,1,2,3]]", CANVAS), ("[[Infinity,0,0,0]]", CANVAS),
        ("[[1.5,2,90,90]]", CANVAS), ('[["1","2"]]', CANVAS), ("[[true,false,100,100]]", CANVAS), ("[1,2,3,4]", CANVAS),
        ("[[1,1,2,2]]", CANVAS),  # a slip of the finger
        ("[[50,50,50,50]]", CANVAS), ("[[9999,9999,0,0]]", CANVAS), ("[[-400,0,300,0]]", CANVAS),
        ("[[0,0,100,100]", CANVAS), ("[" * 100_000, CANVAS), ("[[" + "9" * 5000 + ",1,2,3]]", CANVAS),
        (json.dumps([[0, 0, 100, 100]] * 201), CANVAS), (json.dumps([[0, 0] * 6001]), CANVAS),
        (STROKES, ""), (STROKES, "[340]"), (STROKES, "[0,240]"), (STROKES, "[-1,240]"), (STROKES, "[5000,240]"),
        (STROKES, "[340.0,240]"), (STROKES, "NaN"), (STROKES, '{"width":1}'), (STROKES, "[true,true]"),
    ],
)  # fmt: skip
def test_what_is_no_drawing_is_no_signature(strokes, size):
    assert sign.strokes_of(strokes, size) == (None, [])
    assert read("sign", "signed", {**SIGNED, "strokes": strokes, "size": size})[1] == {
        "strokes": "draw_first"
    }


def test_a_drawing_is_kept_as_it_is():
    assert sign.strokes_of(STROKES, CANVAS) == (json.loads(STROKES), [340, 240])


@pytest.mark.parametrize(
    ("fields", "faults"),
    [
        ({}, {}), ({"quality": "5", "attitude": "1", "satisfied": "no", "comment": "slow"}, {}),
        ({"quality": "6"}, {"quality": "not_an_option"}), ({"quality": "0"}, {"quality": "not_an_option"}),
        ({"satisfied": "maybe"}, {"satisfied": "not_an_option"}), ({"comment": "x" * 2001}, {"comment": "too_long"}),
    ],
)  # fmt: skip
def test_a_rating_may_be_left_empty_but_not_be_nonsense(fields, faults):
    assert read("sign", "rated", fields)[1] == faults


@pytest.mark.parametrize(
    ("fields", "faults"),
    [
        ({"reason": "privacy"}, {}),
        ({}, {"reason": "required"}),
        ({"reason": "mood"}, {"reason": "not_an_option"}),
    ],
)
def test_declining_to_sign_has_a_reason(fields, faults):
    assert read("sign", "declined", fields)[1] == faults


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


@pytest.mark.parametrize(
    ("fields", "faults"),
    [({"reason": "no_time"}, {}), ({}, {"reason": "required"}), ({"reason": "?"}, {"reason": "not_an_option"}),
     ({"reason": "other", "text": "x" * 201}, {"text": "too_long"})],
)  # fmt: skip
def test_a_step_that_was_not_recorded_says_why(fields, faults):
    assert read("kit", "passed", fields)[1] == faults


REBOOK = {"problem": "other_day", "remedy": "rebook", "slot": "2026-11-25T09:00:00+08:00",
          "rebook_reason": "customer_wish", "consent": "on"}  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "faults"),
    [
        ({}, {}), ({"problem": None}, {"problem": "not_an_option"}),
        ({"problem": "rain"}, {"problem": "not_an_option"}),
        ({"remedy": None}, {"remedy": "required"}), ({"remedy": "magic"}, {"remedy": "required"}),
        ({"slot": None}, {"slot": "required"}), ({"slot": "tomorrow"}, {"slot": "bad_time"}),
        ({"slot": "2026-11-20T09:00:00+08:00"}, {"slot": "in_the_past"}),
        ({"slot": "2027-12-25T09:00:00+08:00"}, {"slot": "too_far_ahead"}),
        ({"rebook_reason": None}, {"rebook_reason": "required"}), ({"consent": None}, {"consent": "required"}),
    ],
)  # fmt: skip
def test_another_time_lies_ahead_and_within_a_year(changed, faults):
    assert read("call", "problem", with_(REBOOK, **changed))[1] == faults


def test_a_pause_ends_within_a_month():
    norm = Walked().protocol
    problem, remedy = next(
        (problem, remedy)
        for problem in norm.step("repair").problems for remedy in problem.remedies if "pause" in remedy.effects
    )  # fmt: skip
    fields = {
        one.id: one.options[0] if one.options else str(one.min or "x")
        for one in (*problem.fields, *remedy.fields)
    }
    for back_at, fault in (("2026-11-23T20:00:00+08:00", {}), ("2026-11-23T01:00:00+08:00", {"back_at": "in_the_past"}),
                           ("2027-01-23T20:00:00+08:00", {"back_at": "too_far_ahead"})):  # fmt: skip
        entered = {"problem": problem.id, "remedy": remedy.id, **fields, "back_at": back_at}
        assert read("repair", "problem", entered)[1] == fault


def test_a_problem_with_one_way_on_needs_no_choice():
    norm = Walked().protocol
    step, problem = next(
        (s, p) for s in norm.steps for p in s.problems if len(p.remedies) == 1 and not p.fields
    )
    body, faults = read(step.id, "problem", {"problem": problem.id})
    assert body["remedy"] == problem.remedies[0].id and "remedy" not in faults


def test_the_customers_acts_are_read_only_where_a_customer_acts():
    assert {kind for kind, module in KINDS.items() if CUSTOMER_ACTS & set(module.ACTS)} == {
        "consent",
        "take_back",
        "sign",
    }
    assert all("handed_over" in KINDS[kind].ACTS for kind in ("consent", "take_back", "sign"))
    assert "handed_back" not in CUSTOMER_ACTS
