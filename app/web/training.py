"""Training: the outlet's norm read step by step without a visit, and a quiz made of it. Nobody's answers are kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, render_template, request
from markupsafe import Markup

from app.domain import quiz
from app.domain.protocol import Protocol, Step, problem_path
from app.domain.quiz import Question
from app.models.people import Person
from app.services import publishing
from app.web import problem_view, today_view
from app.web.i18n import language
from app.web.pages import current_person, now, page, roles
from app.web.problem_view import Shown
from app.web.saying import Say

bp = Blueprint("training", __name__)
ROUND_LIMIT = 10_000_000


@dataclass(frozen=True)
class Asked:
    """One question in words. `chosen`: which option was picked (from 0), if any; `say`: what one says then."""

    kind: str
    at: str
    title: str
    options: list[str]
    right: int
    say: list[str]
    chosen: int | None


@bp.get("/norm")
@roles()
def norm() -> Response:
    """The norm of the person's outlet: every step with its standard, its words, what can happen and what then."""
    held = _held(current_person())
    body = Markup(_steps(held.hash, language()))
    return _kept(page("training/norm.html", say=_saying(held), norm=held, body=body))


@bp.get("/norm/quiz")
@roles()
def questions() -> Response:
    """A round of questions. Without scripts the answers come back in the address and are judged here."""
    person = current_person()
    held = _held(person)
    today = today_view.local_day(person, now()).toordinal()
    number = request.args.get("round", today, int) % ROUND_LIMIT
    asked = quiz.a_round(held, number)
    chosen = [_chosen(place, one) for place, one in enumerate(asked)]
    say, is_checked = _saying(held), "check" in request.args
    return _kept(
        page(
            "training/quiz.html", say=say, number=number, checked=is_checked, total=len(asked),
            score=quiz.score(asked, chosen),
            asked=[_in_words(one, say, picked) for one, picked in zip(asked, chosen, strict=True)],
        )
    )  # fmt: skip


def _chosen(place: int, question: Question) -> int | None:
    picked = request.args.get(f"q{place}", None, int)
    return picked if picked is not None and 0 <= picked < len(question.options) else None


def _in_words(question: Question, say: Say, chosen: int | None) -> Asked:
    if question.kind == "order":
        options = [" → ".join(say.step(step) for step in option) for option in question.options]
        stage = say.stage(_step(say.protocol, question.step).stage)
        return Asked("order", stage, "", options, question.right, [], chosen)
    path = _path(say.protocol, question.step, question.about)
    options = [str(say.word(*_path(say.protocol, *option), "then")) for option in question.options]
    lines = list(say.word(*path, "say", default=()))
    title = str(say.word(*path, "title"))
    return Asked("remedy", say.step(question.step), title, options, question.right, lines, chosen)


@lru_cache(maxsize=16)
def _steps(hash_: str, speech: str) -> str:
    """All steps as HTML; the same for everybody who reads this language."""
    held = publishing.protocol_of(hash_)
    say = Say(held, None, speech, ZoneInfo("UTC"))  # type: ignore[arg-type]  # no price stands in the norm
    return render_template("training/_steps.html", norm=held, say=say, problems=_problems(held, say))


def _problems(held: Protocol, say: Say) -> dict[str, Sequence[Shown]]:
    return {
        step.id: [problem_view.blank(held, step, one, say) for one in step.problems if not one.shared]
        for step in held.steps
    }


def _saying(held: Protocol) -> Say:
    return Say(held, None, language(), ZoneInfo("UTC"))  # type: ignore[arg-type]


def _step(held: Protocol, step_id: str) -> Step:
    found = held.step(step_id)
    assert found, step_id
    return found


def _path(held: Protocol, step_id: str, problem_id: str) -> tuple[str, ...]:
    step = _step(held, step_id)
    problem = step.problem(problem_id)
    assert problem, problem_id
    return problem_path(step, problem)


def _kept(response: Response) -> Response:
    """With an ETag, so that a phone which keeps the page asks for it cheaply."""
    response.headers["Cache-Control"] = "private, no-cache"
    response.add_etag(weak=True)
    return response.make_conditional(request)


def _held(person: Person) -> Protocol:
    """The norm that holds at the person's outlet today."""
    return publishing.norm_of(person.outlet, today_view.local_day(person, now()))
