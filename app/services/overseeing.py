"""Overseeing: what the desk sees of the engineers' phones: refused entries, clocks in doubt, visits gone silent."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from app.domain import clock
from app.models import phones
from app.models.inbox import InboxEntry
from app.models.people import Person

SILENT_AFTER = timedelta(hours=24)
CLOCKS_SINCE = timedelta(hours=24)

Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Phones:
    """`stuck`: per phone and visit, entries refused and held; `clocks`: phones that go wrong; `silent`: visits."""

    stuck: Rows
    clocks: Rows
    silent: Rows

    def __bool__(self) -> bool:
        return bool(self.stuck or self.clocks or self.silent)


def phones_of(person: Person, now: datetime) -> Phones:
    """What needs a look at the outlet's phones."""
    outlet = person.outlet_id
    return Phones(
        phones.stuck_of(outlet),
        phones.clocks_of(outlet, now - CLOCKS_SINCE, clock.TRUSTED_SKEW_S),
        phones.silent_of(outlet, now - SILENT_AFTER),
    )


def entries_of(visit_id: int) -> list[tuple[InboxEntry, dict[str, Any]]]:
    """What of a visit has not taken effect, each with its reason: {state, reason, fields …}."""
    return [(one, reason_of(one)) for one in phones.entries_of(visit_id)]


def reason_of(one: InboxEntry) -> dict[str, Any]:
    """Why an entry stands where it stands, as a receipt would say it."""
    reason: dict[str, Any] = json.loads(one.reason) if one.reason else {}
    return {"state": one.state, **({"reason": reason.pop("code")} if reason else {}), **reason}
