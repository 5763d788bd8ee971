"""Importing work orders at the desk: upload or paste, look at what was understood, take it. No rules."""

from flask import Blueprint, flash, make_response, request
from werkzeug.wrappers import Response

from app.domain import intake
from app.services import importing
from app.services.importing import Report
from app.web.desk import words
from app.web.desk.frame import desk_only, desk_page, zone
from app.web.i18n import _, ngettext
from app.web.pages import current_person, go, now
from app.web.telephones import readable

bp = Blueprint("desk_imports", __name__)

SHOWN_LINES = 12
SHOWN_FAULTS = 100


@bp.get("/desk/work-orders/import")
@desk_only
def choose() -> Response:
    """Where a file is chosen or pasted."""
    return _choose_page()


@bp.get("/desk/work-orders/import/sample.csv")
@desk_only
def sample() -> Response:
    """A file with forty invented lines, to see how it is made."""
    response = make_response(importing.sample())
    response.headers["Content-Type"] = "text/csv; charset=utf-8"
    response.headers["Content-Disposition"] = 'attachment; filename="work_orders.csv"'
    return response


@bp.post("/desk/work-orders/import")
@desk_only
def look() -> Response:
    """What the file holds; nothing is taken yet."""
    person, pasted = current_person(), request.form.get("text", "")
    upload = request.files.get("file")
    data = (
        upload.stream.read(importing.SIZE_LIMIT + 1) if upload and upload.filename else pasted.encode("utf-8")
    )
    if not data.strip():
        return _choose_page(422, {"file": _("Choose a file, or paste lines below")})
    report = importing.look(person.outlet, data, now())
    if report.fault:
        return _choose_page(422, {"file": _fault(report)}, pasted)
    return _preview(importing.hold(person, data, now()), report)


@bp.post("/desk/work-orders/import/<name>")
@desk_only
def take(name: str) -> Response:
    """Take the lines of a file that was looked at; with `good`, those without faults."""
    person, moment = current_person(), now()
    data = importing.held(person, name)
    report = importing.run(person.outlet, data, person, moment, take_good="good" in request.form)
    if report.fault or (report.wrong and not report.taken):
        return _preview(name, report, 422)
    importing.forget(person, name)
    flash(ngettext("One job is taken.", "%(num)s jobs are taken.", len(report.taken)), "done")
    first = min((line.intake.slot_start for line in report.good if line.intake.slot_start), default=moment)
    return go(f"/desk?day={first.astimezone(zone()).date().isoformat()}")


def _choose_page(status: int = 200, wrong: dict[str, str] | None = None, pasted: str = "") -> Response:
    return desk_page("desk/import.html", status, here="import", errors=wrong or {}, pasted=pasted)


def _preview(name: str, report: Report, status: int = 200) -> Response:
    faults = [
        (one, words.cell_sentence(one.field, one.fault, intake.LIMITS.get(one.field, 0)))
        for one in report.wrong[:SHOWN_FAULTS]
    ]
    return desk_page(
        "desk/import_preview.html", status, here="import", name=name, report=report, faults=faults,
        lines=report.good[:SHOWN_LINES], words=words, readable=readable,
    )  # fmt: skip


def _fault(report: Report) -> str:
    columns = ", ".join(str(words.FIELDS.get(one, one)) for one in report.missing)
    return str(words.FILE_FAULTS[report.fault]).replace("%(columns)s", columns)
