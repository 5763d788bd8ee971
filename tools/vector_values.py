"""Values for the smaller rules, drawn from a fixed seed: contents to seal, inputs of forms, readings of clocks, slips."""

import json
import random
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from app.domain import clock, content, form, portable, price_list, protocol, seal
from app.domain.protocol import Field
from tools import vector_fields as typed
from tools import vector_walks as walks

NEW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
SIGNS = (
    "a",
    "é",
    "e\u0301",
    "字",
    "𠮷",
    "\uff21",
    "\\",
    '"',
    "\n",
    "\x00",
    "\x7f",
    "\u2028",
    "👍🏽",
    "9",
    "10",
    "_",
    " ",
)
FIELDS = (
    Field("x", "tick", required=True), Field("x", "tick"), Field("x", "tick", required=True, or_reason=True),
    Field("x", "choice", options=("a", "1")), Field("x", "choices", required=True, options=("a", "b")),
    Field("x", "text"), Field("x", "text", required=True, max=40), Field("x", "longtext"), Field("x", "longtext", max=500),
    Field("x", "number"), Field("x", "number", min=1, max=99), Field("x", "money"), Field("x", "money", min=1),
    Field("x", "date"), Field("x", "date", required=True), Field("x", "datetime"), Field("x", "photo"),
    Field("x", "photos"), Field("x", "tel"),
)  # fmt: skip


def sealed(count: int, seed: int = 7) -> list[tuple[str, str]]:
    """[JSON text, first digits of the digest] of contents of every allowed kind."""
    draw = random.Random(seed)
    return [(json.dumps(one), seal.digest(one)[:12]) for one in (_value(draw, 0) for _ in range(count))]


def _value(draw: random.Random, depth: int) -> Any:
    kind = draw.randrange(8 if depth < 3 else 5)
    if kind == 5:
        return [_value(draw, depth + 1) for _ in range(draw.randrange(4))]
    if kind > 5:
        named = {_word(draw): _value(draw, depth + 1) for _ in range(draw.randrange(6))}
        composed = {seal.canonical(name) for name in named}
        return named if len(composed) == len(named) else {}
    size = draw.choice([9, 10**6, seal.LARGEST_INTEGER])
    return [None, draw.random() < 0.5, draw.randint(-size, size), _word(draw), _word(draw) * 9][kind]


def _word(draw: random.Random) -> str:
    return "".join(draw.choice(SIGNS) for _ in range(draw.randrange(5)))


def entered() -> list[list[Any]]:
    """[field, typed, [value, fault]] for every type of field and everything that somebody might type into it."""
    found = []
    dates = [NEW.isoformat(), "2026-11-23 09:30:15.5-03:30", "2026-11-23T09:30", "20261123T093000+0800",
             "2099-12-31T23:59+14:00",
             "2100-01-01T00:00+00:00", "2100-01-02T00:00+00:00", "1949-12-31T23:59Z", "2026-02-29T10:00Z", "2026-11-23T24:00Z",
             "2026-11-23T09:30:60Z", "2026-11-23T09:30:00.1234567Z", "2026-11-23T09Z", "2026-11-23T09:3Z",
             "2026-11-23字09:30-00:30",
             "２０26-11-23T09:30Z", "2026-11-23T09:30:00+23:59:59", "2026-11-23T09:30+24:00"]  # fmt: skip
    pools = {"tick": typed.TICKS, "number": typed.NUMBERS, "money": typed.MONEY, "date": typed.DAYS,
             "datetime": dates,
             "tel": typed.PHONES, "photo": typed.SHA, "photos": typed.SHA,
             "choice": ("a", "A", "1"), "choices": ("a", "c")}  # fmt: skip
    for field in FIELDS:
        for value in dict.fromkeys((*pools.get(field.type, ()), *typed.TEXTS, *typed.NUMBERS, "")):
            shape = {"id": "x", "type": field.type, "required": field.required, "or_reason": field.or_reason,
                     "options": list(field.options), "min": field.min, "max": field.max}  # fmt: skip
            found.append([shape, value, list(form.read_one(field, {"x": value}))])
    return found


def readings(count: int, seed: int = 11) -> list[list[Any]]:
    """[reading, {at, trust, skew_s}] of phones whose clocks are right, wrong, set meanwhile, or asleep."""
    draw = random.Random(seed)
    found = []
    for _ in range(count):
        zone = timezone(timedelta(minutes=draw.choice([0, 60, 480, -210, 345])))
        ran = draw.choice([0, 1, 119_999, 120_500, 3_600_000, 86_400_000]) + draw.random()
        wrong = [0, 0, 0.4, -3, 119.5, 120.4, 120.5, -120.5, -120.6, 600, -7200]
        then = NEW + timedelta(seconds=draw.choice(wrong))
        now = then + timedelta(milliseconds=int(ran), seconds=draw.choice([*wrong, 0, 0, 0, 0]))
        seen = {"at": NEW.isoformat(), "device": then.astimezone(zone).isoformat(), "mono": 1000, "boot": "b"}
        reading = {"device": now.astimezone(zone).isoformat(timespec=draw.choice(["auto", "milliseconds"])),
                   "mono": 1000 + ran, "boot": draw.choice("bbc"), "seen": draw.choice([seen, seen, seen, None])}  # fmt: skip
        settled = clock.settled(reading)
        found.append([reading, {**vars(settled), "at": settled.at.isoformat()}])
    return found


def slip(one: walks.Played) -> dict[str, Any]:
    """A played visit with what would be signed at its end: {…, slips: [[step, language, canonical content]]}."""
    now = one.opened
    found = []
    for step, language in (("sign", now.facts.language), ("sign", "zh_Hant"), ("take_back", "es")):
        layer = content.iou_layer if step == "take_back" else content.customer_layer
        made = layer(now.facts, now.walk, now.protocol, now.prices, language)
        found.append([step, language, seal.canonical(made)])
    return {**walks.brief(one.case()), "slips": found}


def given() -> dict[str, Any]:
    """The protocols and price lists that the cases name, as the phone gets them."""
    return {
        "protocols": {name: portable.protocol(protocol.load(name)) for name in (walks.NORM, walks.NETWORK)},
        "prices": {name: portable.prices(price_list.load(name)) for name in price_list.shipped()},
    }
