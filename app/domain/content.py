"""What is sealed: the customer's layer at the signature, the office's at hand-in, as JSON values ready for `seal`.

Codes, not words: papers and pages put them into a language. The sentences that were shown go in as they stood.
Decided: two layers; the rating is in neither; what was not recorded says so.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.domain import warranty
from app.domain.facts import Facts
from app.domain.price_list import PriceList
from app.domain.protocol import Protocol
from app.domain.steps.leave import THINGS, things_of
from app.domain.walk import StepState, Walk

Content = dict[str, Any]
OPINION = ("quality", "attitude", "satisfied", "comment")
BROUGHT_BACK = "brought_back"  # the `paper` setting of the step at which the product is home again


def customer_layer(facts: Facts, walk: Walk, protocol: Protocol, prices: PriceList, language: str) -> Content:
    """Everything of the visit that the customer is shown and signs (its fields: the catalogue's repair slip)."""
    return {
        **_head("customer", facts, protocol, prices, language),
        "customer": {key: walk.data[key] for key in ("name", "address", "phone")},
        "appliance": {key: walk.data[key] for key in ("kind", "brand", "model", "serial", "purchase_date")},
        "warranty": {
            "status": walk.warranty.status,
            "until": walk.warranty.until.isoformat() if walk.warranty.until else None,
            "basis": walk.warranty.basis,
        },
        "visit": {
            "appointment": _iso(walk.appointment),
            "arrived": _iso(walk.arrived_at),
            "mode": walk.mode,
            "outcome": walk.outcome,
            "danger": walk.danger,
        },
        **_findings(facts, walk),
        **_money(walk, prices),
        "repair_warranty": repair_term(walk, prices) if walk.outcome == "repaired" else None,
        "take_back": take_back(facts, walk),
        **_brought_back(facts, walk),
        "notes": [],
        "not_recorded": _not_recorded(walk),
        "photos": _photos(walk),
        "sentences": {
            name: protocol.word(language, "text", name)
            for name in ("signature", "privacy", "scope", *(("danger",) if walk.danger else ()))
        },
    }


def iou_layer(facts: Facts, walk: Walk, protocol: Protocol, prices: PriceList, language: str) -> Content:
    """What is taken away and what is lent, as the customer signs it when the product leaves the home (I-PULL-06)."""
    return {
        **_head("iou", facts, protocol, prices, language),
        "customer": {key: walk.data[key] for key in ("name", "address", "phone")},
        "appliance": {key: walk.data[key] for key in ("kind", "brand", "model", "serial", "purchase_date")},
        "fault": _fault(walk),
        "take_back": take_back(facts, walk),
        "photos": list(_values(walk, "take_back").get("photos", [])),
        "sentences": {name: protocol.word(language, "text", name) for name in ("iou", "loaner", "privacy")},
    }


def office_layer(
    facts: Facts, walk: Walk, customer_digest: str | None, opinion: Mapping[str, Any] | None = None
) -> Content:
    """What the office adds at hand-in: leaving, card, sticker, gift, copy, old parts, lateness. Never on copy 3.

    `opinion`: what the customer said of the visit, where the norm prints it on the slip (O-OPIN-07); {} when nothing.
    """
    leaving, left = walk.of_kind("leave"), _values(walk, "leave")
    handed_in = _values(walk, "hand_in")
    farewell = walk.steps.get("farewell")
    return {
        "v": 1,
        "layer": "office",
        "ref": facts.reference,
        "customer_digest": customer_digest,
        "left_at": _iso(farewell.at) if farewell and farewell.status == "done" else None,
        **{
            thing: {
                "left": left.get(thing) == "yes",
                "reason": left.get(f"{thing}_reason"),
                **(_sticker(left) if thing == "sticker" else {}),
            }
            for thing in (things_of(leaving.step) if leaving else THINGS)
        },
        **_copy(walk),
        "old_parts": [
            {"item": line.item, "old_part": fitted.get("old_part"), "reason": fitted.get("reason")}
            for key, line in walk.lines.items()
            if (fitted := walk.fitted.get(key))
        ],
        **(
            {}
            if opinion is None
            else {"opinion": {name: opinion[name] for name in OPINION if name in opinion}}
        ),
        "hand_in": {
            "at": handed_in.get("handed_in_at"),
            "late_reason": handed_in.get("late_reason"),
            "promised": handed_in.get("promised_on"),
        },
    }


def signed(content: Content, signature: Mapping[str, Any], at: datetime, digest: str, code: str) -> Content:
    """The sealed content with what sealed it: the papers are made of this."""
    kept = ("how", "name", "relation", "strokes", "size", "photo", "reason", "text")
    return {
        **content,
        "signature": {key: signature.get(key) for key in kept} | {"at": _iso(at)},
        "digest": digest,
        "code": code,
    }


def repair_term(walk: Walk, prices: PriceList) -> Content:
    """The term on this repair, whose scope stands before it (O-SCOPE-10): as agreed before it, else the usual one."""
    given = warranty.agreed_term(_values(walk, "term"), prices.repair_warranty_months)
    return {
        "scope": given.scope,
        "months": given.months,
        "case": given.case,
        **({"days": given.days} if given.days else {}),
    }


def take_back(facts: Facts, walk: Walk) -> Content | None:
    """What is taken to the workshop and what is lent meanwhile, or None."""
    taken = _values(walk, "take_back")
    if walk.mode != "take_back" or "condition" not in taken:
        return None
    lent = next((one for one in facts.loaners if str(one["id"]) == taken.get("loaner")), None)
    return {
        "condition": taken.get("condition"),
        "accessories": taken.get("accessories"),
        "photos": list(taken.get("photos", [])),
        "reason": taken.get("reason"),
        "reason_text": taken.get("reason_text"),
        "promised_at": taken.get("promised_on"),
        "loaner": None
        if lent is None
        else {
            **{key: lent[key] for key in ("id", "kind", "brand", "model", "serial")},
            "condition": taken.get("loaner_condition"),
            "accessories": taken.get("loaner_accessories"),
            "due": taken.get("promised_on"),
        },
    }


def _head(layer: str, facts: Facts, protocol: Protocol, prices: PriceList, language: str) -> Content:
    return {
        "v": 1,
        "layer": layer,
        "ref": facts.reference,
        "language": language,
        "protocol": {"id": protocol.id, "version": protocol.version, "hash": protocol.hash},
        "price_list": {
            "id": prices.id,
            "hash": prices.hash,
            "currency": prices.currency,
            "tax_rate_bp": prices.tax_rate_bp,
            "tax_included": prices.tax_included,
        },
        "outlet": dict(facts.outlet),
        "engineer": {"name": facts.engineer["name"], "permit_no": facts.engineer.get("permit_no", "")},
    }


def _findings(facts: Facts, walk: Walk) -> Content:
    listened, repaired, tested = _values(walk, "listen"), _values(walk, "repair"), _values(walk, "test")
    found = _values(walk, "diagnose")
    return {
        "reported": {"codes": list(facts.job.get("symptom_codes", [])), "text": walk.data["symptom"]},
        "statement": {"codes": list(listened.get("symptoms", [])), "text": listened.get("words")},
        "fault": _fault(walk),
        "cause": {"code": found.get("cause"), "text": found.get("cause_text")},
        "measure": {"codes": list(repaired.get("measures", [])), "text": repaired.get("measure_text")},
        "tests": {
            **_test_before(walk),
            "final": {
                "result": tested.get("result"),
                "reason": tested.get("reason"),
                "note": tested.get("note"),
                "customer_saw": bool(tested.get("customer_saw")),
            },
        },
    }


def for_paper(walk: Walk, place: str) -> StepState | None:
    """The step whose setting `paper` says that what it asks for stands at this place of the papers."""
    states = (state for state in walk.steps.values() if state.applies)
    return next((state for state in states if state.step.settings.get("paper") == place), None)


def _test_before(walk: Walk) -> Content:
    """What the product did before it was opened (H-DIAG-02), where the norm has a step for it: coded answers, a note."""
    state = for_paper(walk, "test_before")
    if state is None:
        return {}
    fields, values = state.step.fields, state.values
    noted = (values[one.id] for one in fields if one.type in ("text", "longtext") and values.get(one.id))
    return {
        "before": {
            "answers": [
                {"list": one.codes, "code": values[one.id]}
                for one in fields
                if one.type == "choice" and values.get(one.id)
            ],
            "note": next(noted, None),
        }
    }


def _brought_back(facts: Facts, walk: Walk) -> Content:
    """Of a return: what the IOU said, and how product and loaner were found; its signature discharges the IOU."""
    home, state = facts.job.get("brings_back"), for_paper(walk, BROUGHT_BACK)
    if not home or state is None:
        return {}
    names = ("product", "changed", "loaner", "loaner_note")
    return {
        BROUGHT_BACK: {
            "ref": home["reference"],
            "taken": home["taken"],
            **{name: state.values.get(name) for name in names},
        }
    }


def _copy(walk: Walk) -> Content:
    """Whether the third copy was left, and how (O-COPY-12, O-COPY-13), where the norm has a step for it."""
    state = for_paper(walk, "copy")
    if state is None:
        return {}
    values, passed = state.values, state.values.get("passed", {})
    is_passed = state.status == "passed"
    return {
        "copy": {
            "given": bool(values.get("copy")) and not is_passed,
            "way": values.get("way"),
            "reason": passed.get("reason") if is_passed else None,
            "text": passed.get("text") if is_passed else values.get("copy_reason"),
        }
    }


def _sticker(left: Mapping[str, Any]) -> Content:
    """Where the sticker is, where the norm asks for it (P-STICK-05)."""
    return {name: left[name] for name in ("place", "photo") if left.get(name)}


def _fault(walk: Walk) -> Content:
    found = _values(walk, "diagnose")
    return {"code": found.get("fault"), "text": found.get("fault_text")}


def _money(walk: Walk, prices: PriceList) -> Content:
    paid = _values(walk, "pay")
    lines = []
    for charge in walk.fee.charges:
        fitted = walk.fitted.get(charge.key, {})
        lines.append(
            {
                "key": charge.key,
                "item": charge.item,
                "name": dict(prices.items[charge.item].names),
                "kind": charge.kind,
                "qty": charge.qty,
                "standard": charge.standard,
                "certificate": charge.certificate,
                "applied": charge.applied,
                "amount": charge.amount,
                "rule": charge.rule,
                "serial_new": fitted.get("serial_new"),
                "serial_old": fitted.get("serial_old"),
                "old_part": fitted.get("old_part"),
                "old_part_reason": fitted.get("reason"),
            }
        )
    fee = walk.fee
    return {
        "lines": lines,
        "fee": {
            "net": fee.net,
            "tax": fee.tax,
            "total": fee.total,
            "reduction": fee.reduction,
            "currency": fee.currency,
            "rule_table": fee.table,
        },
        "payment": _payment(paid, fee.total),
        "consent": {"total": walk.agreed["total"], "at": walk.agreed["at"]} if walk.agreed else None,
    }


def _payment(paid: Mapping[str, Any], total: int) -> Content | None:
    if not paid or "method" not in paid:
        return None
    return {
        "method": paid["method"],
        "paid": paid["paid"],
        "rest": total - paid["paid"],
        "later_by": paid.get("later_by"),
        "refused": paid.get("rest") == "refused",
        "invoice": {
            "title": paid.get("invoice_title"),
            "tax_id": paid.get("invoice_tax_id"),
            "to": paid.get("invoice_to"),
        }
        if paid.get("invoice")
        else None,
    }


def _not_recorded(walk: Walk) -> list[Content]:
    return [
        {"step": step_id, "reason": state.values.get("passed", {}).get("reason")}
        for step_id, state in walk.steps.items()
        if state.applies and state.status == "passed" and state.step.layer == "customer"
    ]


def _photos(walk: Walk) -> list[str]:
    """Every photo of the customer's steps, those of the inputs that the norm declares among them; each once."""
    found: dict[str, None] = {}
    for state in walk.steps.values():
        if state.step.layer == "customer" and state.applies:
            declared = [one.id for one in state.step.fields if one.type in ("photo", "photos")]
            for name in ("photos", *declared):
                value = state.values.get(name) or []
                found |= dict.fromkeys([value] if isinstance(value, str) else value)
    return list(found)


def _values(walk: Walk, kind: str) -> Mapping[str, Any]:
    state = walk.of_kind(kind)
    return state.values if state and state.applies else {}


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
