"""Which settings a step of each kind may have, and which inputs a kind wants declared. What they do is the kinds' own.

A setting that nothing reads, or a name that nothing has, would silently change nothing.
"""

from collections.abc import Collection, Mapping
from typing import Any

SETTINGS = {
    "covers": {"waive_when"},
    "test": {"untested_for"},
    "leave": {"things"},
    "diagnose": {"lines_after"},
    "checklist": {"paper"},
}
PAPERS = ("test_before", "copy", "brought_back")
THINGS = ("gift", "card", "sticker")
DECLARED = {"term": ("term", "days", "case", "agreed"), "promise": ("promise",)}


def fault(
    kind: str,
    settings: Mapping[str, Any],
    declared: Mapping[str, Collection[str]],
    steps: Collection[str],
    codes: Collection[str],
) -> str:
    """What is wrong with the settings of a step, in words for whoever edits the norm; '' when nothing is.

    `declared`: its inputs with their options; `steps`: the ids of all steps; `codes`: the reasons why nothing was tested.
    """
    for name in DECLARED.get(kind, ()):
        if name not in declared:
            return f"kind '{kind}' needs the field '{name}'"
    for name, value in settings.items():
        if name not in SETTINGS.get(kind, ()):
            return f"setting '{name}' means nothing here"
        known = {"untested_for": codes, "things": THINGS, "lines_after": steps, "paper": PAPERS}.get(name)
        if known is not None:
            named = [value] if isinstance(value, str) else value
        elif not isinstance(value, dict) or not set(value) <= set(declared):
            return f"setting '{name}' names no field of this step"
        else:
            named = [option for options in value.values() for option in options]
            known = {option for field in value for option in declared[field]}
        if not isinstance(named, list):
            return f"setting '{name}' must be a list"
        for one in named:
            if one not in known:
                return f"setting '{name}' names '{one}', which there is not"
    return ""
