"""The words, dates and fallbacks of papers in one language; nothing about any one paper."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import phonenumbers

from app.domain import amount
from app.domain.text import clean, clean_line
from app.domain.vocabulary import LANGUAGES

FOLDER = Path(__file__).resolve().parent.parent / "paper_words"
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

Codes = Mapping[str, Mapping[str, str]]
"""The norm's words in the paper's language: list name → code → word; steps' titles under "step"."""


@cache
def words(language: str) -> Mapping[str, Mapping[str, str]]:
    """Group → key → words of one language's file. Raises ValueError for a language papers are not printed in."""
    if language not in LANGUAGES:
        raise ValueError(f"no papers in {language}")
    return tomllib.loads((FOLDER / f"{language}.toml").read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Wording:
    """Speaks one language about one place's times and money."""

    language: str
    timezone: str
    currency: str
    codes: Codes
    country: str = ""

    def __call__(self, group: str, key: str, **values: str) -> str:
        """The words under group and key with {values} put in. Raises KeyError: a missing word is a fault of ours."""
        found = words(self.language)[group][key]
        return found.format_map(values) if values else found

    def label(self, key: str) -> str:
        return self("label", key)

    def label_of(self, key: str, value: str) -> str:
        """Label and value in running text."""
        return f"{self.label(key)} {value}"

    def value(self, key: str, **values: str) -> str:
        return self("value", key, **values)

    def known(self, group: str, key: str | None) -> str:
        """Like a call, but a key nobody foresaw is printed as it is: a paper never loses what was recorded."""
        if not key:
            return self.value("not_known")
        return words(self.language)[group].get(key) or readable(key)

    def code(self, group: str, key: str | None) -> str:
        """The norm's word for a coded choice, else one of ours, else the code itself made readable; "" for none."""
        if not key:
            return ""
        return (
            self.codes.get(group, {}).get(key)
            or words(self.language).get(group, {}).get(key)
            or readable(key)
        )

    def named(self, names: Mapping[str, str] | str | None) -> str:
        """A name given in several languages, in this one or the nearest there is."""
        if not names:
            return ""
        if isinstance(names, str):
            return clean(names)
        near = {"zh_Hans": ("zh_Hant",), "zh_Hant": ("zh_Hans",)}.get(self.language, ())
        order = (self.language, *near, "en", *names)
        return clean(next((names[each] for each in order if names.get(each)), ""))

    def phone(self, text: str | None) -> str:
        """A number as people of the place write it; abroad with its country code; what is no number as it is."""
        typed = clean_line(text, 40)
        try:
            number = phonenumbers.parse(typed, self.country or None)
        except phonenumbers.NumberParseException:
            return typed
        if not phonenumbers.is_possible_number(number):
            return typed
        home = number.country_code == phonenumbers.country_code_for_region(self.country)
        style = (
            phonenumbers.PhoneNumberFormat.NATIONAL if home else phonenumbers.PhoneNumberFormat.INTERNATIONAL
        )
        return phonenumbers.format_number(number, style)

    def joined(self, parts: Iterable[str]) -> str:
        """Parts that are there, in a row."""
        return ("；" if self.is_chinese else "; ").join(part for part in parts if part)

    @property
    def is_chinese(self) -> bool:
        return self.language.startswith("zh")

    def money(self, minor: int | None) -> str:
        return amount.money(minor or 0, self.currency, self.language)

    def figures(self, minor: int | None) -> str:
        return amount.figures(minor or 0, self.currency, self.language)

    def day(self, text: str | None) -> str:
        """A date, or the local date of a moment; "not known" for none. What cannot be read is printed as it is."""
        moment = self._read(text)
        return self._day(moment) if moment else (clean(text) or self.value("not_known"))

    def time(self, text: str | None) -> str:
        """Hours and minutes at the place; "not known" for none."""
        moment = self._read(text)
        return f"{moment:%H:%M}" if isinstance(moment, datetime) else (clean(text) or self.value("not_known"))

    def moment(self, text: str | None) -> str:
        """Day and time at the place."""
        moment = self._read(text)
        if not isinstance(moment, datetime):
            return self.day(text)
        return f"{self._day(moment)} {moment:%H:%M}"

    def local_day(self, text: str | None) -> str:
        """The ISO date at the place, for machines; "" for none."""
        moment = self._read(text)
        return moment.strftime("%Y-%m-%d") if moment else ""

    def _read(self, text: str | None) -> date | datetime | None:
        if not text:
            return None
        try:
            if len(text) == 10:
                return date.fromisoformat(text)
            moment = datetime.fromisoformat(text)
        except ValueError:
            return None
        return moment.astimezone(ZoneInfo(self.timezone)) if moment.tzinfo else moment

    def _day(self, day: date) -> str:
        if self.is_chinese:
            return f"{day.year}年{day.month}月{day.day}日"
        if self.language == "es":
            return f"{day:%d/%m/%Y}"
        return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def readable(code: str) -> str:
    """`no_power` as `no power`."""
    return clean(code).replace("_", " ")


def wording_of(content: Mapping[str, Any], language: str | None, codes: Codes | None) -> Wording:
    """The wording for a sealed content: its own language unless another is asked for."""
    return Wording(
        language=language or content["language"],
        timezone=content["outlet"].get("timezone") or "UTC",
        currency=(content.get("fee") or {}).get("currency")
        or (content.get("price_list") or {}).get("currency")
        or "",
        codes=codes or {},
        country=content["outlet"].get("country") or "",
    )
