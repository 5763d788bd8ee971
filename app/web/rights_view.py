"""A customer's rights in words, for the engineer at the problem and for the centre at its task. No rules, no rows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.domain import form, right
from app.domain.protocol import RIGHT_FIELDS
from app.services.visiting import Opened
from app.web.i18n import _, lazy_, tag
from app.web.saying import Say

FACTS = {
    "cause": lazy_("What causes the fault?"),
    "repairs": lazy_("Earlier repairs of the same fault"),
    "waiting_days": lazy_("Days of waiting for a part"),
    "repair_days": lazy_("Days in repair so far"),
    "same_model": lazy_("Same model to be had?"),
    "bought": lazy_("How was it bought?"),
    "days": lazy_("Days since the purchase"),
    "months": lazy_("Months since the purchase"),
    "warranty": lazy_("Warranty"),
}
OPTIONS = {
    "cause": {"product": lazy_("The product"), "use": lazy_("The use")},
    "same_model": {"yes": lazy_("Yes"), "no": lazy_("No")},
    "bought": {"shop": lazy_("In a shop"), "distance": lazy_("Online, by phone or at the door")},
}
IDS = frozenset(name for name, _type, _options in right.ENTERED)
CLAIMS = {"refund": lazy_("Refund"), "exchange": lazy_("Exchange"), "repair": lazy_("Free repair")}
SIGNS = {"holds": ("done", "circle-check"), "unknown": ("waiting", "circle-help"), "not": ("plain", "minus")}
STATUS = {"holds": lazy_("Holds"), "unknown": lazy_("Not clear yet"), "not": lazy_("Does not hold")}


@dataclass(frozen=True)
class Row:
    """One right: its sentence in the reader's language and, if that is another, in the customer's; how it stands and why."""

    text: str
    customer_text: str
    customer_tag: str
    status: str
    kind: str
    source: str
    why: str


@dataclass(frozen=True)
class Rights:
    """What the law gives here. `kind` and `title` are the verdict on what the customer asks for."""

    kind: str
    title: str
    text: str
    rows: list[Row]
    source: str


def of(opened: Opened, say: Say, body: Mapping[str, Any]) -> Rights | None:
    """The rights for what is known at the visit and what was entered; None where no table is written for the country."""
    table = right.for_country(str(opened.facts.outlet.get("country", "")), opened.facts.day)
    if table is None:
        return None
    bought = opened.walk.data.get("purchase_date")
    facts = right.known(
        date.fromisoformat(bought) if bought else None, opened.facts.day, opened.walk.warranty.status,
        bool(opened.facts.job.get("rework_of")), body,
    )  # fmt: skip
    found = right.standings(table, facts)
    kind, title, text = _verdict(found, str(body.get("wish", "")))
    order = sorted(found, key=lambda one: list(SIGNS).index(one.status))
    rows = [_row(one, facts, say.language, opened.visit.language) for one in order]
    return Rights(kind, title, text, rows, f"{table.source} · {say.day(table.holds_from)}")


def entered(raw: form.Raw) -> dict[str, Any]:
    """The facts of a case as typed; what cannot be read counts as not known."""
    return form.read(RIGHT_FIELDS, raw)[0]


def _verdict(found: tuple[right.Standing, ...], wish: str) -> tuple[str, str, str]:
    claims = ", ".join(str(CLAIMS[one]) for one in right.gives(found))
    choose = _("The customer may choose: %(claims)s.", claims=claims) if claims else ""
    if wish not in right.CLAIMS:
        kind = "done" if claims else "waiting"
        return kind, choose or _("Not clear yet what the customer may choose"), ""
    standing = right.verdict(found, wish)
    claim = str(CLAIMS[wish])
    if standing == "holds":
        return "done", _("Yes, the right is there: %(claim)s", claim=claim), choose
    if standing == "unknown":
        missing = _missing(found, wish)
        return (
            "waiting",
            _("Not clear yet: %(claim)s", claim=claim),
            _("It depends on: %(facts)s.", facts=missing),
        )
    text = _(
        "By what is known, no condition is met. The customer may still ask: the centre decides and gives its reason."
    )
    return "info", _("Not by this table: %(claim)s", claim=claim), " ".join(filter(None, (choose, text)))


def _missing(found: tuple[right.Standing, ...], wish: str) -> str:
    open_ = [
        name for one in found if wish in one.right.gives and one.status == "unknown" for name in one.unknown
    ]
    return _listed(open_)


def _listed(names: list[str] | tuple[str, ...]) -> str:
    return ", ".join(str(FACTS[name]).rstrip("?？").lstrip("¿") for name in dict.fromkeys(names))


def _row(one: right.Standing, facts: Mapping[str, Any], language: str, customers: str) -> Row:
    words = one.right.words
    return Row(
        text=words[language], customer_text="" if customers == language else words[customers],
        customer_tag=tag(customers), status=str(STATUS[one.status]), kind=SIGNS[one.status][0],
        source=one.right.source, why=_why(one, facts),
    )  # fmt: skip


def _why(one: right.Standing, facts: Mapping[str, Any]) -> str:
    """What decided: the facts that are against it, or that are not known, or that are met."""
    if one.status == "unknown":
        return _("Not known: %(facts)s", facts=_listed(one.unknown))
    deciding = one.against if one.status == "not" else one.met
    return " · ".join(f"{_listed((name,))}: {_value(name, facts.get(name))}" for name in deciding)


def _value(name: str, value: Any) -> str:
    if name == "warranty":
        return _("in warranty") if value == "in" else _("out of warranty")
    return str(OPTIONS.get(name, {}).get(value, value if value is not None else _("not known")))
