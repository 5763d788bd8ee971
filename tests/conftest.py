"""Fixtures of all tests: a fresh migrated database each, the cast, a client that checks every page, a real browser."""

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck
from hypothesis import settings as drawing
from itsdangerous import URLSafeTimedSerializer
from werkzeug.serving import make_server
from werkzeug.test import TestResponse

from app import config
from app.factory import create_app
from app.models import database
from app.models.people import Person
from app.web.security import BY_ORIGIN, SAFE_METHODS, under
from tests import builders, html

SECRET = "tests only, never a secret at all"
CHROMES = (
    "chromium", "chromium-browser", "google-chrome", "google-chrome-stable",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)  # fmt: skip
PHONE = {"width": 390, "height": 844}
SHOTS = config.ROOT / "var" / "shots"
# Losing a test's data in a power cut is no loss; flushing every commit to the disk costs half of the test run.
FAST = {**database.PRAGMAS, "synchronous": 0}

# A machine that is busy elsewhere draws slowly; that says nothing about the rules.
drawing.register_profile("busy", suppress_health_check=[HealthCheck.too_slow], deadline=None)
drawing.load_profile("busy")


class CheckingClient(FlaskClient):
    """Sends what a browser would send along, checks every HTML answer, and leaves the database open for the test."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Like Flask's, plus origin, token and the check of the page."""
        method = kwargs.get("method", "GET")
        if method not in SAFE_METHODS and args and isinstance(args[0], str):
            headers = dict(kwargs.pop("headers", None) or {})
            headers.setdefault("Sec-Fetch-Site", "same-origin")
            if not under(args[0].split("?")[0], BY_ORIGIN):
                headers.setdefault("X-CSRFToken", self._token())
            kwargs["headers"] = headers
        response = super().open(*args, **kwargs)
        database.connect()  # the request closed this thread's connection
        if response.mimetype == "text/html" and not response.is_streamed and response.data:
            wrong = html.faults(response.get_data(as_text=True))
            assert not wrong, f"{method} {args}: " + "; ".join(wrong)
        return response

    @contextmanager
    def session_transaction(self, *args: Any, **kwargs: Any) -> Iterator[Any]:
        """Like Flask's; the request that it pretends closes the database, so it is opened again."""
        with super().session_transaction(*args, **kwargs) as cookie:
            yield cookie
        database.connect()

    def _token(self) -> str:
        with self.session_transaction() as cookie:
            raw = cookie.setdefault("csrf_token", "0123456789")
        return URLSafeTimedSerializer(SECRET, salt="wtf-csrf-token").dumps(raw)


@pytest.fixture(scope="session")
def _template_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database with all tables, made once and copied for each test."""
    path = tmp_path_factory.mktemp("template") / "doorstep.db"
    database.init(str(path))
    database.connect()
    database.migrate()
    database.database.execute_sql("pragma journal_mode = delete")  # one file, so that copying copies all
    database.close()
    return path


@pytest.fixture(scope="session")
def _app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The app is made once, since its templates compile slowly; each test gives it another database."""
    folder = tmp_path_factory.mktemp("app")
    made = create_app(
        config.Config(
            data_dir=folder,
            database=str(folder / "none.db"),
            secret_key=SECRET,
            testing=True,
            log_level="ERROR",
        )
    )
    made.test_client_class = CheckingClient
    return made


@pytest.fixture
def db(_template_database: Path, tmp_path: Path) -> Iterator[Path]:
    """A fresh, migrated, empty database, open in this thread; the path of its file."""
    path = tmp_path / "doorstep.db"
    shutil.copyfile(_template_database, path)
    database.init(str(path))
    database.database.init(str(path), pragmas=FAST)
    database.connect()
    yield path
    database.close()


@pytest.fixture
def app(_app: Flask, db: Path, tmp_path: Path) -> Flask:
    """The app on this test's own database and data folder."""
    config.use(
        config.Config(data_dir=tmp_path, database=str(db), secret_key=SECRET, testing=True, log_level="ERROR")
    )
    return _app


@pytest.fixture
def cast(db: Path) -> builders.Cast:
    """mei, li, ana, wu, hao, tec, root of one outlet and tom of another: `cast.mei`, `cast.home`."""
    return builders.make_cast()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Nobody signed in."""
    return app.test_client()


@pytest.fixture
def sign_in() -> Callable[..., Any]:
    """`sign_in(client, 'mei')` puts a signed-in session's cookie into the client and returns the session row."""

    def put(client: FlaskClient, who: str | Person, **values: Any) -> Any:
        row, token = builders.session(_person(who), **values)
        with client.session_transaction() as cookie:
            cookie.permanent = True
            cookie.update({"_user_id": f"{row.person_id}.{token}", "_fresh": True})
        return row

    return put


@pytest.fixture
def mei(app: Flask, cast: builders.Cast, sign_in: Callable[..., Any]) -> FlaskClient:
    """A client with Mei signed in."""
    signed_in = app.test_client()
    sign_in(signed_in, "mei")
    return signed_in


@pytest.fixture
def live_server(app: Flask) -> Iterator[str]:
    """The app on a free port of this machine; its address without a slash at the end."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join(5)


def chrome() -> str:
    """A Chromium or Chrome of this machine. Absent: the test fails, it is not skipped."""
    for name in (os.environ.get("CHROME", ""), *CHROMES):
        if name and (found := shutil.which(name)):
            return found
    for kept in sorted(Path.home().glob(".cache/ms-playwright/chromium-*/chrome-linux*/chrome")):
        return str(kept)
    pytest.fail("no Chromium found; `make test` installs one, or CHROME=/path names it")


@pytest.fixture(scope="session")
def _browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chrome(), args=arguments)
        yield browser
        browser.close()


@pytest.fixture
def context(request: pytest.FixtureRequest, _browser: Any, live_server: str) -> Iterator[Any]:
    """A phone: 390 x 844, touch; relative addresses go to the live server. The mark `worker` lets the worker in."""
    phone = _browser.new_context(
        base_url=live_server,
        viewport=PHONE,
        has_touch=True,
        is_mobile=True,
        device_scale_factor=2,
        locale="en-GB",
        # Where a test is not about the worker it would only fetch forty files along with each page.
        service_workers="allow" if request.node.get_closest_marker("worker") else "block",
    )
    phone.set_default_timeout(10_000)
    yield phone
    phone.close()


@pytest.fixture
def page(context: Any) -> Iterator[Any]:
    """One tab of the phone. A script error or a broken content policy fails the test at its end."""
    tab = context.new_page()
    troubles: list[str] = []
    tab.on("pageerror", lambda error: troubles.append(str(error)))
    tab.on(
        "console", lambda line: troubles.append(line.text) if "Content Security Policy" in line.text else None
    )
    yield tab
    tab.close()
    assert not troubles, troubles


@pytest.fixture
def sign_in_page(app: Flask, live_server: str) -> Callable[..., Any]:
    """`sign_in_page(page, 'mei')` gives the browser a signed-in cookie and returns the session row."""

    def put(page: Any, who: str | Person, **values: Any) -> Any:
        row, token = builders.session(_person(who), **values)
        serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
        value = serializer.dumps({"_user_id": f"{row.person_id}.{token}", "_fresh": True, "_permanent": True})
        page.context.add_cookies([{"name": "session", "value": value, "url": live_server, "httpOnly": True}])
        return row

    return put


@pytest.fixture
def shot() -> Callable[[Any, str], Path]:
    """`shot(page, 'today')` saves var/shots/today.png, to be looked at."""

    def take(page: Any, name: str) -> Path:
        SHOTS.mkdir(parents=True, exist_ok=True)
        path = SHOTS / f"{name}.png"
        page.screenshot(path=str(path))
        return path

    return take


def _person(who: str | Person) -> Person:
    return who if isinstance(who, Person) else Person.get(Person.login == who)
