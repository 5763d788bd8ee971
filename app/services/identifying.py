"""Identifying: the engineer's card for one visit, and what a stranger learns who checks it. No customer's data.

A card holds for half an hour. Its link cannot be guessed (128 bits); its short code can be tried only slowly.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from app.domain.text import clean_line
from app.errors import NotFound, TooManyTries
from app.models import identity_cards, sessions, visits
from app.models.database import transaction
from app.models.identity_cards import IdentityCard
from app.models.people import Person
from app.models.visits import Visit
from app.services import authenticating, photographing

VALID = timedelta(minutes=30)
SHORTEST_LEFT = timedelta(minutes=2)  # a card that runs out while it is read is as good as none
KEPT = timedelta(days=30)
CODE_LENGTH = 6
CODE_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # none that is misread for another
ATTEMPT = "id-code"
WINDOW = timedelta(minutes=30)
FREE_TRIES = 10
NOT_EXPECTED = frozenset({"cancelled", "transferred", "rebooked", "no_access", "could_not_finish"})


@dataclass(frozen=True, slots=True)
class Checked:
    """What the public page says. `why_not` the card does not hold: '', expired, permit or not_expected."""

    card: IdentityCard
    person: Person
    visit: Visit
    why_not: str

    @property
    def holds(self) -> bool:
        return not self.why_not


def card_of(person: Person, visit_id: int, now: datetime) -> tuple[IdentityCard, Visit]:
    """The engineer's card for this visit; a new one when there is none or it is about to run out.

    :raise NotFound: not this person's visit
    """
    visit = visits.of(person, visit_id)
    if visit is None or visit.engineer_id != person.id:
        raise NotFound(visit=visit_id)
    found = identity_cards.latest_of(person.id, visit.id)
    if found is not None and found.expires - now > SHORTEST_LEFT:
        return found, visit
    with transaction():
        identity_cards.forget(now - KEPT)
        card = IdentityCard.create(
            token=secrets.token_urlsafe(16), code=_new_code(now), person=person.id, visit=visit.id,
            issued=now, expires=now + VALID,
        )  # fmt: skip
    return card, visit


def check_code(typed: str, address: str, now: datetime) -> IdentityCard:
    """The card whose code somebody typed. :raise NotFound: there is none. :raise TooManyTries: guessing is slowed."""
    _throttle(address, now)
    card = identity_cards.by_code(read_code(typed))
    if card is None:
        _note_miss(address, now)
        raise NotFound()
    return card


def check_token(token: str, address: str, now: datetime) -> Checked:
    """What a card's link shows now. :raise NotFound: no such card. :raise TooManyTries: after too many misses."""
    _throttle(address, now)
    card = identity_cards.by_token(token)
    if card is None:
        _note_miss(address, now)
        raise NotFound()
    return Checked(card, card.person, card.visit, _why_not(card, now))


def photo_of(person: Person) -> Path | None:
    """The picture of the person, as pages may show it; None when there is none."""
    if not person.photo:
        return None
    path = photographing.derivative_path(person.photo.removeprefix("sha256:"))
    return path if path.exists() else None


def read_code(typed: str) -> str:
    """A code as somebody typed it: any case, with spaces or dashes."""
    return clean_line(typed, 20).upper().replace(" ", "").replace("-", "")


def _why_not(card: IdentityCard, now: datetime) -> str:
    person, visit = card.person, card.visit
    if now >= card.expires:
        return "expired"
    if not person.active or (person.permit_expires is not None and person.permit_expires < now.date()):
        return "permit"
    if visit.engineer_id != person.id or visit.state in NOT_EXPECTED:
        return "not_expected"
    return ""


def _new_code(now: datetime) -> str:
    """A code that no card which still holds has."""
    while True:
        code = "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))
        other = identity_cards.by_code(code)
        if other is None or other.expires < now:
            return code


def _throttle(address: str, now: datetime) -> None:
    failures, last = sessions.failed_tries(now - WINDOW, address=_counted(address))
    if last is not None:
        wait = authenticating.wait_after(failures, FREE_TRIES, (now - last).total_seconds())
        if wait:
            raise TooManyTries(wait=wait)


def _note_miss(address: str, now: datetime) -> None:
    with transaction():
        sessions.note_try(ATTEMPT, _counted(address), False, now)


def _counted(address: str) -> str:
    """Counted apart from signing in, so that one does not shut out the other."""
    return f"{ATTEMPT}:{address}"
