"""The owner's approval by link: the engineer's page that makes and shows the link, and the owner's own page behind it."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import quote

from flask import Blueprint, g, request
from werkzeug.wrappers import Response

from app import errors
from app.config import settings
from app.domain import form
from app.domain.vocabulary import LANGUAGES
from app.services import approving
from app.services.approving import Asked
from app.web import customer_price, customer_view, forms
from app.web.customer_pages import languages, page_words
from app.web.i18n import _, language, lazy_, speak
from app.web.pages import current_person, go, now, page, roles
from app.web.qr import qr
from app.web.saying import saying
from app.web.telephones import readable

bp = Blueprint("approval", __name__)

SHUT = {
    "ended": lazy_("The visit is over, or signed already"),
    "free": lazy_("Nothing is charged, so nothing needs agreeing to"),
    "locked": lazy_("Record first what comes before the price"),
}
WHY_NOT = {
    "answered": (lazy_("This was answered already"), lazy_("Nothing more is needed from you.")),
    "expired": (lazy_("This link has run out"), lazy_("Ask the engineer to send you a new one.")),
    "changed": (
        lazy_("The proposal has changed"),
        lazy_("Ask the engineer to send you the new one. Nothing was agreed."),
    ),
    "ended": (lazy_("This visit is over"), lazy_("There is nothing left to agree to.")),
}


@bp.get("/visits/<int:visit_id>/approval")
@roles("engineer")
def show(visit_id: int) -> Response:
    """The link that holds, what has become of it, or why there can be none."""
    opened, last, shut = approving.asked(current_person(), visit_id, now())
    g.zone = opened.facts.outlet["timezone"]
    say = saying(opened)
    link = f"{_root()}/a/{approving.token_of(last.approval)}" if last and not last.why_not else ""
    phone = str(opened.walk.data["phone"]).replace(" ", "")
    message = f"sms:{phone}?body={quote(link)}" if link and phone else ""
    return page(
        "visits/approval.html", opened=opened, say=say, last=last, link=link, shut=str(SHUT.get(shut, "")),
        qr=qr(link, _("Code of the link")) if link else "", message=message, phone=phone, readable=readable,
        total=say.money(opened.walk.fee.total), why=WHY_NOT.get(last.why_not) if last else None,
    )  # fmt: skip


@bp.post("/visits/<int:visit_id>/approval")
@roles("engineer")
def make(visit_id: int) -> Response:
    """Make the link, or keep the one that holds."""
    with suppress(errors.NotOpen):  # the page says why
        approving.ask(current_person(), visit_id, now())
    return go(f"/visits/{visit_id}/approval")


@bp.get("/a/<token>")
def look(token: str) -> Response:
    """What is proposed and what it costs, for the owner."""
    return _owner_page(token, approving.look(token, now()))


@bp.post("/a/<token>")
def answer(token: str) -> Response:
    """Agreed, or not; the same page then says what was kept."""
    found = approving.by_token(token, now())
    _speak(found)
    fields: Mapping[str, Any] = forms.fields_of(request.form, saying(found.opened).zone)
    try:
        approving.answer(token, request.form.get("act", ""), fields, language(), now())
    except errors.Invalid as fault:
        return _owner_page(token, found, 422, fields, dict(fault.fields))
    except errors.Moved:
        return _owner_page(token, approving.by_token(token, now()), 409)
    return go(f"/a/{token}?lang={language()}")


def _owner_page(
    token: str, found: Asked, status: int = 200, typed: Mapping[str, Any] | None = None,
    faults: Mapping[str, str] | None = None,
) -> Response:  # fmt: skip
    _speak(found)
    opened, content = found.opened, found.approval.content
    say = page_words(opened)
    own = customer_view.REFUSE_REASONS
    if found.why_not == "expired" and status == 200:
        status = 410
    return page(
        "customer/approval.html", status, spoken=language(), found=found, content=content, languages=languages(f"/a/{token}"),
        price=customer_price.offer(content, say), here=f"/a/{token}",
        kit=False, only=lambda _name: {}, each=lambda _name, _rows=1: {},
        appliance=" ".join(filter(None, (say.known("appliance", content["appliance"]["kind"]),
                                         content["appliance"]["brand"], content["appliance"]["model"]))),
        fault=opened.protocol.word(language(), "code", "fault", str(content["fault"] or "")) if content["fault"] else "",
        text=opened.protocol.word(language(), "text", "consent"), typed=typed or {}, outlet=opened.facts.outlet,
        phone=readable(opened.facts.outlet["phone"]), why=WHY_NOT.get(found.why_not),
        errors={name: forms.fault_words(code) for name, code in (faults or {}).items()},
        reasons=customer_view.reasons(opened.protocol, language(), "refuse_reason", own),
    )  # fmt: skip


def _speak(found: Asked) -> None:
    """In the language chosen on the page, else the customer's; times as at the customer's place."""
    g.zone = found.opened.facts.outlet["timezone"]
    chosen = form.first(request.args.to_dict(), "lang") or request.form.get("lang", "")
    speak(chosen if chosen in LANGUAGES else found.opened.visit.language)


def _root() -> str:
    return settings().public_url or request.host_url.rstrip("/")
