"""A protocol version as one document that never changes: sentences, problems and remedies, for the phone's cache.

As a page it is the norm to read; the inert templates in it are the same inputs that a problem's own page has.
"""

import re
from functools import lru_cache
from zoneinfo import ZoneInfo

from flask import Blueprint, render_template
from flask.wrappers import Response

from app.domain.protocol import Protocol
from app.domain.vocabulary import LANGUAGES
from app.errors import NotFound
from app.services import publishing
from app.web import problem_view
from app.web.i18n import speak, tag
from app.web.pages import roles
from app.web.problem_view import Shown
from app.web.saying import Say

bp = Blueprint("protocols", __name__)
YEAR_S = 31_536_000


@bp.get("/protocols/<hash_>/<language>")
@roles()
def protocol(hash_: str, language: str) -> Response:
    """The norm with this hash in this language."""
    if language not in LANGUAGES:
        raise NotFound(language=language)
    try:
        norm = publishing.protocol_of(hash_)
    except LookupError:
        raise NotFound(protocol=hash_) from None
    speak(language)
    response = Response(_document(norm.hash, language))
    response.headers["Cache-Control"] = f"private, max-age={YEAR_S}, immutable"
    return response


@lru_cache(maxsize=16)
def _document(hash_: str, language: str) -> str:
    norm = publishing.protocol_of(hash_)
    say = Say(norm, None, language, ZoneInfo("UTC"))  # type: ignore[arg-type]  # no price stands in the norm
    html = render_template(
        "protocols/protocol.html", norm=norm, say=say, problems=_problems(norm, say), tag=tag(language)
    )
    return re.sub(r"(?<=>)\s*\n\s*|\s*\n\s*(?=<)", "", html)


def _problems(norm: Protocol, say: Say) -> dict[str, list[Shown]]:
    return {
        step.id: [problem_view.blank(norm, step, problem, say) for problem in step.problems]
        for step in norm.steps
    }
