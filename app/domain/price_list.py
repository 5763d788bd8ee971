"""A price list: what a part, an hour or a journey costs by standard, and the warranty terms that go with it.

Read from `app/prices/<id>.toml` or from published rows; a visit pins `hash`, so a list is never changed, only
followed by a newer one. What of it a customer pays is `fee`'s matter; how money is written is `amount`'s.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from app.domain import seal
from app.domain.vocabulary import LANGUAGES

PRICES = Path(__file__).parent.parent / "prices"
KINDS = ("part", "labour", "travel", "upgrade", "software")
SOFTWARE_GAP = ("free", "charged")  # N-SOFT-05 leaves the second and third month open
DEFAULT_REPAIR_WARRANTY_MONTHS = 3  # O-TERM-08
LARGEST_PRICE = 10**9  # minor units
LONGEST_TERM_MONTHS = 240

HEAD = {"id", "source", "country", "currency", "tax_rate_bp", "tax_included", "holds_from", "software_gap"}
TERMS = {"repair_warranty_months", "repair_warranty_min", "product_warranty_months"}
ITEM = {"code", "kind", "price", "appliance_kinds", "names"}
CODE = re.compile(r"[a-z][a-z0-9_]*\Z")
LIST_ID = re.compile(r"[a-z0-9][a-z0-9-]*\Z")


class PriceListError(ValueError):
    """A price list that cannot be used: which `file`, which `item` ("" for the head), what `fault`."""

    def __init__(self, file: str, item: str, fault: str) -> None:
        super().__init__(f"{file}: {item + ': ' if item else ''}{fault}")
        self.file = file
        self.item = item
        self.fault = fault


@dataclass(frozen=True)
class Item:
    """One thing on the list. `price` is the standard unit price in minor units; no kinds = for every appliance."""

    code: str
    kind: str
    names: Mapping[str, str]
    price: int
    appliance_kinds: tuple[str, ...] = ()

    def fits(self, appliance_kind: str) -> bool:
        return not self.appliance_kinds or appliance_kind in self.appliance_kinds


@dataclass(frozen=True)
class PriceList:
    """`tax_rate_bp` is in hundredths of a percent; with `tax_included` the prices contain it already.

    `repair_warranty_min` is the law's shortest term in months for a repair; terms below it are not offered.
    """

    id: str
    hash: str
    currency: str
    tax_rate_bp: int
    tax_included: bool
    holds_from: date
    items: Mapping[str, Item]
    product_warranty_months: Mapping[str, int]
    repair_warranty_months: int = DEFAULT_REPAIR_WARRANTY_MONTHS
    repair_warranty_min: int = 1
    software_gap: str = "free"
    source: str = ""
    country: str = ""

    def items_for(self, appliance_kind: str) -> list[Item]:
        """What can be charged on such an appliance, in the list's order."""
        return [item for item in self.items.values() if item.fits(appliance_kind)]


@cache
def load(id: str) -> PriceList:
    """The shipped list of that id. Raises `PriceListError`, also when there is none."""
    path = PRICES / f"{id}.toml"
    if not LIST_ID.match(id) or not path.is_file():
        raise PriceListError(f"{id}.toml", "", "there is no such price list")
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise PriceListError(path.name, "", f"not TOML: {error}") from error
    price_list = parse(data, path.name)
    if price_list.id != id:
        raise PriceListError(path.name, "", f"id is {price_list.id!r}, the file's name says {id!r}")
    return price_list


def shipped() -> list[str]:
    """The ids of all shipped lists, oldest name first."""
    return sorted(path.stem for path in PRICES.glob("*.toml"))


def parse(data: Mapping[str, Any], name: str) -> PriceList:
    """Check a list as read from TOML and make it. `name` is only for the fault's report. Raises `PriceListError`."""
    check = _Check(name, data)
    check.keys(HEAD | TERMS | {"item"})
    terms = check.terms()
    items = _items(data.get("item"), terms, name)
    least = check.number("repair_warranty_min", 0, LONGEST_TERM_MONTHS)
    usual = check.number(
        "repair_warranty_months", 0, LONGEST_TERM_MONTHS, default=max(least, DEFAULT_REPAIR_WARRANTY_MONTHS)
    )
    if usual < least:
        raise check.fault("repair_warranty_months is below repair_warranty_min")
    price_list = PriceList(
        id=check.text("id", LIST_ID),
        hash="",
        currency=check.text("currency", re.compile(r"[A-Z]{3}\Z")),
        tax_rate_bp=check.number("tax_rate_bp", 0, 10_000),
        tax_included=check.boolean("tax_included"),
        holds_from=check.day("holds_from"),
        items=items,
        product_warranty_months=terms,
        repair_warranty_months=usual,
        repair_warranty_min=least,
        software_gap=check.one_of("software_gap", SOFTWARE_GAP, default="free"),
        source=check.text("source"),
        country=check.text("country", re.compile(r"[A-Z]{2}\Z")),
    )
    return replace(price_list, hash=seal.digest(_content(price_list)))


def to_json(price_list: PriceList) -> dict[str, Any]:
    """JSON values only, with the hash; `from_json` takes them back."""
    return {**_content(price_list), "hash": price_list.hash}


def from_json(data: Mapping[str, Any]) -> PriceList:
    """The list that `to_json` wrote. Raises `PriceListError`, also when the content is not what its hash says."""
    name = str(data.get("id", "price list"))
    body = {key: value for key, value in data.items() if key != "hash"}
    price_list = parse(body, name)
    if price_list.hash != data.get("hash", price_list.hash):
        raise PriceListError(name, "", "the content does not match its hash")
    return price_list


def _content(price_list: PriceList) -> dict[str, Any]:
    head = {key: getattr(price_list, key) for key in sorted(HEAD | TERMS)}
    head["holds_from"] = price_list.holds_from.isoformat()
    head["product_warranty_months"] = dict(price_list.product_warranty_months)
    head["item"] = [
        {
            "code": item.code,
            "kind": item.kind,
            "price": item.price,
            "appliance_kinds": list(item.appliance_kinds),
            "names": dict(item.names),
        }
        for item in price_list.items.values()
    ]
    return head


def _items(rows: Any, terms: Mapping[str, int], name: str) -> dict[str, Item]:
    if not isinstance(rows, list) or not rows:
        raise PriceListError(name, "", "there is no [[item]]")
    items: dict[str, Item] = {}
    for number, row in enumerate(rows, 1):
        item = _item(row, terms, name, number)
        if item.code in items:
            raise PriceListError(name, item.code, "is there twice")
        items[item.code] = item
    return items


def _item(row: Any, terms: Mapping[str, int], name: str, number: int) -> Item:
    if not isinstance(row, Mapping):
        raise PriceListError(name, f"item {number}", "is not a table")
    check = _Check(name, row, item=str(row.get("code") or f"item {number}"))
    check.keys(ITEM)
    code = check.text("code", CODE)
    kinds = row.get("appliance_kinds", [])
    if not isinstance(kinds, list) or not all(isinstance(kind, str) for kind in kinds):
        raise check.fault("appliance_kinds is not a list of text")
    for kind in kinds:
        if kind not in terms:
            raise check.fault(f"appliance kind {kind!r} has no term in product_warranty_months")
    return Item(
        code=code,
        kind=check.one_of("kind", KINDS),
        names=check.names(),
        price=check.number("price", 0, LARGEST_PRICE),
        appliance_kinds=tuple(kinds),
    )


class _Check:
    """Takes values out of one table and refuses what is not as it should be."""

    def __init__(self, file: str, table: Mapping[str, Any], item: str = "") -> None:
        self.file = file
        self.table = table
        self.item = item

    def fault(self, fault: str) -> PriceListError:
        return PriceListError(self.file, self.item, fault)

    def keys(self, known: set[str]) -> None:
        unknown = sorted(set(self.table) - known)
        if unknown:
            raise self.fault(f"unknown key {unknown[0]!r}")

    def text(self, key: str, pattern: re.Pattern[str] | None = None) -> str:
        value = self.table.get(key)
        if not isinstance(value, str) or not value.strip():
            raise self.fault(f"{key} is missing")
        if pattern and not pattern.match(value):
            raise self.fault(f"{key} {value!r} is not written as it should be")
        return value

    def one_of(self, key: str, allowed: tuple[str, ...], default: str | None = None) -> str:
        value = self.table.get(key, default)
        if value not in allowed:
            raise self.fault(f"{key} {value!r} is none of {', '.join(allowed)}")
        return str(value)

    def number(self, key: str, least: int, most: int, default: int | None = None) -> int:
        value = self.table.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.fault(f"{key} is not a whole number")
        if not least <= value <= most:
            raise self.fault(f"{key} {value} is not between {least} and {most}")
        return value

    def boolean(self, key: str) -> bool:
        value = self.table.get(key)
        if not isinstance(value, bool):
            raise self.fault(f"{key} is neither true nor false")
        return value

    def day(self, key: str) -> date:
        try:
            return date.fromisoformat(str(self.table.get(key, "")))
        except ValueError as error:
            raise self.fault(f"{key} is not a date") from error

    def names(self) -> dict[str, str]:
        names = self.table.get("names")
        if not isinstance(names, Mapping):
            raise self.fault("names is missing")
        for language in LANGUAGES:
            if not isinstance(names.get(language), str) or not names[language].strip():
                raise self.fault(f"names.{language} is missing")
        unknown = sorted(set(names) - set(LANGUAGES))
        if unknown:
            raise self.fault(f"names.{unknown[0]} is no language of ours")
        return {language: names[language] for language in LANGUAGES}

    def terms(self) -> dict[str, int]:
        table = self.table.get("product_warranty_months")
        if not isinstance(table, Mapping) or not table:
            raise self.fault("product_warranty_months is missing")
        inner = _Check(self.file, table, item="product_warranty_months")
        return {kind: inner.number(kind, 0, LONGEST_TERM_MONTHS) for kind in table}
