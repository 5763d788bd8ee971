"""Short cuts for lines of text: shaped once instead of twice, fonts described once, glyphs written without detours.

Part of `printing_quick`, which says when they are taken. What is not plain text in our own fonts (emoji, missing signs,
glyphs set off their line, decorations) goes the renderer's own way.
"""

from typing import Any

from weasyprint.css.properties import INHERITED
from weasyprint.draw import text as drawing
from weasyprint.formatting_structure.boxes import LineBox, TextBox
from weasyprint.text import line_break
from weasyprint.text.constants import PANGO_DIRECTION
from weasyprint.text.ffi import FROM_UNITS, ffi, gobject, pango
from weasyprint.text.fonts import font_features, get_font_description

MOST_FONTS = 600  # described at a time; all languages and sizes of the papers together need a third of it
GLYPH_INTS = 5  # glyph, width, x and y offset, flags
NO_GLYPH = 0x0FFFFFFF  # and everything above it: empty or unknown

# What a style's font, and how lines are set in it, depends on.
OF_FONTS = frozenset(key for key in INHERITED if key.startswith("font")) | {
    *("direction", "lang", "letter_spacing", "word_spacing", "line_height", "text_decoration_line"),
}

own_layout = line_break.Layout
own_cache_key = line_break._font_style_cache_key
own_draw_text = drawing.draw_text

_fonts: dict[tuple[Any, ...], tuple[Any, ...]] = {}
_unhyphenated: list[Any] = []


class Shaped(own_layout):  # type: ignore[misc,valid-type]
    """A line that keeps its shape from layout to drawing, in a font description shared by all lines of that style."""

    drawn = False
    first_line_direction = 0
    ascent = underline_position = strikethrough_position = None

    def setup(self, style: Any) -> None:
        self.style = style
        self.font = None if self.justification_spacing else _font(style)
        if self.font is None:
            super().setup(style)
            return
        context, self.language, description = self.font
        self.layout = ffi.gc(pango.pango_layout_new(context), gobject.g_object_unref)
        pango.pango_layout_set_auto_dir(self.layout, False)
        pango.pango_layout_set_font_description(self.layout, description)
        if style["overflow_wrap"] != "normal":
            pango.pango_layout_set_attributes(self.layout, _no_hyphens())

    def set_text(self, text: str, justify: bool = False) -> None:
        if self.font is None:
            super().set_text(text, justify)
            return
        index = text.find("\n")
        if index != -1:
            text = text[: index + 2]  # the first line and one sign, no more is asked for
        self.text = text
        data = text.encode()
        pango.pango_layout_set_text(self.layout, data, len(data))
        if "\t" in text:
            self.set_tabs()

    def deactivate(self) -> None:
        """Let go of the shape, but only when it was drawn."""
        if self.font is None or self.drawn:
            super().deactivate()

    def reactivate(self, style: Any) -> None:
        self.drawn = True
        if "layout" not in self.__dict__:
            super().reactivate(style)


def cache_key(style: Any, include_size: bool = False) -> str:
    """The renderer's key of a style's font, put together once a style."""
    kept = style.__dict__
    if "font_key" not in kept:
        if _is_as_parent(style):
            return cache_key(style.parent_style, include_size)
        kept["font_key"] = own_cache_key(style)
        kept["font_size_key"] = f"{kept['font_key']}{style['font_size']}{style['line_height']}"
    return kept["font_size_key" if include_size else "font_key"]


def draw_text(stream: Any, box: Any, offset_x: float, text_overflow: str, block_ellipsis: str) -> None:
    """Draw one line's text."""
    style = box.style
    plain = (
        text_overflow == "clip"
        and block_ellipsis == "none"
        and style["visibility"] == "visible"
        and style["text_decoration_line"] == "none"
        and "\n" not in box.pango_layout.text
    )
    if not plain:
        own_draw_text(stream, box, offset_x, text_overflow, block_ellipsis)
        return
    layout = box.pango_layout
    layout.reactivate(style)
    shown = _shown(stream, layout) if box.text.strip() else []
    if shown is None:
        own_draw_text(stream, box, offset_x, text_overflow, block_ellipsis)
        return
    layout.deactivate()
    if shown:
        stream.set_color(style["color"])
        stream.begin_text()
        stream.set_text_matrix(1, 0, 0, -1, box.position_x, box.position_y + box.baseline)
        for name, size, glyphs in shown:
            stream.set_font_size(name, size)
            stream.stream.append(f"[{glyphs}] TJ".encode("ascii"))
        stream.end_text()


def is_plain_line(stream: Any, box: Any) -> bool:
    """Whether a line has nothing to draw but its texts."""
    return (
        type(box) is LineBox
        and stream._tags is None
        and box.background is None
        and box.block_ellipsis == "none"
        and all(type(child) is TextBox for child in box.children)
    )


def _font(style: Any) -> tuple[Any, ...] | None:
    """Context, language and font description of a style; None for what needs the renderer's own setup."""
    kept = style.__dict__
    if "font" not in kept:
        kept["font"] = _font(style.parent_style) if _is_as_parent(style) else _described(style)
    return kept["font"]


def _is_as_parent(style: Any) -> bool:
    """Whether a style's font is certainly its parent's."""
    parent = style.parent_style
    return (
        parent is not None
        and parent.parent_style is not None
        and OF_FONTS.isdisjoint(getattr(style, "cascaded", ()))
    )


def _described(style: Any) -> tuple[Any, ...] | None:
    if (
        style["text_decoration_line"] != "none"
        or style["letter_spacing"] != "normal"
        or style["word_spacing"]
        or style["font_language_override"] != "normal"
        or not style["lang"]
        or font_features(
            style["font_kerning"], style["font_variant_ligatures"], style["font_variant_position"],
            style["font_variant_caps"], style["font_variant_numeric"], style["font_variant_alternates"],
            style["font_variant_east_asian"], style["font_feature_settings"],
        )
    ):  # fmt: skip
        return None
    key = (id(style.font_config), cache_key(style), style["font_size"], style["direction"])
    if key not in _fonts:
        if len(_fonts) >= MOST_FONTS:
            _fonts.clear()
        context = ffi.gc(
            pango.pango_font_map_create_context(style.font_config.font_map), gobject.g_object_unref
        )
        pango.pango_context_set_round_glyph_positions(context, False)
        pango.pango_context_set_base_dir(context, PANGO_DIRECTION[style["direction"]])
        language = pango.pango_language_from_string(style["lang"].encode())
        pango.pango_context_set_language(context, language)
        _fonts[key] = context, language, get_font_description(style)
    return _fonts[key]


def _no_hyphens() -> Any:
    """The attributes of text that may break anywhere: no hyphen is put where it breaks."""
    if not _unhyphenated:
        attributes = ffi.gc(pango.pango_attr_list_new(), pango.pango_attr_list_unref)
        attribute = pango.pango_attr_insert_hyphens_new(False)
        attribute.start_index, attribute.end_index = 0, 2**32 - 1
        pango.pango_attr_list_change(attributes, attribute)
        _unhyphenated.append(attributes)
    return _unhyphenated[0]


def _shown(stream: Any, layout: Any) -> list[tuple[str, float, str]] | None:
    """The line as (font, size, glyphs as an array's content); None when some glyph is not plain."""
    first_line, _ = layout.get_first_line()
    fonts = stream.__dict__.setdefault("fonts_by_address", {})
    shown: list[tuple[str, float, str]] = []
    utf8 = layout.text.encode()
    run = first_line.runs[0]
    while run != ffi.NULL:
        item, run = run.data, run.next
        address = int(ffi.cast("intptr_t", item.item.analysis.font))
        if address not in fonts:
            font, size = stream.add_font(item.item.analysis.font)
            fonts[address] = font, size, {}, layout.layout  # the layout keeps the font, and so its address
        font, size, known, _ = fonts[address]
        if font.bitmap or font.png or font.svg or font.colr:
            return None
        values = ffi.unpack(ffi.cast("int *", item.glyphs.glyphs), item.glyphs.num_glyphs * GLYPH_INTS)
        if any(values[2::GLYPH_INTS]) or any(values[3::GLYPH_INTS]):
            return None
        parts = []
        for index, glyph in enumerate(values[::GLYPH_INTS]):
            if not 0 <= glyph < NO_GLYPH:
                return None
            if glyph not in known:
                known[glyph] = _noted(stream, font, size, item, index, glyph, utf8)
            name, advance = known[glyph]
            parts.append(name)
            apart = int(advance - values[index * GLYPH_INTS + 1] * 1000 * FROM_UNITS / size)
            if apart:
                parts.append(f">{apart}<")
        shown.append((font.hash, size, f"<{''.join(parts)}>".removesuffix("<>")))
    return shown


def _noted(
    stream: Any, font: Any, size: float, item: Any, index: int, glyph: int, utf8: bytes
) -> tuple[str, int]:
    """A glyph's name in the file and its advance; the font learns what sign it stands for and how wide it is."""
    if glyph not in font.to_unicode:
        clusters, last = item.glyphs.log_clusters, item.glyphs.num_glyphs - 1
        if item.item.analysis.level % 2:  # from right to left
            end = item.item.length if index == 0 else clusters[index - 1]
        else:
            end = item.item.length if index == last else clusters[index + 1]
        offset = item.item.offset
        font.to_unicode[glyph] = utf8[offset + clusters[index] : offset + end].decode()
    if glyph not in font.widths:
        pango.pango_font_get_glyph_extents(
            item.item.analysis.font, glyph, stream.ink_rect, stream.logical_rect
        )
        font.widths[glyph] = round(stream.logical_rect.width * 1000 * FROM_UNITS / size)
    return f"{glyph:04x}", font.widths[glyph]
