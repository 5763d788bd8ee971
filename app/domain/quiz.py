"""Quiz: questions made of a norm, to learn it by (A-GUIDE-05). The same round is the same questions; nobody is recorded.

Only places in the norm are named here; its words are put on where a question is shown.
"""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from app.domain.protocol import Problem, Protocol, Step, problem_path

ROUND = 10  # questions
ORDERS = 3  # of these, so many about the order of steps
OPTIONS = 3
IN_ORDER = 3  # steps in a row


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, and which option is right (from 0).

    `remedy`: at `step` the problem `about` was met; each option is a (step, problem) whose remedy is told.
    `order`: each option is some steps in an order.
    """

    kind: Literal["remedy", "order"]
    step: str
    about: str
    options: tuple[tuple[str, ...], ...]
    right: int


def a_round(norm: Protocol, number: int) -> tuple[Question, ...]:
    """The questions of this round, always the same ones for the same number and norm."""
    chance = random.Random(f"{norm.id} {number}")  # the same for everybody: it is no secret
    pairs = [
        (step, problem) for step in norm.steps for problem in step.problems if _tells(norm, step, problem)
    ]
    starts = [start for start in range(len(norm.steps) - IN_ORDER + 1) if _is_in_one_order(norm, start)]
    asked = chance.sample(pairs, min(len(pairs), ROUND - ORDERS))
    orders = chance.sample(starts, min(len(starts), ORDERS))
    questions = [_remedy(norm, step, problem, pairs, chance) for step, problem in asked]
    questions += [_order(norm.steps[start : start + IN_ORDER], chance) for start in orders]
    chance.shuffle(questions)
    return tuple(questions)


def score(questions: Sequence[Question], chosen: Sequence[int | None]) -> int:
    """How many of these were answered rightly; None: not answered."""
    return sum(one.right == answer for one, answer in zip(questions, chosen, strict=True))


def _remedy(
    norm: Protocol, step: Step, problem: Problem, pairs: Sequence[tuple[Step, Problem]], chance: random.Random
) -> Question:
    said = _told(norm, step, problem)
    others: list[tuple[Step, Problem]] = []
    # Of the same stage where there are enough: what is far away is no temptation.
    near = [pair for pair in pairs if pair[0].stage == step.stage]
    for pair in (*chance.sample(near, len(near)), *chance.sample(list(pairs), len(pairs))):
        told = _told(norm, *pair)
        if len(others) < OPTIONS - 1 and not told & said:
            others.append(pair)
            said |= told
    options = [(step.id, problem.id), *((one.id, met.id) for one, met in others)]
    return _shuffled("remedy", step.id, problem.id, options, chance)


def _order(steps: Sequence[Step], chance: random.Random) -> Question:
    ids = tuple(step.id for step in steps)
    first, second, third = ids
    wrong = [(second, first, third), (first, third, second), (third, first, second), (second, third, first)]
    return _shuffled("order", first, "", [ids, *chance.sample(wrong, OPTIONS - 1)], chance)


def _shuffled(
    kind: Literal["remedy", "order"],
    step: str,
    about: str,
    options: Iterable[tuple[str, ...]],
    chance: random.Random,
) -> Question:
    listed = list(options)
    right = listed[0]
    chance.shuffle(listed)
    return Question(kind, step, about, tuple(listed), listed.index(right))


def _tells(norm: Protocol, step: Step, problem: Problem) -> bool:
    """Whether the norm says what to do then; what ends the list of every step is asked nowhere."""
    return not problem.shared and bool(norm.word("en", *problem_path(step, problem), "then"))


def _told(norm: Protocol, step: Step, problem: Problem) -> set[tuple[str, str]]:
    """The remedy in each language: two options must differ in all of them."""
    path = problem_path(step, problem)
    return {(language, str(norm.word(language, *path, "then"))) for language in norm.words}


def _is_in_one_order(norm: Protocol, start: int) -> bool:
    """Whether these steps always come, so that there is one right order."""
    return not any(step.when for step in norm.steps[start : start + IN_ORDER])
