"""What holds the pages' look together: icons that exist, colours in one place, no inline anything, small files."""

import re
from collections.abc import Iterator
from pathlib import Path

import brotli
import pytest
from flask.testing import FlaskClient
from jinja2 import Environment, nodes

from app.web import packing
from tests.builders import Cast

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
CSS = ROOT / "static" / "css" / "app.css"
# Macro -> which of its arguments, counted from 0, is an icon.
ICON_ARGUMENT = {
    "icon": 0, "_icon": 0, "main_button": 1, "second_button": 1, "small_button": 1, "helper": 1, "tile": 1, "fold": 1,
    "main_link": 2, "second_link": 2, "small_link": 2, "text_link": 2, "badge": 2, "empty": 2, "banner": 3,
}  # fmt: skip
LIMITS_BR = {"css/app.css": 8_192, "js/app.js": 6_144, "icons/sprite.svg": 5_120}


def _literals(node: nodes.Node) -> Iterator[str]:
    if isinstance(node, nodes.Const):
        if isinstance(node.value, str) and node.value:
            yield node.value
    elif isinstance(node, nodes.CondExpr):
        yield from _literals(node.expr1)
        if node.expr2:
            yield from _literals(node.expr2)
    elif isinstance(node, nodes.Or):
        yield from _literals(node.right)


def _icons_of(source: str) -> Iterator[str]:
    tree = Environment(extensions=["jinja2.ext.i18n", "jinja2.ext.do"]).parse(source)
    for call in tree.find_all(nodes.Call):
        name = call.node.attr if isinstance(call.node, nodes.Getattr) else getattr(call.node, "name", "")
        place = ICON_ARGUMENT.get(name)
        if place is not None and len(call.args) > place:
            yield from _literals(call.args[place])
        yield from (icon for key in call.kwargs if key.key == "icon" for icon in _literals(key.value))
    for pair in tree.find_all(nodes.Pair):
        if isinstance(pair.key, nodes.Const) and pair.key.value == "icon":
            yield from _literals(pair.value)


def test_every_icon_that_a_page_names_is_in_the_sprite() -> None:
    sprite = set(re.findall(r'<symbol id="([\w-]+)"', (ROOT / "static/icons/sprite.svg").read_text("utf-8")))
    named = {(icon, path.name) for path in TEMPLATES for icon in _icons_of(path.read_text("utf-8"))}
    assert len(named) > 20
    assert not {(icon, name) for icon, name in named if icon not in sprite}


def test_the_sprite_holds_what_its_list_names() -> None:
    sprite = set(re.findall(r'<symbol id="([\w-]+)"', (ROOT / "static/icons/sprite.svg").read_text("utf-8")))
    assert sprite == set((ROOT / "tools/icons.txt").read_text("utf-8").split())


def test_colours_stand_in_the_tokens_only() -> None:
    rest = CSS.read_text("utf-8").split("@layer reset {", 1)[1]
    assert not re.findall(r"#[0-9a-fA-F]{3,8}\b|\b(?:rgba?|hsla?|oklch)\(", rest)


@pytest.mark.parametrize(
    "wrong",
    [
        r"<[a-z][^>]*\sstyle=",
        r"<script(?![^>]*\s(?:src=|type=\"application/json\"))",
        r"\son[a-z]+=",
        r"<style",
    ],
)
def test_no_page_has_anything_inline(wrong: str) -> None:
    found = [path.name for path in TEMPLATES if re.search(wrong, path.read_text("utf-8"))]
    assert not found


def test_every_static_file_that_a_page_names_exists() -> None:
    named = {
        path for page in TEMPLATES for path in re.findall(r"static_url\('([^']+)'\)", page.read_text("utf-8"))
    }
    assert "css/app.css" in named
    assert not {path for path in named if not (ROOT / "static" / path).is_file()}


@pytest.mark.parametrize(("path", "limit"), LIMITS_BR.items())
def test_what_every_page_loads_stays_small(path: str, limit: int) -> None:
    assert len(brotli.compress(packing.written(ROOT / "static", path))) <= limit


@pytest.mark.parametrize("language", ["en", "zh_Hans", "zh_Hant", "es"])
def test_the_patterns_page_shows_every_element_in_every_language(
    mei: FlaskClient, cast: Cast, language: str
) -> None:
    cast.mei.language = language
    cast.mei.save()
    answer = mei.get("/patterns")
    assert answer.status_code == 200
    assert f'<html lang="{language.replace("_", "-")}"' in answer.text
    assert answer.text.count("<svg") > 40
