"""Walker: taps through pages as an engineer or a customer would, by what stands on the screen. Checks nothing itself."""

import re
import time
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

from babel.support import Translations
from playwright.sync_api import Error as PlaywrightError

from app.web.i18n import FOLDER
from tests.conftest import SHOTS


@cache
def catalogue(language: str) -> Any:
    """The screens' words of a language."""
    return Translations.load(FOLDER, [language])


class Walker:
    """One tab. `here` is what is in view: the open sheet, else the shown step of a visit, else the page."""

    def __init__(self, page: Any, story: str) -> None:
        self.page = page
        self.story = story
        self.shots = 0
        self.language = "en"
        self.tapped = 0.0

    def speak(self, language: str) -> "Walker":
        """From here on the screens' words are looked for in this language (the stories tell them in English)."""
        self.language = language
        return self

    def said(self, words: str) -> str:
        """The words as the screen shows them; as they are while a catalogue does not know them."""
        if self.language == "en":
            return words
        words_of = catalogue(self.language)
        found = str(words_of.gettext(words))
        return (found if found != words else str(words_of.ngettext(words, words, 1))).replace("%(num)s", "1")

    @property
    def here(self) -> Any:
        """Where the next tap goes."""
        sheet = self.page.locator("dialog[open]")
        if sheet.count():
            return sheet
        step = self.page.locator("section.step:visible")
        return step.first if step.count() else self.page.locator("main")

    # --- going

    def go(self, address: str) -> "Walker":
        """Type an address."""
        self.page.goto(address)
        return self

    def at(self, title: str, shot: bool = True) -> "Walker":
        """Wait until this heading stands on the screen; keep a picture of it."""
        pattern = re.compile(f"^{re.escape(self.said(title))}")
        wanted = self.page.get_by_role("heading", name=pattern).locator("visible=true").first
        try:
            wanted.wait_for()
        except PlaywrightError as error:
            self.shot("stuck")
            raise AssertionError(f"{title!r} does not come; there stands: {self.text()[:600]}") from error
        if not wanted.evaluate("(one) => Boolean(one.closest('dialog'))"):  # a sheet over it is about to shut
            self.page.locator("dialog[open]").wait_for(state="detached")
        if shot:
            self.shot(title)
        return self

    def shot(self, name: str) -> "Walker":
        """Keep a picture of the page."""
        SHOTS.mkdir(parents=True, exist_ok=True)
        self.shots += 1
        word = re.sub(r"\W+", "-", name.lower()).strip("-")[:40]
        self.page.screenshot(path=str(SHOTS / f"{self.story}-{self.shots:02d}-{word}.png"))
        return self

    def until(self, script: str) -> "Walker":
        """Wait until this is true on the page. (Playwright's own way is stopped by the content policy.)"""
        for _ in range(80):
            if self.page.evaluate(f"() => Boolean({script})"):
                return self
            self.page.wait_for_timeout(100)
        raise AssertionError(f"never true: {script}")

    def text(self) -> str:
        """What can be read in view."""
        return str(self.here.inner_text())

    # --- tapping

    def tap(self, words: str, exact: bool = True) -> "Walker":
        """A button or link with these words."""
        button = self.here.get_by_role("button", name=self.said(words), exact=exact)
        link = self.here.get_by_role("link", name=self.said(words), exact=exact)
        found = button.or_(link).locator("visible=true").first
        # A tap on the next step's button right after one on this step's would be the second half of a double tap.
        self.page.wait_for_timeout(max(0, 350 - 1000 * (time.monotonic() - self.tapped)))
        found.tap()
        self.tapped = time.monotonic()
        return self

    def sign(self, words: str) -> "Walker":
        """The button below the pad. The browser may take its first touch for a part of the drawing: who sees that nothing
        happened taps again, and one signature is kept."""
        for _ in range(2):
            self.tap(words)
            for _ in range(30):
                if not self.page.locator("[data-pad]").is_visible():
                    return self
                self.page.wait_for_timeout(200)
        return self

    def save(self, words: str) -> "Walker":
        """A button whose save leads back to the same step: go on when the phone has it."""
        before = self.saves()
        self.tap(words)
        try:
            self.until(f"document.querySelector('.steps').dataset.saves > {before}")
            self.page.wait_for_timeout(300)  # sooner, the next tap would be the second half of a double tap
            return self
        except AssertionError as error:
            self.shot("stuck")
            raise AssertionError(f"{words!r} is not saved; there stands: {self.text()[:900]}") from error

    def sent(self) -> "Walker":
        """Wait until the office has every save of this phone, or has refused it."""
        asked = "() => doorstep.outbox.pump('test').then(() => doorstep.outbox.state())"
        for _ in range(80):
            now = self.page.evaluate(asked)
            if not now["pending"] + now["held"] + now["photos"]:
                return self
            self.page.wait_for_timeout(100)
        raise AssertionError(f"never sent: {now}")

    def saves(self) -> int:
        """How many saves this page has taken since it was loaded."""
        return int(self.page.evaluate("() => Number(document.querySelector('.steps').dataset.saves || 0)"))

    def open(self, words: str) -> "Walker":
        """Unfold a fold; one that lies open stays open."""
        fold = self.here.locator("details", has=self.page.locator("summary", has_text=words)).last
        if fold.get_attribute("open") is None:
            fold.locator("summary", has_text=words).tap()
        return self

    def tick(self, *labels: str) -> "Walker":
        """Checkboxes that are not ticked yet."""
        for label in labels:
            box = self.here.get_by_role("checkbox", name=label)
            if not box.is_checked():
                box.tap()
        return self

    def choose(self, group: str, option: str) -> "Walker":
        """One of the options below this question."""
        asked = self.here.get_by_role("group", name=self.said(group)).locator("visible=true").first
        asked.get_by_label(self.said(option)).locator("visible=true").first.tap()
        return self

    def pick(self, label: str, option: str) -> "Walker":
        """One of a list that opens."""
        self.here.get_by_label(label).locator("visible=true").first.select_option(label=option)
        return self

    def type(self, label: str, words: str) -> "Walker":
        """Type into an input."""
        for _ in range(5):  # what was painted anew meanwhile is looked for again
            with suppress(PlaywrightError):
                self.here.get_by_label(label).locator("visible=true").first.fill(words, timeout=3_000)
                return self
        self.here.get_by_label(label).locator("visible=true").first.fill(words)
        return self

    def photo(self, label: str, path: Path) -> "Walker":
        """Take a picture: the chooser that the camera button opens gets this file."""
        self.give(label, path)
        self.page.locator(".photo-row .thumb").first.wait_for()
        return self

    def give(self, label: str, path: Path) -> "Walker":
        """Give the chooser that the camera button opens this file, whatever becomes of it."""
        button = self.here.locator(".field", has_text=label).locator(".photo-button").first
        with self.page.expect_file_chooser() as chooser:
            button.tap()
        chooser.value.set_files(str(path))
        return self

    def something_else(self, title: str) -> "Walker":
        """Open the list of what may happen at this step and tap the row; its sheet opens."""
        self.here.get_by_text("Something else", exact=True).locator("visible=true").last.tap()
        self.page.get_by_role("link", name=re.compile(f"^{re.escape(title)}")).locator(
            "visible=true"
        ).first.tap()
        # Over the page; without scripts, a page of its own.
        self.page.locator("dialog[open], main:not(:has(.steps))").get_by_role(
            "heading", name=title
        ).wait_for()
        return self

    def not_recorded(self, reason: str) -> "Walker":
        """Leave the step out with this reason."""
        self.here.get_by_text("Not recorded", exact=True).locator("visible=true").last.tap()
        self.page.get_by_role("button", name=reason, exact=True).locator("visible=true").first.tap()
        return self

    # --- the customer's hands

    def draw(self, *lines: tuple[int, int, int, int]) -> "Walker":
        """Strokes of a finger on the pad, by real touches; each line is x0, y0, x1, y1 within it."""
        self.page.evaluate("document.querySelector('[data-signature]').scrollIntoView({block: 'center'})")
        self.until("document.querySelector('[data-signature]').pad")
        phone = self.page.context.new_cdp_session(self.page)
        for x0, y0, x1, y1 in lines:
            box = self.page.locator("[data-pad]").bounding_box()
            points = [
                {"x": box["x"] + x0 + (x1 - x0) * n / 10, "y": box["y"] + y0 + (y1 - y0) * n / 10}
                for n in range(11)
            ]
            self._touch(phone, "touchStart", points[:1])
            for point in points[1:]:
                self._touch(phone, "touchMove", [point])
            self._touch(phone, "touchEnd", [])
        phone.detach()
        self.page.wait_for_timeout(1300)  # else the next touch may count as the second half of a double tap
        return self

    @staticmethod
    def _touch(phone: Any, kind: str, points: list[dict[str, float]]) -> None:
        phone.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    def give_back(self, password: str) -> "Walker":
        """The engineer takes the phone back with the password; that page speaks the engineer's language."""
        self.tap("To the engineer").speak("en").at("Take the phone back", shot=False)
        self.open("Use the password").type("Your password", password).tap("Unlock with the password")
        self.page.wait_for_url(re.compile("/visits/"))
        return self
