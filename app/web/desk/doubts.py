"""The daily comparison at the desk: what does not fit together, put to the engineer, decided by the manager."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, flash, request
from werkzeug.wrappers import Response

from app import errors
from app.domain import day as day_rule
from app.domain import doubt as rule
from app.domain import form
from app.models import doubts
from app.services import clearing_up
from app.web.desk import doubt_words
from app.web.desk.frame import asked_day, desk_only, desk_page, sentences, today, typed
from app.web.i18n import _
from app.web.pages import current_person, go, now

bp = Blueprint("desk_doubts", __name__)

LIMITS = {"text": rule.TEXT_LIMIT}


@bp.get("/desk/day/doubts")
@desk_only
def compared() -> Response:
    """What does not fit together on a day, and what waits for a decision from any day."""
    return _page()


@bp.post("/desk/day/doubts")
@desk_only
def put_forward() -> Response:
    """Put one finding to its engineer."""
    day, visit, kind = asked_day(), form.first(request.form, "visit"), form.first(request.form, "kind")
    if not visit.isdecimal():
        raise errors.NotFound()
    clearing_up.put_forward(current_person(), int(visit), kind, day, now())
    flash(_("The engineer is asked, and the customer is on the list of calls."), "done")
    return go(f"/desk/day/doubts?day={day.isoformat()}")


@bp.post("/desk/day/doubts/<int:doubt_id>")
@desk_only
def decide(doubt_id: int) -> Response:
    """The manager's decision."""
    fields = typed()
    try:
        clearing_up.decide(current_person(), doubt_id, fields, now())
    except errors.Invalid as fault:
        return _page(422, doubt_id, fields, sentences(dict(fault.fields), LIMITS))
    except errors.Ended:
        return _page(
            409, doubt_id, fields, {"main": _("Somebody else decided meanwhile. Nothing was changed.")}
        )
    flash(_("Decided; the engineer reads it."), "done")
    return go(f"/desk/day/doubts?day={asked_day().isoformat()}")


def _page(
    status: int = 200,
    came: int = 0,
    fields: dict[str, Any] | None = None,
    wrong: dict[str, str] | None = None,
) -> Response:
    person, day = current_person(), asked_day()
    found = clearing_up.compare(person, day, now())
    shown = {put["id"] for _one, _row, put in found.differs if put}
    older = [row for row in doubts.open_of(person.outlet_id) if row["id"] not in shown]
    errors_by_id = {
        f"{name}-{came}" if name != "main" else name: text for name, text in (wrong or {}).items()
    }
    return desk_page(
        "desk/doubts.html", status, here="day", day=day, is_today=day == today(), before=day - timedelta(days=1),
        after=day + timedelta(days=1), rated=found.rated, came=came, typed=fields or {}, errors=errors_by_id,
        rows=[doubt_words.view(one.kind, one.data, row, put) for one, row, put in found.differs],
        older=[doubt_words.view(row["kind"], row["data"], row, row) for row in older],
        may_put=day_rule.may_receive(person.role), may_decide=rule.may_decide(person.role),
        decisions=[(code, *doubt_words.DECISIONS[code]) for code in rule.DECISIONS],
    )  # fmt: skip
