"""The process that draws papers: reads jobs from its standard input, writes PDF files to its output, fetches nothing.

Run by `printing` only. One message = four bytes of length, then msgpack. A job is
{kind, sheet, language, paper, assets}, an answer {pdf, pages, cpu_ms} or {error, detail}.
"""

import os
import resource
import sys
import time
from pathlib import Path
from typing import IO, Any

import msgspec

MEMORY_LIMIT = 1_500_000_000  # bytes of address space; fonts are mapped into it
LENGTH_BYTES = 4
LARGEST_MESSAGE = 64_000_000


def main() -> None:
    """Answer jobs until the other side closes the pipe; ends with it, even when that was killed."""
    source, target = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints must not fall between the messages
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))
    prepare()
    from app.services.printing_sheet import Press

    press = Press()
    while (job := receive(source)) is not None:
        send(target, _answer(press, job))


def prepare() -> None:
    """Name the fonts before the libraries look for them: only those that ship with the project."""
    fonts = Path(__file__).resolve().parents[2] / "pdf_templates" / "fonts" / "fonts.conf"
    os.environ["FONTCONFIG_FILE"] = str(fonts)


def receive(source: IO[bytes]) -> dict[str, Any] | None:
    """The next message, None at the end."""
    length = source.read(LENGTH_BYTES)
    if len(length) < LENGTH_BYTES:
        return None
    size = int.from_bytes(length, "big")
    if size > LARGEST_MESSAGE:
        raise ValueError("message too large")
    body = source.read(size)
    return msgspec.msgpack.decode(body) if len(body) == size else None


def send(target: IO[bytes], message: dict[str, Any]) -> None:
    """Write one message and push it out."""
    body = msgspec.msgpack.encode(message)
    target.write(len(body).to_bytes(LENGTH_BYTES, "big"))
    target.write(body)
    target.flush()


def _answer(press: Any, job: dict[str, Any]) -> dict[str, Any]:
    started = time.process_time()
    try:
        pdf, pages = press.print(job["paper"], job["sheet"], job["assets"])
    except Exception as fault:  # the parent raises it again as a PrintError with this name and text
        return {"error": type(fault).__name__, "detail": str(fault)[:2000]}
    return {"pdf": pdf, "pages": pages, "cpu_ms": (time.process_time() - started) * 1000}


if __name__ == "__main__":
    main()
