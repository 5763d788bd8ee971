"""The server of a run: started as in production on its own data folder, ended with SIGKILL, started again."""

import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

from app.config import ROOT

PRODUCTION = ("-m", "flask", "--app", "app.factory", "serve")
CONTROL = ("-m", "tools.faults.control")
READY_S = 60.0
DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


class Server:
    """One server at a time, always on the same port. `kill` ends its processes at once; the next comes by itself."""

    def __init__(self, folder: Path, is_control: bool = False) -> None:
        self.folder = folder
        self.port = free_port()
        self.kills = 0
        self._command = CONTROL if is_control else PRODUCTION
        self._process: subprocess.Popen[bytes] | None = None
        self._over = False
        # One thread starts them all and lives as long as the run: a server ends when the thread that made it does.
        self._keeper = threading.Thread(target=self._keep, name="server", daemon=True)

    def start(self) -> "Server":
        """Start and wait until it answers."""
        self._keeper.start()
        self.ready()
        return self

    def kill(self) -> None:
        """End every process of it, now."""
        process = self._process
        if process is not None and process.poll() is None:
            self.kills += 1
            _end(process)

    def ready(self) -> None:
        """Wait until a server answers. :raise RuntimeError: none does in time."""
        end = time.monotonic() + READY_S
        while not self._answers():
            if time.monotonic() > end:
                raise RuntimeError("no server answers: " + self.log.read_text("utf-8", "replace")[-2000:])
            time.sleep(0.05)

    def stop(self) -> None:
        """End it for good."""
        self._over = True
        if self._keeper.is_alive():
            self._keeper.join(10)
        if self._process is not None:
            _end(self._process)

    @property
    def log(self) -> Path:
        """Where it writes what it has to say."""
        return self.folder / "server.log"

    def _keep(self) -> None:
        given = {
            "DATA_DIR": str(self.folder),
            "HOST": "127.0.0.1",
            "PORT": str(self.port),
            "DEMO": "0",
            "LOG_LEVEL": "ERROR",
            "PYTHONPATH": str(ROOT),
        }
        ours = ("DATABASE_URL", "PUBLIC_URL", "SECRET_KEY_FILE", "TLS_CERT", "TLS_KEY")
        settings = {name: value for name, value in os.environ.items() if name not in ours}
        while not self._over:
            if self._process is None or self._process.poll() is not None:
                with self.log.open("ab") as log:
                    self._process = subprocess.Popen(
                        [sys.executable, *self._command], cwd=ROOT, env={**settings, **given}, stdout=log, stderr=log,
                        start_new_session=True, preexec_fn=_die_with_parent,
                    )  # fmt: skip
            time.sleep(0.02)

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), 2) as line:
                line.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
                return line.recv(12).endswith(b"200")
        except OSError:
            return False


def _end(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)  # the group that this process was started as
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(10)


def _die_with_parent() -> None:
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(DIE_WITH_PARENT, signal.SIGKILL)
