"""What makes the app installable: its manifest, the worker's script at the root, and the sign of life. No pages."""

from datetime import timedelta
from pathlib import Path

from flask import Blueprint, Response, current_app, g, jsonify, request, send_file

from app.config import settings
from app.domain.vocabulary import LANGUAGES
from app.errors import NotFound
from app.models import database
from app.web import assets, packing
from app.web.i18n import _, language, tag
from app.web.pages import closed_session

bp = Blueprint("pwa", __name__)

# What an engineer's pages need, kept by the worker at install: patterns below static/.
SHELL = ("css/app.css", "icons/*.svg", "icons/icon-192.png", "js/*.js", "js/rules/*.js", "vendor/*/*.js")
SIGNING_OUT = ("/sign-out", "/account/revocations")
NOT_KEPT = ("js/desk.js",)
# What the worker itself runs, in this order.
WORKER_SCRIPTS = ("vendor/idb@*/umd.js", "js/store.js", "js/outbox.js", "js/outbox_more.js", "js/kept.js")


@bp.get("/manifest.webmanifest")
def manifest() -> Response:
    """The installed app's name and picture, in the reader's language."""
    static_url = current_app.jinja_env.globals["static_url"]
    icons = [
        {"src": static_url(f"icons/icon-{kind}{size}.png"), "sizes": f"{size}x{size}", "type": "image/png",
         "purpose": "maskable" if kind else "any"}
        for kind in ("", "maskable-")
        for size in (192, 512)
    ]  # fmt: skip
    response = jsonify(
        id="/",
        name="Doorstep",
        short_name="Doorstep",
        description=_("Walks you through a service visit, with or without a signal."),
        lang=tag(language()),
        dir="ltr",
        start_url="/",
        scope="/",
        display="standalone",
        orientation="portrait",
        background_color="#ffffff",
        theme_color="#ffffff",
        icons=icons,
    )
    response.mimetype = "application/manifest+json"
    response.cache_control.private = True
    response.cache_control.max_age = int(timedelta(minutes=10).total_seconds())
    return response


@bp.get("/service-worker.js")
def service_worker() -> Response:
    """The worker; at the root because its folder is what it may control. Its first line names the app's version."""
    source = (Path(assets.FOLDER) / "service-worker.js").read_text("utf-8")
    about = {
        "version": version(),
        "dev": current_app.debug,
        "languages": list(LANGUAGES),
        "scripts": [_static(name) for pattern in WORKER_SCRIPTS for name in _found(pattern)],
        "shell": _shell(),
    }
    response = Response(
        f"self.DOORSTEP = {current_app.json.dumps(about)};\n{source}", mimetype="text/javascript"
    )
    response.cache_control.no_cache = True
    response.add_etag()
    return response.make_conditional(request)


@bp.after_app_request
def tell_the_worker(response: Response) -> Response:
    """Say in headers which version of the app answers, and to whom: by them the worker knows an answer of ours.

    A worker cannot read where a redirect leads. When it asks (X-Doorstep-Worker), the place stands in a header of a
    200 with no body instead.
    """
    if request.path.startswith("/static/"):
        return response
    response.headers["X-Doorstep-Version"] = version()
    person = getattr(g.get("_login_user"), "person", None)  # looked at only if somebody has asked before
    if person:
        response.headers["X-Doorstep-Person"] = str(person.id)
    if request.method == "POST" and request.path in SIGNING_OUT and response.location == "/sign-in":
        # Photos that the browser itself keeps. Never "storage": saves of others may wait in it.
        response.headers["Clear-Site-Data"] = '"cache"'
    if "X-Doorstep-Worker" not in request.headers or request.method != "GET":
        return response
    if not person and (
        closed := closed_session()
    ):  # signed out from elsewhere: nothing may stay on this phone
        response.headers["X-Doorstep-Wipe"] = str(closed.person_id)
    if response.location:
        response.headers["X-Doorstep-Location"] = response.headers.pop("Location")
        response.status_code = 200
        response.set_data(b"")
    return response


def version() -> str:
    """The app's version as it stands in the addresses of static files."""
    return _static("").split("/")[3]


def _shell() -> list[str]:
    """Addresses of what opens without a network whoever is signed in: files, the scripts' words, the last resort."""
    names = [name for pattern in SHELL for name in _found(pattern) if name not in NOT_KEPT]
    if current_app.jinja_env.globals["is_packed"]:
        names = packing.bundled(names)
    words = [f"/phone-words/{one}?v={version()}" for one in LANGUAGES]
    pages = [f"/offline/{one}{end}" for one in LANGUAGES for end in ("", "/closed")]
    return [*map(_static, names), *words, *pages]


def _found(pattern: str) -> list[str]:
    return sorted(path.relative_to(assets.FOLDER).as_posix() for path in assets.FOLDER.glob(pattern))


def _static(name: str) -> str:
    return str(current_app.jinja_env.globals["static_url"](name))  # type: ignore[operator]


@bp.get("/healthz")
def healthz() -> Response:
    """Says ok when the database answers."""
    database.database.execute_sql("select 1")
    return jsonify(ok=True)


@bp.get("/robots.txt")
def robots() -> Response:
    """Nothing here is for search engines."""
    return Response("User-agent: *\nDisallow: /\n", mimetype="text/plain")


@bp.get("/favicon.ico")
def favicon() -> Response:
    """For browsers that ask without being told."""
    return send_file(assets.FOLDER / "icons" / "favicon.svg", mimetype="image/svg+xml", max_age=86400)


@bp.get("/doorstep-ca.crt")
def certificate() -> Response:
    """The certificate of `make phone`, to be trusted on the phone; elsewhere there is none (404)."""
    path = settings().data_dir / "tls" / "ca.crt"
    if not settings().tls_cert or not path.exists():
        raise NotFound()
    return send_file(path, mimetype="application/x-x509-ca-cert", as_attachment=True)
