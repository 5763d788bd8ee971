"""Somebody who walks a visit as it comes, with answers drawn at random; for tests that hold of every norm.

Only what a page offers is done: the acts of a step that applies and is not locked, its problems, the ways out of them.
"""

import random
from dataclasses import replace
from datetime import timedelta
from typing import Any

from app.domain import effect
from app.domain.facts import Facts
from app.domain.protocol import Field, Problem, Protocol, Remedy, Step
from app.domain.steps import common
from app.domain.steps.kinds import KINDS
from app.domain.vocabulary import ENDED_STATES, RELATIONS
from app.domain.walk import StepState, Walk
from tests.domain.entering import CANVAS, SHA, STROKES
from tests.domain.walking import FACTS, Walked

LONGEST = 120  # acts until a visit that is only gone through as usual must be finished
USUAL: dict[str, dict[str, Any]] = {
    "accept": {"name": "陈静", "address": "滨江区江南大道 1888 号", "all_by": "dispatcher"},
    "analyse": {"place": "home", "time": "enough"},
    "call": {f"{item}_is": "confirmed" for item in ("time", "address", "model", "purchase_date", "symptom")},
    "depart": {"travel_minutes": "20"},
    "arrive": {"apologised": "1", "accepted": "accepted"},
    "enter": {"introduced": "1", "customer_confirmed": "1", "card_shown": "1", "who": "customer"},
    "covers": {"worn": "on"},
    "listen": {"words": "It drips"},
    "diagnose": {"basis": "invoice"},
    "take_back": {"condition": "A dent", "photos": [SHA], "promised_on": "2026-12-20", "loaner": "none"},
    "pay": {"method": "cash"},
    "leave": {"gift": "yes", "card": "yes", "sticker": "yes"},
    "confidence": {"sure": "yes"},
    "hand_in": {"card": "1", "money": "1", "old_parts": "1"},
}
ONCE_AND_FOR_ALL = ("consent", "sign")


HOME = {
    "visit": 8, "reference": "HZ1-261120-0008", "result": "repaired",
    "taken": {"condition": "A dent", "loaner": dict(FACTS.loaners[0])},
}  # fmt: skip
RETURN = replace(FACTS, job={**FACTS.job, "kind": "return", "brings_back": HOME})
"""A visit that takes home what was taken away."""


class Wanderer(Walked):
    """A visit under any norm. `draw` decides; `seen` are the texts that a page showed on the way."""

    def __init__(self, norm: Protocol, draw: random.Random, facts: Facts = FACTS):
        super().__init__(facts)
        self.protocol = norm
        self.draw = draw
        self.seen: set[tuple[str, ...]] = set()
        self._stands: tuple[Any, Any] = (None, None)

    @property
    def walk(self) -> Walk:
        """Read once for the records that there are; they are only ever added to."""
        last = (len(self.records), self.records[-1].key if self.records else "")
        if self._stands[0] != last:
            self._stands = (last, super().walk)
        return self._stands[1]  # type: ignore[no-any-return]

    def wander(self, acts: int) -> "Wanderer":
        """So many things as they come: a step done, passed, done again, or something that went otherwise."""
        for _ in range(acts):
            if self.is_over:
                break
            step = self._somewhere()
            what = self.draw.random()
            if what < 0.3:
                self.meet(step, *self._some_problem(step))
            elif what < 0.4 and not step.gate and step.kind not in ("sign", "test"):
                self.act(step.id, "passed", {"reason": self.draw.choice(self.codes("pass_reason"))})
            else:
                self.do(step, freely=True)
            self.check()
        return self

    def finish(self) -> "Wanderer":
        """Everything that is still open, as usual, until nothing is."""
        for _ in range(LONGEST):
            if self.is_over:
                return self
            self.do(self.step(self._next()))
            self.check()
        raise AssertionError(f"{self.protocol.id}: it never ends; stands at {self.walk.next_step}")

    @property
    def is_over(self) -> bool:
        current = self.walk
        return current.ended is not None or current.state == "finished"

    def meet(self, step: Step, problem: Problem, remedy: Remedy) -> "Wanderer":
        """Something goes otherwise, and this way on is taken; a pause ends at once."""
        asked = [
            common.with_options(common.EFFECT_FIELDS[name], self.protocol)
            for name in effect.asks(remedy.effects)
        ]
        self.read_aloud(step, problem, remedy, [*problem.fields, *remedy.fields, *asked])
        self.act(step.id, "problem", self.typed(problem, remedy))
        if self.walk.paused and not self.is_over:
            self.act(step.id, "resumed")
        return self

    def typed(self, problem: Problem, remedy: Remedy) -> dict[str, Any]:
        """An entry that answers everything that this problem and this way on ask."""
        asked = [
            common.with_options(common.EFFECT_FIELDS[name], self.protocol)
            for name in effect.asks(remedy.effects)
        ]
        answers = {one.id: self.answer(one, full=True) for one in (*problem.fields, *remedy.fields, *asked)}
        return {**answers, "problem": problem.id, "remedy": remedy.id}

    def do(self, step: Step, freely: bool = False) -> "Wanderer":
        """This step, with drawn answers where it takes them, else with the usual ones: those it must take."""
        self.read_aloud(step)
        if step.kind == "consent":
            return self._decide(step, freely)
        if step.kind == "sign":
            return self._sign(step, freely)
        if step.kind == "take_back" and "condition" in self.walk.steps[step.id].values and not freely:
            return self._sign(step, freely)
        if step.kind == "knock":
            self.act(step.id, "bout", {"way": self.draw.choice(("bell", "knock"))})
        if step.kind == "call":
            self.act(step.id, "attempt", {"channel": "phone", "result": "answered"})
        if step.kind == "diagnose" and freely and self.draw.random() < 0.5:
            item = self.draw.choice(list(self.prices.items))
            if not self.read(step.id, "line", {"item": item})[
                1
            ]:  # before the inspection a norm may refuse it
                self.line(item)
        if step.kind == "repair":
            self._fit(step)
        usual = self.accepted(step)
        if freely:
            drawn = {one.id: self.answer(one) for one in (*step.fields, *self._own(step))}
            mixed = {**usual, **{name: value for name, value in drawn.items() if self.draw.random() < 0.6}}
            if not self.read(step.id, "done", mixed)[1]:
                usual = mixed
        return self.act(step.id, "done", usual)  # type: ignore[return-value]

    def accepted(self, step: Step, **more: Any) -> dict[str, Any]:
        """Answers that the step takes as it stands now. :raise AssertionError: it takes none of many"""
        for attempt in range(30):
            usual = {**self.usual(step, full=attempt == 0), **more}
            faults = self.read(step.id, "done", usual)[1]
            if not faults:
                return usual
        raise AssertionError(f"{self.protocol.id}: no answer is taken at {step.id}: {faults}")

    def usual(self, step: Step, full: bool = True) -> dict[str, Any]:
        """What is mostly answered; what the norm declares is drawn, and may be left empty unless it is to be full."""
        own = {one.id: self.answer(one) for one in self._own(step) if one.required}
        own |= USUAL.get(step.kind, {})
        if step.kind == "repair":
            mode = self.walk.mode or self.draw.choice(("on_site", "no_fault", "not_repaired", "take_back"))
            own |= {"mode": mode, "measures": [self.codes("measure")[0]]}
        if step.kind == "test":
            own |= {"result": "dangerous", "told_danger": "1"} if self.walk.danger else {"result": "works"}
        if step.kind == "leave":
            own |= {"explained": "1"}
        return {**{one.id: self.answer(one, full) for one in step.fields}, **own}

    def answer(self, one: Field, full: bool = False) -> Any:
        """Something that this input takes; what may stay empty does so at times, unless it is to be full."""
        if not one.required and not full and self.draw.random() < 0.5:
            return ""
        ahead = self.at + timedelta(days=2, hours=1)
        if one.type == "choice":
            return self.draw.choice(one.options)
        if one.type == "choices":
            return self.draw.sample(one.options, self.draw.randint(1, min(3, len(one.options))))
        if one.type in ("number", "money"):
            least = one.min or 0
            return str(self.draw.randint(least, min(one.max or least + 90, least + 90)))
        return {
            "tick": "1", "date": ahead.date().isoformat(), "datetime": ahead.isoformat(), "photo": SHA, "photos": [SHA],
            "tel": "+8613800138001",
        }.get(one.type, "—")  # fmt: skip

    def check(self) -> None:
        """It goes on from here: what comes next is open, and every gate has a step before it that opens it."""
        current = self.walk
        if self.is_over:
            assert current.state in ENDED_STATES, current.state
            return
        assert current.next_step, f"{self.protocol.id}: a dead end in state {current.state}"
        assert not current.steps[current.next_step].locked_by, f"{current.next_step} comes next and is locked"
        for step_id, state in current.steps.items():
            assert not state.locked_by or self._opens(state, current.steps, (step_id,)), (
                f"{step_id} never opens"
            )

    def read_aloud(
        self,
        step: Step,
        problem: Problem | None = None,
        remedy: Remedy | None = None,
        fields: list[Field] | None = None,
    ) -> None:
        """Keep the paths of the words that a page shows for this."""
        base: tuple[str, ...] = ("step", step.id)
        if problem is None:
            self.seen |= {(*base, key) for key in ("title", "standard", "main")}
            self._read_fields(base, (*step.fields, *self._own(step)), step.fields)
            return
        base = ("safety", problem.id) if problem.shared else (*base, "problem", problem.id)
        self.seen |= {(*base, "title"), (*base, "then")}
        self._read_fields(base, tuple(fields or ()), problem.fields)
        if remedy:
            self.seen.add((*base, "remedy", remedy.id, "title"))
            self._read_fields((*base, "remedy", remedy.id), remedy.fields, remedy.fields)

    def step(self, step_id: str) -> Step:
        found = self.protocol.step(step_id)
        assert found
        return found

    def codes(self, name: str) -> tuple[str, ...]:
        assert self.protocol.codes.get(name), f"{self.protocol.id} has no codes {name}"
        return self.protocol.codes[name]

    def _read_fields(
        self, base: tuple[str, ...], fields: tuple[Field, ...], declared: tuple[Field, ...]
    ) -> None:
        for one in fields:
            if one.codes:
                self.seen |= {("code", one.codes, option) for option in self.codes(one.codes)}
            elif one in declared:
                self.seen |= {(*base, "field", one.id, "options", option) for option in one.options}
            if one in declared:
                self.seen.add((*base, "field", one.id, "label"))

    def _opens(self, state: StepState, steps: dict[str, StepState], path: tuple[str, ...]) -> bool:
        """Whether each step that this one waits for can be settled, without waiting for this one in turn."""
        waits = [need for need in state.locked_by if not steps[need].settled]
        return all(
            need not in path and steps[need].applies and self._opens(steps[need], steps, (*path, need))
            for need in waits
        )

    def _own(self, step: Step) -> list[Field]:
        """The inputs that the kind itself brings, where it says them."""
        kind = KINDS[step.kind]
        around = common.Around(self.facts, self.protocol, self.prices, self.walk, self.at)
        found = kind.fields(around) if hasattr(kind, "fields") else getattr(kind, "FIELDS", [])
        return [one for one in found if one.type not in ("choice", "choices") or one.options]

    def _next(self) -> str:
        found = self.walk.next_step
        assert found
        return found

    def _somewhere(self) -> Step:
        """Mostly what comes next; at times another step that is open to be done, or done again."""
        current = self.walk
        reachable = [
            key
            for key, state in current.steps.items()
            if state.applies and not state.locked_by and state.step.kind not in ONCE_AND_FOR_ALL
        ]
        if self.draw.random() < 0.75 or not reachable:
            return self.step(self._next())
        return self.step(self.draw.choice(reachable))

    def _some_problem(self, step: Step) -> tuple[Problem, Remedy]:
        """One of the step's; seldom one that ends the visit, else few would come far."""
        found = [(problem, remedy) for problem in step.problems for remedy in problem.remedies]
        going_on = [one for one in found if not any(effect.read(name)[0].ends for name in one[1].effects)]
        return self.draw.choice(found if self.draw.random() < 0.1 else going_on or found)

    def _fit(self, step: Step) -> None:
        for key in self.walk.unfitted:
            left = {"old_part": "left", "reason": self.draw.choice(self.codes("old_part_reason"))}
            self.act(step.id, "fitted", {"line": key, **self.draw.choice(({"old_part": "taken"}, left))})

    def _decide(self, step: Step, freely: bool) -> "Wanderer":
        self.act(step.id, "handed_over")
        if freely and self.draw.random() < 0.3:
            self._customer(step, "refused", {"reason": self.draw.choice(self.codes("refuse_reason"))})
        else:
            self._customer(step, "agreed", {"total": str(self.walk.fee.total)})
        return self.act(step.id, "handed_back")  # type: ignore[return-value]

    def _sign(self, step: Step, freely: bool) -> "Wanderer":
        self.act(step.id, "handed_over")
        if freely and self.draw.random() < 0.4:
            self._customer(step, "declined", {"reason": self.draw.choice(self.codes("decline_reason"))})
        else:
            who = {"relation": self.draw.choice(RELATIONS), "name": "陈静"}
            self._customer(step, "signed", {"how": "drawn", "strokes": STROKES, "size": CANVAS, **who})
        return self.act(step.id, "handed_back")  # type: ignore[return-value]

    def _customer(self, step: Step, act: str, fields: dict[str, Any]) -> None:
        body, faults = self.read(step.id, act, fields)
        assert not faults, (self.protocol.id, step.id, act, faults)
        self.at += timedelta(minutes=1)
        self.add(step.id, act, body, role="customer")


def brought_to(norm: Protocol, step: Step) -> Wanderer:
    """A visit in which this step comes next; what it depends on is brought about."""
    is_return = step.when.get("job.kind") == "return"
    walked = Wanderer(norm, random.Random(1), RETURN if is_return else FACTS)
    for _ in range(60):
        current = walked.walk
        following = current.next_step
        assert following, f"{norm.id}: {step.id} never comes"
        if following == step.id:
            return walked
        next_step = walked.step(following)
        if next_step.kind == "diagnose" and step.kind in ("consent", "pay"):
            walked.line("labour_small")
            cause = norm.codes["chargeable_cause"][0]
            walked.act(following, "done", walked.accepted(next_step, cause=cause))
        elif next_step.kind == "repair" and step.kind == "take_back":
            walked.act(following, "done", walked.accepted(next_step, mode="take_back"))
        elif next_step.kind == "repair":
            walked.act(following, "done", walked.accepted(next_step, mode="on_site"))
        else:
            walked.do(next_step)
    raise AssertionError(f"{norm.id}: {step.id} never comes")
