"""A draft of a norm: what can be changed in it, and each change as a new body. What is wrong with one is
`protocol_check`'s; who may change it, and whether somebody else did meanwhile, is `norming`'s.

A body is {structure, words} as `protocol.to_json` writes it. A place in it is a path of names with slashes, such as
`words/es/step/knock/title` or `structure/step/knock/gate`; tables of a list go by their id.
"""

import copy
import json
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.domain import effect
from app.domain.protocol_check import ID, KINDS, REPEATABLE, Raw, named, tables
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


def written(body: Body, path: str, value: Any) -> Body:
    """The body with this value there; an empty word is taken away."""
    made = copy.deepcopy(body)
    *way, last = path.split("/")
    place: Any = made
    for name in way:
        if isinstance(place, list):
            place = next(one for one in place if one.get("id") == name)
        else:
            place = place.setdefault(name, {})
    if value in ("", []) and path.startswith("words/"):
        place.pop(last, None)
    else:
        place[last] = value
    return made


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


# ---------------------------------------------------------------- what can be changed


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
    return [*found, Words(f"{base}/say", "lines", True), *_field_words(_step(body, step_id), base)]


def step_settings(body: Body, step_id: str) -> list[Setting]:
    """How a step behaves: gate, what it waits for, its kind's settings, which inputs must be filled in."""
    base = f"structure/step/{step_id}"
    ids = [named(step) for step in tables(body["structure"], "step")]
    found = [
        Setting(f"{base}/gate", "tick"),
        Setting(f"{base}/needs", "choices", tuple(ids[: ids.index(step_id)])),
    ]
    return [*found, *_settings_at(body, f"{base}/settings"), *_field_settings(_step(body, step_id), base)]


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


# ---------------------------------------------------------------- adding, taking away, moving


def with_step(body: Body, kind: str, stage: str, title: str, language: str) -> tuple[Body, str]:
    """A further step of a kind that exists, last of its stage, and its id. :raise Unfit:"""
    steps = tables(body["structure"], "step")
    stages = [named(one) for one in tables(body["structure"], "stage")]
    if kind not in kinds(body) or stage not in stages:
        raise Unfit("not_an_option")
    if not title:
        raise Unfit("required")
    new = _new_id(title, kind, {named(step) for step in steps} | {"safety"})
    until = [
        at for at, step in enumerate(steps) if stages.index(step.get("stage", stage)) <= stages.index(stage)
    ]
    made = copy.deepcopy(body)
    made["structure"]["step"].insert(
        until[-1] + 1 if until else 0, {"id": new, "stage": stage, "kind": kind, **_usual(steps, stage)}
    )
    return written(made, f"words/{language}/step/{new}/title", title), new


def without_step(body: Body, step_id: str) -> Body:
    """Without this step and its words. Whatever names it is then found by the check."""
    _step(body, step_id)
    return _without(body, f"structure/step/{step_id}", f"step/{step_id}")


def moved_step(body: Body, step_id: str, by: int) -> Body:
    """The step one place earlier (-1) or later (1) within its stage; unchanged at the stage's end. :raise Unfit:"""
    made = copy.deepcopy(body)
    steps = made["structure"]["step"]
    at = next((at for at, step in enumerate(steps) if named(step) == step_id), None)
    if at is None:
        raise Unfit("not_an_option")
    to = at + by
    if 0 <= to < len(steps) and steps[to].get("stage") == steps[at].get("stage"):
        steps[at], steps[to] = steps[to], steps[at]
    return made


def with_problem(body: Body, step_id: str, title: str, remedy: str, language: str) -> tuple[Body, str]:
    """A further problem of a step with its first remedy, which only leads back; and its id. :raise Unfit:"""
    if not title or not remedy:
        raise Unfit("required")
    taken_ids = {named(one) for one in tables(body["structure"], "safety")}
    taken_ids |= {named(one) for one in tables(_holder(body, step_id), _key(step_id))}
    new, way = _new_id(title, "problem", taken_ids), _new_id(remedy, "remedy", set())
    made = copy.deepcopy(body)
    _holder(made, step_id).setdefault(_key(step_id), []).append(
        {"id": new, "remedy": [{"id": way, "effects": ["back"]}]}
    )
    base = f"words/{language}/{words_base(step_id)}/{new}"
    return written(written(made, f"{base}/title", title), f"{base}/remedy/{way}/title", remedy), new


def without_problem(body: Body, step_id: str, problem_id: str) -> Body:
    """Without this problem and its words."""
    problem_of(body, step_id, problem_id)
    return _without(body, f"{problems_at(step_id)}/{problem_id}", f"{words_base(step_id)}/{problem_id}")


def with_remedy(
    body: Body, step_id: str, problem_id: str, title: str, does: str, language: str
) -> tuple[Body, str]:
    """A further remedy of a problem with this effect, and its id. :raise Unfit:"""
    if not title:
        raise Unfit("required")
    if does not in effects(body):
        raise Unfit("not_an_option")
    remedies = tables(problem_of(body, step_id, problem_id), "remedy")
    new = _new_id(title, "remedy", {named(one) for one in remedies})
    made = copy.deepcopy(body)
    problem_of(made, step_id, problem_id).setdefault("remedy", []).append({"id": new, "effects": [does]})
    place = f"words/{language}/{words_base(step_id)}/{problem_id}/remedy/{new}/title"
    return written(made, place, title), new


def without_remedy(body: Body, step_id: str, problem_id: str, remedy_id: str) -> Body:
    """Without this remedy and its words; the last one of a problem may go, the check then says so."""
    tail = f"{problem_id}/remedy/{remedy_id}"
    if read(body, f"{problems_at(step_id)}/{tail}") is None:
        raise Unfit("not_an_option")
    return _without(body, f"{problems_at(step_id)}/{tail}", f"{words_base(step_id)}/{tail}")


def with_field(body: Body, at: str, kind: str, label: str, language: str) -> tuple[Body, str]:
    """A further input at a step, problem or remedy, named by its path below the structure; and its id. :raise Unfit:"""
    if not label:
        raise Unfit("required")
    holder = read(body, f"structure/{at}")
    if kind not in INPUTS or not isinstance(holder, dict):
        raise Unfit("not_an_option")
    new = _new_id(label, "input", {named(one) for one in tables(holder, "field")})
    made = copy.deepcopy(body)
    read(made, f"structure/{at}").setdefault("field", []).append({"id": new, "type": kind})
    return written(made, f"words/{language}/{at}/field/{new}/label", label), new


def without_field(body: Body, at: str, field_id: str) -> Body:
    """Without this input and its words. :raise Unfit:"""
    if read(body, f"structure/{at}/field/{field_id}") is None:
        raise Unfit("not_an_option")
    return _without(body, f"structure/{at}/field/{field_id}", f"{at}/field/{field_id}")


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


def differing(before: Body, after: Body) -> Iterator[tuple[str, Any, Any]]:
    """The places at which two bodies differ, as small as can be told: (path, before, after)."""
    yield from _differing(before, after, "")


def _differing(before: Any, after: Any, path: str) -> Iterator[tuple[str, Any, Any]]:
    if before == after:
        return
    if isinstance(before, dict) and isinstance(after, dict):
        for name in dict.fromkeys([*before, *after]):
            yield from _differing(before.get(name), after.get(name), f"{path}/{name}" if path else name)
    elif _is_by_id(before) and _is_by_id(after):
        old, new = ({named(one): one for one in some} for some in (before, after))
        if [one for one in old if one in new] != [one for one in new if one in old]:
            yield f"{path}/*", list(old), list(new)  # their order
        for name in dict.fromkeys([*old, *new]):
            yield from _differing(old.get(name), new.get(name), f"{path}/{name}")
    else:
        yield path, before, after


def _is_by_id(value: Any) -> bool:
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(one, dict) and "id" in one for one in value)
    )


def _without(body: Body, place: str, words: str) -> Body:
    made = copy.deepcopy(body)
    way, _, last = place.rpartition("/")
    listed = read(made, way)
    listed[:] = [one for one in listed if one.get("id") != last]
    above, _, name = words.rpartition("/")
    for language in LANGUAGES:
        kept = read(made, f"words/{language}/{above}")
        if isinstance(kept, dict):
            kept.pop(name, None)
    return made


def _step(body: Body, step_id: str) -> Raw:
    found = step_of(body, step_id)
    if found is None:
        raise Unfit("not_an_option")
    return found


def _holder(body: Body, step_id: str) -> Any:
    return body["structure"] if step_id == "safety" else _step(body, step_id)


def _key(step_id: str) -> str:
    return "safety" if step_id == "safety" else "problem"


def _usual(steps: Sequence[Raw], stage: str) -> dict[str, str]:
    """A further step belongs to the layer of the stage's last one: what comes after signing is the office's."""
    layers = [step["layer"] for step in steps if step.get("stage") == stage and "layer" in step]
    return {"layer": layers[-1]} if layers else {}


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


def _new_id(title: str, fallback: str, there: set[str]) -> str:
    """An id that can stand in an address, made of the title where it has Latin letters."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    wanted = re.sub(r"[^a-z0-9]+", "_", plain).lstrip("_0123456789")[:30].strip("_") or fallback
    assert ID.fullmatch(wanted), wanted
    found, number = wanted, 2
    while found in there:
        found, number = f"{wanted}_{number}", number + 1
    return found
