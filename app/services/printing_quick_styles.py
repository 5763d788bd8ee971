"""Short cuts for styles: rules looked up once a place, values that no rule sets handed down at once.

Part of `printing_quick`, which says when they are taken. Papers' sheets use no logical properties and no
pseudo-elements, and their templates no style attributes.
"""

from itertools import count
from math import inf
from typing import Any
from xml.etree.ElementTree import Element

from weasyprint.css import (
    AnonymousStyle,
    ComputedStyle,
    StyleFor,
    declaration_precedence,
    find_style_attributes,
    preprocess_declarations,
)
from weasyprint.css.properties import INHERITED, INITIAL_NOT_COMPUTED, INITIAL_VALUES

SIDES = ("top", "right", "bottom", "left")
MOST_PLACES = 5000
MOST_SHEETS = 100

# Worked out even when nobody set them; everything else that is not inherited starts as it is.
WORKED_OUT = frozenset({"float", "display", "position", "page"}) | frozenset(INITIAL_NOT_COMPUTED)
PLAIN = {
    key: value
    for key, value in INITIAL_VALUES.items()
    if key not in WORKED_OUT and key not in INHERITED and not key.startswith("text_decoration")
}

own_style_for = StyleFor.__init__
own_init = ComputedStyle.__init__
own_anonymous_init = AnonymousStyle.__init__

_places: dict[tuple[Any, ...], int] = {}
_numbers = count(1)
_cascades: dict[tuple[Any, ...], dict[Any, dict[str, Any]]] = {}


def begin_styles(found: Any, html: Any, sheets: Any, hints: bool, font_config: Any, targets: Any) -> None:
    """Every element's style. Which rules fit it hangs on where it stands, and papers' elements stand in the same places.

    The sheets select by element, class, number, language, ancestors and the element before; a test sees to that.
    """
    if len(_places) > MOST_PLACES or len(_cascades) > MOST_SHEETS:
        _places.clear()
        _cascades.clear()
    known = _cascades.setdefault(tuple(sheet for sheet, _, _ in sheets), {})
    found._cascaded_styles, found._computed_styles = {}, {}
    found.initial_page_sizes = {"box": None, "area": None}
    found._sheets, found.font_config = sheets, font_config
    shared: dict[tuple[int, int], Any] = {}
    for element in html.wrapper_element.iter_subtree():
        place = _place(element)
        if place not in known:
            known[place] = _cascade(element, sheets, known)
        cascade, node = known[place], element.etree_element
        parent = element.parent.etree_element if element.parent else None
        key = id(found._computed_styles.get((parent, None))), id(cascade)
        if key not in shared:
            found._cascaded_styles[node, None] = cascade
            found.set_computed_styles(
                node, root=html.etree_element, parent=parent, base_url=html.base_url, target_collector=targets
            )
            shared[key] = found._computed_styles[node, None]
        found._computed_styles[node, None] = shared[key]
    found._cascaded_styles.clear()


def _cascade(element: Any, sheets: Any, known: dict[Any, dict[str, Any]]) -> dict[str, Any]:
    """The declarations that win for an element, name to value and weight; one object for the same rules."""
    rules = [
        (sheet, origin, own, *found)
        for sheet, origin, own in sheets
        for found in sheet.matcher.match(element)
    ]
    node = element.etree_element
    own = node.get("id"), node.get("lang")
    key = (own, *((sheet, specificity, id(payload)) for sheet, _, _, specificity, _, _, payload in rules))
    if key in known:
        return known[key]
    style = known[key] = {}
    if any(own):
        alone = Element(node.tag, node.attrib)
        for specificity, _, declarations, base_url in find_style_attributes(alone):
            for name, value, importance in preprocess_declarations(base_url, declarations):
                style[name] = value, (declaration_precedence("author", importance), inf, specificity)
    for _, origin, fixed, specificity, _, pseudo, (declarations, layer) in rules:
        if pseudo or layer is not None:
            raise ValueError("papers' sheets have neither pseudo-elements nor layers")
        for name, value, importance in declarations:
            weight = declaration_precedence(origin, importance), inf, fixed or specificity
            if name not in style or style[name][1] <= weight:
                style[name] = value, weight
    return style


def begin_style(style: Any, parent_style: Any, cascaded: Any, *more: Any) -> None:
    """A style begins with all that no rule sets: the initial values and its parent's.

    Papers' sheets use no logical properties.
    """
    own_init(style, parent_style, cascaded, *more)
    if parent_style is None:
        return
    style.update(PLAIN)
    style.update(_inherited(parent_style))
    for key in cascaded:
        style.pop(key, None)
    for side in SIDES:
        if f"border_{side}_style" not in cascaded:
            style[f"border_{side}_width"] = 0
    if "page" not in cascaded:
        style["page"] = parent_style["page"]
    if "position" not in cascaded and "float" not in cascaded:
        style["position"] = style.specified["position"] = INITIAL_VALUES["position"]
        style["float"] = style.specified["float"] = INITIAL_VALUES["float"]
        display = cascaded["display"][0] if "display" in cascaded else INITIAL_VALUES["display"]
        if type(display) is tuple:
            style["display"] = style.specified["display"] = display


def begin_anonymous(style: Any, parent_style: Any) -> None:
    """The same for a box that no element stands for."""
    own_anonymous_init(style, parent_style)
    style.update(PLAIN)
    style.update(_inherited(parent_style))
    style["position"], style["float"] = INITIAL_VALUES["position"], INITIAL_VALUES["float"]
    style["page"] = parent_style["page"]


def _inherited(style: Any) -> dict[str, Any]:
    """What a style hands down, worked out once; its parent's own where it changes none of it."""
    kept = style.__dict__
    if "inherited" not in kept:
        parent = style.parent_style
        if parent is None:
            kept["inherited"] = {key: style[key] for key in INHERITED}
        else:
            changed = {key: style[key] for key in INHERITED.intersection(getattr(style, "cascaded", ()))}
            kept["inherited"] = {**_inherited(parent), **changed} if changed else _inherited(parent)
    return kept["inherited"]


def _place(element: Any) -> int:
    """A number for all that the rules may ask of an element; equal for equal places."""
    if "place" not in element.__dict__:
        own, before = element.etree_element, element.previous
        key = (
            _place(element.parent) if element.parent is not None else 0,
            *(own.tag, own.get("class"), own.get("id"), own.get("lang")),
            *(() if before is None else (before.etree_element.tag, before.etree_element.get("class"))),
        )
        element.place = _places.setdefault(key, next(_numbers))
    return element.place
