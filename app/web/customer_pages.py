"""Which page of the customer's is drawn, with what values: read off the open hand-over. Routes are in `customer`."""

import uuid
from collections.abc import Mapping
from typing import Any

from flask import request
from werkzeug.wrappers import Response

from app.domain import content
from app.domain.vocabulary import RELATIONS
from app.services import visiting
from app.services.visiting import Opened
from app.web import customer_price, customer_view, forms
from app.web.i18n import NAMES, language, lazy_, speak, tag
from app.web.pages import current_person, current_session, page
from app.web.telephones import readable

WAYS = ("drawn", "typed", "paper", "declined")
# A page of the server's; the kit (customer_kit) draws the same templates with marks for its script.
PLAIN: Mapping[str, Any] = {"kit": False, "only": lambda _name: {}, "each": lambda _name, _rows=1: {}}
FIELD_WORDS = {
    "strokes": lazy_("Sign in the box, or type your name"),
    "name": lazy_("Type your full name"),
    "photo": lazy_("Take a photo of the signed paper"),
    "reason": lazy_("Choose a reason"),
}


def shown(
    token: str,
    current: Opened,
    status: int = 200,
    faults: Mapping[str, str] | None = None,
    typed: Mapping[str, Any] | None = None,
    changed: bool = False,
) -> Response:
    """The page for where the hand-over stands."""
    how = request.form.get("how_page") or request.args.get("how", "")
    choose = {"consent": _consent, "take_back": _receipt, "sign": _slip}[kind_of(current)]
    words = {name: _fault(name, code) for name, code in (faults or {}).items() if name != "total"}
    common = {"how": how, "errors": words, "typed": typed or {}, "changed": changed}
    return choose(token, current, how, status, common)


def return_page(token: str, current: Opened, status: int = 200, error: str = "") -> Response:
    """Where the engineer unlocks the phone, in the engineer's language; nothing of the customer's stands there."""
    person = current_person()
    speak(person.language)  # these words are the engineer's
    has_pin = bool(current_session().unlock_hash)
    return draw("customer/return.html", token, current, status, person=person, has_pin=has_pin, error=error)


def draw(template: str, token: str, current: Opened, status: int = 200, **values: Any) -> Response:
    """A page of this hand-over, with the language switch and everything that all of them need."""
    here = f"/c/{token}"
    how = values.get("how", "")
    kept = f"&how={how}" if how in (*WAYS, "refused", "again", "skipped") else ""
    return page(
        template, status, here=here, languages=languages(here, kept), visit=current.visit,
        handed=current.walk.hand_over, **PLAIN,
        say=page_words(current), service_phone=readable(current.facts.outlet["phone"]), key=str(uuid.uuid4()),
        text=lambda name: current.protocol.word(language(), "text", name), **values,
    )  # fmt: skip


def languages(here: str, more: str = "") -> list[dict[str, Any]]:
    """The switch on top of the page: the same page in each language."""
    return [
        {"tag": tag(code), "label": name, "href": f"{here}?lang={code}{more}", "current": code == language()}
        for code, name in NAMES.items()
    ]


def _fault(name: str, code: str) -> str:
    return (
        str(FIELD_WORDS[name])
        if name in FIELD_WORDS and code in ("required", "draw_first")
        else forms.fault_words(code)
    )


def _consent(token: str, current: Opened, how: str, status: int, common: dict[str, Any]) -> Response:
    walk, say = current.walk, page_words(current)
    since = [record.act for record in current.records if record.seq > _began(current)]
    answered = "agreed" in since or "refused" in since
    if answered and how not in ("again", "refused") and status == 200:
        agreed = say.money(walk.agreed["total"]) if walk.agreed else ""
        return draw(
            "customer/answered.html", token, current, agreed=walk.agreed, agreed_total=agreed, **common
        )
    price = customer_price.quote(walk, current.prices, say)
    if how == "refused":
        reasons = customer_view.reasons(
            current.protocol, language(), "refuse_reason", customer_view.REFUSE_REASONS
        )
        return draw("customer/refuse.html", token, current, status, price=price, reasons=reasons, **common)
    listed = customer_price.price_list(current.prices, walk.data["kind"], say)
    term = customer_view.repair_term(content.repair_term(walk, current.prices), say)
    return draw(
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
        return draw("customer/thanks.html", token, current, signature=signature, slip=False, **common)
    return _to_sign("customer/receipt.html", token, current, how, status, common)


def _slip(token: str, current: Opened, how: str, status: int, common: dict[str, Any]) -> Response:
    signature = current.walk.signature
    if signature and not signature.void and (status == 200 or request.form.get("act") == "rated"):
        if not current.walk.rated and how != "skipped":
            return draw("customer/rating.html", token, current, status, **common)
        return draw("customer/thanks.html", token, current, signature=signature, slip=True, **common)
    return _to_sign("customer/slip.html", token, current, how, status, common)


def _to_sign(
    template: str, token: str, current: Opened, how: str, status: int, common: dict[str, Any]
) -> Response:
    """What is signed, or the page of another way than drawing."""
    assert current.walk.hand_over is not None
    step = current.walk.hand_over.step
    seen = visiting.shown(current, step, language())
    say = page_words(current)
    kind = kind_of(current)
    shown: Any = customer_view.slip(seen.content, current.protocol, say) if kind == "sign" else None
    shown = shown or customer_view.receipt(seen.content, say)
    way = how if how in WAYS else "drawn"
    values = {
        "shown": seen.digest,
        "content": shown,
        "way": way,
        "kind": kind,
        "relations": relations(say),
        **common,
    }
    if way == "declined":
        own = customer_view.DECLINE_REASONS
        values["reasons"] = customer_view.reasons(current.protocol, language(), "decline_reason", own)
        return draw("customer/decline.html", token, current, status, **values)
    return draw(template if way == "drawn" else "customer/other_way.html", token, current, status, **values)


def _began(current: Opened) -> int:
    """The place of the open hand-over among the records."""
    handed = current.walk.hand_over
    return next((record.seq for record in current.records if handed and record.key == handed.key), 0)


def kind_of(current: Opened) -> str:
    """The kind of step for which the phone was handed over."""
    assert current.walk.hand_over is not None
    return current.walk.steps[current.walk.hand_over.step].step.kind


def page_words(current: Opened) -> customer_view.Wording:
    zone, currency = current.facts.outlet["timezone"], current.prices.currency
    return customer_view.wording(current.protocol, zone, currency, language())


def relations(say: customer_view.Wording) -> list[tuple[str, str]]:
    return [(code, say("relation", code)) for code in RELATIONS if code != "self"]
