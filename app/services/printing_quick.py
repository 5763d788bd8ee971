"""Short cuts for the pinned renderer that change no dot of a paper; with any other version of it none is taken.

Of a slip's time without them: cells of one text laid out directly and lines shaped once instead of twice a quarter,
lengths and initial values looked up once a style a sixth, glyphs, colours and hairlines written directly a fifth,
everything packed once instead of twice (once more for the file's identifier) a tenth. A test draws the same paper with
and without. Boxes are in `printing_quick_boxes`, lines of text in `printing_quick_text`.
"""

import zlib
from typing import Any

import pydyf
import weasyprint
from weasyprint import draw
from weasyprint.css import AnonymousStyle, ComputedStyle
from weasyprint.draw import text as drawing
from weasyprint.draw.color import get_color
from weasyprint.formatting_structure.boxes import Box
from weasyprint.layout import absolute, background, block, inline, page, percent, table
from weasyprint.layout import float as floats
from weasyprint.pdf.stream import Stream
from weasyprint.text import line_break

from app.services import printing_quick_boxes as boxes
from app.services import printing_quick_text as text

KNOWN_VERSION = "70."
SIDES = ("top", "right", "bottom", "left")
PACKING = 6  # of 9: half the time for one part in a hundred more bytes
MOST_COLORS = 200

_draw_border = draw.draw_border
_draw_inline_level = draw.draw_inline_level
_set_color = Stream.set_color
_to_bytes = pydyf._to_bytes

_colors: dict[int, tuple[Any, Any, bytes]] = {}

# (where, name, the short cut, the renderer's own)
CUTS: tuple[tuple[Any, str, Any, Any], ...]


def install() -> None:
    """Use the short cuts in this process."""
    if weasyprint.VERSION.startswith(KNOWN_VERSION):
        for place, name, cut, _ in CUTS:
            setattr(place, name, cut)


def remove() -> None:
    """Draw as the renderer does it by itself: for the test that compares."""
    for place, name, _, own in CUTS:
        setattr(place, name, own)


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


def draw_inline_level(stream: Any, page: Any, box: Any, *rest: Any, **more: Any) -> None:
    """A line of nothing but texts is its texts: it has no border and no ground."""
    if not text.is_plain_line(stream, box):
        _draw_inline_level(stream, page, box, *rest, **more)
        return
    for child in box.children:
        text.draw_text(stream, child, 0, box.text_overflow, box.block_ellipsis)


def set_color(stream: Any, color: Any, stroke: bool = False) -> None:
    """A filling colour is worked out once, not at each use."""
    if stroke or color.space != "srgb":
        _set_color(stream, color, stroke)
        return
    if id(color) not in _colors:
        if len(_colors) >= MOST_COLORS:
            _colors.clear()
        *channels, _ = color
        values = b" ".join(to_bytes(part) for part in color.to("srgb").coordinates)
        _colors[id(color)] = color, (color.space, *channels), values + b" rg"
    _, key, operator = _colors[id(color)]
    stream.set_alpha(color.alpha, stroke)
    if key != stream._current_color:
        stream._current_color = key
        stream.stream.append(operator)


def to_bytes(item: Any) -> bytes:
    """What stands in the file for a value; numbers are by far the most."""
    kind = type(item)
    if kind is bytes:
        return item
    if kind is not float:
        return _to_bytes(item)
    if item.is_integer():
        return b"%d" % item
    return (b"%f" % item).rstrip(b"0")


def descendants(box: Any, placeholders: bool = False) -> Any:
    """A box and all in it, in order, without a generator for each."""
    waiting = [box]
    while waiting:
        found = waiting.pop()
        if isinstance(found, Box):
            waiting.extend(reversed(found.children))
        elif placeholders:
            waiting.append(found._box)
            continue
        yield found


def pack_once(_document: Any, pdf: pydyf.PDF) -> None:
    """Pack the streams before the file is written: writing asks for them twice."""
    for found in pdf.objects:
        if isinstance(found, pydyf.Stream) and found.compress:
            data = b"\n".join(each if isinstance(each, bytes) else _to_bytes(each) for each in found.stream)
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

CUTS = (
    (draw, "draw_border", draw_border, _draw_border),
    (draw, "draw_inline_level", draw_inline_level, _draw_inline_level),
    (draw, "draw_text", text.draw_text, text.own_draw_text),
    (drawing, "draw_text", text.draw_text, text.own_draw_text),
    (line_break, "Layout", text.Shaped, text.own_layout),
    (line_break, "_font_style_cache_key", text.cache_key, text.own_cache_key),
    (Stream, "set_color", set_color, _set_color),
    (pydyf, "_to_bytes", to_bytes, _to_bytes),
    (Box, "descendants", descendants, Box.descendants),
    (ComputedStyle, "__init__", boxes.begin_style, boxes.own_init),
    (ComputedStyle, "__missing__", boxes.missing, boxes.own_missing),
    (AnonymousStyle, "__init__", boxes.begin_anonymous, boxes.own_anonymous_init),
    (background, "layout_box_backgrounds", boxes.layout_box_backgrounds, boxes.own_backgrounds),
    *(
        (place, "resolve_percentages", boxes.resolve_percentages, boxes.own_percentages)
        for place in (percent, inline, page, floats, absolute, block, table)
    ),
    *(
        (place, "block_container_layout", boxes.block_container_layout, boxes.own_container)
        for place in (block, page)
    ),
)
