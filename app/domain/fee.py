"""What a visit costs: each quoted line judged by one table of rules, then tax once on the sum.

The table is `fee_rules.json`; Python and the phone's JavaScript both interpret it, and `tests/vectors/fee.json`
is run by both. The first row whose `when` holds decides a line:

* a text, number or boolean in `when` must equal the fact, a list must contain it, `{"min", "max"}` must enclose it
  (an unknown number is in no range);
* `apply` is `nothing`, `standard` (the list's price) or `lower` (of the list's and the certificate's price).

How it was settled where the norm is silent: the quoted price is the price of a repair that succeeds, so without one
only the journey is charged (H-QUOTE-05). An unverified warranty is charged as if it were over, under a rule of its own
(A-CHECK-06, see `Fee.provisional`), because the customer must have agreed to the sum knowing that. An engineer cannot
waive anything; only a ruling of the centre can (N-WAIVE-09). How money is written is `amount`'s matter.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from app.domain import seal
from app.domain.price_list import KINDS, PriceList

TABLE: dict[str, Any] = json.loads(Path(__file__).with_name("fee_rules.json").read_text(encoding="utf-8"))
TABLE_HASH = seal.digest(TABLE)

WARRANTIES = ("in", "out", "unverified")
RULINGS = ("waive", "reduce_to")
UNVERIFIED = "A-CHECK-06"
WAIVED = "N-WAIVE-09"
NO_CREDIT = "N-OLD-03"
MOST_OF_ONE = 999
LARGEST_SUM = 10**11  # minor units; tax on it still fits a JavaScript integer
WHOLE_BP = 10_000


class FeeError(ValueError):
    """Lines or a ruling that cannot be charged. `code` names the fault, `line` its key, `rule` the norm's id or ""."""

    def __init__(self, code: str, line: str = "", rule: str = "") -> None:
        super().__init__(f"{code} {line}".strip())
        self.code = code
        self.line = line
        self.rule = rule


@dataclass(frozen=True)
class Line:
    """One quoted thing, unit prices in minor units; `certificate` is the price on the customer's own certificate."""

    key: str
    item: str
    kind: str
    qty: int
    standard: int
    certificate: int | None = None


@dataclass(frozen=True)
class Charge:
    """A judged line: `applied` per unit, `amount` = qty × applied, and the rule (catalogue id) that decided."""

    key: str
    item: str
    kind: str
    qty: int
    standard: int
    certificate: int | None
    applied: int
    amount: int
    rule: str


@dataclass(frozen=True)
class Fee:
    """`net` + `tax` = `total`. `table` is the hash of the rule table that was used.

    `reduction` is what a `reduce_to` ruling took off the total; it is the only thing that stands between the sum of
    the charges (with tax) and the total.
    """

    charges: tuple[Charge, ...]
    net: int
    tax: int
    total: int
    currency: str
    table: str
    reduction: int = 0

    @property
    def chargeable(self) -> bool:
        return self.total > 0

    @property
    def provisional(self) -> bool:
        """True when something is charged only because the warranty is not proven (A-CHECK-06)."""
        return any(charge.rule == UNVERIFIED and charge.amount > 0 for charge in self.charges)


def compute(
    lines: Iterable[Line],
    *,
    warranty: str,
    cause_chargeable: bool,
    job_kind: str,
    months_since_install: int | None,
    repaired: bool,
    price_list: PriceList,
    repair_warranty: bool = False,
    ruling: Mapping[str, Any] | None = None,
) -> Fee:
    """Judge the lines and add them up.

    `months_since_install` counts begun months (`warranty.months_since`). For a quote, before the work, `repaired` is
    True: it is the price of success. `repair_warranty` says that an earlier repair still covers this very fault
    (Q-REWORK-09). `ruling` is the centre's: `{"kind": "waive"}` or `{"kind": "reduce_to", "amount": total}`; it never
    raises a fee. Tax is rounded half up, once, on the sum and not per line. Raises `FeeError`.
    """
    if warranty not in WARRANTIES:
        raise FeeError("unknown_warranty")
    facts = {
        "warranty": warranty,
        "cause_chargeable": cause_chargeable,
        "job_kind": job_kind,
        "months": months_since_install,
        "repaired": repaired,
        "repair_warranty": repair_warranty,
        "software_gap": price_list.software_gap,
    }
    charges = tuple(_charge(line, facts) for line in _checked(lines))
    return _ruled(_sum(charges, price_list), ruling, price_list)


def quoted(price_list: PriceList, key: str, item: str, qty: int, certificate: int | None = None) -> Line:
    """A line at the list's own kind and standard price. Raises `FeeError` when the list has no such item."""
    found = price_list.items.get(item)
    if found is None:
        raise FeeError("unknown_item", key)
    return Line(key, item, found.kind, qty, found.price, certificate)


def rule_for(facts: Mapping[str, Any]) -> Mapping[str, Any]:
    """The first row of the table whose `when` holds; the last row always does."""
    return next(
        rule for rule in TABLE["rules"] if all(_holds(facts[k], want) for k, want in rule["when"].items())
    )


def _holds(fact: Any, want: Any) -> bool:
    if isinstance(want, list):
        return fact in want
    if isinstance(want, dict):
        return fact is not None and want.get("min", fact) <= fact <= want.get("max", fact)
    return bool(fact == want)


def _charge(line: Line, facts: Mapping[str, Any]) -> Charge:
    lower = line.standard if line.certificate is None else min(line.standard, line.certificate)
    differ = line.certificate is not None and line.certificate != line.standard
    rule = rule_for({**facts, "kind": line.kind, "item": line.item, "prices_differ": differ})
    applied = {"nothing": 0, "standard": line.standard, "lower": lower}[rule["apply"]]
    return Charge(**vars(line), applied=applied, amount=line.qty * applied, rule=rule["id"])


def _checked(lines: Iterable[Line]) -> list[Line]:
    seen: set[str] = set()
    lines = list(lines)
    for line in lines:
        if line.key in seen:
            raise FeeError("line_twice", line.key)
        seen.add(line.key)
        if line.kind not in KINDS:
            raise FeeError("unknown_kind", line.key)
        if not _whole(line.qty) or not 1 <= line.qty <= MOST_OF_ONE:
            raise FeeError("quantity", line.key)
        for price in (line.standard, line.certificate):
            if price is not None and not _whole(price):
                raise FeeError("not_whole", line.key)
            if price is not None and price < 0:
                # A credit for the old part would come as a negative line; the norm knows none.
                raise FeeError("negative_money", line.key, NO_CREDIT)
    if sum(line.qty * line.standard for line in lines) > LARGEST_SUM:
        raise FeeError("sum_too_large")
    return lines


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _sum(charges: tuple[Charge, ...], price_list: PriceList) -> Fee:
    amount = sum(charge.amount for charge in charges)
    rate = price_list.tax_rate_bp
    if price_list.tax_included:
        net, total = _net_of(amount, rate), amount
    else:
        net, total = amount, amount + half_up(amount * rate, WHOLE_BP)
    return Fee(charges, net, total - net, total, price_list.currency, TABLE_HASH)


def _ruled(fee: Fee, ruling: Mapping[str, Any] | None, price_list: PriceList) -> Fee:
    if ruling is None:
        return fee
    if ruling.get("kind") not in RULINGS:
        raise FeeError("unknown_ruling", rule=WAIVED)
    limit = 0 if ruling["kind"] == "waive" else ruling.get("amount")
    if not isinstance(limit, int) or isinstance(limit, bool):
        raise FeeError("not_whole", rule=WAIVED)
    if limit < 0:
        raise FeeError("negative_money", rule=WAIVED)
    if limit >= fee.total:
        return fee
    if limit == 0:
        return _sum(tuple(_waived(charge) for charge in fee.charges), price_list)
    net = _net_of(limit, price_list.tax_rate_bp)
    return replace(fee, net=net, tax=limit - net, total=limit, reduction=fee.total - limit)


def _waived(charge: Charge) -> Charge:
    return replace(charge, applied=0, amount=0, rule=WAIVED) if charge.amount else charge


def _net_of(total: int, rate_bp: int) -> int:
    return half_up(total * WHOLE_BP, WHOLE_BP + rate_bp)


def half_up(numerator: int, denominator: int) -> int:
    """A quotient of integers ≥ 0, rounded to the nearest, halves upwards."""
    return (2 * numerator + denominator) // (2 * denominator)
