"""`POST /outbox` and `PUT /blobs/<sha256>`: where a phone hands in what it kept. Parses and answers; applies nothing."""

import json
import uuid
from datetime import datetime
from typing import Any

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app import errors
from app.domain import form
from app.models.sessions import Session
from app.services import photographing, syncing
from app.services.judging import FORM_DEVICE, Submission
from app.web import forms
from app.web.i18n import speak
from app.web.pages import closed_session, current_person, now
from app.web.receipt_words import told

bp = Blueprint("sync", __name__)
BODY_LIMIT = 2_000_000
TEXT_LIMIT = 100_000
SHOWN_LIMIT = 200_000
CLOCK_LIMIT = 2_000
LARGEST = 2**53
ROLES = ("", "engineer", "customer")


@bp.post("/outbox")
def outbox() -> ResponseReturnValue:
    """A batch {batch, user, device, watch, visits, entries}; the receipt names every key. Always JSON.

    A session that was signed out from elsewhere may still hand in; its receipt says `wipe`.
    """
    session, is_revoked = _sender()
    if request.headers.get("X-Outbox") != "1":
        raise errors.StrangeOrigin()
    sent = _sent()
    person = session.person
    if sent.get("user") not in (None, person.id):
        return jsonify(error="other_person", code="other_person"), 409
    if len(sent["entries"]) > syncing.BATCH_LIMIT:
        raise errors.TooLarge(limit=syncing.BATCH_LIMIT)
    device, batch = _word(sent.get("device"), 64), _word(sent.get("batch"), 64)
    if device == FORM_DEVICE:
        raise errors.Malformed()  # the server's own counter for plain forms
    refused: dict[str, dict[str, Any]] = {}
    entries = [
        one for place, raw in enumerate(sent["entries"]) if (one := _read(raw, device, place, refused))
    ]
    watch = sent.get("watch")
    watched = (
        [key for key in watch if isinstance(key, str) and key.isascii()] if isinstance(watch, list) else []
    )
    receipt = syncing.receive(
        person, device, entries, watched, now(), session=session, is_revoked=is_revoked, about=_about(sent)
    )
    results = {**refused, **receipt.results}
    return jsonify(
        ack=batch, results={key: told(one) for key, one in results.items()},
        watch={key: told(one) for key, one in receipt.watched.items()}, versions=receipt.versions,
        missing=receipt.missing, tallies=receipt.tallies, now=now().isoformat(),
        **({"wipe": True, "code": "revoked"} if is_revoked else {}),
    )  # fmt: skip


@bp.put("/blobs/<sha>")
def blob(sha: str) -> ResponseReturnValue:
    """The bytes of a photo that an own entry names. One that is not taken is named as beside its field: what it came with
    is saved."""
    if request.headers.get("X-Outbox") != "1":
        raise errors.StrangeOrigin()
    try:
        kept = photographing.receive(current_person(), sha, request.get_data(cache=False), now())
    except (errors.TooLarge, errors.WrongKind) as fault:
        return jsonify(code=fault.code, text=forms.fault_words(forms.photo_fault(fault))), fault.status
    return jsonify(ack=kept)


def _sender() -> tuple[Session, bool]:
    """The session of the request, and whether it was signed out from elsewhere. :raise errors.SignInNeeded:"""
    if current_user.is_authenticated:
        return current_user.session, False
    found = closed_session()
    if found is None:
        raise errors.SignInNeeded()
    speak(found.person.language)
    return found, True


def _about(sent: dict[str, Any]) -> list[int]:
    """Visits whose tallies are asked for, whether or not something of them is sent."""
    asked = sent.get("visits")
    found = asked if isinstance(asked, list) else []
    return [one for one in found if type(one) is int and 0 < one < LARGEST][: syncing.BATCH_LIMIT]


def _sent() -> dict[str, Any]:
    if (request.content_length or 0) > BODY_LIMIT:
        raise errors.TooLarge(limit=BODY_LIMIT)
    try:
        sent = json.loads(request.get_data(cache=False))
    except (ValueError, RecursionError):
        raise errors.Malformed() from None
    if not isinstance(sent, dict) or not isinstance(sent.get("entries"), list):
        raise errors.Malformed()
    return sent


def _read(raw: Any, device: str, place: int, refused: dict[str, dict[str, Any]]) -> syncing.Entry | None:
    """One entry as typed values; one that cannot be read keeps its place if that can be told, else it is refused."""
    try:
        return _entry(raw, device)
    except (errors.Malformed, KeyError, TypeError, ValueError, AttributeError, OverflowError, RecursionError):
        broken = _broken(raw, device)
        if broken is None:
            key = raw.get("key") if isinstance(raw, dict) else None
            named = isinstance(key, str) and key.isascii() and len(key) <= 64
            refused[key if named else f"#{place}"] = {
                "state": "refused",
                "reason": "malformed",
            }
        return broken


def _entry(raw: dict[str, Any], device: str) -> syncing.Entry:
    at = datetime.fromisoformat(raw["at"])
    if at.tzinfo is None or not form.OLDEST <= at.date() <= form.NEWEST:
        raise errors.Malformed()
    role, proof = raw.get("role") or "", raw.get("proof")
    if role not in ROLES or not (proof is None or isinstance(proof, str)):
        raise errors.Malformed()
    submission = Submission(
        visit=_count(raw["visit"]), step=_word(raw["step"], 60), act=_word(raw["act"], 30), key=_key(raw["key"]),
        fields={_whole(str(name)): _value(value) for name, value in raw["fields"].items()}, at=at, device=device,
        base=_optional(raw.get("base")), corrects=_optional(raw.get("corrects")),
    )  # fmt: skip
    return syncing.Entry(
        submission, _count(raw["seq"]), str(raw.get("formv") or "1")[:20], role,
        _object(raw.get("clock"), CLOCK_LIMIT), _object(raw.get("shown"), SHOWN_LIMIT), proof,
    )  # fmt: skip


def _broken(raw: Any, device: str) -> syncing.Entry | None:
    """What cannot be read, with its place in the phone's order: it must hold that, or the phone waits for ever."""
    try:
        submission = Submission(
            visit=_count(raw["visit"]),
            step="",
            act="",
            key=_key(raw["key"]),
            fields={},
            at=now(),
            device=device,
        )
        return syncing.Entry(submission, _count(raw["seq"]), broken=_whole(json.dumps(raw)[:TEXT_LIMIT]))
    except (errors.Malformed, KeyError, TypeError, ValueError, AttributeError, RecursionError):
        return None


def _key(value: Any) -> str:
    if not isinstance(value, str) or str(uuid.UUID(value)) != value:
        raise errors.Malformed()
    return value


def _count(value: Any) -> int:
    if type(value) is not int or not 1 <= value < LARGEST:
        raise errors.Malformed()
    return value


def _object(value: Any, limit: int) -> dict[str, Any] | None:
    if value is None:
        return None
    if not isinstance(value, dict) or len(json.dumps(value, allow_nan=False)) > limit:
        raise errors.Malformed()
    return value


def _value(value: Any) -> str | list[str]:
    if isinstance(value, list):
        if len(value) > form.CHOICES_LIMIT:
            raise errors.Malformed()
        return [_whole(str(one)) for one in value]
    return _whole(str(value))


def _whole(text: str) -> str:
    # A script that cuts a text may leave half of an emoji, which nothing can store; one such entry would block all.
    if len(text) > TEXT_LIMIT:
        raise errors.Malformed()
    return text.encode("utf-8", "replace").decode()


def _word(value: Any, limit: int) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= limit or not value.isascii():
        raise errors.Malformed()
    return value


def _optional(value: Any) -> str | None:
    return value if value in (None, "") else _word(value, 64)
