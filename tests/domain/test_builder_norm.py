"""The builder's home-maintenance norm as it ships: its rules have their place, its order holds, its words are in four languages.

How a protocol is loaded and refused is tested elsewhere; the maker's and the network's norms have their own tests.
"""

import re
import string
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from app.domain import protocol
from app.domain.protocol import Problem, Step
from app.domain.vocabulary import LANGUAGES
from tests.domain.walking import Walked


def names(text: str) -> list[str]:
    return text.split()


NORM = protocol.load("builder-2026-11")
STEPS = [step.id for step in NORM.steps]
RULES = names("""
D-TOOL-08 E-WALK-10 F-LOOK-03 F-KNOCK-08 F-ENTRY-17 F-SHOE-30 F-BOX-33 F-CERT-34 H-SITE-12 J-FACIL-08 J-BUY-14
M-TEACH-02 M-BACK-04 M-CLEAN-07 S-24H-10 X-BLDR-03
""")
CODE_OF_CONDUCT = names("""
kit arrive look knock enter covers certificate protect listen diagnose consent repair restore explain farewell
""")
SPOKEN = {"reference", "engineer", "company", "time", "minutes_late", "customer", "total", "hotline", "code"}
QUOTES = {"en": "“”", "zh_Hans": "“”", "zh_Hant": "「」", "es": "«»"}
WAYS = {"back", "done", "skip", "goto", "rebook", "pause", "transfer", "no_access", "advised", "stop", "mode"}
MISFITS = {
    "en": "appliance|gift",
    "zh_Hans": "电器|礼品",
    "zh_Hant": "家電|禮品",
    "es": "aparato|obsequio",
}
"""What is repaired is part of a home, and nothing is given away."""


class Visited(Walked):
    """A visit under the builder's norm."""

    def __init__(self) -> None:
        super().__init__()
        self.protocol = NORM

    def diagnosed(self, **more: Any) -> "Visited":
        body = {"fault": "leak", "cause": "workmanship", "basis": "certificate", "whose": "workmanship"}
        self.act("diagnose", "done", {**body, **more})
        return self

    def checked(self, **more: str) -> "Visited":
        """The certificate was asked for and seen, unless told otherwise."""
        self.act("certificate", "done", {"seen": "seen", "standing": "within", **more})
        return self


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
    return set(re.findall(r"[A-X]-[A-Z0-9]+-\d\d", protocol.source_of("builder-2026-11")))


def test_every_rule_of_the_builder_has_its_place() -> None:
    assert sorted(set(RULES) - rules_placed()) == []


def test_every_problem_serves_a_rule_and_every_remedy_leads_somewhere_once() -> None:
    for step, problem in problems():
        assert problem.rules, f"{step.id}.{problem.id}"
        for remedy in problem.remedies:
            ways = [one for one in remedy.effects if one.split(":")[0] in WAYS]
            assert len(ways) == 1, f"{step.id}.{problem.id}.{remedy.id}: {remedy.effects}"


def test_every_step_knows_what_may_go_wrong_in_it() -> None:
    assert [step.id for step in NORM.steps if all(problem.shared for problem in step.problems)] == []


def test_the_code_of_conduct_is_walked_in_its_order() -> None:
    assert [step for step in STEPS if step in CODE_OF_CONDUCT] == CODE_OF_CONDUCT
    assert all(step_of(step).problems for step in CODE_OF_CONDUCT)


def test_the_owner_is_called_within_a_day_of_the_order() -> None:
    assert NORM.settings["contact_hours"] == 24
    ways = remedies_of("call", "over_24_h")
    assert "tell_centre" in ways["called_now"] and "transfer" in ways["give_on"]


def test_all_tools_are_in_the_box_and_everybody_has_a_card_before_leaving() -> None:
    visit = Visited().to("kit")
    faults = visit.read("kit", "done", {})[1]
    assert faults["tools"] == faults["cards"] == "required_or_reason"


def test_the_way_through_the_estate_is_direct_in_and_out() -> None:
    assert remedies_of("arrive", "at_the_gate")["desk_calls"] == ("tell_desk", "back")
    assert "direct" in Visited().to("farewell").read("farewell", "done", {"goodbye": "1"})[1]


def test_nobody_knocks_in_a_torn_uniform() -> None:
    assert "uniform" in Visited().to("look").read("look", "done", {"card": "1"})[1]
    assert "back" in remedies_of("look", "uniform")["changed"]


def test_three_knocks_in_one_bout_and_a_bell_once() -> None:
    found = [NORM.settings[name] for name in ("knock_bouts", "knocks_per_bout", "knock_bell_first")]
    assert found == [1, 3, True]
    assert remedies_of("knock", "too_loud") == {"quiet": ("back",)}


def test_the_owner_may_check_who_comes_by_the_time_or_the_telephone() -> None:
    visit = Visited().to("enter")
    came = {"introduced": "1", "customer_confirmed": "1", "card_shown": "1", "who": "customer"}
    assert visit.read("enter", "done", came)[1] == {"proof": "required"}
    for proof in ("card", "time", "phone"):
        assert not visit.read("enter", "done", {**came, "proof": proof})[1]


def test_shoes_come_off_or_are_covered() -> None:
    visit = Visited().to("covers")
    assert not visit.read("covers", "done", {"worn": "on"})[1]
    assert not visit.read("covers", "done", {"worn": "waived", "reason": "shoes_off"})[1]
    assert visit.read("covers", "done", {"worn": "waived"})[1] == {"reason": "required"}


def test_no_work_before_the_certificate_was_asked_for() -> None:
    visit = Visited().to("certificate")
    assert "certificate" in visit.walk.steps["repair"].locked_by
    assert visit.read("certificate", "done", {"seen": "seen"})[1] == {"standing": "required"}
    visit.checked()
    assert "certificate" not in visit.walk.steps["repair"].locked_by


def test_without_a_certificate_the_warranty_runs_from_the_completion_date() -> None:
    visit = Visited().to("certificate")
    lost = {"problem": "no_certificate", "remedy": "completion_date", "completed_on": "2026-02-03"}
    assert "completed_on" in visit.read("certificate", "problem", {**lost, "completed_on": ""})[1]
    visit.act("certificate", "problem", lost)
    visit.checked(seen="none", start="2026-02-03").to("diagnose")
    visit.diagnosed(purchase_date="2026-02-03", basis="invoice")
    assert (visit.walk.warranty.status, visit.walk.warranty.until) == ("in", date(2027, 2, 3))


def test_over_means_an_estimate_and_a_yes_before_the_work() -> None:
    visit = (
        Visited()
        .to("certificate")
        .act("certificate", "done", {"seen": "none", "standing": "over", "start": "2022-01-05"})
    )
    visit.to("diagnose").line("drain_pump").diagnosed(purchase_date="2022-01-05")
    assert visit.walk.warranty.status == "out" and visit.walk.fee.chargeable
    assert visit.walk.next_step == "consent" and "consent" in visit.walk.steps["repair"].locked_by
    assert remedies_of("certificate", "expired")["no_work"][-1] == "mode:not_repaired"


def test_the_floor_is_covered_before_anything_is_opened() -> None:
    assert STEPS.index("protect") < STEPS.index("diagnose")
    assert "floor" in Visited().to("protect").read("protect", "done", {})[1]


def test_the_engineering_manager_looks_before_anybody_is_made_responsible() -> None:
    assert remedies_of("accept", "not_inspected")["manager_looks"] == ("manager_visit", "back")
    assert remedies_of("diagnose", "whose_part")["manager"] == ("manager_visit", "rebook")
    visit = Visited().to("diagnose")
    found = {"fault": "leak", "cause": "not_found", "basis": "certificate"}
    assert visit.read("diagnose", "done", found)[1] == {"whose": "required"}


def test_telephone_and_bathroom_only_with_consent() -> None:
    assert [NORM.settings[name] for name in ("toilet", "wash_hands", "customer_phone")] == [
        "with_consent"
    ] * 3
    ways = remedies_of("repair", "facility")
    assert ways["agreed"] == ("back",) and ways["outside"] == ("back",) and ways["break"] == ("pause",)


def test_nobody_asks_the_owner_for_tools_or_material() -> None:
    visit = Visited().to("repair")
    done = {"mode": "on_site", "measures": ["sealed"]}
    assert visit.read("repair", "done", done)[1] == {"material": "required"}
    assert set(remedies_of("repair", "material_short")) == {"fetch", "rebook"}, "never: the owner buys it"
    bought = step_of("consent").problem("own_material")
    assert bought and step_of("consent").when == {"fee.chargeable": True}, "only outside the warranty"
    owner = bought.remedy("owner_buys")
    assert owner and [one.id for one in owner.fields if one.required] == ["item", "why"]


def test_everything_is_restored_and_cleared_before_the_owner_signs() -> None:
    visit = Visited().to("restore")
    assert set(visit.read("restore", "done", {})[1]) == {"in_place", "debris", "floor", "tools"}
    assert "restore" in visit.walk.steps["sign"].locked_by and step_of("restore").gate


def test_precautions_are_explained_before_leaving() -> None:
    assert STEPS.index("restore") < STEPS.index("explain") < STEPS.index("sign") < STEPS.index("farewell")
    assert "precautions" in Visited().to("explain").read("explain", "done", {})[1]
    assert remedies_of("explain", "not_until")["call_after"] == ("follow_up:1440", "back")


def test_no_work_high_up_without_the_belt() -> None:
    visit = Visited().to("repair")
    typed = {"mode": "on_site", "measures": ["sealed"], "material": "ours", "height_cm": "260"}
    assert visit.read("repair", "done", typed)[1] == {"belt": "no_belt_no_work"}


def test_what_the_owner_is_charged_for_is_a_cause() -> None:
    assert set(NORM.codes["chargeable_cause"]) < set(NORM.codes["cause"])
    assert "workmanship" not in NORM.codes["chargeable_cause"]


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
            if not key.startswith("text."):
                assert not re.search(MISFITS[language], line, re.IGNORECASE), f"{key}: {line}"
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
