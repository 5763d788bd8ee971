"""What is sealed: all that the customer is shown, in codes, and nothing that is not theirs to sign."""

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from app.domain import content, seal
from app.domain.vocabulary import LANGUAGES
from tests.domain.walking import FACTS, SLOT, Walked

SHA, OTHER = "sha256:" + "a" * 64, "sha256:" + "b" * 64


def repaired(**certificate: str) -> Walked:
    """A pump fitted, agreed to, tested and paid; ready to be signed."""
    visit = Walked()
    visit.at = SLOT
    visit.act("arrive", "done", {"late_cause": "traffic", "apologised": "on"}, minutes=0)
    visit.act("listen", "done", {"words": "Seit Sonntag läuft Wasser aus", "symptoms": ["leaks_water"]})
    visit.act("mat", "done", {"mat": "on", "box": "on", "before": [SHA]})
    visit.line(**certificate).line("labour_medium").diagnosed(
        fault="no_drain", photos=[OTHER], fault_text="coin in the pump"
    )
    visit.add("consent", "agreed", {"total": visit.walk.fee.total}, role="customer")
    part = next(key for key in visit.walk.unfitted)
    visit.act("repair", "fitted", {"line": part, "serial_new": "N-1", "serial_old": "O-1", "old_part": "left",
                                   "reason": "customer_keeps"})  # fmt: skip
    visit.act(
        "repair", "done", {"mode": "on_site", "measures": ["replaced_part"], "measure_text": "two hours"}
    )
    visit.act("test", "done", {"result": "works", "customer_saw": "on"})
    return visit.to("pay").act("pay", "done", {"method": "wechat"})


def layer(visit: Walked, language: str = "zh_Hans") -> dict[str, Any]:
    return content.customer_layer(visit.facts, visit.walk, visit.protocol, visit.prices, language)


def iou(visit: Walked, language: str = "en") -> dict[str, Any]:
    return content.iou_layer(visit.facts, visit.walk, visit.protocol, visit.prices, language)


def texts(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def test_a_repair_is_told_in_full():
    found = layer(repaired(certificate_price="100"))
    assert found["layer"] == "customer" and found["ref"] == FACTS.reference
    assert found["customer"]["name"] == "陈静" and found["engineer"] == {"name": "林美", "permit_no": "E-1"}
    assert found["outlet"]["phone"] == "+8657155500153"
    assert found["statement"] == {"codes": ["leaks_water"], "text": "Seit Sonntag läuft Wasser aus"}
    assert found["reported"] == {"codes": ["no_drain"], "text": "不排水"}
    assert found["fault"] == {"code": "no_drain", "text": "coin in the pump"}
    assert found["cause"]["code"] == "pump_worn" and found["measure"]["codes"] == ["replaced_part"]
    assert found["tests"]["final"]["result"] == "works"
    assert found["visit"]["mode"] == "on_site" and found["visit"]["outcome"] == "repaired"
    assert found["visit"]["arrived"] == SLOT.isoformat()
    assert found["warranty"]["status"] == "out" and found["warranty"]["basis"] == "invoice"
    assert found["repair_warranty"] == {"scope": "original_fault", "months": 3, "case": None}


def test_each_line_shows_both_standards_and_which_one_counted():
    found = layer(repaired(certificate_price="100"))
    pump, labour = found["lines"]
    assert (pump["certificate"], pump["applied"], pump["amount"], pump["rule"]) == (
        10000,
        10000,
        10000,
        "N-LOW-08",
    )
    assert pump["standard"] > 10000 and labour["certificate"] is None
    assert (pump["serial_new"], pump["serial_old"], pump["old_part"], pump["old_part_reason"]) == (
        "N-1", "O-1", "left", "customer_keeps")  # fmt: skip
    assert set(pump["name"]) == set(LANGUAGES)
    assert (
        found["fee"]["total"] == sum(line["amount"] for line in found["lines"]) == found["consent"]["total"]
    )
    assert found["fee"]["net"] + found["fee"]["tax"] == found["fee"]["total"]
    assert found["payment"]["paid"] == found["fee"]["total"] and found["payment"]["rest"] == 0


def test_every_photo_of_the_customers_steps_is_named_once():
    visit = repaired()
    assert layer(visit)["photos"] == [SHA, OTHER]
    visit.act(
        "diagnose",
        "done",
        {"fault": "no_drain", "cause": "pump_worn", "basis": "invoice", "photos": [SHA, OTHER]},
    )
    assert layer(visit)["photos"] == [SHA, OTHER]


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_can_be_sealed_in_every_language_and_only_its_sentences_are_words(language):
    visit = repaired()
    found = layer(visit, language)
    assert len(seal.digest(found)) == 64 and found["language"] == language
    assert set(found["sentences"]) == {"signature", "privacy", "scope"}
    assert all(
        found["sentences"][name] == visit.protocol.words[language]["text"][name]
        for name in found["sentences"]
    )
    title = visit.protocol.words[language]["step"]["repair"]["title"]
    assert title not in texts({**found, "sentences": {}})


def test_four_languages_are_four_seals():
    visit = repaired()
    assert len({seal.digest(layer(visit, language)) for language in LANGUAGES}) == 4


def test_it_holds_nothing_but_what_a_seal_may_hold():
    text = texts(layer(repaired()))
    assert json.loads(text) == layer(repaired()) and "null" in text and "NaN" not in text


@pytest.mark.parametrize(
    ("step", "act", "fields"),
    [
        ("listen", "done", {"words": "other words"}),
        ("diagnose", "done", {"fault": "noise", "cause": "pump_worn", "basis": "invoice"}),
        ("repair", "done", {"mode": "on_site", "measures": ["replaced_part", "cleaned"]}),
        ("repair", "done", {"mode": "no_fault"}),
        ("test", "done", {"result": "fails"}),
        ("diagnose", "line", {"item": "callout", "qty": "1"}),
        ("pay", "done", {"method": "cash"}),
        ("pay", "done", {"method": "none", "rest": "refused", "refuse_reason": "not_satisfied"}),
        ("kit", "done", {}),
        ("accept", "done", {"name": "陈静文", "address": "x"}),
    ],
)
def test_whatever_the_customer_would_read_otherwise_is_another_seal(step, act, fields):
    visit = repaired()
    if step == "kit":
        fields = {one.id: "on" for one in visit.protocol.step("kit").fields}
    before = seal.digest(layer(visit))
    visit.act(step, act, fields)
    assert seal.digest(layer(visit)) != before


@pytest.mark.parametrize(
    ("step", "act", "body"),
    [
        ("sign", "handed_over", {}),
        ("sign", "rated", {"quality": "1", "comment": "slow"}),
        ("sign", "signed", {"how": "typed", "name": "陈静"}),
        ("sign", "handed_back", {}),
        ("leave", "done", {"gift": "yes"}),
        ("farewell", "done", {}),
        ("confidence", "done", {"sure": "no"}),
        ("hand_in", "done", {"card": True}),
        ("knock", "bout", {"way": "bell"}),
        ("call", "attempt", {"channel": "phone", "result": "busy"}),
    ],
)
def test_what_is_not_the_customers_to_sign_leaves_the_seal_alone(step, act, body):
    visit = repaired()
    before = seal.digest(layer(visit))
    visit.add(step, act, body)
    assert seal.digest(layer(visit)) == before


def test_nobodys_opinion_is_in_either_layer():
    visit = repaired().add("sign", "rated", {"quality": "1", "attitude": "2", "comment": "slow and rude"})
    for found in (layer(visit), content.office_layer(visit.facts, visit.walk, None)):
        assert "rude" not in texts(found) and "quality" not in texts(found) and "attitude" not in texts(found)


def test_what_was_not_recorded_says_so_with_its_reason():
    found = layer(repaired())["not_recorded"]
    reason = Walked().protocol.codes["pass_reason"][0]
    assert {"step": "kit", "reason": reason} in found
    assert not {"leave", "farewell", "take_back", "listen"} & {one["step"] for one in found}


def test_without_a_repair_no_term_is_promised():
    visit = Walked().diagnosed()
    visit.act("repair", "done", {"mode": "no_fault"})
    found = layer(visit)
    assert found["repair_warranty"] is None and found["lines"] == [] and found["payment"] is None


def test_what_is_dangerous_carries_its_warning():
    visit = repaired()
    visit.act("test", "done", {"result": "dangerous", "told_danger": "on"})
    found = layer(visit, "es")
    assert (
        found["visit"]["danger"]
        and found["sentences"]["danger"] == visit.protocol.words["es"]["text"]["danger"]
    )
    assert found["visit"]["outcome"] == "not_repaired" and found["repair_warranty"] is None


@pytest.mark.parametrize(
    ("fields", "paid", "rest", "refused", "later_by"),
    [
        ({"method": "cash"}, "all", 0, False, None),
        (
            {"method": "card", "amount": "10", "rest": "later", "later_by": "2026-12-01"},
            1000,
            "rest",
            False,
            "2026-12-01",
        ),
        ({"method": "none", "rest": "refused", "refuse_reason": "not_satisfied"}, 0, "rest", True, None),
        ({"method": "cash", "rest": "refused", "refuse_reason": "not_satisfied"}, "all", 0, False, None),
    ],
)
def test_how_it_was_paid(fields, paid, rest, refused, later_by):
    visit = repaired().act("pay", "done", fields)
    found = layer(visit)["payment"]
    total = visit.walk.fee.total
    assert found["paid"] == (total if paid == "all" else paid)
    assert found["rest"] == (total - found["paid"] if rest == "rest" else rest)
    assert (found["refused"], found["later_by"], found["invoice"]) == (refused, later_by, None)


def test_an_invoice_that_was_wished_for_is_named():
    wish = {
        "method": "cash",
        "invoice": "on",
        "invoice_title": "Lang Ltd",
        "invoice_tax_id": "91330100",
        "invoice_to": "post",
    }
    found = layer(repaired().act("pay", "done", wish))["payment"]["invoice"]
    assert found == {"title": "Lang Ltd", "tax_id": "91330100", "to": "post"}


def test_in_warranty_the_lines_stand_with_nothing_to_pay():
    visit = Walked(replace(FACTS, appliance={**FACTS.appliance, "purchase_date": date(2026, 5, 1)}))
    visit.line("drain_pump").diagnosed()
    visit.act("repair", "fitted", {"line": visit.records[0].key, "old_part": "taken"})
    visit.act("repair", "done", {"mode": "on_site", "measures": ["replaced_part"]})
    found = layer(visit)
    assert (
        found["fee"]["total"] == 0 and found["lines"][0]["amount"] == 0 and found["lines"][0]["standard"] > 0
    )
    assert found["consent"] is None and found["payment"] is None


def taken(**more: Any) -> Walked:
    visit = Walked().diagnosed()
    visit.act("repair", "done", {"mode": "take_back"})
    entered = {"condition": "scratch", "photos": [SHA], "accessories": "2 shelves", "reason": "workshop_tools",
               "promised_on": "2026-11-30", "loaner": "7", "loaner_condition": "clean", **more}  # fmt: skip
    return visit.act("take_back", "done", entered)


def test_the_iou_names_what_was_taken_and_what_was_lent():
    found = iou(taken())
    assert found["layer"] == "iou" and found["photos"] == [SHA]
    assert found["take_back"]["condition"] == "scratch" and found["take_back"]["promised_at"] == "2026-11-30"
    assert (
        found["take_back"]["loaner"]["serial"] == "LN-1"
        and found["take_back"]["loaner"]["due"] == "2026-11-30"
    )
    assert set(found["sentences"]) == {"iou", "loaner", "privacy"} and len(seal.digest(found)) == 64
    assert layer(taken())["take_back"] == found["take_back"]
    assert iou(taken(loaner="none"))["take_back"]["loaner"] is None


def test_what_stays_in_the_home_has_no_iou():
    visit = taken()
    visit.act("repair", "done", {"mode": "on_site", "measures": ["cleaned"]})
    assert layer(visit)["take_back"] is None


def test_the_office_layer_hangs_on_the_customers_seal():
    visit = repaired()
    digest = seal.digest(layer(visit))
    visit.act("leave", "done", {"gift": "yes", "card": "no", "card_reason": "none_left", "sticker": "yes"})
    visit.act("farewell", "done", {"covers_off": "on", "goodbye": "on"})
    visit.act(
        "hand_in",
        "done",
        {"card": "on", "money": "on", "late_reason": "forgotten", "promised_on": "2026-11-24"},
    )
    found = content.office_layer(visit.facts, visit.walk, digest)
    assert (
        found["customer_digest"] == digest and found["layer"] == "office" and found["ref"] == FACTS.reference
    )
    assert found["gift"] == {"left": True, "reason": None} and found["card"] == {
        "left": False,
        "reason": "none_left",
    }
    assert found["old_parts"] == [{"item": "drain_pump", "old_part": "left", "reason": "customer_keeps"}]
    assert found["hand_in"]["late_reason"] == "forgotten" and found["hand_in"]["promised"] == "2026-11-24"
    assert found["left_at"] == visit.walk.steps["farewell"].at.isoformat()
    assert len(seal.digest(found)) == 64


def test_a_signed_content_keeps_its_lines_without_their_timing():
    visit = repaired()
    signature = {
        "how": "drawn",
        "strokes": [[1, 2, 3, 4]],
        "size": [300, 200],
        "name": "",
        "relation": "self",
        "shown": "x",
    }
    found = content.signed(layer(visit), signature, visit.at, "d" * 64, "AAAA-BBBB")
    assert (
        found["signature"]["strokes"] == [[1, 2, 3, 4]] and found["signature"]["at"] == visit.at.isoformat()
    )
    assert (found["digest"], found["code"]) == ("d" * 64, "AAAA-BBBB") and "shown" not in found["signature"]
