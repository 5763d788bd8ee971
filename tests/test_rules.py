"""docs/rules.tsv tells the truth: every rule of the norms is in it once, works where it says, and its test would notice.

One line a rule: id, status, where (`norm:step`, `norm:step:problem` or a file), and the tests that show it, or the reason.
"""

import ast
import copy
import importlib.util
import itertools
import random
import re
import sys
import tomllib
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from app.domain import protocol, step_settings
from app.domain.vocabulary import LANGUAGES

ROOT = Path(__file__).parent.parent
IDS = (ROOT / "tests" / "rules_of_the_norms.txt").read_text("utf-8").split()
ROWS = [line.split("\t") for line in (ROOT / "docs" / "rules.tsv").read_text("utf-8").splitlines()]
BY_ID = {row[0]: row for row in ROWS}
STATUSES = {"works", "declined", "later", "missing"}
LATER = "STUVW"
MISSING = 15
"""How many rules are neither there nor declined. It may only go down; at 0 the status `missing` goes."""
DRAWN, SEED = 30, 20261123
QUICK = "tests/domain/"


@cache
def structure(name: str) -> dict[str, Any]:
    folder = Path(protocol.__file__).parent.parent / "protocols" / name
    return tomllib.loads((folder / "protocol.toml").read_text("utf-8"))


def short(name: str) -> str:
    return name.rpartition("-2026-")[0]


def serves(one: Any) -> set[str]:
    """The rules that stand at this element itself, its inputs and its ways on; not those of a step's problems."""
    if isinstance(one, list):
        return set().union(*map(serves, one))
    found = set(one.get("rules", ()))
    return found | serves([*one.get("field", []), *one.get("remedy", [])]) if one else found


def elements() -> Iterator[tuple[str, set[str]]]:
    """Every element of every norm that ships, as rules.tsv calls it, with the rules that it names."""
    for name in protocol.shipped():
        norm = structure(name)
        for step in norm["step"]:
            yield f"{short(name)}:{step['id']}", serves(step)
            for problem in step.get("problem", []):
                yield f"{short(name)}:{step['id']}:{problem['id']}", serves(problem)
        for problem in norm["safety"]:
            yield f"{short(name)}:safety:{problem['id']}", serves(problem)


def shown_by(row: list[str]) -> list[str]:
    return row[3].split() if row[1] == "works" else []


def places_of(row: list[str]) -> list[str]:
    return [] if row[2] == "-" else row[2].split()


@cache
def functions_of(path: str) -> set[str]:
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    return {one.name for one in ast.walk(tree) if isinstance(one, ast.FunctionDef)}


def test_every_rule_of_the_norms_is_listed_once_in_their_order() -> None:
    assert len(IDS) == 330
    assert [row[0] for row in ROWS] == IDS


def test_every_row_is_whole() -> None:
    assert [row[0] for row in ROWS if len(row) != 4 or not all(row)] == []
    assert {row[1] for row in ROWS} <= STATUSES


def test_later_is_only_what_comes_with_contracts_dealers_archive_complaints_and_reports() -> None:
    assert [row[0] for row in ROWS if row[1] == "later" and row[0][0] not in LATER] == []


def test_what_is_declined_says_why() -> None:
    declined = [row for row in ROWS if row[1] == "declined"]
    assert declined and all(len(row[3].split()) >= 4 for row in declined)


def test_fewer_and_fewer_rules_are_missing() -> None:
    missing = [row[0] for row in ROWS if row[1] == "missing"]
    sys.stdout.write(f"{len(missing)} rules are missing: {' '.join(missing)}\n")
    assert len(missing) == MISSING, "lower MISSING to what is left; it is never raised"
    assert all(len(BY_ID[one][3].split()) >= 4 for one in missing), "what is missing says what is missing"


def test_every_place_that_a_row_names_exists() -> None:
    known = dict(elements())
    for row in ROWS:
        for place in places_of(row):
            if ":" in place:
                assert place in known, f"{row[0]}: {place} is in no norm"
            else:
                assert (ROOT / place).is_file(), f"{row[0]}: {place}"


def test_every_element_that_names_a_rule_is_listed_with_it() -> None:
    unlisted = [
        f"{rule} {place}"
        for place, rules in elements()
        for rule in sorted(rules)
        if rule not in BY_ID or place not in places_of(BY_ID[rule])
    ]
    assert unlisted == []


def test_a_row_names_only_elements_that_serve_its_rule() -> None:
    known = dict(elements())
    wrong = [
        f"{row[0]} {place}"
        for row in ROWS
        for place in places_of(row)
        if ":" in place and row[0] not in known[place]
    ]
    assert wrong == []


def test_every_rule_that_works_has_its_place_and_a_test_that_exists() -> None:
    for row in ROWS:
        if row[1] != "works":
            continue
        assert places_of(row) and shown_by(row), row[0]
        for test in shown_by(row):
            path, _, name = test.partition("::")
            function, _, case = name.partition("[")
            assert (ROOT / path).is_file() and function in functions_of(path), f"{row[0]}: {test}"
            if case:
                assert case.rstrip("]") in ids_of(path, function), test


@cache
def ids_of(path: str, function: str) -> set[str]:
    return {one for one, _ in cases(module_of(path), function)}


# ---------------------------------------------------------------- taken away, its test notices


def drawn() -> list[str]:
    """Rules that work by something in a norm, drawn by a seed that never changes."""
    able = [row[0] for row in ROWS if row[1] == "works" and any(":" in one for one in places_of(row))]
    return sorted(random.Random(SEED).sample(able, DRAWN))


@pytest.mark.parametrize("rule", drawn())
def test_without_its_place_in_the_norm_a_rule_s_test_fails(
    rule: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    quick = [one for one in shown_by(BY_ID[rule]) if one.startswith(QUICK)]
    assert quick, f"{rule} has no test that runs without a database"
    assert all(passes(one) for one in quick), "it passes while the rule has its place"
    taken = {name: without(rule, name) for name in protocol.shipped()}
    for name, norm in taken.items():
        write(norm, name, tmp_path)
    use(taken, tmp_path, monkeypatch)
    for name in protocol.shipped():
        protocol.load(name)  # what is left is a norm that could be used
    assert not all(passes(one) for one in quick), f"{quick} does not notice that {rule} is gone"


def use(taken: dict[str, dict[str, Any]], folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let everybody who asks for a norm get these, with the words that still belong to something."""

    def pruned(name: str) -> dict[str, Any]:
        return {language: words_for(taken[name], words) for language, words in words_of(name).items()}

    monkeypatch.setattr(protocol, "load", cache(lambda name: protocol.parse(taken[name], pruned(name), name)))
    monkeypatch.setattr(protocol, "source_of", lambda name: protocol.to_json(taken[name], pruned(name)))
    monkeypatch.setattr(protocol, "FOLDER", folder)


def passes(test: str) -> bool:
    """Run one test here, with its module read anew, so that it reads the norms anew."""
    path, _, name = test.partition("::")
    function, _, case = name.partition("[")
    try:
        module = module_of(path)
        for known, run in cases(module, function):
            if not case or known == case.rstrip("]"):
                run()
    except Exception:  # whatever it is that is missing
        return False
    return True


def module_of(path: str) -> ModuleType:
    """The test's module, made anew; what it imports of the tests stays as it is."""
    spec = importlib.util.spec_from_file_location(f"_anew_{Path(path).stem}", ROOT / path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    try:
        spec.loader.exec_module(module)
    finally:
        del sys.modules[spec.name]
    if hasattr(module, "FOLDER"):  # it reads its norm's files by itself: now where they are now
        module.FOLDER = protocol.FOLDER / module.FOLDER.name
        module.NORM = tomllib.loads((module.FOLDER / "protocol.toml").read_text("utf-8"))
        module.WORDS = words_of(module.FOLDER.name)
    return module


def cases(module: ModuleType, function: str) -> list[tuple[str, Callable[[], None]]]:
    """Each case of a test with its id, ready to run. Only of tests that take nothing but their parameters."""
    test = getattr(module, function)
    marks = [one for one in getattr(test, "pytestmark", []) if one.name == "parametrize"]
    every: list[list[tuple[str, dict[str, Any]]]] = []
    for mark in marks:
        named, values = mark.args
        names = [one.strip() for one in named.split(",")] if isinstance(named, str) else list(named)
        found = []
        for value in values:
            raw = value.values if hasattr(value, "values") and hasattr(value, "id") else value
            given = tuple(raw) if len(names) > 1 or hasattr(value, "id") else (raw,)
            found.append((str(getattr(value, "id", None) or given[0]), dict(zip(names, given, strict=True))))
        every.append(found)
    made = []
    for chosen in itertools.product(*every):
        arguments = {key: value for _, each in chosen for key, value in each.items()}
        made.append(("-".join(one for one, _ in chosen), lambda a=arguments: test(**a)))
    return made


def without(rule: str, name: str) -> dict[str, Any]:
    """A norm without what serves this rule, and without what would hang in the air then."""
    norm = copy.deepcopy(structure(name))
    if not any(rule in rules for place, rules in elements() if place.startswith(f"{short(name)}:")):
        return norm
    for step in norm["step"]:
        step["problem"] = [one for one in step.get("problem", []) if rule not in serves(one)]
    norm["safety"] = [one for one in norm["safety"] if rule not in serves(one)]
    gone = set()
    for step in norm["step"]:
        if rule in serves(step.get("field", [])):  # its inputs serve the rule, the rest of the step others
            wanted = step_settings.DECLARED.get(step["kind"], ())  # a kind cannot stand without these
            step["field"] = [
                {**one, "rules": [other for other in one.get("rules", ()) if other != rule]}
                for one in step["field"]
                if one["id"] in wanted or rule not in one.get("rules", ())
            ]
            asked = {one["id"] for one in step["field"]}
            if not set(step.get("settings", {}).get("waive_when", ())) <= asked:
                del step["settings"]["waive_when"]
        elif rule in step.get("rules", ()) and step["kind"] == "checklist":
            gone.add(
                step["id"]
            )  # the other kinds are what every visit stands on: they only serve the rule no longer
        step["rules"] = [one for one in step.get("rules", ()) if one != rule]
    return without_steps(norm, gone)


def without_steps(norm: dict[str, Any], gone: set[str]) -> dict[str, Any]:
    norm["step"] = [one for one in norm["step"] if one["id"] not in gone]
    kept = {one["id"] for one in norm["step"]}
    for step in norm["step"]:
        step["needs"] = [one for one in step.get("needs", ()) if one in kept]
        if isinstance(after := step.get("settings", {}).get("lines_after"), list):
            step["settings"]["lines_after"] = [one for one in after if one in kept]
        step["when"] = {
            key: value for key, value in step.get("when", {}).items() if key.partition(".")[0] not in gone
        }
        for problem in step["problem"]:
            problem["remedy"] = [one for one in problem["remedy"] if leads(one, kept)] or [
                {"id": problem["remedy"][0]["id"], "effects": ["back"]}
            ]
    stages = {one["stage"] for one in norm["step"]}
    norm["stage"] = [one for one in norm["stage"] if one["id"] in stages]
    return norm


def leads(remedy: dict[str, Any], kept: set[str]) -> bool:
    targets = [one.partition(":")[2] for one in remedy["effects"] if one.startswith("goto:")]
    return all(one in kept for one in targets)


def write(norm: dict[str, Any], name: str, target: Path) -> None:
    (target / name).mkdir()
    (target / name / "protocol.toml").write_text(toml_of(norm), "utf-8")


@cache
def words_of(name: str) -> dict[str, Any]:
    folder = Path(protocol.__file__).parent.parent / "protocols" / name
    return {one: tomllib.loads((folder / f"{one}.toml").read_text("utf-8")) for one in LANGUAGES}


def words_for(norm: dict[str, Any], words: dict[str, Any]) -> dict[str, Any]:
    """The words of a language without those of what is not in the norm."""
    stages = {one["id"] for one in norm["stage"]}
    return {
        **words,
        "stage": {key: value for key, value in words["stage"].items() if key in stages},
        "step": words_under(norm["step"], words["step"]),
        "safety": words_under(norm["safety"], words["safety"]),
    }


def words_under(parts: list[dict[str, Any]], words: dict[str, Any]) -> dict[str, Any]:
    kept = {}
    for part in parts:
        found = dict(words.get(part["id"], {}))
        for below in ("field", "problem", "remedy"):
            if below in found:
                found[below] = words_under(part.get(below, []), found[below])
                if not found[below]:
                    del found[below]
        kept[part["id"]] = found
    return kept


def toml_of(norm: dict[str, Any]) -> str:
    return "".join(f"{key} = {value_of(value)}\n" for key, value in norm.items())


def value_of(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, list):
        return f"[{', '.join(map(value_of, value))}]"
    if isinstance(value, dict):
        return "{" + ", ".join(f'"{key}" = {value_of(one)}' for key, one in value.items()) + "}"
    return '"' + re.sub(r'["\\]', r"\\\g<0>", str(value)) + '"'
