"""The receipt for a product taken in (欠条 / 收条): condition, accessories, photos, true reason, promised date."""

from collections.abc import Mapping
from typing import Any

from app.domain import seal
from app.domain.paper import block
from app.domain.paper.block import row
from app.domain.paper.value import Copy, Paper, Row, Signature, Sources
from app.domain.paper.wording import Wording, wording_of
from app.domain.text import clean, clean_line

MOST_PHOTOS = 6


def compose(sources: Sources, sheet: str, copies: tuple[int, ...]) -> Paper:
    """The receipt for what was taken. Nothing was: ValueError."""
    content = sources.content
    taken = content.get("take_back")
    if not taken:
        raise ValueError("nothing was taken in")
    w = wording_of(content, sources.language, sources.codes)
    signed = taken.get("signature") or content.get("signature") or {}
    at = taken.get("at") or signed.get("at") or (content.get("visit") or {}).get("arrived")
    number = block.number(w, sources, "iou")
    return Paper(
        kind="iou",
        language=w.language,
        sheet=sheet,
        title=w("title", "iou"),
        number=number,
        about=(Row(w.label("ref"), content["ref"]), Row(w.label("date"), w.day(at))),
        company=w.named(content["outlet"].get("name")),
        contact=block.contact(w, content["outlet"]),
        address=w.named(content["outlet"].get("address")),
        copies=(Copy(0, "", ""),),
        sections={
            "who": (*block.customer(w, content), *block.appliance(w, content)),
            "taken": _taken(w, sources, taken),
            "promise": (
                (Row(w.label("promised"), w.moment(taken.get("promised_at")), True),),
                (row(w, "loaner", _loaner(w, taken.get("loaner")), "none"),),
                (Row(w.label("discharged"), w.value("on_return")),),
            ),
        },
        signatures=(
            block.signature(w, signed, content["customer"].get("name", "")),
            _engineer(w, content, w.moment(at)),
        ),
        sentences=(block.sentence(content, "iou") or w("sentence", "iou"),),
        photos=tuple(sha for sha in taken.get("photos") or () if sha in sources.photos)[:MOST_PHOTOS],
        seal=block.sealed(w, content),
        qr=block.qr(w, content),
        page=w.label("page"),
        must_hold=(number.value, content["ref"], w.moment(taken.get("promised_at"))),
        attached={"iou.json": seal.canonical(content)},
        created=at or sources.issued,
    )


def _taken(w: Wording, sources: Sources, taken: Mapping[str, Any]) -> tuple[tuple[Row, ...], ...]:
    reason = w.joined([w.code("take_back_reason", taken.get("reason")), clean(taken.get("reason_text"))])
    return (
        (row(w, "condition", taken.get("condition"), "not_known"),),
        (row(w, "accessories", taken.get("accessories"), "none"),),
        (row(w, "fault", block.coded(w, "fault", sources.content.get("fault")), "not_known"),),
        (row(w, "take_back_reason", reason, "not_known"),),
        (Row(w.label("photos"), block.photos(w, sources, len(taken.get("photos") or ()))),),
    )


def _loaner(w: Wording, loaner: Mapping[str, Any] | None) -> str:
    if not loaner:
        return ""
    named = (
        w.code("appliance", loaner.get("kind")),
        loaner.get("brand"),
        loaner.get("model"),
        loaner.get("serial"),
    )
    return " · ".join(clean_line(part) for part in named if part)


def _engineer(w: Wording, content: Mapping[str, Any], at: str) -> Signature:
    name = clean_line(content["engineer"].get("name")) or w.value("not_known")
    return Signature(w.label("signature_engineer"), name, at)
