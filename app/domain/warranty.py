"""Whether a product is in warranty, and the term given on a repair. Not what it costs (`fee`).

Terms are whole months counted from a day; a term that would end on a day the month lacks ends on its last day. The
last day is still covered. All days are days of the outlet's place: the caller turns moments into days.
"""

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

BASES = ("certificate", "invoice", "plate", "statement")
SCOPE = "original_fault"  # O-SCOPE-10
USUAL_REPAIR_MONTHS = (1, 3)  # O-TERM-08: outside it the customer agrees before the repair
LONGEST_MONTH = 31  # a term in days counts as so many whole months of the law's: never more than it is


@dataclass(frozen=True)
class Warranty:
    """`status` is in, out or unverified; `until` is the last covered day, None when no date is known."""

    status: str
    until: date | None
    basis: str | None


@dataclass(frozen=True)
class RepairTerm:
    """What is promised on a repair: `months`, or `days` where months do not say it (both 0 = none), always for `scope`;
    `case` says why there is none."""

    months: int
    case: str | None = None
    scope: str = SCOPE
    days: int = 0


class WarrantyError(ValueError):
    """A repair term that may not be given. `code` names the fault, `rule` the norm's id."""

    def __init__(self, code: str, rule: str) -> None:
        super().__init__(code)
        self.code = code
        self.rule = rule


def decide(
    purchase_date: date | None,
    months: int,
    today: date,
    basis: str | None,
    product_exchanged: date | None = None,
) -> Warranty:
    """In, out or unverified (A-CHECK-06), for a product warranty of `months`.

    A product that was exchanged counts from `product_exchanged`. No date, a date still to come, or no basis is
    unverified. So is a customer's bare statement that would put the product in warranty, until a paper or the plate is
    seen; a statement that puts it out is believed.
    """
    start = product_exchanged or purchase_date
    if start is None or basis not in BASES:
        return Warranty("unverified", None if start is None else add_months(start, months), basis)
    until = add_months(start, months)
    if start > today:
        return Warranty("unverified", until, basis)
    if today > until:
        return Warranty("out", until, basis)
    return Warranty("unverified" if basis == "statement" else "in", until, basis)


def repair_term(
    months: int, *, minimum: int, agreed_before: bool, case: str | None = None, days: int = 0
) -> RepairTerm:
    """The term of a repair: one to three months, or another that was agreed before the repair (O-TERM-08/09).

    `days` stands instead of `months` for what was agreed outside them. `minimum` is the law's (price list, in months);
    nothing below it is given, with or without consent. "No warranty" needs a `case` besides the consent.
    Raises `WarrantyError`.
    """
    is_none = months == 0 and days == 0
    rule = "O-TERM-09" if is_none else "O-TERM-08"
    least, most = USUAL_REPAIR_MONTHS
    if (days // LONGEST_MONTH if days else months) < max(minimum, 0):
        raise WarrantyError("below_minimum", rule)
    if is_none and not case:
        raise WarrantyError("case_missing", rule)
    if not least <= months <= most and not agreed_before:
        raise WarrantyError("consent_missing", rule)
    return RepairTerm(months, case if is_none else None, days=days)


def agreed_term(answered: Mapping[str, Any], usual: int) -> RepairTerm:
    """The term that the answers of a step of kind `term` stand for; `usual` months where nothing was agreed."""
    term = str(answered.get("term", ""))
    if term in ("shorter", "longer"):
        return RepairTerm(0, days=int(answered.get("days", 0)))
    if term == "none":
        return RepairTerm(0, answered.get("case"))
    months = term.removeprefix("months_")
    return RepairTerm(int(months) if months.isdecimal() else usual)


def repair_until(signed_on: date, months: int, days: int = 0) -> date | None:
    """The last day on which a repair is answered for; None where there was no warranty on it."""
    if days:
        return signed_on + timedelta(days=days)
    return add_months(signed_on, months) if months > 0 else None


def repair_covers(signed_on: date, months: int, today: date, *, same_fault: bool, days: int = 0) -> bool:
    """True when an earlier repair still answers for this fault: in its term and in its scope (Q-REWORK-09)."""
    until = repair_until(signed_on, months, days)
    return same_fault and until is not None and signed_on <= today <= until


def rework_until(earlier: Mapping[str, Any] | None) -> date | None:
    """The last day of the warranty on an earlier repair as a job names it: {signed_on, months, days, fault}."""
    if not earlier or not earlier.get("signed_on"):
        return None
    signed_on = date.fromisoformat(earlier["signed_on"])
    return repair_until(signed_on, earlier["months"], earlier["days"])


def rework_is_free(earlier: Mapping[str, Any] | None, fault: str | None, today: date) -> bool:
    """Whether the earlier repair that a job names answers for the fault that was found now."""
    if not earlier or rework_until(earlier) is None:
        return False
    signed_on = date.fromisoformat(earlier["signed_on"])
    is_same = bool(fault) and fault == earlier["fault"]
    return repair_covers(signed_on, earlier["months"], today, same_fault=is_same, days=earlier["days"])


def months_since(start: date, today: date) -> int:
    """Begun months from `start` to `today`: 0 on the day itself, 1 up to the same day of the next month, then 2 …

    Negative days count as 0. So "within one month" is ≤ 1 and "after three months" is > 3 (N-SOFT-04/05).
    """
    if today <= start:
        return 0
    full = (today.year - start.year) * 12 + today.month - start.month
    while add_months(start, full) >= today:
        full -= 1
    return full + 1


def add_months(start: date, months: int) -> date:
    """The same day `months` later, or the last day of that month when it has no such day."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return date(year, month + 1, min(start.day, calendar.monthrange(year, month + 1)[1]))
