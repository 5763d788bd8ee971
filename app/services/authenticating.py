"""Signing in and out, sessions, the PIN and the customer-mode lock. Cookies and pages are web's business."""

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from app.domain.text import clean_line
from app.domain.vocabulary import LANGUAGES
from app.errors import Invalid, NotFound, TooManyTries, WrongPassword, WrongPin
from app.models import people, sessions
from app.models.database import transaction
from app.models.people import Person
from app.models.sessions import Session

SESSION_DAYS = 30
SHORTEST_PASSWORD = 10
THEMES = ("auto", "day", "night", "sun")
# A session's last_seen is a hint for the list of devices; writing it at every request would queue the readers.
SEEN_EVERY = timedelta(minutes=5)
WINDOW = timedelta(minutes=30)
FREE_TRIES = {"login": 5, "address": 20}
LONGEST_WAIT_S = 300
CODE = re.compile(r"[0-9A-Za-z -]{6,40}")

_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


@dataclass(frozen=True)
class Caller:
    """Where a request comes from: network address, device id (uuid text), browser's own description."""

    address: str
    device: str
    user_agent: str = ""


def hash_password(password: str) -> str:
    """An argon2id hash (19 MiB, two passes: about 30 ms)."""
    return _hasher.hash(password)


def sign_in(login: str, password: str, caller: Caller, now: datetime) -> tuple[Session, str]:
    """Open a session on this device; returns it and the cookie's token, which is kept nowhere else.

    :raise WrongPassword: unknown name, wrong password or a person who has left; nobody is told which.
    :raise TooManyTries: too soon after failures of this account or this address.
    """
    login = clean_line(login, 80).lower()
    _throttle(login, caller.address, now)
    person = people.by_login(login)
    fits = _fits(password, person.password_hash if person else _stranger())
    with transaction():
        sessions.note_try(login, caller.address, bool(person and fits), now)
        sessions.forget_tries(now - timedelta(days=30))
    if person is None or not fits:
        raise WrongPassword()
    token = secrets.token_urlsafe(32)
    with transaction():
        session = Session.create(
            token_hash=_sha256(token),
            person=person,
            device=caller.device,
            created=now,
            last_seen=now,
            user_agent=clean_line(caller.user_agent, 200),
            **sessions.pin_of(person.id, caller.device),
        )
    return session, token


def demo_people() -> list[Person]:
    """Whom a demo database offers for trying out, password `doorstep`; empty on a real one."""
    return people.demo_people()


def session_of(token: str, now: datetime) -> Session | None:
    """The live session of a cookie's token, with its person and outlet; notes that it was seen."""
    session = sessions.open_session(_sha256(token), now - timedelta(days=SESSION_DAYS))
    if session is not None and now - session.last_seen > SEEN_EVERY:
        with transaction():
            sessions.change(session, last_seen=now)
    return session


def closed_session_of(token: str) -> Session | None:
    """The session of a cookie's token that was signed out from elsewhere, with its person and outlet."""
    return sessions.closed_session(_sha256(token))


def devices_of(person: Person, now: datetime) -> list[Session]:
    """Where the person is signed in, latest first."""
    return sessions.sessions_of(person.id, now - timedelta(days=SESSION_DAYS))


def sign_out(session: Session, now: datetime) -> None:
    """Close this session. The PIN's verifier goes with it: the phone wipes its half."""
    with transaction():
        sessions.revoke(session.person_id, now, session.id)
        sessions.forget_unlock_hashes(session.person_id, session.device)


def revoke(person: Person, session_id: int, now: datetime) -> None:
    """Sign out one of the person's own devices. :raise NotFound: it is not theirs, or already signed out."""
    with transaction():
        if not sessions.revoke(person.id, now, session_id):
            raise NotFound(session=session_id)
        closed = sessions.by_id(session_id)
        if closed and closed.device not in {one.device for one in devices_of(person, now)}:
            sessions.forget_unlock_hashes(person.id, closed.device)


def sign_out_everywhere(person: Person, now: datetime) -> int:
    """Close every session of the person; returns how many."""
    with transaction():
        sessions.forget_unlock_hashes(person.id)
        return sessions.revoke(person.id, now)


def set_unlock_hash(session: Session, unlock_hash: str, code: str = "") -> None:
    """Keep the SHA-256 of the secret that the PIN opens on the phone; the PIN itself never comes here.

    `code` opens the same secret there once, when the PIN was forgotten without a network; the desk reads it out.
    :raise Invalid: not 64 hexadecimal digits.
    """
    if len(unlock_hash) != 64 or not set(unlock_hash) <= set("0123456789abcdef"):
        raise Invalid(fields={"pin": "wrong"})
    kept = code if CODE.fullmatch(code) else None
    with transaction():
        sessions.change(
            session, unlock_hash=unlock_hash, unlock_code=kept, code_read_at=None, code_read_by=None
        )


def lock(session: Session, visit_id: int, token: str) -> None:
    """The phone goes into the customer's hands: this session answers only with that customer's page."""
    with transaction():
        sessions.change(session, lock_visit=visit_id, lock_token=token)


def unlock(
    session: Session,
    *,
    secret: str | None = None,
    password: str | None = None,
    address: str = "",
    now: datetime,
) -> None:
    """The engineer has his phone back: by the secret that his PIN opened, or by his password.

    :raise WrongPin: the secret does not fit. :raise WrongPassword: the password does not.
    :raise TooManyTries: too soon after failures.
    """
    person = session.person
    _throttle(person.login, address, now)
    fits = _secret_fits(session, secret) if secret else _fits(password or "", person.password_hash)
    with transaction():
        sessions.note_try(person.login, address, fits, now)
        if fits:
            sessions.change(session, lock_visit=None, lock_token=None)
    if not fits:
        raise WrongPin() if secret else WrongPassword()


def proves(session: Session, secret: str) -> bool:
    """Whether this is the secret that the PIN opens on this session's phone (hexadecimal)."""
    return bool(secret) and _secret_fits(session, secret)


def free(session_id: int, visit_id: int) -> None:
    """The engineer has proved that he has the phone again after this visit's hand-over. Needs a transaction."""
    session = sessions.by_id(session_id)
    if session is not None and session.lock_visit == visit_id:
        sessions.change(session, lock_visit=None, lock_token=None)


def change_password(session: Session, old: str, new: str, address: str, now: datetime) -> None:
    """Take a new password and sign out every other device.

    :raise WrongPassword: the old one does not fit. :raise Invalid: the new one is too short or the login itself.
    """
    person = session.person
    _throttle(person.login, address, now)
    fits = _fits(old, person.password_hash)
    with transaction():
        sessions.note_try(person.login, address, fits, now)
    if not fits:
        raise WrongPassword()
    if len(new) < SHORTEST_PASSWORD or new.lower() == person.login or new == old:
        raise Invalid(fields={"new_password": "too_easy"})
    with transaction():
        person.password_hash = hash_password(new)
        person.save(only=[Person.password_hash])
        for other in sessions.sessions_of(person.id, now - timedelta(days=SESSION_DAYS)):
            if other.id != session.id:
                sessions.revoke(person.id, now, other.id)


def choose(person: Person, *, language: str | None = None, theme: str | None = None) -> None:
    """Keep what the person wants to read and see. Values that are not offered are ignored."""
    if language in LANGUAGES:
        person.language = language
    if theme in THEMES:
        person.theme = theme
    with transaction():
        person.save(only=[Person.language, Person.theme])


def wait_after(failures: int, free: int, since_last_s: float) -> int:
    """Seconds still to wait before another try counts: 0 for the first `free` failures, then 5, 10, 20 … 300.

    There is no hard lock: somebody who guesses must not be able to keep the right person out for long.
    """
    if failures < free:
        return 0
    window = min(5 * 2 ** min(failures - free, 10), LONGEST_WAIT_S)
    return max(0, round(window - since_last_s))


def _throttle(login: str, address: str, now: datetime) -> None:
    for name, value in (("login", login), ("address", address)):
        if value:
            failures, last = sessions.failed_tries(now - WINDOW, **{name: value})
            wait = wait_after(failures, FREE_TRIES[name], (now - last).total_seconds()) if last else 0
            if wait:
                raise TooManyTries(wait=wait)


def _fits(password: str, password_hash: str) -> bool:
    # A megabyte of password would keep a processor busy; nobody has one.
    if len(password) > 1000:
        return False
    try:
        return _hasher.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False


def _secret_fits(session: Session, secret: str) -> bool:
    """`secret` and the kept hash are hexadecimal; what was hashed are the bytes."""
    try:
        found = hashlib.sha256(bytes.fromhex(secret)).hexdigest()
    except ValueError:
        return False
    return session.unlock_hash is not None and hmac.compare_digest(found, session.unlock_hash)


@lru_cache(maxsize=1)
def _stranger() -> str:
    """A hash that nothing fits, so that an unknown name takes as long as a wrong password."""
    return _hasher.hash(secrets.token_hex(16))


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
