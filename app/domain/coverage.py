"""Which signs the fonts of papers can draw: for warning while somebody types, and for saying what cannot be drawn."""

import unicodedata
from functools import cache
from pathlib import Path

FILE = Path(__file__).resolve().parents[2] / "pdf_templates" / "fonts" / "coverage.txt"
# Never drawn, so never missing: white space, joiners, selectors, tags.
_INVISIBLE = frozenset(
    {*range(0x09, 0x0E), 0x20, 0xA0, 0x200C, 0x200D, *range(0xFE00, 0xFE10), *range(0xE0020, 0xE0080)}
)


def missing(text: str) -> list[str]:
    """The signs of `text` that no font of ours has, each once, in order of code point."""
    return [chr(sign) for sign in sorted({ord(sign) for sign in text} - _drawn())]


def spelled(text: str) -> str:
    """`text` with each sign that cannot be drawn said by its number, `[U+12000]`: nothing is lost in silence."""
    for sign in missing(text):
        text = text.replace(sign, f"[U+{ord(sign):04X}]")
    return text


def name_of(sign: str) -> str:
    """What to call a sign that cannot be shown: its number and, if known, its name."""
    return f"U+{ord(sign):04X} {unicodedata.name(sign, '')}".rstrip()


@cache
def _drawn() -> frozenset[int]:
    signs: set[int] = set()
    for line in FILE.read_text().splitlines():
        first, _, last = line.partition("-")
        signs.update(range(int(first, 16), int(last or first, 16) + 1))
    return frozenset(signs | _INVISIBLE)
