"""What an engineer sees of the day's end: what the desk noted, what differs, what does not fit, and the place to answer."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, flash, request
from werkzeug.wrappers import Response

from app import errors
from app.domain import form
from app.models import doubts
from app.services import clearing_up, closing_days
from app.web import forms, today_view
from app.web.desk import day_words, doubt_words
from app.web.i18n import _
from app.web.pages import current_person, go, now, page, roles

bp = Blueprint("handed_in", __name__)


@bp.get("/handed-in")
@roles("engineer")
def mine() -> Response:
    """One own day."""
    return _page()


@bp.post("/handed-in/<int:doubt_id>")
@roles("engineer")
def answer(doubt_id: int) -> Response:
    """The engineer's word to something that does not fit."""
    try:
        clearing_up.answer(current_person(), doubt_id, request.form, now())
    except errors.Invalid as fault:
        wrong = {f"said-{doubt_id}": forms.fault_words(code) for code in fault.fields.values()}
        return _page(422, wrong, request.form.get("said", ""))
    except errors.Ended:
        return _page(409, {"main": _("It was decided meanwhile.")})
    flash(_("Your answer is kept. The manager reads it before deciding."), "done")
    return go("/handed-in")


def _page(status: int = 200, wrong: dict[str, str] | None = None, said: str = "") -> Response:
    person, moment = current_person(), now()
    here = today_view.local_day(person, moment)
    day = form.day(request.args.get("day", "")) or here
    part = closing_days.own_day(person, day, moment)
    currency = person.outlet.currency
    lines: list[dict[str, Any]] = [
        {
            "title": " · ".join(filter(None, (line.row["number"], line.row["customer"]))),
            "notes": [(note["at"], note["by"], day_words.noted(note, currency)) for note in line.notes],
            "differs": [day_words.difference(one, currency) for one in line.differences],
        }
        for line in (part.lines if part else ()) if line.due.things
    ]  # fmt: skip
    found = clearing_up.own(person, day, moment)
    put = doubts.of_engineer(person.id)
    return page(
        "handed_in.html", status, day=day, before=day - timedelta(days=1), after=day + timedelta(days=1),
        is_today=day >= here, part=part, lines=lines, errors=wrong or {}, said=said,
        found=[doubt_words.view(one.kind, one.data, row, None) for one, row, asked in found.differs if not asked],
        asked=[doubt_words.view(row["kind"], row["data"], row, row) for row in put],
    )  # fmt: skip
