"""Identity cards: the codes by which a customer checks who stands at the door."""

import peewee

from app.models.database import Row, UtcDateTimeField
from app.models.people import Person
from app.models.visits import Visit


class IdentityCard(Row):
    """A code for one engineer at one visit, issued beforehand; it opens /id/<token> from `valid_from` to `expires`."""

    token = peewee.CharField(unique=True)
    code = peewee.CharField(index=True)
    person = peewee.ForeignKeyField(Person, index=False)
    visit = peewee.ForeignKeyField(Visit)
    issued = UtcDateTimeField()
    expires = UtcDateTimeField()
