"""The customer's pages as one document that the phone keeps: `/c/<token>/kit/<language>`, without a network too.

Every template of templates/customer is drawn once with marks in the place of values (`Slot`); static/js/customer_kit.js
puts the values in. No value of the visit stands in it, only its words; nothing is decided or stored here.
"""

import hashlib
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from flask import Blueprint, render_template, request
from markupsafe import Markup
from werkzeug.wrappers import Response

from app import errors
from app.domain import amount
from app.domain.paper.wording import words as paper_words
from app.domain.vocabulary import LANGUAGES
from app.services import rating, visiting
from app.services.visiting import Opened
from app.web import customer_kit_words, customer_pages, customer_view
from app.web.customer_pages import page_words
from app.web.i18n import language, speak
from app.web.pages import current_person, now
from app.web.telephones import readable

bp = Blueprint("customer_kit", __name__, url_prefix="/c/<token>/kit")

PAPER_GROUPS = ("status", "outcome", "result", "method", "old", "appliance")
PAPER_WORDS = {
    "value": ("not_known", "none", "typed_text", "warranty_until", "warranty_since"),
    "label": ("new_no", "total", "test_before"),
    "term": ("scope", "none", "none_plain"),
}
CODE_GROUPS = ("fault", "cause", "measure", "take_back_reason", "not_tested_reason", "pass_reason",
               "no_warranty_case")  # fmt: skip


class Slot:
    """A mark `{path}` where a value will stand. Whatever is asked of it is a mark too; a loop over it runs once."""

    def __init__(self, path: str) -> None:
        self._path = path

    def __str__(self) -> str:
        return f"{{{self._path}}}"

    def __getattr__(self, name: str) -> "Slot":
        if name.startswith("__"):
            raise AttributeError(name)
        return Slot(f"{self._path}.{name}")

    def __getitem__(self, name: int | str) -> "Slot":
        return Slot(f"{self._path}.{name}")

    def __iter__(self) -> Iterator["Slot"]:
        yield Slot("each")


MARKS: dict[str, Any] = {
    "kit": True,
    "frame": "customer/kit_page.html",
    "only": lambda name: {"data-if": name},
    "each": lambda name, rows=1: {"data-each": name} | ({"data-rows": rows} if rows > 1 else {}),
    "typed": {},
    "errors": {},
    "key": "",
    "changed": False,
    "how": "",
}


@bp.get("/<chosen>")
def kit(token: str, chosen: str) -> Response:
    """All pages of one hand-over in one language; may be fetched beforehand. 404 without the engineer's session."""
    current = visiting.by_token(current_person(), token, now())
    if chosen not in LANGUAGES:
        raise errors.NotFound(language=chosen)
    speak(chosen)
    text = _document(token, current)
    etag = hashlib.sha256(text.encode()).hexdigest()[:32]
    if request.if_none_match.contains_weak(etag):
        response = Response(status=HTTPStatus.NOT_MODIFIED)
    else:
        response = Response(text, mimetype="text/html")
    response.set_etag(etag, weak=True)
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def _document(token: str, current: Opened) -> str:
    here, chosen, say = f"/c/{token}", language(), page_words(current)
    common = {
        "here": here, "visit": current.visit, "handed": None, "say": say,
        "service_phone": readable(current.facts.outlet["phone"]),
        "text": lambda name: current.protocol.word(chosen, "text", name), "relations": customer_pages.relations(say),
        **MARKS,
    }  # fmt: skip
    pages = Markup("").join(Markup(one) for one in _pages(current, common))  # our own templates
    speak(current_person().language)
    back = _page("return", "return.html", common, person=current_person(), has_pin=True, error="")
    speak(chosen)
    return render_template(
        "customer/kit.html", **common, languages=customer_pages.languages(here), kit_words=_words(token, current),
        pages=pages + Markup(back),
    )  # fmt: skip


def _pages(current: Opened, common: dict[str, Any]) -> Iterator[str]:
    content, price = Slot("content"), Slot("price")
    own = {"refuse": customer_view.REFUSE_REASONS, "decline": customer_view.DECLINE_REASONS}
    reasons = {
        name: customer_view.reasons(current.protocol, language(), f"{name}_reason", words)
        for name, words in own.items()
    }
    listed = {"lines": Slot("listed.lines"), "totals": [], "notes": []}
    yield _page(
        "consent", "consent.html", common, price=price, listed=listed, term=Slot("term"), total=Slot("total")
    )
    yield _page("answered", "answered.html", common, agreed=Slot("agreed"), agreed_total=Slot("agreed_total"))
    yield _page("refuse", "refuse.html", common, price=price, reasons=reasons["refuse"])
    for kind, template in (("take_back", "receipt.html"), ("sign", "slip.html")):
        signing = {"content": content, "shown": Slot("shown"), "kind": kind, "way": "drawn"}
        yield _page(f"drawn-{kind}", template, common, **signing)
        for way in ("typed", "paper"):
            yield _page(f"{way}-{kind}", "other_way.html", common, **{**signing, "way": way})
        yield _page(f"declined-{kind}", "decline.html", common, **signing, reasons=reasons["decline"])
    yield _page("rating", "rating.html", common)
    yield _page("thanks", "thanks.html", common, signature=Slot("signature"), slip=True)
    yield _page("ended", "ended.html", common)
    yield _page("rest", "rest.html", common)


def _page(name: str, template: str, common: dict[str, Any], **values: Any) -> str:
    return render_template(f"customer/{template}", **common, page_name=name, **values)


def _words(token: str, current: Opened) -> dict[str, Any]:
    """What the script writes values with, and where it finds the rules."""
    chosen, protocol, prices = language(), current.protocol, current.prices
    papers, unit = paper_words(chosen), amount.currency(prices.currency)
    paper: dict[str, Any] = {group: dict(papers[group]) for group in PAPER_GROUPS}
    paper |= {group: {name: papers[group][name] for name in names} for group, names in PAPER_WORDS.items()}
    codes: dict[str, Any] = {}
    shown = [step for step in protocol.steps if step.settings.get("paper") == "test_before"]
    for group in (*CODE_GROUPS, *(one.codes for step in shown for one in step.fields if one.codes)):
        named = {
            code: protocol.word(chosen, "code", group, code, default="")
            for code in protocol.codes.get(group, ())
        }
        codes[group] = {**papers.get(group, {}), **{code: word for code, word in named.items() if word}}
    numbers = {
        current.facts.outlet["phone"],
        current.facts.customer.get("phone", ""),
        current.walk.data["phone"],
    }
    return {
        "token": token, "visit": current.visit.id, "language": chosen, "person": current_person().id,
        "zone": current.facts.outlet["timezone"],
        "currency": {"symbol": unit.symbol, "digits": unit.digits},
        "say": customer_kit_words.sentences(), "rules": customer_kit_words.price_reasons(),
        "faults": customer_kit_words.faults(), "paper": paper, "codes": codes,
        "titles": {
            step.id: protocol.word(chosen, "step", step.id, "title", default=step.id)
            for step in protocol.steps
            if step.layer == "customer" and not step.gate
        },
        "phones": {number: readable(number) for number in sorted(numbers) if number},
        "rating_key": rating.public_jwk(current.visit.outlet_id),
    }  # fmt: skip
