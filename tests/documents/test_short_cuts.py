"""The short cuts of drawing move nothing: the same paper drawn with and without them."""

import base64
import json
import re
import subprocess
import sys
from pathlib import Path

import pypdfium2
import pytest
from PIL import ImageChops, ImageFilter

from app.domain import document
from tests.documents import samples

ROOT = Path(__file__).resolve().parents[2]
DRAW = """
import base64, json, sys
from app.services import printing_worker
printing_worker.prepare()
from app.services import printing_quick
from app.services.printing_sheet import Press
press, papers = Press(), json.load(sys.stdin)
for quick in (True, False):
    (printing_quick.install if quick else printing_quick.remove)()
    print(json.dumps([base64.b64encode(press.print(paper, paper["sheet"], {})[0]).decode() for paper in papers]))
"""


@pytest.fixture(scope="module")
def drawn():
    """Two lists of files: the papers with the short cuts, and without."""
    contents = [
        ("slip", samples.repaired("zh_Hans"), "a4"),
        ("slip", samples.typed("es"), "a5"),
        ("loaner", samples.taken_back("en"), "a5"),
    ]
    papers = [
        document.plain(document.compose(kind, samples.sources(content), sheet))
        for kind, content, sheet in contents
    ]
    done = subprocess.run(
        [sys.executable, "-c", DRAW],
        input=json.dumps(papers),
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=True,
    )
    return [[base64.b64decode(file) for file in json.loads(line)] for line in done.stdout.splitlines()]


def test_short_cuts_move_nothing(drawn):
    quick, plain = drawn
    assert len(quick) == len(plain) == 3
    for ours, theirs in zip(quick, plain, strict=True):
        first, second = pypdfium2.PdfDocument(ours), pypdfium2.PdfDocument(theirs)
        for page, other in zip(first, second, strict=True):
            signs, others = signs_of(page), signs_of(other)
            assert [sign for sign, _ in signs] == [sign for sign, _ in others]
            for (sign, box), (_, place) in zip(signs, others, strict=True):
                assert all(abs(a - b) <= 1 for a, b in zip(box, place, strict=True)), (sign, box, place)
        # Hairlines are one rectangle instead of a clipped one; how thick a screen shows them is all that may differ.
        for page, other in zip(first, second, strict=True):
            pictures = [each.render(scale=2).to_pil().convert("L") for each in (page, other)]
            apart = ImageChops.difference(*pictures).point(lambda value: 255 if value > 60 else 0)
            thick = apart.filter(ImageFilter.MinFilter(5))
            assert thick.getbbox() is None


def signs_of(page):
    """Every sign with its place, in hundredths of a point; what lies between two may be rounded to either."""
    text = page.get_textpage()
    return [
        (text.get_text_range(i, 1), [round(side * 100) for side in text.get_charbox(i)])
        for i in range(text.count_chars())
    ]


@pytest.mark.parametrize("file", sorted((ROOT / "pdf_templates").glob("*/*.css")), ids=lambda file: file.name)
def test_sheets_select_only_by_what_a_place_is_known_by(file):
    """Rules are looked up once a place: element, class, number, language, ancestors, and the element before."""
    text = re.sub(r"/\*.*?\*/", "", file.read_text("utf-8"), flags=re.DOTALL)
    text = re.sub(r"@page\s*\{(?:[^{}]|\{[^{}]*\})*\}", "", text)
    selectors = re.sub(r"\{[^{}]*\}", "\n", text)
    assert not re.search(r"[~\[]|:(?!lang\([\w-]+\))|\+[^,\n]*\+", selectors), selectors


def test_short_cuts_were_taken(drawn):
    """The comparison above would also hold if nothing were quick."""
    quick, plain = drawn
    assert all(len(ours) != len(theirs) for ours, theirs in zip(quick, plain, strict=True))
