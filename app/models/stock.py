"""Stock: the loaners an outlet lends, and where each one is (I-LOAN-15)."""

from datetime import date, datetime
from typing import Any

import peewee

from app.models.database import HOLE, Asked, DayField, Row, UtcDateTimeField
from app.models.outlets import Outlet
from app.models.visits import Visit


class Loaner(Row):
    """A unit lent while a product is in the workshop; free while `out_visit` is empty."""

    outlet = peewee.ForeignKeyField(Outlet, backref="loaners")
    kind = peewee.CharField()
    brand = peewee.CharField()
    model = peewee.CharField()
    serial = peewee.CharField()
    condition = peewee.CharField(default="")
    out_visit = peewee.ForeignKeyField(Visit, null=True)
    out_at = UtcDateTimeField(null=True)
    due = DayField(null=True)


FOR_VISIT = Asked(
    Loaner.select(Loaner.id, Loaner.kind, Loaner.brand, Loaner.model, Loaner.serial, Loaner.condition)
    .where(Loaner.outlet == HOLE, Loaner.out_visit.is_null() | (Loaner.out_visit == HOLE))
    .order_by(Loaner.kind, Loaner.id)
)


def for_visit(outlet_id: int, visit_id: int) -> tuple[dict[str, Any], ...]:
    """Loaners that can be lent now, and the one that this visit lent already."""
    return tuple(FOR_VISIT.rows(outlet_id, visit_id))


def lend(loaner_id: int, visit_id: int, at: datetime, due: str | None) -> None:
    """The unit is with the customer from now on, if nobody else has it."""
    free = (Loaner.id == loaner_id) & Loaner.out_visit.is_null()
    Loaner.update(out_visit=visit_id, out_at=at, due=due).where(free).execute()


def take_back_of(outlet_id: int, day: date) -> None:
    """Whatever the outlet's visits up to that day lent is free again."""
    lenders = Visit.select(Visit.id).where((Visit.outlet == outlet_id) & (Visit.day <= day))
    Loaner.update(out_visit=None, out_at=None, due=None).where(Loaner.out_visit.in_(lenders)).execute()


def due_again(visit_id: int, due: date) -> None:
    """The unit that this visit lent is due on another day."""
    Loaner.update(due=due).where(Loaner.out_visit == visit_id).execute()


def take_in(visit_id: int, condition: str | None) -> None:
    """The unit that this visit lent is back and free; a `condition` takes the place of what was known of it."""
    back = {"out_visit": None, "out_at": None, "due": None} | ({"condition": condition} if condition else {})
    Loaner.update(**back).where(Loaner.out_visit == visit_id).execute()


def take_back(visit_id: int) -> None:
    """Whatever this visit lent is free again."""
    Loaner.update(out_visit=None, out_at=None, due=None).where(Loaner.out_visit == visit_id).execute()
