"""Customer mode: the pages that the customer sees on the engineer's phone, and the way back. One token, one visit.

Which page is shown follows from the open hand-over alone; a page that was left comes back as it stands. Everything that
is saved goes through `visiting.submit`; what the pages say is put together in `customer_view`.
"""

import uuid
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, g, request, send_file
from flask import session as cookie
from werkzeug.wrappers import Response

from app import errors
from app.domain.vocabulary import LANGUAGES, RELATIONS
from app.services import handing_over, photographing, visiting
from app.services.visiting import Opened
from app.web import customer_view, forms
from app.web.i18n import NAMES, _, language, lazy_, speak, tag, zone
from app.web.pages import address, current_person, current_session, go, now, page
from app.web.telephones import readable

bp = Blueprint("customer", __name__, url_prefix="/c/<token>")

LANGUAGE_COOKIE = "customer-lang"
ACTS_OF = {
    "consent": ("agreed", "refused"),
    "take_back": ("signed", "declined"),
    "sign": ("signed", "declined", "rated"),
}
WAYS = ("drawn", "typed", "paper", "declined")
FIELD_WORDS = {
    "strokes": lazy_("Sign in the box, or type your name"),
    "name": lazy_("Type your full name"),
    "photo": lazy_("Take a photo of the signed paper"),
    "reason": lazy_("Choose a reason"),
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
    return _shown(token, current)


@bp.post("")
def save(token: str) -> Response:
    """What the customer agreed to, signed, declined or rated."""
    current = _in_hand(token)
    handed = current.walk.hand_over
    if handed is None:
        return go(f"/c/{token}")
    act = request.form.get("act", "")
    if act not in ACTS_OF[_kind(current)]:
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
        return _shown(token, current, 422, faults=fault.fields, typed=fields, changed=changed)
    except (errors.Moved, errors.Mismatch):
        return _shown(token, _in_hand(token), 422, typed=fields, changed=True)
    except errors.NotOpen:
        return go(f"/c/{token}")
    return go(f"/c/{token}")


@bp.get("/rest")
def rest(token: str) -> Response:
    """What stands there after ten idle minutes: nothing about the visit."""
    current = _in_hand(token)
    return _page("customer/rest.html", token, current)


@bp.route("/return", methods=["GET", "POST"])
def give_back(token: str) -> Response:
    """The engineer proves that he has the phone again. Shows nothing of what the customer did."""
    current = _in_hand(token)
    session = current_session()
    if request.method == "GET":
        if current.walk.hand_over is None and not session.lock_token:
            return go(f"/visits/{current.visit.id}")
        return _return_page(token, current)
    secret, password = request.form.get("unlock_secret", ""), request.form.get("password", "")
    if not secret and not password:
        return _return_page(token, current, 422, _("Type your password"))
    try:
        after = handing_over.take_back(
            session, current, secret=secret or None, password=password or None, address=address(), now=now()
        )
    except errors.WrongPin:
        return _return_page(token, current, 422, _("The PIN no longer fits this phone. Type your password."))
    except errors.WrongPassword:
        return _return_page(token, current, 422, _("Check your password"))
    except errors.TooManyTries as fault:
        seconds = fault.details.get("wait", 5)
        return _return_page(token, current, 429, _("Too many tries. Wait %(n)s seconds.", n=seconds))
    step = after.walk.next_step
    response = go(f"/visits/{after.visit.id}" + (f"#{step}" if step else ""))
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


def _began(current: Opened) -> int:
    """The place of the open hand-over among the records."""
    handed = current.walk.hand_over
    return next((record.seq for record in current.records if handed and record.key == handed.key), 0)


def _kind(current: Opened) -> str:
    assert current.walk.hand_over is not None
    return current.walk.steps[current.walk.hand_over.step].step.kind


def _shown(
    token: str,
    current: Opened,
    status: int = 200,
    faults: Mapping[str, str] | None = None,
    typed: Mapping[str, Any] | None = None,
    changed: bool = False,
) -> Response:
    """The page for where the hand-over stands."""
    how = request.form.get("how_page") or request.args.get("how", "")
    draw = {"consent": _consent, "take_back": _receipt, "sign": _slip}[_kind(current)]
    words = {name: _fault(name, code) for name, code in (faults or {}).items() if name != "total"}
    common = {"how": how, "errors": words, "typed": typed or {}, "changed": changed}
    return draw(token, current, how, status, common)


def _fault(name: str, code: str) -> str:
    return (
        str(FIELD_WORDS[name])
        if name in FIELD_WORDS and code in ("required", "draw_first")
        else forms.fault_words(code)
    )


def _consent(token: str, current: Opened, how: str, status: int, common: dict[str, Any]) -> Response:
    walk = current.walk
    since = [record.act for record in current.records if record.seq > _began(current)]
    answered = "agreed" in since or "refused" in since
    if answered and how not in ("again", "refused") and status == 200:
        return _page("customer/answered.html", token, current, agreed=walk.agreed, **common)
    say = _say(current)
    price = customer_view.quote(walk, current.prices, say)
    if how == "refused":
        reasons = customer_view.reasons(
            current.protocol, language(), "refuse_reason", customer_view.REFUSE_REASONS
        )
        return _page("customer/refuse.html", token, current, status, price=price, reasons=reasons, **common)
    listed = customer_view.price_list(current.prices, walk.data["kind"], say)
    term = customer_view.repair_term(current.prices.repair_warranty_months, say)
    return _page(
        "customer/consent.html",
        token,
        current,
        status,
        price=price,
        listed=listed,
        term=term,
        total=walk.fee.total,
        **common,
    )


def _receipt(token: str, current: Opened, how: str, status: int, common: dict[str, Any]) -> Response:
    signature = current.walk.iou_signature
    if signature and not signature.void and status == 200:
        return _page("customer/thanks.html", token, current, signature=signature, slip=False, **common)
    return _to_sign("customer/receipt.html", token, current, how, status, common)


def _slip(token: str, current: Opened, how: str, status: int, common: dict[str, Any]) -> Response:
    signature = current.walk.signature
    if signature and not signature.void and (status == 200 or request.form.get("act") == "rated"):
        if not current.walk.rated and how != "skipped":
            return _page("customer/rating.html", token, current, status, **common)
        return _page("customer/thanks.html", token, current, signature=signature, slip=True, **common)
    return _to_sign("customer/slip.html", token, current, how, status, common)


def _to_sign(
    template: str, token: str, current: Opened, how: str, status: int, common: dict[str, Any]
) -> Response:
    """What is signed, or the page of another way than drawing."""
    assert current.walk.hand_over is not None
    step = current.walk.hand_over.step
    seen = visiting.shown(current, step, language())
    say = _say(current)
    kind = _kind(current)
    shown: Any = customer_view.slip(seen.content, current.protocol, say) if kind == "sign" else None
    shown = shown or customer_view.receipt(seen.content, say)
    way = how if how in WAYS else "drawn"
    values = {
        "shown": seen.digest,
        "content": shown,
        "way": way,
        "kind": kind,
        "relations": _relations(say),
        **common,
    }
    if way == "declined":
        own = customer_view.DECLINE_REASONS
        values["reasons"] = customer_view.reasons(current.protocol, language(), "decline_reason", own)
        return _page("customer/decline.html", token, current, status, **values)
    return _page(template if way == "drawn" else "customer/other_way.html", token, current, status, **values)


def _return_page(token: str, current: Opened, status: int = 200, error: str = "") -> Response:
    person = current_person()
    speak(person.language)  # these words are the engineer's
    has_pin = bool(current_session().unlock_hash)
    return _page("customer/return.html", token, current, status, person=person, has_pin=has_pin, error=error)


def _page(template: str, token: str, current: Opened, status: int = 200, **values: Any) -> Response:
    here = f"/c/{token}"
    how = values.get("how", "")
    kept = f"&how={how}" if how in (*WAYS, "refused", "again", "skipped") else ""
    languages = [
        {"tag": tag(code), "label": name, "href": f"{here}?lang={code}{kept}", "current": code == language()}
        for code, name in NAMES.items()
    ]
    return page(
        template, status, token=token, here=here, visit=current.visit, languages=languages, say=_say(current),
        service_phone=readable(current.facts.outlet["phone"]), key=str(uuid.uuid4()),
        text=lambda name: current.protocol.word(language(), "text", name), **values,
    )  # fmt: skip


def _say(current: Opened) -> customer_view.Wording:
    zone, currency = current.facts.outlet["timezone"], current.prices.currency
    return customer_view.wording(current.protocol, zone, currency, language())


def _relations(say: customer_view.Wording) -> list[tuple[str, str]]:
    return [(code, say("relation", code)) for code in RELATIONS if code != "self"]


def _entered() -> forms.Fields:
    """What was entered, and the language in which it was read."""
    fields = forms.fields_of(request.form, zone())
    fields.pop("how_page", None)
    return {**fields, "language": language()}
