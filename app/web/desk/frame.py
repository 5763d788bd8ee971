"""What all pages of the desk share: who may enter, the rail, days and times as forms need them. No routes."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import request
from werkzeug.wrappers import Response

from app.domain import form
from app.domain.vocabulary import DESK_ROLES
from app.services import answering
from app.web.desk.words import fault_sentence, summary
from app.web.i18n import lazy_, lazy_pgettext
from app.web.pages import current_person, now, page, roles

desk_only = roles(*DESK_ROLES)
NO_LIMITS: Mapping[str, int] = {}


@dataclass(frozen=True)
class Place:
    """One entry of the rail."""

    key: str
    href: str
    label: Any
    icon: str
    role: str = ""  # only for these


RAIL = (
    Place("board", "/desk", lazy_pgettext("desk", "Board"), "clipboard-list"),
    Place("new", "/desk/work-orders/new", lazy_("New job"), "plus"),
    Place("tasks", "/desk/tasks", lazy_("To answer"), "bell"),
    Place("day", "/desk/day", lazy_pgettext("desk", "Day's end"), "calculator"),
    Place("workshop", "/desk/workshop", lazy_pgettext("desk", "Workshop"), "wrench"),
    Place("import", "/desk/work-orders/import", lazy_pgettext("desk", "Import"), "upload"),
    Place("people", "/desk/people", lazy_pgettext("desk", "People"), "users"),
    Place("norm", "/desk/norm", lazy_pgettext("desk", "Norm"), "list-checks", "manager"),
    Place("account", "/account", lazy_pgettext("desk", "My account"), "user"),
)


def desk_page(template: str, status: int = 200, *, here: str, **values: Any) -> Response:
    """A page of the desk with its rail; `here` is the key of the entry that it belongs to."""
    person = current_person()
    waiting, urgent = answering.count(person)
    rail = [
        {
            "href": place.href, "label": place.label, "icon": place.icon, "current": place.key == here,
            "count": waiting if place.key == "tasks" and waiting else 0,
        }
        for place in RAIL if place.role in ("", person.role)
    ]  # fmt: skip
    values = {"errors": [], "typed": {}, "key": str(uuid.uuid4()), **values}
    return page(
        template,
        status,
        rail=rail,
        summary=summary,
        person=person,
        outlet=person.outlet,
        urgent=urgent,
        **values,
    )


def typed() -> dict[str, str | list[str]]:
    """What the form sent, several values of one name as a list."""
    return {
        name: values if len(values) > 1 else values[0]
        for name, values in request.form.lists()
        if name != "csrf_token"
    }


def sentences(fields: dict[str, str], limits: Mapping[str, int] = NO_LIMITS) -> dict[str, str]:
    """What to do about each faulty field, by its name; `limits`: the most characters, where that is known."""
    return {field: fault_sentence(code, limits.get(field, 0)) for field, code in fields.items()}


def zone() -> ZoneInfo:
    """The outlet's time zone."""
    return ZoneInfo(current_person().outlet.timezone)


def today() -> date:
    """The outlet's present day."""
    return now().astimezone(zone()).date()


def asked_day() -> date:
    """The day in the address, today when there is none."""
    return form.day(request.args.get("day", "")) or today()


def slot_values(start: datetime, end: datetime) -> dict[str, str]:
    """A slot as the inputs of a form show it."""
    begins, ends = start.astimezone(zone()), end.astimezone(zone())
    return {"day": begins.date().isoformat(), "from": f"{begins:%H:%M}", "to": f"{ends:%H:%M}"}
