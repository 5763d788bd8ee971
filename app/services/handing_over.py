"""Handing over: the phone is in the customer's hands and comes back. What the customer does there is `visiting`'s."""

import uuid
from datetime import datetime

from app import errors
from app.models.sessions import Session
from app.services import authenticating, visiting
from app.services.visiting import Opened, Submission


def hold(session: Session, current: Opened) -> None:
    """See to it that a phone which shows a customer's page shows nothing else, whichever way it came there."""
    if session.lock_token != current.visit.customer_token:
        authenticating.lock(session, current.visit.id, current.visit.customer_token)


def take_back(
    session: Session,
    current: Opened,
    *,
    secret: str | None = None,
    password: str | None = None,
    address: str = "",
    now: datetime,
) -> Opened:
    """The engineer has the phone again: it is unlocked, then the visit says so. Returns the visit as it stands.

    :raise errors.WrongPin, errors.WrongPassword, errors.TooManyTries: see `authenticating.unlock`
    """
    authenticating.unlock(session, secret=secret, password=password, address=address, now=now)
    handed = current.walk.hand_over
    if handed is None:
        return current
    entry = Submission(
        visit=current.visit.id, step=handed.step, act="handed_back", key=str(uuid.uuid4()), fields={}, at=now
    )
    try:
        return visiting.submit(session.person, entry, now)
    except (errors.Ended, errors.NotFound):
        return current  # the desk ended the visit meanwhile; the phone must come back all the same
