"""The loader of norms: whoever makes a slip in a norm's files is told the file, the step and what is wrong."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from app.domain import effect, protocol, protocol_check
from app.domain.protocol import ProtocolError
from app.domain.vocabulary import LANGUAGES, OUTCOMES, REPAIR_MODES

TOML = "tiny-1/protocol.toml"


def structure() -> dict[str, Any]:
    """A norm of two steps, a shared problem, and every way in which words are asked for."""
    return {
        "id": "tiny", "version": "1", "settings": {"knock_bouts": 2}, "codes": {"mood": ["calm", "angry"]},
        "stage": [{"id": "door"}, {"id": "close"}],
        "safety": [{"id": "not_safe", "remedy": [{"id": "leave", "effects": ["safety", "stop"]}]}],
        "step": [
            {"id": "look", "stage": "door", "kind": "checklist",
             "field": [{"id": "clean", "type": "tick", "required": True, "or_reason": True},
                       {"id": "mood", "type": "choice", "codes": "mood"},
                       {"id": "side", "type": "choice", "options": ["left", "right"]}],
             "problem": [{"id": "unwell", "field": [{"id": "what", "type": "text"}],
                          "remedy": [{"id": "rest", "effects": ["pause"]},
                                     {"id": "home", "effects": ["transfer"],
                                      "field": [{"id": "why", "type": "text"}]}]}]},
            {"id": "leave", "stage": "close", "kind": "checklist", "needs": ["look"], "when": {"look.clean": True}},
        ],
    }  # fmt: skip


def words() -> dict[str, Any]:
    """Everything that the tiny norm shows."""
    step = {"title": "Look", "standard": "All is clean.", "main": "It is clean"}
    fields = {"clean": {"label": "Clean"}, "mood": {"label": "Mood"},
              "side": {"label": "Side", "options": {"left": "Left", "right": "Right"}}}  # fmt: skip
    remedies = {"rest": {"title": "Rest"}, "home": {"title": "Go home", "field": {"why": {"label": "Why"}}}}
    unwell = {"title": "I am unwell", "field": {"what": {"label": "What"}}, "remedy": remedies}
    return {
        "name": "Tiny norm", "stage": {"door": "At the door", "close": "Close"},
        "code": {"mood": {"calm": "Calm", "angry": "Angry"}},
        "safety": {"not_safe": {"title": "Not safe", "remedy": {"leave": {"title": "Leave"}}}},
        "step": {"look": {**step, "field": fields, "problem": {"unwell": unwell}}, "leave": step},
    }  # fmt: skip


def all_words() -> dict[str, dict[str, Any]]:
    return {language: copy.deepcopy(words()) for language in LANGUAGES}


def at(tree: Any, path: str) -> tuple[Any, Any]:
    """The place in the tree that holds the last part of the path, and that part."""
    *way, last = [int(part) if part.isdigit() else part for part in path.split(".")]
    for part in way:
        tree = tree[part]
    return tree, last


def put(path: str, value: Any) -> Callable[[Any], None]:
    """Plant this value there."""

    def plant(tree: Any) -> None:
        place, last = at(tree, path)
        place[last] = value

    return plant


def drop(path: str) -> Callable[[Any], None]:
    """Take away what is there."""

    def plant(tree: Any) -> None:
        place, last = at(tree, path)
        del place[last]

    return plant


def twice(path: str) -> Callable[[Any], None]:
    """Write the same entry of a list again."""

    def plant(tree: Any) -> None:
        place, last = at(tree, path)
        place.append(copy.deepcopy(place[last]))

    return plant


REST = "problem unwell, remedy rest"


def effects(value: Any) -> Callable[[Any], None]:
    """Plant these effects at the first remedy."""
    return put("step.0.problem.0.remedy.0.effects", value)


FAULTS = [
    (drop("id"), "top", "'id' is missing"),
    (drop("version"), "top", "'version' is missing"),
    (drop("stage"), "top", "'stage' is missing"),
    (drop("step"), "top", "'step' is missing"),
    (drop("safety"), "top", "'safety' is missing"),
    (put("steps", []), "top", "'steps' means nothing here"),
    (put("stage.0.name", "Door"), "stage door", "'name' means nothing here"),
    (drop("stage.0.id"), "stage ?", "'id' is missing"),
    (put("step.1.stage", "door"), "stage close", "has no step"),
    (drop("step.0.id"), "step ?", "'id' is missing"),
    (drop("step.0.stage"), "step look", "'stage' is missing"),
    (drop("step.0.kind"), "step look", "'kind' is missing"),
    (put("step.0.kind", "magic"), "step look", "kind 'magic' does not exist"),
    (put("step.0.stage", "roof"), "step look", "stage 'roof' does not exist"),
    (put("step.0.layer", "secret"), "step look", "layer 'secret' does not exist"),
    (put("step.0.gates", True), "step look", "'gates' means nothing here"),
    (put("step.0.gate", "yes"), "step look", "'gate' must be true or false"),
    (put("step.0.rules", "A-INFO-01"), "step look", "'rules' must be a list"),
    (twice("step.0"), "top", "step 'look' stands twice"),
    (put("step.0.needs", ["leave"]), "step look", "needs 'leave', which does not come before it"),
    (put("step.1.needs", ["door"]), "step leave", "needs 'door'"),
    (put("step.1.needs", "look"), "step leave", "'needs' must be a list"),
    (put("step.1.when", {"price.high": True}), "step leave", "depends on 'price.high', which nothing answers"),
    (put("step.1.when", {"leave.gift": "yes"}), "step leave", "depends on 'leave.gift'"),
    (drop("step.0.field.0.id"), "step look, field ?", "has no id"),
    (put("step.0.field.0.type", "tock"), "step look, field clean", "type 'tock' does not exist"),
    (drop("step.0.field.0.type"), "step look, field clean", "type 'None' does not exist"),
    (put("step.0.field.0.requird", True), "step look, field clean", "'requird' means nothing here"),
    (put("step.0.field.0.required", 1), "step look, field clean", "'required' must be true or false"),
    (put("step.0.field.0.min", "0"), "step look, field clean", "'min' must be a whole number"),
    (put("step.0.field.1.codes", "moods"), "step look, field mood", "code list 'moods' does not exist"),
    (drop("step.0.field.2.options"), "step look, field side", "a choice needs options or a code list"),
    (twice("step.0.field.0"), "step look", "field 'clean' stands twice"),
    (drop("step.0.problem.0.id"), "step look", "a problem has no id"),
    (drop("step.0.problem.0.remedy"), "step look, problem unwell", "has no remedy"),
    (put("step.0.problem.0.remedy", []), "step look, problem unwell", "has no remedy"),
    (put("step.0.problem.0.title", "x"), "step look, problem unwell", "'title' means nothing here"),
    (twice("step.0.problem.0"), "step look", "problem 'unwell' stands twice"),
    (put("step.0.problem.0.id", "not_safe"), "step look", "problem 'not_safe' stands twice"),
    (drop("step.0.problem.0.remedy.0.id"), "step look, problem unwell", "a remedy has no id"),
    (twice("step.0.problem.0.remedy.0"), "step look, problem unwell", "remedy 'rest' stands twice"),
    (drop("step.0.problem.0.remedy.0.effects"), REST, "has no effect"),
    (effects(["nap"]), REST, "effect 'nap' does not exist"),
    (effects("pause"), REST, "'effects' must be a list"),
    (effects(["goto"]), REST, "effect 'goto' does not exist"),
    (effects(["goto:roof"]), "step look, problem unwell", "goes to 'roof', which is no step"),
    (effects(["mode:fly"]), REST, "effect 'mode:fly' does not exist"),
    (put("step.0.problem.0.remedy.0.effect", ["back"]), REST, "'effect' means nothing here"),
    (put("step.0.problem.0.remedy.1.field.0.type", "x"), "remedy home, field why", "type 'x' does not exist"),
    (put("step.0.id", "Look at it"), "step Look at it", "id 'Look at it' must be small letters"),
    (put("step.0.field.0", "clean"), "step look", "'field' must be a list of tables"),
    (put("step.1.needs", [1]), "step leave", "'needs' must be a list of words"),
    (put("step.1.when", ["look"]), "step leave", "'when' must be a table"),
    (put("step", {}), "top", "'step' must be a list"),
    (put("codes.mood", "calm"), "code mood", "must be a list of codes"),
    (twice("stage.0"), "top", "stage 'door' stands twice"),
    (put("step.0.field.0", {"id": "n", "type": "number", "min": 3, "max": 1}), "field n", "'min' 3 is more than 'max' 1"),
    (put("step.1.kind", "repair"), "step leave", "needs a step of kind 'consent' before it"),
    (put("step.1.kind", "consent"), "step leave", "consent must be a gate"),
    (put("safety.0.remedy.0.effects", ["stop"]), "safety", "no remedy has the effect 'safety'"),
    (put("safety.0.remedy.0.effects", ["safety", "goto:roof"]), "safety, problem not_safe", "goes to 'roof'"),
    (put("safety.0.remedy.0.effects", ["run"]), "safety, problem not_safe", "effect 'run' does not exist"),
]  # fmt: skip


def test_the_tiny_norm_is_in_order():
    norm = protocol.parse(structure(), all_words(), "tiny-1")
    assert [step.id for step in norm.steps] == ["look", "leave"]
    assert [problem.id for problem in norm.steps[0].problems] == ["unwell", "not_safe"]
    assert norm.steps[1].problems[0].shared and not norm.steps[0].problems[0].shared
    assert norm.steps[0].fields[1].options == ("calm", "angry")


@pytest.mark.parametrize(
    ("plant", "place", "fault"), FAULTS, ids=[f"{place}-{fault}" for _, place, fault in FAULTS]
)
def test_a_fault_is_named_by_file_step_and_what_is_wrong(plant, place, fault):
    tree = structure()
    plant(tree)
    with pytest.raises(ProtocolError) as raised:
        protocol.parse(tree, all_words(), "tiny-1")
    assert raised.value.file == TOML
    assert place in raised.value.place and fault in raised.value.fault
    assert str(raised.value).startswith(f"{TOML}: ")


WORD_FAULTS = [
    ("name", "top"), ("stage.close", "stage close"), ("code.mood.angry", "code mood"), ("step.look", "step look"),
    ("step.look.title", "step look"), ("step.leave.standard", "step leave"), ("step.look.main", "step look"),
    ("step.look.field.clean.label", "step look"), ("step.look.field.side.options.right", "step look"),
    ("step.look.problem.unwell.title", "step look, problem unwell"),
    ("step.look.problem.unwell.field.what.label", "step look, problem unwell"),
    ("step.look.problem.unwell.remedy.rest.title", REST),
    ("step.look.problem.unwell.remedy.home.field.why.label", "problem unwell, remedy home"),
    ("safety.not_safe.title", "step look, problem not_safe"),
]  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("path", "place"), WORD_FAULTS)
def test_a_missing_word_is_named_by_the_language_s_file(language, path, place):
    spoken = all_words()
    drop(path)(spoken[language])
    with pytest.raises(ProtocolError) as raised:
        protocol.parse(structure(), spoken, "tiny-1")
    assert raised.value.file == f"tiny-1/{language}.toml"
    assert place in raised.value.place and "words are missing" in raised.value.fault


def test_kinds_of_which_a_visit_asks_for_one_stand_once():
    tree = structure()
    for step in tree["step"]:
        step["kind"] = "listen"
    found = protocol_check.findings(tree, all_words(), "tiny-1")
    assert [str(one) for one in found] == [f"{TOML}: step leave: kind 'listen' stands twice"]


def test_everything_that_is_wrong_is_found_at_once():
    tree, spoken = structure(), all_words()
    put("step.0.kind", "magic")(tree)
    effects(["nap"])(tree)
    drop("step.leave.title")(spoken["es"])
    drop("step.look.main")(spoken["zh_Hans"])
    with pytest.raises(ProtocolError) as raised:
        protocol.parse(tree, spoken, "tiny-1")
    assert [str(one) for one in raised.value.findings] == [
        f"{TOML}: step look: kind 'magic' does not exist",
        f"{TOML}: step look, {REST}: effect 'nap' does not exist",
        "tiny-1/zh_Hans.toml: step look: words are missing: step.look.main",
        "tiny-1/es.toml: step leave: words are missing: step.leave.title",
    ]


@pytest.mark.parametrize(
    ("path", "value", "fault"),
    [
        ("step.look.title", ["Look"], "must be text"),
        ("step.look.say", "Hello", "must be a list of sentences"),
        ("step.look.say", ["{custmer}, hello"], "'{custmer}' stands for nothing"),
    ],
)
def test_a_word_of_the_wrong_shape_is_named(path, value, fault):
    spoken = all_words()
    for language in LANGUAGES:
        put(
            path, value if language == "es" else ["Good day, {customer}"] if path.endswith("say") else "Look"
        )(spoken[language])
    found = protocol_check.findings(structure(), spoken, "tiny-1")
    assert [str(one) for one in found] == [f"tiny-1/es.toml: step look: {path}: {fault}"]


def test_what_one_language_says_every_language_says():
    spoken = all_words()
    put("step.look.problem.unwell.then", "Rest a while.")(spoken["en"])
    found = protocol_check.findings(structure(), spoken, "tiny-1")
    assert {(one.language, one.place, one.code) for one in found} == {
        (language, "step look, problem unwell", "missing") for language in LANGUAGES if language != "en"
    }


def test_nothing_that_is_no_norm_breaks_the_check():
    for tree in (None, [], "x", {"step": [{}, 1, None], "stage": [{}], "safety": [[]], "codes": 1, "id": 2}):
        assert protocol_check.findings(tree, None, "x") and protocol_check.findings(tree, {"en": 1}, "x")


def test_an_empty_word_is_a_missing_word():
    spoken = all_words()
    put("step.look.title", "")(spoken["es"])
    with pytest.raises(ProtocolError, match=r"tiny-1/es.toml: step look: words are missing: step.look.title"):
        protocol.parse(structure(), spoken, "tiny-1")


def test_a_language_that_is_missing_is_not_silently_english():
    spoken = all_words()
    del spoken["es"]
    with pytest.raises(ProtocolError, match=r"es\.toml"):
        protocol.parse(structure(), spoken, "tiny-1")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The folder of protocols, with an unreadable norm in it."""
    monkeypatch.setattr(protocol, "FOLDER", tmp_path)
    protocol.load.cache_clear()
    (tmp_path / "odd-1").mkdir()
    (tmp_path / "odd-1" / "protocol.toml").write_text('id = "odd"\nversion = "1"\n')
    for language in LANGUAGES:
        (tmp_path / "odd-1" / f"{language}.toml").write_text('name = "Odd"\n')
    yield tmp_path / "odd-1"
    protocol.load.cache_clear()


@pytest.mark.parametrize(
    ("file", "text", "fault"),
    [
        ("zh_Hant.toml", None, "odd-1/zh_Hant.toml: file: is missing"),
        ("es.toml", "name = ", "odd-1/es.toml: file: "),
        ("protocol.toml", "[[step\n", "odd-1/protocol.toml: file: "),
        ("protocol.toml", "", "odd-1/protocol.toml: top: 'id' is missing"),
        ("protocol.toml", 'id = "a"\nid = "b"\n', "odd-1/protocol.toml: file: "),
    ],
)
def test_a_file_that_cannot_be_read_is_named(folder, file, text, fault):
    if text is None:
        (folder / file).unlink()
    else:
        (folder / file).write_text(text)
    with pytest.raises(ProtocolError) as raised:
        protocol.load("odd-1")
    assert str(raised.value).startswith(fault)


@pytest.mark.parametrize("name", ["nothing", "", "../odd-1", "odd-1/../odd-1", "odd-1/protocol.toml"])
def test_no_other_folder_is_read(folder, name):
    with pytest.raises(ProtocolError, match="no such protocol"):
        protocol.load(name)


def test_what_was_stored_reads_as_what_was_shipped():
    name = "maker-2026-11"
    shipped, stored = protocol.load(name), protocol.from_json(protocol.source_of(name))
    assert stored.hash == shipped.hash and stored.steps == shipped.steps and stored.codes == shipped.codes


@pytest.mark.parametrize("plant", [put("step.0.field.0.required", False), put("settings.knock_bouts", 3)])
def test_any_change_is_another_hash(plant):
    changed = structure()
    plant(changed)
    plain = protocol.parse(structure(), all_words(), "tiny-1").hash
    assert protocol.parse(changed, all_words(), "tiny-1").hash != plain
    spoken = all_words()
    put("step.look.title", "Look!")(spoken["en"])
    assert protocol.parse(structure(), spoken, "tiny-1").hash != plain


def test_words_in_a_language_that_nobody_has_are_english():
    norm = protocol.parse(structure(), all_words(), "tiny-1")
    assert norm.word("fr", "step", "look", "title") == "Look"
    assert (
        norm.word("es", "step", "nowhere", "title") == ""
        and norm.word("es", "name", "deeper", default="–") == "–"
    )


@pytest.mark.parametrize(
    ("name", "known"),
    [("back", True), ("goto:look", True), ("follow_up:120", True), *((f"mode:{mode}", True) for mode in REPAIR_MODES),
     *((f"outcome:{outcome}", True) for outcome in OUTCOMES), ("", False), ("back:", False), ("back:x", False),
     ("goto", False), ("goto:", False), ("mode", False), ("mode:", False), ("mode:fly", False), ("outcome:rich", False),
     ("follow_up", False), ("follow_up:soon", False), ("follow_up:-1", False), ("follow_up:0", False),
     ("follow_up:²", False), ("BACK", False)],
)  # fmt: skip
def test_effects_and_their_arguments(name, known):
    assert effect.exists(name) == known
