"""People: everyone who signs in, their role and outlet, and what their identity card shows."""

from datetime import date

import peewee

from app.models.database import DayField, Row
from app.models.outlets import Outlet


class Person(Row):
    """Someone who signs in. `role` is one of vocabulary.ROLES; `lead` adds the second level of rulings.

    `training` and the permit are vouched for by whoever entered them last. A private number stands here only when the
    company has approved that customers may have it (P-CARD-03).
    """

    outlet = peewee.ForeignKeyField(Outlet, backref="people")
    login = peewee.CharField(unique=True)
    name = peewee.CharField()
    role = peewee.CharField()
    lead = peewee.BooleanField(default=False)
    language = peewee.CharField(default="en")
    theme = peewee.CharField(default="auto")
    password_hash = peewee.CharField()
    photo = peewee.CharField(null=True)
    permit_no = peewee.CharField(default="")
    permit_expires = DayField(null=True)
    training = peewee.CharField(null=True)  # the proof's number and who issued it
    training_until = DayField(null=True)
    vouched_by = peewee.CharField(null=True)
    vouched_on = DayField(null=True)
    private_number = peewee.CharField(null=True)
    private_number_by = peewee.CharField(null=True)
    private_number_on = DayField(null=True)
    phone = peewee.CharField(default="")
    active = peewee.BooleanField(default=True)


def by_login(login: str) -> Person | None:
    """The active person who signs in under this name, if any."""
    return Person.get_or_none((Person.login == login.strip().lower()) & Person.active)


def by_id(person_id: int) -> Person:
    """A person that a row names, active or not, with the outlet."""
    return Person.select(Person, Outlet).join(Outlet).where(Person.id == person_id).get()


def engineers_of(outlet_id: int) -> list[Person]:
    """The outlet's active engineers, by name."""
    chosen = (Person.outlet == outlet_id) & (Person.role == "engineer") & Person.active
    return list(Person.select().where(chosen).order_by(Person.name))


def demo_people() -> list[Person]:
    """The people of demo outlets, in the order in which they were made; a real database has none."""
    return list(Person.select().join(Outlet).where(Outlet.is_demo & Person.active).order_by(Person.id))


def everybody_of(outlet_id: int) -> list[Person]:
    """Everyone of the outlet, those who left last, by name."""
    return list(Person.select().where(Person.outlet == outlet_id).order_by(Person.active.desc(), Person.name))


def of(outlet_id: int, person_id: int) -> Person | None:
    """Somebody of this outlet."""
    return Person.get_or_none((Person.id == person_id) & (Person.outlet == outlet_id))


def is_taken(login: str) -> bool:
    """Whether somebody of any outlet signs in, or once signed in, under this name."""
    return bool(Person.select().where(Person.login == login).exists())


def other_admins(person: Person) -> int:
    """How many other active administrators the outlet has."""
    others = (
        (Person.outlet == person.outlet_id)
        & (Person.role == "admin")
        & Person.active
        & (Person.id != person.id)
    )
    return int(Person.select().where(others).count())


def keep_private_number(person_id: int, number: str, by: str, day: date) -> None:
    """A private number that customers may have, by whose approval, since when; '' takes it back. Needs a transaction."""
    values = {"private_number": number or None, "private_number_by": by, "private_number_on": day}
    Person.update(**values).where(Person.id == person_id).execute()
