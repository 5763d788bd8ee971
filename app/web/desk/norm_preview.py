"""A step of a draft as the engineer will see it, for the phone frame of the editor: the visit's own template."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from flask import Blueprint, request
from markupsafe import Markup
from werkzeug.wrappers import Response

from app import errors
from app.domain.vocabulary import LANGUAGES
from app.services import norming
from app.web import problem_view, visit_view
from app.web.desk.norm import managers
from app.web.i18n import language, speak, tag
from app.web.pages import current_person, now, page
from app.web.saying import Say
from app.web.security import CSP

bp = Blueprint("desk_norm_preview", __name__)
FRAMED = CSP.replace("frame-ancestors 'none'", "frame-ancestors 'self'")


@bp.get("/desk/norm/drafts/<int:draft_id>/steps/<step>/preview")
@managers
def preview_step(draft_id: int, step: str) -> Response:
    """The step by itself."""
    return _preview(draft_id, step, "")


@bp.get("/desk/norm/drafts/<int:draft_id>/steps/<step>/problems/<problem>/preview")
@managers
def preview_problem(draft_id: int, step: str, problem: str) -> Response:
    """A problem of the step with its remedies."""
    return _preview(draft_id, step, problem)


def _preview(draft_id: int, step_id: str, problem_id: str) -> Response:
    person, moment = current_person(), now()
    found = norming.draft_of(person, draft_id)
    chosen = request.args.get("language", "")
    speak(chosen if chosen in LANGUAGES else language())
    html, shown, fault = Markup(""), None, False
    try:
        opened = norming.sample(person, found, moment - timedelta(seconds=1))
    except errors.Invalid:
        fault = True
    else:
        step = opened.protocol.step(step_id)
        problem = step.problem(problem_id) if step and problem_id else None
        if step is None or (problem_id and problem is None):
            raise errors.NotFound(step=step_id, problem=problem_id)
        say = Say(opened.protocol, opened.prices, language(), ZoneInfo(person.outlet.timezone))
        if problem:
            shown = problem_view.blank(opened.protocol, step, problem, say)
        else:
            html = visit_view.alone(opened, say, step_id, moment)
    response = page(
        "desk/norm_preview.html",
        document=html,
        p=shown,
        fault=fault,
        lang_tag=tag(language()),
        language=language(),
    )
    response.headers["Content-Security-Policy"] = FRAMED
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response
