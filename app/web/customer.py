"""Customer mode: the pages that the customer sees on the engineer's phone, and the way back. One token, one visit.

Which page is shown follows from the open hand-over alone (`customer_pages`); a page that was left comes back as it
stands. Everything that is saved goes through `visiting.submit`.
"""

from flask import Blueprint, g, request, send_file
from flask import session as cookie
from werkzeug.wrappers import Response

from app import errors
from app.domain.vocabulary import LANGUAGES
from app.services import handing_over, photographing, visiting
from app.services.visiting import Opened
from app.web import customer_pages, forms
from app.web.i18n import _, language, speak, zone
from app.web.pages import address, current_person, current_session, go, now, say_opened

bp = Blueprint("customer", __name__, url_prefix="/c/<token>")

LANGUAGE_COOKIE = "customer-lang"
ACTS_OF = {
    "consent": ("agreed", "refused"),
    "take_back": ("signed", "declined"),
    "sign": ("signed", "declined", "rated"),
}


@bp.before_request
def _say_nothing_of_the_engineer() -> None:
    """A message that was meant for the engineer's next page is not shown to the customer."""
    cookie.pop("_flashes", None)


@bp.get("")
def show(token: str) -> Response:
    """The page that the customer is to see now."""
    current = _in_hand(token)
    if current.walk.hand_over is None:
        return go(f"/c/{token}/return" if current_session().lock_token else f"/visits/{current.visit.id}")
    handing_over.hold(current_session(), current)
    if current.walk.ended:
        return customer_pages.draw("customer/ended.html", token, current)
    return customer_pages.shown(token, current)


@bp.post("")
def save(token: str) -> Response:
    """What the customer agreed to, signed, declined or rated."""
    current = _in_hand(token)
    handed = current.walk.hand_over
    if handed is None:
        return go(f"/c/{token}")
    act = request.form.get("act", "")
    if act not in ACTS_OF[customer_pages.kind_of(current)]:
        raise errors.NotFound(act=act)
    if act == "rated" and not any(
        request.form.get(name) for name in ("quality", "attitude", "satisfied", "comment")
    ):
        return go(f"/c/{token}?how=skipped")
    person, moment, fields = current_person(), now(), _entered()
    faults = forms.take_photos(request.files, fields, person, current.visit.id, moment)
    entry = forms.submission(current.visit.id, handed.step, request.form, fields, zone(), moment)
    try:
        if faults:
            raise errors.Invalid(fields=faults)
        visiting.submit(person, entry, moment, role="customer")
    except errors.Invalid as fault:
        changed = "total" in fault.fields
        return customer_pages.shown(token, current, 422, faults=fault.fields, typed=fields, changed=changed)
    except (errors.Moved, errors.Mismatch, errors.NotOpen, errors.Ended):
        present = _in_hand(token)
        if present.walk.hand_over and not present.walk.ended:
            return customer_pages.shown(token, present, 422, typed=fields, changed=True)
    return go(f"/c/{token}")


@bp.get("/rest")
def rest(token: str) -> Response:
    """What stands there after ten idle minutes: nothing about the visit."""
    current = _in_hand(token)
    return customer_pages.draw("customer/rest.html", token, current)


@bp.route("/return", methods=["GET", "POST"])
def give_back(token: str) -> Response:
    """The engineer proves that he has the phone again. Shows nothing of what the customer did."""
    current = _in_hand(token)
    session = current_session()
    if request.method == "GET":
        if current.walk.hand_over is None and not session.lock_token:
            return go(f"/visits/{current.visit.id}")
        return customer_pages.return_page(token, current)
    secret, password = request.form.get("unlock_secret", ""), request.form.get("password", "")
    if not secret and not password:
        return customer_pages.return_page(token, current, 422, _("Type your password"))
    try:
        after = handing_over.take_back(
            session, current, secret=secret or None, password=password or None, address=address(), now=now()
        )
    except errors.WrongPin:
        return customer_pages.return_page(
            token, current, 422, _("The PIN no longer fits this phone. Type your password.")
        )
    except errors.WrongPassword:
        return customer_pages.return_page(token, current, 422, _("Check your password"))
    except errors.TooManyTries as fault:
        seconds = fault.details.get("wait", 5)
        return customer_pages.return_page(
            token, current, 429, _("Too many tries. Wait %(n)s seconds.", n=seconds)
        )
    response = go(
        f"/visits/{after.visit.id}" + (f"#s-{after.walk.next_step}" if after.walk.next_step else "#sheet")
    )
    say_opened(response, session.person)
    response.delete_cookie(LANGUAGE_COOKIE, path=f"/c/{token}")
    return response


@bp.get("/photo/<sha>")
def photo(token: str, sha: str) -> Response:
    """A photo of what the customer is about to sign; no other photo."""
    current = _in_hand(token)
    handed = current.walk.hand_over
    if handed is None or f"sha256:{sha}" not in visiting.shown(current, handed.step).content["photos"]:
        raise errors.NotFound()
    path = photographing.shown(current_person(), current.visit.id, sha)
    return send_file(path, mimetype="image/jpeg", max_age=0)


def _in_hand(token: str) -> Opened:
    """The visit behind the token, for this engineer's session; the request then speaks the customer's language."""
    current = visiting.by_token(current_person(), token, now())
    g.zone = current.facts.outlet["timezone"]
    speak(_language(current))
    return current


def _language(current: Opened) -> str:
    """Chosen on the page, chosen before in this hand-over, or the one the visit was planned in."""
    asked = request.args.get("lang", "")
    if asked in LANGUAGES:
        g.new_customer_language = f"{_hand_over_key(current)}.{asked}"
        return asked
    key, _dot, kept = request.cookies.get(LANGUAGE_COOKIE, "").partition(".")
    return kept if kept in LANGUAGES and key == _hand_over_key(current) else current.visit.language


def _hand_over_key(current: Opened) -> str:
    return current.walk.hand_over.key[:8] if current.walk.hand_over else ""


@bp.after_request
def _keep_language(response: Response) -> Response:
    chosen = g.get("new_customer_language")
    if chosen and request.view_args:
        path = f"/c/{request.view_args['token']}"
        response.set_cookie(
            LANGUAGE_COOKIE, chosen, path=path, httponly=True, samesite="Lax", secure=request.is_secure
        )
    return response


def _entered() -> forms.Fields:
    """What was entered, and the language in which it was read."""
    fields = forms.fields_of(request.form, zone())
    fields.pop("how_page", None)
    return {**fields, "language": language()}
