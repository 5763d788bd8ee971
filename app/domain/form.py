"""Forms: strings as typed become checked values, or a fault per field. Which fields a step has is not said here.

A fault is a code ('required', 'too_long', …); the screens have the words.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from app.domain.protocol import Field
from app.domain.text import clean, clean_line

Raw = Mapping[str, str | list[str]]
Faults = dict[str, str]

TEXT_LIMIT = 200
LONG_TEXT_LIMIT = 2000
CHOICES_LIMIT = 60
MONEY_LIMIT = 100_000_000_00  # minor units; more than any repair
BLOB = re.compile(r"sha256:[0-9a-f]{64}")
PHONE = re.compile(r"(?=(?:[^0-9]*[0-9]){3})[0-9+()\-. /ext]{3,40}", re.IGNORECASE)
# Thousands are set off by one sign throughout, and decimals by another: '1,234.567' is a slip, not an amount.
MONEY = re.compile(
    r"(?P<whole>[1-9][0-9]{0,2}(?P<sign>[., ])[0-9]{3}(?:(?P=sign)[0-9]{3})*|[0-9]{1,10})"
    r"(?:(?!(?P=sign))[.,](?P<decimals>[0-9]{1,2}))?"
)
CURRENCY_SIGNS = "¥€$元圆 "
OLDEST = date(1950, 1, 1)
NEWEST = date(2100, 1, 1)


def read(fields: Iterable[Field], raw: Raw) -> tuple[dict[str, Any], Faults]:
    """Check what was entered for these fields; returns the values that are there and the faults by field id."""
    values: dict[str, Any] = {}
    faults: Faults = {}
    for one in fields:
        value, fault = read_one(one, raw)
        if fault:
            faults[one.id] = fault
        elif not _is_empty(value):
            values[one.id] = value
        if one.or_reason and not value:
            reason = text(raw, f"{one.id}_reason", TEXT_LIMIT)
            if reason:
                values[f"{one.id}_reason"] = reason
            if reason and fault == "required_or_reason":
                del faults[one.id]
    return values, faults


def read_one(one: Field, raw: Raw) -> tuple[Any, str]:
    """One field's value and its fault ('' when there is none)."""
    value, fault = READERS[one.type](one, raw)
    if not fault and one.required and (value is False or _is_empty(value)):
        return value, "required_or_reason" if one.or_reason else "required"
    return value, fault


def _is_empty(value: Any) -> bool:
    return value is None or value == "" or value == []  # 0 is an answer


def text(raw: Raw, name: str, limit: int = TEXT_LIMIT) -> str:
    """A cleaned single line, cut at the limit; '' when missing."""
    return clean_line(first(raw, name), limit)


def first(raw: Raw, name: str) -> str:
    """The value of a name that should occur once."""
    value = raw.get(name, "")
    return value if isinstance(value, str) else (value[0] if value else "")


def many(raw: Raw, name: str) -> list[str]:
    """The values of a name that may occur often, each once."""
    value = raw.get(name, [])
    found = [value] if isinstance(value, str) else value
    return list(dict.fromkeys(item for item in found if item))[:CHOICES_LIMIT]


def ticked(raw: Raw, name: str) -> bool:
    """Whether a tick is set."""
    return first(raw, name).lower() in ("1", "on", "true", "yes")


def money(typed: str) -> int | None:
    """'1,234.50' → 123450 minor units; a comma may be the decimal sign. None when it is no amount of money."""
    match = MONEY.fullmatch(_half_width(typed).strip(CURRENCY_SIGNS))
    if not match:
        return None
    whole, decimals = re.sub("[., ]", "", match["whole"]), match["decimals"] or ""
    amount = int(whole) * 100 + int((decimals + "00")[:2])
    return amount if amount <= MONEY_LIMIT else None


def _half_width(typed: str) -> str:
    """Digits and signs as a Chinese keyboard may type them, in their plain form."""
    return unicodedata.normalize("NFKC", typed[:TEXT_LIMIT])


def moment(typed: str) -> datetime | None:
    """An ISO time that carries its offset; None otherwise. The web layer adds the place's offset before."""
    try:
        found = datetime.fromisoformat(typed)
    except ValueError:
        return None
    return found if found.tzinfo and OLDEST <= found.date() <= NEWEST else None


def day(typed: str) -> date | None:
    """An ISO date within reason."""
    try:
        found = date.fromisoformat(typed)
    except ValueError:
        return None
    return found if OLDEST <= found <= NEWEST else None


def _tick(one: Field, raw: Raw) -> tuple[Any, str]:
    return ticked(raw, one.id), ""


def _choice(one: Field, raw: Raw) -> tuple[Any, str]:
    value = first(raw, one.id)
    return value, "" if not value or value in one.options else "not_an_option"


def _choices(one: Field, raw: Raw) -> tuple[Any, str]:
    found = many(raw, one.id)
    return found, "" if all(value in one.options for value in found) else "not_an_option"


def _text(one: Field, raw: Raw) -> tuple[Any, str]:
    limit, typed = one.max or TEXT_LIMIT, first(raw, one.id)
    return clean_line(typed, limit), _too_long(typed, limit)


def _long_text(one: Field, raw: Raw) -> tuple[Any, str]:
    limit, typed = one.max or LONG_TEXT_LIMIT, first(raw, one.id)
    return clean(typed, limit), _too_long(typed, limit)


def _too_long(typed: str, limit: int) -> str:
    # Browsers send line ends as two signs and count them as one.
    return "too_long" if len(typed.strip().replace("\r\n", "\n")) > limit else ""


def _number(one: Field, raw: Raw) -> tuple[Any, str]:
    typed = _half_width(first(raw, one.id)).strip()
    if not typed:
        return None, ""
    if not re.fullmatch(r"-?[0-9]{1,9}", typed):
        return None, "not_a_number"
    return _within(one, int(typed))


def _within(one: Field, value: int) -> tuple[int | None, str]:
    if one.min is not None and value < one.min:
        return None, "too_small"
    return (value, "") if one.max is None or value <= one.max else (None, "too_large")


def _money(one: Field, raw: Raw) -> tuple[Any, str]:
    typed = first(raw, one.id).strip()
    if not typed:
        return None, ""
    value = money(typed)
    return (None, "not_money") if value is None else _within(one, value)


def _date(one: Field, raw: Raw) -> tuple[Any, str]:
    typed = first(raw, one.id).strip()
    found = day(typed) if typed else None
    return (found.isoformat() if found else None), "bad_date" if typed and not found else ""


def _moment(one: Field, raw: Raw) -> tuple[Any, str]:
    typed = first(raw, one.id).strip()
    found = moment(typed) if typed else None
    return (found.isoformat() if found else None), "bad_time" if typed and not found else ""


def _photo(one: Field, raw: Raw) -> tuple[Any, str]:
    found = many(raw, one.id)
    if not all(BLOB.fullmatch(value) for value in found):
        return None, "not_a_photo"
    return (found if one.type == "photos" else (found[0] if found else None)), ""


def _tel(one: Field, raw: Raw) -> tuple[Any, str]:
    typed = clean_line(_half_width(first(raw, one.id)), 40)
    return typed, "" if not typed or PHONE.fullmatch(typed) else "not_a_phone"


READERS = {
    "tick": _tick,
    "choice": _choice,
    "choices": _choices,
    "text": _text,
    "longtext": _long_text,
    "number": _number,
    "money": _money,
    "date": _date,
    "datetime": _moment,
    "photo": _photo,
    "photos": _photo,
    "tel": _tel,
}
