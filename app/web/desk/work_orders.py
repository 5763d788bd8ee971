"""Work orders at the desk: find or add the customer, write the job down, look at it, move, cancel, plan again."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, flash, render_template, request, send_file
from flask.wrappers import Response as FlaskResponse
from werkzeug.wrappers import Response

from app import errors
from app.domain import form, intake
from app.domain.protocol import Protocol
from app.models import people, tasks
from app.models.people import Person
from app.models.visits import OPEN_STATES, Visit
from app.services import answering, dispatching, photographing, publishing, reworking, visiting
from app.web import visit_words
from app.web.desk import phones, telling, words
from app.web.desk.frame import asked_day, desk_only, desk_page, sentences, slot_values, today, typed, zone
from app.web.i18n import _, clock, day, language
from app.web.pages import current_person, go, now
from app.web.saying import saying
from app.web.telephones import readable

bp = Blueprint("desk_work_orders", __name__)

PAPER_STATES = ("to_sign", "finished", "in_service")
SLOT_MINUTES = 75
PHOTO_CACHE_S = 86_400


@bp.get("/desk/work-orders/new")
@desk_only
def new() -> Response:
    """First the customer (search or add), then, with `customer` in the address, the job."""
    chosen = request.args.get("customer", "")
    if chosen:
        return _form_page(chosen, dict(request.args), {})
    words_typed = request.args.get("q", "")
    found = dispatching.search(current_person(), words_typed)
    return desk_page("desk/find.html", here="new", q=words_typed, found=found, **_readable())


@bp.get("/desk/customers")
@desk_only
def customers() -> Response | str:
    """The customers that the search finds, for the page that asks while somebody types."""
    words_typed = request.args.get("q", "")
    if not request.headers.get("HX-Request"):
        return new()
    found = dispatching.search(current_person(), words_typed)
    return render_template("desk/_found.html", q=words_typed, found=found, **_readable())


@bp.post("/desk/work-orders")
@desk_only
def create() -> Response:
    """Write the job down; on to its page, or the form again with what was typed."""
    person, fields = current_person(), typed()
    try:
        visit = dispatching.create(person, fields, now())
    except errors.Invalid as fault:
        return _form_page(
            form.first(fields, "customer") or "new", fields, sentences(dict(fault.fields), intake.LIMITS), 422
        )
    flash(_("Job %(number)s is written down.", number=visit.work_order.number), "done")
    if visit.engineer and (clash := dispatching.clash_of(visit)):
        length = words.minutes(clash.clash_minutes)
        flash(_("Clash at %(time)s: %(length)s short", time=clock(clash.clash_at), length=length), "waiting")
    return go(f"/desk/work-orders/{visit.work_order_id}")


@bp.get("/desk/work-orders/<int:work_order_id>")
@desk_only
def work_order(work_order_id: int) -> Response:
    """The job with everything that happened."""
    return _order_page(work_order_id)


@bp.post("/desk/visits/<int:visit_id>/slot")
@desk_only
def move(visit_id: int) -> Response:
    """Another time for a visit that has not begun."""
    fields = typed()
    try:
        visit = dispatching.move(current_person(), visit_id, fields, now())
    except (errors.Invalid, errors.Ended) as fault:
        return _came_back(visit_id, "move", fields, fault)
    flash(_("The visit has its new time."), "done")
    return go(_place(visit))


@bp.post("/desk/visits/<int:visit_id>/cancellation")
@desk_only
def cancel(visit_id: int) -> Response:
    """The visit will not take place."""
    fields = typed()
    try:
        visit = dispatching.cancel(current_person(), visit_id, fields, now())
    except (errors.Invalid, errors.Ended) as fault:
        return _came_back(visit_id, "cancel", fields, fault)
    flash(_("The visit is cancelled."), "done")
    return go(_place(visit))


@bp.post("/desk/visits/<int:visit_id>/next")
@desk_only
def plan_again(visit_id: int) -> Response:
    """A further visit of the same job."""
    fields = typed()
    try:
        visit = dispatching.plan_again(current_person(), visit_id, fields, now())
    except (errors.Invalid, errors.Ended) as fault:
        return _came_back(visit_id, "again", fields, fault)
    flash(_("A further visit is planned."), "done")
    return go(_place(visit))


@bp.post("/desk/visits/<int:visit_id>/customer-call")
@desk_only
def customer_call(visit_id: int) -> Response:
    """The customer called: whoever is free calls back at once."""
    fields = typed()
    try:
        answering.note_customer_call(current_person(), visit_id, fields, now())
    except errors.Invalid as fault:
        return _came_back(visit_id, "called", fields, fault)
    flash(_("The customer is on the list of calls, due now."), "done")
    return go("/desk/tasks")


@bp.get("/desk/visits/<int:visit_id>/photos/<sha>")
@desk_only
def photo(visit_id: int, sha: str) -> FlaskResponse:
    """A photo that the visit names, for whoever has to judge by it."""
    path = photographing.shown(current_person(), visit_id, sha)
    response = send_file(path, mimetype="image/jpeg", etag=sha)
    response.headers["Cache-Control"] = f"private, max-age={PHOTO_CACHE_S}, immutable"
    return response


def _form_page(chosen: str, values: dict[str, Any], wrong: dict[str, str], status: int = 200) -> Response:
    person = current_person()
    known = (
        dispatching.customer(person, int(chosen) if chosen.isdecimal() else 0) if chosen != "new" else None
    )
    begin = _next_quarter()
    usual = {**slot_values(begin, begin + timedelta(minutes=SLOT_MINUTES)), "language": person.outlet.language,
             "kind": "repair", "urgency": "normal"}  # fmt: skip
    if known and "appliance" not in values:
        usual["appliance"] = str(known.appliances[0].id) if known.appliances else "new"
    shown = {**usual, **{name: value for name, value in values.items() if name != "q"}}
    return desk_page(
        "desk/new_job.html", status, here="new", chosen=chosen, known=known, typed=shown, errors=wrong,
        symptoms=_codes(publishing.norm_of(person.outlet, today()), dispatching.SYMPTOMS), words=words,
        engineers=people.engineers_of(person.outlet_id),
        today=today(), symptom_codes=form.many(values, "symptom_codes"),
        limits=intake.LIMITS, form_key=form.first(values, "key"), earlier=_earlier(known), **_readable(),
    )  # fmt: skip


def _earlier(known: dispatching.Known | None) -> list[tuple[str, str]]:
    """The repairs of which this may be a rework, as choices."""
    found = reworking.candidates(current_person(), known.customer) if known else []
    return [
        (
            str(one.id),
            " · ".join((one.reference, words.appliance(one.work_order.appliance.kind), day(one.day))),
        )
        for one in found
    ]


def _order_page(work_order_id: int, status: int = 200, came_back: dict[str, Any] | None = None) -> Response:
    person, moment = current_person(), now()
    order, found = dispatching.work_order(person, work_order_id)
    parts = [_visit_part(visit, moment) for visit in reversed(found)]
    back = came_back or {"visit": 0, "act": "", "typed": {}, "errors": {}}
    norm = publishing.norm_of(person.outlet, today())
    known = dict(_codes(norm, dispatching.SYMPTOMS))
    return desk_page(
        "desk/work_order.html", status, here="board", order=order, parts=parts, back=back, words=words,
        symptoms=[known.get(one, one) for one in order.symptom_codes], reasons=_codes(norm, "cancel_reason"),
        plan=request.args.get("plan", 0, int), engineers=people.engineers_of(person.outlet_id), states=visit_words,
        errors={f"{back['act']}-{back['visit']}-{name}": text for name, text in back["errors"].items()}, **_readable(),
    )  # fmt: skip


def _visit_part(visit: Visit, moment: Any) -> dict[str, Any]:
    person = current_person()
    opened = visiting.opened(person, visit.id, moment)
    say = saying(opened)
    again = moment + timedelta(days=1)
    asked = [
        (one, telling.in_short(say, one.step or "", one.data) or one.question)
        for one in tasks.of_visit(visit.id)
    ]
    return {
        "visit": opened.visit, "engineer": visit.engineer, "opened": opened, "say": say,
        "timeline": telling.timeline(opened, say), "tasks": asked, "entries": phones.entries_of(visit.id, say),
        "is_open": visit.state in OPEN_STATES, "may_move": dispatching.may_move(person, opened.visit, moment),
        "may_give": dispatching.may_give(visit), "may_plan": dispatching.may_plan(visit),
        "slot": slot_values(visit.slot_start, visit.slot_end), "has_papers": visit.version > 0,
        "may_call": person.role in answering.CALLERS,
        "next_slot": slot_values(visit.slot_start, visit.slot_end)
        | {"day": again.astimezone(zone()).date().isoformat()},
        "total": say.money(visit.total) if visit.total else "",
    }  # fmt: skip


def _came_back(visit_id: int, act: str, fields: dict[str, Any], fault: errors.Fault) -> Response:
    visit = dispatching.visit_of(current_person(), visit_id)
    if isinstance(fault, errors.Invalid):
        wrong, status = sentences(dict(fault.fields)), 422
    else:
        wrong, status = {"main": _("This visit has gone on meanwhile. Nothing was changed.")}, 409
    return _order_page(
        visit.work_order_id, status, {"visit": visit_id, "act": act, "typed": fields, "errors": wrong}
    )


def _next_quarter() -> Any:
    """A sensible slot to begin with: two hours from now at a full quarter, within working hours, on the asked day."""
    local = now().astimezone(zone()) + timedelta(hours=2)
    local = local.replace(minute=local.minute // 15 * 15, second=0, microsecond=0)
    day = max(asked_day(), local.date())
    if local.hour >= 18 or local.hour < 8 or day != local.date():
        day = day + timedelta(days=1) if local.hour >= 18 and day == local.date() else day
        local = local.replace(year=day.year, month=day.month, day=day.day, hour=9, minute=0)
    return local


def _codes(norm: Protocol, group: str) -> list[tuple[str, str]]:
    """A list of the norm with its words."""
    return [
        (code, str(norm.word(language(), "code", group, code, default=code)))
        for code in norm.codes.get(group, ())
    ]


def _place(visit: Visit) -> str:
    return f"/desk/work-orders/{visit.work_order_id}#visit-{visit.id}"


def _readable() -> dict[str, Any]:
    return {"readable": readable, "appliance_word": words.appliance, "pick": _pick}


def _pick(engineers: list[Person]) -> list[tuple[int, str]]:
    """Engineers for a list."""
    return [(one.id, one.name) for one in engineers]
