"""Measures what the app costs on this machine: one line a figure (name, tab, value, tab, unit), and var/bench.json.

`python -m tools.bench` measures everything; names of parts after it measure only those. A part that cannot be measured
is named at the end, and the command fails. Everything happens in a temporary folder on the same disk as var/.
"""

import json
import multiprocessing
import os
import platform
import statistics
import sys
import tempfile
import time
import traceback
import urllib.parse
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import brotli

from app import config
from app.factory import create_app
from app.models import database
from app.models.people import Person
from app.models.visits import Visit
from app.services import demonstrating, planning
from app.services.rehearsing import Rehearsal
from app.web import assets, packing
from tools import bench_http, bench_offline, bench_quiet, bench_writers

ROUNDS = 200
WRITERS = (2, 4)  # processes, and threads of each: as the server runs
WINDOW_S = 6.0
BUDGETS: dict[str, tuple[str, float]] = {
    "today_cpu": ("at most", 3.0),
    "today_bytes": ("at most", 6_144),
    "visit_cpu": ("at most", 5.0),
    "visit_bytes": ("at most", 14_336),
    "protocol_bytes": ("at most", 30_720),
    "first_visit_bytes": ("at most", 40_960),
    "first_visit_requests": ("at most", 8),
    "save_cpu": ("at most", 4.0),
    "visit_unchanged_bytes": ("at most", 0),
    "visit_js_bytes": ("at most", 30_720),
    "saves_per_second": ("at least", 400),
    "saves_p99": ("at most", 50.0),
    "slip_a5_cpu": ("at most", 110.0),
    "worker_memory": ("at most", 120.0),
    "drain_requests": ("at most", 2),
    "offline_open_ms": ("at most", 150.0),
    "offline_saved_ms": ("at most", 50.0),
    "offline_next_step_ms": ("at most", 50.0),
}


@dataclass
class Place:
    """The temporary folder with a dealt demo, and the app on it."""

    app: Any
    settings: config.Config
    mei: Person


class Bench:
    """Collects the figures and prints each as soon as it is known."""

    def __init__(self) -> None:
        self.figures: dict[str, tuple[float, str]] = {}
        self.failed: dict[str, str] = {}
        self.notes: dict[str, Any] = {}

    def add(self, name: str, value: float, unit: str) -> None:
        """One figure."""
        value = round(value, 2) if value < 100 else round(value)
        self.figures[name] = (value, unit)
        print(f"{name}\t{value:g}\t{unit}", flush=True)

    def write(self, path: Path) -> None:
        """All figures with their budgets, as JSON."""
        found = {}
        for name, (value, unit) in self.figures.items():
            found[name] = {"value": value, "unit": unit}
            if name in BUDGETS:
                way, limit = BUDGETS[name]
                ok = value <= limit if way == "at most" else value >= limit
                found[name] |= {"budget": f"{way} {limit:g}", "ok": ok}
        machine = {
            "python": platform.python_version(),
            "cores": os.cpu_count(),
            "load": round(os.getloadavg()[0], 1),
        }
        path.parent.mkdir(parents=True, exist_ok=True)
        report = {
            "at": datetime.now(UTC).isoformat(),
            "machine": machine,
            "figures": found,
            **self.notes,
            "failed": self.failed,
        }
        path.write_text(json.dumps(report, indent=1) + "\n")


@contextmanager
def prepared() -> Iterator[Place]:
    """A dealt demo in a temporary folder on the disk of var/, since a memory disk flushes for nothing."""
    (config.ROOT / "var").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="bench-", dir=config.ROOT / "var") as folder:
        settings = config.Config(
            data_dir=Path(folder), database=f"{folder}/doorstep.db", secret_key="b" * 64, log_level="ERROR"
        )
        app = create_app(settings)
        database.connect()
        database.migrate()
        demonstrating.load(datetime.now(UTC))
        yield Place(app, settings, Person.get(Person.login == "mei"))
        database.close()


def pages(bench: Bench, place: Place) -> None:
    """Processor time and packed bytes of the two pages that an engineer sees most."""
    client = _signed_in(place)
    measured(bench, client, "today", "/")
    database.connect()
    measured(bench, client, "visit", f"/visits/{_visit_under_way(place)}")


def measured(bench: Bench, client: Any, name: str, address: str) -> None:
    """Processor time of a page in this process, the bytes of its answer, and of an answer to who has it already."""
    spent = []
    for _ in range(ROUNDS):
        start = time.process_time()
        packed = _packed(client, address)
        spent.append((time.process_time() - start) * 1000)
    bench.add(f"{name}_cpu", bench_quiet.quietest(spent), "ms")
    bench.add(f"{name}_bytes", len(packed), "bytes")
    etag = client.get(address, headers={"Accept-Encoding": "br"}).headers["ETag"]
    again = client.get(address, headers={"Accept-Encoding": "br", "If-None-Match": etag})
    assert again.status_code == 304, again.status
    bench.add(f"{name}_unchanged_bytes", len(again.data), "bytes")


def protocol(bench: Bench, place: Place) -> None:
    """The norm as one document in one language, packed."""
    visit = Visit.get(Visit.engineer == place.mei.id)
    bench.add("protocol_bytes", len(_packed(_signed_in(place), f"/protocols/{visit.protocol}/en")), "bytes")


def first_visit(bench: Bench, place: Place) -> None:
    """What a phone that was never here loads: sign-in, then today, each file once."""
    client = place.app.test_client()
    loaded = {"/sign-in": len(_packed(client, "/sign-in"))}
    files = _files_of(_unpacked(client, "/sign-in"))
    loaded["the sign-in itself"] = len(_sign_in(client).data)
    loaded["/"] = len(_packed(client, "/"))
    files |= _files_of(_unpacked(client, "/"))
    loaded |= {address: len(_packed(client, address)) for address in sorted(files)}
    bench.add("first_visit_bytes", sum(loaded.values()), "bytes")
    bench.add("first_visit_requests", len(loaded), "requests")
    bench.notes["first_visit"] = loaded


def scripts(bench: Bench, _place: Place) -> None:
    """The scripts of a visit's page, packed: those that it begins with, and those that it fetches at the first touch or
    when it has time."""
    sizes = {
        name: len(brotli.compress(packing.written(assets.FOLDER, name), quality=11))
        for name in (*packing.OF_A_VISIT, *packing.LATER_OF_A_VISIT)
    }
    bench.add("visit_js_bytes", sum(sizes[name] for name in packing.OF_A_VISIT), "bytes")
    bench.add("visit_js_later_bytes", sum(sizes[name] for name in packing.LATER_OF_A_VISIT), "bytes")
    bench.notes["scripts"] = sizes


def machine(bench: Bench, _place: Place) -> None:
    """How quick this machine is: the figures in milliseconds go with it."""
    bench.add("machine_loop", statistics.median(bench_quiet.loop_ms()), "ms")


def saves(bench: Bench, place: Place) -> None:
    """Processor time of one save in this process: whole visits played, alone on the machine."""
    spent: list[float] = []
    with bench_writers.timed(spent, time.process_time):
        for visit_id in _more_visits(place, 8):
            Rehearsal(place.mei, visit_id, datetime.now(UTC)).until(None)
    bench.add("save_cpu", statistics.fmean(spent) * 1000, "ms")


def writers(bench: Bench, place: Place) -> None:
    """Saves per second, and how long the slowest wait, when eight write at once, each commit flushed to the disk."""
    processes, threads = WRITERS
    per_writer = 40
    every = _more_visits(place, processes * threads * per_writer)
    database.close()  # a connection must not be carried into another process
    context = multiprocessing.get_context("spawn")
    barrier, results = context.Barrier(processes), context.Queue()
    shares = [every[number::processes] for number in range(processes)]
    workers = [
        context.Process(
            target=bench_writers.write,
            args=(place.settings.database, share, threads, WINDOW_S, barrier, results),
        )
        for share in shares
    ]
    for worker in workers:
        worker.start()
    waits = sorted(wait for _ in workers for wait in results.get(timeout=120))
    for worker in workers:
        worker.join()
    database.connect()
    bench.add("saves_per_second", len(waits) / WINDOW_S, "saves/s")
    bench.add("saves_p50", statistics.median(waits) * 1000, "ms")
    bench.add("saves_p99", waits[int(len(waits) * 0.99)] * 1000, "ms")


def http(bench: Bench, place: Place) -> None:
    """The same through the server: eight connections that each save with a form."""
    visits = _more_visits(place, 8 * 40)
    database.close()
    with bench_http.served(place.settings, workers=2) as (address, _pid):
        rate, p99 = bench_http.saves(address, visits, WINDOW_S)
    database.connect()
    bench.add("http_saves_per_second", rate, "saves/s")
    bench.add("http_saves_p99", p99, "ms")


def memory(bench: Bench, place: Place) -> None:
    """What one web worker holds after it has shown sign-in, today and a visit."""
    visit_id = _visit_under_way(place)
    database.close()
    with bench_http.served(place.settings, workers=1) as (address, pid):
        bench_http.look_around(address, ["/", f"/visits/{visit_id}"])
        bench.add("worker_memory", bench_http.resident(pid), "MB")
    database.connect()


def offline(bench: Bench, place: Place) -> None:
    """A phone without a network: a visit opened, a save stored, the next step."""
    database.close()
    for name, value in bench_offline.measure(place.settings).items():
        bench.add(name, value, "ms" if name.endswith("_ms") else "requests")
    database.connect()


def papers(bench: Bench, place: Place) -> None:
    """Processor time of one warm copy of a slip on A5, in Chinese."""
    from app.services import printing

    for name, value in printing.bench().items():
        bench.add(name if "_cpu" in name else f"{name}_cpu", value, "ms")


PARTS: dict[str, Callable[[Bench, Place], None]] = {
    "pages": pages,
    "machine": machine,
    "protocol": protocol,
    "scripts": scripts,
    "first_visit": first_visit,
    "saves": saves,
    "writers": writers,
    "http": http,
    "memory": memory,
    "offline": offline,
    "papers": papers,
}


def _signed_in(place: Place) -> Any:
    client = place.app.test_client()
    _sign_in(client)
    return client


def _sign_in(client: Any) -> Any:
    """Send the sign-in page's form as mei."""
    fields = bench_http.sign_in_fields(_unpacked(client, "/sign-in"))
    answer = client.post("/sign-in", data=fields, headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 303, answer.status
    database.connect()  # a request closes this thread's connection
    return answer


def _packed(client: Any, path: str) -> bytes:
    answer = client.get(path, headers={"Accept-Encoding": "br"})
    assert answer.status_code == 200, (path, answer.status)
    return bytes(answer.data)


def _unpacked(client: Any, path: str) -> str:
    return str(client.get(path, headers={"Accept-Encoding": "identity"}).get_data(as_text=True))


class _Files(HTMLParser):
    """The addresses that a browser loads along with a page; manifest and touch icon wait until it is installed."""

    RELS = frozenset({"stylesheet", "icon", "preload", "modulepreload"})

    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Collect scripts, styles, pictures and what link elements fetch."""
        given = dict(attrs)
        if tag == "link" and not self.RELS & set((given.get("rel") or "").split()):
            return
        address = given.get("src") if tag in ("script", "img", "source") else None
        address = given.get("href") if tag in ("link", "use", "image") else address
        if address and address.startswith("/"):
            self.found.add(urllib.parse.urlsplit(address)._replace(fragment="").geturl())


def _files_of(html: str) -> set[str]:
    reader = _Files()
    reader.feed(html)
    return reader.found


def _visit_under_way(place: Place) -> int:
    """A visit that stands where the fault is found: half of its steps are done."""
    (visit_id,) = _more_visits(place, 1)
    Rehearsal(place.mei, visit_id, datetime.now(UTC)).until("diagnose")
    return visit_id


def _more_visits(place: Place, count: int) -> list[int]:
    """New visits of one job, six a day and two hours each, far enough ahead not to crowd today's page."""
    first = Visit.select().where(Visit.engineer == place.mei.id).order_by(Visit.id.desc()).get()
    now = datetime.now(UTC)
    taken = Visit.select().where(Visit.engineer == place.mei.id).count()
    starts = [now + timedelta(days=60 + one // 6, hours=2 * (one % 6)) for one in range(taken, taken + count)]
    hour = timedelta(hours=1)
    with database.transaction():
        made = [
            planning.plan(first.outlet, first.work_order, place.mei, one, one + hour, now) for one in starts
        ]
    return [visit.id for visit in made]


def main(names: list[str]) -> int:
    """Measure the named parts, or all; the exit code says whether each could be measured."""
    unknown = [name for name in names if name not in PARTS]
    if unknown:
        print(f"no such part: {', '.join(unknown)}; there are {', '.join(PARTS)}", file=sys.stderr)
        return 2
    bench = Bench()
    with prepared() as place:
        for name in names or PARTS:
            database.connect()  # a part may have closed it
            try:
                PARTS[name](bench, place)
            except Exception as fault:
                traceback.print_exc()
                bench.failed[name] = f"{type(fault).__name__}: {fault}"
    bench.write(config.ROOT / "var" / "bench.json")
    for name, fault in bench.failed.items():
        print(f"could not be measured: {name}: {fault}", file=sys.stderr)
    return 1 if bench.failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
