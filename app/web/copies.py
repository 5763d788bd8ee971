"""The customer's own copy: its link, passed on from one's own phone, and the public page that it opens."""

from typing import Any
from urllib.parse import quote

from flask import Blueprint, flash, g, request, send_file
from werkzeug.wrappers import Response

from app import errors
from app.config import settings
from app.domain.vocabulary import LANGUAGES
from app.models import documents
from app.services import copying, issuing
from app.services.visiting import Opened
from app.web import customer_pages, customer_view
from app.web.i18n import _, language, lazy_, speak
from app.web.pages import address, current_person, go, now, page, roles
from app.web.telephones import readable

bp = Blueprint("copies", __name__)

WAYS = {
    "sms": lazy_("By text message"),
    "whatsapp": lazy_("By WhatsApp"),
    "share": lazy_("Shared from my phone"),
    "shown": lazy_("Opened on the customer’s phone"),
}


@bp.post("/visits/<int:visit_id>/copy")
@roles()
def make(visit_id: int) -> Response:
    """Make the link, or find the one that holds."""
    copying.make(current_person(), visit_id, now())
    return go(_place(visit_id))


@bp.post("/visits/<int:visit_id>/copy/given")
@roles()
def given(visit_id: int) -> Response:
    """Somebody says that they passed it on."""
    try:
        copying.given(current_person(), visit_id, request.form.get("way", ""), now())
    except errors.Invalid:
        flash(_("Choose how you passed the link on."), "trouble")
        return go(_place(visit_id))
    flash(_("Noted: the customer has the link."), "done")
    return go(_place(visit_id))


@bp.post("/visits/<int:visit_id>/copy/taken-back")
@roles()
def take_back(visit_id: int) -> Response:
    """The link opens nothing any more."""
    copying.take_back(current_person(), visit_id, now())
    flash(_("The link opens nothing any more."), "done")
    return go(_place(visit_id))


@bp.get("/s/<token>")
def copy(token: str) -> Response:
    """What was signed, as the customer saw it, and the paper."""
    current = _open(token)
    signature = current.walk.signature
    assert signature is not None
    say = customer_pages.page_words(current)
    shown = customer_view.slip(signature.body["content"], current.protocol, say)
    answer = page(
        "customer/copy.html", content=shown, number=documents.number_of(current.visit.id, "slip") or "", say=say,
        signature=signature, here=f"/s/{token}", languages=customer_pages.languages(f"/s/{token}"),
        outlet=current.facts.outlet, phone=readable(current.facts.outlet["phone"]), engineer=current.facts.engineer["name"],
        text=lambda name: current.protocol.word(language(), "text", name), **customer_pages.PLAIN,
    )  # fmt: skip
    return _private(answer)


@bp.get("/s/<token>/slip.pdf")
def paper(token: str) -> Response:
    """The customer's copy as a file: the same that the outlet keeps."""
    current = _open(token)
    kept = issuing.paper_for(current, "slip", "a5", "3", now())
    name = f"{current.facts.reference}-slip-3.pdf"
    answer = send_file(issuing.path_of(kept), mimetype="application/pdf", download_name=name, max_age=0)
    return _private(answer)


def link_view(visit_id: int, current: Opened) -> dict[str, Any] | None:
    """What the papers' page shows of the link: None while nothing is signed; without `url` none is made yet."""
    signature = current.walk.signature
    if signature is None or signature.void or "content" not in signature.body:
        return None
    found = copying.link_of(current_person(), visit_id, now())
    if found is None:
        return {"url": "", "ways": []}
    url = f"{settings().public_url or request.host_url.rstrip('/')}/s/{found.token}"
    text = _(
        "Your repair slip %(reference)s from %(outlet)s: %(url)s",
        reference=current.facts.reference, outlet=current.facts.outlet["name"], url=url,
    )  # fmt: skip
    number = current.walk.data["phone"]
    digits = "".join(sign for sign in number if sign.isdigit())
    return {
        "url": url, "expires": found.expires, "given_at": found.given_at, "way": WAYS.get(found.way, ""),
        "given_by": found.given_by.name if found.given_by_id else "", "opened_at": found.opened_at,
        "sms": f"sms:{number}?&body={quote(text)}" if digits else "",
        "whatsapp": f"https://wa.me/{digits}?text={quote(text)}" if number.startswith("+") else "",
        "ways": list(WAYS.items()),
    }  # fmt: skip


def _open(token: str) -> Opened:
    current = copying.open_copy(token, address(), now())
    asked = request.args.get("lang", "")
    speak(asked if asked in LANGUAGES else current.visit.language)
    g.zone = current.facts.outlet["timezone"]
    return current


def _private(answer: Response) -> Response:
    """The address is the key: it goes to no other site, into no cache and no search engine."""
    answer.headers["Cache-Control"] = "private, no-store"
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


def _place(visit_id: int) -> str:
    return f"/visits/{visit_id}/documents#copy-link"
