"""A phone that can be killed and a line that can be cut: what the tests of the worker share. No test lives here."""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from flask import Flask
from playwright.sync_api import Error
from werkzeug.serving import BaseWSGIServer, make_server

from app.models.people import Person
from tests import builders
from tests.conftest import PHONE, chrome

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
ASK = """(message) => new Promise((done) => { const { port1, port2 } = new MessageChannel();
 port1.onmessage = ({ data }) => done(data); navigator.serviceWorker.controller.postMessage(message, [port2]); })"""
KEPT = """async () => { const paths = []; for (const name of await caches.keys()) {
 if (name.includes('-shell-')) continue;
 for (const { url } of await (await caches.open(name)).keys()) paths.push(new URL(url).pathname); } return paths; }"""
READ = "(place) => fetch(place).then(async (a) => ({ status: a.status, text: await a.text() }))"
ENTRY = """(about) => doorstep.store.write(['entries'], async (tx) => { tx.store.put({ person: 1, seq: 1, step: 'accept',
 act: 'note', fields: {}, state: 'pending', at: new Date().toISOString(), ...about,
 person: (await tx.store.get(about.key))?.person ?? Number(document.querySelector('[data-person]').dataset.person) }); })"""
EVICT = """(path) => caches.keys().then((names) => Promise.all(names.map((name) => caches.open(name)
 .then((cache) => cache.delete(path)))))"""
WORKER = """async () => { const registration = await navigator.serviceWorker.getRegistration();
 const [installing, waiting, active] = ['installing', 'waiting', 'active'].map((name) => registration?.[name]?.state);
 const read = (key) => window.doorstep?.store?.get(key);
 return { installing, waiting, active, isControlled: Boolean(navigator.serviceWorker.controller), caches: await caches.keys(),
  fault: await read('update_fault'), prepared: await read('prepared'), pin: Object.keys(localStorage) }; }"""
KEPT_TEXT = "(path) => caches.match(path).then((kept) => kept.text())"
Trouble = Callable[[dict[str, Any]], tuple[str, list[tuple[str, str]], bytes] | None]


class Line:
    """The app on a port that stays the same while the line is cut and mended; `trouble` answers in the app's place."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.seen: list[tuple[str, str, str]] = []  # method, path, status
        self.trouble: Trouble | None = None
        self.port = 0
        self.server: BaseWSGIServer | None = None
        self.mend()

    @property
    def address(self) -> str:
        """Without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    def mend(self) -> None:
        """The server answers (again)."""
        self.server = make_server("127.0.0.1", self.port, self._answer, threaded=True)
        self.port = self.server.port
        threading.Thread(
            target=self.server.serve_forever, daemon=True, kwargs={"poll_interval": 0.02}
        ).start()

    def cut(self) -> None:
        """Nobody answers on the port."""
        if self.server:
            self.server.shutdown()
            self.server.server_close()
            self.server = None

    def _answer(self, environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        def noting(status: str, headers: Any, *more: Any) -> Any:
            self.seen.append((environ["REQUEST_METHOD"], environ["PATH_INFO"], status[:3]))
            return start(status, headers, *more)

        found = self.trouble(environ) if self.trouble else None
        if found is None:
            return self.app.wsgi_app(environ, noting)
        status, headers, body = found
        noting(status, headers)
        return [body]


class Phone:
    """Chromium with a memory of its own on the disk."""

    def __init__(self, browser: Any, folder: Path, line: Line) -> None:
        self._type, self._folder, self._line = browser.browser_type, folder, line
        self.context: Any = None
        self._cookies: list[Any] = []
        self.page: Any = None
        self.open()

    def open(self, **values: Any) -> Any:
        """Start the browser; its first tab."""
        self.context = self._type.launch_persistent_context(
            str(self._folder), executable_path=chrome(), args=ARGUMENTS, base_url=self._line.address, viewport=PHONE,
            has_touch=True, is_mobile=True, locale="en-GB", service_workers="allow", **values,
        )  # fmt: skip
        self.context.set_default_timeout(40_000)
        self.context.add_cookies(self._cookies)
        self.page = self.context.pages[0]
        return self.page

    def kill(self) -> None:
        """SIGKILL, as a phone does to an app that it wants the memory of."""
        # Chromium writes cookies to the disk every half minute only; a day's session is older than that.
        self._cookies = self.context.cookies()
        mine = [pid for pid, words in _processes() if f"--user-data-dir={self._folder}" in words]
        assert mine
        for pid in mine:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        self.close()
        while any(f"--user-data-dir={self._folder}" in words for _, words in _processes()):
            time.sleep(0.02)

    def close(self) -> None:
        """As gently as it still can be done."""
        try:
            self.context.close()
        except Exception:  # the process is gone
            return

    def sign_in(self, app: Flask, who: str, **values: Any) -> Any:
        """A signed-in cookie; the session's row."""
        row, token = builders.session(Person.get(Person.login == who), **values)
        serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
        value = serializer.dumps({"_user_id": f"{row.person_id}.{token}", "_fresh": True, "_permanent": True})
        self.context.add_cookies(
            [
                {
                    "name": "session",
                    "value": value,
                    "url": self._line.address,
                    "httpOnly": True,
                    "expires": time.time() + 9e5,
                }
            ]
        )
        return row

    def ask(self, message: dict[str, Any]) -> Any:
        """A message to the worker, and what it answers."""
        return self.page.evaluate(ASK, message)

    def kept(self) -> list[str]:
        """Paths in the caches of people (not the shell's)."""
        found: list[str] = self.page.evaluate(KEPT)
        return found

    def prepared(self) -> None:
        """Today, and wait until it says that the day is on this phone."""
        self.page.goto("/")
        until(self.page, "!document.querySelector('[data-offline-ready]').hidden")


def until(page: Any, expression: str, seconds: float = 40) -> Any:
    """The content policy forbids Playwright's own waiting, which evaluates text inside the page."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if found := page.evaluate(expression):
                return found
        except Error as fault:
            if "context was destroyed" not in str(fault):  # the page went elsewhere meanwhile
                raise
        page.wait_for_timeout(30)
    known = page.evaluate(WORKER)  # what is usually to blame
    raise AssertionError(f"never: {expression}; the worker: {known}")


def _processes() -> list[tuple[int, list[str]]]:
    found = []
    for place in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            found.append((int(place.parent.name), place.read_text(errors="replace").split("\0")))
        except OSError:
            continue
    return found
