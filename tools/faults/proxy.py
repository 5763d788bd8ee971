"""The line between phone and server: one address that outlives the server, and everything a network can do wrong.

It speaks HTTP/1.1, one request a connection, on its own thread. What goes wrong when is decided by whoever arms it.
"""

import asyncio
import contextlib
import json
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

LIMIT_S = 30.0
PORTAL = (
    b"<!doctype html><html><head><title>Free Wi-Fi</title></head>"
    b"<body><h1>Welcome</h1><form method=post><button>Accept the terms</button></form></body></html>"
)
BROKEN = b"<!doctype html><html><body><h1>Bad Gateway</h1></body></html>"
# What happens to the next batch of saves; the first three end the server.
KILLS = ("killed_before", "killed_inside", "killed_after")
ONCE = (*KILLS, "answer_lost", "answer_cut", "error_after_commit", "portal_once")
# What the line is like until it is set otherwise.
LINES = ("good", "off", "portal", "broken", "silent")


@dataclass
class Request:
    """One request as it came; `entries` of a batch of saves, else empty."""

    method: str
    path: str
    head: bytes
    body: bytes
    entries: list[dict[str, Any]] = field(default_factory=list)

    @property
    def is_save(self) -> bool:
        """Whether it brings something that was saved: a batch with entries, or a photo."""
        return bool(self.entries) or (self.method == "PUT" and self.path.startswith("/blobs/"))


class Proxy:
    """`arm('answer_lost')` hits the next save; `flip` empties a field of an entry on its way; `line` is the network."""

    def __init__(self, upstream: int, kill: Callable[[], None], dice: random.Random) -> None:
        self.upstream = upstream
        self.kill = kill
        self.dice = dice
        self.port = 0
        self.line = "good"
        self.armed: list[str] = []
        self.flips: dict[tuple[str, str], str] = {}
        self.happened: list[tuple[float, str, str]] = []
        self.batches = 0
        self.paths: list[tuple[float, str]] = []
        self._loop = asyncio.new_event_loop()
        self._open: set[asyncio.Task[None]] = set()
        self._thread = threading.Thread(target=self._loop.run_forever, name="proxy", daemon=True)

    def start(self) -> "Proxy":
        """Listen on a free port of this machine."""
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(10)
        return self

    def stop(self) -> None:
        """Close the port and every connection."""
        with contextlib.suppress(Exception):
            asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(5)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)

    @property
    def origin(self) -> str:
        """The address that the browser knows."""
        return f"http://127.0.0.1:{self.port}"

    def arm(self, fault: str) -> None:
        """This happens to the next save that comes by."""
        assert fault in ONCE, fault
        self.armed.append(fault)

    def flip(self, step: str, act: str, name: str) -> None:
        """The next entry of this step and act arrives with this field empty, so that the server refuses it."""
        self.flips[step, act] = name

    def calm(self) -> None:
        """From here on nothing goes wrong."""
        self.armed.clear()
        self.flips.clear()
        self.line = "good"

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, limit=2**20)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _close(self) -> None:
        self._server.close()
        for task in list(self._open):
            task.cancel()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._open.add(task)
        try:
            async with asyncio.timeout(LIMIT_S):
                request = await _read(reader)
                if request:
                    await self._answer(request, writer)
        except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass  # either side hung up: the client sees a broken line, as it would outside
        except asyncio.CancelledError:
            pass
        finally:
            self._open.discard(task)
            with contextlib.suppress(Exception):
                writer.close()

    async def _answer(self, request: Request, writer: asyncio.StreamWriter) -> None:
        self.paths.append((time.time(), f"{request.method} {request.path}"))
        if self.line == "off":
            return
        if self.line == "silent":
            await asyncio.sleep(self.dice.uniform(3, 8))
            return
        if self.line in ("portal", "broken"):
            writer.write(_page(200, PORTAL) if self.line == "portal" else _page(502, BROKEN))
            await writer.drain()
            return
        fault = self.armed.pop(0) if self.armed and request.is_save else ""
        if fault:
            self.happened.append((time.time(), fault, request.path))
        if fault == "portal_once":
            writer.write(_page(200, PORTAL))
            await writer.drain()
            return
        if fault == "killed_before":
            self.kill()
            return
        answer = await self._ask(request, kill_inside=fault == "killed_inside")
        if fault == "killed_after":
            self.kill()
            return
        if fault == "answer_lost":
            return
        if fault == "answer_cut":
            answer = answer[: max(1, int(len(answer) * self.dice.uniform(0.2, 0.95)))]
        if fault == "error_after_commit":
            answer = _page(500, BROKEN)
        writer.write(answer)
        await writer.drain()

    async def _ask(self, request: Request, kill_inside: bool = False) -> bytes:
        """Pass it on; all that comes back until the server closes. Broken: an OSError, or what came is cut short."""
        self._flip(request)
        self.batches += bool(request.entries)
        reader, writer = await asyncio.open_connection("127.0.0.1", self.upstream)
        try:
            writer.write(request.head + request.body)
            await writer.drain()
            if kill_inside:
                await asyncio.sleep(self.dice.uniform(0, 0.015))
                self.kill()
            return await reader.read(-1)
        finally:
            writer.close()

    def _flip(self, request: Request) -> None:
        changed = False
        for entry in request.entries:
            name = self.flips.pop((entry.get("step", ""), entry.get("act", "")), None)
            if name is not None:
                entry["fields"][name] = ""
                changed = True
                self.happened.append((time.time(), "flipped", f"{entry['step']}.{name}"))
        if changed:
            told = json.loads(request.body)
            told["entries"] = request.entries
            request.body = json.dumps(told).encode()
            request.head = _with_length(request.head, len(request.body))


async def _read(reader: asyncio.StreamReader) -> Request | None:
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return None  # a connection opened ahead of time and never used
    first, *lines = head.decode("latin-1").split("\r\n")
    method, path, _version = first.split(" ", 2)
    names = {
        name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)
    }
    body = await reader.readexactly(int(names.get("content-length", 0) or 0))
    kept = [line for line in lines if line and not line.lower().startswith(("connection:", "keep-alive:"))]
    ahead = "\r\n".join([first, *kept, "Connection: close", "", ""]).encode("latin-1")
    request = Request(method, path, ahead, body)
    if method == "POST" and path.startswith("/outbox"):
        with contextlib.suppress(ValueError, AttributeError):
            request.entries = list(json.loads(body).get("entries") or [])
    return request


def _with_length(head: bytes, length: int) -> bytes:
    lines = head.split(b"\r\n")
    return b"\r\n".join(
        b"Content-Length: %d" % length if line.lower().startswith(b"content-length:") else line
        for line in lines
    )


def _page(status: int, body: bytes) -> bytes:
    words = {200: "OK", 500: "Internal Server Error", 502: "Bad Gateway"}[status]
    head = f"HTTP/1.1 {status} {words}\r\nContent-Type: text/html\r\nContent-Length: {len(body)}\r\n"
    return head.encode() + b"Cache-Control: no-store\r\nConnection: close\r\n\r\n" + body
