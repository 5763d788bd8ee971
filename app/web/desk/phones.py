"""What phones handed in and the visit did not take: told in words, tried again, or let go with a reason."""

from typing import Any

from flask import Blueprint, flash, request
from werkzeug.wrappers import Response

from app import errors
from app.models.inbox import InboxEntry
from app.services import applying, dispatching, overseeing
from app.web import visit_words
from app.web.desk import words
from app.web.desk.frame import desk_only
from app.web.i18n import _, moment
from app.web.pages import current_person, go, now
from app.web.receipt_words import text_of
from app.web.saying import Say

bp = Blueprint("desk_phones", __name__)


@bp.post("/desk/entries/<key>/again")
@desk_only
def again(key: str) -> Response:
    """Try once more what was refused or kept back."""
    try:
        entry = applying.again(current_person(), key, now())
    except errors.Ended:
        return _settled(key)
    if entry.state == "applied":
        flash(_("The entry is in the visit now."), "done")
    elif entry.state == "held":
        flash(_("The entry waits for an earlier one of its phone."), "waiting")
    else:
        flash(text_of(overseeing.reason_of(entry)), "waiting")
    return go(_place(entry))


@bp.post("/desk/entries/<key>/withdrawal")
@desk_only
def withdraw(key: str) -> Response:
    """Let it go, so that later ones can follow; the engineer reads the reason."""
    try:
        entry = applying.withdraw(current_person(), key, request.form.get("reason", ""), now())
    except errors.Ended:
        return _settled(key)
    except errors.Invalid:
        flash(_("Say why, then withdraw it. Nothing was changed."), "waiting")
        return go(_place(applying.kept_of(current_person(), key)))
    flash(_("The entry is withdrawn."), "done")
    return go(_place(entry))


def entries_of(visit_id: int, say: Say) -> list[dict[str, Any]]:
    """The entries of a visit that have not taken effect, in words."""
    return [_told(one, reason, say) for one, reason in overseeing.entries_of(visit_id)]


def _told(one: InboxEntry, reason: dict[str, Any], say: Say) -> dict[str, Any]:
    act = visit_words.ACTS.get(one.act, "") if one.act != "done" else ""
    step = say.step(one.step) if say.protocol.step(one.step) else ""
    text = text_of(reason) if "reason" in reason else _("Waits for an earlier entry of the same phone.")
    times = [_("Done %(at)s, arrived %(came)s", at=moment(one.at), came=moment(one.received)),
             words.clock_text(one.trust, one.skew_s)]  # fmt: skip
    return {
        "key": one.key, "kind": {"refused": "trouble", "withdrawn": "info"}.get(one.state, "waiting"),
        "title": " · ".join(filter(None, (step, str(act)))) or _("An entry"), "text": text,
        "when": " · ".join(filter(None, times)), "open": one.state != "withdrawn",
    }  # fmt: skip


def _settled(key: str) -> Response:
    flash(_("Somebody has seen to this entry meanwhile."), "waiting")
    return go(_place(applying.kept_of(current_person(), key)))


def _place(entry: InboxEntry) -> str:
    visit = dispatching.visit_of(current_person(), entry.visit_id)
    return f"/desk/work-orders/{visit.work_order_id}#entries-{visit.id}"
