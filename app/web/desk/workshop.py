"""The workshop at the desk: what was taken away, what happens to it, a new promise, and the visit that brings it home."""

from datetime import date
from typing import Any

from flask import Blueprint, flash
from werkzeug.wrappers import Response

from app import errors
from app.domain import workshop as rules
from app.models import people
from app.services import returning
from app.web.desk import words
from app.web.desk.frame import desk_only, desk_page, sentences, today, typed
from app.web.i18n import _, lazy_, lazy_pgettext
from app.web.pages import current_person, go, now
from app.web.telephones import readable

bp = Blueprint("desk_workshop", __name__)

STATES = {
    "taken": lazy_pgettext("workshop", "Taken away"),
    "received": lazy_pgettext("workshop", "Received"),
    "diagnosed": lazy_pgettext("workshop", "Diagnosed"),
    "waiting_part": lazy_pgettext("workshop", "Waits for a part"),
    "repaired": lazy_pgettext("workshop", "Repaired"),
    "not_repairable": lazy_pgettext("workshop", "Not repairable"),
    "ready": lazy_pgettext("workshop", "Ready to go home"),
    "returned": lazy_pgettext("workshop", "Home, IOU settled"),
}
LIMITS = {"note": rules.NOTE_LIMIT, "reason": rules.NOTE_LIMIT, "customer_says": rules.NOTE_LIMIT}
ENDED = lazy_("Somebody else wrote meanwhile. Look again; nothing was changed.")


@bp.get("/desk/workshop")
@desk_only
def workshop() -> Response:
    """Everything that is not home again, the earliest promise first."""
    returning.watch(current_person().outlet, now())
    day = today()
    rows = [
        {
            **row, "word": STATES[row["state"]], "urgency": rules.urgency(row["promised_on"], day),
            "product": _product(row["appliance"], row),
        }
        for row in returning.listed(current_person())
    ]  # fmt: skip
    return desk_page("desk/workshop.html", here="workshop", rows=rows)


@bp.get("/desk/workshop/<int:item_id>")
@desk_only
def product(item_id: int) -> Response:
    """One product: its story, and what comes next."""
    return _product_page(item_id)


@bp.post("/desk/workshop/<int:item_id>/state")
@desk_only
def say(item_id: int) -> Response:
    """The workshop says how it stands."""
    fields = typed()
    try:
        returning.say(current_person(), item_id, fields, now())
    except (errors.Invalid, errors.Ended) as fault:
        return _product_page(item_id, fields, fault)
    flash(_("Written down."), "done")
    return go(f"/desk/workshop/{item_id}")


@bp.post("/desk/workshop/<int:item_id>/visit")
@desk_only
def plan(item_id: int) -> Response:
    """The visit that brings it home."""
    fields = typed()
    try:
        visit = returning.plan(current_person(), item_id, fields, now())
    except (errors.Invalid, errors.Ended) as fault:
        return _product_page(item_id, fields, fault)
    flash(_("The way home is planned."), "done")
    return go(f"/desk/work-orders/{visit.work_order_id}")


@bp.get("/desk/workshop/<int:item_id>/promise")
@desk_only
def promise_form(item_id: int) -> Response:
    """Another day is to be agreed with the customer."""
    return _promise_page(item_id)


@bp.post("/desk/workshop/<int:item_id>/promise")
@desk_only
def promise(item_id: int) -> Response:
    """The customer agreed to another day."""
    fields = typed()
    try:
        returning.promise(current_person(), item_id, fields, now())
    except (errors.Invalid, errors.Ended) as fault:
        return _promise_page(item_id, fields, fault)
    flash(_("The new day is promised."), "done")
    return go(f"/desk/workshop/{item_id}")


def _product_page(
    item_id: int, fields: dict[str, Any] | None = None, fault: errors.Fault | None = None
) -> Response:
    found = returning.product(current_person(), item_id)
    item = found.item
    states = [(one, str(STATES[one])) for one in rules.FOLLOWING.get(item.state, ())]
    engineers = [(str(one.id), one.name) for one in people.engineers_of(current_person().outlet_id)]
    return desk_page(
        "desk/product.html", _status(fault), here="workshop", found=found, item=item, states=states, names=STATES,
        days={one.id: date.fromisoformat(one.body["promised_on"]) for one in found.entries if one.kind == "promise"},
        engineers=engineers, may_plan=returning.may_plan(found), **_head(found), **_typed(fields, fault),
        planned={"day": item.promised_on.isoformat(), "from": "10:00", "to": "11:00", **(fields or {})},
    )  # fmt: skip


def _promise_page(
    item_id: int, fields: dict[str, Any] | None = None, fault: errors.Fault | None = None
) -> Response:
    found = returning.product(current_person(), item_id)
    return desk_page(
        "desk/promise.html", _status(fault), here="workshop", found=found, item=found.item, **_head(found),
        **_typed(fields, fault),
    )  # fmt: skip


def _head(found: returning.Product) -> dict[str, Any]:
    around = found.around
    return {
        "product": _product(around["appliance"]["kind"], around["appliance"]), "around": around,
        "phone": readable(around["customer"]["phone"]), "urgency": rules.urgency(found.item.promised_on, today()),
    }  # fmt: skip


def _product(kind: str, named: Any) -> str:
    return " ".join(filter(None, (words.appliance(kind), named["brand"], named["model"])))


def _status(fault: errors.Fault | None) -> int:
    return 200 if fault is None else 422 if isinstance(fault, errors.Invalid) else 409


def _typed(fields: dict[str, Any] | None, fault: errors.Fault | None) -> dict[str, Any]:
    if fault is None:
        return {"errors": {}}
    if isinstance(fault, errors.Invalid):
        return {"typed": fields or {}, "errors": sentences(dict(fault.fields), LIMITS)}
    return {"typed": fields or {}, "errors": {"main": str(ENDED)}}
