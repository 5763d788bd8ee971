"""The people of the outlet: everybody at the desk sees them, administrators add and change them."""

from typing import Any

from flask import Blueprint, flash, request, send_file
from flask.wrappers import Response as FlaskResponse
from werkzeug.wrappers import Response

from app import errors
from app.domain.vocabulary import ROLES
from app.services import photographing, staffing, unlocking
from app.web.desk import words
from app.web.desk.frame import desk_only, desk_page, sentences, today, typed
from app.web.forms import fault_words
from app.web.i18n import _
from app.web.pages import current_person, go, now, roles
from app.web.people_words import role_name
from app.web.telephones import readable

bp = Blueprint("desk_people", __name__)

PERMIT_SOON_DAYS = 30


@bp.get("/desk/people")
@desk_only
def people() -> Response:
    """Everybody, those who left last."""
    return desk_page(
        "desk/people.html", here="people", everybody=staffing.everybody(current_person()), today=today(),
        soon_days=PERMIT_SOON_DAYS, readable=readable, device_roles=unlocking.READERS,
    )  # fmt: skip


@bp.get("/desk/people/new")
@roles("admin")
def new() -> Response:
    """The form for somebody new."""
    return _form_page(None, {"language": current_person().outlet.language})


@bp.post("/desk/people")
@roles("admin")
def add() -> Response:
    """Add somebody, who then signs in with the first password."""
    fields = typed()
    try:
        person = staffing.add(current_person(), fields, now())
    except errors.Invalid as fault:
        return _form_page(None, fields, sentences(dict(fault.fields), staffing.LIMITS), 422)
    flash(_("%(name)s can sign in as %(login)s.", name=person.name, login=person.login), "done")
    return go(f"/desk/people/{person.id}")


@bp.get("/desk/people/<int:person_id>")
@roles("admin")
def person(person_id: int) -> Response:
    """Somebody's form."""
    return _person_page(person_id)


@bp.post("/desk/people/<int:person_id>")
@roles("admin")
def change(person_id: int) -> Response:
    """Correct what is known of somebody."""
    fields = typed()
    try:
        changed = staffing.change(current_person(), person_id, fields, now())
    except errors.Invalid as fault:
        return _person_page(person_id, fields, sentences(dict(fault.fields), staffing.LIMITS), 422)
    flash(_("%(name)s is changed.", name=changed.name), "done")
    return go("/desk/people")


@bp.post("/desk/people/<int:person_id>/account")
@roles("admin")
def set_active(person_id: int) -> Response:
    """Close an account, or open it again."""
    try:
        changed = staffing.set_active(current_person(), person_id, "open" in request.form, now())
    except errors.Invalid as fault:
        return _person_page(person_id, None, sentences(dict(fault.fields), staffing.LIMITS), 422)
    text = (
        _("%(name)s can sign in again.")
        if changed.active
        else _("%(name)s is signed out and cannot sign in.")
    )
    flash(text % {"name": changed.name}, "done")
    return go("/desk/people")


@bp.post("/desk/people/<int:person_id>/photo")
@roles("admin")
def set_photo(person_id: int) -> Response:
    """The picture for the identity card."""
    upload = request.files.get("photo")
    data = upload.stream.read(photographing.LIMIT + 1) if upload and upload.filename else b""
    try:
        if not data:
            raise errors.Invalid(fields={"photo": "required"})
        staffing.set_photo(current_person(), person_id, data, now())
    except errors.Invalid as fault:
        return _person_page(person_id, None, sentences(dict(fault.fields), staffing.LIMITS), 422)
    except errors.TooLarge as fault:
        code = "photo_too_many_pixels" if "pixels" in fault.details else "photo_too_large"
        return _person_page(person_id, None, {"photo": fault_words(code)}, 422)
    except errors.WrongKind:
        return _person_page(person_id, None, {"photo": fault_words("not_a_photo")}, 422)
    flash(_("The photo is kept."), "done")
    return go(f"/desk/people/{person_id}")


@bp.get("/desk/people/<int:person_id>/photo")
@desk_only
def photo(person_id: int) -> FlaskResponse:
    """Somebody's picture."""
    response = send_file(staffing.photo_of(current_person(), person_id), mimetype="image/jpeg")
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def _person_page(
    person_id: int,
    fields: dict[str, Any] | None = None,
    wrong: dict[str, str] | None = None,
    status: int = 200,
) -> Response:
    somebody = staffing.somebody(current_person(), person_id)
    known = {
        "name": somebody.name, "role": somebody.role, "language": somebody.language, "phone": readable(somebody.phone),
        "lead": somebody.lead, "permit_no": somebody.permit_no,
        "permit_expires": somebody.permit_expires.isoformat() if somebody.permit_expires else "",
        "training": somebody.training or "",
        "training_until": somebody.training_until.isoformat() if somebody.training_until else "",
    }  # fmt: skip
    return _form_page(somebody, fields if fields is not None else known, wrong, status)


def _form_page(
    somebody: Any, fields: dict[str, Any], wrong: dict[str, str] | None = None, status: int = 200
) -> Response:
    return desk_page(
        "desk/person.html", status, here="people", somebody=somebody, typed=fields, errors=wrong or {}, words=words,
        role_options=[(role, role_name(role)) for role in ROLES],
        open_visits=staffing.open_visits(somebody) if somebody else 0,
    )  # fmt: skip
