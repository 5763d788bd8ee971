"""What a settled step says it recorded: one line a value, in words. Read off the stored values; nothing is decided."""

from collections.abc import Mapping
from typing import Any

from app.domain import clock
from app.domain.protocol import Field, Step
from app.web import visit_words as words
from app.web.forms import fault_words, shas
from app.web.i18n import _, lazy_, pgettext
from app.web.section import Section
from app.web.telephones import readable

Row = dict[str, Any]

# kind → (value, label, how it is said). How: text, day, moment, money, tick, photos, code:<list of the norm>,
# codes:<list>, item codes, or a table of visit_words.
LINES: dict[str, tuple[tuple[str, Any, Any], ...]] = {
    "analyse": (
        ("causes", lazy_("Likely causes"), "codes:cause"),
        ("parts", lazy_("Parts to bring"), "items"),
        ("parts_text", lazy_("Other parts"), "text"),
        ("place", lazy_("Where"), words.PLACES),
        ("time", lazy_("Time"), words.TIMES),
        ("source", lazy_("Asked or read"), "text"),
    ),
    "depart": (("travel_minutes", lazy_("Way"), "minutes"), ("left_at", lazy_("Left at"), "clock")),
    "arrive": (
        ("arrived_at", lazy_("Arrived at"), "clock"),
        ("minutes_late", lazy_("Punctual"), "late"),
        ("late_cause", lazy_("True cause"), "code:late_cause"),
        ("accepted", lazy_("Apology"), words.ACCEPTED),
    ),
    "enter": (
        ("introduced", lazy_("Said who I am"), "tick"),
        ("customer_confirmed", lazy_("It is the customer"), "tick"),
        ("card_shown", lazy_("Permit shown"), "tick"),
        ("who", lazy_("Who let me in"), words.AT_HOME),
    ),
    "covers": (("worn", lazy_("Shoe covers"), words.WORN), ("reason", lazy_("Reason"), "code:covers_reason")),
    "listen": (
        ("words", lazy_("In the customer's words"), "text"),
        ("symptoms", lazy_("Symptoms"), "codes:fault"),
        ("mood", lazy_("Mood"), "code:mood"),
    ),
    "diagnose": (
        ("fault", lazy_("Fault"), "code:fault"),
        ("fault_text", "", "text"),
        ("cause", lazy_("Cause"), "code:cause"),
        ("cause_text", "", "text"),
        ("model", lazy_("Model"), "text"),
        ("serial", lazy_("Serial number"), "text"),
        ("purchase_date", lazy_("Bought on"), "day"),
        ("basis", lazy_("Seen"), words.BASES),
        ("photos", lazy_("Photos"), "photos"),
    ),
    "repair": (
        ("mode", lazy_("What happens"), words.MODES),
        ("measures", lazy_("Done"), "codes:measure"),
        ("measure_text", "", "text"),
        ("live_work", lazy_("Worked under power"), "tick"),
        ("live_work_reason", lazy_("Why under power"), "text"),
        ("height_cm", lazy_("Height"), "cm"),
        ("belt", lazy_("Safety belt worn"), "tick"),
        ("photos", lazy_("Photos"), "photos"),
    ),
    "take_back": (
        ("condition", lazy_("Condition"), "text"),
        ("accessories", lazy_("Accessories"), "text"),
        ("reason", lazy_("Reason"), "code:take_back_reason"),
        ("reason_text", "", "text"),
        ("promised_on", lazy_("Back by"), "day"),
        ("loaner", lazy_("Loaner"), "loaner"),
        ("loaner_condition", lazy_("Loaner's condition"), "text"),
        ("photos", lazy_("Photos"), "photos"),
    ),
    "test": (
        ("result", lazy_("Result"), words.TEST_RESULTS),
        ("reason", lazy_("Reason"), "code:not_tested_reason"),
        ("note", lazy_("Note"), "text"),
        ("customer_saw", lazy_("Customer watched"), "tick"),
        ("told_danger", lazy_("Customer told of the danger"), "tick"),
        ("photos", lazy_("Photos"), "photos"),
    ),
    "fees": (("total", lazy_("Total"), "money"),),
    "pay": (
        ("method", lazy_("How was it paid"), words.METHODS),
        ("paid", lazy_("Paid"), "money"),
        ("rest", lazy_("Rest"), words.RESTS),
        ("later_by", lazy_("By"), "day"),
        ("refuse_reason", lazy_("Reason"), "code:pay_refuse_reason"),
        ("invoice_title", lazy_("Invoice to"), "text"),
        ("invoice_tax_id", lazy_("Tax number"), "text"),
    ),
    "leave": (
        ("gift", lazy_("Gift"), words.YES_NO),
        ("gift_reason", "", "code:not_left_reason"),
        ("card", lazy_("Service card"), words.YES_NO),
        ("card_reason", "", "code:not_left_reason"),
        ("sticker", lazy_("Sticker"), words.YES_NO),
        ("sticker_reason", "", "code:not_left_reason"),
    ),
    "confidence": (("sure", lazy_("Sure"), words.SURE),),
    "hand_in": (
        ("card", lazy_("Slip and card"), "tick"),
        ("card_reason", "", "text"),
        ("money", lazy_("Money"), "tick"),
        ("money_reason", "", "text"),
        ("old_parts", lazy_("Old parts"), "tick"),
        ("old_parts_reason", "", "text"),
        ("late_reason", lazy_("Late because"), "code:hand_in_late_reason"),
        ("promised_on", lazy_("Will be there on"), "day"),
        ("handed_in_at", lazy_("Handed in"), "moment"),
    ),
}  # fmt: skip
DATA_LABELS = {
    "name": lazy_("Customer"),
    "address": lazy_("Address"),
    "phone": lazy_("Telephone"),
    "brand": lazy_("Brand"),
    "model": lazy_("Model"),
    "serial": lazy_("Serial number"),
    "purchase_date": lazy_("Bought on"),
    "symptom": lazy_("What is wrong"),
    "request": lazy_("Customer's wish"),
    "time": lazy_("Time"),
}
# What the form asks, where its words differ from those of the summary.
ASKED: dict[str, dict[str, Any]] = {
    "analyse": {
        "place": lazy_("Where can it be repaired?"),
        "time": lazy_("Is the time enough?"),
        "source": lazy_("Whom or what you asked"),
        "loaner": lazy_("Loaner to bring"),
    },
    "depart": {"travel_minutes": lazy_("The way takes")},
    "arrive": {"apologised": lazy_("Apologised"), "accepted": lazy_("Customer’s answer")},
    "enter": {
        "introduced": lazy_("I said who I am"),
        "card_shown": lazy_("I showed my permit"),
        "who": lazy_("Who lets me in?"),
    },
    "covers": {"reason": lazy_("Why without")},
    "diagnose": {
        "cause": lazy_("Exact cause"),
        "basis": lazy_("What shows it?"),
        "item": lazy_("From the price list"),
        "qty": lazy_("How many"),
        "certificate_price": lazy_("Price on the customer’s certificate"),
    },
    "repair": {
        "mode": lazy_("What happens with it?"),
        "height_cm": lazy_("Height of the work"),
        "belt": lazy_("Safety belt on and anchored"),
        "live_work": lazy_("Measured under power"),
        "live_work_reason": lazy_("Why it could not be switched off"),
        "old_part": lazy_("The old part"),
        "reason": lazy_("Why it stays"),
    },
    "take_back": {
        "condition": lazy_("Condition, with every mark"),
        "photos": lazy_("Photos from all sides"),
        "accessories": lazy_("Accessories taken along"),
        "reason": lazy_("True reason"),
        "promised_on": lazy_("Comes back by"),
        "loaner_condition": lazy_("Loaner’s condition"),
    },
    "test": {
        "reason": lazy_("Why not tested"),
        "note": lazy_("Readings and notes"),
        "told_danger": lazy_("Customer told: do not use it"),
    },
    "pay": {
        "method": lazy_("How is it paid?"),
        "amount": lazy_("Amount received"),
        "rest": lazy_("The rest"),
        "later_by": lazy_("Paid by"),
        "refuse_reason": lazy_("Customer’s reason"),
    },
    "confidence": {"sure": lazy_("Will it hold?")},
    "hand_in": {"late_reason": lazy_("Reason")},
}
TYPES = {"code": "choice", "loaner": "choice", "codes": "choices", "items": "choices", "photos": "photos"}


def rows_of(section: Section) -> list[Row]:
    """Label and value of everything this step recorded; photos as addresses."""
    values = section.view["values"]
    kind = section.view["kind"]
    if kind == "accept":
        return _data_rows(section, values)
    if kind == "call":
        return _call_rows(section, values)
    rows = [
        {"label": str(label), "value": said, "photos": how == "photos"}
        for name, label, how in LINES.get(kind, ())
        if (said := _said(section, values.get(name), how)) not in ("", [])
    ]
    return rows + _declared_rows(section, values)


def errors_of(section: Section) -> list[tuple[str, str]]:
    """What needs correcting in a form that came back: the anchor of each input, and its name with what to do."""
    rows = []
    for name, code in section.view["faults"].items():
        label, sentence = label_of(section, name), fault_words(code)
        rows.append((f"{section.step.id}-{name}", f"{label}: {sentence}" if label else sentence))
    return rows


def faults_of(step: Step, faults: Mapping[str, str]) -> dict[str, str]:
    """The faults by field, each with the type of its input, since a choice is not filled in and a photo not ticked."""
    hows = {name: how for name, _label, how in LINES.get(step.kind, ())}
    types = {name: _type(how) for name, how in hows.items()} | {one.id: one.type for one in step.fields}
    return {name: f"{code}:{types[name]}" if types.get(name) else code for name, code in faults.items()}


def _type(how: Any) -> str:
    return "choice" if isinstance(how, Mapping) else TYPES.get(str(how).partition(":")[0], "")


def label_of(section: Section, name: str) -> str:
    """What an input of this step is called, for the summary of what needs correcting; '' when it has no name here."""
    bare = name.removesuffix("_reason")
    declared = next((one for one in section.step.fields if one.id == bare), None)
    if declared is not None:
        return section.label(declared)
    kind = section.view["kind"]
    if kind in ("accept", "call"):
        return str(DATA_LABELS.get(name, ""))
    if name in (asked := ASKED.get(kind, {})):
        return str(asked[name])
    return next((str(label) for value, label, _how in LINES.get(kind, ()) if value == name and label), "")


def _said(section: Section, value: Any, how: Any) -> Any:
    if value in (None, "", []):
        return ""
    if isinstance(how, Mapping):
        found = how.get(value, value)
        return str(found[0] if isinstance(found, tuple) else found)
    name, _colon, group = str(how).partition(":")
    say = section.say
    if name == "codes":
        return ", ".join(say.code(group, one) for one in value)
    if name == "code":
        return say.code(group, value)
    if name == "items":
        return ", ".join(say.item(one) for one in value)
    if name == "photos":
        return shas(value)
    if name == "loaner":
        names = {row[0]: row[2] for row in section.v.get("loaners", ())}
        return "" if value == "none" else names.get(value, value)
    if name == "late" and clock.is_unproven(section.view["values"].get("clock")):
        return _("Not proven, for the phone’s clock was in doubt")
    if name == "late":
        return _("On time") if value <= 0 else _("%(n)s min late", n=value)
    plain = {
        "tick": lambda: pgettext("answer", "Yes"),
        "day": lambda: say.day(value),
        "moment": lambda: say.moment(value),
        "clock": lambda: say.clock(value),
        "money": lambda: say.money(value),
        "minutes": lambda: _("%(n)s min", n=value),
        "cm": lambda: _("%(n)s cm", n=value),
    }
    return plain[name]() if name in plain else str(value)


def _declared_rows(section: Section, values: Mapping[str, Any]) -> list[Row]:
    """What the norm itself asks for; a tick left out says why, ticks alike are gathered in one line."""
    rows, ticked = [], []
    for one in section.step.fields:
        label, value, reason = section.label(one), values.get(one.id), values.get(f"{one.id}_reason")
        if one.type == "tick" and value:
            ticked.append(label)
        elif value not in (None, "", [], False):
            photos = one.type in ("photo", "photos")
            rows.append({"label": label, "value": _declared(section, one, value), "photos": photos})
        if reason:
            rows.append({"label": label, "value": _("No: %(reason)s", reason=reason)})
    if ticked:
        rows.insert(0, {"label": _("Checked"), "value": " · ".join(ticked)})
    return rows


def _declared(section: Section, one: Field, value: Any) -> Any:
    options = dict(section.options(one)) if one.type in ("choice", "choices") else {}
    if one.type == "choices":
        return ", ".join(options.get(code, code) for code in value)
    if one.type in ("photo", "photos"):
        return shas(value)
    how = {"date": "day", "datetime": "moment", "money": "money"}.get(one.type, "text")
    said = options.get(value) or _said(section, value, how)
    return f"{said} {one.unit}" if one.unit else said


def _data_rows(section: Section, values: Mapping[str, Any]) -> list[Row]:
    verified = values.get("verified", {})
    rows = []
    for name, value in values.get("data", {}).items():
        said = section.say.day(value) if name == "purchase_date" else value
        said = readable(said) if name == "phone" else said
        who = words.VERIFIED.get(verified.get(name, ""), "")
        rows.append({"label": str(DATA_LABELS.get(name, name)), "value": said, "note": str(who)})
    return rows


def _call_rows(section: Section, values: Mapping[str, Any]) -> list[Row]:
    confirmed = [str(DATA_LABELS[name]) for name in values.get("confirmed", ())]
    rows = [{"label": _("Confirmed"), "value": " · ".join(confirmed)}] if confirmed else []
    for name, value in values.get("corrected", {}).items():
        how = {"time": "moment", "purchase_date": "day"}.get(name, "text")
        rows.append(
            {"label": str(DATA_LABELS[name]), "value": _said(section, value, how), "note": _("Corrected")}
        )
    return rows
