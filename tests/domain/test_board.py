"""The board: which column, and the one badge that matters most."""

from datetime import UTC, date, datetime, timedelta

import pytest

from app.domain import board
from app.domain.vocabulary import VISIT_STATES

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)
ROW = {
    "state": "scheduled", "outcome": None, "day": TODAY, "slot_start": NOW + timedelta(hours=3), "travel_minutes": 20,
    "arrived_at": None, "signed": None, "engineer_id": 1, "urgency": "normal", "asked": 0, "urgent": False,
    "asked_due": None, "touched": None, "followed": False, "received": NOW,
}  # fmt: skip
AGO = lambda minutes: NOW - timedelta(minutes=minutes)  # noqa: E731


def card(**changes):
    return board.card({**ROW, **changes}, NOW, TODAY)


@pytest.mark.parametrize("state", VISIT_STATES)
def test_every_state_has_its_place(state):
    assert card(state=state, touched=NOW).column in board.COLUMNS


@pytest.mark.parametrize(
    ("changes", "column", "badge", "kind", "minutes"),
    [
        ({}, "to_do", None, None, 0),
        ({"engineer_id": None}, "to_give_out", None, None, 0),
        ({"engineer_id": None, "slot_start": NOW + timedelta(minutes=59)}, "to_give_out", "give_out_now", "trouble", 0),
        ({"urgency": "emergency"}, "to_do", "emergency", "waiting", 0),
        ({"slot_start": NOW + timedelta(minutes=29)}, "to_do", "leave_now", "waiting", 0),
        ({"slot_start": AGO(0)}, "to_do", "leave_now", "waiting", 0),
        ({"slot_start": AGO(1)}, "to_do", "late", "trouble", 1),
        ({"state": "travelling", "slot_start": AGO(12)}, "on_the_way", "late", "trouble", 12),
        ({"state": "at_door", "slot_start": AGO(12), "arrived_at": AGO(14)}, "on_the_way", "at_door", "now", 0),
        ({"day": date(2026, 11, 22), "slot_start": AGO(1500)}, "to_do", "not_done", "trouble", 0),
        ({"state": "in_service", "arrived_at": AGO(20)}, "in_the_home", "since", "now", 0),
        ({"state": "paused", "touched": AGO(45)}, "in_the_home", "paused", "waiting", 45),
        ({"state": "paused", "touched": AGO(46)}, "in_the_home", "paused_long", "trouble", 46),
        ({"state": "to_sign", "signed": "void"}, "to_sign", "signature_void", "trouble", 0),
        ({"state": "in_service", "asked": 1, "asked_due": NOW}, "in_the_home", "asked", "waiting", 0),
        ({"state": "in_service", "asked": 1, "asked_due": AGO(5)}, "in_the_home", "answer_late", "trouble", 5),
        ({"state": "to_sign", "asked": 1, "urgent": True, "asked_due": AGO(5)}, "to_sign", "safety", "trouble", 0),
        ({"state": "no_access"}, "done", "no_access", "trouble", 0),
        ({"state": "no_access", "followed": True}, "done", "no_access", "plain", 0),
        ({"state": "transferred", "followed": True}, "done", "transferred", "plain", 0),
        ({"state": "cancelled"}, "done", "cancelled", "plain", 0),
        ({"state": "finished", "outcome": "taken_back"}, "done", "outcome_taken_back", "done", 0),
    ],
)  # fmt: skip
def test_one_badge(changes, column, badge, kind, minutes):
    found = card(**changes)
    assert found.column == column
    got = (found.badge.code, found.badge.kind, found.badge.minutes) if found.badge else (None, None, 0)
    assert got == (badge, kind, minutes)


@pytest.mark.parametrize(
    ("changes", "accept_min", "badge", "kind"),
    [
        ({"engineer_id": None, "received": AGO(3)}, 3, "not_taken", "waiting"),
        ({"engineer_id": None, "received": AGO(4)}, 3, "not_taken", "trouble"),
        ({"engineer_id": None, "received": AGO(4)}, None, "not_taken", "waiting"),
        ({"received": AGO(4)}, 3, "not_accepted", "trouble"),
        ({"received": AGO(4)}, None, None, None),
        ({"received": AGO(4), "state": "accepted"}, 3, "accepted", "plain"),
        ({"engineer_id": None, "received": None}, 3, None, None),
    ],
)
def test_a_request_that_nobody_took_shows_its_age(changes, accept_min, badge, kind):
    found = board.card({**ROW, **changes}, NOW, TODAY, accept_min).badge
    assert (found.code, found.kind) == (badge, kind) if badge else found is None
    assert (
        found is None
        or not badge.startswith("not_")
        or NOW - changes["received"] == timedelta(minutes=found.minutes)
    )


def test_the_oldest_request_is_first_to_give_out():
    given = {"new": AGO(1), "old": AGO(90), "pressing": AGO(2)}
    found = [
        card(id=name, engineer_id=None, received=at, urgent=name == "pressing") for name, at in given.items()
    ]
    assert [one.row["id"] for one in sorted(found, key=board.in_turn)] == ["pressing", "old", "new"]
