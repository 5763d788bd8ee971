"""Issuing: gives a visit its papers. Each is drawn once from its sealed layers, kept under its hash, and then only copied.

What a paper says is `domain/document`, how it is drawn is `printing`. Which papers a visit has is decided here, by what
was sealed: slip and receipt by the customer's signature, copies 1 and 2 at hand-in, IOU and loaner receipt by theirs.
"""

import hashlib
import io
import logging
import os
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from PIL import Image
from pypdf import PdfReader, PdfWriter

from app import errors
from app.config import settings
from app.domain import content, document, seal
from app.domain.paper import reprint_mark
from app.domain.paper.value import Sources
from app.domain.protocol import Protocol
from app.domain.walk import Signature
from app.models import documents
from app.models.database import transaction
from app.models.documents import Document, Reprint
from app.models.people import Person
from app.services import photographing, printing
from app.services.visiting import Opened

log = logging.getLogger(__name__)

PHOTO_WAIT = timedelta(hours=24)  # then the paper says that a photo was not received
PHOTO_SIDE = 800  # pixels; a photo stands 26 to 40 mm high
DOOR_STATES = frozenset({"at_door", "no_access"})
COPIES_ON_A4 = 3


@dataclass(frozen=True, slots=True)
class Offer:
    """A paper that this visit has. `waiting`: photos still to come before it is drawn. `copy` "" means all copies."""

    kind: str
    copy: str
    sheets: tuple[str, ...]
    number: str
    waiting: int = 0


def offers(current: Opened, now: datetime) -> list[Offer]:
    """The visit's papers, the customer's first."""
    numbers = documents.numbers_of(current.visit.id)
    found = []
    for kind in document.KINDS:
        sources = _sources(current, kind, numbers)
        if sources is None:
            continue
        waiting = sources.photos_missing if _waits(sources, now) else 0
        sheets, number = document.KINDS[kind].sheets, numbers.get(kind, "")
        if document.KINDS[kind].copies:
            found.append(Offer(kind, str(document.CUSTOMER_COPY), ("a5", "a4"), number, waiting))
            if sources.office is not None:
                found.append(Offer(kind, "", sheets, number, waiting))
        else:
            found.append(Offer(kind, "", sheets, number, waiting))
    return found


def paper_for(current: Opened, kind: str, sheet: str, copy: str, now: datetime) -> Document:
    """The stored paper, drawn now if it never was.

    :raise errors.NotFound: the visit has no such paper (yet), or it still waits for photos
    :raise errors.Busy: the drawing process did not answer in time
    :raise errors.Broken: it cannot be drawn; the log says why
    """
    found = document.KINDS.get(kind)
    sources = _sources(current, kind, documents.numbers_of(current.visit.id)) if found else None
    if found is None or sources is None or sheet not in found.sheets or _waits(sources, now):
        raise errors.NotFound(paper=kind, sheet=sheet)
    copy = _copy(found, copy, sources)
    source = _source(sources)
    kept = documents.find(current.visit.id, kind, sheet, copy, source)
    if kept is not None and path_of(kept).exists():
        return kept
    paper = document.compose(kind, sources, sheet, int(copy) if copy else None)
    printed = _drawn(kind, sheet, paper.language, document.plain(paper), _pictures(paper.photos))
    sha = hashlib.sha256(printed.pdf).hexdigest()
    _write(settings().papers_dir / f"{sha}.pdf", printed.pdf)
    with transaction():
        return documents.keep(
            visit=current.visit.id, kind=kind, sheet=sheet, copy=copy, language=paper.language,
            number=sources.numbers.get(kind) or "", source=source, sha=sha, size=len(printed.pdf), pages=printed.pages,
            created_at=now,
        )  # fmt: skip


def path_of(kept: Document) -> Path:
    """Where the file lies."""
    return settings().papers_dir / f"{kept.sha}.pdf"


def reprint(kept: Document, person: Person, now: datetime) -> Reprint:
    """Note one more printing of a stored paper: who and when."""
    with transaction():
        return documents.add_reprint(kept, person, now)


def marked(kept: Document, again: Reprint, timezone: str) -> bytes:
    """The stored file with "reprint n" laid over every page; nothing of it is drawn anew."""
    data = path_of(kept).read_bytes()
    reader = PdfReader(io.BytesIO(data))
    thirds = kept.kind == "slip" and kept.sheet == "a4" and not kept.copy and len(reader.pages) == 1
    paper = reprint_mark.compose(
        kept.language, timezone, kept.sheet, COPIES_ON_A4 if thirds else 1, again.number, again.at.isoformat(),
        again.person.name,
    )  # fmt: skip
    mark = _drawn("reprint_mark", kept.sheet, kept.language, document.plain(paper), {}).pdf
    writer = PdfWriter(clone_from=reader)
    line = PdfReader(io.BytesIO(mark)).pages[0]
    for page in writer.pages:
        page.merge_page(line)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


# --- what a paper is made of


def _sources(current: Opened, kind: str, numbers: Mapping[str, str]) -> Sources | None:
    """The sealed layers behind this kind of paper; None when what it certifies has not happened."""
    walk = current.walk
    if kind == "door_note":
        return _made(current, _door(current), numbers) if walk.state in DOOR_STATES else None
    signature = walk.iou_signature if kind in ("iou", "loaner") else walk.signature
    if signature is None or signature.void or "content" not in signature.body:
        return None
    if signature is walk.iou_signature and signature.how == "declined":
        return None  # without a signed receipt nothing leaves the home
    signed = _signed(signature)
    if kind == "loaner" and not (signed.get("take_back") or {}).get("loaner"):
        return None
    if kind == "receipt" and not (signed.get("payment") or {}).get("paid"):
        return None
    handed_in = walk.of_kind("hand_in")
    office = None
    if kind == "slip" and handed_in and handed_in.status == "done":
        office = content.office_layer(current.facts, walk, signed["digest"], _opinion(current))
    return _made(current, signed, numbers, office)


def _opinion(current: Opened) -> Mapping[str, Any] | None:
    """What the customer said, where the norm prints it on the company's copies; the customer's page said so (O-OPIN-07)."""
    if not current.protocol.settings.get("opinion_on_slip"):
        return None
    return next((record.body for record in reversed(current.records) if record.act == "rated"), {})


def _made(
    current: Opened, sealed: dict[str, Any], numbers: Mapping[str, str], office: dict[str, Any] | None = None
) -> Sources:
    named = sealed.get("photos") or ()
    here = tuple(sha for sha in named if _picture_of(sha).exists())
    return Sources(
        content=sealed, office=office, numbers=dict(numbers), codes=_codes(current.protocol, sealed["language"]),
        photos=here, photos_missing=len(named) - len(here), issued=sealed["visit"].get("arrived") or ""
        if sealed.get("visit") else "",
    )  # fmt: skip


def _signed(signature: Signature) -> dict[str, Any]:
    body = {**signature.body, "how": signature.how}
    return content.signed(body["content"], body, signature.at, body["digest"], body["code"])


def _door(current: Opened) -> dict[str, Any]:
    facts, walk = current.facts, current.walk
    came = walk.arrived_at
    return {
        "v": 1, "layer": "door_note", "ref": facts.reference, "language": facts.language, "outlet": dict(facts.outlet),
        "engineer": {"name": facts.engineer["name"]},
        "visit": {"appointment": walk.appointment.isoformat(), "arrived": came.isoformat() if came else None},
    }  # fmt: skip


def _codes(norm: Protocol, language: str) -> dict[str, dict[str, str]]:
    """The norm's words for its codes, and its steps' titles under "step"."""
    titles = {step.id: str(norm.word(language, "step", step.id, "title")) for step in norm.steps}
    return {
        **{key: dict(words) for key, words in norm.word(language, "code", default={}).items()},
        "step": titles,
    }


def _waits(sources: Sources, now: datetime) -> bool:
    """Photos that the record names get a day to arrive."""
    at = (sources.content.get("signature") or {}).get("at")
    return bool(sources.photos_missing and at and now < datetime.fromisoformat(at) + PHOTO_WAIT)


def _copy(found: document.Kind, copy: str, sources: Sources) -> str:
    """The copy as asked for, if there is one; the customer's when the others are not sealed yet."""
    if not found.copies:
        if copy:
            raise errors.NotFound(copy=copy)
        return ""
    if copy and (not copy.isdigit() or int(copy) not in found.copies):
        raise errors.NotFound(copy=copy)
    if sources.office is None:
        if copy not in ("", str(document.CUSTOMER_COPY)):
            raise errors.NotFound(copy=copy)
        return str(document.CUSTOMER_COPY)
    return copy


def _source(sources: Sources) -> str:
    """The digest of everything that the paper says: another one is another paper, the same one is never drawn again."""
    return seal.digest(
        {
            "content": sources.content,
            "office": sources.office,
            "numbers": sources.numbers,
            "photos_missing": sources.photos_missing,
        }
    )


# --- the file


def _drawn(
    kind: str, sheet: str, language: str, paper: dict[str, Any], pictures: dict[str, bytes]
) -> printing.Printed:
    try:
        return printing.draw(kind, sheet, language, paper, pictures)
    except printing.PrintError as fault:
        log.error("paper %s on %s was not drawn: %s", kind, sheet, fault)
        raise (errors.Busy() if fault.retry else errors.Broken(paper=kind)) from fault


def _pictures(shas: tuple[str, ...]) -> dict[str, bytes]:
    return {f"photo-{sha}": _small(_picture_of(sha)) for sha in shas}


def _picture_of(sha: str) -> Path:
    """Where the picture lies that a record names as sha256:…"""
    return photographing.derivative_path(sha.removeprefix("sha256:"))


def _small(path: Path) -> bytes:
    with Image.open(path) as image:
        image.thumbnail((PHOTO_SIDE, PHOTO_SIDE))
        out = io.BytesIO()
        image.save(out, "JPEG", quality=80)
        return out.getvalue()


def _write(path: Path, data: bytes) -> None:
    """All of it or nothing: what lies under a hash is never half a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}")
    with part.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
