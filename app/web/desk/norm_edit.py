"""Writing in a draft of a norm: texts in four languages side by side, settings, steps, problems, remedies, inputs."""

from collections.abc import Callable, Sequence
from typing import Any

from flask import Blueprint, flash, request
from werkzeug.wrappers import Response

from app import errors
from app.domain import draft, draft_place, form
from app.domain.draft_place import Body, Setting, Unfit, Words
from app.domain.protocol_check import named, tables
from app.domain.vocabulary import LANGUAGES
from app.services import norming
from app.services.norming import Draft, Saved
from app.web.desk import norm_view, norm_words
from app.web.desk.frame import desk_page, sentences, typed
from app.web.desk.norm import base_of, draft_page, managers
from app.web.i18n import _, language, ngettext
from app.web.pages import current_person, go, now
from app.web.security import CSP

bp = Blueprint("desk_norm_edit", __name__)
HOME = "/desk/norm/drafts/<int:draft_id>"
GENERAL: dict[str, tuple[Callable[[Body], list[Words]], Callable[[Body], list[Setting]]]] = {
    "texts": (draft_place.general_words, lambda _body: []),
    "codes": (draft_place.code_words, lambda _body: []),
    "settings": (lambda _body: [], draft_place.settings),
}


@bp.get(f"{HOME}/<any(texts, codes, settings):part>")
@managers
def general(draft_id: int, part: str) -> Response:
    """What belongs to no step."""
    return _general_page(norming.draft_of(current_person(), draft_id), part)


@bp.post(f"{HOME}/<any(texts, codes, settings):part>")
@managers
def save_general(draft_id: int, part: str) -> Response:
    """Keep what was typed there."""
    words, settings = GENERAL[part]
    found = norming.draft_of(current_person(), draft_id)
    saved = _save(found, words(found.body), settings(found.body))
    return _kept(saved) or _general_page(saved.draft, part, saved)


@bp.get(f"{HOME}/steps/<step>")
@managers
def step(draft_id: int, step: str) -> Response:
    """One step."""
    return _step_page(_draft_with(draft_id, step), step)


@bp.post(f"{HOME}/steps/<step>")
@managers
def save_step(draft_id: int, step: str) -> Response:
    """Keep what was typed about a step."""
    found = _draft_with(draft_id, step)
    saved = _save(
        found, draft_place.step_words(found.body, step), draft_place.step_settings(found.body, step)
    )
    return _kept(saved) or _step_page(saved.draft, step, saved)


@bp.post(f"{HOME}/steps")
@managers
def add_step(draft_id: int) -> Response:
    """A further step of a kind that exists."""
    fields, new = typed(), ""

    def act(body: Body) -> Body:
        nonlocal new
        title = form.text(fields, "title", 80)
        made, new = draft.with_step(
            body, form.first(fields, "kind"), form.first(fields, "stage"), title, language()
        )
        return made

    try:
        _change(draft_id, act)
    except errors.Invalid as fault:
        wrong = {"title": sentences(dict(fault.fields))["main"]}
        return draft_page(norming.draft_of(current_person(), draft_id), 422, fields, wrong)
    return go(f"{_home(draft_id)}/steps/{new}")


@bp.post(f"{HOME}/steps/<step>/place")
@managers
def move_step(draft_id: int, step: str) -> Response:
    """One place earlier or later within its stage."""
    by = -1 if form.first(request.form, "by") == "-1" else 1
    _draft_with(draft_id, step)
    _change(draft_id, lambda body: draft.moved_step(body, step, by))
    return go(f"{_home(draft_id)}#structure-step-{step}")


@bp.post(f"{HOME}/steps/<step>/removal")
@managers
def remove_step(draft_id: int, step: str) -> Response:
    """Take a step out."""
    _draft_with(draft_id, step)
    return _take(
        draft_id, lambda body: draft.without_step(body, step), f"structure/step/{step}", _("The step is taken out."), "",
        lambda found, fault: _step_page(found, step, wrong=fault),
    )  # fmt: skip


@bp.post(f"{HOME}/steps/<step>/problems")
@managers
def add_problem(draft_id: int, step: str) -> Response:
    """A further problem with its first remedy."""
    fields, new = typed(), ""

    def act(body: Body) -> Body:
        nonlocal new
        title, remedy = form.text(fields, "problem_title", 80), form.text(fields, "remedy_title", 80)
        made, new = draft.with_problem(body, step, title, remedy, language())
        return made

    found = _draft_with(draft_id, step)
    try:
        _change(draft_id, act)
    except errors.Invalid as fault:
        empty = "remedy_title" if form.text(fields, "problem_title", 80) else "problem_title"
        return _step_page(found, step, wrong={empty: sentences(dict(fault.fields))["main"]}, fields=fields)
    return go(f"{_home(draft_id)}/steps/{step}/problems/{new}")


@bp.get(f"{HOME}/steps/<step>/problems/<problem>")
@managers
def problem(draft_id: int, step: str, problem: str) -> Response:
    """One problem with its remedies."""
    return _problem_page(_draft_with(draft_id, step, problem), step, problem)


@bp.post(f"{HOME}/steps/<step>/problems/<problem>")
@managers
def save_problem(draft_id: int, step: str, problem: str) -> Response:
    """Keep what was typed about a problem and its remedies."""
    found = _draft_with(draft_id, step, problem)
    words = draft_place.problem_words(found.body, step, problem)
    saved = _save(found, words, draft_place.problem_settings(found.body, step, problem))
    return _kept(saved) or _problem_page(saved.draft, step, problem, saved)


@bp.post(f"{HOME}/steps/<step>/problems/<problem>/removal")
@managers
def remove_problem(draft_id: int, step: str, problem: str) -> Response:
    """Take a problem out."""
    _draft_with(draft_id, step, problem)
    return _take(
        draft_id, lambda body: draft.without_problem(body, step, problem), f"{draft_place.problems_at(step)}/{problem}",
        _("The problem is taken out."), "" if step == "safety" else f"/steps/{step}",
        lambda found, fault: _problem_page(found, step, problem, wrong=fault),
    )  # fmt: skip


@bp.post(f"{HOME}/steps/<step>/problems/<problem>/remedies")
@managers
def add_remedy(draft_id: int, step: str, problem: str) -> Response:
    """A further remedy of a problem."""
    fields = typed()

    def act(body: Body) -> Body:
        title, does = form.text(fields, "remedy_title", 80), form.first(fields, "does")
        return draft.with_remedy(body, step, problem, title, does, language())[0]

    found = _draft_with(draft_id, step, problem)
    try:
        _change(draft_id, act)
    except errors.Invalid as fault:
        wrong = {
            "does" if form.text(fields, "remedy_title", 80) else "remedy_title": sentences(
                dict(fault.fields)
            )["main"]
        }
        return _problem_page(found, step, problem, wrong=wrong, fields=fields)
    return go(f"{_home(draft_id)}/steps/{step}/problems/{problem}")


@bp.post(f"{HOME}/steps/<step>/problems/<problem>/remedies/<remedy>/removal")
@managers
def remove_remedy(draft_id: int, step: str, problem: str, remedy: str) -> Response:
    """Take a remedy out."""
    _draft_with(draft_id, step, problem)
    return _take(
        draft_id, lambda body: draft.without_remedy(body, step, problem, remedy),
        f"{draft_place.problems_at(step)}/{problem}/remedy/{remedy}", _("The remedy is taken out."),
        f"/steps/{step}/problems/{problem}", lambda found, fault: _problem_page(found, step, problem, wrong=fault),
    )  # fmt: skip


@bp.post(f"{HOME}/steps/<step>/inputs")
@managers
def add_input(draft_id: int, step: str) -> Response:
    """A further input of a step."""
    fields = typed()

    def act(body: Body) -> Body:
        label = form.text(fields, "label", 80)
        return draft.with_field(body, f"step/{step}", form.first(fields, "type"), label, language())[0]

    found = _draft_with(draft_id, step)
    try:
        _change(draft_id, act)
    except errors.Invalid as fault:
        wrong = {"label": sentences(dict(fault.fields))["main"]}
        return _step_page(found, step, wrong=wrong, fields=fields)
    return go(f"{_home(draft_id)}/steps/{step}")


@bp.post(f"{HOME}/steps/<step>/inputs/<name>/removal")
@managers
def remove_input(draft_id: int, step: str, name: str) -> Response:
    """Take an input out."""
    _draft_with(draft_id, step)
    return _take(
        draft_id, lambda body: draft.without_field(body, f"step/{step}", name), f"structure/step/{step}/field/{name}",
        _("The input is taken out."), f"/steps/{step}", lambda found, fault: _step_page(found, step, wrong=fault),
    )  # fmt: skip


def _home(draft_id: int) -> str:
    return f"/desk/norm/drafts/{draft_id}"


def _draft_with(draft_id: int, step: str, problem: str = "") -> Draft:
    """The draft, when it has this step and problem. :raise errors.NotFound:"""
    found = norming.draft_of(current_person(), draft_id)
    try:
        if problem:
            draft_place.problem_of(found.body, step, problem)
        elif draft_place.step_of(found.body, step) is None:
            raise Unfit("not_an_option")
    except Unfit:
        raise errors.NotFound(step=step, problem=problem) from None
    return found


def _change(draft_id: int, act: Callable[[Body], Body], takes: str = "") -> Draft:
    return norming.change(current_person(), draft_id, base_of(request.form), act, now(), takes)


def _take(
    draft_id: int,
    act: Callable[[Body], Body],
    place: str,
    told: str,
    target: str,
    back: Callable[[Draft, dict[str, str]], Response],
) -> Response:
    """Take something out, unless somebody changed it since the page was shown."""
    try:
        _change(draft_id, act, place)
    except errors.Invalid as fault:
        if "not_an_option" in fault.fields.values():
            raise errors.NotFound(place=place) from None
        found = norming.draft_of(current_person(), draft_id)
        return back(found, {name: str(norm_words.FAULTS[code]) for name, code in fault.fields.items()})
    flash(told, "done")
    return go(_home(draft_id) + target)


def _save(found: Draft, words: Sequence[Words], settings: Sequence[Setting]) -> Saved:
    """Hand over what the form holds of these places, no others."""
    places = {one.at(tongue): one.type for one in words for tongue in LANGUAGES}
    places |= {one.path: one.type for one in settings}
    sent = {path: (kind, request.form.getlist(path)) for path, kind in places.items() if path in request.form}
    return norming.save(current_person(), found.id, base_of(request.form), sent, now())


def _kept(saved: Saved) -> Response | None:
    """Back to the same page when all went well."""
    if saved.faults:
        return None
    if saved.changed:
        flash(ngettext("One change is kept.", "%(num)s changes are kept.", saved.changed), "done")
    return go(request.path)


def _general_page(found: Draft, part: str, saved: Saved | None = None) -> Response:
    words, settings = GENERAL[part]
    titles = {
        "texts": _("Name, stages, sentences to sign"),
        "codes": _("Words of the lists"),
        "settings": _("Settings"),
    }
    return _page(found, titles[part], "", words(found.body), settings(found.body), saved)


def _step_page(
    found: Draft,
    step: str,
    saved: Saved | None = None,
    wrong: dict[str, str] | None = None,
    fields: Any = None,
) -> Response:
    body, raw = found.body, draft_place.step_of(found.body, step) or {}
    problems = [
        (named(one), norm_words.word(body, "step", step, "problem", named(one), "title") or named(one))
        for one in tables(raw, "problem")
    ]
    inputs = [
        (named(one), norm_words.word(body, "step", step, "field", named(one), "label") or named(one))
        for one in tables(raw, "field")
    ]
    return _page(
        found, norm_words.word(body, "step", step, "title") or step, norm_words.kind(str(raw.get("kind"))),
        draft_place.step_words(body, step), draft_place.step_settings(body, step), saved, wrong, step=step, problems=problems,
        inputs=inputs, types=[(one, str(norm_words.INPUTS[one])) for one in draft_place.INPUTS], fields=fields or {},
    )  # fmt: skip


def _problem_page(
    found: Draft, step: str, problem: str, saved: Saved | None = None, wrong: dict[str, str] | None = None,
    fields: Any = None,
) -> Response:  # fmt: skip
    body, base = found.body, draft_place.words_base(step).split("/")
    remedies = [
        (named(one), norm_words.word(body, *base, problem, "remedy", named(one), "title") or named(one))
        for one in tables(draft_place.problem_of(body, step, problem), "remedy")
    ]
    above = norm_words.word(body, "step", step, "title") or _("At every step")
    return _page(
        found, norm_words.word(body, *base, problem, "title") or problem, above,
        draft_place.problem_words(body, step, problem), draft_place.problem_settings(body, step, problem), saved, wrong,
        step=step, problem=problem, remedies=remedies, fields=fields or {},
        does=[(one, norm_words.does(one, body)) for one in draft_place.effects(body)],
    )  # fmt: skip


def _page(
    found: Draft, title: str, above: str, words: Sequence[Words], settings: Sequence[Setting],
    saved: Saved | None = None, wrong: dict[str, str] | None = None, **values: Any,
) -> Response:  # fmt: skip
    view = norm_view.groups(found, words, settings, saved, request.form if saved else None)
    response = desk_page(
        "desk/norm_edit.html", 422 if wrong or (saved and saved.faults) else 200, here="norm", draft=found, title=title,
        above=above, groups=view.groups, elsewhere=view.elsewhere, errors={**view.errors, **(wrong or {})},
        base=int(found.version), missing=view.missing,
        **{"step": "", "problem": "", "problems": [], "remedies": [], "inputs": [], "fields": {}, **values},
    )  # fmt: skip
    # The phone frame shows a page of ours, which no other page may.
    response.headers["Content-Security-Policy"] = f"{CSP}; frame-src 'self'"
    return response
