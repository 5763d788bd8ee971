"""Auditing: what a checker, a ruler and a small screen find wrong with a page. Used by the tests of all pages."""

from functools import cache
from pathlib import Path
from typing import Any

from tests.conftest import SHOTS

AXE = Path(__file__).resolve().parents[1] / "vendor" / "axe-core@4.14.1" / "axe.min.js"
SMALL = {"width": 320, "height": 640}
LANGUAGES = ("en", "zh_Hans", "zh_Hant", "es")
# Besides day, in which every rule runs. A colour does not depend on the language: English is seen in all of them.
THEMES = {"en": ("night", "sun"), "zh_Hans": ("sun",), "zh_Hant": ("night",), "es": ("sun",)}
PICTURED = "es"  # the longest words

RUN = """async ([only, off]) => {
    const rules = Object.fromEntries(off.map((rule) => [rule, { enabled: false }]));
    const options = { resultTypes: ['violations'], preload: false, iframes: false, elementRef: false, rules };
    options.runOnly = only.length ? { type: 'rule', values: only }
        : { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] };
    const { violations } = await axe.run(document, options);
    return violations.map(({ id, help, nodes }) => `${id} (${help}): `
        + nodes.slice(0, 4).map(({ target, any }) => `${target} ${(any[0] || {}).message || ''}`).join(' | '));
}"""

# Whatever is pressed must be 48 px high and wide, its touch area (::after, label) included. Links in running text are excused.
SHORT = """() => {
    const wanted = 47.5, found = [];
    const seen = (element) => element.getClientRects().length && getComputedStyle(element).visibility !== 'hidden'
        && !element.closest('.visually-hidden, .skip, [aria-hidden="true"]');
    document.querySelectorAll('a[href], button, summary, select, textarea, input:not([type=hidden])').forEach((element) => {
        if (!seen(element)) return;
        const around = element.closest('label') || (element.type === 'file' && element.nextElementSibling) || element;
        const box = around.getBoundingClientRect();
        if (element.tagName === 'INPUT' && box.width < 2) return;
        if (getComputedStyle(element).display === 'inline' && element.tagName === 'A'
            && element.parentElement.textContent.trim().length > element.textContent.trim().length) return;
        const more = getComputedStyle(element, '::after');
        const grown = more.content !== 'none' && more.position === 'absolute'
            ? -2 * Math.min(0, parseFloat(more.top) || 0, parseFloat(more.bottom) || 0) : 0;
        const covers = element.matches('.card-title a') ? element.closest('.card').getBoundingClientRect() : box;
        const [width, height] = [covers.width, covers.height + grown];
        if (height < wanted || width < wanted) {
            const words = element.getAttribute('aria-label') || element.textContent || element.name;
            found.push(`${element.tagName} “${words.trim().slice(0, 40)}” ${Math.round(width)} × ${Math.round(height)}`);
        }
    });
    return found;
}"""

WIDE = """() => {
    if (document.scrollingElement.scrollWidth <= innerWidth) return [];
    const out = [...document.querySelectorAll('main *, header *')].filter((element) => {
        const box = element.getBoundingClientRect();
        return box.width && box.right > innerWidth + 1 && !element.closest('.visually-hidden, .table-wrap, .nav');
    });
    return [`${document.scrollingElement.scrollWidth} px wide: `
        + out.slice(-3).map(({ tagName, className, textContent }) => `${tagName}.${className} ${textContent.trim().slice(0, 40)}`)
            .join(' | ')];
}"""

# All steps of a visit below each other and every fold open, so that one run of the checker sees them all.
SPREAD = """() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync('.step { display: flex !important; } .dock { position: static !important; }');
    document.adoptedStyleSheets = [sheet];
    document.querySelectorAll('details:not(.sheet)').forEach((details) => { details.open = true; });
}"""
UNFOLD = (
    "() => document.querySelectorAll('details:not(.sheet)').forEach((details) => { details.open = true; })"
)
STEPS = "() => [...document.querySelectorAll('section.step')].map(({ id }) => id)"


@cache
def axe() -> str:
    """The checker's source."""
    return AXE.read_text("utf-8")


class Auditor:
    """Looks at pages in one tab and gathers what is wrong; `verdict()` fails with all of it."""

    def __init__(self, page: Any, language: str = "en", targets: bool = True) -> None:
        self.page = page
        self.language = language
        self.targets = targets
        self.wrong: list[str] = []
        self.looked = 0

    def go(self, address: str, status: int = 200) -> "Auditor":
        """Open a page and look at it as it comes."""
        answer = self.page.goto(address)
        if answer.status != status:
            self.wrong.append(f"{address}: {answer.status} instead of {status}")
        return self.look(address)

    def look(self, name: str, unfold: bool = True) -> "Auditor":
        """Every rule in the day theme, the contrasts in other themes; nothing wider than the screen, nothing too small."""
        if unfold:
            self.page.evaluate(UNFOLD)
        self._check(name)
        self._measure(name)
        return self

    def look_at_visit(self, address: str, shots: str = "", themes: bool = True) -> "Auditor":
        """A visit's document: all its steps at once for the checker, each by itself for the ruler."""
        self.page.goto(address)
        steps = self.page.evaluate(STEPS)
        assert len(steps) > 20, f"{address} shows {steps}"
        for step in steps:
            self.page.evaluate(f"() => {{ location.hash = '{step}'; }}")
            self.page.evaluate(UNFOLD)
            self._measure(f"{address}#{step}")
            if shots:
                self.shot(f"{shots}-{step}")
        self.page.evaluate(SPREAD)
        self._check(address, themes)
        return self

    def shot(self, name: str) -> "Auditor":
        """Keep a picture, to be looked at."""
        if self.language != PICTURED:
            return self
        SHOTS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=str(SHOTS / f"small-{self.language}-{name}.png"))
        return self

    def verdict(self) -> None:
        """Fail with everything that was found."""
        assert self.looked, "no page was looked at"
        assert not self.wrong, f"{len(self.wrong)} faults in {self.language}:\n" + "\n".join(
            dict.fromkeys(self.wrong)
        )

    def _check(self, name: str, themes: bool = True) -> None:
        self.looked += 1
        self.page.evaluate(axe())
        self.page.evaluate("() => { document.documentElement.dataset.theme = 'day'; }")
        self._note(name, "day", self.page.evaluate(RUN, [[], []]))
        for theme in THEMES[self.language] if themes else ():
            self.page.evaluate("(theme) => { document.documentElement.dataset.theme = theme; }", theme)
            self._note(name, theme, self.page.evaluate(RUN, [["color-contrast"], []]))
        self.page.evaluate("() => { document.documentElement.dataset.theme = 'day'; }")

    def _measure(self, name: str) -> None:
        self._note(name, "width", self.page.evaluate(WIDE))
        if self.targets:
            self._note(name, "target", self.page.evaluate(SHORT))

    def _note(self, name: str, what: str, found: list[str]) -> None:
        self.wrong += [f"{name} [{what}] {one}" for one in found]
