"""Stock: the loaners an outlet lends, and where each one is (I-LOAN-15)."""

import peewee

from app.models.database import Row, UtcDateTimeField
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
    due = peewee.DateField(null=True)


def free_of(outlet_id: int) -> list[Loaner]:
    """Loaners that can be lent now."""
    return list(Loaner.select().where((Loaner.outlet == outlet_id) & Loaner.out_visit.is_null()).order_by(Loaner.kind))
