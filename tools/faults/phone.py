"""The phone of a run: a real Chromium with a profile that outlives it, killed by its process id and started again."""

# ruff: noqa: E501  (scripts that run in the page)

import contextlib
import os
import shutil
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Error as PlaywrightError

from tools.faults.world import LOGIN, PASSWORD, PIN

CHROMES = (
    "chromium", "chromium-browser", "google-chrome", "google-chrome-stable",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)  # fmt: skip
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--no-first-run",
    "--disable-sync",
]
LIMIT_MS = 15_000
START_MS = 40_000

# Every page tells the run what it has just said to be saved, before anything else can happen to it.
TELL = """
document.addEventListener('outbox:stored', ({detail}) => {
  if (!detail || detail.elsewhere || !window.told) return;
  const {key, visit, seq, step, act, sha, at} = detail;
  window.told({key, visit, seq, step, act, sha, at});
});
addEventListener('error', ({message, error}) => window.failed && window.failed(`${message} ${(error && error.stack) || ''}`));
"""

LOOK = """() => {
  const d = document;
  const shown = (one) => Boolean(one && one.getClientRects().length);
  const section = [...d.querySelectorAll('section.step')].find(shown);
  const visit = window.doorstep && doorstep.visit;
  const walk = visit && visit.walk && visit.walk();
  const customer = d.querySelector('[data-customer]');
  const badge = d.getElementById('outbox-badge');
  const counts = {};
  if (walk) for (const {step, act} of visit.records()) counts[`${step}.${act}`] = (counts[`${step}.${act}`] || 0) + 1;
  return {
    path: location.pathname, query: location.search, hash: location.hash,
    lock: shown(d.querySelector('dialog.lock[open]')), covered: d.documentElement.classList.contains('locked'),
    signIn: Boolean(d.querySelector('#sign-in')), pin: Boolean(d.querySelector('#pin-form')),
    customer: Boolean(customer), acts: customer ? [...d.querySelectorAll('form input[name=act]')].filter((one) => shown(one.form)).map((one) => one.value) : [],
    back: shown(d.querySelector('form[data-pin-form]:not([data-pin-by]) [data-pin]')) && !d.querySelector('dialog.lock[open]'),
    hasReturn: Boolean([...d.querySelectorAll('a[href$="/return"]')].find(shown)),
    visit: Boolean(d.querySelector('.steps[data-visit]')), step: section ? section.dataset.step || section.id : '',
    status: section ? section.dataset.status || '' : '', ready: Boolean(walk),
    next: walk ? walk.next_step || '' : '', state: walk ? walk.state : '', counts,
    badge: badge ? badge.dataset.state || '' : '', said: badge ? badge.textContent.trim() : '',
    title: [...d.querySelectorAll('h1, h2.title')].filter(shown).map((one) => one.textContent.trim())[0] || d.title,
    faults: [...d.querySelectorAll('.error, .errors, [data-not-saved]')].filter(shown).map((one) => one.textContent.trim().replace(/\\s+/g, ' ')).slice(0, 5),
  };
}"""


def chrome() -> str:
    """A Chromium or Chrome of this machine. :raise SystemExit: there is none."""
    for name in (os.environ.get("CHROME", ""), *CHROMES):
        if name and (found := shutil.which(name)):
            return found
    for kept in sorted(Path.home().glob(".cache/ms-playwright/chromium-*/chrome-linux*/chrome")):
        return str(kept)
    raise SystemExit("no Chromium found; `make test` installs one, or CHROME=/path names it")


class Phone:
    """One phone. `told` is everything that any page of it has said to be saved, in order; nothing clears it."""

    def __init__(self, playwright: Any, profile: Path, origin: str, zone: str) -> None:
        self.playwright = playwright
        self.profile = profile
        self.origin = origin
        self.zone = zone
        self.told: list[dict[str, Any]] = []
        self.troubles: list[str] = []
        self.kills = 0
        self.context: Any = None
        self.is_offline = False

    @property
    def page(self) -> Any:
        """The tab."""
        return self.context.pages[0] if self.context.pages else self.context.new_page()

    def launch(self) -> "Phone":
        """Start the browser on the profile as it was left."""
        for last in (False, False, True):
            try:
                self.context = self._start()
                break
            except PlaywrightError:
                if last:
                    raise
                self._end_all()
        self.context.set_default_timeout(LIMIT_MS)
        self.context.expose_binding(
            "told", lambda _source, what: self.told.append({**what, "heard": time.time()})
        )
        self.context.expose_binding("failed", lambda _source, what: self.troubles.append(str(what)))
        self.context.add_init_script(TELL)
        if self.is_offline:
            self.context.set_offline(True)
        return self

    def _start(self) -> Any:
        return self.playwright.chromium.launch_persistent_context(
            str(self.profile), executable_path=chrome(), args=ARGUMENTS, base_url=self.origin, locale="en-GB",
            viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True, device_scale_factor=1,
            timezone_id=self.zone, timeout=START_MS,
        )  # fmt: skip

    def _end_all(self) -> None:
        for pid in self.pids():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def close(self) -> None:
        """End the browser, gently if it can be."""
        with contextlib.suppress(PlaywrightError):
            if self.context:
                self.context.close()
        self.context = None

    def pids(self) -> list[int]:
        """The browser process that runs on this profile; its helpers end with it."""
        mark, found = f"--user-data-dir={self.profile}".encode(), []
        for place in Path("/proc").glob("[0-9]*/cmdline"):
            with contextlib.suppress(OSError):
                words = place.read_bytes().split(b"\0")
                if mark in words and not any(word.startswith(b"--type=") for word in words):
                    found.append(int(place.parent.name))
        return found

    def kill(self) -> None:
        """End the browser's process now, as a phone does that needs the memory."""
        self.kills += 1
        self._end_all()

    def kill_soon(self, seconds: float) -> Callable[[], None]:
        """Be killed after this time, whatever goes on; returns what waits for it."""
        pids = self.pids()
        self.kills += 1

        def end() -> None:
            for pid in pids:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)

        timer = threading.Timer(seconds, end)
        timer.start()
        return timer.join

    def relaunch(self) -> None:
        """After a kill: wait until it is gone, then start it again."""
        end = time.monotonic() + 10
        while self.pids() and time.monotonic() < end:
            time.sleep(0.02)
        self.close()
        self.launch()

    def offline(self, is_offline: bool) -> None:
        """Airplane mode on or off."""
        self.is_offline = is_offline
        self.context.set_offline(is_offline)

    def look(self) -> dict[str, Any]:
        """What stands on the screen, in a few words."""
        return dict(self.page.evaluate(LOOK))

    def go(self, path: str) -> None:
        """Type an address. A page that does not come is no fault here: the screen says what happened."""
        with contextlib.suppress(PlaywrightError):
            self.page.goto(path, wait_until="load", timeout=LIMIT_MS)

    def tap(self, handle: Any) -> float:
        """A finger on the middle of it; returns the time of the tap."""
        place = handle.evaluate(
            "(one) => { const at = () => one.getBoundingClientRect(); let b = at();"
            " if (b.top < 0 || b.bottom > innerHeight) { one.scrollIntoView({block: 'center'}); b = at(); }"
            " return [b.x + b.width / 2, b.y + b.height / 2]; }"
        )
        moment = time.time()
        self.page.touchscreen.tap(*place)
        return moment

    def sign_in(self) -> None:
        """Through the sign-in page that is on the screen; chooses a PIN when it is asked for one."""
        page = self.page
        page.locator("#sign-in [name=login]").fill(LOGIN)
        page.locator("#sign-in [name=password]").fill(PASSWORD)
        page.locator("button[form=sign-in]").tap()
        page.wait_for_url(lambda address: "/sign-in" not in address, timeout=LIMIT_MS)
        self.choose_pin()

    def choose_pin(self) -> None:
        """If the page for it is on the screen."""
        page = self.page
        if page.locator("#pin-form").count():
            page.locator("#pin").fill(PIN)
            page.locator("#pin-again").fill(PIN)
            page.locator("button[form=pin-form]").tap()
            page.wait_for_url(lambda address: "/pin" not in address, timeout=LIMIT_MS)

    def unlock(self) -> None:
        """Type the PIN into the lock that lies over the page."""
        page = self.page
        form = page.locator("dialog.lock form[data-pin-form]:not([data-pin-by])")
        form.locator("[data-pin]").fill(PIN)
        form.locator("button").first.tap()
        page.locator("dialog.lock[open]").wait_for(state="hidden", timeout=LIMIT_MS)

    def kept(self, visit: int) -> dict[str, Any]:
        """What the phone holds of this visit: entries, photos, ledger, its tally and the device's id."""
        script = """async (visit) => {
          const {store, outbox} = doorstep;
          const bare = ({key, seq, step, act, state, reason, at, sha, corrects, person, device, text, ver}) =>
            ({key, seq, step, act, state, reason, at, sha, corrects, person, device, text, ver});
          return {
            entries: (await store.entriesOf(visit)).map(bare),
            blobs: (await store.all('blobs')).filter((one) => one.visit === visit).map(({sha, refused}) => ({sha, refused})),
            ledger: (await store.all('ledger')).filter((one) => one.visit === visit),
            tally: outbox.tally ? await outbox.tally(visit) : null, device: await store.get('device'),
            halt: await store.get('halt'),
          };
        }"""
        return dict(self.page.evaluate(script, visit))
