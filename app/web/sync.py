"""`POST /outbox` and `PUT /blobs/<sha256>`: where a phone hands in what it kept. Parses and answers; applies nothing."""

import uuid
from datetime import datetime
from typing import Any

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from app import errors
from app.domain import form
from app.services import photographing, syncing
from app.services.visiting import Submission
from app.web.pages import current_person, now

bp = Blueprint("sync", __name__)
TEXT_LIMIT = 100_000


@bp.post("/outbox")
def outbox() -> ResponseReturnValue:
    """A batch {batch, user, device, watch, entries}; the receipt names every key. Always JSON."""
    sent = request.get_json(silent=True)
    if request.headers.get("X-Outbox") != "1":
        raise errors.StrangeOrigin()
    if not isinstance(sent, dict) or not isinstance(sent.get("entries"), list):
        raise errors.Malformed()
    person = current_person()
    if sent.get("user") not in (None, person.id):
        return jsonify(error="other_person"), 409
    device = _word(sent.get("device"), 64)
    entries = [_entry(raw, device) for raw in sent["entries"][: syncing.BATCH_LIMIT]]
    watch = [key for key in sent.get("watch", []) if isinstance(key, str)]
    receipt = syncing.receive(person, device, entries, watch, now())
    return jsonify(
        ack=sent.get("batch"), results=receipt.results, watch=receipt.watched, versions=receipt.versions,
        missing=receipt.missing, now=now().isoformat(),
    )  # fmt: skip


@bp.put("/blobs/<sha>")
def blob(sha: str) -> ResponseReturnValue:
    """The bytes of a photo that an own entry names."""
    if request.headers.get("X-Outbox") != "1":
        raise errors.StrangeOrigin()
    kept = photographing.receive(current_person(), sha, request.get_data(cache=False), now())
    return jsonify(ack=kept)


def _entry(raw: Any, device: str) -> syncing.Entry:
    """One entry as typed values. :raise errors.Malformed: when it is none."""
    try:
        at = datetime.fromisoformat(raw["at"])
        fields = {_whole(str(name)): _value(value) for name, value in raw["fields"].items()}
        submission = Submission(
            visit=int(raw["visit"]), step=_word(raw["step"], 60), act=_word(raw["act"], 30),
            key=str(uuid.UUID(raw["key"])), fields=fields, at=at, device=device, base=_optional(raw.get("base")),
            corrects=_optional(raw.get("corrects")),
        )  # fmt: skip
        seq = int(raw["seq"])
    except (KeyError, TypeError, ValueError, AttributeError):
        raise errors.Malformed() from None
    if at.tzinfo is None or not form.OLDEST <= at.date() <= form.NEWEST or seq < 1:
        raise errors.Malformed()
    return syncing.Entry(submission, seq, str(raw.get("formv", "1"))[:20])


def _value(value: Any) -> str | list[str]:
    if isinstance(value, list):
        return [_whole(str(one)) for one in value[: form.CHOICES_LIMIT]]
    return _whole(str(value))


def _whole(text: str) -> str:
    # A script that cuts a text may leave half of an emoji, which nothing can store; one such entry would block all.
    return text[:TEXT_LIMIT].encode("utf-8", "replace").decode()


def _word(value: Any, limit: int) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= limit or not value.isascii():
        raise errors.Malformed()
    return value


def _optional(value: Any) -> str | None:
    return value if value in (None, "") else _word(value, 64)
