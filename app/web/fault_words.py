"""What a fault says to the reader: a title (what happened) and a text (what to do). Statuses are in errors."""

from app.errors import Fault
from app.web.i18n import _, lazy_

WORDS = {
    "not_found": (lazy_("Nothing here"), lazy_("This page does not exist, or it is not one of yours.")),
    "sign_in_needed": (lazy_("Sign in again"), lazy_("Nothing was lost. Sign in, then send it once more.")),
    "revoked": (
        lazy_("This phone was signed out"),
        lazy_("What it had not sent yet goes to the desk. Sign in to go on working."),
    ),
    "wrong_password": (
        lazy_("Check name and password"),
        lazy_("They do not belong together. Type both again."),
    ),
    "too_many_tries": (lazy_("Wait a moment"), lazy_("Too many tries. Try again in %(wait)s seconds.")),
    "wrong_pin": (
        lazy_("Check the PIN"),
        lazy_("These digits do not unlock this phone. Type your password instead."),
    ),
    "strange_origin": (
        lazy_("Not sent from this app"),
        lazy_("Nothing was saved. Open the page again and send it from there."),
    ),
    "stale_page": (
        lazy_("Open this page again"),
        lazy_("It was open too long, so nothing was saved. Load it again and send it."),
    ),
    "locked": (
        lazy_("Give the phone back first"),
        lazy_("This phone shows only the customer's page until it is unlocked."),
    ),
    "malformed": (
        lazy_("This cannot be read"),
        lazy_("Nothing was saved. Load the page again and send it from there."),
    ),
    "not_allowed_here": (lazy_("Nothing to do here"), lazy_("Go back and use the button on the page.")),
    "too_large": (
        lazy_("Too large to send"),
        lazy_("Nothing was saved. Send a smaller photo, or fewer at a time."),
    ),
    "wrong_kind": (lazy_("Not a photo"), lazy_("Nothing was saved. Send a JPEG, PNG or WebP picture.")),
    "invalid": (
        lazy_("Something needs correcting"),
        lazy_("Go back, correct the marked fields and save again."),
    ),
    "not_open": (
        lazy_("Another step comes first"),
        lazy_("Nothing was lost. Finish the earlier step, then come back to this one."),
    ),
    "moved": (
        lazy_("The visit went on meanwhile"),
        lazy_("What is stored stands. Load the page again to see it."),
    ),
    "mismatch": (
        lazy_("Already saved with other words"),
        lazy_("The first save stands. Load the page again and correct it there."),
    ),
    "ended": (lazy_("This visit has ended"), lazy_("What was saved stands. You can still add a late entry.")),
    "gone": (
        lazy_("This link no longer works"),
        lazy_("It has run out or was taken back. Ask the service desk for a new one."),
    ),
    "busy": (lazy_("Try again in a moment"), lazy_("Nothing was lost. Many people are saving just now.")),
    "broken": (
        lazy_("This did not work"),
        lazy_("What you saved before is safe. Try again, or tell the desk the code below."),
    ),
}


def words_of(fault: Fault) -> tuple[str, str]:
    """Title and text in the reader's language; a fault without words of its own speaks as `broken`."""
    title, text = WORDS.get(fault.code, WORDS["broken"])
    return str(title), str(text) % fault.details if "%(" in str(text) else str(text)


FIELD_WORDS = {
    "missing": lazy_("Fill this in"),
    "wrong": lazy_("Check this field"),
    "too_easy": lazy_("Choose at least 10 characters, other than your name or the old password"),
    "unequal": lazy_("Type the same twice"),
    "short": lazy_("Type six digits"),
}


def field_errors(fields: dict[str, str]) -> dict[str, str]:
    """Sentences by field id for an Invalid fault's codes."""
    return {field: str(FIELD_WORDS.get(code) or _("Check this field")) for field, code in fields.items()}
