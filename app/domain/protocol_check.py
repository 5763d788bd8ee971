"""The check of a norm: what may stand where in its files and what must not be missing. The loader, `flask check` and
the desk's editor all ask here; what a sound norm becomes is `protocol`'s.

Everything that is wrong is found, each with its file, its place and the fault; the first one is the loader's.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from app.domain import effect, step_settings
from app.domain.vocabulary import FIELD_TYPES, LANGUAGES

KINDS = (
    "accept", "analyse", "call", "promise", "checklist", "depart", "arrive", "knock", "enter", "covers", "listen", "diagnose",
    "term", "consent", "repair", "take_back", "test", "fees", "pay", "sign", "leave", "confidence", "hand_in",
)  # fmt: skip
LAYERS = ("customer", "office")
DERIVED = ("fee.chargeable", "visit.outcome", "warranty.status", "repair.mode", "job.kind")
"""What `when` may ask besides a step's own values; `walk` knows the answers."""
KEYS = {
    "top": {"id", "version", "settings", "codes", "stage", "step", "safety"},
    "stage": {"id"},
    "step": {
        "id",
        "stage",
        "kind",
        "rules",
        "layer",
        "gate",
        "needs",
        "when",
        "settings",
        "field",
        "problem",
    },
    "problem": {"id", "rules", "rights", "field", "remedy"},
    "remedy": {"id", "rules", "field", "effects"},
    "field": {"id", "type", "required", "or_reason", "options", "codes", "unit", "min", "max", "rules"},
}
"""What may stand where; anything else is a slip of the pen that would silently change nothing."""
TABLES = {"field", "problem", "remedy"}
TOP_TABLES = {"stage", "step", "safety"}
LISTS = {"rules", "needs", "effects", "options", *TABLES}
TRUTHS = {"gate", "required", "or_reason", "rights"}
MAPPINGS = {"when", "settings", "codes"}
REPEATABLE = {"checklist"}
"""Kinds of which a norm may have several; the visit asks for the one step of every other kind."""
BEFORE = {"repair": "consent", "pay": "consent"}
"""Kinds that must not come without that other one before them: no cost without consent, whatever a norm says."""
ID = re.compile(r"[a-z][a-z0-9_]{0,39}")
PLACES = {"engineer", "company", "customer", "hotline", "time", "minutes_late", "total", "code", "reference"}
"""What may stand in {braces} in a sentence to say."""

OPTIONAL = {"say", "then", "hint"}
"""Words that a step, problem or input may have besides those that it must."""

Raw = Mapping[str, Any]
Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong: file, place and fault in words; `path` leads there through structure or words."""

    file: str
    place: str
    fault: str
    path: Path = ()
    language: str = ""  # of words that are missing or wrong
    code: str = ""  # of faults that an editor can make, so that its pages say them in the reader's language
    about: str = ""  # the name in the fault

    def __str__(self) -> str:
        return f"{self.file}: {self.place}: {self.fault}"


def findings(structure: Any, words: Any, name: str) -> list[Finding]:
    """Everything that is wrong with a norm; nothing when it can be used."""
    if not isinstance(structure, Mapping):
        return [Finding(f"{name}/protocol.toml", "top", "must be a table")]
    check = _Check(f"{name}/protocol.toml")
    check.whole(structure)
    return check.found + _words_findings(structure, words, name)


def tables(raw: Any, key: str) -> list[Raw]:
    """The tables of this list, without what is none."""
    found = raw.get(key) if isinstance(raw, Mapping) else None
    return [one for one in found if isinstance(one, Mapping)] if isinstance(found, list) else []


def named(raw: Raw) -> str:
    """The id of a table, '?' without one."""
    return str(raw.get("id") or "?")


class _Check:
    """Goes through the structure and notes what is wrong."""

    def __init__(self, file: str):
        self.file = file
        self.found: list[Finding] = []

    def note(self, place: str, fault: str, path: Path = (), *, code: str = "", about: Any = "") -> None:
        self.found.append(Finding(self.file, place, fault, path, code=code, about=str(about)))

    def whole(self, structure: Raw) -> None:
        self.keys(structure, "top", "top", ())
        for key in ("id", "version", "stage", "step", "safety"):
            if key not in structure:
                self.note("top", f"'{key}' is missing")
        codes = structure.get("codes", {})
        codes = codes if isinstance(codes, Mapping) else {}
        for group, listed in codes.items():
            if not _texts(listed):
                self.note(f"code {group}", "must be a list of codes", ("codes", group))
        stages = [named(stage) for stage in tables(structure, "stage")]
        for stage in tables(structure, "stage"):
            self.keys(stage, "stage", f"stage {named(stage)}", ("stage", named(stage)))
            self.id_of(stage, f"stage {named(stage)}", "'id' is missing", ("stage", named(stage)))
        self.unique(stages, "stage", "top", ())
        for problem in tables(structure, "safety"):
            self.problem(problem, codes, "safety", ("safety",))
        shared = [named(problem) for problem in tables(structure, "safety")]
        steps = tables(structure, "step")
        for step in steps:
            self.step(step, stages, codes, shared)
            self.settings(step, codes, [named(one) for one in steps])
        self.order(steps, stages)
        self.places(structure, steps)
        self.ways_out(structure, steps)

    def keys(self, raw: Raw, what: str, place: str, path: Path) -> None:
        lists = TOP_TABLES if what == "top" else LISTS
        for key, value in raw.items():
            where = (*path, key)
            if key not in KEYS[what]:
                self.note(place, f"'{key}' means nothing here", where)
            elif key in lists and not isinstance(value, list):
                self.note(place, f"'{key}' must be a list", where)
            elif key in lists & (TABLES | TOP_TABLES) and not all(isinstance(one, Mapping) for one in value):
                self.note(place, f"'{key}' must be a list of tables", where)
            elif key in LISTS and key not in TABLES and not _texts(value):
                self.note(place, f"'{key}' must be a list of words", where)
            elif key in TRUTHS and not isinstance(value, bool):
                self.note(place, f"'{key}' must be true or false", where)
            elif key in MAPPINGS and what != "field" and not isinstance(value, Mapping):
                self.note(place, f"'{key}' must be a table", where)
            elif what == "field" and key in ("min", "max") and type(value) is not int:
                self.note(place, f"'{key}' must be a whole number", where)

    def id_of(self, raw: Raw, place: str, missing: str, path: Path) -> bool:
        """Whether the table has an id that can stand in an address."""
        if not raw.get("id"):
            self.note(place, missing, path)
            return False
        if not isinstance(raw["id"], str) or not ID.fullmatch(raw["id"]):
            self.note(
                place, f"id '{raw['id']}' must be small letters, digits and _, at most 40", (*path, "id")
            )
        return True

    def step(self, raw: Raw, stages: list[str], codes: Raw, shared: list[str]) -> None:
        place, path = f"step {named(raw)}", ("step", named(raw))
        self.keys(raw, "step", place, path)
        self.id_of(raw, place, "'id' is missing", path)
        for key, known in (("stage", stages), ("kind", KINDS)):
            if not raw.get(key):
                self.note(place, f"'{key}' is missing", path)
            elif raw[key] not in known:
                self.note(place, f"{key} '{raw[key]}' does not exist", (*path, key))
        if raw.get("layer", "customer") not in LAYERS:
            self.note(place, f"layer '{raw['layer']}' does not exist", (*path, "layer"))
        for problem in tables(raw, "problem"):
            self.problem(problem, codes, place, (*path, "problem"))
        self.unique([named(one) for one in tables(raw, "problem")] + shared, "problem", place, path)
        self.fields(raw, codes, place, path)

    def settings(self, raw: Raw, codes: Raw, steps: list[str]) -> None:
        """Settings of the step that nothing reads, and inputs that its kind reads and that are not declared."""
        settings = raw.get("settings", {})
        if raw.get("kind") not in KINDS or not isinstance(settings, Mapping):
            return
        declared = {
            named(one): one.get("options") or codes.get(one.get("codes", ""), ())
            for one in tables(raw, "field")
        }
        reasons = codes.get("not_tested_reason", ())
        if wrong := step_settings.fault(str(raw["kind"]), settings, declared, steps, reasons):
            self.note(f"step {named(raw)}", wrong, ("step", named(raw), "settings"))

    def problem(self, raw: Raw, codes: Raw, place: str, path: Path) -> None:
        if not self.id_of(raw, place, "a problem has no id", path):
            return
        place, path = f"{place}, problem {named(raw)}", (*path, named(raw))
        self.keys(raw, "problem", place, path)
        remedies = tables(raw, "remedy")
        if not remedies:
            self.note(place, "has no remedy", path, code="no_remedy")
        for remedy in remedies:
            self.remedy(remedy, codes, place, (*path, "remedy"))
        self.unique([named(remedy) for remedy in remedies], "remedy", place, path)
        self.fields(raw, codes, place, path)

    def remedy(self, raw: Raw, codes: Raw, place: str, path: Path) -> None:
        if not self.id_of(raw, place, "a remedy has no id", path):
            return
        place, path = f"{place}, remedy {named(raw)}", (*path, named(raw))
        self.keys(raw, "remedy", place, path)
        effects = raw.get("effects", ())
        if not effects:
            self.note(place, "has no effect", (*path, "effects"), code="no_effect")
        for name in effects if isinstance(effects, list) else ():
            if not isinstance(name, str) or not effect.exists(name):
                self.note(place, f"effect '{name}' does not exist", (*path, "effects"))
        self.fields(raw, codes, place, path)

    def fields(self, raw: Raw, codes: Raw, place: str, path: Path) -> None:
        for one in tables(raw, "field"):
            self.field(one, codes, f"{place}, field {named(one)}", (*path, "field", named(one)))
        self.unique([named(one) for one in tables(raw, "field")], "field", place, path)

    def field(self, one: Raw, codes: Raw, place: str, path: Path) -> None:
        if not self.id_of(one, place, "has no id", path):
            return
        self.keys(one, "field", place, path)
        if one.get("type") not in FIELD_TYPES:
            self.note(place, f"type '{one.get('type')}' does not exist", (*path, "type"))
        listed = one.get("codes", "")
        if listed and listed not in codes:
            self.note(place, f"code list '{listed}' does not exist", (*path, "codes"))
        elif one.get("type") in ("choice", "choices") and not (one.get("options") or codes.get(listed)):
            self.note(place, "a choice needs options or a code list", path)
        low, high = one.get("min"), one.get("max")
        if type(low) is int and type(high) is int and low > high:
            self.note(place, f"'min' {low} is more than 'max' {high}", (*path, "min"))

    def unique(self, ids: list[str], what: str, place: str, path: Path) -> None:
        for one in dict.fromkeys(ids):
            if one != "?" and ids.count(one) > 1:
                self.note(place, f"{what} '{one}' stands twice", (*path, what, one))

    def order(self, steps: list[Raw], stages: list[str]) -> None:
        self.unique([named(step) for step in steps], "step", "top", ())
        seen: set[str] = set()
        last = -1
        for step in steps:
            place, path = f"step {named(step)}", ("step", named(step))
            here = stages.index(step["stage"]) if step.get("stage") in stages else last
            if here < last:
                self.note(place, f"stage '{step['stage']}' comes back after a later one", (*path, "stage"))
            last = max(here, last)
            needs = step.get("needs", ())
            for need in needs if isinstance(needs, list) else ():
                if need not in seen:
                    self.note(
                        place, f"needs '{need}', which does not come before it", (*path, "needs"), code="needs",
                        about=need,
                    )  # fmt: skip
            seen.add(named(step))
        for stage in stages:
            if stage != "?" and not any(step.get("stage") == stage for step in steps):
                self.note(f"stage {stage}", "has no step", ("stage", stage), code="no_step", about=stage)

    def places(self, structure: Raw, steps: list[Raw]) -> None:
        """Everything that names another step names one that there is."""
        ids = {named(step) for step in steps}
        for step in steps:
            place, path = f"step {named(step)}", ("step", named(step))
            when = step.get("when", {})
            for key in when if isinstance(when, Mapping) else ():
                if key not in DERIVED and key.partition(".")[0] not in ids - {named(step)}:
                    self.note(
                        place,
                        f"depends on '{key}', which nothing answers",
                        (*path, "when"),
                        code="when",
                        about=key,
                    )
            for problem in tables(step, "problem"):
                self.targets(problem, ids, place, (*path, "problem"))
        for problem in tables(structure, "safety"):
            self.targets(problem, ids, "safety", ("safety",))

    def targets(self, problem: Raw, ids: set[str], place: str, path: Path) -> None:
        for remedy in tables(problem, "remedy"):
            effects = remedy.get("effects", ())
            for name in effects if isinstance(effects, list) else ():
                kind, _, target = str(name).partition(":")
                if kind == "goto" and target and target not in ids:
                    where = (*path, named(problem), "remedy", named(remedy), "effects")
                    self.note(
                        f"{place}, problem {named(problem)}", f"goes to '{target}', which is no step", where,
                        code="goto", about=target,
                    )  # fmt: skip

    def ways_out(self, structure: Raw, steps: list[Raw]) -> None:
        """What no norm may leave out: consent before cost, and a way to leave when somebody is not safe."""
        before: list[Any] = []
        for step in steps:
            place, path, kind = f"step {named(step)}", ("step", named(step)), step.get("kind")
            if kind in before and kind in KINDS and kind not in REPEATABLE:
                self.note(place, f"kind '{kind}' stands twice", (*path, "kind"))
            if kind in BEFORE and BEFORE[str(kind)] not in before:
                other = BEFORE[str(kind)]
                self.note(
                    place,
                    f"needs a step of kind '{other}' before it",
                    (*path, "kind"),
                    code="before",
                    about=other,
                )
            if kind == "consent" and step.get("gate") is not True:
                self.note(place, "consent must be a gate", (*path, "gate"), code="consent_gate")
            before.append(kind)
        effects = [
            name
            for problem in tables(structure, "safety")
            for remedy in tables(problem, "remedy")
            for name in (remedy["effects"] if isinstance(remedy.get("effects"), list) else ())
        ]
        if "safety" in structure and "safety" not in effects:
            self.note("safety", "no remedy has the effect 'safety'", ("safety",), code="no_safety")


def _texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def wanted_words(structure: Raw) -> Iterator[tuple[Path, str]]:
    """The path and the place of every word that a norm of this structure shows."""
    yield ("name",), "top"
    yield from ((("stage", named(one)), f"stage {named(one)}") for one in tables(structure, "stage"))
    codes = structure.get("codes", {})
    for group, listed in codes.items() if isinstance(codes, Mapping) else ():
        yield from ((("code", group, code), f"code {group}") for code in (listed if _texts(listed) else ()))
    for step in tables(structure, "step"):
        base, place = ("step", named(step)), f"step {named(step)}"
        yield from (((*base, key), place) for key in ("title", "standard", "main"))
        yield from _field_words(step, base, place)
        for problem in tables(step, "problem"):
            yield from _problem_words(problem, (*base, "problem", named(problem)), place)
        for problem in tables(structure, "safety"):  # the rows that every step ends with
            yield from _problem_words(problem, ("safety", named(problem)), place)


def _problem_words(problem: Raw, base: Path, place: str) -> Iterator[tuple[Path, str]]:
    place = f"{place}, problem {named(problem)}"
    yield (*base, "title"), place
    yield from _field_words(problem, base, place)
    for remedy in tables(problem, "remedy"):
        under, what = (*base, "remedy", named(remedy)), f"{place}, remedy {named(remedy)}"
        yield (*under, "title"), what
        yield from _field_words(remedy, under, what)


def _field_words(raw: Raw, base: Path, place: str) -> Iterator[tuple[Path, str]]:
    for one in tables(raw, "field"):
        yield (*base, "field", named(one), "label"), place
        options = one.get("options", ())
        if not one.get("codes") and _texts(options):
            yield from (((*base, "field", named(one), "options", option), place) for option in options)


def word_at(words: Any, path: Path) -> Any:
    """What stands at this path of one language's words; None when nothing does."""
    for name in path:
        if not isinstance(words, Mapping) or name not in words:
            return None
        words = words[name]
    return words


def leaves(words: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every word of a language with its path."""
    if isinstance(words, Mapping):
        for name, value in words.items():
            yield from leaves(value, (*path, str(name)))
    else:
        yield path, words


def _words_findings(structure: Raw, words: Any, name: str) -> list[Finding]:
    spoken = {language: words.get(language) if isinstance(words, Mapping) else None for language in LANGUAGES}
    wanted: dict[Path, str] = {}
    for path, place in wanted_words(structure):
        wanted.setdefault(path, place)  # the safety rows are wanted at every step; each is said once
    holders = {path[:-1] for path in wanted}
    strange: dict[str, list[Path]] = {language: [] for language in LANGUAGES}
    for language in LANGUAGES:  # what one language says, every language says
        for path, value in leaves(spoken[language]):
            if path[:1] == ("text",) or (path and path[-1] in OPTIONAL and path[:-1] in holders):
                if value:
                    wanted.setdefault(path, place_of(path))
            elif path and path not in wanted:
                strange[language].append(path)
    found = []
    for language in LANGUAGES:
        file = f"{name}/{language}.toml"
        for path, place in wanted.items():
            value, at, way = word_at(spoken[language], path), ".".join(path), ("words", *path)
            if not value:
                fault = f"words are missing: {at}"
                found.append(Finding(file, place, fault, way, language, "missing", at))
            elif fault := _word_fault(path, value):
                code, about = ("stands_for", fault.split("'")[1]) if fault.startswith("'") else ("", "")
                found.append(Finding(file, place, f"{at}: {fault}", way, language, code, about))
        found += [
            Finding(
                file, place_of(path), f"'{'.'.join(path)}' means nothing here", ("words", *path), language
            )
            for path in strange[language]
        ]
    return found


def _word_fault(path: Path, value: Any) -> str:
    """What is wrong with a word: its shape, or a place that nothing fills."""
    if path[-1] != "say":
        return "" if isinstance(value, str) else "must be text"
    if not _texts(value):
        return "must be a list of sentences"
    strange = sorted(set(re.findall(r"\{([^}]*)\}", " ".join(value))) - PLACES)
    return f"'{{{strange[0]}}}' stands for nothing" if strange else ""


def place_of(path: Path) -> str:
    """The place that a word's path leads to, as people read it: 'step knock, problem nobody'."""
    if path[0] not in ("step", "safety", "stage", "code"):
        return "top"
    named_parts = {"step", "problem", "remedy", "stage", "code"}
    rest = ("problem", *path[1:]) if path[0] == "safety" else path
    place = ["safety"] if path[0] == "safety" else []
    for what, which in zip(rest[::2], rest[1::2], strict=False):
        if what not in named_parts:
            break
        place.append(f"{what} {which}")
    return ", ".join(place)
