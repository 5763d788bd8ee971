"""The maker's norm as it ships: every rule has its place, every place has its words, in all four languages.

How a protocol is loaded and refused is tested elsewhere; here only the shipped folder is read, with tomllib alone.
"""

import re
import string
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).parents[2] / "app" / "protocols" / "maker-2026-11"


def names(text: str) -> list[str]:
    return text.split()


LANGUAGES = ("en", "zh_Hans", "zh_Hant", "es")
NORM = tomllib.loads((FOLDER / "protocol.toml").read_text(encoding="utf-8"))
WORDS = {one: tomllib.loads((FOLDER / f"{one}.toml").read_text(encoding="utf-8")) for one in LANGUAGES}

RULES = names("""
A-INFO-01 A-INFO-02 A-INFO-03 A-TYPE-04 A-CHECK-06
B-CAUSE-01 B-MISUSE-02 B-MISUSE-03 B-PART-04 B-TIME-05 B-TIME-06 B-ABLE-07 B-PLACE-08 B-REPEAT-09
C-CALL-01 C-FAR-09 C-DIFF-10 C-FEE-11 C-ADVICE-12 C-NOANS-13 C-UNREACH-14 C-ANGRY-15
D-KIT-01 D-KIT-02 D-KIT-03 D-KIT-04 D-KIT-05 D-KIT-06 D-FIVE-07
E-DEP-01 E-ARR-02 E-ROAD-03 E-ROAD-04 E-ROAD-05 E-LATE-06 E-LATE-07 E-LATE-08
F-LOOK-01 F-LOOK-02 F-KNOCK-05 F-KNOCK-06 F-KNOCK-09 F-KNOCK-10 F-KNOCK-11 F-KNOCK-12 F-KNOCK-13 F-KNOCK-14
F-ENTRY-15 F-ENTRY-16 F-ENTRY-18 F-ABSENT-19 F-ABSENT-20 F-DOUBT-21 F-ELSE-22 F-POWER-23 F-OUT-24 F-MEAL-25
F-SHOE-26 F-SHOE-27 F-SHOE-28 F-BOX-31 F-BOX-32
G-TALK-01 G-ANGRY-02 G-REFUSE-03 G-HOSPIT-04
H-DIAG-01 H-FEE-04 H-PULL-06 H-PART-07 H-NORMAL-08 H-DOC-09 H-LEVEL-10
I-SITE-01 I-PULL-05 I-PULL-06 I-PULL-07 I-PULL-08 I-PULL-09 I-SMALL-12 I-INST-13 I-INST-14 I-LOAN-15
J-MAT-01 J-BORROW-02 J-MOVE-03 J-STOOL-04 J-BAN-05 J-BAN-06 J-DRAG-09 J-DAMAGE-10 J-PHONE-13
K-NEW-01 K-NEW-02 K-REFUND-03 K-REFUND-04 K-COMP-05 K-BUSY-06 K-MEAL-07 K-MEAL-08 K-CONFL-09 K-REMARK-10
L-TEST-01 L-TEST-02 L-TEST-03 L-TEST-05
M-TEACH-01 M-BACK-04 M-CLEAN-05 M-SELF-08 M-DAMAGE-09
N-SHOW-01 N-UP-02 N-OLD-03 N-SOFT-04 N-SOFT-05 N-OUT-06 N-INV-07 N-LOW-08 N-WAIVE-09
O-SLIP-01 O-HIDE-03 O-RATE-04 O-RATE-05 O-RATE-06
P-GIFT-01 P-CARD-02 P-BYE-07 P-BYE-08
Q-2H-01 Q-3H-02 Q-CTR-03 Q-LOOP-04
R-CARD-01 R-CARD-02 R-FAKE-03 R-REC-04 R-REC-05 R-SEND-10 R-CLOSE-11
""")

STEPS = names("""
accept analyse call kit depart arrive look knock enter covers mat listen diagnose consent repair take_back bring_back test
teach clean fees pay sign leave farewell confidence hand_in
""")

SENTENCES = names(
    "consent iou signature declined privacy scope loaner danger risk rating_private law_refund gifts"
)
SPOKEN = {"reference", "engineer", "company", "time", "minutes_late", "customer", "total", "hotline", "code"}
QUOTES = {"en": "“”", "zh_Hans": "“”", "zh_Hant": "「」", "es": "«»"}
# Ways on: each remedy needs exactly one of them, the rest of its effects are messages.
WAYS = {"back", "done", "skip", "goto", "rebook", "pause", "transfer", "no_access", "advised", "stop", "mode"}


def leaves(words: dict[str, Any], path: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    """Every sentence of a language with its dotted key."""
    for key, value in words.items():
        if isinstance(value, dict):
            yield from leaves(value, (*path, key))
        else:
            yield ".".join((*path, key)), value


def field_keys(base: str, fields: list[dict[str, Any]]) -> Iterator[str]:
    for one in fields:
        yield f"{base}.field.{one['id']}.label"
        for option in one.get("options", []):
            yield f"{base}.field.{one['id']}.options.{option}"


def problem_keys(base: str, problem: dict[str, Any]) -> Iterator[str]:
    yield f"{base}.title"
    yield f"{base}.then"
    yield from field_keys(base, problem.get("field", []))
    for remedy in problem["remedy"]:
        yield f"{base}.remedy.{remedy['id']}.title"
        yield from field_keys(f"{base}.remedy.{remedy['id']}", remedy.get("field", []))


def wanted_keys() -> set[str]:
    """Every key that the structure asks words for; `say` and `hint` are free."""
    keys = (
        {"name"} | {f"stage.{stage['id']}" for stage in NORM["stage"]} | {f"text.{one}" for one in SENTENCES}
    )
    keys |= {f"code.{name}.{code}" for name, codes in NORM["codes"].items() for code in codes}
    for step in NORM["step"]:
        base = f"step.{step['id']}"
        keys |= {f"{base}.{one}" for one in ("title", "standard", "main")} | set(
            field_keys(base, step.get("field", []))
        )
        for problem in step.get("problem", []):
            keys |= set(problem_keys(f"{base}.problem.{problem['id']}", problem))
    for problem in NORM["safety"]:
        keys |= set(problem_keys(f"safety.{problem['id']}", problem))
    return keys


def problems() -> Iterator[tuple[str, dict[str, Any]]]:
    for step in NORM["step"]:
        yield from ((step["id"], problem) for problem in step["problem"])
    yield from (("safety", problem) for problem in NORM["safety"])


def test_the_steps_stand_in_the_order_of_the_norm() -> None:
    assert [step["id"] for step in NORM["step"]] == STEPS


def test_every_rule_of_the_norm_has_its_place() -> None:
    text = (FOLDER / "protocol.toml").read_text(encoding="utf-8")
    placed = set(re.findall(r'"([A-X]-[A-Z0-9]+-\d\d)"', text))
    assert sorted(set(RULES) - placed) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_that_is_shown_has_its_words_and_no_word_is_left_over(language: str) -> None:
    found = {key for key, _ in leaves(WORDS[language]) if not key.endswith((".say", ".hint"))}
    assert sorted(wanted_keys() - found) == []
    assert sorted(found - wanted_keys()) == []


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_the_languages_say_the_same_things(language: str) -> None:
    english, other = dict(leaves(WORDS["en"])), dict(leaves(WORDS[language]))
    assert sorted(set(english) ^ set(other)) == []
    lines = [
        key for key, value in english.items() if isinstance(value, list) and len(value) != len(other[key])
    ]
    assert lines == []
    same = [key for key, value in english.items() if value == other[key]]
    assert same == [], "left in English"


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_order_is_short_enough_to_be_read_at_a_glance(language: str) -> None:
    chinese = language.startswith("zh")
    for step, words in WORDS[language]["step"].items():
        title = words["title"]
        size = len(title) if chinese else len(title.split())
        assert size <= (10 if chinese else 7 if language == "es" else 6), f"{step}: {title}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_happened_fits_on_one_row(language: str) -> None:
    chinese = language.startswith("zh")
    for key, value in leaves(WORDS[language]):
        if key.endswith(".title"):
            assert len(value) <= (18 if chinese else 44), f"{key}: {value}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_scripts_stand_in_the_quotes_of_their_language_and_name_only_known_things(language: str) -> None:
    for key, value in leaves(WORDS[language]):
        for line in value if isinstance(value, list) else [value]:
            names = {name for _, name, _, _ in string.Formatter().parse(line) if name is not None}
            assert names <= SPOKEN, f"{key}: {names}"
            if key.endswith(".say"):
                assert line[0] == QUOTES[language][0] and QUOTES[language][1] in line, f"{key}: {line}"
            else:
                assert not names, f"{key} is not spoken"


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_shouts(language: str) -> None:
    assert [key for key, value in leaves(WORDS[language]) if re.search("[!！¡]", str(value))] == []


def test_spanish_knocks_and_never_calls_at_the_door() -> None:
    words = " ".join(str(value) for _, value in leaves({"": WORDS["es"]["step"]["knock"]}))
    assert "Toque" in words and "llame a la puerta" not in words.lower()


def test_every_remedy_leads_somewhere_once() -> None:
    for step, problem in problems():
        for remedy in problem["remedy"]:
            ways = [one for one in remedy["effects"] if one.split(":")[0] in WAYS]
            assert len(ways) == 1, f"{step}.{problem['id']}.{remedy['id']}: {remedy['effects']}"


def test_a_problem_can_always_be_left_again_or_ends_the_visit() -> None:
    for step, problem in problems():
        assert problem["remedy"], f"{step}.{problem['id']}"
        assert problem["rules"], f"{step}.{problem['id']} serves no rule"


def test_hard_gates_are_few() -> None:
    assert {step["id"]: step["needs"] for step in NORM["step"] if step.get("needs")} == {
        "repair": ["consent"],
        "sign": ["clean"],
    }
    assert [step["id"] for step in NORM["step"] if step.get("gate")] == ["consent", "clean"]


def test_what_is_charged_to_the_owner_is_a_cause() -> None:
    assert set(NORM["codes"]["chargeable_cause"]) < set(NORM["codes"]["cause"])


def test_nobody_is_late_for_an_invented_reason() -> None:
    assert "other_technician" not in NORM["codes"]["late_cause"]
    assert "too_many_customers" not in NORM["codes"]["late_cause"]


def test_what_is_signed_holds_no_figures_that_change() -> None:
    for language in LANGUAGES:
        assert all("{" not in sentence for sentence in WORDS[language]["text"].values())
