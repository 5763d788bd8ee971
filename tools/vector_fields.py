"""What somebody may type into a step's form, right and wrong: drawn for the inputs that its kind really reads."""

import random
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from unittest import mock

from app.domain import form
from app.domain.form import Raw
from app.domain.protocol import Field, Step
from app.domain.steps import common
from app.services import judging, opening
from app.services.rehearsing import CANVAS, SIGNATURE

SHA = ("sha256:" + "a" * 64, "sha256:" + "b1" * 32)
TEXTS = (
    "Cable 3×1.5", "  \t two \u3000 spaces \x85 line ", "a\r\nb\r\n\r\n\r\n\r\nc", "１２３ＡＢＣ", "Jose\u0301",
    "\u202eevil\u202c",     "👩\u200d🔧👍🏽",
    "\ufeffx\x00\x1fy\x7f", "𠮷野家", "\U000e0020\U000e0001", "\u2028\u2029", "—", "x" * 199 + "e\u0301" * 3, "é" * 80 + "\u0345",
    "字" * 201, "y" * 501, "z" * 2001, "\ue000\uf8ff", "q\x1c\x1dr", "\U0001fae8\u1ac0", " ",
)  # fmt: skip
MONEY = ("0", "1", "168", "1,234.50", "1.234,5", "1 234", "１６８．５", "¥99", "€ 12,50",
         "1,234.567", "12,34,567", "-5", "1e3", "99999999999",
         "100000000.00", "1234.5 元", "abc", "0,01", "1,000,000", "1.000.00")  # fmt: skip
NUMBERS = ("0", "1", "2", "-0", "-7", " 15 ", "１５", "300", "9999999999", "1.0", "x", "+3", "٣")
PHONES = ("+86 138 0013 8001", "12", "（０５７１）８８８", "ext 12 34", "abc", "010-1234 EXT 5", "١٢٣٤")
DAYS = ("2026-11-22", "20261130", "2024-02-29", "2026-02-29", "1949-12-31", "2100-01-01", "2200-01-01",
        "22.11.2026", "2027-12-01",
        "2026-11-21", "0000-01-01", "２０２６-11-22", " 2026-11-25\u00a0")  # fmt: skip
TICKS = ("on", "1", "true", "YES", "", "off", "On", "0")
STROKES = (SIGNATURE, "[[1,1,1.0,9]]", "[]", "", "[[1,2,3]]", "[[1,1,2,2]]", "[[true,1,90,90]]", "nonsense", "[[-1,-1,400,300]]",
           "[[0,0,9999,0]]", "[[0,0,1e2,0]]", "[[0,0,30,40]]", "[[-0,0,60,0]]", '{"a":1}', "[ [0, 0,\t50, 50] ]")  # fmt: skip
CANVASES = (CANVAS, CANVAS, CANVAS, "[0,1]", "[340]", "", "[340,5000]", "[true,9]")


def drawn(draw: random.Random, opened: opening.Opened, step: Step, act: str, now: datetime) -> dict[str, Any]:
    """Fields for this act, about two of three such that they can be stored."""
    careless = draw.random() < 0.45
    raw: dict[str, Any] = {}
    if act == "problem":
        problem = draw.choice(step.problems)
        raw = {"problem": problem.id, "remedy": draw.choice([*problem.remedies, problem.remedies[0]]).id}
        if careless and draw.random() < 0.3:
            raw[draw.choice(["problem", "remedy"])] = draw.choice(["", "none"])
    elif act == "ladder":
        raw = {"rung": draw.choice(["telephone", "neighbour", "note", "centre", "downstairs", ""])}
    for one in _asked(opened, step, act, raw, now):
        if one.id in raw or (not one.required and draw.random() < 0.4):
            continue
        value = wrong(draw, one, now) if careless and draw.random() < 0.3 else right(draw, one, now)
        if value == "total":
            value = str(opened.walk.fee.total)
        raw[one.id] = value
        if one.or_reason and draw.random() < 0.4:
            raw[one.id], raw[f"{one.id}_reason"] = "", draw.choice(TEXTS)
    return {**raw, **_besides(draw, opened, step, act, now)}


def right(draw: random.Random, one: Field, now: datetime) -> str | list[str]:
    """A value that the field takes."""
    if one.id == "total":
        return "total"
    options = list(one.options) or [""]
    if one.type in ("photo", "photos"):
        return draw.choice([SHA[0], list(SHA), [SHA[1], SHA[1]]])
    if one.type == "choices":
        return draw.sample(options, min(len(options), draw.choice([1, 2, 3])))
    at = now + timedelta(days=draw.choice([1, 2, 20]), minutes=draw.randrange(600))
    return {
        "tick": "on",
        "choice": draw.choice(options),
        "number": str(draw.choice([one.min or 0, (one.min or 0) + 7, min(one.max or 50, 250)])),
        "money": draw.choice(["12.50", "1,234.50", "168", "3000"]),
        "date": at.date().isoformat() if one.id != "purchase_date" else "2025-03-31",
        "datetime": at.isoformat(timespec=draw.choice(["minutes", "seconds", "auto"])),
        "tel": "+86 138 0013 8001",
    }.get(one.type) or draw.choice(TEXTS[:8])


def wrong(draw: random.Random, one: Field, now: datetime) -> str | list[str]:
    """A value that it may not take."""
    moments = [
        now.isoformat(), now.isoformat().replace("+00:00", "Z"), now.replace(tzinfo=None).isoformat(), "tomorrow",
        (now + timedelta(days=400)).isoformat(), (now - timedelta(days=2)).isoformat(), "20261123T093000+0800",
        "2026-11-23 09:30:15.5-03:30", "2026-11-23T25:00+08:00", "2026-11-23T09:30:00,1234567+08:00", "2026-11-23",
        "2026-12-23T09:30+08:00:15", "2026-12-23T09:30+25:00",
    ]  # fmt: skip
    many: dict[str, tuple[Any, ...]] = {
        "tick": TICKS, "choice": ("", "nothing", *one.options[:1]), "choices": (["nothing"], [], "nothing"),
        "number": NUMBERS, "money": MONEY, "date": DAYS, "datetime": tuple(moments), "tel": PHONES,
        "photo": ("", "sha256:xyz", [SHA[0], "no"]), "photos": ("", "sha256:" + "A" * 64, []),
    }  # fmt: skip
    return draw.choice(many.get(one.type, TEXTS))


def _asked(opened: opening.Opened, step: Step, act: str, raw: Raw, now: datetime) -> list[Field]:
    """The fields that the kind reads for this act, seen by letting it read."""
    found: list[Field] = []
    read = form.read

    def seen(fields: Iterable[Field], given: Raw) -> tuple[dict[str, Any], dict[str, str]]:
        kept = list(fields)
        found.extend(kept)
        return read(kept, given)

    around = common.Around(opened.facts, opened.protocol, opened.prices, opened.walk, now)
    submission = judging.Submission(1, step.id, act, "k", raw, now)
    with mock.patch.object(form, "read", seen):
        judging._read(step, submission, around)
    return found


def _besides(
    draw: random.Random, opened: opening.Opened, step: Step, act: str, now: datetime
) -> dict[str, Any]:
    """Inputs that a kind looks at by itself."""
    found: dict[str, Any] = {}
    if step.kind == "accept":
        found = {
            "all_by": draw.choice(["", "customer", "nobody"]),
            "name_by": draw.choice(["dispatcher", "", "x"]),
        }
    elif step.kind == "call" and act == "done":
        answers = ["confirmed", "confirmed", "confirmed", "corrected", ""]
        found = {
            f"{item}_is": draw.choice(answers)
            for item in ("time", "address", "model", "purchase_date", "symptom")
        }
    elif act in ("signed", "declined"):
        language = draw.choice(["", "en", "es", "xx"])
        shown = opening.shown(opened, step.id, language if language in ("en", "es") else None)
        found = {"shown": draw.choice([shown.digest] * 5 + ["", "0" * 64]), "language": language,
                 "strokes": draw.choice(STROKES), "size": draw.choice(CANVASES)}  # fmt: skip
    if draw.random() < 0.06:
        about = now - timedelta(minutes=draw.choice([-5, 0, 30, 600, 40_000, 50_000]))
        found["done_about"] = draw.choice(
            [about.isoformat(), about.isoformat(timespec="minutes"), "soon", " "]
        )
    return found
