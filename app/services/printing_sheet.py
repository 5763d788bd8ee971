"""Laying a composed paper out on sheets and checking that nothing of it was lost; runs in the printing process only.

A copy is laid out by itself. It must end on its first page; else its type is made smaller down to a floor, and if
that does not do, it is set in the usual size on as many pages as it takes, each saying which page it is. Three copies
of a slip share one A4 sheet when each fits its third (`printing_thirds`).
"""

import gc
import io
import logging
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import weasyprint
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from weasyprint.text.fonts import FontConfiguration

from app.domain import coverage
from app.services.printing_checking import Messages, PaperFault, hold
from app.services.printing_quick import install
from app.services.printing_quick_file import pack_once
from app.services.printing_source import Assets, Source, qr_png
from app.services.printing_thirds import THIRD, Sheet, Thirds, is_over, users_of, variants_of

TEMPLATES = Path(__file__).resolve().parents[2] / "pdf_templates"
SIZES: dict[str, tuple[float, ...]] = {  # of the slip's type, in points, from the usual to the floor
    "a5": (7.8, 7.3, 6.8),
    "a4": (9.6, 9.0, 8.4),
    "third": (6.5, 6.2, 5.9),
}
LARGE_SIZES: dict[str, tuple[float, ...]] = {
    "a5": (9.2, 8.4, 7.6, 6.8),
    "a4": (11.0, 10.0, 9.0, 8.4),
}  # of papers that say less
ACCENTS = ("#1d3557", "#1d3557", "#9d174d", "#14663f")  # of an unnumbered copy, and of copies 1, 2, 3
PAPERS_A_SWEEP = 20
ADDED = ("continued",)  # sheets that are laid over another


class Press:
    """Templates, fonts and parsed styles, made once and used for every paper of this process."""

    def __init__(self) -> None:
        install()
        self._fonts = FontConfiguration()
        self._templates = Environment(
            loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, auto_reload=False,
            trim_blocks=True, lstrip_blocks=True,
        )  # fmt: skip
        self._styles: dict[tuple[str, float, int], list[weasyprint.CSS]] = {}
        self._cuts: dict[str, Any] = {}
        self._plain = self._css((TEMPLATES / "css" / "plain.css").read_text("utf-8"))
        self._printed = 0
        self._messages = Messages()
        logger = logging.getLogger("weasyprint")
        logger.handlers[:] = [self._messages]
        logger.propagate = False

    def print(self, paper: dict[str, Any], sheet: str, assets: Mapping[str, bytes]) -> tuple[bytes, int]:
        """The PDF file and its number of sheets. Raises PaperFault."""
        self._messages.texts.clear()
        self._tidy()
        fetcher = Assets({**assets, **({"qr": qr_png(paper["qr"])} if paper["qr"] else {})})
        documents, pages = self._arranged(paper, sheet, fetcher)
        self._complain()
        pdf = self._written(paper, documents[0], pages)
        self._complain()
        return pdf, len(pages)

    def _arranged(self, paper: dict[str, Any], sheet: str, fetcher: Assets) -> tuple[list[Any], list[Any]]:
        if sheet == "a4" and len(paper["copies"]) == 3:
            document, parts = self._together(paper, fetcher)
            if document is None:
                thirds = self._fitting(paper, "third", fetcher)
                document = thirds[0] if thirds else None
                parts = [(third.pages[0], index * THIRD) for index, third in enumerate(thirds)]
            if document is not None:
                marks = self._cut_marks(paper, fetcher)
                return [document], [Sheet([*parts, (marks.pages[0], 0)])]
        documents = self._fitting(paper, sheet, fetcher) or self._continued(paper, sheet, fetcher)
        return documents, [page for document in documents for page in document.pages]

    def _together(self, paper: dict[str, Any], fetcher: Assets) -> tuple[Any, list[tuple[Any, float]]]:
        """Three copies laid out as one, in the largest type in which they fit; (None, []) if that cannot be done."""
        users = users_of(paper["copies"])
        variants = variants_of(users)
        for size in _sizes(paper, "third"):
            document = self._laid_out(paper, paper["copies"][0], "thirds", size, fetcher, variants=variants)
            if is_over(document):
                continue
            sheet = Thirds(document.pages[0], users, [ACCENTS[copy["number"]] for copy in paper["copies"]])
            if not sheet.fits():
                break
            sheet.hold(document, paper["must_hold"])
            return document, [(sheet, 0.0)]
        return None, []

    def _fitting(self, paper: dict[str, Any], arrangement: str, fetcher: Assets) -> list[Any]:
        """One document of one page for each copy, in the largest type in which all of them fit; [] if none does."""
        for size in _sizes(paper, arrangement):
            documents = []
            for copy in paper["copies"]:
                document = self._laid_out(paper, copy, arrangement, size, fetcher)
                if len(document.pages) > 1:
                    break
                documents.append(document)
            else:
                for document in documents:
                    hold(document, paper["must_hold"])
                return documents
        return []

    def _continued(self, paper: dict[str, Any], sheet: str, fetcher: Assets) -> list[Any]:
        """Copies in the usual size on as many pages as they need, each page numbered."""
        documents = [
            self._laid_out(paper, copy, sheet, _sizes(paper, sheet)[-2], fetcher, True)
            for copy in paper["copies"]
        ]
        for document in documents:
            hold(document, paper["must_hold"])
        return documents

    def _laid_out(
        self,
        paper: dict[str, Any],
        copy: dict[str, Any],
        arrangement: str,
        size: float,
        fetcher: Assets,
        continued: bool = False,
        variants: list[tuple[str, int]] | None = None,
    ) -> Any:
        html = self._templates.get_template(f"{paper['kind']}.html").render(
            p=paper, copy=copy, arrangement=arrangement, variants=variants or []
        )
        html = coverage.spelled(html)
        styles = [self._style(arrangement, size, copy["number"])]
        if continued:
            styles += [self._style("continued", size), self._numbering(paper, copy)]
        source = Source(html, self._plain, fetcher)
        document = source.render(font_config=self._fonts, stylesheets=styles)
        document.signs = source.signs()
        self._complain()
        return document

    def _style(self, arrangement: str, size: float, copy: int = 0) -> weasyprint.CSS:
        """The parsed style of an arrangement in a size of type and the copy's colour, kept for the next paper."""
        key = (arrangement, size, copy)
        if key not in self._styles:
            files = [TEMPLATES / "sheets" / f"{arrangement}.css"]
            if arrangement == "thirds":
                files.insert(0, TEMPLATES / "sheets" / "third.css")
            if arrangement not in ADDED:
                files.insert(0, TEMPLATES / "css" / "paper.css")
            text = "\n".join(file.read_text("utf-8") for file in files)
            # Colours are put in as text: a CSS variable is read again for every element, a tenth of the whole time.
            self._styles[key] = self._css(
                f"{text}\nhtml {{ font-size: {size}pt }}".replace("$accent", ACCENTS[copy])
            )
        return self._styles[key]

    def _css(self, text: str) -> weasyprint.CSS:
        return weasyprint.CSS(string=text, font_config=self._fonts, url_fetcher=Assets({}))

    def _numbering(self, paper: dict[str, Any], copy: dict[str, Any]) -> weasyprint.CSS:
        before, between, after = _page_words(paper["page"])
        label = _css_string(
            " · ".join(part for part in (paper["number"]["value"], copy["name"]) if part) + " · "
        )
        words = f"{label} {_css_string(before)} counter(page) {_css_string(between)} counter(pages) {_css_string(after)}"
        text = f"@page {{ @bottom-right {{ content: {words} }} }}"
        return self._css(text)

    def _cut_marks(self, paper: dict[str, Any], fetcher: Assets) -> Any:
        """The lines along which a sheet of three is cut: laid out once a language."""
        if paper["language"] not in self._cuts:
            html = self._templates.get_template("_cut.html").render(p=paper)
            source = Source(html, self._plain, fetcher)
            self._cuts[paper["language"]] = source.render(
                font_config=self._fonts, stylesheets=[self._style("cut", 6)]
            )
        return self._cuts[paper["language"]]

    def _tidy(self) -> None:
        """Look for garbage between papers, not during one: the collector would walk every box again and again."""
        if self._printed == 0:
            gc.collect()
            gc.freeze()
            gc.disable()
        elif self._printed % PAPERS_A_SWEEP == 0:
            gc.collect()
        self._printed += 1

    def _written(self, paper: dict[str, Any], document: Any, pages: list[Any]) -> bytes:
        at = datetime.fromisoformat(paper["created"]) if paper["created"] else None
        attachments = [
            weasyprint.Attachment(
                string=text.encode(),
                name=name,
                description=name,
                created=at,
                modified=at,
                relationship="Data",
            )
            for name, text in sorted(paper["attached"].items())
        ]
        target = io.BytesIO()
        document.copy(pages).write_pdf(
            target, finisher=pack_once, pdf_variant="pdf/a-3u", attachments=attachments
        )
        return target.getvalue()

    def _complain(self) -> None:
        if self._messages.texts:
            raise PaperFault("; ".join(self._messages.texts[:5]))


def _sizes(paper: dict[str, Any], arrangement: str) -> tuple[float, ...]:
    return (SIZES if paper["kind"] == "slip" else LARGE_SIZES)[arrangement]


def _page_words(text: str) -> tuple[str, str, str]:
    before, _, rest = text.partition("{page}")
    between, _, after = rest.partition("{pages}")
    return before, between, after


def _css_string(text: str) -> str:
    """Text as a CSS string: every sign that could end it is written as its number."""
    return (
        '"'
        + "".join(sign if sign.isalnum() or sign in " -·/" else f"\\{ord(sign):x} " for sign in text)
        + '"'
    )
