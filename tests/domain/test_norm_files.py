"""Twenty slips of the pen in the maker's own files: each is refused with its file and place, by the loader and by the check."""

import shutil

import pytest

from app.domain import protocol, protocol_check
from app.domain.protocol import ProtocolError
from app.services import keeping

NAME = "maker-2026-11"
TOML = "protocol.toml"
FAULTS = [
    # file, what stands there, what is written instead, place, fault
    (TOML, 'id = "knock"\nstage', 'id = "Knock"\nstage', "step Knock", "id 'Knock' must be small letters"),
    (TOML, 'kind = "knock"', 'kind = "knok"', "step knock", "kind 'knok' does not exist"),
    (TOML, 'stage = "at_the_door"\nkind = "knock"', 'stage = "at_door"\nkind = "knock"', "step knock", "stage 'at_door' does"),
    (TOML, 'stage = "at_the_door"\nkind = "knock"', 'stage = "prepare"\nkind = "knock"', "step knock", "comes back after"),
    (TOML, 'kind = "knock"', 'kind = "enter"', "step enter", "kind 'enter' stands twice"),
    (TOML, 'kind = "knock"', 'kind = "knock"\ngates = true', "step knock", "'gates' means nothing here"),
    (TOML, 'kind = "knock"', 'kind = "knock"\ngate = "yes"', "step knock", "'gate' must be true or false"),
    (TOML, 'kind = "knock"', 'kind = "knock"\nneeds = ["enter"]', "step knock", "needs 'enter', which does not come before"),
    (TOML, 'kind = "knock"', 'kind = "knock"\nwhen = { "door.open" = true }', "step knock", "depends on 'door.open'"),
    (TOML, 'kind = "knock"', 'kind = "knock"\nlayer = "own"', "step knock", "layer 'own' does not exist"),
    (TOML, 'kind = "consent"\n', 'kind = "checklist"\n', "step repair", "needs a step of kind 'consent' before it"),
    (TOML, '"transfer"', '"transfr"', "remedy", "effect 'transfr' does not exist"),
    (TOML, '"goto:', '"goto:x_', "problem", "which is no step"),
    (TOML, 'effects = ["safety", "stop"]', 'effects = []', "safety, problem not_safe, remedy leave", "has no effect"),
    (TOML, 'codes = "cancel_reason"', 'codes = "cancl_reason"', "field", "code list 'cancl_reason' does not exist"),
    (TOML, 'type = "tick"', 'type = "tik"', "field", "type 'tik' does not exist"),
    (TOML, '[[step]]\nid = "accept"', '[[step]\nid = "accept"', "file", ""),
    ("es.toml", "[step.knock]\n", "[step.knok]\n", "step knock", "words are missing: step.knock.title"),
    ("zh_Hans.toml", "[step.knock]\ntitle", "[step.knock]\ntitel", "step knock", "words are missing: step.knock.title"),
    ("zh_Hant.toml", "[stage]\nprepare", "[stage]\nprepared", "stage prepare", "words are missing: stage.prepare"),
    ("en.toml", "{engineer}", "{enginer}", "step", "'{enginer}' stands for nothing"),
]  # fmt: skip


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A copy of the maker's norm alone."""
    shutil.copytree(protocol.FOLDER / NAME, tmp_path / NAME)
    monkeypatch.setattr(protocol, "FOLDER", tmp_path)
    protocol.load.cache_clear()
    yield tmp_path / NAME
    protocol.load.cache_clear()


def test_the_copy_is_in_order(folder):
    assert protocol.load(NAME).id == "maker"


def test_there_are_twenty(folder):
    assert len({(fault[0], fault[2]) for fault in FAULTS}) >= 20


@pytest.mark.parametrize(
    ("file", "old", "new", "place", "fault"), FAULTS, ids=[f"{one[3]}-{one[4]}" for one in FAULTS]
)
def test_each_is_refused_with_its_place(folder, db, file, old, new, place, fault):
    text = (folder / file).read_text("utf-8")
    assert old in text, f"{file} no longer says {old!r}"
    (folder / file).write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(ProtocolError) as raised:
        protocol.load(NAME)
    named = [one for one in raised.value.findings if place in one.place and fault in one.fault]
    assert named and named[0].file == f"{NAME}/{file}"
    assert raised.value.file == raised.value.findings[0].file
    lines = keeping.faults()
    assert any(line.startswith(f"norm {NAME}: {NAME}/{file}: ") and fault in line for line in lines)
    if file != TOML or old != '[[step]]\nid = "accept"':  # a file that cannot be read has no places
        tree = protocol._read(folder / TOML, NAME)
        words = {
            language: protocol._read(folder / f"{language}.toml", NAME) for language in protocol.LANGUAGES
        }
        assert protocol_check.findings(tree, words, NAME) == list(raised.value.findings)
