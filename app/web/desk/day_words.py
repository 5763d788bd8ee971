"""The words of the day's end: what came in, what differs, what does not fit together. Nothing is decided here."""

from collections.abc import Mapping
from typing import Any

from app.domain.day import Difference
from app.web.desk import words
from app.web.i18n import _, lazy_, lazy_pgettext, ngettext, pgettext
from app.web.i18n import money as in_money

SLIP_STATES = {
    "received": lazy_pgettext("slip", "In"),
    "missing": lazy_pgettext("slip", "Missing"),
    "spoilt": lazy_pgettext("slip", "Spoilt"),
}
OLD_STATES = {
    "received": lazy_pgettext("old parts", "In"),
    "missing": lazy_pgettext("old parts", "Missing"),
}
METHODS = {
    "card": lazy_("Card"),
    "wechat": lazy_("WeChat"),
    "alipay": lazy_("Alipay"),
    "transfer": lazy_("Transfer"),
}
SIGNED = {
    "drawn": lazy_("Signed on the phone"),
    "typed": lazy_("Signed by name"),
    "paper": lazy_("Signed on paper"),
    "declined": lazy_("Not signed: declined"),
    "void": lazy_("Signature no longer holds"),
}
THINGS = {
    "slip": lazy_("Slip"),
    "cash": lazy_("Cash"),
    "old_parts": lazy_("Old parts"),
}
DIFFERENCES = {
    ("slip", "open"): lazy_("slip not received yet"),
    ("slip", "missing"): lazy_("slip missing"),
    ("slip", "spoilt"): lazy_("slip spoilt"),
    ("slip", "void"): lazy_("changed after the signature"),
    ("cash", "open"): lazy_("cash not counted yet"),
    ("old_parts", "open"): lazy_("old parts not received yet"),
    ("old_parts", "missing"): lazy_("old parts missing"),
}


def difference(one: Difference, currency: str) -> str:
    """One difference, in words."""
    if one.code == "short":
        text = _("%(amount)s too little", amount=in_money(one.amount, currency))
    elif one.code == "over":
        text = _("%(amount)s too much", amount=in_money(one.amount, currency))
    else:
        text = str(DIFFERENCES[one.thing, one.code])
    return f"{text}: {one.reason}" if one.reason else text


def labels(faulty: Mapping[str, str], names: Mapping[int, str]) -> dict[str, str]:
    """Sentences for faulty inputs such as why-17, after the slip that they belong to; `names`: visit → what to call it."""
    found = {}
    for field, code in faulty.items():
        name, _dash, visit = field.partition("-")
        sentence = (
            _("Say why it differs") if name == "why" and code == "required" else words.fault_sentence(code)
        )
        found[field] = (
            f"{names[int(visit)]}: {sentence}" if visit.isdigit() and int(visit) in names else sentence
        )
    return found


def noted(note: Mapping[str, Any], currency: str) -> str:
    """One note of the desk in a line: what, how it came, why."""
    state = note["state"]
    if note["thing"] == "cash":
        said = in_money(note["amount"] or 0, currency)
    else:
        said = str((SLIP_STATES if note["thing"] == "slip" else OLD_STATES)[state])
    return " · ".join(filter(None, (f"{THINGS[note['thing']]}: {said}", note["reason"])))


def slips(came: int, due: int) -> str:
    """How many slips are in."""
    return ngettext("%(came)s of %(num)s slip", "%(came)s of %(num)s slips", due, came=came)


def visits(ended: int, all_: int) -> str:
    """How many visits are over."""
    return pgettext("day", "%(ended)s of %(all)s over", ended=ended, all=all_)
