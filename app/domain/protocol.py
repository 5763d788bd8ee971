"""A protocol: the norm as data, read from a folder of TOML and checked whole. How a visit stands in it is `walk`'s.

A fault is named by file, step and what is wrong, so that whoever edits the norm can find it.
"""

import hashlib
import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from app.domain import effect, step_settings
from app.domain.vocabulary import FIELD_TYPES, LANGUAGES

FOLDER = Path(__file__).parent.parent / "protocols"
KINDS = (
    "accept", "analyse", "call", "promise", "checklist", "depart", "arrive", "knock", "enter", "covers", "listen", "diagnose",
    "term", "consent", "repair", "take_back", "test", "fees", "pay", "sign", "leave", "confidence", "hand_in",
)  # fmt: skip
LAYERS = ("customer", "office")
DERIVED = ("fee.chargeable", "visit.outcome", "warranty.status", "repair.mode")
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
    "problem": {"id", "rules", "field", "remedy"},
    "remedy": {"id", "rules", "field", "effects"},
    "field": {"id", "type", "required", "or_reason", "options", "codes", "unit", "min", "max", "rules"},
}
"""What may stand where; anything else is a slip of the pen that would silently change nothing."""
LISTS = {"rules", "needs", "field", "problem", "remedy", "effects", "options"}
TRUTHS = {"gate", "required", "or_reason"}


class ProtocolError(ValueError):
    """A protocol that cannot be used: which file, which step, what is wrong."""

    def __init__(self, file: str, place: str, fault: str):
        super().__init__(f"{file}: {place}: {fault}")
        self.file, self.place, self.fault = file, place, fault


@dataclass(frozen=True, slots=True)
class Field:
    """One input. `options` are codes; `or_reason` lets an unticked tick stand if `<id>_reason` says why."""

    id: str
    type: str
    required: bool = False
    or_reason: bool = False
    options: tuple[str, ...] = ()
    codes: str = ""
    unit: str = ""
    min: int | None = None
    max: int | None = None
    rules: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Remedy:
    """One way on from a problem, with its effects (see `effect`)."""

    id: str
    effects: tuple[str, ...]
    fields: tuple[Field, ...] = ()
    rules: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Problem:
    """What can go wrong at a step, what to record, and the ways on."""

    id: str
    remedies: tuple[Remedy, ...]
    fields: tuple[Field, ...] = ()
    rules: tuple[str, ...] = ()
    shared: bool = False  # the last row of every step ("I don't feel safe")

    def remedy(self, remedy_id: str) -> Remedy | None:
        return next((remedy for remedy in self.remedies if remedy.id == remedy_id), None)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the norm. `gate`: cannot be passed as not recorded. `needs`: steps that must be settled before."""

    id: str
    stage: str
    kind: str
    rules: tuple[str, ...] = ()
    layer: str = "customer"
    gate: bool = False
    needs: tuple[str, ...] = ()
    when: Mapping[str, Any] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)
    fields: tuple[Field, ...] = ()
    problems: tuple[Problem, ...] = ()

    def problem(self, problem_id: str) -> Problem | None:
        return next((problem for problem in self.problems if problem.id == problem_id), None)


@dataclass(frozen=True, slots=True)
class Protocol:
    """A norm: stages, steps in order, numbers, code lists and its words per language. `hash` covers all of it."""

    id: str
    version: str
    hash: str
    settings: Mapping[str, Any]
    codes: Mapping[str, tuple[str, ...]]
    stages: tuple[str, ...]
    steps: tuple[Step, ...]
    words: Mapping[str, Mapping[str, Any]]
    index: Mapping[str, Step]

    def step(self, step_id: str) -> Step | None:
        return self.index.get(step_id)

    def kind_of(self, kind: str) -> Step | None:
        """The first step of this kind."""
        return next((step for step in self.steps if step.kind == kind), None)

    def word(self, language: str, *path: str, default: Any = "") -> Any:
        """The words at this path in this language, e.g. word('es', 'step', 'knock', 'title')."""
        found: Any = self.words.get(language) or self.words["en"]
        for name in path:
            if not isinstance(found, Mapping) or name not in found:
                return default
            found = found[name]
        return found


@cache
def load(name: str) -> Protocol:
    """The shipped protocol of this folder name, e.g. 'maker-2026-11'. :raise ProtocolError: when it is not usable."""
    folder = FOLDER / name
    if "/" in name or not (folder / "protocol.toml").is_file():
        raise ProtocolError(name, "folder", "there is no such protocol")
    words = {language: _read(folder / f"{language}.toml", name) for language in LANGUAGES}
    return parse(_read(folder / "protocol.toml", name), words, name)


def shipped() -> list[str]:
    """The names of the protocols that ship with the product."""
    return sorted(path.parent.name for path in FOLDER.glob("*/protocol.toml"))


def to_json(structure: Mapping[str, Any], words: Mapping[str, Any]) -> str:
    """The canonical text that the hash covers and that is stored at first use."""
    return json.dumps(
        {"structure": structure, "words": words}, sort_keys=True, ensure_ascii=False, default=str
    )


def from_json(text: str, name: str) -> Protocol:
    """A stored protocol, as it was when a visit began under it."""
    stored = json.loads(text)
    return parse(stored["structure"], stored["words"], name)


def source_of(name: str) -> str:
    """The canonical text of a shipped protocol."""
    folder = FOLDER / name
    words = {language: _read(folder / f"{language}.toml", name) for language in LANGUAGES}
    return to_json(_read(folder / "protocol.toml", name), words)


def parse(structure: Mapping[str, Any], words: Mapping[str, Mapping[str, Any]], name: str) -> Protocol:
    """Check and build a protocol. :raise ProtocolError: naming file, step and fault."""
    file = f"{name}/protocol.toml"
    _check_keys(structure, "top", file, "top")
    for key in ("id", "version", "stage", "step", "safety"):
        if key not in structure:
            raise ProtocolError(file, "top", f"'{key}' is missing")
    codes = {key: tuple(value) for key, value in structure.get("codes", {}).items()}
    stages = tuple(_stage(stage, file) for stage in structure["stage"])
    safety = tuple(_problem(problem, codes, file, "safety") for problem in structure["safety"])
    steps = tuple(_step(raw, stages, codes, safety, file) for raw in structure["step"])
    _check_order(steps, stages, file)
    _check_places(steps, file)
    for step in steps:
        declared, ids = {one.id: one.options for one in step.fields}, [one.id for one in steps]
        reasons = codes.get("not_tested_reason", ())
        if wrong := step_settings.fault(step.kind, step.settings, declared, ids, reasons):
            raise ProtocolError(file, f"step {step.id}", wrong)
    protocol = Protocol(
        id=structure["id"], version=structure["version"],
        hash=hashlib.sha256(to_json(structure, words).encode()).hexdigest(),
        settings=structure.get("settings", {}), codes=codes, stages=stages, steps=steps, words=words,
        index={step.id: step for step in steps},
    )  # fmt: skip
    for language in LANGUAGES:
        _check_words(protocol, language, f"{name}/{language}.toml")
    return protocol


def _read(path: Path, name: str) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ProtocolError(f"{name}/{path.name}", "file", "is missing") from None
    except tomllib.TOMLDecodeError as fault:
        raise ProtocolError(f"{name}/{path.name}", "file", str(fault)) from None


def _stage(raw: Mapping[str, Any], file: str) -> str:
    _check_keys(raw, "stage", file, f"stage {raw.get('id', '?')}")
    if not raw.get("id"):
        raise ProtocolError(file, "stage ?", "'id' is missing")
    return str(raw["id"])


def _check_keys(raw: Mapping[str, Any], what: str, file: str, place: str) -> None:
    for key, value in raw.items():
        if key not in KEYS[what]:
            raise ProtocolError(file, place, f"'{key}' means nothing here")
        if (key in LISTS and not isinstance(value, list)) or (key in TRUTHS and not isinstance(value, bool)):
            raise ProtocolError(
                file, place, f"'{key}' must be {'a list' if key in LISTS else 'true or false'}"
            )
        if what == "field" and key in ("min", "max") and type(value) is not int:
            raise ProtocolError(file, place, f"'{key}' must be a whole number")


def _step(raw: Mapping[str, Any], stages: tuple[str, ...], codes: Any, safety: Any, file: str) -> Step:
    place = f"step {raw.get('id', '?')}"
    _check_keys(raw, "step", file, place)
    for key in ("id", "stage", "kind"):
        if not raw.get(key):
            raise ProtocolError(file, place, f"'{key}' is missing")
    if raw["kind"] not in KINDS:
        raise ProtocolError(file, place, f"kind '{raw['kind']}' does not exist")
    if raw["stage"] not in stages:
        raise ProtocolError(file, place, f"stage '{raw['stage']}' does not exist")
    if raw.get("layer", "customer") not in LAYERS:
        raise ProtocolError(file, place, f"layer '{raw['layer']}' does not exist")
    problems = tuple(_problem(problem, codes, file, place) for problem in raw.get("problem", []))
    _check_unique([problem.id for problem in problems + safety], "problem", file, place)
    return Step(
        id=raw["id"], stage=raw["stage"], kind=raw["kind"], rules=tuple(raw.get("rules", ())),
        layer=raw.get("layer", "customer"), gate=bool(raw.get("gate", False)), needs=tuple(raw.get("needs", ())),
        when=dict(raw.get("when", {})), settings=dict(raw.get("settings", {})),
        fields=_fields(raw, codes, file, place), problems=problems + safety,
    )  # fmt: skip


def _problem(raw: Mapping[str, Any], codes: Any, file: str, place: str) -> Problem:
    if not raw.get("id"):
        raise ProtocolError(file, place, "a problem has no id")
    place = f"{place}, problem {raw['id']}"
    _check_keys(raw, "problem", file, place)
    remedies = tuple(_remedy(remedy, codes, file, place) for remedy in raw.get("remedy", []))
    if not remedies:
        raise ProtocolError(file, place, "has no remedy")
    _check_unique([remedy.id for remedy in remedies], "remedy", file, place)
    fields = _fields(raw, codes, file, place)
    return Problem(
        raw["id"], remedies, fields, tuple(raw.get("rules", ())), shared=place.startswith("safety")
    )


def _remedy(raw: Mapping[str, Any], codes: Any, file: str, place: str) -> Remedy:
    if not raw.get("id"):
        raise ProtocolError(file, place, "a remedy has no id")
    place = f"{place}, remedy {raw['id']}"
    _check_keys(raw, "remedy", file, place)
    effects = tuple(raw.get("effects", ()))
    if not effects:
        raise ProtocolError(file, place, "has no effect")
    for name in effects:
        if not effect.exists(name):
            raise ProtocolError(file, place, f"effect '{name}' does not exist")
    return Remedy(raw["id"], effects, _fields(raw, codes, file, place), tuple(raw.get("rules", ())))


def _fields(raw: Mapping[str, Any], codes: Mapping[str, Any], file: str, place: str) -> tuple[Field, ...]:
    fields = []
    for one in raw.get("field", []):
        where = f"{place}, field {one.get('id', '?')}"
        if not one.get("id"):
            raise ProtocolError(file, where, "has no id")
        _check_keys(one, "field", file, where)
        if one.get("type") not in FIELD_TYPES:
            raise ProtocolError(file, where, f"type '{one.get('type')}' does not exist")
        listed = one.get("codes", "")
        if listed and listed not in codes:
            raise ProtocolError(file, where, f"code list '{listed}' does not exist")
        options = tuple(one.get("options", ())) or tuple(codes.get(listed, ()))
        if one["type"] in ("choice", "choices") and not options:
            raise ProtocolError(file, where, "a choice needs options or a code list")
        made = Field(
            id=one["id"], type=one["type"], required=one.get("required", False), or_reason=one.get("or_reason", False),
            options=options, codes=listed, unit=one.get("unit", ""), min=one.get("min"), max=one.get("max"),
            rules=tuple(one.get("rules", ())),
        )  # fmt: skip
        fields.append(made)
    _check_unique([one.id for one in fields], "field", file, place)
    return tuple(fields)


def _check_unique(ids: list[str], what: str, file: str, place: str) -> None:
    for one in ids:
        if ids.count(one) > 1:
            raise ProtocolError(file, place, f"{what} '{one}' stands twice")


def _check_order(steps: tuple[Step, ...], stages: tuple[str, ...], file: str) -> None:
    _check_unique([step.id for step in steps], "step", file, "top")
    seen: set[str] = set()
    last = -1
    for step in steps:
        if stages.index(step.stage) < last:
            raise ProtocolError(file, f"step {step.id}", f"stage '{step.stage}' comes back after a later one")
        last = stages.index(step.stage)
        for need in step.needs:
            if need not in seen:
                raise ProtocolError(file, f"step {step.id}", f"needs '{need}', which does not come before it")
        seen.add(step.id)
    for stage in stages:
        if not any(step.stage == stage for step in steps):
            raise ProtocolError(file, f"stage {stage}", "has no step")


def _check_places(steps: tuple[Step, ...], file: str) -> None:
    ids = {step.id for step in steps}
    for step in steps:
        for key in step.when:
            if key not in DERIVED and key.partition(".")[0] not in ids - {step.id}:
                raise ProtocolError(file, f"step {step.id}", f"depends on '{key}', which nothing answers")
        for problem in step.problems:
            for remedy in problem.remedies:
                for name in remedy.effects:
                    kind, _, target = name.partition(":")
                    if kind == "goto" and target not in ids:
                        place = f"step {step.id}, problem {problem.id}"
                        raise ProtocolError(file, place, f"goes to '{target}', which is no step")


def _check_words(protocol: Protocol, language: str, file: str) -> None:
    """Every title, label, option and code has its words in this language."""
    for path, place in _wanted_words(protocol):
        if not protocol.word(language, *path, default=None) or language not in protocol.words:
            raise ProtocolError(file, place, f"words are missing: {'.'.join(path)}")


def _wanted_words(protocol: Protocol) -> list[tuple[tuple[str, ...], str]]:
    wanted: list[tuple[tuple[str, ...], str]] = [(("name",), "top")]
    wanted += [(("stage", stage), f"stage {stage}") for stage in protocol.stages]
    wanted += [
        (("code", key, code), f"code {key}") for key, codes in protocol.codes.items() for code in codes
    ]
    for step in protocol.steps:
        place = f"step {step.id}"
        wanted += [(("step", step.id, key), place) for key in ("title", "standard", "main")]
        wanted += [(path, place) for path in _field_words(("step", step.id), step.fields)]
        for problem in step.problems:
            base, where = problem_path(step, problem), f"{place}, problem {problem.id}"
            wanted += [(path, where) for path in ((*base, "title"), *_field_words(base, problem.fields))]
            for remedy in problem.remedies:
                under, what = (*base, "remedy", remedy.id), f"{where}, remedy {remedy.id}"
                wanted += [(path, what) for path in ((*under, "title"), *_field_words(under, remedy.fields))]
    return wanted


def problem_path(step: Step, problem: Problem) -> tuple[str, ...]:
    """Where the words of a problem stand: under its step, or under [safety] for the row that every step ends with."""
    return ("safety", problem.id) if problem.shared else ("step", step.id, "problem", problem.id)


def _field_words(base: tuple[str, ...], fields: tuple[Field, ...]) -> list[tuple[str, ...]]:
    wanted = []
    for one in fields:
        wanted.append((*base, "field", one.id, "label"))
        if not one.codes:
            wanted += [(*base, "field", one.id, "options", option) for option in one.options]
    return wanted
