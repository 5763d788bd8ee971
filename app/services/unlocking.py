"""Unlocking: who is out on which phone, the code that the desk reads out for a forgotten PIN, signing out a lost phone."""

import logging
from datetime import datetime

from app import errors
from app.models import people, sessions
from app.models.database import transaction
from app.models.people import Person
from app.models.sessions import Session
from app.services import authenticating

READERS = ("dispatcher", "manager", "admin")
log = logging.getLogger(__name__)


def phones_of(
    reader: Person, person_id: int, now: datetime
) -> tuple[Person, list[tuple[Session, Person | None]]]:
    """Somebody of the outlet and where they are signed in, each with who read its code out.

    :raise errors.NotFound: not of this outlet, or not this reader's to see
    """
    person = _somebody(reader, person_id)
    found = authenticating.devices_of(person, now)
    return person, [(one, people.of(reader.outlet_id, one.code_read_by or 0)) for one in found]


def read_out(reader: Person, person_id: int, session_id: int, now: datetime) -> str:
    """The code of one phone, once; afterwards only the phone knows it. It is noted who read it.

    :raise errors.NotFound: no such phone. :raise errors.Gone: it was read out, or there is none
    """
    person = _somebody(reader, person_id)
    if person.id == reader.id:
        raise errors.NotFound(person=person_id)  # whoever reads it out must have heard who is asking
    with transaction():
        session = sessions.by_id(session_id)
        if session is None or session.person_id != person.id or session.revoked_at is not None:
            raise errors.NotFound(session=session_id)
        if not session.unlock_code:
            raise errors.Gone()
        code = session.unlock_code
        sessions.note_code_read(session, reader.id, now)
    log.info("unlock_code_read", extra={"person": person.id, "reader": reader.id, "session": session_id})
    return code


def sign_out(reader: Person, person_id: int, now: datetime) -> int:
    """Sign somebody out everywhere: at its next contact each of their phones is wiped. Returns how many."""
    person = _somebody(reader, person_id)
    closed = authenticating.sign_out_everywhere(person, now)
    log.info("signed_out_by_desk", extra={"person": person.id, "reader": reader.id, "sessions": closed})
    return closed


def _somebody(reader: Person, person_id: int) -> Person:
    found = people.of(reader.outlet_id, person_id)
    if found is None or reader.role not in READERS:
        raise errors.NotFound(person=person_id)
    return found
