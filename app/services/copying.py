"""Copying: the customer's own copy of a signed slip, under a link that runs out (O-COPY-12). Nothing is sent from here.

Making a link, passing it on and opening it are three facts. Somebody passes it on with their own phone and says so.
"""

import secrets
from datetime import datetime, timedelta

from app import errors
from app.models import copy_links, sessions, visits
from app.models.copy_links import CopyLink
from app.models.database import transaction
from app.models.people import Person
from app.services import authenticating, opening, visiting
from app.services.visiting import Opened

VALID = timedelta(days=30)
WAYS = ("sms", "whatsapp", "share", "shown")
ATTEMPT = "copy-link"
WINDOW = timedelta(minutes=30)
FREE_TRIES = 10


def link_of(person: Person, visit_id: int, now: datetime) -> CopyLink | None:
    """The visit's link that still holds, if there is one. :raise errors.NotFound: not this person's visit"""
    visiting.opened(person, visit_id, now)
    found = copy_links.latest_of(visit_id)
    return found if found and found.expires > now else None


def make(person: Person, visit_id: int, now: datetime) -> CopyLink:
    """The link: the one that holds, else a new one. :raise errors.NotFound: not theirs, or nothing is signed"""
    if _signed(visiting.opened(person, visit_id, now)) is None:
        raise errors.NotFound(visit=visit_id)
    with transaction():
        found = copy_links.latest_of(visit_id)
        if found and found.expires > now:
            return found
        return CopyLink.create(
            visit=visit_id,
            token=secrets.token_urlsafe(16),
            made_at=now,
            made_by=person.id,
            expires=now + VALID,
        )


def given(person: Person, visit_id: int, way: str, now: datetime) -> CopyLink:
    """Somebody says that they passed the link on, and how; the last word counts.

    :raise errors.NotFound: there is no link. :raise errors.Invalid: no such way
    """
    found = _kept(person, visit_id, now)
    if way not in WAYS:
        raise errors.Invalid(fields={"way": "not_an_option" if way else "required"})
    with transaction():
        copy_links.change(found.id, given_at=now, given_by=person.id, way=way)
    return found


def take_back(person: Person, visit_id: int, now: datetime) -> None:
    """The link opens nothing any more. :raise errors.NotFound: there is none"""
    found = _kept(person, visit_id, now)
    with transaction():
        copy_links.change(found.id, revoked_at=now)


def open_copy(token: str, address: str, now: datetime) -> Opened:
    """The visit behind a link, for whoever holds it.

    :raise errors.NotFound: no such link. :raise errors.Gone: run out, taken back, or what was signed is being put right
    :raise errors.TooManyTries: after too many misses
    """
    failures, last = sessions.failed_tries(now - WINDOW, address=f"{ATTEMPT}:{address}")
    if last is not None:
        wait = authenticating.wait_after(failures, FREE_TRIES, (now - last).total_seconds())
        if wait:
            raise errors.TooManyTries(wait=wait)
    found = copy_links.by_token(token)
    if found is None:
        with transaction():
            sessions.note_try(ATTEMPT, f"{ATTEMPT}:{address}", False, now)
        raise errors.NotFound(token="?")
    visit = visits.by_id(found.visit_id)
    if visit is None or found.revoked_at or found.expires <= now:
        raise errors.Gone()
    current = opening.of_visit(visit)
    if _signed(current) is None:
        raise errors.Gone()
    if not found.opened_at:
        with transaction():
            copy_links.opened(found.id, now)
    return current


def _kept(person: Person, visit_id: int, now: datetime) -> CopyLink:
    found = link_of(person, visit_id, now)
    if found is None:
        raise errors.NotFound(visit=visit_id)
    return found


def _signed(current: Opened) -> object:
    signature = current.walk.signature
    return signature if signature and not signature.void and "content" in signature.body else None
