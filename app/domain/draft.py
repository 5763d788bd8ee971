"""A draft of a norm: each change as a new body. What is wrong with one is `protocol_check`'s; who may change it, and
whether somebody else did meanwhile, is `norming`'s; where things stand in it is `draft_place`'s.
"""

import copy
import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Any

from app.domain.draft_place import (
    INPUTS,
    Body,
    Unfit,
    effects,
    kinds,
    problem_of,
    problems_at,
    read,
    step_at,
    words_base,
)
from app.domain.protocol_check import ID, Raw, named, tables
from app.domain.vocabulary import LANGUAGES


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
    step_at(body, step_id)
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


def _holder(body: Body, step_id: str) -> Any:
    return body["structure"] if step_id == "safety" else step_at(body, step_id)


def _key(step_id: str) -> str:
    return "safety" if step_id == "safety" else "problem"


def _usual(steps: Sequence[Raw], stage: str) -> dict[str, str]:
    """A further step belongs to the layer of the stage's last one: what comes after signing is the office's."""
    layers = [step["layer"] for step in steps if step.get("stage") == stage and "layer" in step]
    return {"layer": layers[-1]} if layers else {}


def _new_id(title: str, fallback: str, there: set[str]) -> str:
    """An id that can stand in an address, made of the title where it has Latin letters."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    wanted = re.sub(r"[^a-z0-9]+", "_", plain).lstrip("_0123456789")[:30].strip("_") or fallback
    assert ID.fullmatch(wanted), wanted
    found, number = wanted, 2
    while found in there:
        found, number = f"{wanted}_{number}", number + 1
    return found
