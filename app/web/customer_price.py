"""Prices as the customer reads them: each line with both standards and the reason, the sum, what is paid.

What a line costs was decided by `fee`; nothing is computed here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.domain.paper.wording import Wording
from app.domain.price_list import PriceList
from app.domain.walk import Walk
from app.web.i18n import _, lazy_

# Why a line costs what it costs, said to the customer. The key is the norm's rule.
PRICE_REASONS = {
    "H-QUOTE-05": lazy_("Not repaired, so nothing is charged for it"),
    "N-UP-02": lazy_("An upgrade you asked for"),
    "C-INST-18": lazy_("Long distance, as told before the trip"),
    "N-SOFT-04": lazy_("Free: within one month of installation"),
    "N-SOFT-05": lazy_("Depends on the months since installation"),
    "N-MISUSE-14": lazy_("Charged: the warranty does not cover this cause"),
    "Q-REWORK-09": lazy_("Free: the warranty on the earlier repair covers it"),
    "N-COST-11": lazy_("Free: the product is in warranty"),
    "A-CHECK-06": lazy_("Charged, as the warranty could not be verified"),
    "N-LOW-08": lazy_("The lower of the two prices"),
    "N-OUT-06": lazy_("Price of the list"),
    "N-WAIVE-09": lazy_("Free: the service centre has waived it"),
}


@dataclass(frozen=True)
class Price:
    """A price as customer/_rows.html draws it: lines {name, why, amount}, totals [{label, amount}], last one biggest."""

    lines: list[dict[str, str]]
    totals: list[dict[str, str]]
    notes: list[str]


def quote(walk: Walk, prices: PriceList, say: Wording) -> Price:
    """The price before the work: at most this."""
    charges = [{**vars(charge), "name": prices.items[charge.item].names} for charge in walk.fee.charges]
    fee = walk.fee
    totals = [*_tax_rows(fee.tax, fee.reduction, prices.tax_rate_bp, prices.tax_included, say)]
    totals.append({"label": _("At most"), "amount": say.money(fee.total)})
    notes = [_("If you show proof of the warranty later, the service centre checks this price again.")]
    return Price(lines(charges, say), totals, notes if fee.provisional else [])


def offer(content: Mapping[str, Any], say: Wording) -> Price:
    """The price that an owner is asked to agree to by a link, as it was when the link was made."""
    tax = (content["tax"], content["reduction"], content["tax_rate_bp"], content["tax_included"])
    totals = [*_tax_rows(*tax, say), {"label": _("At most"), "amount": say.money(content["total"])}]
    return Price(lines(content["lines"], say), totals, [])


def price_list(prices: PriceList, appliance_kind: str, say: Wording) -> Price:
    """The published prices that fit this appliance."""
    items = prices.items_for(appliance_kind)
    listed = [{"name": say.named(item.names), "why": "", "amount": say.money(item.price)} for item in items]
    return Price(listed, [], [])


def bill(content: Mapping[str, Any], say: Wording) -> Price:
    """What the slip says of money: what is paid, and what is still to pay and when."""
    fee, terms, paid = content["fee"], content["price_list"], content.get("payment")
    totals = [
        *_tax_rows(fee["tax"], fee.get("reduction", 0), terms["tax_rate_bp"], terms["tax_included"], say)
    ]
    notes = []
    total = fee["total"]
    if not paid or not total or paid["paid"] == 0:
        totals.append({"label": _("You pay"), "amount": say.money(total)})
    elif paid["rest"] == 0:
        label = _("Paid: %(method)s", method=say.known("method", paid["method"]))
        totals.append({"label": label, "amount": say.money(paid["paid"])})
    else:
        totals.append({"label": say.label("total"), "amount": say.money(total)})
        label = _("Paid: %(method)s", method=say.known("method", paid["method"]))
        totals.append({"label": label, "amount": say.money(-paid["paid"])})
        totals.append({"label": _("You still pay"), "amount": say.money(paid["rest"])})
    if paid and paid["rest"] and paid.get("later_by"):
        notes.append(_("To be paid by %(day)s.", day=say.day(paid["later_by"])))
    if paid and paid["rest"] and paid.get("refused"):
        notes.append(_("You have not agreed to pay this. The service centre decides and tells you."))
    if paid and paid.get("invoice"):
        notes.append(_("An invoice was asked for."))
    return Price(lines(content["lines"], say), totals, notes)


def lines(charges: list[Mapping[str, Any]], say: Wording) -> list[dict[str, str]]:
    """Each line {name, why, amount}."""
    return [
        {
            "name": say.named(charge["name"]) + (f" × {charge['qty']}" if charge["qty"] > 1 else ""),
            "why": " · ".join(
                part for part in (_standards(charge, say), str(PRICE_REASONS.get(charge["rule"], ""))) if part
            ),
            "amount": say.money(charge["amount"]),
        }
        for charge in charges
    ]


def _standards(charge: Mapping[str, Any], say: Wording) -> str:
    """Both standards of one unit, the lower of which counts; nothing when the amount beside it says the same."""
    if charge["certificate"] is None and charge["amount"] == charge["standard"]:
        return ""
    listed = _("List %(price)s", price=say.money(charge["standard"]))
    if charge["certificate"] is None:
        return listed
    return listed + " · " + _("your certificate %(price)s", price=say.money(charge["certificate"]))


def _tax_rows(tax: int, reduction: int, rate_bp: int, included: bool, say: Wording) -> list[dict[str, str]]:
    rows = []
    if tax:
        rate = f"{rate_bp / 100:g}\u00a0%".replace(".", "," if say.language == "es" else ".")
        label = _("Tax included, %(rate)s", rate=rate) if included else _("Tax, %(rate)s", rate=rate)
        rows.append({"label": label, "amount": say.money(tax)})
    if reduction:
        rows.append({"label": _("Taken off by the service centre"), "amount": say.money(-reduction)})
    return rows
