"""Doubts: where a "satisfied" does not fit what else is known of its visit (R-FAKE-03). Nobody is accused: things differ.

Only a rating that says "satisfied" can be doubted; a bad one gains nobody anything. A phone whose clock is in doubt gives no
finding about times.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.domain import form, survey

KINDS = ("seal_differs", "says_otherwise", "not_signed", "no_slip", "too_quick", "after_leaving")
DECISIONS = ("cleared", "mistake", "not_the_customer")
DISCOUNTED = frozenset({"not_the_customer"})  # decided so, the rating no longer counts in reports
READING_S = 10  # nobody reads a slip, rates and signs within this
GOOD_STARS = 4
TEXT_LIMIT = 1000
DECIDERS = ("manager",)


@dataclass(frozen=True, slots=True)
class Call:
    """What a customer said on the telephone."""

    result: str
    survey: Mapping[str, str]
    by: str = ""


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known of one visit's rating. `seal_holds`: None without a signature; `slip`: the desk's note of it, or ''."""

    visit: int
    rating: Mapping[str, Any] | None = None
    rated_at: datetime | None = None
    handed_at: datetime | None = None
    signed_at: datetime | None = None
    left_at: datetime | None = None
    how: str = ""
    void: bool = False
    seal_holds: bool | None = None
    slip: str = ""
    day_over: bool = False
    clock_sure: bool = True
    calls: tuple[Call, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that does not fit, with what it rests on."""

    visit: int
    kind: str
    data: Mapping[str, Any]


def says_satisfied(rating: Mapping[str, Any] | None) -> bool:
    """Whether the rating says that the customer was content: in words, else by the stars."""
    if not rating:
        return False
    if rating.get("satisfied"):
        return bool(rating["satisfied"] == "yes")
    return int(rating.get("quality") or 0) >= GOOD_STARS


def findings(seen: Seen) -> tuple[Finding, ...]:
    """What does not fit at one visit, the gravest first."""
    found: list[Finding] = []

    def add(kind: str, **data: Any) -> None:
        found.append(Finding(seen.visit, kind, data))

    if seen.seal_holds is False:
        add("seal_differs")  # whoever is content or not: what was sealed is no longer what is kept
    if not says_satisfied(seen.rating):
        return tuple(found)
    otherwise = next((call for call in seen.calls if _denies(call)), None)
    if otherwise:
        add(
            "says_otherwise",
            result=otherwise.result,
            no=list(survey.against(otherwise.survey)),
            by=otherwise.by,
        )
    if seen.how in ("", "declined") or seen.void:
        add("not_signed", how="void" if seen.void else seen.how)
    if seen.slip == "missing" or (seen.day_over and not seen.slip):
        add("no_slip", noted=seen.slip)
    if seen.clock_sure:
        _times(seen, add)
    return tuple(found)


def read_words(raw: form.Raw) -> tuple[str, form.Faults]:
    """What the engineer says to it."""
    typed = form.first(raw, "said").strip()
    if len(typed) > TEXT_LIMIT:
        return "", {"said": "too_long"}
    text = form.text(raw, "said", TEXT_LIMIT)
    return text, {} if text else {"said": "required"}


def read_decision(raw: form.Raw) -> tuple[str, str, form.Faults]:
    """The decision and its reason, which is always given."""
    chosen, text = form.first(raw, "decision"), form.text(raw, "text", TEXT_LIMIT)
    faults: form.Faults = {}
    if chosen not in DECISIONS:
        faults["decision"] = "not_an_option" if chosen else "required"
    if len(form.first(raw, "text").strip()) > TEXT_LIMIT:
        faults["text"] = "too_long"
    elif not text:
        faults["text"] = "required"
    return chosen, text, faults


def may_decide(role: str) -> bool:
    """Whether somebody of this role decides."""
    return role in DECIDERS


def counts(decisions: Iterable[str | None]) -> bool:
    """Whether a rating still counts after what was decided about it."""
    return not any(decision in DISCOUNTED for decision in decisions)


def _denies(call: Call) -> bool:
    return call.result == "not_fine" or any(call.survey.get(one) == "no" for one in survey.CHECKS)


def _times(seen: Seen, add: Any) -> None:
    if seen.rated_at and seen.left_at and seen.rated_at > seen.left_at:
        add("after_leaving", minutes=int((seen.rated_at - seen.left_at).total_seconds() // 60))
    if seen.handed_at and seen.signed_at and seen.how not in ("", "declined", "paper"):
        seconds = int((seen.signed_at - seen.handed_at).total_seconds())
        if 0 <= seconds < READING_S:
            add("too_quick", seconds=seconds)
