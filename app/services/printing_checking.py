"""What a render must pass before it is handed out: nothing lost, nothing beyond its place; printing process only."""

import logging
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from weasyprint.formatting_structure.boxes import TextBox

from app.domain import coverage

SLACK = 1.0  # CSS pixels of rounding that are not an overlap


class PaperFault(Exception):
    """A render that may not be used: a message of the renderer, or text that did not reach the page."""


class Messages(logging.Handler):
    """Keeps what the renderer complains about."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.texts.append(record.getMessage())


def hold(document: Any, texts: Iterable[str]) -> None:
    """Check that the last page holds the end, and that every sign and all of `texts` are there. Raises PaperFault."""
    if "end" not in document.pages[-1].anchors:
        raise PaperFault("the end of the copy is on no page")
    held = squeezed(
        "".join(text for page in document.pages for text in texts_of(page._page_box, page.width, page.height))
    )
    no_sign_lost(document, held)
    all_held(held, texts)


def no_sign_lost(document: Any, held: str) -> None:
    """Check that every sign of the source is laid out as often as it stands there. Raises PaperFault."""
    if lost := document.signs - Counter(held):
        raise PaperFault(f"lost on the way to the paper: {''.join(sorted(lost.elements()))[:80]}")


def all_held(held: str, texts: Iterable[str]) -> None:
    """Check that squeezed text holds each of `texts`. Raises PaperFault."""
    for text in texts:
        if squeezed(coverage.spelled(text)) not in held:
            raise PaperFault(f"not on the paper: {text[:80]}")


def texts_of(box: Any, width: float, height: float) -> Iterator[str]:
    """The texts in a box, in order. Raises PaperFault for one beyond `width` or `height`, in CSS pixels."""
    for found in box.descendants(placeholders=True):
        if isinstance(found, TextBox) and found.text:
            if (
                found.position_y + found.height > height + SLACK
                or found.position_x + found.width > width + SLACK
            ):
                raise PaperFault(f"beyond the page: {found.text[:40]}")
            yield found.text


def squeezed(text: str) -> str:
    """Without white space and soft hyphens: lines may break anywhere."""
    return "".join(text.split()).replace("\xad", "").replace("\u200b", "")
