"""The day's board, its part that is fetched every fifteen seconds, and the page on which a visit is given out."""

import hashlib
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, flash, make_response, render_template, request
from werkzeug.wrappers import Response

from app import errors
from app.domain import board as board_rule
from app.domain import form
from app.domain.protocol import Protocol
from app.services import dispatching, overseeing, publishing
from app.web.desk import words
from app.web.desk.frame import asked_day, desk_only, desk_page, sentences, today
from app.web.i18n import _, clock, language
from app.web.pages import current_person, go, now

bp = Blueprint("desk_board", __name__)


@dataclass(frozen=True)
class Shown:
    """A card as its template wants it. `place` names the column in words, for cards that stand among the trouble."""

    id: int
    href: str
    time: str
    customer: str
    text: str
    engineer: str
    kind: str
    badge: str
    place: str
    give: bool
    mark: str = ""


@bp.get("/desk")
@desk_only
def board() -> Response:
    """The whole page."""
    day = asked_day()
    return desk_page(
        "desk/board.html", here="board", day=day, is_today=day == today(), before=day - timedelta(days=1),
        after=day + timedelta(days=1), at=now(), words=words, **_columns(day),
    )  # fmt: skip


@bp.get("/desk/board")
@desk_only
def fragment() -> Response:
    """The cards alone, for the page that asks again; 204 when nothing has changed since. A browser gets the page."""
    if not request.headers.get("HX-Request"):
        return board()
    day = asked_day()
    shown = _columns(day)
    if request.args.get("seen") == shown["seen"]:
        return make_response("", 204)
    return make_response(render_template("desk/_board.html", day=day, words=words, **shown))


@bp.get("/desk/visits/<int:visit_id>/engineer")
@desk_only
def give_out(visit_id: int) -> Response:
    """Who could have this visit: the engineers with what their day holds and where it clashes."""
    return _give_page(visit_id)


@bp.post("/desk/visits/<int:visit_id>/engineer")
@desk_only
def give_out_post(visit_id: int) -> Response:
    """Give the visit to the engineer of the button that was pressed."""
    person = current_person()
    try:
        visit = dispatching.give(person, visit_id, form.first(request.form, "engineer"), now())
    except errors.Invalid as fault:
        return _give_page(visit_id, 422, sentences(dict(fault.fields)))
    except errors.Ended:
        return _give_page(
            visit_id, 409, {"main": _("This visit is over or went on elsewhere. Nothing was changed.")}
        )
    flash(_("%(time)s is given to %(name)s.", time=clock(visit.slot_start), name=visit.engineer.name), "done")
    return go(f"/desk?day={visit.day.isoformat()}")


def _give_page(visit_id: int, status: int = 200, wrong: dict[str, str] | None = None) -> Response:
    person = current_person()
    visit = dispatching.visit_of(person, visit_id)
    return desk_page(
        "desk/give_out.html", status, here="board", visit=visit, around=visit.around, errors=wrong or {},
        choices=dispatching.choices(person, visit), appliance=words.appliance(visit.around["appliance"]["kind"]),
        begun=visit.state not in ("scheduled", "accepted") and visit.engineer_id is not None, minutes=words.minutes,
    )  # fmt: skip


def _columns(day: date) -> dict[str, Any]:
    """The cards of the day by column, those in trouble in front, and a stamp that changes with any of them."""
    person, moment = current_person(), now()
    norm = publishing.norm_of(person.outlet, day)
    found = dispatching.cards(person, day, moment, norm.settings.get("first_call_min"))
    cards = [_shown(card, norm) for card in found]
    columns: dict[str, list[Shown]] = {name: [] for name in board_rule.COLUMNS}
    trouble = []
    for column, card in cards:
        if card.kind == "trouble" and column != "to_give_out":
            trouble.append(card)
        else:
            columns[column].append(card)
    phones = overseeing.phones_of(person, moment)
    seen = hashlib.sha256(repr((day, language(), cards, phones)).encode()).hexdigest()[:16]
    titled = [(name, str(words.COLUMNS[name]), found) for name, found in columns.items()]
    return {"columns": titled, "trouble": trouble, "seen": seen, "total": len(cards), "phones": phones}


def _shown(card: board_rule.Card, norm: Protocol) -> tuple[str, Shown]:
    row = card.row
    kind = card.badge.kind if card.badge else ""
    symptom = row["symptom"] or ", ".join(_symptoms(norm, row["symptom_codes"]))
    return card.column, Shown(
        id=row["id"], href=f"/desk/work-orders/{row['work_order']}#visit-{row['id']}", time=clock(row["slot_start"]),
        customer=row["customer"], text=" · ".join(filter(None, (words.appliance(row["appliance"]), symptom))),
        engineer=row["engineer"] or "", kind=kind, badge=_badge(card.badge, row), place=str(words.COLUMNS[card.column]),
        give=card.column == "to_give_out" or (row["state"] == "transferred" and kind == "trouble"),
        mark=_("Arrival not proven") if row["clock"] == "unproven" else "",
    )  # fmt: skip


def _symptoms(norm: Protocol, codes: list[str]) -> list[str]:
    return [
        str(norm.word(language(), "code", dispatching.SYMPTOMS, code, default=code)) for code in codes or ()
    ]


def _badge(badge: board_rule.Badge | None, row: board_rule.Row) -> str:
    if badge is None:
        return ""
    length = words.minutes(badge.minutes)
    timed = {
        "late": lambda: _("Late %(length)s", length=length),
        "not_taken": lambda: _("Nobody took it for %(length)s", length=length),
        "not_accepted": lambda: _("Not accepted for %(length)s", length=length),
        "paused": lambda: _("Paused %(length)s", length=length),
        "paused_long": lambda: _("Paused %(length)s", length=length),
        "answer_late": lambda: _("Waits %(length)s too long", length=length),
        "since": lambda: _("Since %(time)s", time=clock(row["arrived_at"])),
    }
    if badge.code in timed:
        return timed[badge.code]()
    found = words.PLAIN_BADGES if badge.kind == "plain" and badge.code in words.PLAIN_BADGES else words.BADGES
    return str(found.get(badge.code, badge.code))
