"""The catalogue of faults a person may see: one class each. Their words are in web/fault_words.py.

The raiser gives details, never sentences: `raise NotOpen(step="repair")`. Exactly one place (web/security.py) turns a
fault into an answer; a test sees to it that every class has words.
"""

from collections.abc import Mapping
from typing import Any, ClassVar


class Fault(Exception):
    """Base of the catalogue.

    code    what a person reads out on the telephone, and what the phone's outbox keeps as its reason
    status  the HTTP status of the answer
    retry   whether sending the same thing again can help
    """

    code: ClassVar[str] = "fault"
    status: ClassVar[int] = 500
    retry: ClassVar[bool] = False

    def __init__(self, **details: Any) -> None:
        super().__init__(self.code)
        self.details: dict[str, Any] = details

    def __str__(self) -> str:
        return f"{self.code} {self.details}" if self.details else self.code


class NotFound(Fault):
    """There is no such thing, or it is not this person's: the two must not be told apart."""

    code, status = "not_found", 404


class SignInNeeded(Fault):
    """Nobody is signed in (any more). Nothing was lost; the same thing can be sent again after signing in."""

    code, status, retry = "sign_in_needed", 401, True


class Revoked(Fault):
    """This device was signed out from elsewhere. It may still hand in what it kept, and is wiped then."""

    code, status = "revoked", 401


class WrongPassword(Fault):
    """Name and password do not belong together. Never says which of the two is wrong."""

    code, status = "wrong_password", 422


class TooManyTries(Fault):
    """Guessing is slowed down. details: wait (seconds until the next try counts)."""

    code, status, retry = "too_many_tries", 429, True


class WrongPin(Fault):
    """The secret that the PIN opens does not fit this session, or none was set."""

    code, status = "wrong_pin", 422


class StrangeOrigin(Fault):
    """A save that did not come from a page of ours."""

    code, status = "strange_origin", 403


class StalePage(Fault):
    """The form's token is missing or too old."""

    code, status, retry = "stale_page", 400, True


class Locked(Fault):
    """The phone is in the customer's hands; only the customer's page answers."""

    code, status = "locked", 403


class Malformed(Fault):
    """The request cannot be read at all."""

    code, status = "malformed", 400


class NotAllowedHere(Fault):
    """The address exists, but does not take this method."""

    code, status = "not_allowed_here", 405


class TooLarge(Fault):
    """More was sent than is taken. details: limit (bytes), if known."""

    code, status = "too_large", 413


class WrongKind(Fault):
    """A file that is not a picture of a kind we take."""

    code, status = "wrong_kind", 415


class Invalid(Fault):
    """Fields need correcting. details: fields, a mapping of field id -> code of what is wrong with it."""

    code, status = "invalid", 422

    @property
    def fields(self) -> Mapping[str, str]:
        """What is wrong, by field id."""
        fields: Mapping[str, str] = self.details.get("fields", {})
        return fields


class NotOpen(Fault):
    """This step waits for another one. details: step, needs."""

    code, status = "not_open", 409


class Moved(Fault):
    """The visit went on elsewhere meanwhile; the page shown is older than what is stored. details: step."""

    code, status, retry = "moved", 409, False


class Mismatch(Fault):
    """The same key came twice with different content. The first one stands. details: key."""

    code, status = "mismatch", 422


class Ended(Fault):
    """The visit has ended; only late entries are taken. details: state."""

    code, status = "ended", 409


class Gone(Fault):
    """A link that has run out or was taken back."""

    code, status = "gone", 410


class Busy(Fault):
    """The database or a helper process could not answer in time."""

    code, status, retry = "busy", 503, True


class Broken(Fault):
    """Something failed that should not have; the log has the rest under the request's id."""

    code, status, retry = "broken", 500, True


def catalogue() -> list[type[Fault]]:
    """Every fault there is, for the tests and for the words."""
    found: list[type[Fault]] = []
    waiting = list(Fault.__subclasses__())
    while waiting:
        kind = waiting.pop()
        found.append(kind)
        waiting.extend(kind.__subclasses__())
    return sorted(found, key=lambda kind: kind.code)
