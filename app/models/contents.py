"""Contents: protocols and price lists as they were when a visit first used them, by their hash."""

import peewee

from app.models.database import Row, UtcDateTimeField


class Content(Row):
    """The canonical JSON of a protocol or price list."""

    hash = peewee.CharField(primary_key=True)
    kind = peewee.CharField()
    name = peewee.CharField()
    body = peewee.TextField()
    stored = UtcDateTimeField()
