"""Where somebody of the outlet is signed in: the code for a forgotten PIN is read out, a lost phone signed out."""

from flask import Blueprint, flash, request
from werkzeug.wrappers import Response

from app import errors
from app.services import unlocking
from app.web.desk.frame import desk_page
from app.web.i18n import _
from app.web.pages import current_person, go, now, roles

bp = Blueprint("desk_devices", __name__)


@bp.get("/desk/people/<int:person_id>/phones")
@roles(*unlocking.READERS)
def phones(person_id: int) -> Response:
    """Their phones."""
    return _page(person_id)


@bp.post("/desk/people/<int:person_id>/unlock-code")
@roles(*unlocking.READERS)
def unlock_code(person_id: int) -> Response:
    """The code, this once: the page is not kept and cannot be asked for again."""
    chosen = request.form.get("session", "")
    try:
        code = unlocking.read_out(
            current_person(), person_id, int(chosen) if chosen.isdecimal() else 0, now()
        )
    except errors.Gone:
        flash(_("There is no code to read out. It works once, and a new PIN makes a new one."), "waiting")
        return go(f"/desk/people/{person_id}/phones")
    return _page(person_id, "-".join(code[place : place + 4] for place in range(0, len(code), 4)))


@bp.post("/desk/people/<int:person_id>/sign-out")
@roles(*unlocking.READERS)
def sign_out(person_id: int) -> Response:
    """Sign them out everywhere."""
    unlocking.sign_out(current_person(), person_id, now())
    flash(_("Signed out everywhere. Each phone is wiped when it next reaches us."), "done")
    return go(f"/desk/people/{person_id}/phones")


def _page(person_id: int, code: str = "") -> Response:
    somebody, rows = unlocking.phones_of(current_person(), person_id, now())
    return desk_page("desk/devices.html", here="people", somebody=somebody, rows=rows, code=code)
