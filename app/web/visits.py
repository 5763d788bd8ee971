"""The engineer's pages: today, a visit as one document, its saves, its problems and its photos. No rules."""

import hashlib
import uuid
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, cast
from zoneinfo import ZoneInfo

from flask import Blueprint, current_app, flash, request, send_file, session
from werkzeug.wrappers import Response

from app import errors
from app.domain import form
from app.domain.protocol import Problem, Step
from app.models import doubts, tasks, visits
from app.services import answering, handing_over, photographing, publishing, recalling, visiting
from app.services.visiting import Opened
from app.web import forms, problem_view, today_view, visit_view, visit_words
from app.web.accounts import theme
from app.web.fault_words import words_of
from app.web.i18n import _, language
from app.web.pages import current_person, current_session, go, now, page, roles
from app.web.saying import saying

bp = Blueprint("visits", __name__)

# After these the engineer stays where he is; everything else leads on.
STAYS = frozenset({"attempt", "bout", "ladder", "line", "unline", "fitted"})
ANCHORS = {"line": "lines", "unline": "lines", "fitted": "fitted"}
PHOTO_CACHE_S = 86_400


@bp.get("/")
@roles()
def today() -> Response:
    """The engineer's day; people of the desk have theirs."""
    person = current_person()
    if person.role != "engineer":
        return go("/desk")
    moment = now()
    day = today_view.local_day(person, moment)
    rows = visits.day_of(person, day)
    due = tasks.calls_of(person.id, moment + today_view.CALLS_AHEAD)
    norm = publishing.protocol_of(rows[0]["protocol"]) if rows else None
    shown = today_view.day_of(rows, due, norm, language(), moment)
    asked = doubts.unsaid(person.id)
    etag = "" if session.get("_flashes") else _etag(f"{day} {shown!r} {asked}")
    if etag and request.if_none_match.contains_weak(etag):
        response = Response(status=HTTPStatus.NOT_MODIFIED)
    else:
        response = page("today/today.html", today=shown, day=day, words=visit_words, asked=asked)
    if etag:
        response.set_etag(etag, weak=True)
    return response


@bp.get("/visits/<int:visit_id>")
@roles("engineer")
def visit(visit_id: int) -> Response:
    """The whole visit as one document; `?at=` puts another step in front, for phones without scripts."""
    opened = visiting.opened(current_person(), visit_id, now())
    return _document(opened, at=request.args.get("at", ""))


@bp.get("/visits/<int:visit_id>/steps/<step>")
@roles("engineer")
def step(visit_id: int, step: str) -> Response:
    """An address of one step: its place in the visit's document."""
    opened = visiting.opened(current_person(), visit_id, now())
    _step(opened, step)
    return go(f"/visits/{visit_id}#s-{step}")


@bp.post("/visits/<int:visit_id>/steps/<step>")
@roles("engineer")
def save(visit_id: int, step: str) -> Response:
    """Save one act of a step: on to the next one, or the same document with messages (422)."""
    person, moment = current_person(), now()
    zone = ZoneInfo(person.outlet.timezone)
    fields = forms.fields_of(request.form, zone)
    faults = forms.take_photos(request.files, fields, person, visit_id, moment)
    entry = forms.submission(visit_id, step, request.form, fields, zone, moment)
    try:
        if faults:
            raise errors.Invalid(fields=faults)
        opened = visiting.submit(person, entry, moment)
    except errors.Invalid as fault:
        return _came_back(visit_id, entry, dict(fault.fields))
    except (errors.Mismatch, errors.Moved, errors.NotOpen, errors.Ended) as fault:
        return _stopped(visit_id, entry, fault)
    if entry.act == "handed_over":
        handing_over.hold(current_session(), opened)
        return go(f"/c/{opened.visit.customer_token}")
    return go(_onward(opened, entry))


@bp.get("/visits/<int:visit_id>/steps/<step>/problems/<problem>")
@roles("engineer")
def problem(visit_id: int, step: str, problem: str) -> Response:
    """Something else happened: what to say, what to record, and the ways on."""
    opened = visiting.opened(current_person(), visit_id, now())
    found = _step(opened, step)
    chosen = _problem(found, problem)
    typed = forms.typed_values(forms.fields_of(request.args, saying(opened).zone)) if chosen.rights else {}
    return _problem_page(opened, found, chosen, typed=typed)


@bp.get("/visits/<int:visit_id>/steps/<step>/problems")
@roles("engineer")
def problems(visit_id: int, step: str) -> Response:
    """Everything else that can happen at a step, and the reasons for not recording it."""
    opened = visiting.opened(current_person(), visit_id, now())
    found, say = _step(opened, step), saying(opened)
    rows = [say.problem(found, one) for one in found.problems]
    base = opened.walk.steps[found.id].base
    return page(
        "visits/problems.html",
        opened=opened,
        step=found,
        rows=rows,
        say=say,
        key=str(uuid.uuid4()),
        base=base,
    )


@bp.get("/visits/<int:visit_id>/calls/<int:call_id>")
@roles("engineer")
def call(visit_id: int, call_id: int) -> Response:
    """A call after the visit: whom, about what, and how it was."""
    return _call_page(visit_id, call_id)


@bp.post("/visits/<int:visit_id>/calls/<int:call_id>")
@roles("engineer")
def save_call(visit_id: int, call_id: int) -> Response:
    """What the call brought; back to today."""
    fields = forms.fields_of(request.form, ZoneInfo(current_person().outlet.timezone))
    try:
        made = answering.record_call(current_person(), call_id, fields, now())
    except errors.Invalid as fault:
        return _call_page(visit_id, call_id, 422, fields, dict(fault.fields))
    except errors.Ended as fault:
        return _call_page(visit_id, call_id, 422, fields, {}, words_of(fault))
    flash(
        _("The call is noted.")
        if made.result != "not_reached"
        else _("Not reached. The call comes again later."),
        "done",
    )
    return go("/")


@bp.get("/blobs/<sha>")
@roles("engineer")
def photo(sha: str) -> Response:
    """A photo of a visit, as it was drawn again; `visit` says whose."""
    visit_id = request.args.get("visit", "")
    held = current_session().lock_visit
    if not visit_id.isdigit() or (held is not None and int(visit_id) != held):
        raise errors.NotFound(sha=sha)
    path = photographing.shown(current_person(), int(visit_id), sha)
    response = send_file(path, mimetype="image/jpeg", max_age=PHOTO_CACHE_S, etag=sha)
    response.headers["Cache-Control"] = f"private, max-age={PHOTO_CACHE_S}, immutable"
    return response


def _document(
    opened: Opened,
    status: int = 200,
    fault: visit_view.Fault | None = None,
    message: tuple[str, str] | None = None,
    at: str = "",
) -> Response:
    """The visit's page. With a fault its step stands in front, with what was typed and what is wrong."""
    opened = recalling.looked_up(opened)
    asked, moment, say = tasks.waiting_of_visit(opened.visit.id), now(), saying(opened)
    ended = visit_view.ended_note(opened)
    here = (
        fault.step
        if fault
        else ""
        if ended
        else at
        if at in opened.walk.steps
        else opened.walk.next_step or ""
    )
    paused = opened.walk.paused
    fresh = status == HTTPStatus.OK and not session.get("_flashes")
    etag = _etag(here + visit_view.stamp_of(opened, say, asked, moment)) if fresh else ""
    if etag and request.if_none_match.contains_weak(etag):
        response = Response(status=HTTPStatus.NOT_MODIFIED)
    else:
        response = page(
            "visits/visit.html", status, opened=opened, say=say, ended=ended, message=message, key=str(uuid.uuid4()),
            back_at=say.moment_of(paused.body.get("back_at")) if paused else None, words=visit_words,
            document=visit_view.document(opened, say, asked, moment, here, fault),
        )  # fmt: skip
    if etag:
        response.set_etag(etag, weak=True)
    return response


def _etag(stamp: str) -> str:
    """What the page depends on: the app's files, the visit as shown, the person and how pages look to them."""
    person = current_person()
    static_url = cast(Callable[[str], str], current_app.jinja_env.globals["static_url"])
    parts = (static_url(""), stamp, person.id, language(), theme(), bool(current_session().unlock_hash))
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:32]


def _came_back(visit_id: int, entry: visiting.Submission, faults: dict[str, str]) -> Response:
    """The form again, with what was typed."""
    opened = visiting.opened(current_person(), visit_id, now())
    found = _step(opened, entry.step)
    typed = forms.typed_values(entry.fields)
    if entry.act == "problem" and (problem := found.problem(form.first(entry.fields, "problem"))):
        return _problem_page(opened, found, problem, 422, typed, faults)
    fault = visit_view.Fault(entry.step, entry.act, typed, faults, form.first(entry.fields, "line"))
    return _document(opened, 422, fault)


def _stopped(visit_id: int, entry: visiting.Submission, fault: errors.Fault) -> Response:
    """Nothing was saved because something else came first: the page as it stands now, with what was typed."""
    opened = visiting.opened(current_person(), visit_id, now())
    typed = forms.typed_values(entry.fields)
    kept = visit_view.Fault(entry.step, entry.act, typed, {}, form.first(entry.fields, "line"))
    return _document(opened, fault.status if fault.status != 409 else 422, kept, words_of(fault))


def _problem_page(
    opened: Opened, step: Step, problem: Problem, status: int = 200, typed: dict[str, Any] | None = None,
    faults: dict[str, str] | None = None,
) -> Response:  # fmt: skip
    shown = problem_view.shown(opened, step, problem, saying(opened), typed or {}, faults or {})
    return page(
        "visits/problem.html", status, opened=opened, p=shown, key=str(uuid.uuid4()), words=visit_words,
        rights_here=f"/visits/{opened.visit.id}/steps/{step.id}/problems/{problem.id}#rights",
    )  # fmt: skip


def _call_page(
    visit_id: int, call_id: int, status: int = 200, typed: forms.Fields | None = None,
    faults: dict[str, str] | None = None, message: tuple[str, str] | None = None,
) -> Response:  # fmt: skip
    person, moment = current_person(), now()
    opened = visiting.opened(person, visit_id, moment)
    made = tasks.follow_up_of(person.outlet_id, call_id)
    if made is None or made.visit_id != visit_id or not answering.may_call(person, made):
        raise errors.NotFound(call=call_id)
    return page(
        "visits/call.html", status, opened=opened, call=made, say=saying(opened), words=visit_words, message=message,
        typed=typed or {}, errors={name: forms.fault_words(code) for name, code in (faults or {}).items()},
        again=[(str(minutes), forms.minutes(minutes)) for minutes in answering.AGAIN_MINUTES],
    )  # fmt: skip


def _onward(opened: Opened, entry: visiting.Submission) -> str:
    place = f"/visits/{opened.visit.id}"
    if entry.act in STAYS:
        anchor = ANCHORS.get(entry.act)
        return f"{place}#{entry.step}-{anchor}" if anchor else f"{place}#s-{entry.step}"
    ended = opened.walk.ended or (opened.walk.state == "finished" and not opened.walk.next_step)
    return f"{place}#sheet" if ended else f"{place}#s-{opened.walk.next_step or entry.step}"


def _step(opened: Opened, step_id: str) -> Step:
    found = opened.protocol.step(step_id)
    if found is None:
        raise errors.NotFound(step=step_id)
    return found


def _problem(step: Step, problem_id: str) -> Problem:
    found = step.problem(problem_id)
    if found is None:
        raise errors.NotFound(problem=problem_id)
    return found
