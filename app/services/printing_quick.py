"""Short cuts for the pinned renderer that change no dot of a paper; with any other version of it none is taken.

With all of them a slip takes half the time. By share: lines shaped once and plain cells laid out directly, lengths,
rules and initial values looked up once a style, glyphs, colours and hairlines written directly, fonts cut down in one
pass, everything packed once. A test draws the same paper with and without.
They are in `printing_quick_styles`, `_boxes`, `_text` and `_file`.
"""

from typing import Any

import pydyf
import weasyprint
from weasyprint import draw
from weasyprint.css import AnonymousStyle, ComputedStyle, StyleFor
from weasyprint.draw import text as drawing
from weasyprint.formatting_structure.boxes import Box
from weasyprint.layout import absolute, background, block, inline, page, percent, table
from weasyprint.layout import float as floats
from weasyprint.pdf.fonts import Font
from weasyprint.pdf.stream import Stream
from weasyprint.text import line_break

from app.services import printing_quick_boxes as boxes
from app.services import printing_quick_file as file
from app.services import printing_quick_styles as styles
from app.services import printing_quick_text as text

KNOWN_VERSION = "70."

# Where, its name, the short cut, the renderer's own.
CUTS: tuple[tuple[Any, str, Any, Any], ...] = (
    (StyleFor, "__init__", styles.begin_styles, styles.own_style_for),
    (ComputedStyle, "__init__", styles.begin_style, styles.own_init),
    (AnonymousStyle, "__init__", styles.begin_anonymous, styles.own_anonymous_init),
    (Box, "descendants", boxes.descendants, boxes.own_descendants),
    (background, "layout_box_backgrounds", boxes.layout_box_backgrounds, boxes.own_backgrounds),
    *(
        (place, "resolve_percentages", boxes.resolve_percentages, boxes.own_percentages)
        for place in (percent, inline, page, floats, absolute, block, table)
    ),
    *(
        (place, "block_container_layout", boxes.block_container_layout, boxes.own_container)
        for place in (block, page)
    ),
    (line_break, "Layout", text.Shaped, text.own_layout),
    (line_break, "_font_style_cache_key", text.cache_key, text.own_cache_key),
    *((place, "draw_text", text.draw_text, text.own_draw_text) for place in (draw, drawing)),
    (draw, "draw_border", file.draw_border, file.own_border),
    (draw, "draw_inline_level", file.draw_inline_level, file.own_inline_level),
    (Stream, "set_color", file.set_color, file.own_set_color),
    (pydyf, "_to_bytes", file.to_bytes, file.own_to_bytes),
    (Font, "__init__", file.begin_font, file.own_begin_font),
    (Font, "clean", file.clean, file.own_clean),
    (Font, "_harfbuzz_subset", file.subset, file.own_subset),
)


def install() -> None:
    """Use the short cuts in this process."""
    if weasyprint.VERSION.startswith(KNOWN_VERSION):
        for place, name, cut, _ in CUTS:
            setattr(place, name, cut)


def remove() -> None:
    """Draw as the renderer does it by itself: for the test that compares."""
    for place, name, _, own in CUTS:
        setattr(place, name, own)
