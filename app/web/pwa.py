"""What makes the app installable: its manifest, the worker's script at the root, and the sign of life. No pages."""

from datetime import timedelta
from pathlib import Path

from flask import Blueprint, Response, current_app, jsonify, request, send_file

from app.config import settings
from app.errors import NotFound
from app.models import database
from app.web import assets
from app.web.i18n import _, language, tag

bp = Blueprint("pwa", __name__)

# What every page needs, kept by the worker at install; order does not matter, absence of one file does not either.
SHELL = (
    "css/app.css",
    "js/app.js",
    "icons/sprite.svg",
    "icons/favicon.svg",
    "js/lock.js",
    "js/pin.js",
    "js/visit.js",
)


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
    shell = [
        current_app.jinja_env.globals["static_url"](name) for name in SHELL if (assets.FOLDER / name).exists()
    ]
    head = f"self.DOORSTEP = {current_app.json.dumps({'version': assets.version(), 'shell': shell})};\n"
    response = Response(head + source, mimetype="text/javascript")
    response.cache_control.no_cache = True
    response.add_etag()
    return response.make_conditional(request)


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
