"""The bench's view of the running server: starting it, signing in over HTTP, saving with forms, and its memory."""

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.parse
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from app.config import ROOT, Config

HIDDEN = re.compile(r'<input[^>]*type="hidden"[^>]*>')
ATTRIBUTE = re.compile(r'(name|value)="([^"]*)"')
CONNECTIONS = 8
ACTS = (
    ("kit", "done"), ("call", "attempt"), ("look", "done"), ("knock", "bout"), ("knock", "done"), ("listen", "done"),
    ("mat", "done"), ("covers", "done"),
)  # fmt: skip
FIELDS: dict[str, dict[str, str]] = {
    "call": {"channel": "phone", "result": "no_answer"},
    "covers": {"worn": "on"},
    "listen": {"words": "It leaks at the front since Sunday"},
}


def sign_in_fields(html: str) -> dict[str, str]:
    """What the sign-in form sends for mei, its hidden inputs included."""
    fields = {}
    for tag in HIDDEN.findall(html):
        given = dict(ATTRIBUTE.findall(tag))
        fields[given.get("name", "")] = given.get("value", "")
    return {**fields, "login": "mei", "password": "doorstep"}


@contextmanager
def served(settings: Config, workers: int) -> Iterator[tuple[str, int]]:
    """The server on a free port with this data folder; its address and the id of its first worker process."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    given = {
        "DATA_DIR": str(settings.data_dir),
        "DATABASE_URL": f"sqlite:///{settings.database}",
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "WORKERS": str(workers),
        "LOG_LEVEL": "ERROR",
        "PYTHONPATH": str(ROOT),
    }
    command = [sys.executable, "-m", "flask", "--app", "app.factory", "serve"]
    process = subprocess.Popen(
        command, cwd=ROOT, env={**os.environ, **given}, stdout=subprocess.DEVNULL, start_new_session=True
    )
    try:
        _wait_for(port, process)
        yield f"127.0.0.1:{port}", _children(process.pid)[0]
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(30)


def resident(pid: int) -> float:
    """Megabytes of memory that the process holds, shared pages included."""
    with Path(f"/proc/{pid}/status").open() as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS")) / 1024


class Browser:
    """One connection that stays open, with its cookies."""

    def __init__(self, address: str) -> None:
        self.connection = http.client.HTTPConnection(address, timeout=60)
        self.cookies: dict[str, str] = {}

    def ask(self, method: str, path: str, fields: dict[str, str] | None = None) -> tuple[int, str]:
        """Status and body of one request."""
        headers = {"Sec-Fetch-Site": "same-origin", "Accept-Encoding": "br", "Accept": "text/html"}
        if method == "GET":
            headers["Accept-Encoding"] = "identity"
        headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        body = urllib.parse.urlencode(fields) if fields is not None else None
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.split(";")[0]
        return answer.status, answer.read().decode("utf-8", "replace")

    def sign_in(self) -> "Browser":
        """Through the sign-in page, as mei."""
        _status, html = self.ask("GET", "/sign-in")
        status, _body = self.ask("POST", "/sign-in", sign_in_fields(html))
        assert status in (302, 303), f"sign-in answered {status}"
        return self


def look_around(address: str, paths: list[str]) -> None:
    """Load these pages, signed in, a few times."""
    browser = Browser(address).sign_in()
    for path in paths * 5:
        status, _body = browser.ask("GET", path)
        assert status == 200, (path, status)


def saves(address: str, visit_ids: list[int], seconds: float) -> tuple[float, float]:
    """Saves per second of all connections together, and the 99th percentile of the wait in milliseconds."""
    signed_in = Browser(address).sign_in()
    waits: list[list[float]] = [[] for _ in range(CONNECTIONS)]
    faults: list[BaseException] = []
    threads = [
        threading.Thread(
            target=_save,
            args=(address, signed_in.cookies, visit_ids[one::CONNECTIONS], seconds, waits[one], faults),
        )
        for one in range(CONNECTIONS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise faults[0]
    every = sorted(wait for one in waits for wait in one)
    return len(every) / seconds, every[int(len(every) * 0.99)] * 1000


def _save(
    address: str,
    cookies: dict[str, str],
    visit_ids: list[int],
    seconds: float,
    waits: list[float],
    faults: list[Any],
) -> None:
    try:
        browser = Browser(address)
        browser.cookies = dict(cookies)
        end = time.perf_counter() + seconds
        for visit_id in visit_ids:
            for step, act in ACTS:
                start = time.perf_counter()
                status, body = browser.ask("POST", f"/visits/{visit_id}/steps/{step}", _form(step, act))
                done = time.perf_counter()
                assert status == 303, (step, act, status, re.findall(r'class="fault[^>]*>([^<]*)', body)[:3])
                if done > end:
                    return
                waits.append(done - start)
        raise RuntimeError("too few visits for the time")
    except BaseException as fault:
        faults.append(fault)


def _form(step: str, act: str) -> dict[str, str]:
    ticks = {
        "kit": ("tools", "parts", "five_ones", "mat", "spare_covers", "cloths", "permit", "slips", "fee_papers", "gift",
                "belt", "clean"),
        "look": ("clothes", "clean", "eyes", "smile"),
        "mat": ("mat", "box", "covered"),
    }.get(step, ())  # fmt: skip
    envelope = {"act": act, "key": str(uuid.uuid4()), "at": datetime.now(UTC).isoformat()}
    way = {"way": "knock"} if act == "bout" else {}
    return {**envelope, **way, **FIELDS.get(step, {}), **dict.fromkeys(ticks, "on")}


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with {process.returncode}")
        try:
            with socket.create_connection(("127.0.0.1", port), 1):
                break
        except OSError:
            time.sleep(0.1)
    for _ in range(50):
        if _children(process.pid):
            return
        time.sleep(0.1)
    raise RuntimeError("the server started no worker")


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
