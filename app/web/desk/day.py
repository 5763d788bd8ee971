"""The day's end at the desk: what engineers hand in, received one by one, and the day signed off on two levels."""

from datetime import date, timedelta
from typing import Any

from flask import Blueprint, flash
from werkzeug.wrappers import Response

from app import errors
from app.domain import amount
from app.domain import day as rule
from app.models import days
from app.services import closing_days
from app.services.closing_days import Line, Part
from app.web.desk import day_words, words
from app.web.desk.frame import asked_day, desk_only, desk_page, sentences, today, typed
from app.web.i18n import _, money, ngettext
from app.web.pages import current_person, go, now

bp = Blueprint("desk_day", __name__)

Fields = dict[str, Any]
LIMITS = {"note": rule.NOTE_LIMIT}


@bp.get("/desk/day")
@desk_only
def overview() -> Response:
    """Each engineer in a line: visits, slips, money; what is still out from earlier days; the second level."""
    return _overview(asked_day())


@bp.post("/desk/day/check")
@desk_only
def check() -> Response:
    """The second level looks over the day."""
    day, fields = asked_day(), typed()
    try:
        closing_days.check(current_person(), day, fields, now())
    except errors.Invalid as fault:
        return _overview(day, 422, fields, sentences(dict(fault.fields), LIMITS))
    flash(_("The day is looked over."), "done")
    return go(_here(day))


@bp.get("/desk/day/engineers/<int:engineer_id>")
@desk_only
def engineer(engineer_id: int) -> Response:
    """One engineer's visits with what each owes."""
    return _engineer(engineer_id, asked_day())


@bp.post("/desk/day/engineers/<int:engineer_id>")
@desk_only
def receive(engineer_id: int) -> Response:
    """Note what came in."""
    day, fields = asked_day(), typed()
    try:
        count = closing_days.receive(current_person(), engineer_id, day, fields, now())
    except errors.Invalid as fault:
        return _engineer(engineer_id, day, 422, fields, dict(fault.fields))
    if count:
        flash(ngettext("One thing is noted.", "%(num)s things are noted.", count), "done")
    else:
        flash(_("Nothing new to note."), "info")
    return go(f"/desk/day/engineers/{engineer_id}?day={day.isoformat()}")


@bp.post("/desk/day/engineers/<int:engineer_id>/close")
@desk_only
def close(engineer_id: int) -> Response:
    """Sign the day off with this engineer."""
    day, fields = asked_day(), typed()
    try:
        part = closing_days.sign_off(current_person(), engineer_id, day, fields, now())
    except errors.Invalid as fault:
        return _engineer(engineer_id, day, 422, fields, dict(fault.fields))
    flash(_("The day is signed off with %(name)s.", name=part.name), "done")
    return go(_here(day))


def _here(day: date) -> str:
    return f"/desk/day?day={day.isoformat()}"


def _overview(
    day: date, status: int = 200, fields: Fields | None = None, wrong: dict[str, str] | None = None
) -> Response:
    person, moment = current_person(), now()
    found = closing_days.day_of(person, day, moment)
    return desk_page(
        "desk/day.html", status, here="day", day=day, is_today=day == today(), before=day - timedelta(days=1),
        after=day + timedelta(days=1), found=found, parts=[_part_view(part) for part in found.parts],
        whole=_figures(found.balance), out=days.still_out(person.outlet_id, day), typed=fields or {}, errors=wrong or {},
        may_check=rule.may_check(person.role, person.lead), is_needed=bool(found.unsigned) or not found.balance.is_even,
    )  # fmt: skip


def _engineer(
    engineer_id: int, day: date, status: int = 200, fields: Fields | None = None, faults: Fields | None = None
) -> Response:
    person = current_person()
    part = closing_days.day_of(person, day, now()).part(engineer_id)
    if part is None:
        raise errors.NotFound(engineer=engineer_id)
    names = {line.due.visit: line.row["number"] or line.row["customer"] for line in part.lines}
    wrong = day_words.labels(faults or {}, names)
    return desk_page(
        "desk/day_engineer.html", status, here="day", day=day, part=part, view=_part_view(part), typed=fields or {},
        errors=wrong, wrong=list(wrong.items()), lines=[_line_view(line) for line in part.lines],
        may_receive=rule.may_receive(person.role), symbol=amount.currency(person.outlet.currency).symbol,
        differs=[_named(part, one) for one in part.balance.differences], slip_options=list(day_words.SLIP_STATES.items()),
        old_options=list(day_words.OLD_STATES.items()), is_asked=any(line.due.things for line in part.lines),
    )  # fmt: skip


def _part_view(part: Part) -> Fields:
    """An engineer's line: figures and one badge."""
    balance = part.balance
    if part.close and not part.is_stale:
        badge = ("done", _("Signed off"))
    elif part.close:
        badge = ("waiting", _("Changed since signed off"))
    elif not balance.is_owed:
        badge = ("plain", _("Nothing to hand in") if balance.ended == balance.visits else _("Still out"))
    elif balance.differences:
        open_ = sum(one.code == "open" for one in balance.differences)
        differs = len(balance.differences) - open_
        badge = (
            ("trouble", ngettext("One difference", "%(num)s differences", differs))
            if differs
            else ("waiting", ngettext("One thing to receive", "%(num)s things to receive", open_))
        )
    else:
        badge = ("plain", _("All in"))
    return {"id": part.engineer, "name": part.name, "badge": badge, "close": part.close, **_figures(balance)}


def _figures(balance: rule.Balance) -> Fields:
    currency = current_person().outlet.currency
    other = [
        f"{day_words.METHODS.get(method, method)} {money(paid, currency)}"
        for method, paid in balance.other.items()
    ]
    cash = money(balance.cash_due, currency)
    return {
        "visits": day_words.visits(balance.ended, balance.visits),
        "slips": day_words.slips(balance.slips_in, balance.slips_due) if balance.slips_due else _("no slip"),
        "cash": _("%(came)s of %(due)s", came=money(balance.cash_in, currency), due=cash)
        if balance.cash_due or balance.cash_in
        else _("no cash"),
        "other": " · ".join(other),
        "old": _("%(came)s of %(due)s", came=balance.old_in, due=balance.old_due) if balance.old_due else "–",
    }


def _named(part: Part, one: rule.Difference) -> str:
    row = next(line.row for line in part.lines if line.due.visit == one.visit)
    return f"{row['number'] or row['reference']} · {row['customer']}: " + day_words.difference(
        one, current_person().outlet.currency
    )


def _line_view(line: Line) -> Fields:
    """One visit of the engineer's page: what it is, what it owes, what was noted, what stands in its inputs."""
    currency, row, due = current_person().outlet.currency, line.row, line.due
    how = "void" if due.void else (row["sealed"] or {}).get("how") or ("declined" if row["sealed"] else "")
    given = row["given"] or {}
    reason = next((came.reason for came in line.came.values() if came.reason), "")
    counted = line.came["cash"].amount if "cash" in line.came else None
    return {
        "id": due.visit, "href": f"/desk/work-orders/{row['work_order']}#visit-{due.visit}", "number": row["number"],
        "title": row["customer"], "appliance": words.appliance(row["appliance"]), "due": due, "at": row["slot_start"],
        "outcome": words.BADGES.get(f"outcome_{row['outcome']}", "") if row["outcome"] else "",
        "state": "" if due.ended else _("not over yet"), "signed": day_words.SIGNED.get(how, ""),
        "cash": money(due.cash, currency), "other": [
            f"{day_words.METHODS.get(method, method)} {money(paid, currency)}" for method, paid in due.other.items()
        ],
        "slip": line.came["slip"].state if "slip" in line.came else "",
        "counted": "" if counted is None else f"{counted // 100}.{counted % 100:02d}",
        "old": line.came["old_parts"].state if "old_parts" in line.came else "", "why": reason,
        "copied": _("customer has a copy") if row["copy_given"] or row["copy_left"] else _("no copy noted"),
        "given_at": given.get("handed_in_at"),
        "said": [given[name] for name in ("card_reason", "money_reason", "old_parts_reason") if given.get(name)],
        "notes": [(note["at"], note["by"], day_words.noted(note, currency)) for note in line.notes],
        "differs": [day_words.difference(one, currency) for one in line.differences if one.code != "open"],
    }  # fmt: skip
