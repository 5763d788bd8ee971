"""Short cuts for the pinned renderer that change no dot of a paper; with any other version of it none is taken.

Measured on a slip, as parts of the whole time: hairlines drawn side by side through clips a tenth, everything packed
twice (once more for the file's identifier) a tenth, values that nobody set looked up the long way a sixth. A test draws
the same paper with and without.
"""

import zlib
from typing import Any

import pydyf
import weasyprint
from weasyprint import draw
from weasyprint.css import ComputedStyle
from weasyprint.css.properties import INHERITED, INITIAL_NOT_COMPUTED, INITIAL_VALUES, Dimension
from weasyprint.draw.color import get_color
from weasyprint.layout import percent

KNOWN_VERSION = "70."
SIDES = ("top", "right", "bottom", "left")
PACKING = 6  # of 9: half the time for one part in a hundred more bytes

# Never what they seem: these are worked out even when nobody set them.
WORKED_OUT = frozenset({"float", "display", "position", "page"}) | frozenset(INITIAL_NOT_COMPUTED)

_draw_border = draw.draw_border
_missing = ComputedStyle.__missing__
_resolve = percent.resolve_one_percentage


def install() -> None:
    """Use the short cuts in this process."""
    if weasyprint.VERSION.startswith(KNOWN_VERSION):
        draw.draw_border = draw_border
        ComputedStyle.__missing__ = missing
        percent.resolve_one_percentage = resolve


def remove() -> None:
    """Draw as the renderer does it by itself: for the test that compares."""
    draw.draw_border = _draw_border
    ComputedStyle.__missing__ = _missing
    percent.resolve_one_percentage = _resolve


def draw_border(stream: Any, box: Any) -> None:
    """One straight solid side is one filled rectangle; anything else is drawn as the renderer does it."""
    widths = (box.border_top_width, box.border_right_width, box.border_bottom_width, box.border_left_width)
    drawn = [side for side, width in zip(SIDES, widths, strict=True) if width]
    if not drawn:
        return
    style = box.style
    if len(drawn) > 1 or style[f"border_{drawn[0]}_style"] != "solid" or not _is_straight(style):
        _draw_border(stream, box)
        return
    side, width = drawn[0], max(widths)
    color = get_color(style, f"border_{side}_color")
    if not color.alpha:
        return
    x, y, w, h = box.border_box_x(), box.border_box_y(), box.border_width(), box.border_height()
    if side in ("top", "bottom"):
        place = (x, y if side == "top" else y + h - width, w, width)
    else:
        place = (x if side == "left" else x + w - width, y, width, h)
    with stream.artifact(), stream.stacked():
        stream.set_color(color)
        stream.rectangle(*place)
        stream.fill()


def missing(style: Any, key: str) -> Any:
    """A property that no rule sets is the parent's or the initial one. Papers' sheets use no logical properties."""
    parent = style.parent_style
    if (
        parent is None
        or key in style.cascaded
        or key in WORKED_OUT
        or key[:2] == "__"
        or key[:15] == "text_decoration"
    ):
        return _missing(style, key)
    value = style[key] = parent[key] if key in INHERITED else INITIAL_VALUES[key]
    return value


def resolve(box: Any, name: str, whole: Any) -> None:
    """A length in pixels stands for itself."""
    value = box.style[name]
    if type(value) is Dimension and value.unit == "px":
        setattr(box, name, value.value)
    else:
        _resolve(box, name, whole)


def pack_once(_document: Any, pdf: pydyf.PDF) -> None:
    """Pack the streams before the file is written: writing asks for them twice."""
    for found in pdf.objects:
        if isinstance(found, pydyf.Stream) and found.compress:
            data = b"\n".join(
                each if isinstance(each, bytes) else pydyf._to_bytes(each) for each in found.stream
            )
            found.stream = [zlib.compress(data, PACKING)]
            found.extra["Filter"] = "/FlateDecode"
            found.compress = False


def _is_straight(style: Any) -> bool:
    return (
        style["visibility"] == "visible"
        and style["border_image_source"][0] == "none"
        and style["column_count"] == "auto"
        and style["column_width"] == "auto"
        and not any(style[f"border_{corner}_radius"][0].value for corner in CORNERS)
    )


CORNERS = ("top_left", "top_right", "bottom_right", "bottom_left")
