"""A slip of the pen in a step's settings is named when the norm is read."""

from typing import Any

import pytest

from app.domain import protocol
from app.domain.vocabulary import LANGUAGES

FOLDER = protocol.FOLDER / "network-2026-11"


def parsed(step_id: str, **changed: Any) -> protocol.Protocol:
    """The network's norm with one step changed."""
    words = {language: protocol._read(FOLDER / f"{language}.toml", "x") for language in LANGUAGES}
    structure = protocol._read(FOLDER / "protocol.toml", "x")
    step = next(one for one in structure["step"] if one["id"] == step_id)
    step.update(changed)
    return protocol.parse(structure, words, "x")


@pytest.mark.parametrize(
    ("step", "settings", "fault"),
    [
        ("covers", {"waive_when": {"flor": ["bare"]}}, "names no field of this step"),
        ("covers", {"waive_when": {"floor": ["stone"]}}, "names 'stone'"),
        ("covers", {"waive_when": ["bare"]}, "names no field of this step"),
        ("covers", {"untested_for": ["no_power"]}, "means nothing here"),
        ("test", {"untested_for": ["no_powr"]}, "names 'no_powr'"),
        ("test", {"untested_for": 3}, "must be a list"),
        ("leave", {"things": ["card", "flowers"]}, "names 'flowers'"),
        ("diagnose", {"lines_after": ["pre-test"]}, "names 'pre-test'"),
        ("pretest", {"paper": "test_after"}, "names 'test_after'"),
        ("knock", {"paper": "copy"}, "means nothing here"),
    ],
)
def test_a_setting_that_nothing_reads_is_refused_with_its_place(step, settings, fault):
    with pytest.raises(protocol.ProtocolError, match=fault) as raised:
        parsed(step, settings=settings)
    assert raised.value.place == f"step {step}"


@pytest.mark.parametrize(("step", "name"), [("term", "term"), ("book", "promise")])
def test_a_kind_that_judges_declared_inputs_wants_them_declared(step, name):
    with pytest.raises(protocol.ProtocolError, match=f"needs the field '{name}'"):
        parsed(step, field=[])


def test_the_settings_that_ship_are_read():
    assert [step.id for step in parsed("covers").steps if step.settings] == [
        "covers", "pretest", "diagnose", "bring_back", "test", "leave", "copy",
    ]  # fmt: skip
