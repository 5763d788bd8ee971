"""The bench's view of a phone without a network: how long a visit takes to open, a save to be safe, a step to follow.

A real server in its production form, a real Chromium; the times are the page's own (navigation start, tap).
"""

import os
import shutil
import tempfile
import time
from pathlib import Path
from typing import Any

from app.config import Config
from tools import bench_http
from tools.bench_quiet import quietest

ROUNDS = 12
STEPS = ("kit", "mat", "covers")  # steps that are saved with a tap alone, or nearly
PATIENCE_S = 120.0
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
SAVES = """async ([visit, count]) => { for (let n = 0; n < count; n += 1) {
 await doorstep.outbox.save({ visit, step: 'call', act: 'attempt', base: '', photos: [],
  fields: { channel: 'phone', number: `${n}`, result: 'no_answer' } }); } }"""
# When the visit's own rules have read where it stands.
READY = """document.addEventListener('visit:news', () => { if (window.doorstep.visit.walk() && !window.readyAt) {
 window.readyAt = performance.now(); } });"""
# A step shows and its buttons save once the page's scripts have run.
OPENED = """() => { const { domContentLoadedEventEnd: open } = performance.getEntriesByType('navigation')[0];
 return open && window.readyAt ? [open, window.readyAt] : null; }"""
SAVE = """(step) => new Promise((done) => { const form = document.querySelector(`#s-${step} form[id^="f-"]`);
 if (!form) { done(null); return; }
 form.querySelectorAll('input[type=checkbox]').forEach((box) => { box.checked = true; });
 let tapped = 0; let saved = 0; const before = location.hash;
 document.addEventListener('outbox:stored', () => { saved = performance.now() - tapped; }, { once: true });
 const look = () => { if (saved && location.hash !== before) {
  requestAnimationFrame(() => done({ saved, next: performance.now() - tapped })); }
  else if (performance.now() - tapped > 4000) done(null); else requestAnimationFrame(look); };
 tapped = performance.now(); form.requestSubmit(); look(); })"""


def measure(settings: Config) -> dict[str, float]:
    """Milliseconds, each the quietest stretch (bench_quiet); and how often the phone asks to get 25 saves delivered.

    offline_open_ms: a step shows and saves · offline_rules_ms: the phone's own rules have read the visit ·
    offline_saved_ms: tap to stored · offline_next_step_ms: tap to the next step.
    """
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        phone = playwright.chromium.launch_persistent_context(
            folder,
            executable_path=_chrome(),
            args=ARGUMENTS,
            viewport={"width": 390, "height": 844},
            locale="en-GB",
        )
        phone.set_default_timeout(PATIENCE_S * 1000)
        page = phone.pages[0]
        with bench_http.served(settings, workers=1) as (address, _pid):
            visits = _prepared(page, f"http://{address}")
            drained = _drained(phone, page, visits[0])
        # The server has gone: from here on everything comes from the phone.
        page.add_init_script(READY)
        opened = [_open(page, f"http://{address}/visits/{visits[n % len(visits)]}") for n in range(ROUNDS)]
        saves = [found for visit in visits for found in _saves(page, f"http://{address}/visits/{visit}")]
        phone.close()
    found = {
        "drain_requests": float(drained),
        "offline_open_ms": quietest([shown for shown, _read in opened]),
        "offline_rules_ms": quietest([read for _shown, read in opened]),
    }
    if saves:
        found["offline_saved_ms"] = quietest([one["saved"] for one in saves], 2)
        found["offline_next_step_ms"] = quietest([one["next"] for one in saves], 2)
    return found


def _prepared(page: Any, address: str) -> list[str]:
    """Sign in as mei and wait until today says that the day is on this phone; its visits."""
    page.goto(f"{address}/sign-in")
    page.fill("#login", "mei")
    page.fill("#password", "doorstep")
    page.click(".dock .btn.main")
    page.goto(f"{address}/")
    _until(page, "!document.querySelector('[data-offline-ready]').hidden")
    said = page.inner_text("[data-offline-ready]")
    assert page.locator("[data-offline-ready].is-missing").count() == 0, said
    prepared = page.evaluate("doorstep.store.get('prepared')")
    return [str(one) for one in prepared["visits"]]


def _drained(phone: Any, page: Any, visit: str) -> int:
    """Twenty-five saves made without a network: the requests that deliver them once it is back."""
    phone.set_offline(True)
    page.evaluate(SAVES, [int(visit), 25])
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if request.url.endswith("/outbox") else None)
    phone.set_offline(False)
    page.evaluate("doorstep.outbox.pump('bench')")
    _until(page, "doorstep.outbox.state().then(({ pending }) => pending === 0)")
    return len(asked)


def _open(page: Any, address: str) -> tuple[float, float]:
    page.goto("about:blank")
    page.goto(address)
    shown, read = _until(page, OPENED)
    return shown, read


def _saves(page: Any, address: str) -> list[dict[str, float]]:
    found = []
    for step in STEPS:
        page.goto("about:blank")
        page.goto(f"{address}#s-{step}")
        _until(page, OPENED)
        if made := page.evaluate(SAVE, step):
            found.append(made)
    return found


def _until(page: Any, expression: str) -> Any:
    """The content policy forbids Playwright's own waiting, which evaluates text inside the page."""
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        if found := page.evaluate(expression):
            return found
        page.wait_for_timeout(20)
    raise AssertionError(f"never: {expression}")


def _chrome() -> str:
    names = (
        os.environ.get("CHROME", ""),
        "chromium",
        "chromium-browser",
        "google-chrome",
        "google-chrome-stable",
    )
    for name in names:
        if name and (found := shutil.which(name)):
            return found
    kept = sorted(Path.home().glob(".cache/ms-playwright/chromium-*/chrome-linux*/chrome"))
    if not kept:
        raise FileNotFoundError("no Chromium; CHROME=/path names one")
    return str(kept[-1])
