"""A protocol: the norm as data, read from a folder of TOML or from what was stored. How a visit stands in it is `walk`'s.

What is wrong with one is found by `protocol_check`, named by file, step and fault, so that whoever edits it can find it.
"""

import hashlib
import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from app.domain import protocol_check, right
from app.domain.protocol_check import Finding
from app.domain.vocabulary import LANGUAGES

FOLDER = Path(__file__).parent.parent / "protocols"


class ProtocolError(ValueError):
    """A protocol that cannot be used: which file, which step, what is wrong; `findings` holds all of it."""

    def __init__(self, found: Sequence[Finding]):
        first = found[0]
        super().__init__(str(first))
        self.file, self.place, self.fault = first.file, first.place, first.fault
        self.findings = tuple(found)


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


RIGHT_FIELDS = tuple(
    Field(name, type_, options=options, min=0, max=right.LARGEST)
    if type_ == "number"
    else Field(name, type_, options=options)
    for name, type_, options in right.ENTERED
)
"""The facts of a case that a problem with `rights = true` asks for; their labels are the screens', not the norm's."""


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
    rights: bool = False  # the customer's rights are looked up here (see `right`)

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
        raise ProtocolError([Finding(name, "folder", "there is no such protocol")])
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


def from_json(text: str) -> Protocol:
    """A stored protocol, as it was when a visit began under it: sound by the check of that day, not asked again.

    A later check may ask for more, and must not take their norm away from visits that are running.
    """
    stored = json.loads(text)
    return build(stored["structure"], stored["words"])


def source_of(name: str) -> str:
    """The canonical text of a shipped protocol."""
    folder = FOLDER / name
    words = {language: _read(folder / f"{language}.toml", name) for language in LANGUAGES}
    return to_json(_read(folder / "protocol.toml", name), words)


def parse(structure: Mapping[str, Any], words: Mapping[str, Mapping[str, Any]], name: str) -> Protocol:
    """Check and build a protocol. :raise ProtocolError: naming file, step and fault."""
    found = protocol_check.findings(structure, words, name)
    if found:
        raise ProtocolError(found)
    return build(structure, words)


def build(structure: Mapping[str, Any], words: Mapping[str, Mapping[str, Any]]) -> Protocol:
    """The protocol of a structure that was found sound; words may still be missing."""
    codes = {key: tuple(value) for key, value in structure.get("codes", {}).items()}
    safety = tuple(_problem(problem, codes, shared=True) for problem in structure["safety"])
    steps = tuple(_step(raw, codes, safety) for raw in structure["step"])
    return Protocol(
        id=structure["id"], version=structure["version"],
        hash=hashlib.sha256(to_json(structure, words).encode()).hexdigest(),
        settings=structure.get("settings", {}), codes=codes,
        stages=tuple(str(stage["id"]) for stage in structure["stage"]), steps=steps, words=words,
        index={step.id: step for step in steps},
    )  # fmt: skip


def _read(path: Path, name: str) -> dict[str, Any]:
    file = f"{name}/{path.name}"
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ProtocolError([Finding(file, "file", "is missing")]) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise ProtocolError([Finding(file, "file", str(fault))]) from None


def _step(raw: Mapping[str, Any], codes: Mapping[str, tuple[str, ...]], safety: tuple[Problem, ...]) -> Step:
    return Step(
        id=raw["id"], stage=raw["stage"], kind=raw["kind"], rules=tuple(raw.get("rules", ())),
        layer=raw.get("layer", "customer"), gate=raw.get("gate", False), needs=tuple(raw.get("needs", ())),
        when=dict(raw.get("when", {})), settings=dict(raw.get("settings", {})), fields=_fields(raw, codes),
        problems=tuple(_problem(problem, codes) for problem in raw.get("problem", [])) + safety,
    )  # fmt: skip


def _problem(raw: Mapping[str, Any], codes: Mapping[str, tuple[str, ...]], shared: bool = False) -> Problem:
    remedies = tuple(
        Remedy(one["id"], tuple(one["effects"]), _fields(one, codes), tuple(one.get("rules", ())))
        for one in raw["remedy"]
    )
    rights = bool(raw.get("rights"))
    fields = _fields(raw, codes) + (RIGHT_FIELDS if rights else ())
    return Problem(raw["id"], remedies, fields, tuple(raw.get("rules", ())), shared, rights)


def _fields(raw: Mapping[str, Any], codes: Mapping[str, tuple[str, ...]]) -> tuple[Field, ...]:
    return tuple(
        Field(
            id=one["id"], type=one["type"], required=one.get("required", False), or_reason=one.get("or_reason", False),
            options=tuple(one.get("options", ())) or codes.get(one.get("codes", ""), ()), codes=one.get("codes", ""),
            unit=one.get("unit", ""), min=one.get("min"), max=one.get("max"), rules=tuple(one.get("rules", ())),
        )
        for one in raw.get("field", [])
    )  # fmt: skip


def problem_path(step: Step, problem: Problem) -> tuple[str, ...]:
    """Where the words of a problem stand: under its step, or under [safety] for the row that every step ends with."""
    return ("safety", problem.id) if problem.shared else ("step", step.id, "problem", problem.id)
