"""What a page of the norm's editor shows: its texts and settings in groups, each finding beside its place. No routes."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from werkzeug.datastructures import MultiDict

from app.domain import draft_place
from app.domain.draft_place import Body, Setting, Words
from app.domain.protocol_check import Finding
from app.domain.vocabulary import LANGUAGES
from app.services import norming
from app.services.norming import Draft, Saved
from app.web.desk import norm_words
from app.web.desk.words import fault_sentence
from app.web.i18n import NAMES, _, moment, tag


@dataclass
class Shown:
    """The groups of a page, each with its rows; findings that no row is about; faults of what was typed."""

    groups: list[dict[str, Any]] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)
    errors: dict[str, str] = field(default_factory=dict)
    missing: list[tuple[str, int]] = field(default_factory=list)


def groups(
    found: Draft,
    words: Sequence[Words],
    settings: Sequence[Setting],
    saved: Saved | None,
    sent: MultiDict[str, str] | None,
) -> Shown:
    """Everything that one page shows of a draft."""
    shown, body = Shown(), found.body
    by_place: dict[str, list[Finding]] = {}
    for one in norming.findings(found):
        place = "/".join(one.path[1:]) if one.path[:1] == ("words",) else "/".join(("structure", *one.path))
        by_place.setdefault(f"words/{one.language}/{place}" if one.language else place, []).append(one)
    used: set[str] = set()
    made: dict[str, dict[str, Any]] = {}
    for text in words:
        row = {"kind": "words", "label": norm_words.what(text), "type": text.type, "optional": text.optional,
               "cells": [_cell(text, tongue, body, by_place, saved, sent, used) for tongue in LANGUAGES]}  # fmt: skip
        _group(made, text.path, body)["rows"].append(row)
    for one_setting in settings:
        row = {"kind": "setting", **_setting(one_setting, body, by_place, saved, sent, used)}
        _group(made, one_setting.path.removeprefix("structure/"), body)["rows"].append(row)
    shown.groups = list(made.values())
    cells = [cell for group in shown.groups for row in group["rows"] for cell in row.get("cells", [row])]
    shown.errors = {cell["id"]: cell["error"] for cell in cells if cell["error"]}
    missing = Counter(cell["language"] for cell in cells if cell.get("missing"))
    shown.missing = [(tongue, missing[tongue]) for tongue in LANGUAGES if missing[tongue]]
    bases = _bases(words, settings)
    shown.elsewhere = [
        norm_words.finding(one, body)
        for place, some in by_place.items() if place not in used and _is_below(place, bases)
        for one in some
    ]  # fmt: skip
    return shown


def _cell(
    text: Words, tongue: str, body: Body, by_place: Mapping[str, list[Finding]], saved: Saved | None,
    sent: MultiDict[str, str] | None, used: set[str],
) -> dict[str, Any]:  # fmt: skip
    place = text.at(tongue)
    used.add(place)
    findings = by_place.get(place, [])
    return {
        "language": tongue, "name": NAMES[tongue], "tag": tag(tongue),
        "missing": any(one.code == "missing" for one in findings),
        "notes": [norm_words.finding(one, body) for one in findings], **_input(place, body, saved, sent),
    }  # fmt: skip


def _setting(
    one: Setting, body: Body, by_place: Mapping[str, list[Finding]], saved: Saved | None,
    sent: MultiDict[str, str] | None, used: set[str],
) -> dict[str, Any]:  # fmt: skip
    used.add(one.path)
    if one.type == "effects":
        options = [(name, norm_words.does(name, body)) for name in one.options]
    else:
        options = [(step, norm_words.word(body, "step", step, "title") or step) for step in one.options]
    made = _input(one.path, body, saved, sent)
    if one.type in ("effects", "choices"):
        given = (
            sent.getlist(one.path) if one.path in (saved.faults if saved else {}) and sent else made["value"]
        )
        made["value"] = [each for each in given or [] if each]
        known = {name for name, _title in options}
        options += [
            (each, each) for each in made["value"] if each not in known
        ]  # what a file says stays to be seen
    return {
        "label": norm_words.setting(one), "type": one.type, "options": options, "room": draft_place.EFFECTS_ASKED,
        "notes": [norm_words.finding(each, body) for each in by_place.get(one.path, [])], **made,
    }  # fmt: skip


def _input(place: str, body: Body, saved: Saved | None, sent: MultiDict[str, str] | None) -> dict[str, Any]:
    """One input: what stands there, or what was typed when it could not be kept, and what somebody else wrote."""
    value = draft_place.read(body, place)
    error = theirs = ""
    if saved and sent is not None and place in saved.faults:
        code, other = saved.faults[place], saved.meanwhile.get(place)
        error = str(norm_words.FAULTS.get(code) or fault_sentence(code, draft_place.LIMIT))
        if other:
            theirs = (
                _("%(name)s wrote, %(when)s:", name=other.person.name, when=moment(other.at))
                + " "
                + _plain(value)
            )
        value = sent.get(place, "")
    if isinstance(value, list) and all(isinstance(one, str) for one in value) and place.startswith("words/"):
        value = "\n".join(value)
    return {
        "id": place.replace("/", "-"), "at": place, "value": "" if value is None else value, "error": error,
        "theirs": theirs,
    }  # fmt: skip


def _plain(value: Any) -> str:
    return " / ".join(map(str, value)) if isinstance(value, list) else str(value or "–")


def _group(made: dict[str, dict[str, Any]], path: str, body: Body) -> dict[str, Any]:
    """The group of a place: a remedy or an input has its own, a list of codes too; the rest comes first."""
    parts = path.split("/")
    title, key = "", ""
    for what in ("remedy", "field"):
        if what in parts:
            until = parts.index(what) + 2
            key = "/".join(parts[:until])
            name = norm_words.word(body, *parts[:until], "title") or norm_words.word(
                body, *parts[:until], "label"
            )
            kind = _("Remedy") if what == "remedy" else _("Input")
            title = f"{kind}: {name or parts[until - 1]}"
            break
    if parts[0] == "code":
        key, title = parts[1], parts[1].replace("_", " ")
    return made.setdefault(key, {"title": title, "rows": []})


def _bases(words: Sequence[Words], settings: Sequence[Setting]) -> set[str]:
    """What the page is about: its step or problem, below the structure."""
    places = [one.path for one in words] + [one.path.removeprefix("structure/") for one in settings]
    found = set()
    for place in places:
        parts = place.split("/")
        if parts[0] == "step":
            found.add("/".join(parts[:4] if parts[2:3] == ["problem"] else parts[:2]))
        elif parts[0] == "safety":
            found.add("/".join(parts[:2]))
    return found


def _is_below(place: str, bases: set[str]) -> bool:
    inner = place.split("/", 2)[-1] if place.startswith("words/") else place.removeprefix("structure/")
    is_problem = any("/problem/" in base for base in bases)
    return any(
        (inner == base or inner.startswith(base + "/")) and (is_problem or "/problem/" not in inner)
        for base in bases
    )
