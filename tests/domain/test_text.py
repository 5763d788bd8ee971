"""What `clean` keeps and what it drops."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.text import clean, clean_line


@pytest.mark.parametrize(
    "typed, kept",
    [
        (None, ""),
        ("", ""),
        ("  leaks\t under   the drum ", "leaks under the drum"),
        ("one\r\ntwo\rthree", "one\ntwo\nthree"),
        ("a\n\n\n\n\nb", "a\n\nb"),
        ("a\x00b\x07c\x1b[31m", "abc[31m"),
        ("total \u202e021\u202c \u2066x\u2069", "total 021 x"),
        ("zero\u200bwidth\ufeff", "zerowidth"),
        ("lone \ud800 surrogate", "lone surrogate"),
        ("private \ue000 sign", "private sign"),
        ("e\u0301", "é"),
        ("𠮷 㛃 堃 喆 \u9fcd", "𠮷 㛃 堃 喆 \u9fcd"),
        ("👩\u200d🔧 ❤\ufe0f", "👩\u200d🔧 ❤\ufe0f"),
    ],
)
def test_what_was_typed_becomes_fit_to_print(typed, kept):
    assert clean(typed) == kept


def test_a_text_is_capped():
    assert clean("字" * 2_001) == "字" * 2_000
    assert clean("abc def", 4) == "abc"


def test_a_cut_never_halves_a_joined_sign():
    assert clean("ab👩\u200d🔧", 4) == "ab"
    assert clean("abx\u0323\u0301", 3) == "ab"


def test_a_line_has_no_newline():
    assert clean_line("Mei\n  Lin") == "Mei Lin"


@given(st.text(max_size=300), st.integers(min_value=1, max_value=100))
def test_cleaning_is_stable_and_encodable(typed, limit):
    once = clean(typed, limit)
    once.encode("utf-8")
    assert len(once) <= limit
    assert clean(once, limit) == once
