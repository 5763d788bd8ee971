"""An engineer's day as cards: what is next, what is left, what is done, whom to call. No rules."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from app.domain import schedule
from app.domain.protocol import Protocol
from app.domain.vocabulary import ENDED_STATES
from app.models.people import Person
from app.web import visit_words
from app.web.i18n import _, clock

Row = dict[str, Any]
CALLS_AHEAD = timedelta(hours=4)  # promised calls are due two or three hours after a visit: they show at once


@dataclass(frozen=True)
class Card:
    """One visit of the day."""

    id: int
    version: int
    lead: str
    title: str
    text: str
    badge: tuple[str, str]
    action: str
    is_next: bool


@dataclass(frozen=True)
class Today:
    """The next visit and the others to come, those that are over, and the calls to make."""

    coming: list[Card]
    over: list[Card]
    calls: list[Row]
    way: Row | None  # to the next visit, while nobody is there: leave_by, late, call, customer, phone, time

    @property
    def next(self) -> Card | None:
        return next((card for card in self.coming if card.is_next), None)


def local_day(person: Person, moment: datetime) -> date:
    """Which day it is where this person works."""
    return moment.astimezone(ZoneInfo(person.outlet.timezone)).date()


def day_of(
    rows: Sequence[Row], due: Sequence[Row], norm: Protocol | None, language: str, moment: datetime
) -> Today:
    """The day's rows in the order of their slots; the first that is under way, else the first to come, is next."""
    waiting = [row for row in rows if row["state"] not in ENDED_STATES]
    begun = [row for row in waiting if row["state"] not in ("scheduled", "accepted", "paused")]
    ready = begun or [row for row in waiting if row["state"] != "paused"] or waiting
    chosen = ready[0] if ready else None
    cards = [_card(row, norm, language, row is chosen, moment) for row in rows]
    ended = {row["id"] for row in rows if row["state"] in ENDED_STATES}
    calls = [
        {
            "id": one["id"],
            "visit": one["visit"],
            "customer": one["customer"],
            "time": clock(one["due_at"]),
            "late": one["due_at"] < moment,
            "words": str(visit_words.FOLLOW_UPS.get(one["kind"], one["kind"])),
        }
        for one in due
    ]  # fmt: skip
    return Today(
        [card for card in cards if card.id not in ended], [card for card in cards if card.id in ended], calls,
        _way(chosen, moment) if chosen else None,
    )  # fmt: skip


def _way(row: Row, moment: datetime) -> Row | None:
    if row["state"] not in ("scheduled", "accepted", "travelling"):
        return None
    on_the_way = row["state"] == "travelling"
    found = schedule.outlook(row["slot_start"], moment, row["travel_minutes"] or 0, on_the_way=on_the_way)
    return {
        "leave_by": "" if on_the_way or found.call else clock(found.leave_by),
        "late": found.late, "call": found.call, "customer": row["customer"], "phone": row["phone"],
        "time": clock(row["slot_start"]),
    }  # fmt: skip


def _card(row: Row, norm: Protocol | None, language: str, is_next: bool, moment: datetime) -> Card:
    state = row["state"]
    words = str(visit_words.STATES.get(state, state))
    kind = visit_words.STATE_KINDS.get(state, "now")
    if is_next and state in ("scheduled", "accepted"):
        kind, words = "waiting", _("Next")
    late = int((moment - row["slot_start"]).total_seconds()) // 60
    if late > 0 and state in ("scheduled", "accepted"):
        kind, words = "trouble", _("%(n)s min late", n=late)
    step = row["next_step"] or (norm.steps[0].id if norm and state == "scheduled" else "")
    action = str(norm.word(language, "step", step, "title", default="")) if norm and step else ""
    return Card(
        id=row["id"], version=row["version"], lead=clock(row["slot_start"]), title=row["symptom"] or row["appliance"],
        text=" · ".join(filter(None, (row["customer"], row["address"]))), badge=(kind, words), action=action,
        is_next=is_next,
    )  # fmt: skip
