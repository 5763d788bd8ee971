"""One drawing process for all tests of papers, and short ways to draw and read one."""

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pytest
from pypdf import PdfReader

from app.domain import document
from app.domain.paper.value import Paper, Sources
from app.services import printing
from tests.documents import samples


@dataclass(frozen=True)
class Drawn:
    """A drawn paper: what was composed, the file, its sheets and its text without white space."""

    paper: Paper
    pdf: bytes
    pages: int

    @cached_property
    def reader(self) -> PdfReader:
        return PdfReader(io.BytesIO(self.pdf))

    @cached_property
    def text(self) -> str:
        return squeezed("".join(page.extract_text() for page in self.reader.pages))


def squeezed(text: str) -> str:
    """Without white space: where a line breaks is no part of what it says."""
    return "".join(text.split())


@pytest.fixture(scope="session", autouse=True)
def _printer() -> Iterator[None]:
    yield
    printing.PRINTER.close()


@pytest.fixture
def draw() -> Callable[..., Drawn]:
    """`draw(kind, content, sheet='a5', copy=None, **sources)` composes and prints."""

    def drawn(
        kind: str,
        content: dict[str, Any] | Sources,
        sheet: str = "a5",
        copy: int | None = None,
        assets: Any = None,
        **more: Any,
    ) -> Drawn:
        sources = content if isinstance(content, Sources) else samples.sources(content, **more)
        paper = document.compose(kind, sources, sheet, copy)
        printed = printing.draw(kind, sheet, paper.language, document.plain(paper), assets)
        return Drawn(paper, printed.pdf, printed.pages)

    return drawn
