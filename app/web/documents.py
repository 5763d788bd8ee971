"""The papers of a visit: the list, the file to look at or print, and a marked reprint. What they say is not decided here."""

import io
from zoneinfo import ZoneInfo

from flask import Blueprint, request, send_file
from werkzeug.wrappers import Response

from app import errors
from app.domain.document import KINDS
from app.models import documents
from app.models.documents import Document
from app.services import issuing, visiting
from app.services.visiting import Opened
from app.web import copies
from app.web.i18n import lazy_
from app.web.pages import current_person, go, now, page, roles

bp = Blueprint("documents", __name__)

NAMES = {
    "slip": lazy_("Repair slip"),
    "receipt": lazy_("Receipt"),
    "iou": lazy_("Receipt for the appliance taken in"),
    "loaner": lazy_("Receipt for the loan appliance"),
    "door_note": lazy_("Note for the door"),
}
COPIES = {"": lazy_("All three copies"), "3": lazy_("Customer's copy")}
SHEETS = {"a5": lazy_("A5"), "a4": lazy_("A4")}
USUAL_SHEET = "a5"


@bp.get("/visits/<int:visit_id>/documents")
@roles()
def index(visit_id: int) -> Response:
    """Which papers this visit has."""
    current, moment = _opened(visit_id), now()
    drawn: dict[tuple[str, str], dict[str, Document]] = {}
    for one in documents.of_visit(visit_id):
        drawn.setdefault((one.kind, one.copy), {})[one.sheet] = one
    reprints = documents.reprints_of(visit_id)
    return page(
        "documents/index.html", opened=current, offers=issuing.offers(current, moment), names=NAMES, copies=COPIES,
        sheets=SHEETS, drawn=drawn, reprints=reprints, link=copies.link_view(visit_id, current),
    )  # fmt: skip


@bp.get("/visits/<int:visit_id>/documents/<kind>.pdf")
@roles()
def paper(visit_id: int, kind: str) -> Response:
    """The stored file, drawn now if it never was; with `reprint` the same with its mark."""
    current = _opened(visit_id)
    kept = issuing.paper_for(current, kind, _sheet(), request.args.get("copy", ""), now())
    number = request.args.get("reprint", "")
    name = f"{current.facts.reference}-{kind}{'-' + kept.copy if kept.copy else ''}.pdf"
    if not number:
        answer = send_file(
            issuing.path_of(kept), mimetype="application/pdf", download_name=name, etag=kept.sha, max_age=0
        )
        answer.headers["Cache-Control"] = "private, no-cache"
        return answer
    again = documents.reprint_of(kept, int(number)) if number.isdigit() else None
    if again is None:
        raise errors.NotFound(reprint=number)
    data = issuing.marked(kept, again, current.facts.outlet["timezone"])
    return send_file(io.BytesIO(data), mimetype="application/pdf", download_name=f"reprint-{number}-{name}")


@bp.post("/visits/<int:visit_id>/documents/<kind>/reprints")
@roles()
def reprint(visit_id: int, kind: str) -> Response:
    """Note that the paper is printed again, and go to the marked file."""
    current, moment = _opened(visit_id), now()
    sheet, copy = request.form.get("sheet", USUAL_SHEET), request.form.get("copy", "")
    kept = issuing.paper_for(current, kind, sheet, copy, moment)
    zone = ZoneInfo(current.facts.outlet["timezone"])
    again = issuing.reprint(kept, current_person(), moment.astimezone(zone))
    return go(
        f"/visits/{visit_id}/documents/{kind}.pdf?sheet={kept.sheet}&copy={kept.copy}&reprint={again.number}"
    )


def _opened(visit_id: int) -> Opened:
    return visiting.opened(current_person(), visit_id, now())


def _sheet() -> str:
    sheet = request.args.get("sheet", USUAL_SHEET)
    if sheet not in {sheet for kind in KINDS.values() for sheet in kind.sheets}:
        raise errors.NotFound(sheet=sheet)
    return sheet
