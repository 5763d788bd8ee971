"""Sessions: who is signed in on which device, and how often signing in was tried. Passwords are judged elsewhere."""

from datetime import datetime

import peewee

from app.models.database import Row, UtcDateTimeField
from app.models.people import Person


class Session(Row):
    """One signed-in device. The cookie's token is kept only as its SHA-256; a lock holds it to one customer page."""

    token_hash = peewee.CharField(unique=True)
    person = peewee.ForeignKeyField(Person, backref="sessions")
    device = peewee.CharField()
    created = UtcDateTimeField()
    last_seen = UtcDateTimeField()
    user_agent = peewee.CharField(default="")
    revoked_at = UtcDateTimeField(null=True)
    unlock_hash = peewee.CharField(null=True)
    lock_visit = peewee.IntegerField(null=True)
    lock_token = peewee.CharField(null=True)


class SignInAttempt(Row):
    """One try at a password, kept so that guessing gets slower by account and by address."""

    login = peewee.CharField()
    address = peewee.CharField()
    at = UtcDateTimeField()
    ok = peewee.BooleanField()

    class Meta:
        table_name = "sign_in_attempt"
        indexes = ((("login", "at"), False), (("address", "at"), False))


def failures_since(since: datetime, *, login: str, address: str) -> tuple[int, int]:
    """How many tries failed since then: for this account, from this address."""
    failed = (SignInAttempt.at >= since) & (~SignInAttempt.ok)
    by_login = SignInAttempt.select().where(failed & (SignInAttempt.login == login)).count()
    return by_login, SignInAttempt.select().where(failed & (SignInAttempt.address == address)).count()
