"""Whatever happens on a visit, under every norm that ships: it goes on, its gates open, and every text is translated."""

import random
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain import protocol
from app.domain.protocol import Problem, Protocol, Remedy, Step
from app.domain.vocabulary import LANGUAGES
from app.web import rights_view
from tests.domain.walking import FACTS
from tests.domain.wandering import RETURN, Wanderer, brought_to

NORMS = protocol.shipped()
each_norm = pytest.mark.parametrize("name", NORMS)
MOVES = {"goto", "mode", "outcome", "danger", "safe", "skip", "done", "advised", "pause"}


def ways(norm: Protocol) -> list[tuple[Step, Problem, Remedy]]:
    return [
        (step, problem, remedy)
        for step in norm.steps
        for problem in step.problems
        if not problem.shared
        for remedy in problem.remedies
    ]


def _is_of_rights(norm: Protocol, path: tuple[str, ...]) -> bool:
    """Whether a path is a fact that a problem with `rights = true` asks, for which the screens have label and options."""
    if len(path) < 6 or path[0] != "step" or path[2] != "problem" or path[4] != "field":
        return False
    problem = norm.index[path[1]].problem(path[3])
    if not problem or not problem.rights or path[5] not in rights_view.IDS:
        return False
    asked = next(one for one in problem.fields if one.id == path[5])
    assert rights_view.FACTS[asked.id] and set(asked.options) == set(rights_view.OPTIONS.get(asked.id, {}))
    return True


def untranslated(walked: Wanderer) -> list[str]:
    """Of what was shown: words that a language lacks, or that stand there in English."""
    norm, missing = walked.protocol, []
    for path in sorted(walked.seen):
        if _is_of_rights(norm, path):
            continue  # said by the screens, the same in every norm; rights_view must have it
        english = norm.words["en"]
        for name in path:
            english = english.get(name, {})
        for language in LANGUAGES:
            found = norm.word(language, *path, default="")
            if not found or not isinstance(found, str) or (language != "en" and found == english):
                missing.append(f"{language}: {'.'.join(path)}")
    return missing


@each_norm
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 2**32 - 1), acts=st.integers(0, 45))
def test_a_visit_may_go_anywhere_and_still_comes_to_an_end(name: str, seed: int, acts: int) -> None:
    walked = Wanderer(protocol.load(name), random.Random(seed)).wander(acts).finish()
    assert walked.is_over
    assert untranslated(walked) == []


@each_norm
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 2**32 - 1), acts=st.integers(0, 30))
def test_a_return_too_may_go_anywhere_and_still_comes_to_an_end(name: str, seed: int, acts: int) -> None:
    walked = Wanderer(protocol.load(name), random.Random(seed), RETURN).wander(acts).finish()
    assert walked.is_over
    assert untranslated(walked) == []


@each_norm
def test_every_way_out_of_every_problem_comes_to_an_end(name: str) -> None:
    """Each problem is met where it stands; where its way on moves the walk, it is walked to the end."""
    norm = protocol.load(name)
    reached: dict[str, list] = {}
    for step, problem, remedy in ways(norm):
        if step.id not in reached:
            reached[step.id] = brought_to(norm, step).records
        facts = RETURN if step.when.get("job.kind") == "return" else FACTS
        met = Wanderer(norm, random.Random(1), facts)
        met.records, met.at = list(reached[step.id]), reached[step.id][-1].at if reached[step.id] else met.at
        met.meet(step, problem, remedy).check()
        assert untranslated(met) == []
        if any(one.partition(":")[0] in MOVES for one in remedy.effects):
            met.finish()


def test_the_wanderer_would_notice_a_gate_that_nothing_opens() -> None:
    """A norm whose gate waits for a step that waits for the gate is caught by the same checks."""
    norm = protocol.load(NORMS[0])
    first, second = norm.steps[0], norm.steps[1]
    steps = (replace(first, needs=(second.id,)), replace(second, needs=(first.id,)), *norm.steps[2:])
    stuck = replace(norm, steps=steps, index={one.id: one for one in steps})
    walked = Wanderer(stuck, random.Random(1))
    with pytest.raises(AssertionError, match=r"never opens|dead end|locked"):
        walked.check()


def test_the_wanderer_would_notice_a_word_that_is_missing() -> None:
    norm = protocol.load(NORMS[0])
    first = norm.steps[0]
    spanish = {**norm.words["es"], "step": {**norm.words["es"]["step"], first.id: {"title": "Solo esto"}}}
    walked = Wanderer(replace(norm, words={**norm.words, "es": spanish}), random.Random(1))
    walked.do(first)
    assert f"es: step.{first.id}.standard" in untranslated(walked)
