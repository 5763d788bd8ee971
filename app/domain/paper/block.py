"""Parts that several papers share: who, which appliance, what was charged, how it was signed, the seal."""

from collections.abc import Iterable, Mapping
from typing import Any
from unicodedata import east_asian_width

from app.domain import seal
from app.domain.paper.value import Line, Row, Rows, Signature, Sources, Table
from app.domain.paper.wording import Wording
from app.domain.strokes import drawing
from app.domain.text import clean, clean_line

HALF_WIDTH = 30
"""Half-width units that surely fit one of two columns on the narrowest sheet."""
ROW_LIMIT = 50_000
"""Several capped texts may stand in one row; none of them is cut again."""
DIGEST_SHOWN = 16
"""Hex digits of the digest printed beside the short code."""


def row(
    w: Wording, label: str, value: str | None, missing: str = "not_applicable", strong: bool = False
) -> Row:
    """A row whose value is never blank: what is missing says which way it is missing."""
    return Row(w.label(label), clean(value, ROW_LIMIT) or w.value(missing), strong)


def packed(rows: Iterable[Row]) -> Rows:
    """Rows in their order, two side by side where both are short: a paper as low as its text allows."""
    lines: list[tuple[Row, ...]] = []
    waiting: Row | None = None
    for each in rows:
        short = _width(each.value) <= HALF_WIDTH and "\n" not in each.value
        if waiting and short:
            lines.append((waiting, each))
            waiting = None
            continue
        if waiting:
            lines.append((waiting,))
        waiting = each if short else None
        if not short:
            lines.append((each,))
    return (*lines, (waiting,)) if waiting else tuple(lines)


def _width(text: str) -> int:
    """Half-width units: a Chinese character takes two."""
    return sum(2 if east_asian_width(sign) in "WF" else 1 for sign in text)


def contact(w: Wording, outlet: Mapping[str, Any]) -> tuple[Row, ...]:
    """The company's own numbers; a private number never stands on a paper (P-CARD-03)."""
    rows = [row(w, "service_phone", w.phone(outlet.get("phone")), "not_known")]
    if outlet.get("complaint_phone"):
        rows.append(row(w, "complaint_phone", w.phone(outlet["complaint_phone"])))
    return tuple(rows)


def customer(w: Wording, content: Mapping[str, Any]) -> Rows:
    """Name and phone side by side, address below."""
    who = content["customer"]
    return (
        (
            row(w, "customer", who.get("name"), "not_known", True),
            row(w, "phone", w.phone(who.get("phone")), "not_known"),
        ),
        (row(w, "address", who.get("address"), "not_known"),),
    )


def appliance(w: Wording, content: Mapping[str, Any]) -> Rows:
    """Kind and brand, model, serial number, day of purchase."""
    what = content["appliance"]
    name = " · ".join(
        part for part in (w.code("appliance", what.get("kind")), clean_line(what.get("brand"))) if part
    )
    return (
        (row(w, "appliance", name, "not_known"), row(w, "model", what.get("model"), "not_known")),
        (
            row(w, "serial", what.get("serial"), "not_known"),
            Row(w.label("purchased"), w.day(what.get("purchase_date"))),
        ),
    )


def warranty(w: Wording, content: Mapping[str, Any]) -> str:
    """Status, last day and what it was read from."""
    found = content.get("warranty") or {}
    text = w.known("status", found.get("status"))
    if found.get("until"):
        name = "warranty_since" if found.get("status") == "out" else "warranty_until"
        text = w.value(name, status=text, date=w.day(found["until"]))
    if found.get("basis"):
        text = w.value("basis_of", status=text, basis=w.known("warranty_basis", found["basis"]))
    return text


def coded(w: Wording, group: str, found: Mapping[str, Any] | None) -> str:
    """Coded choices in the paper's language, and what was typed marked as typed (decision 2)."""
    found = found or {}
    codes = found.get("codes") or ([found["code"]] if found.get("code") else [])
    typed = clean(found.get("text"))
    return w.joined(
        [*(w.code(group, code) for code in codes), w.value("typed_text", text=typed) if typed else ""]
    )


def charges(w: Wording, content: Mapping[str, Any]) -> Table:
    """The charged lines with the rule that decided each price."""
    heads = (w.label("item"), w.label("unit_price"), w.label("amount"))
    lines = tuple(_line(w, line) for line in content.get("lines") or ())
    return Table(heads, lines, w.value("nothing_charged"))


def _line(w: Wording, line: Mapping[str, Any]) -> Line:
    part = line.get("kind") == "part"
    details = [
        _basis(w, line),
        w("label", "new_no", serial=clean_line(line["serial_new"])) if line.get("serial_new") else "",
        w("label", "old_no", serial=clean_line(line["serial_old"])) if line.get("serial_old") else "",
        _old_part(w, line) if part else "",
    ]
    return Line(
        name=w.named(line.get("name")) or clean_line(line.get("item")) or w.value("not_known"),
        detail=" · ".join(detail for detail in details if detail),
        price=f"{line.get('qty', 1)} × {w.figures(line.get('applied'))}",
        amount=w.figures(line.get("amount")),
    )


def _old_part(w: Wording, line: Mapping[str, Any]) -> str:
    """Where the replaced part went, and why it was left."""
    where = w.known("old", line.get("old_part")) if line.get("old_part") else w.value("not_applicable")
    if why := w.code("old_part_reason", line.get("old_part_reason")):
        where = w.value("basis_of", status=where, basis=why)
    return w("label", "old_part", where=where)


def _basis(w: Wording, line: Mapping[str, Any]) -> str:
    standard, certificate = line.get("standard"), line.get("certificate")
    text = w.known("rule", line.get("rule")) if line.get("rule") else ""
    return text.format(standard=w.figures(standard), certificate=w.figures(certificate)) if text else ""


def totals(w: Wording, content: Mapping[str, Any]) -> tuple[Row, ...]:
    """Before tax, tax, what the centre took off, total."""
    fee = content["fee"]
    rows = []
    if fee.get("tax"):
        rows.append(Row(w.label("net"), w.money(fee.get("net"))))
        rows.append(Row(w.label("tax"), w.money(fee["tax"])))
    if fee.get("reduction"):
        rows.append(Row(w.label("reduction"), w("pay", "reduced", amount=w.money(fee["reduction"]))))
    return (*rows, Row(w.label("total"), w.money(fee["total"]), True))


def signature(
    w: Wording, signed: Mapping[str, Any] | None, customer_name: str, label: str = "signature"
) -> Signature:
    """How the customer signed; the signer's name and relation when it was not the customer (decision 6)."""
    signed = signed or {}
    how, at = signed.get("how"), w.moment(signed.get("at"))
    name = clean_line(signed.get("name")) or clean_line(customer_name)
    relation = signed.get("relation")
    if relation and relation != "self":
        name = w("signature", "relation", name=name, relation=w.code("relation", relation))
    title = w.label(label)
    if how == "declined":
        reason = w.joined([w.code("decline_reason", signed.get("reason")), clean(signed.get("text"))])
        return Signature(title, name, w("signature", "declined", reason=reason or w.value("not_known")))
    if how == "typed":
        return Signature(
            title, name, w("signature", "typed", at=at), typed=clean_line(signed.get("name")) or name
        )
    if how == "paper":
        return Signature(title, name, w("signature", "paper", at=at))
    if how == "drawn":
        drawn = drawing(signed.get("strokes"), signed.get("size"))
        note = w("signature", "drawn", at=at)
        return Signature(title, name, note if drawn else w("signature", "unreadable"), drawn)
    return Signature(title, name, w("signature", "none"))


def sealed(w: Wording, content: Mapping[str, Any]) -> tuple[Row, ...]:
    """The short code to read out and the first digits of the digest; nothing before the seal."""
    digest = content.get("digest") or ""
    if not digest:
        return ()
    code = content.get("code") or seal.short_code(digest)
    return (Row(w.label("seal"), code, True), Row("SHA-256", f"{digest[:DIGEST_SHOWN]}…"))


def qr(w: Wording, content: Mapping[str, Any]) -> str:
    """What a machine reads: reference|total currency|local day of the signature|digest; "" before the seal."""
    if not content.get("digest"):
        return ""
    fee, signed = content.get("fee") or {}, content.get("signature") or {}
    day = w.local_day(signed.get("at") or (content.get("visit") or {}).get("arrived"))
    return f"{content['ref']}|{fee.get('total', 0)} {fee.get('currency', '')}|{day}|{content['digest']}"


def photos(w: Wording, sources: Sources, kept: int) -> str:
    """How many photos the record names, and whether some never arrived (decision 1)."""
    if not kept:
        return w.value("not_photographed")
    if sources.photos_missing:
        return w.value("photos_missing", n=str(kept), missing=str(sources.photos_missing))
    return w.value("photos_kept", n=str(kept))


def sentence(content: Mapping[str, Any], name: str) -> str:
    """What the customer read when signing, as it stood; "" when the record kept none."""
    return clean((content.get("sentences") or {}).get(name))


def number(w: Wording, sources: Sources, kind: str) -> Row:
    """The paper's own number, or that it follows when the record reaches the office (decision 3)."""
    return row(w, "number", sources.numbers.get(kind), "number_follows", True)
