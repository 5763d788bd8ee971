"""Approvals: what an owner who is not at home was asked to agree to, by a link to their own phone. The answer is a record."""

from datetime import datetime
from typing import Any

import peewee

from app.models.database import Row, UtcDateTimeField
from app.models.people import Person
from app.models.visits import Visit


class Approval(Row):
    """One link: `content` is what it shows, `digest` its SHA-256; `nonce` makes the signed link one that cannot be built."""

    visit = peewee.ForeignKeyField(Visit)
    nonce = peewee.CharField(unique=True)
    step = peewee.CharField()
    content = peewee.JSONField()
    digest = peewee.CharField()
    person = peewee.ForeignKeyField(Person, index=False)
    asked_at = UtcDateTimeField()
    expires = UtcDateTimeField()
    seen_at = UtcDateTimeField(null=True)
    answered_at = UtcDateTimeField(null=True)
    answer = peewee.CharField(null=True)  # agreed | refused


def by_nonce(nonce: str) -> Approval | None:
    """The link with this nonce."""
    return Approval.get_or_none(Approval.nonce == nonce)


def latest_of(visit_id: int) -> Approval | None:
    """The link made last for this visit."""
    return Approval.select().where(Approval.visit == visit_id).order_by(Approval.id.desc()).first()


def make(**values: Any) -> Approval:
    """A new link. Needs a transaction."""
    return Approval.create(**values)


def note_seen(approval_id: int, now: datetime) -> None:
    """It was opened for the first time."""
    mine = (Approval.id == approval_id) & Approval.seen_at.is_null()
    Approval.update(seen_at=now).where(mine).execute()


def settle(approval_id: int, answer: str, now: datetime) -> bool:
    """Keep the answer, once: False when it was answered before. Needs a transaction."""
    mine = (Approval.id == approval_id) & Approval.answered_at.is_null()
    return bool(Approval.update(answer=answer, answered_at=now).where(mine).execute())


def forget(before: datetime) -> None:
    """Links that ran out long ago; what was answered stands in the records."""
    Approval.delete().where(Approval.expires < before).execute()
