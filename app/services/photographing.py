"""Photographing: a received picture is checked, kept under the hash of its bytes, and re-drawn once for the pages.

The bytes received are never displayed: they may carry a place, a name or a trick. What pages and papers show is the
derivative, at most 1600 px, JPEG, without any of the original's notes. Which page shows a photo is not decided here.
"""

import hashlib
import io
import os
import threading
import warnings
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from PIL import Image, ImageFile, ImageOps

from app.config import settings
from app.errors import NotFound, TooLarge, WrongKind
from app.models import blobs, visits
from app.models.blobs import Blob
from app.models.database import transaction
from app.models.people import Person

LIMIT = 8 * 1024 * 1024
PIXELS_LIMIT = 50_000_000
SIDE = 1600
QUALITY = 80
FORMATS = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}

Image.MAX_IMAGE_PIXELS = PIXELS_LIMIT
warnings.filterwarnings("error", category=Image.DecompressionBombWarning)
# A large picture takes 150 MB while it is drawn again; two at once would be more than a small server has.
_drawing = threading.Semaphore(1)


@dataclass(frozen=True, slots=True)
class Seen:
    """What a picture is, found before any pixel is drawn. Sides in pixels."""

    media_type: str
    width: int
    height: int


def take(person: Person, visit_id: int, data: bytes, now: datetime) -> str:
    """Keep a photo of this visit; returns its SHA-256. The same bytes again are the same photo.

    :raise TooLarge: over 8 MB (details: limit) or over 50 megapixels (details: pixels)
    :raise WrongKind: not a JPEG, PNG or WebP picture, or one that cannot be read to its end
    :raise NotFound: not this person's visit
    """
    seen = examine(data)
    sha = hashlib.sha256(data).hexdigest()
    keep(sha, data, seen, person, now)
    with transaction():
        if visits.of(person, visit_id) is None:
            raise NotFound(visit=visit_id)
        blobs.name(visit_id, sha)
    return sha


def receive(person: Person, sha: str, data: bytes, now: datetime) -> str:
    """Keep a photo that an entry of this person named before its bytes came; returns its SHA-256.

    :raise NotFound: no visit of this person names it, or the bytes have another hash
    :raise TooLarge: :raise WrongKind: as `take`
    """
    if hashlib.sha256(data).hexdigest() != sha or not blobs.is_named_for(sha, person):
        raise NotFound(sha=sha)
    keep(sha, data, examine(data), person, now)
    return sha


def keep(sha: str, data: bytes, seen: Seen, person: Person, now: datetime) -> None:
    """Write original and derivative, then the row that says they are here."""
    original = original_path(sha)
    if not original.exists():
        derivative = _redrawn(data)
        _write(derivative_path(sha), derivative)
        _write(original, data)
    with transaction():
        Blob.insert(
            sha=sha, media_type=seen.media_type, size=len(data), width=seen.width, height=seen.height,
            received=now, person=person.id,
        ).on_conflict_ignore().execute()  # fmt: skip


def examine(data: bytes) -> Seen:
    """Whether these bytes are a photo that is taken here, read off their head. :raise TooLarge: :raise WrongKind:"""
    if len(data) > LIMIT:
        raise TooLarge(limit=LIMIT)
    try:
        with Image.open(io.BytesIO(data), formats=tuple(FORMATS)) as image:
            width, height = image.size
            media_type = FORMATS[image.format or ""]
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        raise TooLarge(pixels=PIXELS_LIMIT) from None
    except (OSError, ValueError, KeyError, SyntaxError):
        raise WrongKind() from None
    if width * height > PIXELS_LIMIT:
        raise TooLarge(pixels=PIXELS_LIMIT)
    return Seen(media_type, width, height)


def shown(person: Person, visit_id: int, sha: str) -> Path:
    """The derivative of a photo that a visit of this person names. :raise NotFound: there is none."""
    if visits.of(person, visit_id) is None or not blobs.is_named(visit_id, sha):
        raise NotFound(sha=sha)
    path = derivative_path(sha)
    if not path.exists():
        raise NotFound(sha=sha)
    return path


def original_path(sha: str) -> Path:
    """Where the bytes received lie."""
    return settings().photos_dir / sha[:2] / sha


def derivative_path(sha: str) -> Path:
    """Where the picture lies that pages and papers use."""
    return settings().photos_dir / sha[:2] / f"{sha}.jpg"


def _redrawn(data: bytes) -> bytes:
    try:
        with _drawing, Image.open(io.BytesIO(data), formats=tuple(FORMATS)) as image:
            ImageFile.LOAD_TRUNCATED_IMAGES = (
                False  # a renderer in the same process switches it on for everybody
            )
            image.draft("RGB", (SIDE, SIDE))
            image.load()
            upright = ImageOps.exif_transpose(image)
            upright.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS, reducing_gap=2.0)
            out = io.BytesIO()
            _on_white(upright).save(out, "JPEG", quality=QUALITY, optimize=True, progressive=True)
            return out.getvalue()
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        raise TooLarge(pixels=PIXELS_LIMIT) from None
    except (OSError, ValueError, SyntaxError, EOFError, IndexError):
        raise WrongKind() from None


def _on_white(image: Image.Image) -> Image.Image:
    """A new picture of nothing but pixels: no EXIF, no profile, nothing transparent."""
    rgba = image.convert("RGBA")
    paper = Image.new("RGB", rgba.size, (255, 255, 255))
    paper.paste(rgba, mask=rgba.getchannel("A"))
    return paper


def _write(path: Path, data: bytes) -> None:
    """All of it or nothing: what lies under a hash is never half a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}")
    with part.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
