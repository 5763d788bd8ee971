"""Makes static/icons/sprite.svg: one <symbol> for each icon that the pages use, drawn by lucide-static (ISC licence).

Run it (`python -m tools.icons`) after adding a name to tools/icons.txt. It takes the folder of an unpacked lucide-static
package, or fetches the pinned version with `npm pack` into a temporary folder. The app's own mark comes from app_icons.py.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from tools import app_icons

PACKAGE = "lucide-static"
VERSION = "1.62.0"
ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "static" / "icons" / "sprite.svg"

NAMES = Path(__file__).with_name("icons.txt")


def unpack(folder: Path) -> Path:
    """Fetches the pinned package into *folder* and returns the path of its icons."""
    subprocess.run(
        ["npm", "pack", "--silent", f"{PACKAGE}@{VERSION}"], cwd=folder, check=True, stdout=subprocess.DEVNULL
    )
    with tarfile.open(folder / f"{PACKAGE}-{VERSION}.tgz") as archive:
        archive.extractall(folder, filter="data")
    return folder / "package" / "icons"


def symbol(name: str, source: str) -> str:
    """One icon file as a <symbol>; colours and strokes are left to the .icon class of the page."""
    match = re.search(r"<svg[^>]*>(.*)</svg>", source, re.S)
    if match is None:
        raise ValueError(f"{name}: not an SVG file")
    body = re.sub(r"\s*/>", "/>", re.sub(r">\s+<", "><", match[1].strip()))
    return f'<symbol id="{name}" viewBox="0 0 24 24">{body}</symbol>'


def build(names: list[str], icons: Path) -> str:
    """The whole sprite as text, in the order of names, so that a change of the list is a small diff.

    Drawn by itself the file is the app's own mark (tools/app_icons.py): pages name it as their icon, one request less.
    """
    missing = [name for name in names if not (icons / f"{name}.svg").is_file()]
    if missing:
        raise SystemExit(f"not in {PACKAGE} {VERSION}: {', '.join(missing)}")
    rows = [symbol(name, (icons / f"{name}.svg").read_text("utf-8")) for name in sorted(set(names))]
    note = f"<!-- {PACKAGE} {VERSION}, ISC licence: see LICENSE.lucide -->"
    mark = app_icons.svg().strip().removesuffix("</svg>")
    return "\n".join([mark, note, *rows, "</svg>", ""])


def main() -> None:
    """Writes the sprite and the licence that belongs to it."""
    names = NAMES.read_text("utf-8").split()
    with tempfile.TemporaryDirectory() as folder:
        icons = Path(sys.argv[1]) if len(sys.argv) > 1 else unpack(Path(folder))
        TARGET.write_text(build(names, icons), "utf-8")
        licence = icons.parent / "LICENSE"
        TARGET.with_name("LICENSE.lucide").write_text(licence.read_text("utf-8"), "utf-8")
    print(f"{TARGET.relative_to(ROOT)}: {len(set(names))} icons, {TARGET.stat().st_size} bytes")


if __name__ == "__main__":
    main()
