"""Sessions: who is signed in on which device, and how often signing in was tried. Passwords are judged elsewhere."""

from datetime import datetime
from typing import Any

import peewee

from app.models.database import HOLE, Asked, Row, UtcDateTimeField
from app.models.outlets import Outlet
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
    unlock_code = peewee.CharField(null=True)  # opens the phone once without the PIN; the desk reads it out
    code_read_at = UtcDateTimeField(null=True)
    code_read_by = peewee.IntegerField(null=True)


class SignInAttempt(Row):
    """One try at a password, kept so that guessing gets slower by account and by address."""

    login = peewee.CharField()
    address = peewee.CharField()
    at = UtcDateTimeField()
    ok = peewee.BooleanField()

    class Meta:
        table_name = "sign_in_attempt"
        indexes = ((("login", "at"), False), (("address", "at"), False))


_PARTS: dict[str, type[Row]] = {"session": Session, "person": Person, "outlet": Outlet}
_OPEN = Asked(
    Session.select(
        *[
            field.alias(f"{part}__{name}")
            for part, table in _PARTS.items()
            for name, field in table._meta.fields.items()
        ]
    )
    .join(Person)
    .join(Outlet)
    .where(
        Session.token_hash == HOLE,
        Session.revoked_at.is_null(),
        Session.last_seen >= HOLE,
        Person.active,
    )
)
_CLOSED = (
    Session.select(Session, Person, Outlet)
    .join(Person)
    .join(Outlet)
    .where((Session.revoked_at.is_null(False)) | ~Person.active)
)


def open_session(token_hash: str, oldest: datetime) -> Session | None:
    """The session of this cookie with its person and outlet, unless it was revoked or last seen before `oldest`."""
    rows = _OPEN.rows(token_hash, Session.last_seen.db_value(oldest))
    if not rows:
        return None
    made: dict[str, Any] = {part: table() for part, table in _PARTS.items()}
    for key, value in rows[0].items():
        part, _, name = key.partition("__")
        field = _PARTS[part]._meta.fields[name]
        made[part].__data__[name] = None if value is None else field.python_value(value)
    made["session"].person, made["person"].outlet = made["person"], made["outlet"]
    for row in made.values():
        row._dirty.clear()
    found: Session = made["session"]
    return found


def closed_session(token_hash: str) -> Session | None:
    """The session of this cookie with its person and outlet, if it was revoked or its person's account closed."""
    return _CLOSED.where(Session.token_hash == token_hash).first()


def by_id(session_id: int) -> Session | None:
    """A session, open or not."""
    return Session.get_or_none(Session.id == session_id)


def change(session: Session, **values: object) -> None:
    """Set these columns of one session and store only them."""
    for name, value in values.items():
        setattr(session, name, value)
    session.save(only=[Session._meta.fields[name] for name in values])


def sessions_of(person_id: int, oldest: datetime) -> list[Session]:
    """The person's signed-in devices, the latest seen first."""
    live = (Session.person == person_id) & Session.revoked_at.is_null() & (Session.last_seen >= oldest)
    return list(Session.select().where(live).order_by(Session.last_seen.desc()))


def pin_of(person_id: int, device: str) -> dict[str, Any]:
    """What this person set on this device with the PIN at an earlier sign-in, if it was not taken back: the columns
    unlock_hash, unlock_code, code_read_at and code_read_by."""
    mine = (Session.person == person_id) & (Session.device == device) & Session.unlock_hash.is_null(False)
    columns = (Session.unlock_hash, Session.unlock_code, Session.code_read_at, Session.code_read_by)
    latest: dict[str, Any] | None = (
        Session.select(*columns).where(mine).order_by(Session.id.desc()).dicts().first()
    )
    return latest or {}


def note_code_read(session: Session, reader_id: int, now: datetime) -> None:
    """The desk has read the code out: it is kept nowhere any more, only that it was read."""
    mine = (Session.person == session.person_id) & (Session.device == session.device)
    Session.update(unlock_code=None, code_read_at=now, code_read_by=reader_id).where(mine).execute()


def forget_unlock_hashes(person_id: int, device: str | None = None) -> None:
    """After a sign-out the phone's half is wiped (every phone's, when none is named), so ours is worth nothing."""
    mine = Session.person == person_id
    if device is not None:
        mine &= Session.device == device
    Session.update(unlock_hash=None, unlock_code=None).where(mine).execute()


def revoke(person_id: int, now: datetime, session_id: int | None = None) -> int:
    """Revoke one of the person's sessions, or all of them; returns how many."""
    mine = (Session.person == person_id) & Session.revoked_at.is_null()
    if session_id is not None:
        mine &= Session.id == session_id
    return int(Session.update(revoked_at=now).where(mine).execute())


def failed_tries(since: datetime, *, login: str = "", address: str = "") -> tuple[int, datetime | None]:
    """How often signing in failed since then, and when last, by account (since its last success) or by address."""
    who = (SignInAttempt.login == login) if login else (SignInAttempt.address == address)
    rows = SignInAttempt.select(SignInAttempt.at, SignInAttempt.ok).where(who & (SignInAttempt.at >= since))
    count, last = 0, None
    for row in rows.order_by(SignInAttempt.at.desc()).limit(200):
        if row.ok and login:
            break
        if not row.ok:
            count, last = count + 1, last or row.at
    return count, last


def note_try(login: str, address: str, ok: bool, now: datetime) -> None:
    """Keep one try."""
    SignInAttempt.create(login=login, address=address, at=now, ok=ok)


def forget_tries(before: datetime) -> None:
    """Old tries slow nobody down any more and are personal data."""
    SignInAttempt.delete().where(SignInAttempt.at < before).execute()
