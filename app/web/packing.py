"""Packing: what the server sends of the static files: scripts that are wanted together in one file, without comments
and with short names, and everything pressed beforehand. Which page wants which script is not said here.

While developing and testing pages load the files as they are written; `tests/web/test_packing.py` runs the packed ones.
"""

import gzip
import re
from pathlib import Path

import brotli
import minify

# One file each, in this order: classic scripts that share only the name `doorstep`.
BUNDLES: dict[str, tuple[str, ...]] = {
    "js/page.bundle.js": ("js/app.js", "js/offline.js"),
    "js/saving.bundle.js": (
        "vendor/idb@8.0.4/umd.js", "js/words.js", "js/store.js", "js/outbox.js", "js/keep.js", "js/today.js",
    ),
    "js/visit.bundle.js": (
        "js/visit_say.js", "js/visit_state.js", "js/visit.js", "js/visit_forms.js", "js/visit_paint.js",
        "js/visit_kinds.js",
    ),
}  # fmt: skip
# What a visit's page waits for, and what it fetches at the first touch or when it has time; signature pad and htmx come
# on demand.
OF_A_VISIT = (
    "js/lock.js", "js/page.bundle.js", "js/saving.bundle.js", "js/visit.bundle.js", "js/rules/clock.js",
)  # fmt: skip
LATER_OF_A_VISIT = ("js/pin.js", "js/rules/index.js", "js/problem_sheet.js", "js/hand_over.js")
# Wanted alone as well: by the worker, by the customer's pages, before a visit's rules are there.
APART = ("vendor/idb@8.0.4/umd.js", "js/store.js", "js/outbox.js", "js/rules/clock.js")
# Modules that become one under the address of the first: what they import from each other goes with it.
MODULES = ("js/rules/index.js",)
PRESSED = frozenset({".css", ".js", ".svg", ".json", ".html", ".wasm", ".txt", ".mjs"})
LEAST = 400  # bytes; smaller files gain nothing
MEDIA = {".js": "application/javascript", ".css": "text/css"}

_IMPORT_ALL = re.compile(r"import \* as (\w+) from '\./(\w+)\.js';")
_IMPORT_SOME = re.compile(r"import \{([^}]*)\} from '\./(\w+)\.js';")
_EXPORT = re.compile(r"^export (const|let|class|function|async function) (\w+)", re.MULTILINE)
_LIST = re.compile(rb"^(\s*)const \[", re.MULTILINE)
_EXPORT_LIST = re.compile(r"^export \{([^}]*)\};", re.MULTILINE)


def written(folder: Path, name: str) -> bytes:
    """A static file as it is sent: `name` is a file below the folder or one of BUNDLES."""
    if name in BUNDLES:
        return b";\n".join(written(folder, part) for part in BUNDLES[name])
    content = (folder / name).read_bytes()
    if name in MODULES:
        content = _one_module(folder / name).encode()
    media = MEDIA.get(Path(name).suffix)
    if name.endswith(".js"):
        # The minifier draws neighbouring constants together and puts such a list first, before what it is made from.
        content = _LIST.sub(rb"\1let [", content)
    return minify.string(media, content.decode()).encode() if media else content


def bundled(names: list[str]) -> list[str]:
    """The files that a phone asks for instead of these: bundles for their parts, one module for all that it holds."""
    inside = {part for parts in BUNDLES.values() for part in parts if part not in APART}
    for entry in MODULES:
        folder = str(Path(entry).parent) + "/"
        inside |= {name for name in names if name.startswith(folder) and name not in (entry, *APART)}
    return [*(name for name in names if name not in inside), *BUNDLES]


def press(place: Path, content: bytes) -> None:
    """Lay a .br and a .gz beside the file if it shrinks by it."""
    if place.suffix in PRESSED and len(content) > LEAST:
        place.with_name(place.name + ".br").write_bytes(brotli.compress(content, quality=11))
        place.with_name(place.name + ".gz").write_bytes(gzip.compress(content, 9, mtime=0))


def _one_module(entry: Path) -> str:
    """A module with all that it imports: each becomes a function that runs once, in the order of need."""
    order: list[str] = []
    _visit(entry, order)
    parts = []
    for name in order:
        text, names = _plain((entry.parent / f"{name}.js").read_text("utf-8"))
        if name == entry.stem:
            parts.append(f"{text}\nexport {{ {', '.join(names)} }};")
        else:
            parts.append(f"const $_{name} = (() => {{\n{text}\nreturn {{ {', '.join(names)} }};\n}})();")
    return "\n".join(parts)


def _visit(file: Path, order: list[str]) -> None:
    text = file.read_text("utf-8")
    for pattern in (_IMPORT_ALL, _IMPORT_SOME):
        for _names, other in pattern.findall(text):
            if other not in order:
                _visit(file.with_name(f"{other}.js"), order)
    if file.stem not in order:
        order.append(file.stem)


def _plain(text: str) -> tuple[str, list[str]]:
    """A module's text without imports and exports, and the names that it exports."""
    names = [name for _kind, name in _EXPORT.findall(text)]
    for listed in _EXPORT_LIST.findall(text):
        names += [one.strip() for one in listed.split(",") if one.strip()]
    text = _IMPORT_ALL.sub(r"const \1 = $_\2;", text)
    text = _IMPORT_SOME.sub(lambda found: f"const {{{found[1].replace(' as ', ': ')}}} = $_{found[2]};", text)
    text = _EXPORT_LIST.sub("", _EXPORT.sub(r"\1 \2", text))
    if re.search(r"^\s*(import|export)\b", text, re.MULTILINE):
        raise ValueError("a form of import or export that the packer does not know")
    return text, names
