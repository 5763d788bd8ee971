"""What is wrong with a piece of HTML: balance, ids, labels, languages, the content policy. Used on every answer."""

import re
from xml.etree.ElementTree import Element

import html5lib

INPUTS = {"input", "select", "textarea"}
UNLABELLED = {"hidden", "submit", "button", "reset", "image"}
REFERENCES = ("for", "aria-describedby", "aria-labelledby", "aria-controls", "list", "form")
# What the parser reports although the page is right.
TOLERATED = {"expected-doctype-but-got-start-tag", "expected-doctype-but-got-chars"}


def faults(text: str) -> list[str]:
    """One line for each fault; an empty list for good HTML. Fragments (no doctype) are excused what only a page has."""
    whole = text.lstrip()[:15].lower().startswith("<!doctype html")
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    if whole:
        tree = parser.parse(text)
    else:
        tree = parser.parseFragment(text)
    found = [
        f"line {place[0]}: {code} {details or ''}"
        for place, code, details in parser.errors
        if code not in TOLERATED
    ]
    elements = [one for one in tree.iter() if isinstance(one.tag, str)]
    parents = {child: parent for parent in tree.iter() for child in parent}
    found += _ids(elements, whole) + _labels(elements, parents) + _policy(elements) + _forms(elements)
    if whole:
        found += _page(elements)
    return found


def _ids(elements: list[Element], whole: bool) -> list[str]:
    ids = [one.get("id") for one in elements if one.get("id") is not None]
    found = [f"id {name!r} twice" for name in sorted({n for n in ids if ids.count(n) > 1})]
    found += ["empty id"] if "" in ids else []
    if whole:
        for one in elements:
            for attribute in REFERENCES:
                for name in (one.get(attribute) or "").split() if one.tag != "link" else []:
                    if name not in ids:
                        found.append(f"<{one.tag} {attribute}={name!r}> points at nothing")
            href = one.get("href", "") if one.tag == "a" else ""
            if href.startswith("#") and len(href) > 1 and href[1:] not in ids:
                found.append(f"<a href={href!r}> points at nothing")
            target = one.get("hx-target", "")
            if target.startswith("#") and target[1:] not in ids:
                found.append(f"<{one.tag} hx-target={target!r}> points at nothing")
    return found


def _labels(elements: list[Element], parents: dict[Element, Element]) -> list[str]:
    labelled = {one.get("for") for one in elements if one.tag == "label"}
    found = []
    for one in elements:
        if one.tag in INPUTS and one.get("type", "text") not in UNLABELLED:
            named = one.get("aria-label") or one.get("aria-labelledby") or one.get("id") in labelled
            if not named and not _inside(one, "label", parents):
                found.append(f"<{one.tag} name={one.get('name')!r} id={one.get('id')!r}> has no label")
        if one.tag in ("button", "a") and not _name(one):
            found.append(f"<{one.tag} {dict(one.attrib)}> has no words")
        if one.tag == "img" and one.get("alt") is None:
            found.append(f"<img src={one.get('src')!r}> has no alt")
    return found


def _forms(elements: list[Element]) -> list[str]:
    found = []
    for form in (one for one in elements if one.tag == "form"):
        if form.get("action") is None:
            found.append("a form without action works only with a script")
        if form.get("method", "get").lower() not in ("get", "post"):
            found.append(f"form method {form.get('method')!r}")
        files = [one for one in form.iter("input") if one.get("type") == "file" and one.get("name")]
        if files and form.get("enctype") != "multipart/form-data":
            found.append(f"form {form.get('action')!r} sends files without multipart/form-data")
    found += ["a button without type" for one in elements if one.tag == "button" and one.get("type") is None]
    return found


def _policy(elements: list[Element]) -> list[str]:
    found = []
    for one in elements:
        if one.get("style") is not None:
            found.append(f"<{one.tag} style> is dropped by the content policy")
        found += [f"<{one.tag} {name}> never runs" for name in one.attrib if re.match(r"on[a-z]+$", name)]
        if one.tag == "script" and not one.get("src") and one.get("type") != "application/json":
            found.append("inline script")
        if one.tag == "style":
            found.append("inline style sheet")
        if re.match(r"\s*javascript:", one.get("href", ""), re.I):
            found.append("javascript: address")
    return found


def _page(elements: list[Element]) -> list[str]:
    found = []
    root = next(one for one in elements if one.tag == "html")
    if root.get("lang") not in ("en", "zh-Hans", "zh-Hant", "es"):
        found.append(f"html lang={root.get('lang')!r}")
    headings = sum(1 for one in elements if one.tag == "h1")
    if headings != 1:
        found.append(f"{headings} h1")
    if not any(one.tag == "title" and (one.text or "").strip() for one in elements):
        found.append("no title")
    if sum(1 for one in elements if one.tag == "main") != 1:
        found.append("not exactly one main")
    return found


def _name(one: Element) -> str:
    images = "".join(image.get("alt", "") for image in one.iter("img"))
    return one.get("aria-label") or "".join(one.itertext()).strip() or images


def _inside(one: Element, tag: str, parents: dict[Element, Element]) -> bool:
    parent = parents.get(one)
    while parent is not None:
        if parent.tag == tag:
            return True
        parent = parents.get(parent)
    return False
