"""What the repair network's norm asks of its steps by their kinds and settings: which entries are taken, which faulted."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from app.domain import content, effect, protocol
from app.domain.paper import slip
from app.domain.paper.value import Sources
from tests.domain.entering import SHA
from tests.domain.walking import Walked

NETWORK = protocol.load("network-2026-11")


class Visited(Walked):
    """A visit under the network's norm, at a place where the law asks for so many months on a repair."""

    def __init__(self, law: int = 1) -> None:
        super().__init__()
        self.protocol = NETWORK
        self.prices = replace(self.prices, repair_warranty_min=law)

    def slip(self) -> dict[str, Any]:
        return content.customer_layer(self.facts, self.walk, self.protocol, self.prices, "en")

    def repaired(self, **term: str) -> "Visited":
        self.to("term").act("term", "done", term)
        self.to("repair").add("repair", "done", {"mode": "on_site", "measures": ["cleaned"]})
        return self.to("sign")  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("law", "fields", "faults"),
    [
        (1, {"term": "months_1"}, {}), (1, {"term": "months_3"}, {}), (1, {"term": "no_repair"}, {}),
        (1, {}, {"term": "required"}), (1, {"term": "months_4"}, {"term": "not_an_option"}),
        (3, {"term": "months_2"}, {"term": "below_minimum"}), (3, {"term": "months_3"}, {}),
        (1, {"term": "longer"}, {"days": "required"}),
        (1, {"term": "longer", "days": "180"}, {"agreed": "required"}),
        (1, {"term": "longer", "days": "180", "agreed": "1"}, {}),
        (1, {"term": "longer", "days": "92", "agreed": "1"}, {"days": "too_small"}),
        (9, {"term": "longer", "days": "270", "agreed": "1"}, {"term": "below_minimum"}),
        (1, {"term": "longer", "days": "soon", "agreed": "1"}, {"days": "not_a_number"}),
        (0, {"term": "shorter", "days": "10"}, {"agreed": "required"}),
        (0, {"term": "shorter", "days": "10", "agreed": "1"}, {}),
        (1, {"term": "shorter", "days": "10", "agreed": "1"}, {"term": "below_minimum"}),
        (0, {"term": "shorter", "days": "31", "agreed": "1"}, {"days": "too_large"}),
        (0, {"term": "none", "agreed": "1"}, {"case": "required"}),
        (0, {"term": "none", "case": "provisional"}, {"agreed": "required"}),
        (0, {"term": "none", "case": "provisional", "agreed": "1"}, {}),
        (1, {"term": "none", "case": "provisional", "agreed": "1"}, {"term": "below_minimum"}),
    ],
)  # fmt: skip
def test_the_term_is_within_1_to_3_months_or_agreed_before_and_never_below_the_law(law, fields, faults):
    assert Visited(law).to("term").read("term", "done", fields)[1] == faults


def test_what_a_changed_mind_left_in_the_form_is_not_kept():
    typed = {"term": "months_2", "days": "nine", "case": "other"}
    assert Visited().to("term").read("term", "done", typed) == ({"term": "months_2", "agreed": False}, {})


@pytest.mark.parametrize(
    ("law", "term", "promised"),
    [
        (1, {"term": "months_1"}, {"months": 1, "case": None}),
        (1, {"term": "months_2"}, {"months": 2, "case": None}),
        (1, {"term": "longer", "days": "180", "agreed": "1"}, {"months": 0, "case": None, "days": 180}),
        (0, {"term": "none", "case": "tube_revival", "agreed": "1"}, {"months": 0, "case": "tube_revival"}),
        (1, {"term": "no_repair"}, {"months": 3, "case": None}),  # repaired all the same: the usual term
    ],
)
def test_the_slip_promises_the_term_that_was_agreed_with_its_scope(law, term, promised):
    found = Visited(law).repaired(**term).slip()["repair_warranty"]
    assert found == {"scope": "original_fault", **promised}


def test_a_term_that_was_not_recorded_is_the_usual_one():
    assert Visited().to("sign").slip()["repair_warranty"]["months"] == 3


def test_a_term_agreed_anew_before_the_signature_counts():
    visit = Visited().repaired(term="months_1").signed()
    visit.act("term", "done", {"term": "months_2"})
    assert visit.walk.signature and visit.walk.signature.void
    assert visit.slip()["repair_warranty"]["months"] == 2


@pytest.mark.parametrize(
    ("fields", "faults"),
    [
        ({"worn": "on", "floor": "boards"}, {}),
        ({"worn": "waived", "floor": "bare", "reason": "bare_floor_wish"}, {}),
        ({"worn": "waived", "floor": "boards", "reason": "bare_floor_wish"}, {"worn": "not_waived_here"}),
        ({"worn": "waived", "floor": "carpet"}, {"worn": "not_waived_here", "reason": "required"}),
        ({"worn": "waived", "reason": "bare_floor_wish"}, {"floor": "required"}),
    ],
)
def test_covers_stay_off_only_on_a_bare_floor_at_the_customers_wish(fields, faults):
    assert Visited().to("covers").read("covers", "done", fields)[1] == faults


@pytest.mark.parametrize(
    ("reason", "faults"),
    [
        ("no_power", {}), ("no_water", {}), ("no_gas", {}), ("part_missing", {}), ("", {"reason": "required"}),
        *((one, {"reason": "cannot_be_passed"}) for one in ("no_time", "no_signal", "other")),
    ],
)  # fmt: skip
def test_the_last_test_is_left_out_only_where_nothing_can_be_powered(reason, faults):
    fields = {"result": "not_tested", "reason": reason, "reassembled": "1"}
    assert Visited().to("test").read("test", "done", fields)[1] == faults


def test_the_maker_may_leave_the_test_out_for_lack_of_time():
    assert not Walked().to("test").read("test", "done", {"result": "not_tested", "reason": "no_time"})[1]


def test_the_network_leaves_card_and_sticker_and_no_gift():
    visit = Visited().repaired(term="months_2").signed()
    visit.act(
        "leave",
        "done",
        {"card": "yes", "sticker": "no", "sticker_reason": "customer_declined", "explained": "1"},
    )
    found = content.office_layer(visit.facts, visit.walk, None)
    assert found["card"]["left"] and found["sticker"]["reason"] == "customer_declined" and "gift" not in found


@pytest.mark.parametrize(
    ("promise", "minutes", "ruled", "faults"),
    [
        ("within_hour", 60, [], {}),
        ("within_hour", 61, [], {"promise": "later_than_promised"}),
        ("longer_approved", 90, [], {"promise": "not_approved"}),
        ("longer_approved", 90, ["approved"], {}),
        ("longer_approved", 90, ["approved", "denied"], {"promise": "not_approved"}),
        ("customer_later", 900, [], {}),
        ("", 10, [], {"promise": "required"}),
    ],
)
def test_more_than_an_hour_is_promised_only_when_the_company_approved_it(promise, minutes, ruled, faults):
    visit = Visited().to("call")
    called = visit.add("call", "done", {"confirmed": [], "corrected": {}}).at
    visit.add("", "moved", {"to": (called + timedelta(minutes=minutes)).isoformat()}, role="desk")
    for ruling in ruled:
        visit.add("book", "ruled", {"ruling": ruling}, role="desk")
    assert visit.read("book", "done", {"promise": promise})[1] == faults


def test_what_the_company_ruled_elsewhere_approves_no_longer_time():
    visit = Visited().to("book").add("fees", "ruled", {"ruling": "approved"}, role="desk")
    assert visit.read("book", "done", {"promise": "longer_approved"})[1] == {"promise": "not_approved"}


@pytest.mark.parametrize(
    ("name", "is_one"),
    [("ask_centre", True), ("ask_centre:15", True), ("ask_centre:", False), ("ask_centre:soon", False),
     ("ask_centre:0", False), ("ask_centre_lead:15", False)],
)  # fmt: skip
def test_a_question_to_the_centre_may_say_its_minutes(name, is_one):
    assert effect.exists(name) == is_one


@pytest.mark.parametrize("step", ["diagnose", "consent", "repair", "fees"])
def test_no_price_before_the_inspection(step):
    pump = {"item": "drain_pump", "qty": "1"}
    visit = Visited().to("pretest")
    assert visit.read(step, "line", pump)[1] == {"item": "inspect_first"}
    visit.act("pretest", "done", {"powered": "yes"})
    assert visit.read(step, "line", pump)[1] == {}
    assert Walked().read(step, "line", pump)[1] == {}  # the maker's norm names it when it is asked


def test_a_norm_may_let_a_price_be_named_before_the_inspection():
    visit = Visited()
    visit.protocol = replace(NETWORK, settings={**NETWORK.settings, "price_before_inspection": True})
    assert visit.read("diagnose", "line", {"item": "drain_pump", "qty": "1"})[1] == {}


def test_the_slip_says_what_it_did_before_it_was_opened():
    visit = Visited().to("pretest")
    visit.act("pretest", "done", {"powered": "yes", "against": "larger", "seen": "Trips the breaker"})
    assert visit.slip()["tests"]["before"] == {
        "answers": [{"list": "powered", "code": "yes"}, {"list": "against", "code": "larger"}],
        "note": "Trips the breaker",
    }


def test_a_power_on_that_was_not_recorded_says_nothing_and_the_maker_has_none():
    assert Visited().to("diagnose").slip()["tests"]["before"] == {"answers": [], "note": None}
    visit = Walked()
    found = content.customer_layer(visit.facts, visit.walk, visit.protocol, visit.prices, "en")
    assert "before" not in found["tests"]


@pytest.mark.parametrize(
    ("act", "fields", "copy"),
    [
        ("done", {"copy": "1", "way": "link"}, {"given": True, "way": "link", "reason": None, "text": None}),
        ("done", {"copy_reason": "The customer left"},
         {"given": False, "way": None, "reason": None, "text": "The customer left"}),
        ("passed", {"reason": "no_time", "text": "called away"},
         {"given": False, "way": None, "reason": "no_time", "text": "called away"}),
    ],
)  # fmt: skip
def test_the_office_knows_of_the_third_copy_and_where_the_sticker_is(act, fields, copy):
    visit = Visited().repaired(term="months_2").signed()
    place = {"card": "yes", "sticker": "yes", "explained": "1", "place": "Left side", "photo": SHA}
    visit.act("leave", "done", place).act("copy", act, fields)
    found = content.office_layer(visit.facts, visit.walk, None)
    assert found["copy"] == copy
    assert found["sticker"] == {"left": True, "reason": None, "place": "Left side", "photo": SHA}


def test_copies_of_the_office_say_where_the_sticker_is_and_how_the_copy_was_given():
    visit = Visited().repaired(term="longer", days="180", agreed="1").signed()
    visit.act("leave", "done", {"card": "yes", "sticker": "yes", "explained": "1", "place": "Left side"})
    visit.act("copy", "done", {"copy": "1", "way": "printed"})
    office = content.office_layer(visit.facts, visit.walk, None)
    codes = {**NETWORK.words["en"]["code"], "step": {}}
    paper = slip.compose(Sources(visit.slip(), office, codes=codes), "a4", (1, 3))
    rows = {row.label: row.value for pair in paper.copies[0].office for row in pair}
    assert (
        rows["Sticker"] == "yes; “Left side”" and rows["Third copy"] == "yes; Printed" and "Gift" not in rows
    )
    assert paper.copies[1].office == ()
    (term,) = paper.sections["term"][0]
    assert term.value.startswith("Original fault only · 180 days from")


def test_the_paper_says_why_there_is_no_warranty():
    visit = Visited(0).repaired(term="none", case="refrigerant_topup", agreed="1")
    paper = slip.compose(Sources(visit.slip(), language="zh_Hans"), "a4", (3,))
    assert paper.sections["term"][0][0].value == "原故障不保修：只添加制冷剂"


@pytest.mark.parametrize(
    ("fault", "rule", "owed"), [("no_drain", "Q-REWORK-09", False), ("noise", "N-OUT-06", True)]
)
def test_rework_costs_nothing_for_the_fault_that_was_repaired(fault, rule, owed):
    visit = Visited()
    earlier = {
        "reference": "HZ1-261001-0009",
        "signed_on": "2026-10-01",
        "months": 2,
        "days": 0,
        "fault": "no_drain",
    }
    visit.facts = replace(visit.facts, job={**visit.facts.job, "rework_of": earlier})
    visit.to("diagnose").line("drain_pump").diagnosed(fault=fault)
    (charge,) = visit.walk.fee.charges
    assert charge.rule == rule and visit.walk.fee.chargeable == owed
