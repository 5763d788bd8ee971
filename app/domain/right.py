"""A customer's rights to repair, exchange or refund: a dated table per country, and which of them hold for what is known.

The conditions are data (`app/rights/<country>-<date>.toml`); nothing of any law stands in code. What nobody knows stays
unknown: it is never read as "no right". Words of facts belong to the pages; the rights' own stand in the table.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from app.domain import warranty
from app.domain.vocabulary import LANGUAGES

FOLDER = Path(__file__).parent.parent / "rights"
CLAIMS = ("refund", "exchange", "repair")
ENTERED: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("cause", "choice", ("product", "use")),
    ("repairs", "number", ()),
    ("waiting_days", "number", ()),
    ("repair_days", "number", ()),
    ("same_model", "choice", ("yes", "no")),
    ("bought", "choice", ("shop", "distance")),
)
"""What the engineer asks, as id, type and options: problems with `rights = true` have these inputs besides their own."""
LARGEST = 999
CHOICES = {"warranty": ("in", "out"), **{name: options for name, _type, options in ENTERED if options}}
NUMBERS = ("days", "months", *(name for name, type_, _options in ENTERED if type_ == "number"))
ID = re.compile(r"[a-z][a-z0-9_]{0,39}")
KEYS = {"id", "country", "source", "holds_from", "right"}
RIGHT_KEYS = {"id", "gives", "source", "when", "after", "words"}

Facts = Mapping[str, Any]


class RightsError(ValueError):
    """A table that cannot be used; `findings` says all that is wrong with it."""

    def __init__(self, findings: list[str]) -> None:
        super().__init__(findings[0])
        self.findings = findings


@dataclass(frozen=True, slots=True)
class Right:
    """What it `gives` when every condition of `when` holds, and one of the rights `after` which it comes."""

    id: str
    gives: tuple[str, ...]
    source: str
    when: Mapping[str, Any]
    after: tuple[str, ...]
    words: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    """The rights of one country from a day on. A table is never edited, only followed by a newer one."""

    id: str
    country: str
    source: str
    holds_from: date
    rights: tuple[Right, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """How a right stands: `holds`, `not` or `unknown`; which facts are met, which are against it, which nobody knows."""

    right: Right
    status: str
    met: tuple[str, ...]
    against: tuple[str, ...]
    unknown: tuple[str, ...]


def known(
    bought_on: date | None, today: date, warranty_status: str, is_rework: bool, entered: Facts
) -> dict[str, Any]:
    """The facts of a case: what the visit knows, and what was entered. A rework was repaired at least once before."""
    found: dict[str, Any] = {name: entered.get(name) for name, _type, _options in ENTERED}
    if is_rework:
        found["repairs"] = max(found["repairs"] or 0, 1)
    found["warranty"] = warranty_status if warranty_status in CHOICES["warranty"] else None
    is_dated = bought_on is not None and bought_on <= today
    found["days"] = (today - bought_on).days if bought_on and is_dated else None
    found["months"] = warranty.months_since(bought_on, today) if bought_on and is_dated else None
    return found


def standings(table: Table, facts: Facts) -> tuple[Standing, ...]:
    """How every right of the table stands for these facts, in the table's order."""
    found: dict[str, Standing] = {}
    for right in table.rights:
        found[right.id] = _standing(right, facts, [found[earlier] for earlier in right.after])
    return tuple(found.values())


def verdict(found: Iterable[Standing], claim: str) -> str:
    """Whether the customer has what is claimed: `holds`, `unknown` while a fact could still give it, else `not`."""
    possible = {one.status for one in found if claim in one.right.gives}
    return next((status for status in ("holds", "unknown") if status in possible), "not")


def gives(found: Iterable[Standing]) -> tuple[str, ...]:
    """All that the customer may choose from by the rights that hold."""
    given = {claim for one in found if one.status == "holds" for claim in one.right.gives}
    return tuple(claim for claim in CLAIMS if claim in given)


def _standing(right: Right, facts: Facts, earlier: list[Standing]) -> Standing:
    sides: dict[bool | None, list[str]] = {True: [], False: [], None: []}
    for name, condition in right.when.items():
        sides[_holds(condition, facts.get(name))].append(name)
    against, unknown = sides[False], sides[None]
    if earlier and not any(one.status == "holds" for one in earlier):
        open_ = [name for one in earlier if one.status == "unknown" for name in one.unknown]
        unknown = list(dict.fromkeys([*unknown, *open_]))
        if not open_:
            against = list(dict.fromkeys([*against, *(name for one in earlier for name in one.against)]))
    status = "not" if against else "unknown" if unknown else "holds"
    return Standing(right, status, tuple(sides[True]), tuple(against), tuple(unknown))


def _holds(condition: Any, value: Any) -> bool | None:
    """True or False where the fact is known, else None."""
    if value is None or value == "":
        return None
    if isinstance(condition, str):
        return bool(value == condition)
    least, most = condition.get("min", 0), condition.get("max")
    return bool(least <= value and (most is None or value <= most))


def for_country(country: str, day: date) -> Table | None:
    """The table that holds in a country on a day; None where none is written."""
    tables = [load(name) for name in shipped()]
    fitting = [one for one in tables if one.country == country and one.holds_from <= day]
    return max(fitting, key=lambda one: one.holds_from, default=None)


@cache
def load(name: str) -> Table:
    """The shipped table of this id. :raise RightsError: with everything that is wrong"""
    path = FOLDER / f"{name}.toml"
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise RightsError([f"{path.name}: {fault}"]) from None
    return parse(raw, name)


def shipped() -> tuple[str, ...]:
    """The ids of all shipped tables."""
    return _shipped()


@cache
def _shipped() -> tuple[str, ...]:
    return tuple(sorted(path.stem for path in FOLDER.glob("*.toml")))


def parse(raw: Mapping[str, Any], name: str) -> Table:
    """Check a table and make it. :raise RightsError:"""
    if wrong := list(findings(raw, name)):
        raise RightsError(wrong)
    return Table(
        raw["id"], raw["country"], raw["source"], raw["holds_from"],
        tuple(
            Right(
                one["id"], tuple(one["gives"]), one["source"], one["when"], tuple(one.get("after", ())), one["words"]
            )
            for one in raw["right"]
        ),
    )  # fmt: skip


def findings(raw: Mapping[str, Any], name: str) -> Iterator[str]:
    """Everything that is wrong with a table, one line each, with its place."""
    for key in sorted(set(raw) - KEYS):
        yield f"{name}: '{key}' means nothing here"
    if raw.get("id") != name:
        yield f"{name}: the id is not the file's name"
    if not re.fullmatch(r"[A-Z]{2}", str(raw.get("country", ""))):
        yield f"{name}: 'country' must be two capital letters"
    if not isinstance(raw.get("source"), str) or not raw["source"].strip():
        yield f"{name}: 'source' is missing"
    if not isinstance(raw.get("holds_from"), date):
        yield f"{name}: 'holds_from' must be a date"
    listed = raw.get("right")
    if not isinstance(listed, list) or not listed or not all(isinstance(one, Mapping) for one in listed):
        yield f"{name}: there is no [[right]]"
        return
    before: list[str] = []
    for one in listed:
        yield from (f"{name}: right {one.get('id', '?')}: {fault}" for fault in _right_faults(one, before))
        before.append(str(one.get("id")))


def _right_faults(one: Mapping[str, Any], before: list[str]) -> Iterator[str]:
    for key in sorted(set(one) - RIGHT_KEYS):
        yield f"'{key}' means nothing here"
    if not ID.fullmatch(str(one.get("id", ""))):
        yield "the id must be small letters, digits and _"
    elif one["id"] in before:
        yield "is there twice"
    for earlier in one.get("after", []):
        if earlier not in before:
            yield f"comes after '{earlier}', which does not stand before it"
    yield from _content_faults(one)


def _content_faults(one: Mapping[str, Any]) -> Iterator[str]:
    given = one.get("gives")
    if not isinstance(given, list) or not given or not set(given) <= set(CLAIMS):
        yield f"'gives' must name some of {', '.join(CLAIMS)}"
    if not isinstance(one.get("source"), str) or not one["source"].strip():
        yield "'source' is missing"
    conditions = one.get("when")
    if not isinstance(conditions, Mapping) or not conditions:
        yield "'when' is missing: a right without a condition would always hold"
    else:
        for fact, condition in conditions.items():
            if fault := _condition_fault(fact, condition):
                yield f"condition {fact}: {fault}"
    words = one.get("words")
    words = words if isinstance(words, Mapping) else {}
    for language in LANGUAGES:
        if not isinstance(words.get(language), str) or not words[language].strip():
            yield f"words in {language} are missing"
    for language in sorted(set(words) - set(LANGUAGES)):
        yield f"'{language}' is no language of ours"


def _condition_fault(fact: str, condition: Any) -> str:
    if fact in CHOICES:
        return "" if condition in CHOICES[fact] else f"must be one of {', '.join(CHOICES[fact])}"
    if fact not in NUMBERS:
        return "there is no such fact"
    if not isinstance(condition, Mapping) or not condition or not set(condition) <= {"min", "max"}:
        return "must say min, max or both"
    if not all(type(value) is int and 0 <= value <= LARGEST for value in condition.values()):
        return f"must be whole numbers up to {LARGEST}"
    return "min is above max" if condition.get("min", 0) > condition.get("max", LARGEST) else ""
