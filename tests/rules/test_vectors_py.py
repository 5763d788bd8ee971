"""The vectors are what Python says, and they are many: every fault of every kind of step is among them."""

import json
import re
from pathlib import Path

import pytest

from app.web.forms import FAULT_WORDS
from tools import make_vectors

VECTORS = Path("tests/vectors")
SOURCES = ("app/domain/form.py", "app/domain/steps/*.py", "app/services/judging.py")
REFUSED = {"not_found", "not_open", "moved", "ended"}


@pytest.fixture(scope="module")
def texts():
    return make_vectors.texts()


@pytest.mark.parametrize("name", ["fee", "seal", "walk", "content", "steps", "clock"])
def test_the_stored_vectors_are_what_their_tool_makes(texts, name):
    stored = (VECTORS / f"{name}.json").read_text(encoding="utf-8")
    assert stored == texts[name], "run: .venv/bin/python -m tools.make_vectors"


def test_every_fault_that_the_source_names_is_found_in_the_vectors(texts):
    steps = json.loads(texts["steps"])
    answers = [turn["answer"] for one in steps["walks"] for turn in one["turns"] if "entry" in turn]
    found = {code for answer in answers for code in answer.get("faults", {}).values()}
    found |= {answer["refused"] for answer in answers if "refused" in answer}
    found |= {fault for _field, _typed, (_value, fault) in steps["forms"]}
    walks = json.loads(texts["walk"])["walks"]
    found |= {
        turn["answer"]["refused"]
        for one in walks
        for turn in one["turns"]
        if "refused" in turn.get("answer", {})
    }
    assert len(_named()) > 25
    assert (_named() | REFUSED) - found == set()


def _named() -> set[str]:
    """The faults that the screens have words for and that the readers of entries name."""
    sources = (path.read_text(encoding="utf-8") for pattern in SOURCES for path in Path().glob(pattern))
    written = {word for text in sources for word in re.findall(r'"(\w+)"', text)}
    return written & {code.partition(":")[0] for code in FAULT_WORDS}
