"""Batches to the centre and the account of slip numbers. What was made is not said to be sent, nor what was sent to be there."""

import csv
import io
from typing import Any

from flask import Blueprint, flash, make_response, request
from werkzeug.wrappers import Response

from app import errors
from app.domain import day as day_rule
from app.models import batches as rows
from app.services import passing_on
from app.web.desk import day_words
from app.web.desk.frame import desk_only, desk_page, sentences, today, typed
from app.web.i18n import _, lazy_, ngettext
from app.web.pages import current_person, go, now

bp = Blueprint("desk_batches", __name__)

WAYS = {
    "file": lazy_("As a file"),
    "courier": lazy_("By courier"),
    "in_person": lazy_("Brought in person"),
    "post": lazy_("By post"),
}
FATES = {
    "received": lazy_("handed in"),
    "spoilt": lazy_("spoilt"),
    "missing": lazy_("missing"),
    "out": lazy_("still out"),
    "gap": lazy_("without a slip"),
}
REPORTS = {
    "spoilt": lazy_("Spoilt at the customer's"),
    "slip_lost": lazy_("Lost"),
    "slips_out": lazy_("No slips left"),
}
SHOWN = 200  # of the numbers that are not in, the latest; an outlet that receives nothing has thousands
# A cell that begins with one of these would be run as a formula by a spreadsheet.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


@bp.get("/desk/day/batches")
@desk_only
def overview() -> Response:
    """What lies here, and the latest batches."""
    return _overview()


@bp.post("/desk/day/batches")
@desk_only
def make() -> Response:
    """Put the ticked slips together."""
    try:
        batch = passing_on.make(current_person(), request.form.getlist("visit"), now())
    except errors.Invalid as fault:
        chosen = {
            "required": _("Tick the slips that go along"),
            "changed": _("One of them went along meanwhile. Look again"),
        }
        return _overview(422, {"visit": chosen[fault.fields["visit"]]})
    flash(_("Batch %(number)s is made. It is not sent yet.", number=batch.number), "done")
    return go(f"/desk/day/batches/{batch.id}")


@bp.get("/desk/day/batches/<int:batch_id>")
@desk_only
def one(batch_id: int) -> Response:
    """A batch with its list."""
    return _one(batch_id)


@bp.get("/desk/day/batches/<int:batch_id>.csv")
@desk_only
def listed(batch_id: int) -> Response:
    """The list as a table for the centre."""
    found = passing_on.opened(current_person(), batch_id)
    head = ["batch", "slip", "visit", "day", "engineer", "customer", "outcome", "signed", "state", "reason"]
    names = ("number", "reference", "day", "engineer", "customer", "outcome", "signed", "state", "reason")
    lines = [[found.batch["number"], *(line[name] for name in names)] for line in found.lines]
    return as_csv([head, *lines], found.batch["number"])


@bp.post("/desk/day/batches/<int:batch_id>/sent")
@desk_only
def send(batch_id: int) -> Response:
    """Somebody says that it went, and how."""
    fields = typed()
    try:
        passing_on.send(current_person(), batch_id, fields, now())
    except errors.Invalid as fault:
        return _one(
            batch_id, 422, fields, sentences(dict(fault.fields), {"waybill": passing_on.WAYBILL_LIMIT})
        )
    except errors.Ended:
        return _one(batch_id, 409, fields, {"main": _("Somebody else noted meanwhile that it was sent.")})
    flash(_("Noted as sent. The centre confirms it when it is there."), "done")
    return go("/desk/day/batches")


@bp.post("/desk/day/batches/<int:batch_id>/confirmed")
@desk_only
def confirm(batch_id: int) -> Response:
    """The centre has it."""
    try:
        passing_on.confirm(current_person(), batch_id, now())
    except errors.Ended:
        return _one(batch_id, 409, {}, {"main": _("It is not sent yet, or was confirmed before.")})
    flash(_("The batch is confirmed."), "done")
    return go("/desk/day/batches")


@bp.get("/desk/day/numbers")
@desk_only
def numbers() -> Response:
    """What became of every slip number of a year."""
    typed_year = request.args.get("year", "")
    year = int(typed_year) if typed_year.isdecimal() and len(typed_year) == 4 else today().year
    found = passing_on.numbers(current_person(), year)
    shown = found.open[-SHOWN:]
    return desk_page(
        "desk/numbers.html", here="day", year=year, this_year=today().year, found=found, fates=FATES,
        shown=shown, more=len(found.open) - len(shown),
        reports=passing_on.reports(current_person()), report_words=REPORTS,
    )  # fmt: skip


def as_csv(lines: list[list[Any]], name: str) -> Response:
    """A table that spreadsheets open in any language, with no cell that they would run."""
    out = io.StringIO()
    writer = csv.writer(out)
    for line in lines:
        cells = ["" if cell is None else str(cell) for cell in line]
        writer.writerow([f"'{cell}" if cell.startswith(FORMULA) else cell for cell in cells])
    response = make_response("\ufeff" + out.getvalue())
    response.headers["Content-Type"] = "text/csv; charset=utf-8"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def _overview(status: int = 200, wrong: dict[str, str] | None = None) -> Response:
    person = current_person()
    return desk_page(
        "desk/batches.html", status, here="day", ready=passing_on.ready(person, today()),
        last=[_view(row) for row in rows.last_of(person.outlet_id)], errors=wrong or {},
        may_make=day_rule.may_receive(person.role), states=day_words.SLIP_STATES,
    )  # fmt: skip


def _one(
    batch_id: int,
    status: int = 200,
    fields: dict[str, Any] | None = None,
    wrong: dict[str, str] | None = None,
) -> Response:
    person = current_person()
    found = passing_on.opened(person, batch_id)
    return desk_page(
        "desk/batch.html", status, here="day", batch=_view(found.batch), lines=found.lines, typed=fields or {},
        errors=wrong or {}, ways=list(WAYS.items()), states=day_words.SLIP_STATES,
        may_send=day_rule.may_receive(person.role) and not found.batch["sent_at"],
        may_confirm=person.role == "centre" and found.batch["sent_at"] and not found.batch["confirmed_at"],
    )  # fmt: skip


def _view(row: dict[str, Any]) -> dict[str, Any]:
    if row["confirmed_at"]:
        badge = ("done", _("At the centre"))
    elif row["sent_at"]:
        badge = ("plain", _("Sent, not confirmed"))
    else:
        badge = ("waiting", _("Not sent yet"))
    count = ngettext("one slip", "%(num)s slips", row["slips"])
    return {**row, "badge": badge, "count": count, "way_word": WAYS.get(row["way"], "")}
