"""Contents: protocols and price lists as they were when a visit first used them, by their hash."""

from datetime import datetime

import peewee

from app.models.database import Row, UtcDateTimeField


class Content(Row):
    """The canonical JSON of a protocol or price list."""

    hash = peewee.CharField(primary_key=True)
    kind = peewee.CharField()
    name = peewee.CharField()
    body = peewee.TextField()
    stored = UtcDateTimeField()


def keep(kind: str, name: str, hash_: str, body: str, now: datetime) -> None:
    """Store a content once."""
    Content.insert(hash=hash_, kind=kind, name=name, body=body, stored=now).on_conflict_ignore().execute()


def is_kept(hash_: str) -> bool:
    """Whether a content with this hash is stored."""
    return Content.select().where(Content.hash == hash_).exists()


def find(kind: str, hash_: str) -> Content:
    """The stored content. :raise LookupError: when nobody ever used it."""
    row = Content.get_or_none((Content.hash == hash_) & (Content.kind == kind))
    if row is None:
        raise LookupError(hash_)
    return row
