"""Short cuts for boxes: lengths resolved once a style, cells of one text laid out directly, bare boxes left bare.

Part of `printing_quick`, which says when they are taken. Whatever is unusual (a fixed height, an image, a box over the end
of the page) goes the renderer's own way.
"""

from math import inf
from typing import Any

from weasyprint.css.properties import Dimension
from weasyprint.draw.color import get_color
from weasyprint.formatting_structure.boxes import Box, LineBox, PageBox, TableCellBox, TextBox
from weasyprint.layout import background, block, inline, percent
from weasyprint.text.line_break import strut

SIDES = ("top", "right", "bottom", "left")
CORNERS = ("top_left", "top_right", "bottom_right", "bottom_left")
ACROSS = (
    *("margin_left", "margin_right", "margin_top", "margin_bottom"),
    *("padding_left", "padding_right", "padding_top", "padding_bottom"),
    *("width", "min_width", "max_width"),
)  # of what a percentage refers to the width of the containing block
UPRIGHT = ("height", "min_height", "max_height")
NO_RADII = {f"border_{corner}_radius": (0, 0) for corner in CORNERS}
ROUNDING = 1 + 1e-9  # the renderer's own allowance for sums of lengths


own_descendants = Box.descendants
own_percentages = percent.resolve_percentages
own_container = block.block_container_layout
own_backgrounds = background.layout_box_backgrounds


def resolve_percentages(box: Any, containing_block: Any) -> None:
    """Lengths of a box as numbers: those in pixels are kept with the style, those in parts are worked out."""
    style = box.style
    kept = style.__dict__
    if "lengths" not in kept:
        kept["lengths"] = _lengths(style)
    if kept["lengths"] is None or isinstance(box, PageBox) or not isinstance(box, Box):
        own_percentages(box, containing_block)
        return
    fixed, parts = kept["lengths"]
    box.__dict__.update(fixed)
    if parts:
        width = containing_block.width if isinstance(containing_block, Box) else containing_block[0]
        for name, part in parts:
            setattr(box, name, width * part / 100)


def _lengths(style: Any) -> tuple[dict[str, Any], list[tuple[str, float]]] | None:
    fixed, parts = {}, []
    if style["box_sizing"] != "content-box" or style["border_collapse"] == "collapse":
        return None
    for name in (*ACROSS, *UPRIGHT):
        value = style[name]
        if value == "auto":
            fixed[name] = 0 if name in ("min_width", "min_height") else "auto"
        elif type(value) is not Dimension:
            return None
        elif value.unit == "px":
            fixed[name] = value.value
        elif value.unit == "%" and name in ACROSS:
            parts.append((name, value.value))
        else:
            return None
    for side in SIDES:
        fixed[f"border_{side}_width"] = style[f"border_{side}_width"]
    return fixed, parts


def layout_box_backgrounds(
    page: Any, box: Any, get_image: Any, layout_children: bool = True, style: Any = None
) -> None:
    """A box whose style has neither corners, colour nor picture needs none looked for."""
    kept = box.style.__dict__
    if "bare" not in kept:
        kept["bare"] = _is_bare(box.style)
    if not kept["bare"] or box is page or style is not None or not isinstance(box, Box):
        own_backgrounds(page, box, get_image, layout_children, style)
        return
    box.__dict__.update(NO_RADII)
    box.background = None
    if layout_children:
        for child in box.all_children():
            layout_box_backgrounds(page, child, get_image)


def _is_bare(style: Any) -> bool:
    return (
        all((0, "px") in style[f"border_{corner}_radius"] for corner in CORNERS)
        and style["border_image_source"][0] == "none"
        and style["mask_border_source"][0] == "none"
        and not style["box_shadow"]
        and all(kind == "none" for kind, _ in style["background_image"])
        and get_color(style, "background_color").alpha == 0
    )


def block_container_layout(
    context: Any, box: Any, bottom_space: float, skip_stack: Any, *rest: Any, **more: Any
) -> Any:
    """A table cell that holds one text is laid out line by line; every other container as the renderer does it."""
    if skip_stack is None and type(box) is TableCellBox and len(box.children) == 1:
        line = box.children[0]
        if type(line) is LineBox and len(line.children) == 1 and type(line.children[0]) is TextBox:
            lines = _lines(context, box, line, line.children[0], bottom_space)
            if lines:
                cell = box.copy_with_children(lines)
                cell.height = lines[-1].position_y + lines[-1].height - cell.content_box_y()
                return cell, None, {"break": "any", "page": box.style["page"]}, [], False, None
    return own_container(context, box, bottom_space, skip_stack, *rest, **more)


def _lines(context: Any, box: Any, whole: Any, text: Any, bottom_space: float) -> list[Any]:
    """The lines of a cell; none when it has to be laid out the long way."""
    kept = box.style.__dict__
    if "plain_cell" not in kept:
        kept["plain_cell"] = _is_plain_cell(box.style)
    if not kept["plain_cell"] or box.first_line_style or box.first_letter_style or text.text.endswith(" "):
        return []
    resolve_percentages(whole, box)
    resolve_percentages(text, box)
    line_height, baseline = strut(whole.style)
    left, top, width = box.content_box_x(), box.content_box_y(), box.width
    below = box.padding_bottom + box.border_bottom_width
    data, at, lines = text.text.encode(), 0, []
    while at is not None:
        while data[at : at + 1] == b" ":
            at += 1
        if at == len(data):
            break
        text.position_x = left
        part, at, preserved = inline.split_text_box(context, text, (left + width) * ROUNDING - left, at)
        if part is None or part.text.endswith(" "):
            return []
        line = whole.copy()
        highest = min(-part.baseline, -baseline)
        lowest = max(part.margin_height() - part.baseline, line_height - baseline)
        line.children, line.resume_at = [part], None if at is None else {0: {at: None}}
        line.position_x, line.position_y, line.width = left, top, part.width
        line.baseline, line.height, line.margin_top, line.margin_bottom = -highest, lowest - highest, 0, 0
        part.position_y = top - highest - part.baseline
        aside = inline.text_align(context, line, width, at is None or preserved)
        line.position_x += aside
        part.position_x += aside
        top += line.height
        if context.overflows_page(bottom_space, top + below):
            return []
        lines.append(line)
    return lines


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


def _is_plain_cell(style: Any) -> bool:
    return (
        style["position"] == "static"
        and style["direction"] == "ltr"
        and style["white_space"] in ("normal", "pre-line")
        and style["text_indent"] == Dimension(0, "px")
        and style["text_align_all"] != "justify"
        and style["max_lines"] == "none"
        and style["continue"] == "auto"
        and style["box_decoration_break"] == "slice"
        and style["height"] == "auto"
        and style["min_height"] in ("auto", Dimension(0, "px"))
        and style["max_height"] == Dimension(inf, "px")
    )
