"""The review: everything a customer is about to sign, line by line, each with the step where it can still be changed.

Made of the very content that is sealed, so that what the engineer reviews is what the customer sees.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.domain import content
from app.services.visiting import Opened
from app.web import visit_words as words
from app.web.i18n import _
from app.web.saying import Say
from app.web.telephones import readable


@dataclass(frozen=True)
class Review:
    """`rows`: {label, value, step}; `lines`, `totals`: as a table of fees wants them; `missing`: titles of steps."""

    rows: list[dict[str, str]]
    lines: list[dict[str, str]]
    totals: list[dict[str, str]]
    missing: list[str]


def of(opened: Opened, say: Say) -> Review:
    """The review of a visit as it stands."""
    found = content.customer_layer(opened.facts, opened.walk, opened.protocol, opened.prices, say.language)
    rows = [
        {"label": label, "value": value, "step": _step_of(opened, kind)}
        for label, value, kind in (*_job(found, say), *_work(found, say), *_money(found, say))
        if value
    ]
    missing = [
        f"{say.step(one['step'])} – {say.code('pass_reason', one['reason'])}" for one in found["not_recorded"]
    ]
    lines = [
        {
            "name": say.item(line["item"]) + (f" × {line['qty']}" if line["qty"] > 1 else ""),
            "note": _standards(line, say),
            "rule": str(words.FEE_RULES.get(line["rule"], line["rule"])),
            "amount": say.money(line["amount"]),
        }
        for line in found["lines"]
    ]
    return Review(rows, lines, [{"label": _("Total"), "amount": say.money(found["fee"]["total"])}], missing)


def _job(found: Mapping[str, Any], say: Say) -> list[tuple[str, str, str]]:
    customer, appliance, cover = found["customer"], found["appliance"], found["warranty"]
    product = " ".join(
        filter(None, (say.appliance(appliance["kind"]), appliance["brand"], appliance["model"]))
    )
    # Of a warranty that is over, the day it ended would read as if it still ran until then.
    until = " " + _("until %(day)s", day=say.day(cover["until"])) if cover["status"] == "in" else ""
    return [
        (_("Customer"), " · ".join(filter(None, (customer["name"], readable(customer["phone"])))), "accept"),
        (_("Address"), customer["address"], "accept"),
        (_("Appliance"), product, "diagnose"),
        (_("Serial number"), appliance["serial"] or "–", "diagnose"),
        (_("Bought on"), say.day(appliance["purchase_date"]) or "–", "diagnose"),
        (_("Warranty"), f"{words.WARRANTY[cover['status']]}{until}", "diagnose"),
        (_("Arrived at"), say.clock(found["visit"]["arrived"]) or "–", "arrive"),
    ]


def _work(found: Mapping[str, Any], say: Say) -> list[tuple[str, str, str]]:
    test, taken = found["tests"]["final"], found["take_back"]
    said = _coded("fault", found["statement"].get("codes"), found["statement"].get("text"), say)
    result = words.TEST_RESULTS.get(test["result"] or "", ("", ""))[0]
    reason = say.code("not_tested_reason", test["reason"]) if test["reason"] else ""
    before = found["tests"].get("before") or {"answers": (), "note": None}
    answers = (say.code(one["list"], one["code"]) for one in before["answers"])
    rows = [
        (_("In the customer's words"), said, "listen"),
        (say.paper("label", "test_before"), " · ".join(filter(None, (*answers, before["note"]))), ""),
        (_("Fault"), _coded("fault", [found["fault"]["code"]], found["fault"]["text"], say), "diagnose"),
        (_("Cause"), _coded("cause", [found["cause"]["code"]], found["cause"]["text"], say), "diagnose"),
        (_("Done"), _coded("measure", found["measure"]["codes"], found["measure"]["text"], say), "repair"),
        (_("Test"), " · ".join(filter(None, (str(result), reason, test["note"] or ""))), "test"),
        (
            _("Result"),
            say.paper("outcome", found["visit"]["outcome"]) if found["visit"]["outcome"] else "",
            "repair",
        ),
    ]
    if taken:
        rows.append((_("Comes back by"), say.day(taken["promised_at"]), "take_back"))
    return rows


def _money(found: Mapping[str, Any], say: Say) -> list[tuple[str, str, str]]:
    paid, term = found["payment"], found["repair_warranty"]
    rows = []
    if term:
        rows.append((_("Repair warranty"), _term(term, say), "term"))
    if paid:
        how = f"{words.METHODS.get(paid['method'], paid['method'])} · {say.money(paid['paid'])}"
        rest = ""
        if paid["rest"]:
            by = _("Rest by %(day)s", day=say.day(paid["later_by"]))
            rest = str(words.RESTS["refused"]) if paid["refused"] else by
        rows.append((_("Payment"), " · ".join(filter(None, (how, rest))), "pay"))
    return rows


def _term(term: Mapping[str, Any], say: Say) -> str:
    if term["months"] == 1:
        return _("Original fault: 1 month")
    if term["months"]:
        return _("Original fault: %(n)s months", n=term["months"])
    if days := term.get("days"):
        return _("Original fault: %(n)s days", n=days)
    return _("Original fault, no warranty: %(case)s", case=say.code("no_warranty_case", term["case"]))


def _coded(group: str, codes: list[str | None] | None, text: str | None, say: Say) -> str:
    return " · ".join(filter(None, (*(say.code(group, code) for code in codes or () if code), text)))


def _standards(line: Mapping[str, Any], say: Say) -> str:
    listed = _("List %(price)s", price=say.money(line["standard"]))
    if line["certificate"] is None:
        return listed
    return f"{listed} · " + _("certificate %(price)s", price=say.money(line["certificate"]))


def _step_of(opened: Opened, kind: str) -> str:
    state = opened.walk.of_kind(kind) if kind else None
    return state.step.id if state and state.applies else ""
