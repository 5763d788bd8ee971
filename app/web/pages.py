"""What every page needs: who is asking, rendering, going somewhere safe. No route and no rule lives here."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from typing import Any, ParamSpec
from urllib.parse import urlsplit

from flask import make_response, redirect, render_template, request
from flask import session as cookie
from flask.wrappers import Response
from flask_login import UserMixin, current_user
from werkzeug.wrappers import Response as AnyResponse

from app.config import settings
from app.errors import NotFound, SignInNeeded
from app.models.people import Person
from app.models.sessions import Session
from app.services import authenticating

P = ParamSpec("P")


class SignedIn(UserMixin):
    """The person and session behind this request, as Flask-Login wants to hold them."""

    def __init__(self, session: Session, token: str) -> None:
        self.session = session
        self.person: Person = session.person
        self.language = self.person.language
        self.timezone = self.person.outlet.timezone
        self._token = token

    def get_id(self) -> str:
        """Person and session together, so that a revoked session is nobody's any more."""
        return f"{self.person.id}.{self._token}"


def now() -> datetime:
    """This moment, aware, UTC: the only clock; services are told it."""
    return datetime.now(UTC)


def current_session() -> Session:
    """The signed-in device's session row. :raise SignInNeeded: nobody is signed in."""
    user = current_user._get_current_object()  # asked many times a request; each look through the proxy costs
    if not user.is_authenticated:
        raise SignInNeeded()
    session: Session = user.session
    return session


def closed_session() -> Session | None:
    """The session of a browser that was signed out from elsewhere and does not know it yet."""
    person, _dot, token = str(cookie.get("_user_id", "")).partition(".")
    found = authenticating.closed_session_of(token) if token else None
    return found if found and str(found.person_id) == person else None


def current_person() -> Person:
    """Who is asking; every look-up starts from here. :raise SignInNeeded: nobody is signed in."""
    person: Person = current_session().person
    return person


def roles(*wanted: str) -> Callable[[Callable[P, Any]], Callable[P, Any]]:
    """Open the route to these roles only; to others it does not exist (404). Without names: to everybody signed in."""

    def wrap(view: Callable[P, Any]) -> Callable[P, Any]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> Any:
            person = current_person()
            if wanted and person.role not in wanted:
                raise NotFound()
            return view(*args, **kwargs)

        guarded.roles = wanted  # type: ignore[attr-defined]  # read by the test of all routes
        return guarded

    return wrap


def page(template: str, status: int = 200, **values: Any) -> Response:
    """The template as an answer. 422 is for a form that comes back with messages."""
    return make_response(render_template(template, **values), status)


def go(location: str) -> AnyResponse:
    """303: after a save, look at that page."""
    return redirect(location, 303)


def safe_next(default: str = "/") -> str:
    """Where the form or the address says to go afterwards, if that is a path of ours."""
    return relative(request.values.get("next", ""), default)


def relative(target: str, default: str = "/") -> str:
    """The target if it is a plain relative path with an optional query; else the default.

    Backslashes and control signs are refused because browsers read `/\\evil.example` and `/\\t/evil.example`
    as another host.
    """
    parts = urlsplit(target)
    plain = target.startswith("/") and not target.startswith("//") and not parts.scheme and not parts.netloc
    if not plain or "\\" in target or any(ord(sign) < 33 for sign in target):
        return default
    return target


def address() -> str:
    """The caller's network address, past the trusted proxies."""
    return request.remote_addr or ""


def say_opened(response: AnyResponse, person: Person) -> None:
    """Tell the phone that this person has just proved who they are: its lock (static/js/lock.js) need not ask now."""
    response.set_cookie("opened", str(person.id), max_age=60, samesite="Lax", secure=settings().https)


def wants_json() -> bool:
    """Whether a program asks: the outbox, photos, or a fetch that says so."""
    if (request.path == "/outbox" and request.method == "POST") or request.path.startswith("/blobs/"):
        return True
    accepted = request.accept_mimetypes
    return accepted.best_match(["text/html", "application/json"]) == "application/json"
