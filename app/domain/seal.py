"""The canonical form of what is signed, its digest, and the short code a person can read out.

What is put into a seal is not decided here (that is `content`), nor who signs it. The phone computes the same
digest without a network, so every rule below is one that JavaScript can follow to the byte:
`tests/vectors/seal.json` is run by both.
"""

import hashlib
import json
import unicodedata
from collections.abc import Mapping
from typing import Any

LARGEST_INTEGER = 2**53 - 1  # beyond it JavaScript's numbers lose digits
CODE_CHARACTERS = 8
CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None})


class SealError(ValueError):
    """The content cannot be sealed. `code` names the fault, `path` the place, such as `lines.0.qty`."""

    def __init__(self, code: str, path: str) -> None:
        super().__init__(f"{code} at {path or 'the top'}")
        self.code = code
        self.path = path


def digest(content: Any) -> str:
    """SHA-256 of the canonical form, 64 lower-case hex digits. Raises `SealError`."""
    return hashlib.sha256(canonical(content).encode("utf-8")).hexdigest()


def canonical(content: Any) -> str:
    """JSON without spaces: keys sorted by UTF-16 unit, strings in NFC, integers only.

    Allowed are mapping, list, tuple, str, int, bool and None. Dates and times go in as the text they were given
    as. A float, a date object, a lone surrogate, an integer beyond 2^53 − 1, a key that is not text, or two keys
    that become one in NFC raise `SealError`.
    """
    return json.dumps(_plain(content, ""), ensure_ascii=False, separators=(",", ":"))


def short_code(hex_digest: str) -> str:
    """The first 40 bits of a digest as `XXXX-XXXX` in Crockford's base 32 (no I, L, O, U)."""
    bits = int(hex_digest[:10], 16)
    letters = "".join(CROCKFORD[(bits >> shift) & 31] for shift in range(35, -1, -5))
    return f"{letters[:4]}-{letters[4:]}"


def read_code(typed: str) -> str | None:
    """A code as a person typed it, back as `XXXX-XXXX`; None when it cannot be one. O is 0, I and L are 1."""
    letters = typed.strip().upper().translate(MISREAD)
    if len(letters) != CODE_CHARACTERS or not set(letters) <= set(CROCKFORD):
        return None
    return f"{letters[:4]}-{letters[4:]}"


def _plain(value: Any, path: str) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return _text(value, path)
    if isinstance(value, int):
        if abs(value) > LARGEST_INTEGER:
            raise SealError("integer_too_large", path)
        return int(value)
    if isinstance(value, Mapping):
        return _sorted(value, path)
    if isinstance(value, (list, tuple)):
        return [_plain(each, _under(path, index)) for index, each in enumerate(value)]
    raise SealError("float" if isinstance(value, float) else "not_json", path)


def _sorted(value: Mapping[Any, Any], path: str) -> dict[str, Any]:
    named: dict[str, Any] = {}
    for key, each in value.items():
        if not isinstance(key, str):
            raise SealError("key_not_text", path)
        name = _text(key, path)
        if name in named:
            raise SealError("key_twice", _under(path, name))
        named[name] = _plain(each, _under(path, name))
    # JavaScript sorts by UTF-16 unit, Python by code point; they part above U+FFFF.
    return {name: named[name] for name in sorted(named, key=lambda text: text.encode("utf-16-be"))}


def _text(value: str, path: str) -> str:
    if any("\ud800" <= letter <= "\udfff" for letter in value):
        raise SealError("lone_surrogate", path)
    return unicodedata.normalize("NFC", value)


def _under(path: str, part: str | int) -> str:
    return f"{path}.{part}" if path else str(part)
