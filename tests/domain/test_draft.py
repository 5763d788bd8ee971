"""A draft: each change is a new body, touches its own place only, and can be told apart from what was there."""

import copy

import pytest

from app.domain import draft, draft_place, effect, protocol_check
from app.domain.draft_place import Unfit
from tests.domain.test_protocol import all_words, structure

LOOK = "words/es/step/look/title"


def body():
    return {"structure": structure(), "words": all_words()}


def changes(after):
    return {path: value for path, _before, value in draft.differing(body(), after)}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("words/es/name", "Tiny norm"), (LOOK, "Look"), ("structure/settings/knock_bouts", 2),
        ("structure/step/look/field/clean/required", True), ("words/es/step/look/say", None),
        ("structure/step/look/problem/unwell/remedy/rest/effects", ["pause"]), ("structure/step/nowhere/gate", None),
        ("words/es/name/deeper", None),
    ],
)  # fmt: skip
def test_a_place_is_read_by_its_path(path, value):
    assert draft_place.read(body(), path) == value


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (LOOK, "Mirar"), ("words/es/step/look/say", ["Hola."]), ("structure/step/leave/gate", True),
        ("structure/settings/knock_bouts", 3), ("structure/step/look/problem/unwell/remedy/rest/effects", ["back"]),
    ],
)  # fmt: skip
def test_what_is_written_stands_there_and_nowhere_else(path, value):
    before = body()
    after = draft.written(before, path, value)
    assert draft_place.read(after, path) == value and changes(after) == {path: value}
    assert before == body(), "the old body stays as it was"


def test_an_emptied_word_is_a_missing_one():
    after = draft.written(body(), LOOK, "")
    found = protocol_check.findings(after["structure"], after["words"], "draft")
    assert [(one.language, one.path) for one in found] == [("es", ("words", "step", "look", "title"))]


@pytest.mark.parametrize(
    ("kind", "sent", "value"),
    [
        ("text", ["  Look\n here "], "Look here"), ("longtext", ["a  b"], "a b"), ("lines", ["“a”\n\n  “b” \n"], ["“a”", "“b”"]),
        ("tick", ["", "1"], True), ("tick", [""], False), ("number", [" 12 "], 12), ("number", ["-3"], -3),
        ("effects", ["back", "", "back", "stop"], ["back", "stop"]), ("choices", [""], []), ("text", ["a\u202eb"], "ab"),
    ],
)  # fmt: skip
def test_what_was_typed(kind, sent, value):
    assert draft_place.taken(kind, sent) == value


@pytest.mark.parametrize(
    ("kind", "sent", "code"),
    [("number", ["two"], "not_a_number"), ("number", ["1.5"], "not_a_number"), ("number", [""], "required"),
     ("number", ["12345678"], "not_a_number"), ("text", ["x" * 2001], "too_long")],
)  # fmt: skip
def test_what_does_not_fit(kind, sent, code):
    with pytest.raises(Unfit) as raised:
        draft_place.taken(kind, sent)
    assert raised.value.code == code


def test_a_step_is_added_last_of_its_stage_and_taken_out_without_a_trace():
    made, new = draft.with_step(body(), "checklist", "door", "Épingle N° 2!", "es")
    assert new == "epingle_n_2" and [one["id"] for one in made["structure"]["step"]] == ["look", new, "leave"]
    assert draft_place.read(made, f"words/es/step/{new}/title") == "Épingle N° 2!"
    assert draft.without_step(made, new) == body()


@pytest.mark.parametrize(
    ("title", "new"),
    [("看一看", "checklist"), ("Look", "look_2"), ("99", "checklist"), ("safety", "safety_2")],
)
def test_the_id_of_a_step_can_stand_in_an_address(title, new):
    assert draft.with_step(body(), "checklist", "door", title, "en")[1] == new


@pytest.mark.parametrize(
    ("kind", "stage", "title"),
    [("magic", "door", "x"), ("checklist", "roof", "x"), ("checklist", "door", "")],
)
def test_a_step_that_cannot_be(kind, stage, title):
    with pytest.raises(Unfit):
        draft.with_step(body(), kind, stage, title, "en")


def test_a_kind_of_which_there_may_be_one_is_offered_once():
    assert "knock" in draft_place.kinds(body())
    made, _new = draft.with_step(body(), "knock", "door", "Knock", "en")
    assert "knock" not in draft_place.kinds(made) and "checklist" in draft_place.kinds(made)


def test_a_step_moves_within_its_stage_only():
    made, new = draft.with_step(body(), "checklist", "door", "Two", "en")
    order = lambda found: [one["id"] for one in found["structure"]["step"]]  # noqa: E731
    assert order(draft.moved_step(made, new, -1)) == [new, "look", "leave"]
    assert order(draft.moved_step(made, new, 1)) == order(made) == order(draft.moved_step(made, "look", -1))
    assert list(draft.differing(made, draft.moved_step(made, new, -1))) == [
        ("structure/step/*", ["look", new, "leave"], [new, "look", "leave"])
    ]


def test_problems_remedies_and_inputs_come_and_go():
    made, problem = draft.with_problem(body(), "leave", "Door is locked", "Ask", "en")
    made, remedy = draft.with_remedy(made, "leave", problem, "Go on", "goto:look", "en")
    made, field = draft.with_field(made, "step/leave", "photo", "Door", "en")
    assert (problem, remedy, field) == ("door_is_locked", "go_on", "door")
    whole = copy.deepcopy(made)
    assert draft_place.read(
        draft.without_remedy(made, "leave", problem, remedy), f"words/en/step/leave/problem/{problem}/remedy"
    ) == {"ask": {"title": "Ask"}}
    made = draft.without_field(draft.without_problem(made, "leave", problem), "step/leave", field)
    assert draft_place.step_of(made, "leave") == {**structure()["step"][1], "problem": [], "field": []}
    assert draft_place.read(made, "words/en/step/leave/problem") == {} and whole != made


def test_the_row_of_safety_takes_remedies_too():
    made, _remedy = draft.with_remedy(body(), "safety", "not_safe", "Stay", "back", "en")
    assert draft_place.read(made, "words/en/safety/not_safe/remedy/stay/title") == "Stay"
    assert [one["id"] for one in made["structure"]["safety"][0]["remedy"]] == ["leave", "stay"]


def test_only_effects_of_the_registry_are_offered_and_all_of_them_hold():
    offered = draft_place.effects(body())
    assert all(effect.exists(name) for name in offered) and {
        name.partition(":")[0] for name in offered
    } == set(effect.EFFECTS)
    with pytest.raises(Unfit):
        draft.with_remedy(body(), "look", "unwell", "Fly", "fly", "en")
    with pytest.raises(Unfit):
        draft.with_remedy(body(), "look", "unwell", "Up", "goto:roof", "en")


def test_every_word_that_the_check_wants_can_be_written_somewhere():
    """What is found missing has a page: otherwise a manager could never publish."""
    whole = body()
    places = {one.path for one in [*draft_place.general_words(whole), *draft_place.code_words(whole)]}
    for step in structure()["step"]:
        places |= {one.path for one in draft_place.step_words(whole, step["id"])}
        for problem in step.get("problem", []):
            places |= {one.path for one in draft_place.problem_words(whole, step["id"], problem["id"])}
    places |= {one.path for one in draft_place.problem_words(whole, "safety", "not_safe")}
    wanted = {"/".join(path) for path, _place in protocol_check.wanted_words(structure())}
    assert wanted <= places and len(wanted) > 20
