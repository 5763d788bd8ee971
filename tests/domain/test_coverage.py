"""What the fonts of papers can draw."""

import pytest

from app.domain.coverage import missing, spelled


@pytest.mark.parametrize(
    "text",
    [
        "María Ángeles Núñez",
        "欧阳晓雯 歐陽曉雯",
        "𠮷㛃堃喆\u9fcd",
        "👩\u200d🔧 ❤\ufe0f 🏴󠁧󠁢󠁥󠁮󠁧󠁿",
        "안녕 こんにちは",
        "Привет עברית عربي ไทย हिन्दी",
        "¥ € £ ① ☑ ✓ ½ ℃ Ω",
        "a\nb\tc",
    ],
)
def test_what_people_type_can_be_drawn(text):
    assert missing(text) == []


def test_what_cannot_be_drawn_is_said_by_its_number():
    assert missing("a\U00012000b\U00012000") == ["\U00012000"]
    assert spelled("a\U00012000b") == "a[U+12000]b"
