"""Whether a product is in warranty, and the term given on a repair. Not what it costs (`fee`).

Terms are whole months counted from a day; a term that would end on a day the month lacks ends on its last day. The
last day is still covered. All days are days of the outlet's place: the caller turns moments into days.
"""

import calendar
from dataclasses import dataclass
from datetime import date

BASES = ("certificate", "invoice", "plate", "statement")
SCOPE = "original_fault"  # O-SCOPE-10
USUAL_REPAIR_MONTHS = (1, 3)  # O-TERM-08: outside it the customer agrees before the repair


@dataclass(frozen=True)
class Warranty:
    """`status` is in, out or unverified; `until` is the last covered day, None when no date is known."""

    status: str
    until: date | None
    basis: str | None


@dataclass(frozen=True)
class RepairTerm:
    """What is promised on a repair: `months` (0 = none), always for `scope`; `case` says why there is none."""

    months: int
    case: str | None = None
    scope: str = SCOPE


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


def repair_term(months: int, *, minimum: int, agreed_before: bool, case: str | None = None) -> RepairTerm:
    """The term of a repair: one to three months, or another that was agreed before the repair (O-TERM-08/09).

    `minimum` is the law's (price list); nothing below it is given, with or without consent. "No warranty" needs a
    `case` besides the consent. Raises `WarrantyError`.
    """
    rule = "O-TERM-09" if months == 0 else "O-TERM-08"
    least, most = USUAL_REPAIR_MONTHS
    if months < max(minimum, 0):
        raise WarrantyError("below_minimum", rule)
    if months == 0 and not case:
        raise WarrantyError("case_missing", rule)
    if not least <= months <= most and not agreed_before:
        raise WarrantyError("consent_missing", rule)
    return RepairTerm(months, case if months == 0 else None)


def repair_covers(signed_on: date, months: int, today: date, *, same_fault: bool) -> bool:
    """True when an earlier repair still answers for this fault: in its term and in its scope (Q-REWORK-09)."""
    return same_fault and months > 0 and signed_on <= today <= add_months(signed_on, months)


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
