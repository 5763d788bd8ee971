"""The receipt for a lent appliance (周转机单): which unit, its condition, when it is due."""

from app.domain import seal
from app.domain.paper import block
from app.domain.paper.block import row
from app.domain.paper.value import Copy, Paper, Row, Signature, Sources
from app.domain.paper.wording import wording_of
from app.domain.text import clean_line


def compose(sources: Sources, sheet: str, copies: tuple[int, ...]) -> Paper:
    """The receipt for the unit lent with a take-back. None was lent: ValueError."""
    content = sources.content
    taken = content.get("take_back") or {}
    unit = taken.get("loaner")
    if not unit:
        raise ValueError("nothing was lent")
    w = wording_of(content, sources.language, sources.codes)
    signed = taken.get("signature") or content.get("signature") or {}
    at = taken.get("at") or signed.get("at") or (content.get("visit") or {}).get("arrived")
    number = block.number(w, sources, "loaner")
    engineer = clean_line(content["engineer"].get("name")) or w.value("not_known")
    due = unit.get("due") or taken.get("promised_at")
    return Paper(
        kind="loaner",
        language=w.language,
        sheet=sheet,
        title=w("title", "loaner"),
        number=number,
        about=(Row(w.label("ref"), content["ref"]), Row(w.label("date"), w.day(at))),
        company=w.named(content["outlet"].get("name")),
        contact=block.contact(w, content["outlet"]),
        address=w.named(content["outlet"].get("address")),
        copies=(Copy(0, "", ""),),
        sections={
            "who": block.customer(w, content),
            "unit": (
                *block.appliance(w, {"appliance": unit})[:1],
                (
                    row(w, "serial", unit.get("serial"), "not_known"),
                    row(w, "loaner_id", str(unit.get("id") or ""), "not_known"),
                ),
                (row(w, "condition", unit.get("condition"), "not_known"),),
                (row(w, "accessories", unit.get("accessories"), "none"),),
            ),
            "promise": (
                (Row(w.label("lent_at"), w.moment(at)), Row(w.label("due"), w.moment(due), True)),
                (Row(w.label("given_back"), w.value("on_return")),),
            ),
        },
        signatures=(
            block.signature(w, signed, content["customer"].get("name", "")),
            Signature(w.label("signature_engineer"), engineer, w.moment(at)),
        ),
        sentences=(block.sentence(content, "loaner") or w("sentence", "loaner"),),
        seal=block.sealed(w, content),
        qr=block.qr(w, content),
        page=w.label("page"),
        must_hold=(number.value, content["ref"], w.moment(due)),
        attached={"loaner.json": seal.canonical(content)},
        created=at or sources.issued,
    )
