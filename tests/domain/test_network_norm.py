"""The repair network's norm as it ships: its rules have their place, its order holds, its words stand in four languages.

How a protocol is loaded and refused is tested elsewhere; the maker's norm has its own tests.
"""

import re
import string
from collections.abc import Iterator
from typing import Any

import pytest

from app.domain import protocol
from app.domain.protocol import Problem, Step
from app.domain.vocabulary import LANGUAGES
from tests.domain.walking import Walked


def names(text: str) -> list[str]:
    return text.split()


NORM = protocol.load("network-2026-11")
STEPS = [step.id for step in NORM.steps]
RULES = names(
    """
A-RECV-07 C-CALL-02 C-CALL-03 C-CALL-04 C-APPT-05 C-APPT-06 C-PRICE-07 C-PRICE-08 D-KIT-04 F-BADGE-04 F-KNOCK-05
F-KNOCK-07 F-SHOE-29 G-WARM-05 G-ASK-06 H-DIAG-02 H-DIAG-03 H-QUOTE-05 H-LEVEL-10 I-SITE-02 I-SAFE-03 I-SAFE-04
I-PULL-10 I-PULL-11 I-OLD-22 J-WASH-07 J-SIT-11 J-PHONE-12 J-ARGUE-15 L-TEST-04 M-BACK-04 M-CLEAN-06 N-OLDC-10
O-SLIP-02 O-OPIN-07 O-TERM-08 O-TERM-09 O-SCOPE-10 O-SIGN-11 O-COPY-12 O-COPY-13 O-CARE-14 P-CARD-03 P-CARD-04
P-STICK-05 P-TELL-06 P-BYE-09 Q-CALL-07 Q-REWORK-08 Q-REWORK-09 Q-REWORK-10 R-NOTE-06 R-OLD-07 R-OLD-08 R-DUE-09
X-HONEST-04 X-PRIV-05 X-WARM-06
"""
)
SPOKEN = {"reference", "engineer", "company", "time", "minutes_late", "customer", "total", "hotline", "code"}
QUOTES = {"en": "“”", "zh_Hans": "“”", "zh_Hant": "「」", "es": "«»"}
WAYS = {"back", "done", "skip", "goto", "rebook", "pause", "transfer", "no_access", "advised", "stop", "mode"}


class Visited(Walked):
    """A visit under the network's norm."""

    def __init__(self) -> None:
        super().__init__()
        self.protocol = NORM

    def ended_as(self, mode: str) -> "Visited":
        """Everything up to the door again: found, nothing charged, brought to its end in this mode."""
        self.to("repair").add("repair", "done", {"mode": mode, "measures": ["none"]})
        if mode == "take_back":
            self.add("take_back", "done", {"condition": "ok"}).signed(step_id="take_back")
        else:
            self.add("test", "done", {"result": "works"})
        return self.to("sign").signed()  # type: ignore[return-value]


def problems() -> Iterator[tuple[Step, Problem]]:
    return ((step, problem) for step in NORM.steps for problem in step.problems if not problem.shared)


def step_of(step_id: str) -> Step:
    found = NORM.step(step_id)
    assert found
    return found


def remedies_of(step_id: str, problem_id: str) -> dict[str, tuple[str, ...]]:
    problem = step_of(step_id).problem(problem_id)
    assert problem
    return {remedy.id: remedy.effects for remedy in problem.remedies}


def leaves(words: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    if isinstance(words, dict):
        for key, value in words.items():
            yield from leaves(value, (*path, key))
    else:
        yield ".".join(path), words


def rules_placed() -> set[str]:
    return set(re.findall(r"[A-X]-[A-Z0-9]+-\d\d", protocol.source_of("network-2026-11")))


def test_every_rule_of_the_network_has_its_place() -> None:
    assert sorted(set(RULES) - rules_placed()) == []


def test_every_problem_serves_a_rule_and_every_remedy_leads_somewhere_once() -> None:
    for step, problem in problems():
        assert problem.rules, f"{step.id}.{problem.id}"
        for remedy in problem.remedies:
            ways = [one for one in remedy.effects if one.split(":")[0] in WAYS]
            assert len(ways) == 1, f"{step.id}.{problem.id}.{remedy.id}: {remedy.effects}"


def test_the_call_comes_first_and_the_time_is_promised_after_it() -> None:
    assert STEPS[:3] == ["accept", "call", "book"]
    assert NORM.settings["first_call_min"] == 3 and NORM.settings["arrival_promise_min"] == 60


def test_a_longer_time_is_asked_for_approved_with_a_name_or_given_to_somebody_else() -> None:
    ways = remedies_of("book", "longer")
    assert "ask_centre:15" in ways["ask"] and "transfer" in ways["refused"]
    problem = step_of("book").problem("longer")
    approved = problem.remedy("approved") if problem else None
    assert approved and [(one.id, one.required) for one in approved.fields] == [("approved_by", True)]


def test_no_price_on_the_telephone_but_an_estimate_for_a_remote_address() -> None:
    asked, far = step_of("call").problem("asks_price"), remedies_of("call", "far_price")
    assert asked and not any(one.type == "money" for one in asked.fields)
    assert "ask_technical" in far["ask"]
    estimated = step_of("call").problem("far_price")
    assert estimated and {one.id for one in estimated.remedies[1].fields} == {"estimate", "approved_by"}


def test_the_badge_is_on_before_the_bell() -> None:
    assert STEPS.index("look") == STEPS.index("knock") - 1
    assert next(one.id for one in step_of("look").fields if one.required) == "badge"


def test_three_or_four_knocks_in_one_bout() -> None:
    found = [NORM.settings[name] for name in ("knock_bouts", "knocks_per_bout_min", "knocks_per_bout")]
    assert found == [1, 3, 4]


def test_covers_stay_off_only_on_a_bare_floor_at_the_customers_wish() -> None:
    assert NORM.codes["covers_reason"] == ("bare_floor_wish", "outdoor_work")
    visit = Visited().to("covers")
    assert visit.read("covers", "done", {"worn": "waived", "floor": "bare"})[1] == {"reason": "required"}
    assert "floor" in visit.read("covers", "done", {"worn": "on"})[1]
    waived = {"worn": "waived", "floor": "bare", "reason": "bare_floor_wish"}
    assert not visit.read("covers", "done", waived)[1]


def test_it_is_powered_on_before_it_is_opened_unless_it_is_dead_or_dangerous() -> None:
    assert STEPS.index("listen") < STEPS.index("pretest") < STEPS.index("diagnose")
    powered = step_of("pretest").fields[0]
    assert powered.required and powered.options == ("yes", "grave", "dangerous", "no_supply")
    assert remedies_of("pretest", "dangerous")["not_powered"] == ("danger", "mode:not_repaired")


def test_no_repair_before_the_term_is_agreed() -> None:
    visit = Visited().to("term")
    assert "term" in visit.walk.steps["repair"].locked_by
    visit.act("term", "done", {"term": "months_3"})
    assert visit.walk.steps["repair"].locked_by == ()


def test_a_price_stands_between_the_inspection_and_the_repair() -> None:
    visit = Visited().to("diagnose").line("drain_pump").diagnosed(basis="invoice", purchase_date="2022-01-05")
    visit.act("term", "done", {"term": "months_2"})
    assert visit.walk.next_step == "consent" and "consent" in visit.walk.steps["repair"].locked_by


def test_a_customer_who_does_not_agree_to_the_term_has_nothing_repaired() -> None:
    for problem in ("outside", "none"):
        assert remedies_of("term", problem)["no_repair"] == ("mode:not_repaired",)
    fields = {"problem": "none", "remedy": "no_repair", "case": "refrigerant_topup", "told": "1"}
    assert Visited().to("term").act("term", "problem", fields).walk.mode == "not_repaired"


@pytest.mark.parametrize("mode", ["on_site", "no_fault", "not_repaired"])
def test_it_is_powered_on_at_the_end_also_when_nothing_was_repaired(mode: str) -> None:
    visit = Visited().to("repair").add("repair", "done", {"mode": mode, "measures": ["none"]})
    assert visit.walk.next_step == "test" and step_of("test").gate
    assert "test" in visit.walk.steps["sign"].locked_by


@pytest.mark.parametrize("mode", ["on_site", "no_fault", "not_repaired", "take_back"])
def test_the_third_copy_is_left_at_every_visit(mode: str) -> None:
    visit = Visited().ended_as(mode).passed("leave")
    assert visit.walk.next_step == "copy"
    assert "copy" in visit.read("copy", "done", {"way": "link"})[1]  # left, or the reason why not
    visit.passed("copy", "farewell")
    assert visit.walk.state == "finished"


def test_card_sticker_and_old_part_have_a_reason_when_not() -> None:
    visit = Visited().ended_as("on_site")
    nothing = {"card": "no", "sticker": "no", "explained": "1"}
    assert set(visit.read("leave", "done", nothing)[1]) == {"card_reason", "sticker_reason"}
    reasons = {"card_reason": "none_left", "sticker_reason": "other"}
    assert not visit.read("leave", "done", {**nothing, **reasons})[1]


def test_nothing_but_the_company_gives_out_a_private_number() -> None:
    ways = remedies_of("farewell", "private_number")
    assert ways == {"company_number": ("back",), "ask": ("ask_centre", "back")}


def test_a_late_slip_is_explained_unasked_with_a_date() -> None:
    assert NORM.settings["hand_in_days"] == 2
    problem = step_of("hand_in").problem("over_2_days")
    assert problem and [one.id for one in problem.fields if one.required] == ["reason", "promised"]


def test_rework_is_answered_within_two_hours() -> None:
    assert NORM.settings["rework_min"] == 120
    assert "follow_up:120" in remedies_of("hand_in", "customer_called")["rework"]


def test_the_engineer_neither_ticks_nor_suggests_the_opinion() -> None:
    assert remedies_of("sign", "tick_for_me") == {"customer_ticks": ("back",), "left_out": ("back",)}


def test_hands_are_washed_at_the_basin_only() -> None:
    assert (NORM.settings["wash_hands"], NORM.settings["toilet"]) == ("basin_only", "forbidden")
    assert step_of("clean").problem("basin_dirty")


def test_no_work_high_up_without_the_belt() -> None:
    visit = Visited().to("repair")
    typed = {"mode": "on_site", "measures": ["cleaned"], "height_cm": "260"}
    assert visit.read("repair", "done", typed)[1] == {"belt": "no_belt_no_work"}
    assert not visit.read("repair", "done", {**typed, "belt": "1"})[1]


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_are_short_known_and_calm(language: str) -> None:
    words, chinese = NORM.words[language], language.startswith("zh")
    for step, one in words["step"].items():
        size = len(one["title"]) if chinese else len(one["title"].split())
        assert size <= (10 if chinese else 7 if language == "es" else 6), f"{step}: {one['title']}"
    for key, value in leaves(words):
        for line in value if isinstance(value, list) else [value]:
            found = {name for _, name, _, _ in string.Formatter().parse(line) if name is not None}
            assert found <= SPOKEN and (not found or key.endswith(".say")), f"{key}: {found}"
            assert not re.search("[!！¡]", line), key
            if key.endswith(".say"):
                assert line[0] == QUOTES[language][0] and QUOTES[language][1] in line, f"{key}: {line}"
        if key.endswith(".title"):
            assert len(value) <= (18 if chinese else 44), f"{key}: {value}"


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_the_languages_say_the_same_things(language: str) -> None:
    english, other = dict(leaves(NORM.words["en"])), dict(leaves(NORM.words[language]))
    assert sorted(set(english) ^ set(other)) == []
    assert [key for key, value in english.items() if value == other[key]] == [], "left in English"
    assert [
        key for key, value in english.items() if isinstance(value, list) and len(value) != len(other[key])
    ] == []
