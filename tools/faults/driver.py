"""The engineer and the customer of a run: look at the screen, enter what fits there, tap. Judges nothing.

Every tap on a button that saves is logged; whatever the screen then says, the next look goes on from what stands there.
"""

import contextlib
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Error as PlaywrightError

from tools.bench_http import Browser
from tools.faults.phone import Phone
from tools.faults.plan import FLIPS, OTHER_DEVICE, Fault, Plan, line_of
from tools.faults.proxy import ONCE, Proxy
from tools.faults.script import FILL, STEPS, Act
from tools.faults.server import Server
from tools.faults.world import PIN, Job, World

VISIT_S = 420.0
DRAIN_S = 120.0
SAID_S = 5.0
LINES = ((40, 60, 180, 20), (120, 20, 280, 70))


class Stuck(Exception):
    """The screen offers no way on, or does not in time."""


@dataclass
class Tap:
    """A tap on a button that saves. `said`: keys that pages called saved afterwards; `screen`: the badge's words."""

    at: float
    visit: int
    step: str
    act: str
    fault: str = ""
    key: str = ""
    screen: str = ""
    faults: list[str] = field(default_factory=list)


class Driver:
    """Drives visits on one phone; `taps` is its log."""

    def __init__(self, phone: Phone, proxy: Proxy, server: Server, world: World, plan: Plan) -> None:
        self.phone, self.proxy, self.server, self.world, self.plan = phone, proxy, server, world, plan
        self.taps: list[Tap] = []
        self.others: list[tuple[int, str, str]] = []
        self.ledgers: dict[int, dict[int, dict[str, Any]]] = {}
        self.counts: dict[str, int] = {}
        self.device = ""
        self.watch: Callable[[str], None] = lambda _line: None
        self._line_taps = 0
        self._waits = 0
        self._tries: dict[tuple[str, str], int] = {}
        self.job: Job | None = None

    # --- a visit

    def prepare(self, job: Job) -> None:
        """Online and in peace: open the visit, and wait until the phone has kept it."""
        self.job = job
        self._tries.clear()
        self.settle_line()
        self.phone.go("/")
        self._pass_doors()
        self.phone.go(f"/visits/{job.visit}")
        self._pass_doors()
        kept = """async ({visit, token}) => {
          const wanted = [`/visits/${visit}`, `/visits/${visit}/data`, `/c/${token}/kit/en`];
          const names = await caches.keys();
          for (const one of wanted) {
            let found = false;
            for (const name of names) {
              const cache = await caches.open(name);
              found = found || Boolean(await cache.match(one, {ignoreVary: true, ignoreSearch: true}));
            }
            if (!found) return one;
          }
          return navigator.serviceWorker.controller ? '' : 'worker';
        }"""
        # As coming to the front a minute later does.
        self.phone.page.evaluate(
            "(visit) => navigator.serviceWorker.controller?.postMessage({type: 'prepare', changed: [visit]})",
            job.visit,
        )
        self.watch(f"visit {job.visit} opened")
        absent = self._until(
            lambda: not (found := self.phone.page.evaluate(kept, asdict(job))) or found, 40, kept=True
        )
        if absent:
            raise Stuck(f"not kept on the phone: {absent} {self._seen()}")
        self.watch(f"visit {job.visit} kept")

    def drive(self, job: Job) -> None:
        """Tap through the whole visit, whatever happens meanwhile. :raise Stuck: it does not end in time."""
        end = time.monotonic() + VISIT_S
        while time.monotonic() < end:
            try:
                if self._one(job):
                    return
            except PlaywrightError as fault:
                self._after(fault)
        raise Stuck(f"visit {job.visit} does not end: {self._seen()}")

    def drain(self, job: Job) -> dict[str, Any]:
        """The line is good again: wait until the office has everything; what the phone then holds."""
        self.settle_line()
        end, last = time.monotonic() + DRAIN_S, 0.0
        kept: dict[str, Any] = {}
        while time.monotonic() < end:
            try:
                self._pass_doors()
                seen = self.phone.look()
                if not seen["visit"] or seen["customer"] or time.monotonic() - last > 12:
                    last = time.monotonic()
                    self.phone.go(f"/visits/{job.visit}")
                    continue
                kept = self.phone.kept(job.visit)
                self._note_ledger(kept)
                states = {entry["state"] for entry in kept["entries"]}
                if "refused" in states:
                    self._put_right(job, kept)
                elif not states & {"pending", "held"} and not kept["blobs"]:
                    return kept
                self.phone.page.wait_for_timeout(200)
            except PlaywrightError as fault:
                self._after(fault)
        raise Stuck(f"visit {job.visit} is not sent: {kept} {self._seen()}")

    def settle_line(self) -> None:
        """Nothing goes wrong any more."""
        self.proxy.calm()
        self._line_taps = 0
        if self.phone.is_offline:
            self.phone.offline(False)
        self.server.ready()

    # --- one thing after the other

    def _one(self, job: Job) -> bool:
        """Do the next thing that the screen asks for; True when the visit is done."""
        self._pass_doors()
        seen = self.phone.look()
        if seen["customer"]:
            self._customer(seen)
            return False
        if not seen["visit"] or seen["path"] != f"/visits/{job.visit}":
            self.phone.go(f"/visits/{job.visit}")
            return False
        if not seen["ready"]:
            self.phone.page.wait_for_timeout(100)
            self._waits += 1
            if self._waits % 50 == 0:
                self.phone.go(f"/visits/{job.visit}")
            if self._waits > 300:
                raise Stuck(f"the page does not read its rules: {self._seen()} {self.phone.troubles[-3:]}")
            return False
        self._waits = 0
        if seen["badge"] == "correct":
            kept = self.phone.kept(job.visit)
            if any(entry["state"] == "refused" for entry in kept["entries"]):
                self._put_right(job, kept)
                return False
        if not seen["next"]:
            return True
        self._show(seen["next"], seen)
        self._step(seen["next"], seen["counts"])
        return False

    def _show(self, step: str, seen: dict[str, Any]) -> None:
        """Bring this step into view, as its link in the overview does."""
        if seen["step"] != step:
            self.phone.page.evaluate("(step) => { location.hash = `s-${step}`; }", step)
            self.phone.page.locator(f"#s-{step}").wait_for(state="visible", timeout=5000)

    def _step(self, step: str, counts: dict[str, int]) -> None:
        acts = STEPS.get(step)
        if acts is None:
            raise Stuck(f"the script knows no step {step}")
        section = self.phone.page.locator(f"#s-{step}")
        for one in acts:
            if one.act in ("done", "handed_over") or counts.get(f"{step}.{one.act}", 0) < one.times:
                form = self._form(section, one)
                if form is None:
                    continue
                self._enter(step, form, one)
                self._save(step, one.act, self._button(section, form, one))
                return
        raise Stuck(f"nothing to do at {step}: {self._seen()}")

    def _form(self, section: Any, one: Act) -> Any:
        forms = section.locator(f"form[data-act={one.act}]:not(dialog form)")
        if one.hidden:
            name, value = one.hidden
            forms = section.locator(
                f"form[data-act={one.act}]", has=self.phone.page.locator(f"[name={name}][value={value}]")
            )
        for n in range(forms.count()):
            if forms.nth(n).evaluate("(form) => !form.closest('[hidden]')"):
                return forms.nth(n)
        return None

    def _enter(self, step: str, form: Any, one: Act) -> None:
        form.evaluate(
            "(form) => { for (let one = form; one; one = one.parentElement) if (one.matches('details')) one.open = true; }"
        )
        missing: list[str] = []
        for _ in range(30):  # long lists come a moment after the page
            missing = form.evaluate(FILL, {"fields": dict(one.fields), "ticks": one.ticks})
            if not missing:
                break
            self.phone.page.wait_for_timeout(100)
        if missing:
            raise Stuck(f"{step} has no input for {missing}: {self._seen()}")
        if one.photo and not form.locator(".photo-row .thumb").count():
            assert self.job
            picture = self.world.photo(f"{self.job.visit}-{one.photo}")
            form.locator(f"input[type=file][name={one.photo}]").set_input_files(str(picture))
            form.locator(".photo-row .thumb").first.wait_for()

    def _button(self, section: Any, form: Any, one: Act) -> Any:
        if one.button:
            return form.locator(f"button[value={one.button}]").first
        inside = form.locator("button:not([type=button])")
        if inside.count():
            return inside.first
        return section.locator(f"button[form='{form.get_attribute('id')}']").first

    # --- the tap, and what goes wrong at it

    def _save(self, step: str, act: str, button: Any) -> None:  # noqa: C901
        assert self.job
        last = self.taps[-1] if self.taps else None
        if last and (last.step, last.act) == (step, act) and last.key:
            self.phone.page.wait_for_timeout(
                1100
            )  # a form takes a second tap within a second for the same one
        elif last:
            self.phone.page.wait_for_timeout(
                max(0, 350 - 1000 * (time.time() - last.at))
            )  # or it is a double tap
        handle = button.element_handle(timeout=5000)
        self._line()
        fault = self.plan.at(step, act)
        before = len(self.phone.told)
        stood = self.phone.look()["faults"]  # of an earlier tap: they say nothing of this one
        tap = Tap(0.0, self.job.visit, step, act, fault.name if fault else "")
        self.taps.append(tap)
        if fault:
            self._count(fault.name)
            self._before(fault, step, act)
        ended = None
        if fault and fault.name in ("browser_killed", "both_killed"):
            if fault.name == "both_killed":
                self.server.kill()
            ended = self.phone.kill_soon(fault.after_s)
        tap.at = time.time()
        try:
            tap.at = self.phone.tap(handle)
            if fault and fault.name == "triple_tap":
                for _ in range(2):
                    self.phone.page.wait_for_timeout(self.plan.dice.uniform(0, 60))
                    self.phone.tap(handle)
            if fault and fault.name == "reload":
                self.phone.page.wait_for_timeout(1000 * fault.after_s)
                self.phone.page.reload(wait_until="load")
            if ended is None:
                self._hear(tap, before, stood=stood)
        except PlaywrightError:
            if ended is None and not (fault and fault.name in ("triple_tap", "reload")):
                raise
        finally:
            self.watch(f"{tap.step}.{tap.act} {tap.fault} -> {tap.key[:8]} {tap.screen} {tap.faults}")
            if ended is not None:
                ended()
                self.phone.relaunch()
                self.phone.go(f"/visits/{self.job.visit}")
            elif fault and fault.name == "reload":
                self._hear(tap, before, 0.3)

    def _before(self, fault: Fault, step: str, act: str) -> None:
        assert self.job
        if fault.name in ONCE:
            self.proxy.arm(fault.name)
        elif fault.name.startswith("line_"):
            self.proxy.line = line_of(fault.name)
            self._line_taps = fault.taps
        elif fault.name == "airplane":
            self.phone.offline(True)
            self._line_taps = fault.taps
        elif fault.name == "signed_out":
            self.phone.context.clear_cookies(name="session")
        elif fault.name == "flip":
            self.proxy.flip(step, act, FLIPS[step, act])
        elif fault.name == "other_device":
            self.proxy.line = "off"
            self._line_taps = 1
            self._other_device(step)

    def _line(self) -> None:
        """A bad line gets good again after some taps."""
        if self._line_taps:
            self._line_taps -= 1
            if not self._line_taps:
                self.proxy.line = "good"
                if self.phone.is_offline:
                    self.phone.offline(False)

    def _other_device(self, step: str) -> None:
        """The same engineer saves this step on another phone without scripts, straight at the server."""
        assert self.job
        self.server.ready()
        other = Browser(f"127.0.0.1:{self.server.port}").sign_in()
        status, html = other.ask("GET", f"/visits/{self.job.visit}")
        assert status == 200, status
        fields = OTHER_DEVICE[step] or _ticks(html, step)
        envelope = {"act": "done", "key": _new_key(), "at": _now()}
        status, _html = other.ask("POST", f"/visits/{self.job.visit}/steps/{step}", {**envelope, **fields})
        if status == 303:
            self.others.append((self.job.visit, step, "done"))

    def _hear(self, tap: Tap, before: int, limit_s: float = SAID_S, stood: Any = None) -> None:
        """Wait until the page says what became of the tap; keep what it said."""

        def said() -> bool:
            return any(one["step"] == tap.step and one["act"] == tap.act for one in self.phone.told[before:])

        end = time.monotonic() + limit_s
        while not said() and time.monotonic() < end:
            self.phone.page.wait_for_timeout(15)
            if not said() and (seen := self.phone.look())["faults"] and seen["faults"] != stood:
                tap.faults = seen["faults"]
                break
        tap.key = next((one["key"] for one in self.phone.told[before:] if one["act"] == tap.act), "")
        if not tap.key:
            tries = self._tries[tap.step, tap.act] = self._tries.get((tap.step, tap.act), 0) + 1
            if tries > 6:
                raise Stuck(f"{tap.step}.{tap.act} cannot be saved: {tap.faults} {self._seen()}")
            return
        with contextlib.suppress(PlaywrightError):  # it may be on its way to another page
            tap.screen = str(self.phone.look()["said"])
            if self.phone.page.evaluate("() => Boolean(window.doorstep && doorstep.store)"):
                self._note_ledger(self.phone.kept(tap.visit))

    def _note_ledger(self, kept: dict[str, Any]) -> None:
        for row in kept["ledger"]:
            self.ledgers.setdefault(row["visit"], {})[row["seq"]] = row

    # --- doors

    def _pass_doors(self) -> None:
        """The lock of the phone, the sign-in page, the choice of a PIN: whatever stands before the page."""
        for _ in range(8):
            seen = self.phone.look()
            if seen["lock"]:
                self.phone.unlock()
            elif seen["covered"]:
                self.phone.page.wait_for_timeout(100)
            elif seen["signIn"]:
                self.settle_line()
                self._count("sign_in")
                self.phone.sign_in()
            elif seen["pin"]:
                self.phone.choose_pin()
            elif seen["badge"] == "sign_in" and not self._line_taps and not seen["customer"]:
                self._count("sign_in")
                self.server.ready()
                self.phone.go(f"/sign-in?next={seen['path']}")
            else:
                return

    def _after(self, fault: PlaywrightError) -> None:
        """Something went away under the hand: a browser that is gone is started again, anything else looked at anew."""
        self._count("surprised")
        alive = False
        try:
            self.phone.page.evaluate("() => 1")
            alive = True
        except (PlaywrightError, IndexError):
            pass
        if not alive:
            self.phone.relaunch()
            self.phone.go(f"/visits/{self.job.visit}" if self.job else "/")
        elif self._count("surprised_here") % 10 == 0:
            self.phone.go(f"/visits/{self.job.visit}" if self.job else "/")
        self.phone.troubles.append(f"driver: {str(fault)[:300]}")
        self.watch(f"surprised, {'alive' if alive else 'gone'}: {str(fault)[:160]!r}")

    # --- refusals

    def _put_right(self, job: Job, kept: dict[str, Any]) -> None:
        """A refused save: open its step, enter it again, and tap."""
        wrong = next(entry for entry in kept["entries"] if entry["state"] == "refused")
        tries = self._count(f"right:{wrong['key']}")
        if tries > 4:
            raise Stuck(f"refused and cannot be put right: {wrong} {self._seen()}")
        self._count("put_right")
        page = self.phone.page
        if not self.phone.look()["visit"]:
            self.phone.go(f"/visits/{job.visit}")
        if tries > 1:
            self.phone.go(f"/visits/{job.visit}?again={tries}")
        self._show(wrong["step"], self.phone.look())
        section = page.locator(f"#s-{wrong['step']}")
        for one in STEPS[wrong["step"]]:
            form = self._form(section, one) if one.act == wrong["act"] else None
            if form is not None:
                self._enter(wrong["step"], form, one)
                self._save(wrong["step"], one.act, self._button(section, form, one))
                self._until(lambda: self._is_settled(job, wrong["key"]), 8)
                return
        page.wait_for_timeout(300)

    def _is_settled(self, job: Job, key: str) -> bool:
        return all(e["key"] != key or e["state"] != "refused" for e in self.phone.kept(job.visit)["entries"])

    # --- the customer

    def _customer(self, seen: dict[str, Any]) -> None:
        """The customer's page that is on the screen, by the act that its form brings."""
        page = self.phone.page
        acts = seen["acts"]
        if "agreed" in acts:
            self._save("consent", "agreed", self._submit("agreed"))
        elif "signed" in acts:
            self._sign()
            self._save("sign", "signed", self._submit("signed"))
        elif "rated" in acts:
            for name, value in (("quality", "5"), ("attitude", "4"), ("satisfied", "yes")):
                page.locator(f"input[name={name}][value='{value}']").first.evaluate("(one) => one.click()")
            self._save("sign", "rated", self._submit("rated"))
        elif seen["back"]:
            step = self._handed()
            form = page.locator("form[data-pin-form]:not([data-pin-by])")
            form.locator("[data-pin]").fill(PIN)
            self._save(step, "handed_back", form.locator("button:not([type=button])").first)
            with contextlib.suppress(PlaywrightError):  # the page says so to the office before it leaves
                self._until(lambda: not self.phone.look()["back"], 6)
        elif seen["hasReturn"]:
            page.locator("a[href$='/return']").locator("visible=true").first.tap()
            page.wait_for_timeout(100)
        else:
            page.wait_for_timeout(100)
            if self._count("customer_waits") % 60 == 0:
                page.reload(wait_until="load")
            if self.counts["customer_waits"] > 150:
                raise Stuck(f"the customer's page offers nothing: {self._seen()}")

    def _handed(self) -> str:
        """Which step the phone was handed over for: what was told last."""
        assert self.job
        handed = [
            one["step"]
            for one in self.phone.told
            if one["visit"] == self.job.visit and one["act"] == "handed_over"
        ]
        return handed[-1] if handed else "consent"

    def _submit(self, act: str) -> Any:
        form = self.phone.page.locator(
            "form", has=self.phone.page.locator(f"input[name=act][value={act}]")
        ).first
        return form.locator("button.main, button:not([type=button])").last

    def _sign(self) -> None:
        """Strokes of a finger on the pad, by real touches."""
        page = self.phone.page
        page.evaluate("document.querySelector('[data-signature]').scrollIntoView({block: 'center'})")
        self._until(
            lambda: page.evaluate("() => Boolean(document.querySelector('[data-signature]').pad)"), 10
        )
        if page.evaluate("() => Boolean(document.querySelector('[data-strokes]').value)"):
            return
        finger = page.context.new_cdp_session(page)
        for x0, y0, x1, y1 in LINES:
            box = page.locator("[data-pad]").bounding_box()
            points = [
                {"x": box["x"] + x0 + (x1 - x0) * n / 8, "y": box["y"] + y0 + (y1 - y0) * n / 8}
                for n in range(9)
            ]
            finger.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": points[:1]})
            for point in points[1:]:
                finger.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [point]})
            finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        finger.detach()
        page.wait_for_timeout(1300)  # else the next touch may count as the second half of a double tap

    # --- small things

    def _until(self, is_so: Any, limit_s: float, kept: bool = False) -> Any:
        """Wait until this is True; with `kept`, what it says when it never was."""
        end, last = time.monotonic() + limit_s, None
        while time.monotonic() < end:
            last = is_so()
            if last is True:
                return None if kept else True
            self.phone.page.wait_for_timeout(100)
        return last

    def _count(self, name: str) -> int:
        self.counts[name] = self.counts.get(name, 0) + 1
        return self.counts[name]

    def _seen(self) -> str:
        try:
            seen = self.phone.look()
            picture = Path(self.world.folder) / "stuck.png"
            self.phone.page.screenshot(path=str(picture))
            return f"{seen} (picture: {picture})"
        except PlaywrightError as fault:
            return f"no page: {str(fault)[:200]}"


def _new_key() -> str:
    import uuid

    return str(uuid.uuid4())


def _now() -> str:
    from datetime import UTC, datetime

    return datetime.now(UTC).isoformat()


def _ticks(html: str, step: str) -> dict[str, str]:
    import re

    form = re.search(rf'<form[^>]*id="f-{step}".*?</form>', html, re.DOTALL)
    inputs = re.findall(r"<input[^>]*>", form[0]) if form else []
    ticks: dict[str, str] = {}
    for one in inputs:
        given = dict(re.findall(r'(type|name|value)="([^"]*)"', one))
        if given.get("type") in ("checkbox", "radio"):
            ticks.setdefault(given["name"], given.get("value", "on"))
    return ticks
