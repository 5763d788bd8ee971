"""Applying: what the inbox holds takes effect, per visit and phone, strictly in order; the desk lets go or tries again.

Effect, entry and cursor are one transaction. Nothing that goes wrong with one entry may roll back another.
"""

import json
import logging
import uuid
from datetime import datetime
from typing import Any

from app import errors
from app.domain.text import clean_line
from app.domain.vocabulary import CUSTOMER_ACTS, DESK_ROLES
from app.models import inbox, people, sessions, visits
from app.models.database import transaction
from app.models.inbox import InboxEntry
from app.models.people import Person
from app.services import authenticating, handing_over, rating, visiting
from app.services.judging import Kept, Submission
from app.services.opening import Opened

VOID = "void"  # fills a place for which the phone has no entry, or takes that of a refused one
GONE = ("applied", "withdrawn")
REASON_LIMIT = 200
CHAIN_LIMIT = 50
log = logging.getLogger(__name__)


def drain(visit_id: int, device: str, now: datetime, *, by_desk: bool = False) -> None:
    """Apply entries while the next one in order is here and acceptable. Needs a transaction.

    `by_desk`: nothing is handed over at this moment, so nothing is locked.
    """
    while waiting := inbox.at_place(visit_id, device, inbox.next_of(visit_id, device)):
        if waiting.state not in GONE and not (
            waiting.state == "held" and waiting.reason is None and _apply(waiting, now, by_desk)
        ):
            return
        inbox.take_next(visit_id, device)


def again(person: Person, key: str, now: datetime) -> InboxEntry:
    """The desk has a refused or kept-back entry tried once more. :raise errors.NotFound: :raise errors.Ended: settled"""
    with transaction():
        kept = _kept(person, key)
        inbox.settle(key, "held")
        drain(kept.visit_id, kept.device, now, by_desk=True)
        found = inbox.entry(key)
        assert found
        return found


def withdraw(person: Person, key: str, reason: str, now: datetime) -> InboxEntry:
    """The desk lets go of an entry that cannot take effect, so that later ones can. It stays in the inbox.

    :raise errors.NotFound: :raise errors.Ended: as `again`. :raise errors.Invalid: without a reason
    """
    reason = clean_line(reason, REASON_LIMIT)
    if not reason:
        raise errors.Invalid(fields={"reason": "required"})
    with transaction():
        kept = _kept(person, key)
        inbox.settle(key, "withdrawn", _reason("withdrawn", text=reason, by=person.name, at=now.isoformat()))
        drain(kept.visit_id, kept.device, now, by_desk=True)
        found = inbox.entry(key)
        assert found
        return found


def kept_of(person: Person, key: str) -> InboxEntry:
    """An entry of a visit of the desk's outlet. :raise errors.NotFound:"""
    found = inbox.entry(key)
    if found is None or person.role not in DESK_ROLES or visits.of(person, found.visit_id) is None:
        raise errors.NotFound(entry=key)
    return found


def _kept(person: Person, key: str) -> InboxEntry:
    found = kept_of(person, key)
    if found.state not in ("refused", "held"):
        raise errors.Ended(state=found.state)
    return found


def _apply(waiting: InboxEntry, now: datetime, by_desk: bool) -> bool:
    if waiting.act == VOID:
        inbox.settle(waiting.key, "applied")
        return True
    person = people.by_id(waiting.person_id)
    role = waiting.role or ("customer" if waiting.act in CUSTOMER_ACTS else "engineer")
    try:
        with transaction():
            before = visiting.opened(person, waiting.visit_id, now)
            after = visiting.apply(before, _submission(waiting, before), person, now, role)
            if not by_desk:
                _mind_the_lock(waiting, after)
    except errors.Fault as fault:
        details = {name: fault.details[name] for name in ("fields", "needs", "step") if name in fault.details}
        inbox.settle(waiting.key, "refused", _reason(fault.code, **details))
        return False
    except Exception:
        # Whatever else went wrong must not roll back the batch: the entry is safe here and can be applied after a fix.
        reference = uuid.uuid4().hex[:8]
        log.exception("entry_broke", extra={"reference": reference})
        inbox.settle(waiting.key, "refused", _reason("broken", reference=reference))
        return False
    inbox.settle(waiting.key, "applied")
    return True


def _submission(waiting: InboxEntry, before: Opened) -> Submission:
    sent = json.loads(waiting.body)
    if "fields" not in sent:
        raise errors.Malformed()
    fields: dict[str, Any] = sent["fields"]
    if waiting.act == "rated" and rating.is_sealed(fields):
        fields = rating.opened(before.visit.outlet_id, str(fields["sealed"]))
    if isinstance(fields.get("line"), str):
        fields = {**fields, "line": _standing(fields["line"])}
    shown = json.loads(waiting.shown) if waiting.shown else None
    return Submission(
        visit=waiting.visit_id, step=waiting.step, act=waiting.act, key=waiting.key, fields=fields, at=waiting.at,
        device=waiting.device, base=_standing(sent["base"]), corrects=waiting.corrects,
        kept=Kept(waiting.trust or "unknown", waiting.skew_s, shown),
    )  # fmt: skip


def _standing(key: str | None) -> str | None:
    """The key under which that entry took effect. What was kept later still names the one that was refused: that was put
    right by another, or let go, and then what it built on itself is what stands."""
    for _ in range(CHAIN_LIMIT):
        kept = inbox.entry(key) if key else None
        if kept is None or kept.state not in ("superseded", "withdrawn"):
            return key
        successor = inbox.corrector_of(kept.key) if kept.state == "superseded" else None
        key = successor.key if successor and successor.act != VOID else json.loads(kept.body).get("base")
    return key


def _mind_the_lock(waiting: InboxEntry, after: Opened) -> None:
    """A hand-over locks the session that it came by, unless a later entry has proved that the phone is back."""
    session = sessions.by_id(waiting.session) if waiting.session else None
    if session is None:
        return
    if waiting.act == "handed_over" and not inbox.is_back(waiting.visit_id, waiting.device, waiting.seq):
        handing_over.hold(session, after)
    elif waiting.act == "handed_back" and waiting.proved:
        authenticating.free(session.id, waiting.visit_id)


def _reason(code: str, **more: Any) -> str:
    return json.dumps({"code": code, **more}, ensure_ascii=False)
