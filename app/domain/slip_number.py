"""Slip numbers accounted for: each that was given is in, spoilt, missing or still out, and none is skipped (O-CARE-14)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

FATES = ("received", "spoilt", "missing", "out", "gap")


@dataclass(frozen=True, slots=True)
class Account:
    """A year's numbers. `counts` by fate; `open`: the rows that are neither in nor passed on, gaps among them, by number."""

    year: int
    last: int
    counts: Mapping[str, int]
    open: tuple[Mapping[str, Any], ...]

    @property
    def is_whole(self) -> bool:
        """Every number from the first to the last has its slip."""
        return not self.counts["gap"] and sum(self.counts.values()) == self.last


def prefix(code: str, year: int) -> str:
    """What the numbers of a year begin with."""
    return f"{code}-S{year % 100:02d}"


def account(code: str, year: int, last: int, rows: Iterable[Mapping[str, Any]]) -> Account:
    """Each row is a given number {number, state (the desk's note, or None), …}."""
    begin = prefix(code, year)
    known = {row["number"]: row for row in rows}
    counts = dict.fromkeys(FATES, 0)
    unsettled: list[Mapping[str, Any]] = []
    for count in range(1, last + 1):
        number = f"{begin}{count:05d}"
        row = known.get(number)
        fate = "gap" if row is None else row["state"] or "out"
        counts[fate] += 1
        if fate != "received":
            unsettled.append({**(row or {"number": number}), "fate": fate})
    return Account(year, last, counts, tuple(unsettled))
