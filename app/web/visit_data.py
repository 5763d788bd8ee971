"""A visit for the phone's own rules, and what changed on its page since: JSON and fragments. Nothing is decided here."""

import hashlib
from http import HTTPStatus
from typing import Any

from flask import Blueprint, current_app, request
from flask.wrappers import Response
from markupsafe import Markup

from app.domain import portable
from app.errors import NotFound
from app.models import tasks
from app.services import publishing, recalling, visiting
from app.services.visiting import Opened
from app.web import visit_view
from app.web.pages import current_person, now, roles
from app.web.saying import saying

bp = Blueprint("visit_data", __name__)
YEAR_S = 31_536_000
SHAPE = 1


@bp.get("/visits/<int:visit_id>/data")
@roles("engineer")
def data(visit_id: int) -> Response:
    """Facts and records of an own visit as plain values; 304 when the phone has them as they are."""
    person = current_person()
    opened = visiting.opened(person, visit_id, now())
    outlet = opened.facts.outlet
    return _json(
        {
            "v": SHAPE, "visit": opened.visit.id, "version": opened.walk.version, "person": person.id,
            "token": opened.visit.customer_token, "zone": outlet["timezone"], "protocol": opened.visit.protocol,
            "prices": opened.visit.price_list, "facts": portable.facts(opened.facts),
            "records": [portable.record(one) for one in opened.records],
        }
    )  # fmt: skip


@bp.get("/protocols/<hash_>/rules")
@roles()
def rules(hash_: str) -> Response:
    """The structure of the norm with this hash; it never changes."""
    try:
        norm = publishing.protocol_of(hash_)
    except LookupError:
        raise NotFound(protocol=hash_) from None
    return _json(portable.protocol(norm), lasting=True)


@bp.get("/prices/<hash_>")
@roles()
def prices(hash_: str) -> Response:
    """The price list with this hash; it never changes."""
    try:
        kept = publishing.prices_of(hash_)
    except LookupError:
        raise NotFound(prices=hash_) from None
    return _json(portable.prices(kept), lasting=True)


@bp.get("/visits/<int:visit_id>/sections")
@roles("engineer")
def sections(visit_id: int) -> Response:
    """The sections of the visit's document that differ from those at version `have`; all when that is 0 or unknown.

    Each child with an id takes the place of the element with that id. `data-bar` is the content of every `.bar-row`,
    `data-onward` stands for every `[data-onward]` link, as HTML.
    """
    moment = now()
    opened = recalling.looked_up(visiting.opened(current_person(), visit_id, moment))
    say, asked = saying(opened), tasks.waiting_of_visit(visit_id)
    before = visiting.as_at(opened, request.args.get("have", 0, int))
    asked_before = _asked_before(before, opened) if before else []
    bar, onward = visit_view.bar_and_onward(opened, say)
    shown = Markup(
        '<div data-version="{}" data-next="{}" data-state="{}" data-bar="{}" data-onward="{}">{}</div>'
    )
    return Response(
        shown.format(
            opened.walk.version, opened.walk.next_step or "", opened.walk.state, bar, onward,
            visit_view.changed(before, asked_before, opened, asked, say, moment),
        )
    )  # fmt: skip


def _asked_before(before: Opened, opened: Opened) -> list[dict[str, Any]]:
    later = {one.key for one in opened.records[len(before.records) :]}
    return tasks.waited_at(opened.visit.id, before.records[-1].received, later)


def _json(value: Any, *, lasting: bool = False) -> Response:
    text = current_app.json.dumps(value, separators=(",", ":"))
    etag = hashlib.sha256(text.encode()).hexdigest()[:32]
    if request.if_none_match.contains_weak(etag):
        response = Response(status=HTTPStatus.NOT_MODIFIED)
    else:
        response = Response(text, mimetype="application/json")
    response.set_etag(etag, weak=True)
    response.headers["Cache-Control"] = f"private, max-age={YEAR_S}, immutable" if lasting else "no-cache"
    return response
