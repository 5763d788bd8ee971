"""What a receipt says about an entry that did not take effect, in the reader's language. No routes."""

from collections.abc import Mapping
from typing import Any

from app.web.forms import fault_words
from app.web.i18n import _, lazy_

REFUSALS = {
    "not_open": lazy_("Another step has to be saved first."),
    "moved": lazy_("This was changed elsewhere meanwhile. Look at what is stored, then save it again."),
    "ended": lazy_("The visit was over before this was done."),
    "not_found": lazy_("This visit is not one of yours, or it has no such step."),
    "malformed": lazy_("The office could not read this. Save it once more."),
    "mismatch": lazy_("This was saved before with other words. The first save stands."),
    "revoked": lazy_("This phone was signed out. The desk keeps what it sent and looks at it."),
    "too_large": lazy_("This is too large to send."),
}


def text_of(result: Mapping[str, Any]) -> str:
    """The sentence for a result with a reason."""
    reason = str(result.get("reason", ""))
    if reason == "invalid":
        faults = dict.fromkeys(fault_words(str(code)) for code in result.get("fields", {}).values())
        return _("This needs correcting: %(what)s.", what="; ".join(faults))
    if reason == "broken":
        number = str(result.get("reference", ""))
        return _(
            "The office has a fault of its own, number %(number)s. What you saved is safe there.",
            number=number,
        )
    if reason == "withdrawn":
        return _("The desk took this back: %(why)s", why=str(result.get("text", "")))
    return str(REFUSALS.get(reason) or _("The office could not take this."))


def told(result: Mapping[str, Any]) -> dict[str, Any]:
    """A result as the phone gets it: {state, reason, fields, text}, the last three only with a reason."""
    if result["state"] == "mismatch":
        return {"state": "mismatch", "text": str(REFUSALS["mismatch"])}
    if "reason" not in result:
        return {"state": result["state"]}
    return {
        "state": result["state"],
        "reason": result["reason"],
        "fields": result.get("fields", {}),
        "text": text_of(result),
    }
