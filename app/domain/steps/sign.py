"""`sign`: the phone is handed over; the customer rates, signs or declines on their own pages (O-RATE-04..07, O-SIGN-11)."""

import itertools
import json
import math
from typing import Any

from app.domain import form
from app.domain.form import Raw
from app.domain.protocol import Field, Step
from app.domain.steps.common import Around, Entered, coded
from app.domain.vocabulary import RELATIONS

ACTS = ("handed_over", "handed_back", "rated", "signed", "declined")
WAYS = ("drawn", "typed", "paper")
STROKES_LIMIT = 200
POINTS_LIMIT = 6000
CANVAS_LIMIT = 4000
SHORTEST_LINE = 40  # pixels altogether; less is a slip of the finger, not a signature
STARS = ("1", "2", "3", "4", "5")


def read(act: str, step: Step, raw: Raw, around: Around) -> Entered:
    """rated: {quality, attitude, satisfied, comment}, each only if given; signed, declined: see read_signature."""
    if act == "rated":
        return form.read(
            [
                Field("quality", "choice", options=STARS),
                Field("attitude", "choice", options=STARS),
                Field("satisfied", "choice", options=("yes", "no")),
                Field("comment", "longtext"),
            ],
            raw,
        )
    if act in ("signed", "declined"):
        return read_signature(act, raw, around)
    return {}, {}


def read_signature(act: str, raw: Raw, around: Around) -> Entered:
    """signed: {how, name, relation, strokes, size, photo, shown}; declined: {reason, text, shown}.

    `shown` is the digest of what stood on the page; whoever applies the entry compares it with what stands now.
    """
    shown = form.text(raw, "shown", 64)
    if act == "declined":
        reason = coded(around.protocol, "reason", "decline_reason", required=True)
        body, faults = form.read([reason, Field("text", "text")], raw)
        return {**body, "shown": shown}, faults
    fields = [
        Field("how", "choice", required=True, options=WAYS),
        Field("name", "text", required=form.first(raw, "how") == "typed", max=80),
        Field("relation", "choice", options=RELATIONS),
        Field("photo", "photo", required=form.first(raw, "how") == "paper"),
    ]
    body, faults = form.read(fields, raw)
    body = {**body, "shown": shown, "relation": body.get("relation", "self")}
    if body.get("how") == "drawn":
        strokes, size = strokes_of(form.first(raw, "strokes"), form.first(raw, "size"))
        if strokes is None:
            faults["strokes"] = "draw_first"
        body["strokes"], body["size"] = strokes, size
    if body["relation"] not in ("self",) and not body.get("name"):
        faults.setdefault("name", "required")
    return body, faults


def strokes_of(text: str, size_text: str) -> tuple[list[list[int]] | None, list[int]]:
    """Strokes as flat lists x, y, x, y … of whole pixels within the canvas, or None when nobody drew anything."""
    try:
        strokes, size = json.loads(text or "[]"), json.loads(size_text or "[]")
    except (ValueError, RecursionError):
        return None, []
    if not _is_pair(size) or not isinstance(strokes, list) or not 0 < len(strokes) <= STROKES_LIMIT:
        return None, []
    width, height = size
    for stroke in strokes:
        if not _is_stroke(stroke, width, height):
            return None, []
    if sum(len(stroke) for stroke in strokes) > 2 * POINTS_LIMIT or _length(strokes) < SHORTEST_LINE:
        return None, []
    return strokes, size


def _is_pair(size: Any) -> bool:
    return (
        isinstance(size, list) and len(size) == 2
        and all(type(side) is int and 0 < side <= CANVAS_LIMIT for side in size)
    )  # fmt: skip


def _is_stroke(stroke: Any, width: int, height: int) -> bool:
    if not isinstance(stroke, list) or len(stroke) < 2 or len(stroke) % 2:
        return False
    if not all(type(value) is int for value in stroke):
        return False
    return all(-width <= x <= 2 * width for x in stroke[::2]) and all(
        -height <= y <= 2 * height for y in stroke[1::2]
    )


def _length(strokes: list[list[int]]) -> float:
    total = 0.0
    for stroke in strokes:
        points = list(zip(stroke[::2], stroke[1::2], strict=True))
        total += sum(math.dist(a, b) for a, b in itertools.pairwise(points))
    return total
