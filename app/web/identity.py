"""The identity card: the engineer's full-screen card at the door, and the public pages on which anybody checks it."""

from zoneinfo import ZoneInfo

from flask import Blueprint, g, request, send_file
from werkzeug.wrappers import Response

from app.config import settings
from app.domain.vocabulary import LANGUAGES
from app.errors import NotFound, TooManyTries
from app.services import identifying
from app.services.identifying import Checked
from app.web.i18n import NAMES, _, language, speak, tag
from app.web.pages import address, current_person, go, now, page, roles
from app.web.qr import qr
from app.web.telephones import readable

bp = Blueprint("identity", __name__)


@bp.get("/visits/<int:visit_id>/identity")
@roles("engineer")
def identity(visit_id: int) -> Response:
    """The card, to be shown at the door; a new one is issued when there is none that still holds."""
    person = current_person()
    card, visit = identifying.card_of(person, visit_id, now())
    return page(
        "identity/card.html", person=person, outlet=person.outlet, visit=visit, card=card, at=now(),
        initials=_initials(person.name), photo=f"/id/{card.token}/photo" if identifying.photo_of(person) else "",
        qr=qr(f"{_root()}/id/{card.token}", _("Code to check this card")), phone=readable(person.outlet.phone),
        complaints=readable(person.outlet.complaint_phone), short=f"{_root().split('://')[-1]}/id",
    )  # fmt: skip


@bp.get("/id")
def check() -> Response:
    """Where somebody types the code that the engineer shows."""
    _choose_language()
    return _check_page()


@bp.post("/id")
def check_post() -> Response:
    """To the card of this code, or the form again."""
    _choose_language()
    typed = request.form.get("code", "")
    if len(identifying.read_code(typed)) != identifying.CODE_LENGTH:
        return _check_page(422, typed, _("Type the six letters and digits of the card"))
    try:
        card = identifying.check_code(typed, address(), now())
    except NotFound:
        text = _("No card has this code. Compare it with the phone; do not open if it stays so.")
        return _check_page(422, typed, text)
    except TooManyTries as fault:
        response = _check_page(429, typed, _("Too many tries. Wait %(n)s seconds.", n=fault.details["wait"]))
        response.headers["Retry-After"] = str(fault.details["wait"])
        return response
    return go(f"/id/{card.token}?lang={language()}")


@bp.get("/id/<token>")
def card(token: str) -> Response:
    """Photo, name, firm, permit, when and where expected; of the customer nothing."""
    _choose_language()
    found = identifying.check_token(token, address(), now())
    person, visit = found.person, found.visit
    g.zone = visit.outlet.timezone
    return page(
        "identity/checked.html", 410 if found.why_not == "expired" else 200, found=found, person=person, visit=visit,
        outlet=person.outlet, at=now(), initials=_initials(person.name), languages=_languages(f"/id/{token}"),
        area=visit.work_order.customer.area, phone=readable(person.outlet.phone), heading=_heading(found),
        complaints=readable(person.outlet.complaint_phone), today=now().astimezone(ZoneInfo(visit.outlet.timezone)).date(),
        photo=f"/id/{token}/photo" if found.holds and identifying.photo_of(person) else "",
    )  # fmt: skip


@bp.get("/id/<token>/photo")
def photo(token: str) -> Response:
    """The engineer's picture, as long as the card holds."""
    found = identifying.check_token(token, address(), now())
    path = identifying.photo_of(found.person)
    if path is None or not found.holds:
        raise NotFound()
    return send_file(path, mimetype="image/jpeg", max_age=0)


def _check_page(status: int = 200, typed: str = "", error: str = "") -> Response:
    return page("identity/check.html", status, typed=typed, error=error, languages=_languages("/id"))


def _heading(found: Checked) -> str:
    return {
        "": _("Yes, this is our engineer"),
        "expired": _("This card has run out"),
        "permit": _("This permit does not hold"),
        "not_expected": _("No visit is planned any more"),
    }[found.why_not]


def _choose_language() -> None:
    chosen = request.args.get("lang", "")
    if chosen in LANGUAGES:
        speak(chosen)


def _languages(here: str) -> list[dict[str, object]]:
    return [
        {"tag": tag(code), "label": name, "href": f"{here}?lang={code}", "current": code == language()}
        for code, name in NAMES.items()
    ]


def _root() -> str:
    return settings().public_url or request.host_url.rstrip("/")


def _initials(name: str) -> str:
    """Two letters of a name; of a Chinese one its last two signs."""
    words = name.split()
    if len(words) > 1:
        return (words[0][0] + words[-1][0]).upper()
    return name[-2:] if name and not name.isascii() else name[:1].upper()
