"""Quiz: rounds made of every shipped norm have one right answer each, in every language, and no record of anybody."""

import pytest

from app.domain import protocol, quiz
from app.domain.protocol import problem_path
from app.domain.vocabulary import LANGUAGES

NORMS = protocol.shipped()


def rounds(norm):
    return [one for number in range(40) for one in quiz.a_round(norm, number)]


def said(norm, language, option):
    step = norm.step(option[0])
    return norm.word(language, *problem_path(step, step.problem(option[1])), "then")


@pytest.mark.parametrize("name", NORMS)
def test_a_round_is_the_same_again_and_another_number_is_another_round(name):
    norm = protocol.load(name)
    assert quiz.a_round(norm, 7) == quiz.a_round(norm, 7)
    assert quiz.a_round(norm, 7) != quiz.a_round(norm, 8)
    assert all(len(quiz.a_round(norm, number)) == quiz.ROUND for number in range(20))


@pytest.mark.parametrize("name", NORMS)
def test_both_kinds_are_asked_and_the_right_one_stands_anywhere(name):
    found = rounds(protocol.load(name))
    assert {one.kind for one in found} == {"remedy", "order"}
    assert {one.right for one in found} == {0, 1, 2}


@pytest.mark.parametrize("name", NORMS)
def test_the_right_remedy_is_the_norms_and_differs_from_the_others_in_every_language(name):
    norm = protocol.load(name)
    for one in rounds(norm):
        if one.kind == "remedy":
            assert one.options[one.right] == (one.step, one.about)
            for language in LANGUAGES:
                texts = [said(norm, language, option) for option in one.options]
                assert all(texts) and len(set(texts)) == quiz.OPTIONS, (one, language)


@pytest.mark.parametrize("name", NORMS)
def test_the_right_order_is_the_norms_and_no_other_is(name):
    norm = protocol.load(name)
    places = {step.id: place for place, step in enumerate(norm.steps)}
    for one in rounds(norm):
        if one.kind == "order":
            sorted_ones = [option == tuple(sorted(option, key=places.get)) for option in one.options]
            assert sorted_ones.count(True) == 1 and sorted_ones[one.right]
            assert len({frozenset(option) for option in one.options}) == 1
            assert not any(
                norm.step(step).when for step in one.options[0]
            )  # a step that may not come has no place


def test_the_score_counts_right_answers_alone():
    questions = quiz.a_round(protocol.load(NORMS[0]), 1)
    right = [one.right for one in questions]
    assert quiz.score(questions, right) == quiz.ROUND
    assert quiz.score(questions, [None, (right[1] + 1) % 3, *right[2:]]) == quiz.ROUND - 2
