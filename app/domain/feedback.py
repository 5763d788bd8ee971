"""Feedback: what customers said, counted by week, engineer and norm, for quality and operations (Q-VISIT-11). No rows."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from app.domain import doubt, survey

BY = ("week", "engineer", "norm")
LONGEST_DAYS = 366


@dataclass(frozen=True, slots=True)
class Heard:
    """One finished visit and what was heard of it. `decisions`: of what did not fit; `surveys`: one a call."""

    day: date
    engineer: str
    norm: str
    outcome: str = ""
    rating: Mapping[str, Any] | None = None
    results: tuple[str, ...] = ()
    surveys: tuple[Mapping[str, str], ...] = ()
    decisions: tuple[str | None, ...] = ()
    is_rework: bool = False


@dataclass(slots=True)
class Count:
    """What was heard of several visits. `stars`: how many each of 1..5; `left_out`: ratings that no longer count."""

    visits: int = 0
    rated: int = 0
    left_out: int = 0
    satisfied: int = 0
    unsatisfied: int = 0
    stars: list[int] = field(default_factory=lambda: [0] * 5)
    called: int = 0
    fine: int = 0
    not_fine: int = 0
    doubts: int = 0
    reworks: int = 0
    noes: dict[str, int] = field(default_factory=lambda: dict.fromkeys(survey.QUESTIONS, 0))
    answers: dict[str, int] = field(default_factory=lambda: dict.fromkeys(survey.QUESTIONS, 0))

    @property
    def mean_tenths(self) -> int | None:
        """The mean of the stars in tenths, rounded half up; None without any."""
        count = sum(self.stars)
        whole = sum(number * (place + 1) for place, number in enumerate(self.stars))
        return (20 * whole + count) // (2 * count) if count else None


def counted(heard: Iterable[Heard]) -> Count:
    """All of them together."""
    found = Count()
    for one in heard:
        found.visits += 1
        found.doubts += len(one.decisions)
        found.reworks += one.is_rework
        _add_rating(found, one)
        for result in one.results:
            found.called += result in ("fine", "not_fine")
            found.fine += result == "fine"
            found.not_fine += result == "not_fine"
        for answers in one.surveys:
            for question in survey.QUESTIONS:
                found.answers[question] += question in answers
                found.noes[question] += answers.get(question) == "no"
    return found


def grouped(heard: Iterable[Heard], by: str) -> dict[str, Count]:
    """The same by week (its ISO name, such as 2026-W47), engineer or norm, in their order."""
    key = KEYS[by]
    groups: dict[str, list[Heard]] = {}
    for one in heard:
        groups.setdefault(key(one), []).append(one)
    return {name: counted(groups[name]) for name in sorted(groups)}


def week(day: date) -> str:
    """2026-W47: the ISO week of a day."""
    year, number, _day = day.isocalendar()
    return f"{year}-W{number:02d}"


KEYS: dict[str, Callable[[Heard], str]] = {
    "week": lambda one: week(one.day),
    "engineer": lambda one: one.engineer,
    "norm": lambda one: one.norm,
}


def _add_rating(found: Count, one: Heard) -> None:
    if not one.rating:
        return
    if not doubt.counts(one.decisions):
        found.left_out += 1
        return
    found.rated += 1
    if doubt.says_satisfied(one.rating):
        found.satisfied += 1
    elif one.rating.get("satisfied") == "no" or one.rating.get("quality"):
        found.unsatisfied += 1
    stars = int(one.rating.get("quality") or 0)
    if 1 <= stars <= len(found.stars):
        found.stars[stars - 1] += 1
