"""Rehearsing: plays a visit through the one door for writing, with plausible answers, as the demo and the tests do.

Nothing is written past `visiting.submit`; what a rehearsal leaves behind is what an engineer's taps would leave.
"""

import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from app.domain.protocol import Field, Step
from app.models.people import Person
from app.services import visiting
from app.services.visiting import Opened, Submission

Fields = dict[str, str | list[str]]
SIGNATURE = "[[20,90,40,40,60,95,80,45,100,92],[110,70,150,66,190,74,230,60],[60,112,240,104]]"
CANVAS = "[340,240]"
STEP_MINUTES = {"depart": 4, "arrive": 22, "repair": 25, "take_back": 8, "diagnose": 9, "clean": 5}


class Rehearsal:
    """One visit being played. `clock` is when the next act is done; each act moves it on by a minute or more."""

    def __init__(
        self, person: Person, visit_id: int, start: datetime, answers: Mapping[str, Fields] | None = None
    ):
        self.person = person
        self.visit_id = visit_id
        self.clock = start
        self.answers = dict(answers or {})
        self.opened: Opened = visiting.opened(person, visit_id, start)

    def act(
        self, step: str, act: str, fields: Mapping[str, Any] | None = None, role: str = "engineer"
    ) -> Opened:
        """One act now."""
        self.clock += timedelta(minutes=1)
        submission = Submission(
            visit=self.visit_id,
            step=step,
            act=act,
            key=str(uuid.uuid4()),
            fields=dict(fields or {}),
            at=self.clock,
        )
        self.opened = visiting.submit(self.person, submission, self.clock, role=role)
        return self.opened

    def until(self, step: str | None) -> Opened:
        """Do one step after the other, as it comes, until this one is next (None: until nothing is)."""
        for _ in range(60):
            following = self.opened.walk.next_step
            if following is None or following == step:
                return self.opened
            self.do(following)
        raise RuntimeError(f"the walk does not come to {step}; it stands at {self.opened.walk.next_step}")

    def do(self, step_id: str) -> Opened:
        """Do this step with its answers."""
        step = self.opened.walk.steps[step_id].step
        self.clock += timedelta(minutes=STEP_MINUTES.get(step.kind, 0))
        if step.kind == "arrive":
            self.clock = max(self.clock, self.opened.walk.appointment - timedelta(minutes=8))
        play = {"consent": self._agree, "take_back": self._take_back, "sign": self._sign, "knock": self._knock,
                "call": self._call, "repair": self._repair}.get(step.kind)  # fmt: skip
        if play:
            return play(step)
        return self.act(step_id, "done", self._fields(step))

    def quote(self, lines: Iterable[tuple[str, int] | tuple[str, int, str]]) -> None:
        """Put lines on the quote: item, quantity, and the certificate's price when there is another."""
        for item, qty, *certificate in lines:
            fields = {
                "item": item,
                "qty": str(qty),
                "certificate_price": certificate[0] if certificate else "",
            }
            self.act(self._id("diagnose"), "line", fields)

    def sign(self, fields: Mapping[str, Any] | None = None, act: str = "signed", step_id: str = "") -> Opened:
        """Hand the phone over, let the customer sign (or decline) what is shown, and take it back."""
        step_id = step_id or self._id("sign")
        self.act(step_id, "handed_over")
        seen = visiting.shown(self.opened, step_id)
        drawn = {"how": "drawn", "strokes": SIGNATURE, "size": CANVAS, "relation": "self"}
        self.act(step_id, act, {**(fields or drawn), "shown": seen.digest}, role="customer")
        if step_id == self._id("sign"):
            rating = self.answers.get("rating", {"quality": "5", "attitude": "5", "satisfied": "yes"})
            if rating:
                self.act(step_id, "rated", rating, role="customer")
        return self.act(step_id, "handed_back")

    def _agree(self, step: Step) -> Opened:
        self.act(step.id, "handed_over")
        self.act(step.id, "agreed", {"total": str(self.opened.walk.fee.total)}, role="customer")
        return self.act(step.id, "handed_back")

    def _take_back(self, step: Step) -> Opened:
        if self.opened.walk.steps[step.id].status == "open" and not self.opened.walk.steps[step.id].values:
            self.act(step.id, "done", self._fields(step))
        return self.sign(step_id=step.id)

    def _sign(self, step: Step) -> Opened:
        declined = self.answers.get("declined")
        return self.sign(declined, act="declined") if declined else self.sign(self.answers.get("signature"))

    def _knock(self, step: Step) -> Opened:
        self.act(step.id, "bout", {"way": "bell"})
        return self.act(step.id, "done", self._fields(step))

    def _call(self, step: Step) -> Opened:
        self.act(step.id, "attempt", {"channel": "phone", "result": "answered"})
        return self.act(step.id, "done", self._fields(step))

    def _repair(self, step: Step) -> Opened:
        for key in self.opened.walk.unfitted:
            old = self.answers.get("old_part", {"old_part": "taken"})
            self.act(
                step.id,
                "fitted",
                {"line": key, "serial_new": f"N{key[:6]}", "serial_old": f"O{key[:6]}", **old},
            )
        return self.act(step.id, "done", self._fields(step))

    def _fields(self, step: Step) -> Fields:
        declared = {
            f"{one.id}_reason" if one.type in ("photo", "photos") else one.id: value
            for one in step.fields
            if (value := plausible(one))
        }
        return {**declared, **self._usual(step), **self.answers.get(step.id, {})}

    def _usual(self, step: Step) -> Fields:
        data = {key: str(value or "") for key, value in self.opened.walk.data.items()}
        codes = self.opened.protocol.codes
        items = ("time", "address", "model", "purchase_date", "symptom")
        promised = (self.clock + timedelta(days=4)).date().isoformat()
        usual: dict[str, Fields] = {
            "accept": {**data, **{f"{key}_by": "dispatcher" for key in data}},
            "analyse": {"place": "home", "time": "enough"},
            "call": {f"{item}_is": "confirmed" for item in items},
            "depart": {"travel_minutes": str(self.opened.facts.travel_minutes)},
            "arrive": {"late_cause": codes["late_cause"][0], "apologised": "on", "accepted": "accepted"},
            "enter": {"introduced": "on", "customer_confirmed": "on", "card_shown": "on", "who": "customer"},
            "covers": {"worn": "on"},
            "listen": {"words": data["symptom"] or "—", "mood": "calm"},
            "diagnose": {"fault": codes["fault"][0], "cause": codes["cause"][0], "basis": "invoice"},
            "promise": {"promise": "customer_later"},
            "term": {"term": "months_3"},
            "repair": {"mode": "on_site", "measures": [codes["measure"][0]]},
            "take_back": {"condition": "—", "photos_reason": "—", "reason": codes["take_back_reason"][0],
                          "promised_on": promised, "loaner": "none"},
            "test": {"result": "works", "customer_saw": "on"},
            "pay": {"method": "cash"},
            "leave": {"gift": "yes", "card": "yes", "sticker": "yes"},
            "confidence": {"sure": "yes"},
            "hand_in": {"card": "on", "money": "on", "old_parts": "on"},
        }  # fmt: skip
        return usual.get(step.kind, {})

    def _id(self, kind: str) -> str:
        found = self.opened.protocol.kind_of(kind)
        assert found
        return found.id


def plausible(one: Field) -> str | list[str]:
    """A value that a required input takes; '' for what may stay empty."""
    if one.type == "tick":
        return "on"
    if not one.required:
        return ""
    if one.type in ("choice", "choices"):
        return one.options[0]
    if one.type in ("number", "money"):
        return str(one.min or 1)
    return "—"
