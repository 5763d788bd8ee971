"""Identity cards: the codes by which a customer checks who stands at the door."""

from datetime import datetime

import peewee

from app.models.database import Row, UtcDateTimeField
from app.models.people import Person
from app.models.visits import Visit


class IdentityCard(Row):
    """A code for one engineer at one visit, issued beforehand; it opens /id/<token> until `expires`."""

    token = peewee.CharField(unique=True)
    code = peewee.CharField(index=True)
    person = peewee.ForeignKeyField(Person, index=False)
    visit = peewee.ForeignKeyField(Visit)
    issued = UtcDateTimeField()
    expires = UtcDateTimeField()


def latest_of(person_id: int, visit_id: int) -> IdentityCard | None:
    """The card last issued for this engineer and visit, run out or not."""
    mine = (IdentityCard.person == person_id) & (IdentityCard.visit == visit_id)
    return IdentityCard.select().where(mine).order_by(IdentityCard.expires.desc()).first()


def by_token(token: str) -> IdentityCard | None:
    """The card behind a link."""
    return IdentityCard.get_or_none(IdentityCard.token == token)


def by_code(code: str) -> IdentityCard | None:
    """The card with this code; of several, the one that holds longest."""
    return (
        IdentityCard.select().where(IdentityCard.code == code).order_by(IdentityCard.expires.desc()).first()
    )


def forget(before: datetime) -> None:
    """Cards that ran out long ago tell nobody anything."""
    IdentityCard.delete().where(IdentityCard.expires < before).execute()
