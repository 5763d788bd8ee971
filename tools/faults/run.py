"""One run: the world, the server, the line and the phone put together, visits driven, everything compared and ended."""

import contextlib
import json
import random
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

from playwright.sync_api import sync_playwright

from app.config import ROOT
from tools.faults import plan as plans
from tools.faults.driver import Driver, Stuck
from tools.faults.phone import Phone
from tools.faults.proxy import KILLS, Proxy
from tools.faults.server import Server
from tools.faults.tally import Evidence, Tally, compare
from tools.faults.world import World

KEPT = ROOT / "var" / "faults"


@dataclass
class Result:
    """What a run brought; `line` is what is printed."""

    tally: Tally
    browser_kills: int = 0
    server_kills: int = 0
    seconds: float = 0.0
    happened: dict[str, int] = field(default_factory=dict)

    @property
    def line(self) -> str:
        """All figures in one line."""
        t = self.tally
        words = (
            f"visits {t.visits} · saves {t.saves} · kills {self.browser_kills} browser, {self.server_kills} server"
            f" · lost {t.lost} · duplicated {t.duplicated} · out of order {t.out_of_order}"
            f" · wrong times {t.wrong_times} · missing photos {t.missing_photos}"
            f" · tallies {'equal' if not t.differing_tallies else f'{t.differing_tallies} differ'}"
        )
        return words + (f" · stuck {t.stuck}" if t.stuck else "")


def run(
    runs: int,
    seed: int,
    is_control: bool = False,
    rate: float | None = None,
    say: bool = False,
    watch: bool = False,
) -> Result:
    """Drive so many visits. Every process that it starts ends with it, whatever happens."""
    start = time.monotonic()
    with ExitStack() as stack:
        folder = Path(
            stack.enter_context(
                tempfile.TemporaryDirectory(prefix="doorstep-faults-", ignore_cleanup_errors=True)
            )
        )
        dice = random.Random(seed)
        data = folder / "server"
        data.mkdir()
        world = World(data, dice)
        server = stack.enter_context(_served(data, is_control))
        proxy = Proxy(server.port, server.kill, dice).start()
        stack.callback(proxy.stop)
        phone = Phone(stack.enter_context(sync_playwright()), folder / "phone", proxy.origin, world.zone)
        phone.launch()
        stack.callback(phone.close)
        stack.callback(_end_phone, phone)
        plan = plans.Plan(seed, is_control)
        if rate is not None:
            plan.rate = rate
        driver = Driver(phone, proxy, server, world, plan)
        if watch:
            driver.watch = lambda line: print(f"    {time.monotonic() - start:6.1f} {line}", flush=True)
        result = Result(Tally())
        _begin(driver)
        try:
            for n in range(runs):
                _visit(driver, result.tally, is_control)
                if say:
                    print(
                        f"  {n + 1}/{runs}  {time.monotonic() - start:.0f} s  {len(driver.taps)} taps",
                        *result.tally.findings[-1:],
                        flush=True,
                    )
                if is_control and not result.tally.is_whole:
                    break
        finally:
            result.browser_kills, result.server_kills = phone.kills, server.kills
            result.happened = {
                **driver.counts,
                "killed in answer": sum(h[1] in KILLS for h in proxy.happened),
            }
            result.seconds = time.monotonic() - start
            if not result.tally.is_whole:
                _keep(driver, result, data)
        return result


def _begin(driver: Driver) -> None:
    """Sign in, choose a PIN, and close the browser once as its user would: a cookie of a fresh sign-in is written late."""
    driver.phone.go("/")
    driver._pass_doors()
    driver.phone.close()
    driver.phone.launch()


def _visit(driver: Driver, tally: Tally, is_control: bool) -> None:
    job = driver.world.job()
    kept = {}
    try:
        driver.prepare(job)
        driver.drive(job)
        kept = driver.drain(job)
    except Stuck as why:
        tally.find("stuck", str(why))
        with contextlib.suppress(Exception):
            driver.settle_line()
            kept = driver.phone.kept(job.visit)
    device = kept.get("device") or driver.device
    driver.device = device
    compare(
        driver.world.folder,
        Evidence(
            job.visit, [tap for tap in driver.taps if tap.visit == job.visit], driver.phone.told,
            driver.ledgers.get(job.visit, {}), [one for one in driver.others if one[0] == job.visit], kept, device,
        ),
        tally,
    )  # fmt: skip


@contextmanager
def _served(folder: Path, is_control: bool) -> Iterator[Server]:
    server = Server(folder, is_control)
    try:
        yield server.start()
    finally:
        server.stop()


def _end_phone(phone: Phone) -> None:
    with contextlib.suppress(Exception):
        phone.close()
    phone.kill()
    phone.kills -= 1


def _keep(driver: Driver, result: Result, data: Path) -> None:
    """What is needed to see what went wrong, in var/faults."""
    KEPT.mkdir(parents=True, exist_ok=True)
    told = {
        "line": result.line, "findings": result.tally.findings, "counts": result.happened,
        "happened": driver.proxy.happened, "taps": [asdict(tap) for tap in driver.taps], "told": driver.phone.told,
        "troubles": driver.phone.troubles,
    }  # fmt: skip
    (KEPT / "log.json").write_text(json.dumps(told, indent=1, ensure_ascii=False))
    for name in ("doorstep.db", "server.log", "stuck.png"):
        with contextlib.suppress(OSError):
            shutil.copy(data / name, KEPT / name)
