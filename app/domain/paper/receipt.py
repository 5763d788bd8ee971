"""The receipt (收据) for one payment: at the visit, or a later one by itself (decision 9)."""

from collections.abc import Mapping
from typing import Any

from app.domain import seal
from app.domain.amount import in_words
from app.domain.paper import block
from app.domain.paper.block import row
from app.domain.paper.value import Copy, Paper, Row, Signature, Sources
from app.domain.paper.wording import Wording, wording_of
from app.domain.text import clean_line


def compose(sources: Sources, sheet: str, copies: tuple[int, ...]) -> Paper:
    """The receipt for `sources.payment`, else for what was paid at the visit. Nothing paid: ValueError."""
    content = sources.content
    w = wording_of(content, sources.language, sources.codes)
    payment = sources.payment or content.get("payment") or {}
    paid = payment.get("paid") or 0
    if paid <= 0:
        raise ValueError("nothing was paid")
    at = payment.get("at") or (content.get("signature") or {}).get("at") or content["visit"].get("arrived")
    number = block.number(w, sources, "receipt")
    company = w.named(content["outlet"].get("name"))
    table = block.charges(w, content)
    return Paper(
        kind="receipt",
        language=w.language,
        sheet=sheet,
        title=w("title", "receipt"),
        number=number,
        about=(Row(w.label("ref"), content["ref"]), Row(w.label("date"), w.day(at))),
        company=company,
        contact=block.contact(w, content["outlet"]),
        address=w.named(content["outlet"].get("address")),
        copies=(Copy(0, "", ""),),
        sections={
            "who": (
                (
                    row(w, "payer", _payer(payment, content), "not_known", True),
                    row(w, "phone", w.phone(content["customer"].get("phone")), "not_known"),
                ),
                (row(w, "for_visit", _subject(w, sources)),),
            ),
            "money": (
                (
                    Row(w.label("received"), w.money(paid), True),
                    Row(w.label("method"), w.known("method", payment.get("method"))),
                ),
                (Row(w.label("in_words"), in_words(paid, w.currency, w.language)),),
                (Row(w.label("rest"), _rest(w, content, sources.payment)),),
            ),
        },
        table=table,
        totals=block.totals(w, content),
        signatures=(_received_by(w, payment, content, company, w.moment(at)),),
        sentences=(w("sentence", "receipt"),),
        seal=block.sealed(w, content),
        qr=block.qr(w, content),
        page=w.label("page"),
        must_hold=(number.value, content["ref"], w.money(paid), *(line.name for line in table.lines)),
        attached={
            "receipt.json": seal.canonical(
                {
                    "ref": content["ref"],
                    "number": sources.numbers.get("receipt"),
                    "record": content,
                    "payment": payment,
                }
            )
        },
        created=at or sources.issued,
    )


def _payer(payment: Mapping[str, Any], content: Mapping[str, Any]) -> str:
    return clean_line(payment.get("payer")) or content["customer"].get("name") or ""


def _subject(w: Wording, sources: Sources) -> str:
    """What the money was for: the slip's number if it is given, and the appliance."""
    content = sources.content
    slip = sources.numbers.get("slip")
    what = block.appliance(w, content)[0][0].value
    return " · ".join(
        part for part in (f"{w('title', 'slip')} {slip}" if slip else w("title", "slip"), what) if part
    )


def _rest(w: Wording, content: Mapping[str, Any], later: Mapping[str, Any] | None) -> str:
    rest = (later if later is not None else content.get("payment") or {}).get("rest") or 0
    return w.money(rest) if rest else w.value("none")


def _received_by(
    w: Wording, payment: Mapping[str, Any], content: Mapping[str, Any], company: str, at: str
) -> Signature:
    by = clean_line(payment.get("by")) or clean_line(content["engineer"].get("name")) or w.value("not_known")
    return Signature(w.label("received_by"), by, f"{company} · {at}")
