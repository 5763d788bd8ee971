"""The screens' words: every one that the code says is in every language, whole and with the same places to fill in."""

import io
import re
from functools import cache

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from app.config import ROOT
from app.domain.vocabulary import LANGUAGES

KEYWORDS = {
    "_": None, "gettext": None, "lazy_": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2),
    "lazy_pgettext": ((1, "c"), 2), "npgettext": ((1, "c"), 2, 3),
}  # fmt: skip
OTHERS = [code for code in LANGUAGES if code != "en"]
PLACE = re.compile(r"%\((\w+)\)[sd]|%%")


@cache
def said() -> set[tuple[str | None, str]]:
    """(context, English) of every word in Python and templates."""
    found = set()
    for folder, method in (("app", [("**.py", "python")]), ("templates", [("**.html", "jinja2")])):
        for _file, _line, message, _notes, context in extract_from_dir(
            ROOT / folder, method, keywords=KEYWORDS
        ):
            found.add((context, message[0] if isinstance(message, tuple) else message))
    return found


@cache
def catalogue(language: str) -> Catalog:
    path = ROOT / "app" / "translations" / language / "LC_MESSAGES" / "messages.po"
    assert path.exists(), f"no catalogue for {language}: make words"
    return read_po(io.BytesIO(path.read_bytes()), locale=language)


def test_the_code_says_something():
    assert len(said()) > 100 and (None, "Sign in") in said()


@pytest.mark.parametrize("language", OTHERS)
def test_every_word_is_translated(language):
    missing = []
    for context, english in sorted(said(), key=str):
        message = catalogue(language).get(english, context)
        whole = message is not None and all(
            message.string if isinstance(message.string, tuple) else [message.string]
        )
        if not whole or "fuzzy" in message.flags:
            missing.append(english)
    assert not missing, f"{len(missing)} words are missing in {language}: {missing[:20]}"


@pytest.mark.parametrize("language", OTHERS)
def test_the_places_to_fill_in_are_the_same(language):
    wrong = []
    for message in catalogue(language):
        strings = message.string if isinstance(message.string, tuple) else (message.string,)
        wanted = {place for text in _texts(message.id) for place in PLACE.findall(text)}
        for text in filter(None, strings):
            found = set(PLACE.findall(text))
            # A plural's one form may leave out its number ("one thing").
            if message.id and not (found <= wanted and wanted - {"num", "n"} <= found):
                wrong.append(text)
    assert not wrong, wrong


@pytest.mark.parametrize("language", OTHERS)
def test_the_catalogue_knows_its_plurals(language):
    assert catalogue(language).num_plurals == (2 if language == "es" else 1)
    write_mo(io.BytesIO(), catalogue(language))


@pytest.mark.parametrize("language", ["zh_Hans", "zh_Hant"])
def test_chinese_stays_in_its_script(language):
    """A few signs that only the other script has; a whole sentence in the wrong script always holds one of them."""
    strange = (
        set("这个们说时间电话签单务户门开关确认")
        if language == "zh_Hant"
        else set("這個們說時間電話簽單務戶門開關確認")
    )
    strange -= set("這個們說時間電話簽單務戶門開關確認") & set("这个们说时间电话签单务户门开关确认")
    wrong = []
    for message in catalogue(language):
        texts = message.string if isinstance(message.string, tuple) else (message.string,)
        wrong += [text for text in texts if message.id and strange & set(text or "")]
    assert not wrong, wrong


def _texts(english: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    return (english,) if isinstance(english, str) else tuple(english)
