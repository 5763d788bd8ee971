"""Makes the app: settings, parts, blueprints. Nothing is decided here; run it with `flask --app app.factory`."""

import mimetypes
from urllib.parse import urlsplit

from flask import Flask
from flask_compress import Compress
from flask_htmx import HTMX
from flask_login import LoginManager
from jinja2 import FileSystemBytecodeCache
from werkzeug.middleware.proxy_fix import ProxyFix

from app import cli, config, logs
from app.models import database
from app.services import authenticating
from app.web import (
    accounts,
    approval,
    assets,
    copies,
    customer,
    customer_kit,
    documents,
    handed_in,
    i18n,
    identity,
    offline,
    outbox_page,
    patterns,
    people_words,
    phone_words,
    protocols,
    pwa,
    security,
    sync,
    telephones,
    training,
    visit_data,
    visits,
)
from app.web.desk import (
    batches,
    board,
    day,
    devices,
    doubts,
    feedback,
    imports,
    norm,
    norm_edit,
    norm_preview,
    people,
    phones,
    tasks,
    work_orders,
    workshop,
)
from app.web.pages import SignedIn, now

# Every blueprint of the app, in the order of a person's way through it.
BLUEPRINTS = (
    accounts.bp,
    visits.bp,
    visit_data.bp,
    customer.bp,
    customer_kit.bp,
    documents.bp,
    copies.bp,
    handed_in.bp,
    approval.bp,
    identity.bp,
    protocols.bp,
    training.bp,
    phone_words.bp,
    sync.bp,
    outbox_page.bp,
    board.bp,
    work_orders.bp,
    imports.bp,
    tasks.bp,
    day.bp,
    doubts.bp,
    batches.bp,
    feedback.bp,
    workshop.bp,
    phones.bp,
    devices.bp,
    people.bp,
    norm.bp,
    norm_edit.bp,
    norm_preview.bp,
    pwa.bp,
    offline.bp,
    patterns.bp,
)


def create_app(settings: config.Config | None = None) -> Flask:
    """The app, with its settings and database file; the environment is read when no settings are given."""
    settings = config.use(settings or config.read())
    logs.configure(settings.log_level)
    database.init(settings.database)
    app = Flask(
        "app", root_path=str(config.ROOT / "app"), template_folder="../templates", static_folder="../static"
    )
    _configure(app, settings)
    app.before_request(database.connect)
    app.teardown_request(lambda _error: database.release())
    _add_login(app)
    i18n.init_app(app)
    security.init_app(app, settings)
    assets.init_app(app, settings)
    Compress(app)
    HTMX(app)
    app.context_processor(lambda: {"theme": accounts.theme()})
    app.jinja_env.globals.update(role_name=people_words.role_name, device_name=people_words.device_name)
    app.jinja_env.filters.update(readable=telephones.readable)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    cli.init_app(app, create_app)
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    return app


def _configure(app: Flask, settings: config.Config) -> None:
    # Windows and small images guess other types for these; browsers refuse scripts and styles of a wrong type.
    mimetypes.add_type("text/javascript", ".js")
    mimetypes.add_type("application/wasm", ".wasm")
    app.testing = settings.testing
    app.config.update(
        SECRET_KEY=settings.secret_key,
        # __Host- ties the cookie to this host and to HTTPS; a browser would refuse it over plain http.
        SESSION_COOKIE_NAME="__Host-session" if settings.https else "session",
        SESSION_COOKIE_SECURE=settings.https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=authenticating.SESSION_DAYS * 86_400,
        SESSION_REFRESH_EACH_REQUEST=False,
        MAX_CONTENT_LENGTH=settings.max_body,
        MAX_FORM_MEMORY_SIZE=settings.max_form_memory,
        COMPRESS_ALGORITHM=["br", "gzip"],
        COMPRESS_BR_LEVEL=6,
        COMPRESS_MIN_SIZE=600,
        COMPRESS_MIMETYPES=["text/html", "text/css", "application/json", "text/javascript", "image/svg+xml",
                            "application/manifest+json"],
        TEMPLATES_AUTO_RELOAD=app.debug,
    )  # fmt: skip
    if settings.public_url:
        # Any other Host is somebody's attempt to have links or origins made for another site.
        app.config["TRUSTED_HOSTS"] = [urlsplit(settings.public_url).hostname, *sorted(config.LOOPBACK)]
    if not settings.testing:
        # Compiled templates are kept, so that a restart costs no compiling.
        folder = settings.data_dir / "templates"
        folder.mkdir(exist_ok=True)
        app.jinja_options = {"bytecode_cache": FileSystemBytecodeCache(str(folder))}
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True


def _add_login(app: Flask) -> None:
    manager = LoginManager(app)
    manager.session_protection = "basic"  # phones change their address all the time

    @manager.user_loader
    def load(key: str) -> SignedIn | None:
        person, _dot, token = key.partition(".")
        session = authenticating.session_of(token, now())
        # The row is the truth; the person in the cookie is only compared.
        return SignedIn(session, token) if session and str(session.person_id) == person else None
