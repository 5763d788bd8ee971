"""Short cuts for what is written: borders, colours and numbers without detours, fonts cut down in one pass.

Part of `printing_quick`, which says when they are taken.
"""

import zlib
from typing import Any

import pydyf
from weasyprint import draw
from weasyprint.draw.color import get_color
from weasyprint.pdf import fonts
from weasyprint.pdf.stream import Stream
from weasyprint.text.ffi import ffi, harfbuzz, harfbuzz_subset

from app.services import printing_quick_text as text

SIDES = ("top", "right", "bottom", "left")
CORNERS = ("top_left", "top_right", "bottom_right", "bottom_left")
PACKING = 6  # of 9: half the time for one part in a hundred more bytes
MOST_COLORS = 200
USELESS_TABLES = (
    b"BASE",
    b"DSIG",
    b"EBDT",
    b"EBLC",
    b"EBSC",
    b"GPOS",
    b"GSUB",
    b"JSTF",
    b"LTSH",
    b"PCLT",
    b"SVG ",
)

own_border = draw.draw_border
own_inline_level = draw.draw_inline_level
own_set_color = Stream.set_color
own_to_bytes = pydyf._to_bytes
own_begin_font = fonts.Font.__init__
own_clean = fonts.Font.clean
own_subset = fonts.Font._harfbuzz_subset
own_data = fonts.get_hb_object_data

_colors: dict[int, tuple[Any, Any, bytes]] = {}


def draw_border(stream: Any, box: Any) -> None:
    """One straight solid side is one filled rectangle; anything else is drawn as the renderer does it."""
    widths = (box.border_top_width, box.border_right_width, box.border_bottom_width, box.border_left_width)
    drawn = [side for side, width in zip(SIDES, widths, strict=True) if width]
    if not drawn:
        return
    style = box.style
    if len(drawn) > 1 or style[f"border_{drawn[0]}_style"] != "solid" or not _is_straight(style):
        own_border(stream, box)
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
        own_inline_level(stream, page, box, *rest, **more)
        return
    for child in box.children:
        text.draw_text(stream, child, 0, box.text_overflow, box.block_ellipsis)


def set_color(stream: Any, color: Any, stroke: bool = False) -> None:
    """A filling colour is worked out once, not at each use."""
    if stroke or color.space != "srgb":
        own_set_color(stream, color, stroke)
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
        return own_to_bytes(item)
    if item.is_integer():
        return b"%d" % item
    return (b"%f" % item).rstrip(b"0")


def begin_font(font: Any, *about: Any) -> None:
    """A font's file of two million bytes is not copied to be thrown away: only its used glyphs are wanted."""
    fonts.get_hb_object_data = lambda *_: None
    try:
        own_begin_font(font, *about)
    finally:
        fonts.get_hb_object_data = own_data


def clean(font: Any, to_unicode: dict[int, str], hinting: bool) -> None:
    """Prepare a font for the file: whole where no glyph of it is known."""
    if not to_unicode:
        font.file_content = own_data(font.hb_face)
    own_clean(font, to_unicode, hinting)


def subset(font: Any, to_unicode: dict[int, str], hinting: bool) -> None:
    """A font's used glyphs in one pass; what remains is what the renderer's two passes leave."""
    if font.missing or hinting:
        own_subset(font, to_unicode, hinting)
        return
    wanted = ffi.gc(harfbuzz_subset.hb_subset_input_create_or_fail(), harfbuzz_subset.hb_subset_input_destroy)
    _fill(harfbuzz_subset.hb_subset_input_glyph_set(wanted), sorted(to_unicode))
    useless = harfbuzz_subset.hb_subset_input_set(wanted, harfbuzz_subset.HB_SUBSET_SETS_DROP_TABLE_TAG)
    _fill(useless, [harfbuzz.hb_tag_from_string(name, -1) for name in USELESS_TABLES])
    harfbuzz_subset.hb_subset_input_set_flags(
        wanted,
        harfbuzz_subset.HB_SUBSET_FLAGS_RETAIN_GIDS
        | harfbuzz_subset.HB_SUBSET_FLAGS_PASSTHROUGH_UNRECOGNIZED
        | harfbuzz_subset.HB_SUBSET_FLAGS_DESUBROUTINIZE
        | harfbuzz_subset.HB_SUBSET_FLAGS_NO_HINTING,
    )
    face = harfbuzz_subset.hb_subset_or_fail(font.hb_face, wanted)
    data = face and own_data(ffi.gc(face, harfbuzz.hb_face_destroy))
    if data:
        font.file_content = data
    else:
        own_subset(font, to_unicode, hinting)


def pack_once(_document: Any, pdf: pydyf.PDF) -> None:
    """Pack the streams before the file is written: writing asks for them twice."""
    for found in pdf.objects:
        if isinstance(found, pydyf.Stream) and found.compress:
            data = b"\n".join(
                each if isinstance(each, bytes) else own_to_bytes(each) for each in found.stream
            )
            found.stream = [zlib.compress(data, PACKING)]
            found.extra["Filter"] = "/FlateDecode"
            found.compress = False


def _fill(numbers: Any, values: list[int]) -> None:
    """Put numbers, in order, into a set of the font library's."""
    array = ffi.new(f"hb_codepoint_t[{len(values)}]", values)
    harfbuzz.hb_set_add_sorted_array(numbers, array, len(values))


def _is_straight(style: Any) -> bool:
    return (
        style["visibility"] == "visible"
        and style["border_image_source"][0] == "none"
        and style["column_count"] == "auto"
        and style["column_width"] == "auto"
        and not any(style[f"border_{corner}_radius"][0].value for corner in CORNERS)
    )
