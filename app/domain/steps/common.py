"""What all kinds of step share: the acts that every step has, and reading the inputs that the norm itself declares."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from app.domain import clock, effect, form, ladder
from app.domain.facts import Facts
from app.domain.form import Faults, Raw
from app.domain.price_list import PriceList
from app.domain.protocol import Field, Protocol, Step

if TYPE_CHECKING:
    from app.domain.walk import Walk

Body = dict[str, Any]
Entered = tuple[Body, Faults]

EFFECT_FIELDS = {
    "slot": Field("slot", "datetime", required=True),
    "rebook_reason": Field("rebook_reason", "choice", required=True, codes="rebook_reason"),
    "consent": Field("consent", "tick", required=True),
    "back_at": Field("back_at", "datetime", required=True),
    "answer_by": Field("answer_by", "date", required=True),
    "left_out": Field("left_out", "choice", codes="pass_reason"),
}
"""Inputs that effects bring, by name; the options of a coded one come from the protocol."""
FURTHEST = {"slot": timedelta(days=365), "back_at": timedelta(days=31)}
PROMISE_DAYS = 365


@dataclass(frozen=True, slots=True)
class Around:
    """What a kind may look at while it reads an entry. `at` is when the act was done, by the device."""

    facts: Facts
    protocol: Protocol
    prices: PriceList
    walk: "Walk"
    at: datetime


def coded(protocol: Protocol, id: str, codes: str, *, type: str = "choice", required: bool = False) -> Field:
    """A built-in choice from one of the protocol's code lists."""
    return Field(id, type, required=required, options=protocol.codes.get(codes, ()), codes=codes)


def read_declared(step: Step, raw: Raw) -> Entered:
    """The inputs that the protocol declares for the step."""
    return form.read(step.fields, raw)


def read_with(fields: list[Field], step: Step, raw: Raw) -> Entered:
    """A kind's own inputs, then the declared ones."""
    body, faults = form.read(fields, raw)
    more, more_faults = read_declared(step, raw)
    return {**body, **more}, {**faults, **more_faults}


def read_passed(raw: Raw, protocol: Protocol) -> Entered:
    """'Not recorded': a coded reason, and words of one's own."""
    return form.read(
        [coded(protocol, "reason", "pass_reason", required=True), Field("text", "text")],
        raw,
    )


def read_problem(step: Step, raw: Raw, around: Around) -> Entered:
    """A problem met: which one, what was recorded of it, and the way on that was chosen."""
    problem = step.problem(form.first(raw, "problem"))
    if problem is None:
        return {}, {"problem": "not_an_option"}
    only = problem.remedies[0].id if len(problem.remedies) == 1 else ""
    remedy = problem.remedy(form.first(raw, "remedy") or only)
    body, faults = form.read(problem.fields, raw)
    if remedy is None:
        return body, {**faults, "remedy": "required"}
    body["problem"], body["remedy"] = problem.id, remedy.id
    asked = [with_options(EFFECT_FIELDS[name], around.protocol) for name in effect.asks(remedy.effects)]
    more, more_faults = form.read([*remedy.fields, *asked], raw)
    for name, furthest in FURTHEST.items():
        if name in more and name in effect.asks(remedy.effects):
            more_faults |= ahead_faults(name, datetime.fromisoformat(more[name]), around.at, furthest)
    if "answer_by" in effect.asks(remedy.effects):
        more_faults |= promise_faults(more, "answer_by", around)
    if "no_access" in remedy.effects:
        more |= _untried(step, around)
        if more.get("untried") and "left_out" not in more:
            more_faults.setdefault("left_out", "not_all_was_tried")
    return {**body, **more}, {**faults, **more_faults}


def _untried(step: Step, around: Around) -> Body:
    """What the norm asks for at a closed door and nobody recorded; leaving all the same needs a reason."""
    log = around.walk.steps[step.id].log
    total = int(around.protocol.settings.get("knock_total_s", clock.KNOCK_TOTAL_S))
    return {"untried": found} if (found := ladder.untried(log, around.at, total)) else {}


def ahead_faults(name: str, moment: datetime, at: datetime, furthest: timedelta) -> Faults:
    """The fault of a time that lies before `at`, or further ahead than makes sense."""
    if moment <= at:
        return {name: "in_the_past"}
    return {name: "too_far_ahead"} if moment - at > furthest else {}


def promise_faults(body: Body, name: str, around: Around) -> Faults:
    """The fault of a promised day, if one was entered: it lies before the act, or beyond a year."""
    promised = body.get(name)
    if not promised:
        return {}
    days = (date.fromisoformat(promised) - around.at.date()).days
    return {name: "in_the_past"} if days < 0 else {name: "too_far_ahead"} if days > PROMISE_DAYS else {}


def bought_faults(body: Body, around: Around) -> Faults:
    """The fault of a purchase date after the visit, which is impossible."""
    is_ahead = body.get("purchase_date", "") > around.at.date().isoformat()
    return {"purchase_date": "in_the_future"} if is_ahead else {}


def with_options(field: Field, protocol: Protocol) -> Field:
    """The same field with the options of its code list."""
    if not field.codes or field.options:
        return field
    return coded(protocol, field.id, field.codes, type=field.type, required=field.required)
