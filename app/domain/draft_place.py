"""The places of a norm's draft: what can be changed in it, where that stands, and how what was typed there is taken.

A body is {structure, words} as `protocol.to_json` writes it. A place in it is a path of names with slashes, such as
`words/es/step/knock/title` or `structure/step/knock/gate`; tables of a list go by their id. Changing is `draft`'s.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.domain import effect
from app.domain.protocol_check import KINDS, REPEATABLE, Raw, named, tables
from app.domain.text import clean
from app.domain.vocabulary import LANGUAGES, OUTCOMES, REPAIR_MODES

Body = dict[str, Any]
LIMIT = 2000
EFFECTS_ASKED = 4
"""How many effects a remedy's form has room for."""
CALL_AGAIN_MIN = (30, 60, 120, 180, 1440)
INPUTS = ("tick", "text", "longtext", "number", "date", "photo", "photos")
"""Kinds of inputs that an editor can add; a choice needs codes, which are more than one line."""


class Unfit(ValueError):
    """What was typed does not fit its place. `code` says why."""

    def __init__(self, code: str):
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Words:
    """One text in every language: where it stands, and how it is typed: `text`, `longtext` or `lines`."""

    path: str  # below words/<language>
    type: str
    optional: bool = False  # left out in all languages, or said in all

    @property
    def what(self) -> str:
        """What the text is: title, standard, say, label, an option …"""
        parts = self.path.split("/")
        return "option" if len(parts) > 1 and parts[-2] == "options" else parts[-1]

    def at(self, language: str) -> str:
        return f"words/{language}/{self.path}"


@dataclass(frozen=True, slots=True)
class Setting:
    """One thing of the structure that is set: a tick, a number, a text, lines or some of `options`."""

    path: str
    type: str  # tick | number | text | lines | choices | effects
    options: tuple[str, ...] = ()


def load(text: str) -> Body:
    """The body that was kept as this text."""
    found: Body = json.loads(text)
    return found


def read(body: Any, path: str) -> Any:
    """What stands at this place; None when nothing does."""
    for name in path.split("/"):
        if isinstance(body, list):
            body = next((one for one in body if isinstance(one, Mapping) and one.get("id") == name), None)
        else:
            body = body.get(name) if isinstance(body, Mapping) else None
    return body


def taken(spot_type: str, typed: Sequence[str]) -> Any:
    """What was typed into an input of this type. :raise Unfit:"""
    if spot_type == "tick":
        return "1" in typed
    if spot_type in ("choices", "effects"):
        return list(dict.fromkeys(one for one in typed if one))
    text = clean(typed[0] if typed else "", LIMIT + 1)
    if len(text) > LIMIT:
        raise Unfit("too_long")
    if spot_type == "lines":
        return [line.strip() for line in text.splitlines() if line.strip()]
    if spot_type == "number":
        if not re.fullmatch(r"-?\d{1,7}", text.strip()):
            raise Unfit("not_a_number" if text.strip() else "required")
        return int(text)
    return " ".join(text.split())


def general_words(body: Body) -> list[Words]:
    """The norm's name, its stages and the sentences that customers sign under."""
    found = [Words("name", "text")]
    found += [Words(f"stage/{named(stage)}", "text") for stage in tables(body["structure"], "stage")]
    sentences = dict.fromkeys(
        name for language in LANGUAGES for name in (read(body, f"words/{language}/text") or {})
    )
    return found + [Words(f"text/{name}", "longtext") for name in sentences]


def code_words(body: Body) -> list[Words]:
    """The words of every list of codes."""
    codes = body["structure"].get("codes", {})
    return [Words(f"code/{group}/{code}", "text") for group, listed in codes.items() for code in listed]


def settings(body: Body) -> list[Setting]:
    """The norm's own numbers and choices."""
    return _settings_at(body, "structure/settings")


def step_words(body: Body, step_id: str) -> list[Words]:
    """What a step says."""
    base = f"step/{step_id}"
    found = [
        Words(f"{base}/title", "text"),
        Words(f"{base}/standard", "longtext"),
        Words(f"{base}/main", "text"),
    ]
    return [*found, Words(f"{base}/say", "lines", True), *_field_words(step_at(body, step_id), base)]


def step_settings(body: Body, step_id: str) -> list[Setting]:
    """How a step behaves: gate, what it waits for, its kind's settings, which inputs must be filled in."""
    base = f"structure/step/{step_id}"
    ids = [named(step) for step in tables(body["structure"], "step")]
    found = [
        Setting(f"{base}/gate", "tick"),
        Setting(f"{base}/needs", "choices", tuple(ids[: ids.index(step_id)])),
    ]
    return [*found, *_settings_at(body, f"{base}/settings"), *_field_settings(step_at(body, step_id), base)]


def problem_words(body: Body, step_id: str, problem_id: str) -> list[Words]:
    """What a problem of a step says, and its remedies. The step 'safety' holds those that every step ends with."""
    base = f"{words_base(step_id)}/{problem_id}"
    problem = problem_of(body, step_id, problem_id)
    found = [
        Words(f"{base}/title", "text"), Words(f"{base}/then", "longtext", True), Words(f"{base}/say", "lines", True),
        *_field_words(problem, base),
    ]  # fmt: skip
    for remedy in tables(problem, "remedy"):
        under = f"{base}/remedy/{named(remedy)}"
        found += [Words(f"{under}/title", "text"), *_field_words(remedy, under)]
    return found


def problem_settings(body: Body, step_id: str, problem_id: str) -> list[Setting]:
    """What the remedies of a problem do, and which inputs must be filled in."""
    base = f"{problems_at(step_id)}/{problem_id}"
    problem = problem_of(body, step_id, problem_id)
    found = _field_settings(problem, base)
    for remedy in tables(problem, "remedy"):
        under = f"{base}/remedy/{named(remedy)}"
        found.append(Setting(f"{under}/effects", "effects", tuple(effects(body))))
        found += _field_settings(remedy, under)
    return found


def effects(body: Body) -> list[str]:
    """Every effect of the registry that a remedy of this norm may name, with its arguments."""
    arguments: dict[str, Sequence[Any]] = {
        "goto": [named(step) for step in tables(body["structure"], "step")],
        "follow_up": CALL_AGAIN_MIN, "mode": REPAIR_MODES, "outcome": OUTCOMES,
    }  # fmt: skip
    found = []
    for name in effect.EFFECTS:
        if name in effect.TAKES_ARGUMENT:
            found += [f"{name}:{argument}" for argument in arguments.get(name, ())]
        else:
            found.append(name)
    return found


def kinds(body: Body) -> list[str]:
    """The kinds of which the norm can have one more step."""
    there = {step.get("kind") for step in tables(body["structure"], "step")}
    return [kind for kind in KINDS if kind in REPEATABLE or kind not in there]


def step_of(body: Body, step_id: str) -> Raw | None:
    """The step with this id."""
    return next((step for step in tables(body["structure"], "step") if named(step) == step_id), None)


def problem_of(body: Body, step_id: str, problem_id: str) -> Any:
    """The problem with this id at this step. :raise Unfit:"""
    found = read(body, f"{problems_at(step_id)}/{problem_id}")
    if found is None:
        raise Unfit("not_an_option")
    return found


def problems_at(step_id: str) -> str:
    """Where the problems of a step stand in the structure."""
    return "structure/safety" if step_id == "safety" else f"structure/step/{step_id}/problem"


def words_base(step_id: str) -> str:
    """Where the words of a step's problems stand."""
    return "safety" if step_id == "safety" else f"step/{step_id}/problem"


def step_at(body: Body, step_id: str) -> Raw:
    """The step with this id. :raise Unfit:"""
    found = step_of(body, step_id)
    if found is None:
        raise Unfit("not_an_option")
    return found


def _field_words(raw: Raw, base: str) -> list[Words]:
    found = []
    for one in tables(raw, "field"):
        under = f"{base}/field/{named(one)}"
        found += [Words(f"{under}/label", "text"), Words(f"{under}/hint", "text", True)]
        if not one.get("codes"):
            found += [Words(f"{under}/options/{option}", "text") for option in one.get("options", ())]
    return found


def _field_settings(raw: Raw, base: str) -> list[Setting]:
    return [Setting(f"{base}/field/{named(one)}/required", "tick") for one in tables(raw, "field")]


def _settings_at(body: Body, path: str) -> list[Setting]:
    found = []
    for name, value in (read(body, path) or {}).items():
        if isinstance(value, bool):
            found.append(Setting(f"{path}/{name}", "tick"))
        elif isinstance(value, int):
            found.append(Setting(f"{path}/{name}", "number"))
        elif isinstance(value, str):
            found.append(Setting(f"{path}/{name}", "text"))
        elif isinstance(value, list) and all(isinstance(one, str) for one in value):
            found.append(Setting(f"{path}/{name}", "lines"))
    return found
