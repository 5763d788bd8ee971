"""Static files under an address that changes with their content, so that they can be kept for ever."""

import hashlib
import shutil
from functools import lru_cache
from pathlib import Path

from flask import Flask, Response, send_from_directory
from whitenoise import WhiteNoise

from app.config import ROOT, Config
from app.web import packing

FOLDER = ROOT / "static"
YEAR_S = 31_536_000
# Not served: they are for whoever changes the files.
_HIDDEN = frozenset({".DS_Store"})
_MADE_OF = frozenset({".html", ".py", ".po", ".toml", ".json"})
_HEADERS = {"X-Content-Type-Options": "nosniff", "Cross-Origin-Resource-Policy": "same-origin"}


def init_app(app: Flask, config: Config) -> None:
    """Serve /static/v/<version>/… immutable; in production through WhiteNoise, packed beforehand."""
    # One version for the whole tree, because scripts and styles name each other relatively: a page must never mix
    # the scripts of two versions. While developing it is asked for anew with every page.
    fixed = "" if app.debug else version()

    def static_url(path: str) -> str:
        if path.startswith("vendor/"):  # the folder's name already says the version
            return f"/static/{path}"
        return f"/static/v/{fixed or version()}/{path}"

    def static_of_version(_version: str, path: str) -> Response:
        # A page from before an update may still ask under its old version: it gets the file, but not for ever.
        lasting = _version == fixed
        response = send_from_directory(FOLDER, path, max_age=YEAR_S if lasting else 0)
        if lasting:
            response.cache_control.immutable = True
            response.cache_control.public = True
        return response

    is_packed = not app.debug and not app.testing

    def scripts(name: str) -> list[str]:
        """The addresses of a bundle's scripts: one when packed, else each file."""
        bundle = f"js/{name}.bundle.js"
        return [static_url(bundle)] if is_packed else [static_url(file) for file in packing.BUNDLES[bundle]]

    app.jinja_env.globals.update(static_url=static_url, scripts=scripts, is_packed=is_packed)
    app.add_url_rule("/static/v/<_version>/<path:path>", "static_of_version", static_of_version)
    if is_packed:
        _serve_packed(app, config, fixed)


def files() -> list[str]:
    """Every static file by its path below static/, sorted."""
    return sorted(
        path.relative_to(FOLDER).as_posix()
        for path in FOLDER.rglob("*")
        if path.is_file() and path.name not in _HIDDEN
    )


def version() -> str:
    """Twelve hexadecimal digits that change when the app does: its static files, pages, words or code.

    Pages lie on phones beside the scripts that they were made for; both go by this one version.
    """
    stamps = tuple((str(path), path.stat().st_mtime_ns) for path in _sources())
    return _version(stamps)


def _sources() -> list[Path]:
    made = [ROOT / "templates", ROOT / "app"]
    pages = [path for folder in made for path in folder.rglob("*") if path.suffix in _MADE_OF]
    return [*(FOLDER / name for name in files()), *sorted(pages)]


@lru_cache(maxsize=4)
def _version(stamps: tuple[tuple[str, int], ...]) -> str:
    digest = hashlib.sha256()
    for path, _stamp in stamps:
        content = hashlib.sha256(Path(path).read_bytes()).hexdigest()
        digest.update(f"{Path(path).relative_to(ROOT).as_posix()}\0{content}\n".encode())
    return digest.hexdigest()[:12]


def _serve_packed(app: Flask, config: Config, fixed: str) -> None:
    packed = config.data_dir / "static" / fixed
    if not (packed / ".done").exists():
        # Other versions go; one that is still being served has its files open or falls back on the folder itself.
        for old in packed.parent.glob("*/"):
            shutil.rmtree(old, ignore_errors=True)
        _pack(packed)
    served = WhiteNoise(
        app.wsgi_app,
        max_age=60,
        allow_all_origins=False,
        immutable_file_test=lambda _path, url: "/v/" in url or "/vendor/" in url,
        add_headers_function=lambda headers, _path, _url: [
            headers.__setitem__(*item) for item in _HEADERS.items()
        ],
    )
    served.add_files(str(packed), prefix="static/")
    served.add_files(str(packed), prefix=f"static/v/{fixed}/")
    app.wsgi_app = served  # type: ignore[method-assign]


def _pack(target: Path) -> None:
    """Lay down the static files and bundles as they are sent, with a .br and a .gz beside what shrinks by it."""
    for name in (*files(), *packing.BUNDLES):
        content = packing.written(FOLDER, name)
        place = target / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
        packing.press(place, content)
    (target / ".done").touch()
