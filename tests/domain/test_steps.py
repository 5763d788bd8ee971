"""Each kind of step: what it makes of good input, and which fault each bad input gets."""

import json
from datetime import timedelta

import pytest

from app.domain import protocol
from app.domain.steps.kinds import KINDS
from app.domain.vocabulary import ACTS
from tests.domain.entering import SHA, quoted, read, with_
from tests.domain.walking import SLOT, Walked


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
    if step is None:  # only the network's norm has it
        visit.protocol = protocol.load("network-2026-11")
        step = visit.protocol.kind_of(kind)
    names = (
        "name item line strokes size how total rung slot purchase_date mode worn amount method time time_is photos"
        " loaner promised_on result qty term days case"
    )
    hostile = {name: ["\u202ex" * 5000, "[[[", SHA] for name in names.split()}
    for act in KINDS[kind].ACTS:
        for fields in ({}, hostile, {"": ""}, {"done": []}):
            body, faults = visit.read(step.id, act, fields)
            json.dumps(body)
            assert all(isinstance(code, str) and code for code in faults.values())


DATA = {"name": "陈静", "address": "滨江区江南大道 1888 号", "phone": "+8613800138001", "purchase_date": "2022-01-05",
        "symptom": "不排水", "name_by": "customer"}  # fmt: skip
ALL_CONFIRMED = {
    f"{item}_is": "confirmed" for item in ("time", "address", "model", "purchase_date", "symptom")
}
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
    "call": ({**ALL_CONFIRMED, "time_is": "corrected", "time": SLOT.isoformat()}, [
        ({"model_is": ""}, "model", "confirm_or_correct"),
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
    body, faults = read("call", fields={**ALL_CONFIRMED, "model": "WM-200", "symptom": "x"})
    assert faults == {} and "model" in body["confirmed"] and body["corrected"] == {}


def test_a_call_that_confirmed_nothing_is_no_confirmation():
    _, faults = read("call", fields={})
    assert faults == dict.fromkeys(
        ("time", "address", "model", "purchase_date", "symptom"), "confirm_or_correct"
    )


def test_one_choice_says_who_checked_all_the_data():
    body, _ = read("accept", fields={**DATA, "all_by": "dispatcher"})
    assert body["verified"]["name"] == "customer" and body["verified"]["address"] == "dispatcher"
    assert body["verified"]["request"] == ("dispatcher" if DATA.get("request") else "unverified")


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


def test_nothing_done_stands_alone():
    entry = {"mode": "on_site", "measures": ["none", "cleaned"]}
    assert read("repair", fields=entry)[1] == {"measures": "contradicts"}
    assert "measures" not in read("repair", fields={"mode": "on_site", "measures": ["none"]})[1]


def test_no_loaner_has_no_condition():
    body, _ = read("take_back", fields={"loaner": "none", "loaner_condition": "new"})
    assert "loaner_condition" not in body
