"""What the phone's rules read, as plain JSON values: a visit's facts and records, its protocol and its price list.

Dates and times become ISO text, tuples lists; nothing is worked out here.
"""

from collections.abc import Mapping
from dataclasses import fields
from datetime import date, datetime
from typing import Any

from app.domain import fee, price_list
from app.domain.facts import Facts
from app.domain.price_list import PriceList
from app.domain.protocol import Field, Problem, Protocol, Step
from app.domain.record import Record

TEXTS = ("signature", "privacy", "scope", "danger", "iou", "loaner")
"""The sentences of a norm that a content holds (see `content`)."""
SIGNED = ("how", "digest", "code")
"""What goes back to a phone of a signature; strokes and content stay at the office."""


def facts(given: Facts) -> dict[str, Any]:
    """The facts of a visit by their own names."""
    return {one.name: plain(getattr(given, one.name)) for one in fields(given)}


def record(one: Record) -> dict[str, Any]:
    """A record without what the customer said about the visit, and without the drawn signature."""
    body: Mapping[str, Any] = one.body
    if one.act == "rated":
        body = {}
    elif one.role == "owner":
        body = {name: value for name, value in body.items() if name != "content"}
    elif one.act in ("signed", "declined"):
        body = {name: body[name] for name in SIGNED if name in body}
    return {
        "seq": one.seq, "key": one.key, "step": one.step, "act": one.act, "at": one.at.isoformat(), "role": one.role,
        "body": plain(body),
    }  # fmt: skip


def protocol(norm: Protocol) -> dict[str, Any]:
    """The structure of a norm and the sentences that are signed; its other words come with the norm's document."""
    return {
        "id": norm.id,
        "version": norm.version,
        "hash": norm.hash,
        "settings": plain(norm.settings),
        "codes": plain(norm.codes),
        "stages": list(norm.stages),
        "steps": [_step(step) for step in norm.steps],
        "texts": {
            language: {name: norm.word(language, "text", name) for name in TEXTS} for language in norm.words
        },
    }


def prices(kept: PriceList) -> dict[str, Any]:
    """A price list with its hash, and the table of rules that judges its lines (`fee`)."""
    return {**price_list.to_json(kept), "fee_rules": fee.TABLE}


def plain(value: Any) -> Any:
    """The same as JSON values."""
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(name): plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    return value


def _step(step: Step) -> dict[str, Any]:
    return {
        "id": step.id, "stage": step.stage, "kind": step.kind, "layer": step.layer, "gate": step.gate,
        "needs": list(step.needs), "when": plain(step.when), "settings": plain(step.settings),
        "fields": [_field(one) for one in step.fields], "problems": [_problem(one) for one in step.problems],
    }  # fmt: skip


def _problem(problem: Problem) -> dict[str, Any]:
    remedies = [
        {"id": one.id, "effects": list(one.effects), "fields": [_field(each) for each in one.fields]}
        for one in problem.remedies
    ]
    return {
        "id": problem.id,
        "shared": problem.shared,
        "fields": [_field(one) for one in problem.fields],
        "remedies": remedies,
    }


def _field(one: Field) -> dict[str, Any]:
    return {
        "id": one.id, "type": one.type, "required": one.required, "or_reason": one.or_reason,
        "options": list(one.options), "codes": one.codes, "unit": one.unit, "min": one.min, "max": one.max,
    }  # fmt: skip
