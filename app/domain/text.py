"""Cleaning of what people type: the one function every stored or printed text passes; nothing about layout or language."""

import re
import unicodedata

LIMIT = 2_000
"""Characters kept of a comment when the caller names no other limit."""

# Bidirectional controls can make a printed line read other than it was signed ("Trojan source").
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# Invisible signs that are part of what was typed: joiners and selectors of emoji, and variants of a character in a name.
_KEPT_FORMATS = frozenset("\u200c\u200d")
_SPACES = re.compile(r"[^\S\n]+")
_BLANK_LINES = re.compile(r"\n{3,}")
_NEWLINES = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")


def clean(text: str | None, limit: int = LIMIT) -> str:
    """Text fit to be sealed and printed: NFC, no control, bidirectional, private or unassigned signs, at most `limit` characters.

    Newlines stay (never more than one empty line), other runs of white space become one space. Lone surrogates
    disappear, so that the result can always be written as UTF-8. Cleaning twice changes nothing more.
    """
    if not text:
        return ""
    # A hostile megabyte is cut before it is normalised; four times leaves room for what cleaning removes.
    text = unicodedata.normalize("NFC", _NEWLINES.sub("\n", text[: limit * 4]))
    text = "".join(sign for sign in text if _is_kept(sign))
    text = "\n".join(line.strip() for line in _SPACES.sub(" ", text).split("\n"))
    text = unicodedata.normalize("NFC", _BLANK_LINES.sub("\n\n", text).strip())
    return _cut(text, limit)


def clean_line(text: str | None, limit: int = 200) -> str:
    """Like `clean`, on one line: for names, addresses, models and serial numbers."""
    return _cut(" ".join(clean(text, limit * 2).split()), limit)


def _is_kept(sign: str) -> bool:
    if sign == "\n" or sign == "\t":
        return True
    if sign in _BIDI:
        return False
    category = unicodedata.category(sign)
    if category == "Cf":
        # Tags (U+E0020…) spell the flags of England, Scotland and Wales; every other format sign is dropped.
        return sign in _KEPT_FORMATS or "\U000e0020" <= sign <= "\U000e007f"
    # Python 3.11 knows Unicode 14; a newer ideograph (Cn to it) is a person's name, so planes 2 and 3 stay.
    if category == "Cn":
        return "\U00020000" <= sign <= "\U0003fffd"
    return category not in ("Cc", "Cs", "Co")


def _cut(text: str, limit: int) -> str:
    """First `limit` characters, without leaving half of a joined emoji or a combining mark's base behind."""
    if len(text) <= limit:
        return text
    end = limit
    while end > 0 and (
        text[end] in _KEPT_FORMATS
        or text[end - 1] == "\u200d"
        or unicodedata.combining(text[end])
        or "\ufe00" <= text[end] <= "\ufe0f"
    ):
        end -= 1
    return text[:end].rstrip()
