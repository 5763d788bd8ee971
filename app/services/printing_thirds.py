"""Three copies of a slip on one A4 sheet, laid out once and placed three times; printing process only.

What all copies say is laid out in the first third, with the first copy's own parts in their places. A part that says
something else on another copy is laid out beside it and takes the first one's place there. Copies so lie exactly over
each other; they differ in those parts and in their colour.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pydyf
from tinycss2.color5 import parse_color
from weasyprint.draw import draw_stacking_context
from weasyprint.formatting_structure.boxes import TextBox
from weasyprint.stacking import StackingContext

from app.services.printing_checking import SLACK, all_held, no_sign_lost, squeezed, texts_of

MM = 96 / 25.4
A4_WIDTH, A4_HEIGHT, THIRD = 210 * MM, 297 * MM, 99 * MM
LOWER_MARGIN = 3.5 * MM
PARTS = ("mark", "visit", "office")


class Sheet:
    """Several laid-out pages drawn on one sheet, as the renderer's own page is."""

    width, height = A4_WIDTH, A4_HEIGHT

    def __init__(self, parts: list[tuple[Any, float]]) -> None:
        self._parts = parts
        self.bleed = dict.fromkeys(("top", "right", "bottom", "left"), 0)
        self.bookmarks: list[Any] = []
        self.links: list[Any] = []
        self.anchors: dict[str, Any] = {}
        self.forms: dict[Any, Any] = {None: []}

    def paint(self, stream: Any, scale: float = 1) -> None:
        for page, top in self._parts:
            with stream.stacked():
                stream.transform(f=top * scale)
                page.paint(stream, scale)


class Thirds:
    """A page of which the common part is drawn once and placed in each third, with each copy's own parts and colour."""

    def __init__(self, page: Any, users: dict[str, list[int]], colors: list[str]) -> None:
        self._users, self._colors = users, [operators(color) for color in colors]
        (self._common,) = StackingContext.from_page(page._page_box).zero_z_contexts
        self._own = {
            context.box.element.get("data-part"): context for context in self._common.zero_z_contexts
        }
        self._common.zero_z_contexts = []

    def fits(self) -> bool:
        """Whether each part is no higher than the one whose place it takes."""
        return all(
            self._own[f"{part}-{user}"].box.border_height()
            <= self._own[f"{part}-0"].box.border_height() + 0.01
            for part, users in self._users.items()
            for user in set(users)
        )

    def hold(self, document: Any, texts: Iterable[str]) -> None:
        """Check that nothing of the source is lost, and that each copy holds all of `texts`. Raises PaperFault."""
        page = document.pages[0]
        no_sign_lost(document, squeezed("".join(texts_of(page._page_box, A4_WIDTH, THIRD))))
        all_held(squeezed("".join(common_texts(page._page_box))), texts)

    def paint(self, stream: Any, scale: float = 1) -> None:
        """Draw the three copies."""
        with stream.stacked():
            stream.transform(a=scale, d=scale)
            common = recorded(stream, self._common)
            own = {name: recorded(stream, context) for name, context in self._own.items()}
            for index in range(3):
                place(stream, common, 0, index * THIRD, self._colors[0], self._colors[index])
                for part, users in self._users.items():
                    name = f"{part}-{users[index]}"
                    there, here = self._own[f"{part}-0"].box, self._own[name].box
                    across = there.border_box_x() - here.border_box_x()
                    down = there.border_box_y() - here.border_box_y() + index * THIRD
                    place(stream, own[name], across, down, self._colors[0], self._colors[index])


def users_of(copies: list[dict[str, Any]]) -> dict[str, list[int]]:
    """For each part and copy the first copy that says the same."""
    saying: dict[str, Callable[[dict[str, Any]], Any]] = {
        "mark": lambda copy: (copy["mark"], copy["name"]),
        "visit": lambda copy: copy["visit"],
        "office": lambda copy: copy["office"],
    }
    return {
        part: [
            next(i for i, other in enumerate(copies) if saying[part](other) == saying[part](copy))
            for copy in copies
        ]
        for part in PARTS
    }


def variants_of(users: dict[str, list[int]]) -> list[tuple[str, int]]:
    """The parts that have to be laid out besides the first copy's."""
    return [(part, index) for part, found in users.items() for index in sorted(set(found)) if index]


def common_texts(box: Any) -> Iterator[str]:
    """The texts that all copies share: of everything but the parts that are a copy's own."""
    box = getattr(box, "_box", box)
    if box.element is not None and box.element.get("data-part"):
        return
    if isinstance(box, TextBox):
        yield box.text
    for child in box.children:
        yield from common_texts(child)


def is_over(document: Any) -> bool:
    """Whether a copy's end lies below its third."""
    if len(document.pages) > 1:
        return True
    anchors = document.pages[0].anchors
    return "end" not in anchors or anchors["end"][1] > THIRD - LOWER_MARGIN + SLACK / 100


def recorded(stream: Any, context: Any) -> list[Any]:
    """What drawing would write to the stream, taken out of it again."""
    start = len(stream.stream)
    with stream.stacked():
        draw_stacking_context(stream, context)
    found = stream.stream[start:]
    del stream.stream[start:]
    return found


def place(
    stream: Any, drawn: list[Any], across: float, down: float, color: list[bytes], other: list[bytes]
) -> None:
    """Write what was drawn, moved by CSS pixels and with one colour changed for another."""
    change = dict(zip(color, other, strict=True))
    with stream.stacked():
        if across or down:
            stream.transform(e=across, f=down)
        stream.stream.extend(change.get(each, each) if type(each) is bytes else each for each in drawn)


def operators(color: str) -> list[bytes]:
    """How a colour is set in the file, for filling and for strokes."""
    channels = parse_color(color).to("srgb").coordinates
    return [b" ".join((*(pydyf._to_bytes(channel) for channel in channels), end)) for end in (b"rg", b"RG")]
