"""Short cuts for the pinned renderer that change no dot of a paper: hairlines as rectangles, each stream packed once.

Measured on a slip: drawing hairlines side by side with clips was a tenth of the whole time, packing everything twice
(once more for the file's identifier) another tenth.
"""

import zlib
from typing import Any

import pydyf
import weasyprint
from weasyprint import draw
from weasyprint.draw.color import get_color

KNOWN_VERSION = "70."
SIDES = ("top", "right", "bottom", "left")
PACKING = 6  # of 9: half the time for one part in a hundred more bytes

_original = draw.draw_border


def install() -> None:
    """Use the short cuts in this process; with another renderer than the known one nothing is changed."""
    if weasyprint.VERSION.startswith(KNOWN_VERSION):
        draw.draw_border = draw_border


def draw_border(stream: Any, box: Any) -> None:
    """One straight solid side is one filled rectangle; anything else is drawn as the renderer does it."""
    widths = (box.border_top_width, box.border_right_width, box.border_bottom_width, box.border_left_width)
    drawn = [side for side, width in zip(SIDES, widths, strict=True) if width]
    if not drawn:
        return
    style = box.style
    if len(drawn) > 1 or style[f"border_{drawn[0]}_style"] != "solid" or not _is_straight(style):
        _original(stream, box)
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


def pack_once(_document: Any, pdf: pydyf.PDF) -> None:
    """Pack the streams before the file is written: writing asks for them twice."""
    for found in pdf.objects:
        if isinstance(found, pydyf.Stream) and found.compress:
            data = b"\n".join(each if isinstance(each, bytes) else pydyf._to_bytes(each) for each in found.stream)
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
