"""A visit's document: what each section shows, drawn once for each different content and kept. No rules, no routes.

Twenty-six steps would cost the server more than everything else together if they were drawn at every look. So a
section's content is gathered as plain values first; equal values in the same language are the same HTML, for this visit
or another. What differs from look to look (the visit's id, the forms' keys, the bar, the way on) stands in the kept
HTML as marks that no text of ours can hold, and is put in at the end.
"""

import hashlib
import re
import uuid
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import current_app
from markupsafe import Markup, escape

from app.domain.protocol import Step, problem_path
from app.domain.record import Record
from app.domain.walk import StepState
from app.services.visiting import Opened
from app.web import kind_summaries, kind_views, visit_words
from app.web.i18n import _
from app.web.saying import Say
from app.web.section import Section, View

Row = Mapping[str, Any]
_LOOSE = re.compile(r"(?<=>)\s*\n\s*|\s*\n\s*(?=<)| data-field=\"[^\"]*\"")


class Kept:
    """HTML that was drawn before, by what it was made of; the oldest goes when there is no more room."""

    def __init__(self, room: int):
        self.room, self.held = room, OrderedDict[Any, str]()

    def get(self, key: Any) -> str | None:
        return self.held.get(key)

    def keep(self, key: Any, html: str) -> None:
        self.held[key] = html
        if len(self.held) > self.room:
            with suppress(KeyError):  # another thread was faster
                self.held.popitem(last=False)


_sections = Kept(3000)
_documents = Kept(40)


@dataclass(frozen=True)
class Fault:
    """A form that came back: which step and act, what was typed, and what is wrong by field."""

    step: str
    act: str
    typed: Mapping[str, Any]
    faults: Mapping[str, str]
    form: str = ""  # which of several forms of the same act, e.g. the line of a fitted part


def document(
    opened: Opened, say: Say, tasks: Sequence[Row], now: datetime, here: str, fault: Fault | None = None
) -> Markup:
    """The overview and all steps of the visit as HTML; `here` is the one that stands in front ('' for the overview)."""
    stamp = (here, stamp_of(opened, say, tasks, now))
    html = _documents.get(stamp) if fault is None else None
    if html is None:
        html = _placed("".join(_sections_of(opened, say, tasks, now, here, fault)), opened, say)
        if fault is None:
            _documents.keep(stamp, html)
    return Markup(_with_keys(html))


def changed(
    before: Opened | None,
    before_tasks: Sequence[Row],
    opened: Opened,
    tasks: Sequence[Row],
    say: Say,
    now: datetime,
) -> Markup:
    """Only the sections that differ from those of `before` (all without it), each whole, as HTML.

    Compared before the bar and the way on are put in, which would make every section another one: the answer to
    `bar_and_onward` is put into the sections that stay.
    """
    drawn = _sections_of(opened, say, tasks, now, here_of(opened), None)
    known = set(_sections_of(before, say, before_tasks, now, here_of(before), None)) if before else set()
    fresh = "".join(one for one in drawn if one not in known)
    return Markup(_with_keys(_placed(fresh, opened, say)))


def alone(opened: Opened, say: Say, step_id: str, now: datetime) -> Markup:
    """One step by itself, as it stands in front of the engineer: for the preview of a norm."""
    state = opened.walk.steps[step_id]
    view = _view(opened, state, step_id, {}, say.known(opened), None)
    view["later"] = False
    view["v"] = kind_views.values_of(opened, state, now)
    html = _drawn("visits/_step.html", view, say, state.step, opened)
    return Markup(_with_keys(_placed(html, opened, say)))


def here_of(opened: Opened) -> str:
    """The step that stands in front when nobody asks for another; '' for the overview of an ended visit."""
    return "" if ended_note(opened) else opened.walk.next_step or ""


def bar_and_onward(opened: Opened, say: Say) -> tuple[str, str]:
    """What stands in every section and changes with the visit: the bar of stages, the link to what is next."""
    bar = "".join(f'<i class="{state}"></i>' for _stage, state in stages_of(opened))
    return bar, _onward(opened, say)


def _sections_of(
    opened: Opened, say: Say, tasks: Sequence[Row], now: datetime, here: str, fault: Fault | None
) -> list[str]:
    """The overview and every step, still with their marks."""
    drawn = [
        _drawn(
            "visits/_sheet.html", _overview(opened, say, tasks, here), say, opened.protocol.steps[0], opened
        )
    ]
    news, known, later = _news(opened, tasks), say.known(opened), not here
    for state in opened.walk.steps.values():
        view = _view(opened, state, here, news, known, fault)
        view["later"] = later  # what its helpers open is fetched when they are pressed
        later = later or view["here"]
        view["v"] = kind_views.values_of(opened, state, now)
        drawn.append(_drawn("visits/_step.html", view, say, state.step, opened))
    return drawn


def stamp_of(opened: Opened, say: Say, tasks: Sequence[Row], now: datetime) -> str:
    """Two looks with the same stamp show the same; the last record's key is in it, since version alone could repeat."""
    last = opened.records[-1].key if opened.records else ""
    moving = kind_views.moving(opened, now)
    parts = (
        opened.visit.id,
        opened.walk.version,
        last,
        say.key,
        tasks,
        opened.facts,
        opened.recalled,
        opened.visit.protocol,
        moving,
    )
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def _overview(opened: Opened, say: Say, tasks: Sequence[Row], here: str) -> View:
    """What the list of stages and what was done show: the visit at a glance."""
    walk = opened.walk
    return {
        "id": "sheet",
        "here": not here,
        "stages": stages_of(opened),
        "steps": [
            [state.step.id, state.status, bool(state.locked_by), state.step.id == walk.next_step]
            for state in walk.steps.values() if state.applies
        ],
        "news": _news(opened, tasks).get("", []),
        "customer": [walk.data["name"], walk.data["address"], walk.data["symptom"], walk.data["request"]],
        "phone": opened.facts.customer.get("phone", "") or walk.data["phone"],
        "appliance": [walk.data["kind"], walk.data["brand"], walk.data["model"]],
        "warranty": [walk.warranty.status, walk.warranty.until.isoformat() if walk.warranty.until else ""],
        "country": opened.facts.outlet.get("country", ""),
        "appointment": walk.appointment.isoformat(),
        "state": walk.state,
        "ended": ended_note(opened),
        "why": ended_text(opened, say),
        "next": walk.next_step or "",
        "past": [_line(record) for record in opened.records],
    }  # fmt: skip


def stages_of(opened: Opened) -> list[tuple[str, str]]:
    """Each stage with its state: done, now, attention (something there waits for a person) or todo."""
    walk = opened.walk
    current = walk.stage
    found = []
    for stage in opened.protocol.stages:
        states = [state for state in walk.steps.values() if state.step.stage == stage and state.applies]
        if any(state.reopened and not state.settled for state in states):
            found.append((stage, "attention"))
        elif stage == current and not walk.ended:
            found.append((stage, "now"))
        elif states and all(state.settled for state in states):
            found.append((stage, "done"))
        else:
            found.append((stage, "todo"))
    return found


def ended_note(opened: Opened) -> list[str]:
    """How an ended visit ended: its state, and step and problem that ended it; empty while it goes on."""
    walk = opened.walk
    if walk.ended:
        return [walk.state, walk.ended.step, str(walk.ended.body.get("problem", ""))]
    return [walk.state, "", ""] if walk.state == "finished" else []


def ended_text(opened: Opened, say: Say) -> str:
    """Why an ended visit ended: the problem met, or how it came out."""
    state_and = ended_note(opened)
    if not state_and:
        return ""
    if opened.walk.ended and opened.walk.ended_by_desk:
        text = str(opened.walk.ended.body.get("text", ""))
        return " ".join(filter(None, (text, _("What you saved stands and still goes to the office."))))
    _state, step_id, problem_id = state_and
    step = opened.protocol.step(step_id)
    problem = step.problem(problem_id) if step else None
    if step and problem:
        return str(say.word(*problem_path(step, problem), "title"))
    return say.paper("outcome", opened.walk.outcome) if opened.walk.outcome else ""


def _view(
    opened: Opened,
    state: StepState,
    here: str,
    news: Mapping[str, Any],
    known: Mapping[str, str],
    fault: Fault | None,
) -> View:
    """What every section has, whatever its kind. Plain values only: their text is the key of the kept HTML."""
    walk, step = opened.walk, state.step
    mine = fault if fault and fault.step == step.id else None
    over = walk.ended is not None or (walk.state == "finished" and step.layer == "customer")
    return {
        "id": step.id,
        "kind": step.kind,
        "here": step.id == here,
        "status": "locked" if state.locked_by and state.status == "open" else state.status,
        "applies": state.applies,
        "over": over,
        "reopened": state.reopened,
        "locked": state.locked_by,
        "values": state.values,
        "at": state.at.isoformat() if state.at else "",
        "base": state.base,
        "fill": {name: known.get(name, "") for name in places(opened, step)},
        "news": (news.get(step.id) or []) + (news.get("here", []) if step.id == here else []),
        "met": [
            [record.at.isoformat(), record.body.get("problem", ""), record.body.get("remedy", "")]
            for record in state.log if record.act == "problem"
        ],
        "act": mine.act if mine else "",
        "typed": dict(mine.typed) if mine else {},
        "faults": kind_summaries.faults_of(step, mine.faults) if mine else {},
        "form": mine.form if mine else "",
    }  # fmt: skip


_places: dict[tuple[str, str], tuple[str, ...]] = {}


def places(opened: Opened, step: Step) -> tuple[str, ...]:
    """The {places} in a step's sentences, so that only those sections differ from visit to visit."""
    key = (opened.protocol.hash, step.id)
    if key not in _places:
        text = " ".join(opened.protocol.word("en", "step", step.id, "say", default=()))
        _places[key] = tuple(sorted(set(re.findall(r"\{([a-z_]+)\}", text))))
    return _places[key]


def _news(opened: Opened, tasks: Sequence[Row]) -> dict[str, list[list[str]]]:
    """Banners by step, those of the whole visit under '': questions still open, and the answers to them."""
    found: dict[str, list[list[str]]] = {"": [], "here": []}
    answered = {str(record.body.get("task")) for record in opened.walk.rulings}
    for task in tasks:
        if str(task["id"]) not in answered and task["kind"] in visit_words.QUESTIONS:
            row = ["waiting", task["kind"], task["created_at"], task["due_at"], "", ""]
            found.setdefault(task["step"] or "", []).append(row)
            if task["step"]:
                found[""].append(row)
    last = max((record.seq for record in opened.records if record.act != "ruled"), default=0)
    for record in opened.walk.rulings:
        body = record.body
        amount = "" if body.get("amount") is None else str(body["amount"])
        row = ["ruled", str(body.get("ruling")), record.at.isoformat(), str(body.get("by", "")), amount,
               str(body.get("answer", ""))]  # fmt: skip
        found.setdefault(record.step, []).append(row)
        found[""].append(row)
        if record.seq > last and record.step != opened.walk.next_step:
            found["here"].append(row)
    return found


def _line(record: Record) -> list[str]:
    """A record as one line of the timeline."""
    body = record.body
    detail = next(
        (body[name] for name in ("problem", "result", "way", "item", "reason") if body.get(name)), ""
    )
    more = [str(body.get(name, "")) for name in ("rung", "done_about")]
    return [record.at.isoformat(), record.step, record.act, str(detail), *more]


def _drawn(template: str, view: View, say: Say, step: Step, opened: Opened) -> str:
    key = (template, say.key, repr(view))
    found = _sections.get(key)
    if found is None:
        section = Section(view, say, step, opened, view.get("v", {}))
        found = current_app.jinja_env.get_template(template).render(
            s=section,
            say=say,
            words=visit_words,
            summary=kind_summaries.rows_of,
            errors=kind_summaries.errors_of,
        )
        # Without the templates' own line breaks and what no script asks for: it would be loaded twenty-six times.
        found = _LOOSE.sub("", found)
        _sections.keep(key, found)
    return found


def _placed(html: str, opened: Opened, say: Say) -> str:
    """The marks of this visit become what they stand for."""
    bar, onward = bar_and_onward(opened, say)
    html = html.replace(Section.visit, str(opened.visit.id)).replace(Section.bar, bar)
    return html.replace(Section.onward, onward)


def _with_keys(html: str) -> str:
    """A key for every form, at each look anew. Thirty random keys would weigh more than all the steps' sentences, so
    they differ only at their end."""
    root = str(uuid.uuid4())[:-3]
    first, *rest = html.split(Section.key)
    return first + "".join(f"{root}{number:03x}{part}" for number, part in enumerate(rest))


def _onward(opened: Opened, say: Say) -> str:
    """The link from a step that is done to the one that is next."""
    target = opened.walk.next_step
    if not target:
        return f'<a class="btn second" data-onward href="#sheet"><span>{escape(_("Back to the overview"))}</span></a>'
    words = escape(_("Go on: %(step)s", step=say.word("step", target, "title")))
    return f'<a class="btn main" data-onward href="#s-{target}"><span>{words}</span></a>'
