"""Papers as the engineer's phone gets them: the text on them, how they look when printed, and what their square says."""

import io
import unicodedata
from typing import Any

import pypdf
import pypdfium2
import zxingcpp
from PIL import Image

from tests.conftest import SHOTS
from tests.stories.walker import Walker

DPI = 200
INK = 160  # darker than this is ink


class Printed:
    """One paper: `text` (white space counts as one space), `pages`, `squares` (the texts of its QR codes)."""

    def __init__(self, data: bytes, name: str) -> None:
        reader = pypdf.PdfReader(io.BytesIO(data))
        self.pages = len(reader.pages)
        self.text = plain(" ".join(page.extract_text() for page in reader.pages))
        self.attached = {key: values[0] for key, values in reader.attachments.items()}
        self.name = name
        self.picture = self._rendered(data)
        self.squares = [found.text for found in zxingcpp.read_barcodes(self.picture)]

    def holds(self, *texts: str) -> "Printed":
        """Fail unless every text stands on it."""
        missing = [text for text in texts if "".join(plain(text).split()) not in "".join(self.text.split())]
        assert not missing, f"{self.name} lacks {missing}: {self.text}"
        return self

    def lacks(self, *texts: str) -> "Printed":
        """Fail if any text stands on it."""
        found = [text for text in texts if plain(text) in self.text]
        assert not found, f"{self.name} says {found}: {self.text}"
        return self

    def in_order(self, first: str, second: str) -> "Printed":
        """Fail unless the first text stands before the second."""
        assert 0 <= self.text.find(first) < self.text.find(second), (first, second, self.text)
        return self

    def _rendered(self, data: bytes) -> Image.Image:
        """The first page as a printer would draw it, kept as var/shots/<name>.png. A blank one fails."""
        picture = pypdfium2.PdfDocument(data)[0].render(scale=DPI / 72).to_pil().convert("L")
        SHOTS.mkdir(parents=True, exist_ok=True)
        picture.save(SHOTS / f"{self.name}.png")
        dark = sum(picture.histogram()[:INK]) / (picture.width * picture.height)
        assert 0.005 < dark < 0.5, f"{self.name}: {dark:.1%} of the page is ink"
        return picture


def fetch(w: Walker, visit: Any, kind: str, **query: str) -> Printed:
    """The paper through the signed-in page, as its link would open it. Anything but a PDF fails."""
    asked = {"sheet": "a5", **query}
    answer = w.page.request.get(f"/visits/{visit.id}/documents/{kind}.pdf", params=asked)
    assert answer.status == 200, (kind, answer.status, answer.text()[:300])
    assert answer.headers["content-type"] == "application/pdf"
    return Printed(answer.body(), f"{w.story}-paper-{kind}{query.get('copy', '')}-{asked['sheet']}")


def plain(text: str) -> str:
    """One form of every sign, single spaces, no soft hyphens: what a reader sees."""
    return " ".join(unicodedata.normalize("NFKC", text).replace("\xad", "").replace("\u200b", "").split())
