"""Approving: the owner who is not at home agrees to the price, or does not, by a link on their own phone (G-TALK-01).

A link holds for two hours, is signed by this server, and is bound to what it shows: when the proposal or its price has
changed meanwhile, it cannot be answered any more. The answer is a record of the visit like one given on the spot.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from itsdangerous import BadSignature, URLSafeSerializer

from app import errors
from app.config import settings
from app.domain import form, seal
from app.domain.steps.common import coded
from app.models import approvals, visits
from app.models.approvals import Approval
from app.models.database import transaction
from app.models.people import Person
from app.services import visiting
from app.services.visiting import Opened

VALID = timedelta(hours=2)
SHORTEST_LEFT = timedelta(minutes=10)  # one that runs out while it is on its way is as good as none
KEPT = timedelta(days=30)
SALT = "owner-approval"
NAME_LIMIT = 80
VERSION = 1


@dataclass(frozen=True, slots=True)
class Asked:
    """A link with what it shows. `why_not` it cannot be answered: '', answered, expired, changed or ended."""

    approval: Approval
    opened: Opened
    why_not: str


def asked(person: Person, visit_id: int, now: datetime) -> tuple[Opened, Asked | None, str]:
    """The visit, the link made last, and why none can be made now ('' when one can). :raise errors.NotFound:"""
    opened = visiting.opened(person, visit_id, now)
    if opened.visit.engineer_id != person.id:
        raise errors.NotFound(visit=visit_id)
    last = approvals.latest_of(visit_id)
    return opened, Asked(last, opened, _why_not(last, opened, now)) if last else None, closed(opened)


def ask(person: Person, visit_id: int, now: datetime) -> Approval:
    """A link for what the visit proposes now; the same one as long as it holds. :raise errors.NotOpen: nothing to ask"""
    opened, last, shut = asked(person, visit_id, now)
    if shut:
        raise errors.NotOpen(step="consent", needs=[shut])
    if last and not last.why_not and last.approval.expires - now > SHORTEST_LEFT:
        return last.approval
    content = content_of(opened)
    step = opened.walk.of_kind("consent")
    assert step is not None, "`closed` has seen to it"
    with transaction():
        approvals.forget(now - KEPT)
        return approvals.make(
            visit=visit_id, nonce=secrets.token_urlsafe(16), step=step.step.id, content=content,
            digest=seal.digest(content), person=person.id, asked_at=now, expires=now + VALID,
        )  # fmt: skip


def token_of(approval: Approval) -> str:
    """What stands in the link."""
    return str(_signer().dumps([approval.nonce, approval.digest[:16]]))


def by_token(token: str, now: datetime) -> Asked:
    """What a link shows now. :raise errors.NotFound: it is none of ours, or long gone"""
    try:
        nonce, digest = _signer().loads(token)
    except (BadSignature, ValueError, TypeError):
        raise errors.NotFound() from None
    found = approvals.by_nonce(str(nonce))
    visit = visits.by_id(found.visit_id) if found else None
    if found is None or visit is None or found.digest[:16] != digest:
        raise errors.NotFound()
    opened = visiting.of_visit(visit)
    return Asked(found, opened, _why_not(found, opened, now))


def look(token: str, now: datetime) -> Asked:
    """As `by_token`; that it was opened is kept, so that the engineer knows it has arrived."""
    found = by_token(token, now)
    if found.approval.seen_at is None:
        with transaction():
            approvals.note_seen(found.approval.id, now)
    return found


def answer(token: str, act: str, raw: form.Raw, language: str, now: datetime) -> Opened:
    """Keep the owner's answer as a record of the visit, bound to what was shown.

    :raise errors.NotFound: :raise errors.Invalid: details: fields. :raise errors.Moved: it cannot be answered any more
    """
    found = by_token(token, now)
    if act not in ("agreed", "refused"):
        raise errors.NotFound(act=act)
    body, faults = _read(found, act, raw)
    if faults:
        raise errors.Invalid(fields=faults)
    with transaction():
        fresh = by_token(token, now)  # the visit may have gone on since
        if fresh.why_not or not approvals.settle(fresh.approval.id, act, now):
            raise errors.Moved(step=fresh.approval.step)
        approval = fresh.approval
        body |= {
            "how": "link", "language": language, "content": approval.content, "digest": approval.digest,
            "code": seal.short_code(approval.digest),
        }  # fmt: skip
        return visiting.answer_by_owner(fresh.opened, approval.step, act, approval.person_id, body, now)


def content_of(opened: Opened) -> dict[str, Any]:
    """What is proposed, as the seal covers it: whole values only."""
    walk, facts = opened.walk, opened.facts
    found = walk.of_kind("diagnose")
    diagnosed: Mapping[str, Any] = found.values if found else {}
    return {
        "v": VERSION, "visit": facts.reference, "customer": walk.data["name"],
        "appliance": {name: walk.data[name] for name in ("kind", "brand", "model")},
        "fault": diagnosed.get("fault"), "cause": diagnosed.get("cause"),
        "lines": [
            {
                "item": one.item, "name": dict(opened.prices.items[one.item].names), "qty": one.qty,
                "standard": one.standard, "certificate": one.certificate, "amount": one.amount, "rule": one.rule,
            }
            for one in walk.fee.charges
        ],
        "tax": walk.fee.tax, "reduction": walk.fee.reduction, "tax_rate_bp": opened.prices.tax_rate_bp,
        "tax_included": opened.prices.tax_included,
        "total": walk.fee.total, "currency": walk.fee.currency,
        "prices": opened.prices.hash,
        "protocol": opened.protocol.hash, "engineer": facts.engineer["name"],
    }  # fmt: skip


def closed(opened: Opened) -> str:
    """Why there is nothing to ask by a link now: '', ended, locked (by what comes before) or free."""
    walk = opened.walk
    step = walk.of_kind("consent")
    if walk.ended or walk.state == "finished" or (walk.signature and not walk.signature.void) or step is None:
        return "ended"
    if not walk.fee.chargeable:
        return "free"
    return "locked" if step.locked_by or not step.applies else ""


def _why_not(approval: Approval, opened: Opened, now: datetime) -> str:
    if approval.answered_at is not None:
        return "answered"
    if now >= approval.expires:
        return "expired"
    if closed(opened) == "ended":
        return "ended"
    return "changed" if closed(opened) or seal.digest(content_of(opened)) != approval.digest else ""


def _read(found: Asked, act: str, raw: form.Raw) -> tuple[dict[str, Any], form.Faults]:
    faults: form.Faults = {}
    name = form.text(raw, "name", NAME_LIMIT)
    if not name:
        faults["name"] = "required"
    if act == "agreed":
        content = found.approval.content
        return {"name": name, "total": content["total"], "currency": content["currency"]}, faults
    reason = coded(found.opened.protocol, "reason", "refuse_reason", required=True)
    body, wrong = form.read([reason], raw)
    return {"name": name, **body}, {**faults, **wrong}


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(settings().secret_key, salt=SALT)
