"""Papers as the engineer's phone gets them: the text on them, how they look when printed, and what their square says."""

import io
import subprocess
import unicodedata
from typing import Any

import pypdf
from PIL import Image

from tests.conftest import SHOTS
from tests.stories.walker import Walker

DPI = 100
INK = 160  # darker than this is ink
# Error correction L: version -> (data codewords of each block, correction codewords of each block)
BLOCKS = {
    1: ([19], 7), 2: ([34], 10), 3: ([55], 15), 4: ([80], 20), 5: ([108], 26), 6: ([68, 68], 18), 7: ([78, 78], 20),
    8: ([97, 97], 24), 9: ([116, 116], 30), 10: ([68, 68, 69, 69], 18),
}  # fmt: skip
ALIGNED = {
    1: [], 2: [6, 18], 3: [6, 22], 4: [6, 26], 5: [6, 30], 6: [6, 34], 7: [6, 22, 38], 8: [6, 24, 42], 9: [6, 26, 46],
    10: [6, 28, 50],
}  # fmt: skip
MASKS = (
    lambda y, x: (y + x) % 2 == 0, lambda y, x: y % 2 == 0, lambda y, x: x % 3 == 0, lambda y, x: (y + x) % 3 == 0,
    lambda y, x: (y // 2 + x // 3) % 2 == 0, lambda y, x: y * x % 2 + y * x % 3 == 0,
    lambda y, x: (y * x % 2 + y * x % 3) % 2 == 0, lambda y, x: ((y + x) % 2 + y * x % 3) % 2 == 0,
)  # fmt: skip
ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"


class Printed:
    """One paper: `text` (white space counts as one space), `pages`, `squares` (the texts of its QR codes)."""

    def __init__(self, data: bytes, name: str) -> None:
        reader = pypdf.PdfReader(io.BytesIO(data))
        self.pages = len(reader.pages)
        self.text = plain(" ".join(page.extract_text() for page in reader.pages))
        self.squares = [
            text for page in reader.pages for image in page.images if (text := _square(image.image))
        ]
        self.attached = {key: values[0] for key, values in reader.attachments.items()}
        self.name = name
        self.picture = self._rendered(data)

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
        drawn = subprocess.run(
            ["pdftoppm", "-r", str(DPI), "-png", "-f", "1", "-l", "1", "-"],
            input=data,
            capture_output=True,
            check=True,
        )
        picture = Image.open(io.BytesIO(drawn.stdout)).convert("L")
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


def _square(image: Image.Image) -> str:
    """What a QR code says that is stored with one pixel a module and two of margin; '' for other pictures."""
    size = image.width - 4
    if image.width != image.height or size < 21 or (size - 17) % 4 or (size - 17) // 4 not in BLOCKS:
        return ""
    grey = image.convert("L")
    modules = [[grey.getpixel((x + 2, y + 2)) < 128 for x in range(size)] for y in range(size)]
    return _read(modules, (size - 17) // 4)


def _read(modules: list[list[bool]], version: int) -> str:
    size = len(modules)
    mask = 0
    for x in (2, 3, 4):  # bits 12 to 10 of the format, which are masked with 101
        mask = mask * 2 + modules[8][x]
    flips = MASKS[mask ^ 0b101]
    bits = [modules[y][x] ^ flips(y, x) for y, x in _way(size, version)]
    words = [
        sum(bit << (7 - n) for n, bit in enumerate(bits[at : at + 8])) for at in range(0, len(bits) - 7, 8)
    ]
    lengths, _correction = BLOCKS[version]
    blocks: list[list[int]] = [[] for _ in lengths]
    taken = iter(words)
    for row in range(max(lengths)):
        for block, length in zip(blocks, lengths, strict=True):
            if row < length:
                block.append(next(taken))
    return _said([word for block in blocks for word in block], version)


def _way(size: int, version: int) -> list[tuple[int, int]]:
    """The data modules in reading order: two columns at a time from the right, up and down."""
    found, up, x = [], True, size - 1
    while x > 0:
        x -= x == 6
        for y in range(size - 1, -1, -1) if up else range(size):
            found += [(y, column) for column in (x, x - 1) if not _is_fixed(y, column, size, version)]
        up, x = not up, x - 2
    return found


def _is_fixed(y: int, x: int, size: int, version: int) -> bool:
    if y == 6 or x == 6 or (y < 9 and (x < 9 or x >= size - 8)) or (y >= size - 8 and x < 9):
        return True
    if version >= 7 and ((y < 6 and x >= size - 11) or (x < 6 and y >= size - 11)):
        return True
    marks = ALIGNED[version]
    corners = {(6, 6), (6, size - 7), (size - 7, 6)}
    return any(abs(y - a) < 3 and abs(x - b) < 3 for a in marks for b in marks if (a, b) not in corners)


def _said(words: list[int], version: int) -> str:
    stream = "".join(f"{word:08b}" for word in words)
    at, text = 0, b""

    def take(count: int) -> int:
        nonlocal at
        value = int(stream[at : at + count] or "0", 2)
        at += count
        return value

    while at + 4 <= len(stream) and (mode := take(4)):
        if mode == 0b0100:
            text += bytes(take(8) for _ in range(take(8 if version < 10 else 16)))
        elif mode == 0b0010:
            count = take(9 if version < 10 else 11)
            for _ in range(count // 2):
                high, low = divmod(take(11), 45)
                text += (ALPHABET[high] + ALPHABET[low]).encode()
            text += ALPHABET[take(6)].encode() if count % 2 else b""
        else:
            return ""
    return text.decode()
