"""Copy links: the addresses under which customers open their own copy of a slip, until they run out (O-COPY-12)."""

from datetime import datetime
from typing import Any

import peewee

from app.models.database import Row, UtcDateTimeField
from app.models.people import Person
from app.models.visits import Visit


class CopyLink(Row):
    """One link. Made, given and opened are three facts: `given_at` only when somebody says that it was passed on, and how."""

    visit = peewee.ForeignKeyField(Visit, backref="copy_links")
    token = peewee.CharField(unique=True)
    made_at = UtcDateTimeField()
    made_by = peewee.ForeignKeyField(Person, index=False, backref="copy_links")
    expires = UtcDateTimeField()
    given_at = UtcDateTimeField(null=True)
    given_by = peewee.ForeignKeyField(Person, null=True, index=False, backref="copies_given")
    way = peewee.CharField(default="")
    opened_at = UtcDateTimeField(null=True)
    revoked_at = UtcDateTimeField(null=True)

    class Meta:
        table_name = "copy_link"


def latest_of(visit_id: int) -> CopyLink | None:
    """The visit's last link that was not taken back, run out or not."""
    kept = (CopyLink.visit == visit_id) & CopyLink.revoked_at.is_null()
    return CopyLink.select().where(kept).order_by(CopyLink.id.desc()).first()


def by_token(token: str) -> CopyLink | None:
    """The link with this token."""
    return CopyLink.get_or_none(CopyLink.token == token)


def change(link_id: int, **values: Any) -> None:
    """Set these columns of one link."""
    CopyLink.update(**values).where(CopyLink.id == link_id).execute()


def opened(link_id: int, now: datetime) -> None:
    """The first time that somebody looked."""
    CopyLink.update(opened_at=now).where((CopyLink.id == link_id) & CopyLink.opened_at.is_null()).execute()
