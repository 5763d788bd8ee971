"""Printing: hands composed papers to the one warm process that draws them, and watches over it.

`render` is all that others need. The process is started when first wanted, draws one paper at a time, is killed when
a paper takes longer than 15 s, and is replaced after 1,000 papers. It ends by itself when this one does.
"""

import atexit
import json
import os
import select
import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles
from typing import Any

from app.services.printing_worker import receive, send

TIME_LIMIT_S = 15.0
START_LIMIT_S = 60.0  # a first start reads the fonts
PAPERS_A_PROCESS = 1000
ROOT = Path(__file__).resolve().parents[2]
WARMING = 2  # papers that fill caches, not counted
TURNED = (
    "泵磨更晓衣标照收凭损",
    "欧浙州滨江翠苑幢单室",
    "雷志强购机保修期外准",
)  # signs that stand in for each other in a measurement
SAMPLES = ROOT / "pdf_templates" / "samples.json"  # composed papers, for measuring


class PrintError(Exception):
    """A paper could not be drawn. `retry` says whether the same paper may work another time."""

    def __init__(self, message: str, retry: bool = False) -> None:
        super().__init__(message)
        self.retry = retry


@dataclass(frozen=True)
class Printed:
    """The file, its number of sheets, and the processor time it took in the drawing process."""

    pdf: bytes
    pages: int
    cpu_ms: float


class Printer:
    """One drawing process and the lock that gives it one paper at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._owner = 0
        self._drawn = 0

    def draw(self, job: dict[str, Any]) -> Printed:
        """Draw one paper. Raises PrintError; a process that failed to answer is gone afterwards."""
        with self._lock:
            process, fresh = self._running()
            try:
                send(process.stdin, job)  # type: ignore[arg-type]
                answer = self._answer(process, START_LIMIT_S if fresh else TIME_LIMIT_S)
            except (OSError, ValueError) as fault:
                self._end()
                raise PrintError(f"the printing process failed: {fault}", retry=True) from fault
            self._drawn += 1
            if self._drawn >= PAPERS_A_PROCESS:
                self._end()
        if "error" in answer:
            raise PrintError(f"{answer['error']}: {answer['detail']}")
        return Printed(answer["pdf"], answer["pages"], answer["cpu_ms"])

    def close(self) -> None:
        """End the process; the next paper starts another."""
        with self._lock:
            self._end()

    def _running(self) -> tuple[subprocess.Popen[bytes], bool]:
        # After a fork the pipe belongs to the parent: two writers on it would mix their papers.
        if self._process is not None and self._owner == os.getpid() and self._process.poll() is None:
            return self._process, False
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "app.services.printing_worker"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT, env=environment, start_new_session=True,
        )  # fmt: skip
        self._owner, self._drawn = os.getpid(), 0
        return self._process, True

    def _answer(self, process: subprocess.Popen[bytes], limit: float) -> dict[str, Any]:
        assert process.stdout is not None
        ready, _, _ = select.select([process.stdout], [], [], limit)
        if not ready:
            raise ValueError(f"no paper within {limit:.0f} s")
        answer = receive(process.stdout)
        if answer is None:
            raise ValueError(f"it ended with {process.poll()}")
        return answer

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None or self._owner != os.getpid():
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe:
                pipe.close()


PRINTER = Printer()
atexit.register(PRINTER.close)


def render(
    kind: str, sheet: str, language: str, paper: Mapping[str, Any], assets: Mapping[str, bytes] | None = None
) -> bytes:
    """The PDF file of a composed paper (`document.plain`). Same paper, same bytes. Raises PrintError."""
    return draw(kind, sheet, language, paper, assets).pdf


def draw(
    kind: str, sheet: str, language: str, paper: Mapping[str, Any], assets: Mapping[str, bytes] | None = None
) -> Printed:
    """Like `render`, with the number of sheets and the processor time. `assets`: `photo-<hash>` → JPEG or PNG."""
    return PRINTER.draw(
        {
            "kind": kind,
            "sheet": sheet,
            "language": language,
            "paper": dict(paper),
            "assets": dict(assets or {}),
        }
    )


def bench(rounds: int = 40) -> dict[str, float]:
    """Processor milliseconds of one warm paper by name, drawing and checks included.

    Each is the lower quartile of `rounds`: what else runs on a machine only ever adds. The papers are drawn in turn, so
    that a slow minute falls on all of them, and each round says other numbers and names than the one before, as papers
    of different visits do.
    """
    papers = json.loads(SAMPLES.read_text("utf-8"))
    taken: dict[str, list[float]] = {name: [] for name in papers}
    for turn in range(WARMING + rounds):
        for name, paper in papers.items():
            printed = draw(paper["kind"], paper["sheet"], paper["language"], _other(paper, turn))
            taken[name].append(printed.cpu_ms)
    return {name: round(quantiles(values[WARMING:])[0], 1) for name, values in taken.items()}


def _other(paper: dict[str, Any], turn: int) -> dict[str, Any]:
    """The paper with other figures and signs in what is said on it; as long as it was."""
    change = str.maketrans({old: row[(at + turn) % len(row)] for row in TURNED for at, old in enumerate(row)})
    said = {
        key: paper[key] for key in ("number", "about", "copies", "sections", "table", "totals", "must_hold")
    }
    return paper | json.loads(json.dumps(said, ensure_ascii=False).translate(change))


if __name__ == "__main__":
    if sys.argv[1:] == ["--bench"]:
        for figure, value in bench().items():
            sys.stdout.write(f"{figure}\t{value}\tms\n")
