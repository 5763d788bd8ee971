"""Blobs: photos by the SHA-256 of the bytes received, and which visit each belongs to. The bytes lie in files."""

import peewee

from app.models.database import Row, UtcDateTimeField
from app.models.people import Person
from app.models.visits import Visit, visible_to


class Blob(Row):
    """One received photo. The original is kept under its hash and never displayed; pages use the derivative."""

    sha = peewee.CharField(primary_key=True)
    media_type = peewee.CharField()
    size = peewee.IntegerField()
    width = peewee.IntegerField()
    height = peewee.IntegerField()
    received = UtcDateTimeField()
    person = peewee.ForeignKeyField(Person, index=False)


class Photo(Row):
    """A visit names a blob: the only road by which a photo is shown."""

    visit = peewee.ForeignKeyField(Visit, index=False)
    sha = peewee.CharField()

    class Meta:
        indexes = ((("visit", "sha"), True),)


def name(visit_id: int, sha: str) -> None:
    """Say that this visit names the photo; naming twice is once."""
    Photo.insert(visit=visit_id, sha=sha).on_conflict_ignore().execute()


def is_named(visit_id: int, sha: str) -> bool:
    """Whether this visit names the photo."""
    return Photo.select().where((Photo.visit == visit_id) & (Photo.sha == sha)).exists()


def is_named_for(sha: str, person: Person) -> bool:
    """Whether a visit that this person may see names the photo."""
    query = (
        Photo.select()
        .join(Visit, on=(Photo.visit == Visit.id))
        .where((Photo.sha == sha) & visible_to(person))
    )
    return query.exists()
