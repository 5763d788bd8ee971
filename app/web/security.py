"""The guard of every request: who may pass, which headers go out, how a fault becomes an answer. No routes."""

import secrets
import time
from http import HTTPStatus
from urllib.parse import quote, urlsplit

import structlog
from flask import Flask, Response, current_app, g, jsonify, redirect, request
from flask_login import current_user
from flask_wtf import CSRFProtect
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge
from werkzeug.wrappers import Response as AnyResponse

from app import errors
from app.config import Config
from app.web.fault_words import words_of
from app.web.pages import closed_session, current_session, go, page, relative, wants_json

log = structlog.get_logger("web")
csrf = CSRFProtect()

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; "
    "manifest-src 'self'; worker-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    # Not no-referrer: with it a form's Origin would be "null" and every plain save would look foreign.
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(self), microphone=(), payment=(), usb=(), browsing-topics=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}
HSTS = "max-age=31536000; includeSubDomains"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

# Nobody needs to be signed in here; every other path does.
OPEN_PATHS = (
    "/sign-in", "/language", "/theme", "/static/", "/manifest.webmanifest", "/service-worker.js", "/healthz",
    "/phone-words/", "/s/", "/a/", "/id/", "/verify", "/favicon.ico", "/robots.txt", "/doorstep-ca.crt",
    "/offline/",
)  # fmt: skip
# Saves of a visit come from cached pages, whose tokens would be stale: they pass by where they come from.
BY_ORIGIN = ("/visits/", "/c/", "/a/", "/outbox", "/blobs/", "/unlock")
# What answers while the phone is in a customer's hands, besides /c/<that token> and saves to /outbox.
OPEN_WHEN_LOCKED = (
    "/blobs/", "/static/", "/service-worker.js", "/manifest.webmanifest", "/healthz", "/protocols/",
    "/phone-words/", "/prices/", "/offline/",
)  # fmt: skip


def init_app(app: Flask, config: Config) -> None:
    """Put the guard in front of every route and the headers on every answer."""
    app.config.update(
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_CHECK_DEFAULT=False,
        WTF_CSRF_SSL_STRICT=False,  # the origin is checked below, for http and https alike
    )
    csrf.init_app(app)
    app.before_request(_begin)
    app.before_request(_stay_locked)
    app.before_request(_ask_who)
    app.before_request(_check_origin)
    app.after_request(lambda response: _finish(response, https=config.https))
    app.register_error_handler(errors.Fault, answer)
    app.register_error_handler(CSRFError, lambda _error: answer(errors.StalePage()))
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _unexpected)


def under(path: str, places: tuple[str, ...]) -> bool:
    """Whether a path is one of the places, or lies under one."""
    return any(path == place.rstrip("/") or path.startswith(place.rstrip("/") + "/") for place in places)


def _begin() -> None:
    g.request_id = secrets.token_hex(6)
    g.began = time.perf_counter()
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)


def _stay_locked() -> AnyResponse | None:
    """While a customer holds the phone, this session shows that customer's page and takes the outbox, nothing else."""
    if under(request.path, OPEN_WHEN_LOCKED) or not current_user.is_authenticated:
        return None
    if request.method == "POST" and under(request.path, ("/outbox",)):
        return None
    token = current_session().lock_token
    if not token or under(request.path, (f"/c/{token}",)):
        return None
    if request.method not in SAFE_METHODS:
        raise errors.Locked()
    return go(f"/c/{token}")


def _ask_who() -> None:
    """Every page is closed unless it stands in OPEN_PATHS."""
    if under(request.path, OPEN_PATHS) or current_user.is_authenticated:
        return
    if request.path == "/outbox" and request.method == "POST":
        return  # it asks itself: what a phone that was signed out from elsewhere still holds is taken, and kept back
    if under(request.path, ("/c",)):
        raise errors.NotFound()  # a customer's page has no sign-in form
    g.wipe = closed_session() is not None
    if g.wipe and wants_json():
        raise errors.Revoked()
    raise errors.SignInNeeded()


def _check_origin() -> None:
    """A save must come from a page of ours: by the browser's headers; on desk and account pages also by a token."""
    if request.method in SAFE_METHODS:
        return
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    by_origin = under(request.path, BY_ORIGIN)
    if by_origin and site is None and origin is None:
        raise errors.StrangeOrigin()
    if site is not None:
        if site != "same-origin":
            raise errors.StrangeOrigin()
    elif origin is not None and urlsplit(origin).netloc != request.host:
        raise errors.StrangeOrigin()
    if not by_origin:
        csrf.protect()


def _finish(response: Response, *, https: bool) -> Response:
    present = {name.lower() for name, _value in response.headers}
    for name, value in HEADERS.items():
        if name.lower() not in present:
            response.headers.add(name, value)
    if https:
        response.headers.setdefault("Strict-Transport-Security", HSTS)
    if "Cache-Control" not in response.headers:
        # Also for signed-out pages: Back must not show what a person saw before signing out.
        response.headers["Cache-Control"] = "no-store"
    response.headers["X-Request-Id"] = _request_id()
    if g.get("wipe"):
        response.headers["X-Doorstep-Wipe"] = "1"  # the worker hands in what is left, then clears the phone
    if request.path.startswith("/static/"):
        return response
    response.vary.add("HX-Request")
    person = getattr(g.get("_login_user"), "person", None)  # looked at only if somebody has asked before
    log.info(
        "answered",
        method=request.method,
        route=str(request.url_rule or "-"),  # not the path: it may hold a customer's token
        status=response.status_code,
        ms=round((time.perf_counter() - g.get("began", time.perf_counter())) * 1000, 1),
        person=person.id if person else None,
    )
    return response


def answer(fault: errors.Fault) -> AnyResponse:
    """The one place where a fault becomes an answer: JSON for programs, a page for people."""
    if isinstance(fault, errors.SignInNeeded) and not wants_json():
        return _to_sign_in()
    title, text = words_of(fault)
    if wants_json():
        body = {
            "code": fault.code,
            "retry": fault.retry,
            "title": title,
            "text": text,
            "request_id": _request_id(),
        }
        if isinstance(fault, errors.Invalid):
            body["fields"] = dict(fault.fields)
        response: AnyResponse = jsonify(body)
        response.status_code = fault.status
    else:
        retry_url = request.full_path.rstrip("?") if fault.retry and request.method == "GET" else None
        home = "/" if current_user.is_authenticated else "/sign-in"
        response = page(
            "errors/error.html",
            fault.status,
            title=title,
            text=text,
            code=f"E-{fault.status}",
            request_id=_request_id(),
            retry_url=retry_url,
            home_url=home,
        )
    if isinstance(fault, errors.TooManyTries):
        response.headers["Retry-After"] = str(fault.details.get("wait", 5))
    return response


def _to_sign_in() -> AnyResponse:
    # A save's own address cannot be looked at, so after signing in the person goes back to the page it was on.
    wanted = request.full_path.rstrip("?") if request.method == "GET" else _referring_path()
    place = "/sign-in" + (f"?next={quote(relative(wanted), safe='/')}" if relative(wanted) != "/" else "")
    if request.headers.get("HX-Request"):
        response = Response(status=401)
        response.headers["HX-Redirect"] = place
        return response
    return redirect(place, 303)


def _referring_path() -> str:
    parts = urlsplit(request.headers.get("Referer", ""))
    return parts.path if parts.netloc == request.host else "/"


def _http_error(error: HTTPException) -> AnyResponse:
    """What Flask itself refuses, said in our words."""
    if isinstance(error, RequestEntityTooLarge):
        return answer(errors.TooLarge())
    status = error.code or 500
    if status < HTTPStatus.BAD_REQUEST:
        return error.get_response()  # type: ignore[return-value]  # a redirect of the router
    kinds = {404: errors.NotFound, 405: errors.NotAllowedHere, 415: errors.WrongKind, 410: errors.Gone}
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return _unexpected(error)
    response = answer(kinds.get(status, errors.Malformed)())
    if status == HTTPStatus.METHOD_NOT_ALLOWED and (allowed := getattr(error, "valid_methods", None)):
        response.headers["Allow"] = ", ".join(allowed)
    return response


def _unexpected(error: Exception) -> AnyResponse:
    """Nothing about the fault leaves the machine but the id under which the log tells it. Needs no template."""
    if current_app.testing:
        raise error
    log.error("unexpected", route=str(request.url_rule or "-"), kind=type(error).__name__, exc_info=error)
    if wants_json():
        response: AnyResponse = jsonify({"code": "broken", "retry": True, "request_id": _request_id()})
    else:
        response = Response(
            '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" '
            'content="width=device-width"><title>500</title></head>'
            f"<body><main><h1>500</h1><p>{_request_id()}</p></main></body></html>"
        )
    response.status_code = 500
    return response


def _request_id() -> str:
    found: str = g.get("request_id", "")
    return found
