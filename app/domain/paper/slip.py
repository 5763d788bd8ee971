"""The repair slip (维修单) in three copies: 1 company, 2 outlet, 3 customer. Copy 3 knows only the customer's layer."""

from collections.abc import Mapping
from typing import Any

from app.domain import seal
from app.domain.amount import in_words
from app.domain.paper import block
from app.domain.paper.block import row
from app.domain.paper.value import Copy, Paper, Row, Rows, Sources
from app.domain.paper.wording import Wording, wording_of
from app.domain.text import clean

CUSTOMER_COPY = 3
COPIES = (1, 2, CUSTOMER_COPY)
MARKS = {1: "①", 2: "②", 3: "③"}
UNREPAIRED = frozenset({"no_fault", "not_repaired", "advised", "taken_back", "refund_or_exchange"})


def compose(sources: Sources, sheet: str, copies: tuple[int, ...]) -> Paper:
    """The slip's chosen copies. Copies 1 and 2 need the office layer: without it ValueError."""
    if set(copies) - {CUSTOMER_COPY} and sources.office is None:
        raise ValueError("copies 1 and 2 are made when the office layer is sealed")
    content = sources.content
    w = wording_of(content, sources.language, sources.codes)
    visit = content["visit"]
    table = block.charges(w, content)
    totals = block.totals(w, content)
    number = block.number(w, sources, "slip")
    return Paper(
        kind="slip",
        language=w.language,
        sheet=sheet,
        title=w("title", "slip"),
        number=number,
        about=(Row(w.label("ref"), content["ref"]), Row(w.label("date"), w.day(visit.get("arrived")))),
        company=w.named(content["outlet"].get("name")),
        contact=block.contact(w, content["outlet"]),
        address=w.named(content["outlet"].get("address")),
        copies=tuple(_copy(w, sources, copy) for copy in copies),
        sections={
            "who": (*block.customer(w, content), *block.appliance(w, content), _warranty(w, content)),
            "found": _found(w, content),
            "money": _money(w, sources),
            "term": ((_term(w, content),),),
            "rest": _rest(w, sources),
        },
        table=table,
        totals=totals,
        signatures=(block.signature(w, content.get("signature"), content["customer"].get("name", "")),),
        sentences=(_sentence(w, content),),
        seal=block.sealed(w, content),
        qr=block.qr(w, content),
        page=w.label("page"),
        cut=w.label("cut"),
        must_hold=(number.value, content["ref"], *(line.name for line in table.lines), totals[-1].value),
        attached=_attached(sources, copies),
        created=(content.get("signature") or {}).get("at") or sources.issued,
    )


def _sentence(w: Wording, content: Mapping[str, Any]) -> str:
    if (content.get("signature") or {}).get("how") == "declined":
        return w("sentence", "declined")
    return block.sentence(content, "signature") or w("sentence", "slip")


def _warranty(w: Wording, content: Mapping[str, Any]) -> tuple[Row, ...]:
    return (row(w, "warranty", block.warranty(w, content)),)


def _copy(w: Wording, sources: Sources, copy: int) -> Copy:
    content, visit = sources.content, sources.content["visit"]
    engineer = content["engineer"]
    name = engineer.get("name") or ""
    if engineer.get("permit_no"):
        name = w.value("basis_of", status=name, basis=w("label", "permit", no=engineer["permit_no"]))
    rows = [row(w, "engineer", name, "not_known"), Row(w.label("arrived"), _arrived(w, visit))]
    office: Rows = ()
    if copy != CUSTOMER_COPY and sources.office is not None:
        rows.append(Row(w.label("left"), w.time(sources.office.get("left_at"))))
        office = _office(w, sources.office, content.get("lines"))
    mark = f"{MARKS[copy]} {w('copy', 'of', n=_numeral(w, copy))}"
    return Copy(copy, mark, w("copy", str(copy)), block.packed(rows), office)


def _arrived(w: Wording, visit: Mapping[str, Any]) -> str:
    """When, and for when it was promised; the day only where it is another one than on the slip's head."""
    arrived, promised = visit.get("arrived"), visit.get("appointment")
    same_day = w.local_day(arrived) == w.local_day(promised)
    planned = w.label_of("appointment", w.time(promised) if same_day else w.moment(promised))
    return w.value("basis_of", status=w.time(arrived), basis=planned)


def _numeral(w: Wording, copy: int) -> str:
    return " 一二三"[copy] if w.is_chinese else str(copy)


def _found(w: Wording, content: Mapping[str, Any]) -> Rows:
    tests = content.get("tests") or {}
    visit = content["visit"]
    outcome = (
        w.known("outcome", visit.get("outcome"))
        if visit.get("outcome")
        else w.known("mode", visit.get("mode"))
    )
    if visit.get("danger"):
        outcome = w.joined([outcome, w("result", "dangerous")])
    return block.packed(
        (
            row(w, "reported", block.coded(w, "fault", content.get("reported")), "not_known"),
            row(w, "statement", _said(w, content.get("statement")), "none"),
            row(w, "fault", block.coded(w, "fault", content.get("fault")), "none"),
            row(w, "cause", block.coded(w, "cause", content.get("cause"))),
            row(w, "measure", block.coded(w, "measure", content.get("measure")), "none"),
            row(w, "outcome", outcome, strong=True),
            *_home(w, content.get("brought_back")),
            *((row(w, "test_before", _test(w, tests["before"])),) if "before" in tests else ()),
            row(w, "test_final", _test(w, tests.get("final"))),
        )
    )


def _home(w: Wording, home: Mapping[str, Any] | None) -> tuple[Row, ...]:
    """Of a return: which IOU is discharged, how the product left and is now, and the loaner (I-PULL-09, I-LOAN-15)."""
    if not home:
        return ()
    taken = home["taken"]
    found = w.joined([w.code("home_product", home["product"]), clean(home["changed"])])
    rows = (
        row(w, "iou_settled", clean(home["ref"])),
        row(w, "taken_as", clean(taken.get("condition"))),
        row(w, "brought_back", found),
    )
    if not (lent := taken.get("loaner")):
        return rows
    unit = " ".join(clean(lent.get(key)) for key in ("brand", "model", "serial"))
    back = w.joined([unit, w.code("home_loaner", home["loaner"]), clean(home["loaner_note"])])
    return (*rows, row(w, "loaner_back", back))


def _said(w: Wording, statement: Any) -> str:
    """The customer's own words: a text, or coded choices with a text."""
    if isinstance(statement, Mapping):
        return block.coded(w, "fault", statement)
    return w.value("typed_text", text=statement) if statement else ""


def _test(w: Wording, test: Any) -> str:
    """A result, why it was not tested, a note, and what was measured; a plain text as it is."""
    if not test or not isinstance(test, Mapping):
        return w.code("result", test) if isinstance(test, str) else ""
    result = w.known("result", test["result"]) if test.get("result") else ""
    why = w.code("not_tested_reason", test.get("reason"))
    items = (
        f"{item.get('name', '')} {item.get('value', '')} {item.get('unit') or ''}".strip()
        for item in test.get("items") or ()
    )
    answers = (w.code(one["list"], one["code"]) for one in test.get("answers") or ())
    return w.joined(
        [result, *answers, why, w.value("typed_text", text=test["note"]) if test.get("note") else "", *items]
    )


def _money(w: Wording, sources: Sources) -> Rows:
    content = sources.content
    fee, paid = content["fee"], content.get("payment") or {}
    words = Row(w.label("in_words"), in_words(fee["total"], w.currency, w.language))
    if not fee["total"]:
        return ((words,), (Row(w.label("payment"), w.value("nothing_to_pay")), _invoice(w, paid)))
    if not paid.get("paid"):
        how = w.known("method", paid.get("method")) if paid else w.value("not_known")
    else:
        receipt = w.label_of("receipt_no", sources.numbers.get("receipt") or w.value("number_follows"))
        how = (
            w("pay", "paid", amount=w.money(paid["paid"]), method=w.known("method", paid.get("method")))
            + f" · {receipt}"
        )
    return (
        (words,),
        (Row(w.label("payment"), how),),
        *block.packed((Row(w.label("rest"), _rest_to_pay(w, paid)), _invoice(w, paid))),
    )


def _rest_to_pay(w: Wording, paid: Mapping[str, Any]) -> str:
    rest = paid.get("rest") or 0
    if not rest:
        return w.value("none")
    if paid.get("refused"):
        return w("pay", "refused", amount=w.money(rest))
    if paid.get("later_by"):
        return w("pay", "rest_later", amount=w.money(rest), date=w.day(paid["later_by"]))
    return w("pay", "rest_open", amount=w.money(rest))


def _invoice(w: Wording, paid: Mapping[str, Any]) -> Row:
    invoice = paid.get("invoice")
    if not invoice:
        return Row(w.label("invoice"), w("pay", "invoice_not"))
    title = invoice.get("title") if isinstance(invoice, Mapping) else None
    return Row(
        w.label("invoice"), w("pay", "invoice_wanted", title=title) if title else w("pay", "invoice_asked")
    )


def _term(w: Wording, content: Mapping[str, Any]) -> Row:
    """The scope "original fault" stands before the term, whatever the term (O-SCOPE-10)."""
    given = content.get("repair_warranty") or {}
    visit, months, days = content["visit"], given.get("months") or 0, given.get("days") or 0
    begins = w.day((content.get("signature") or {}).get("at") or visit.get("arrived"))
    scope = w("term", "scope")
    if months:
        text = w(
            "term", "months_one" if months == 1 else "months", scope=scope, months=str(months), date=begins
        )
    elif days:
        text = w("term", "days_one" if days == 1 else "days", scope=scope, days=str(days), date=begins)
    elif given.get("case"):
        text = w("term", "none", scope=scope, case=w.code("no_warranty_case", given["case"]))
    elif visit.get("outcome") in UNREPAIRED or not given:
        text = w("term", "nothing", scope=scope)
    else:
        text = w("term", "none_plain", scope=scope)
    return Row(w.label("repair_warranty"), text, True)


def _rest(w: Wording, sources: Sources) -> Rows:
    """Consent, photos, what was not recorded, notes: last on the paper, never left out."""
    content = sources.content
    passed = (
        f"{w.code('step', each.get('step'))}: {w.code('pass_reason', each.get('reason')) or w.value('not_known')}"
        for each in content.get("not_recorded") or ()
    )
    notes = (
        ": ".join(filter(None, (note.get("title"), note.get("text")))) for note in content.get("notes") or ()
    )
    return block.packed(
        (
            Row(w.label("consent"), _consent(w, content.get("consent"))),
            Row(w.label("photos"), block.photos(w, sources, len(content.get("photos") or ()))),
            row(w, "not_recorded", w.joined(passed), "none"),
            row(w, "notes", w.joined(notes), "none"),
        )
    )


def _consent(w: Wording, consent: Mapping[str, Any] | None) -> str:
    if not consent:
        return w.value("not_applicable")
    by = [consent.get("by") or "", w.known("by", consent.get("how") or "screen")]
    return w.value(
        "agreed", total=w.money(consent.get("total")), at=w.moment(consent.get("at")), by=w.joined(by)
    )


def _office(w: Wording, office: Mapping[str, Any], lines: Any) -> Rows:
    """The annotations of copies 1 and 2: never seen by the customer's copy."""
    return block.packed(
        (
            Row(w.label("card"), _given(w, office.get("card"))),
            Row(w.label("sticker"), _sticker(w, office.get("sticker"))),
            *((Row(w.label("gift"), _given(w, office["gift"])),) if "gift" in office else ()),
            *((Row(w.label("third_copy"), _third(w, office["copy"])),) if "copy" in office else ()),
            Row(w.label("hand_in"), _hand_in(w, office.get("hand_in") or {})),
            Row(w.label("old_parts"), _old_parts(w, office.get("old_parts"), lines)),
            *((Row(w.label("opinion"), _opinion(w, office["opinion"])),) if "opinion" in office else ()),
        )
    )


def _opinion(w: Wording, opinion: Mapping[str, Any]) -> str:
    """As the customer ticked it, in words; other words in quotation marks as typed (O-OPIN-07)."""
    stars = [w("opinion", name, n=opinion[name]) for name in ("quality", "attitude") if opinion.get(name)]
    satisfied = w("opinion", opinion["satisfied"]) if opinion.get("satisfied") else ""
    comment = w.value("typed_text", text=opinion["comment"]) if opinion.get("comment") else ""
    return w.joined([*stars, satisfied, comment]) or w("opinion", "none")


def _sticker(w: Wording, sticker: Any) -> str:
    """As the others, with the place where it was put."""
    place = sticker.get("place") if isinstance(sticker, Mapping) else None
    return _given(w, {**sticker, "what": w.value("typed_text", text=place)} if place else sticker)


def _third(w: Wording, copy: Mapping[str, Any]) -> str:
    """Given and how, or why not; the reason is one of a step that was passed, or a line of one's own."""
    if copy.get("given"):
        return w.joined([w.value("yes"), w.code("copy_way", copy.get("way"))])
    reason = w.joined([w.code("pass_reason", copy.get("reason")), copy.get("text") or ""])
    return w.value("no", reason=reason) if reason else w.value("no_reason")


def _given(w: Wording, given: Any) -> str:
    """yes, or no with its reason (P-CARD-04, P-STICK-05)."""
    if given is None:
        return w.value("not_applicable")
    if not isinstance(given, Mapping):
        return w.value("yes") if given else w.value("no_reason")
    if next((given[key] for key in ("left", "pasted", "given", "yes", "done") if key in given), False):
        return w.joined([w.value("yes"), given.get("what") or ""])
    reason = w.joined([w.code("not_left_reason", given.get("reason")), given.get("text") or ""])
    return w.value("no", reason=reason) if reason else w.value("no_reason")


def _old_parts(w: Wording, parts: Any, lines: Any) -> str:
    """Each replaced part: taken along, or left and why."""
    names = {line.get("item"): w.named(line.get("name")) for line in lines or ()}
    found = []
    for part in parts or ():
        where = w.known("old", part.get("old_part"))
        why = w.code("old_part_reason", part.get("reason"))
        name = names.get(part.get("item")) or w.named(part.get("name")) or str(part.get("item") or "")
        found.append(f"{name}: {w.value('basis_of', status=where, basis=why) if why else where}")
    return w.joined(found) or w.value("none")


def _hand_in(w: Wording, hand_in: Mapping[str, Any]) -> str:
    at = w.moment(hand_in.get("at"))
    if not hand_in.get("late_reason"):
        return at
    reason = w.code("hand_in_late_reason", hand_in["late_reason"])
    if not hand_in.get("promised"):
        return w.value("late_for", at=at, reason=reason)
    return w.value("late_by", at=at, reason=reason, promised=w.day(hand_in["promised"]))


def _attached(sources: Sources, copies: tuple[int, ...]) -> dict[str, str]:
    """The record behind the paper; the office layer only where a copy shows it."""
    layers = {"slip.json": seal.canonical(sources.content)}
    if sources.office is not None and set(copies) - {CUSTOMER_COPY}:
        layers["office.json"] = seal.canonical(sources.office)
    return layers
