"""Feedback: counted by week, engineer and norm; a rating that was not the customer's own is left out and said to be."""

from datetime import date

import pytest

from app.domain import feedback
from app.domain.feedback import Heard

GOOD = {"quality": "5", "satisfied": "yes"}
BAD = {"quality": "2", "satisfied": "no"}
HEARD = [
    Heard(
        date(2026, 11, 20), "Mei", "maker 2026-11", rating=GOOD, results=("fine",), surveys=({"clean": "no"},)
    ),
    Heard(date(2026, 11, 23), "Mei", "maker 2026-11", rating=BAD, results=("not_reached", "not_fine")),
    Heard(date(2026, 11, 23), "Li", "network 2026-11", rating=GOOD, decisions=("not_the_customer",)),
    Heard(date(2026, 11, 24), "Li", "network 2026-11", is_rework=True, decisions=("cleared", None)),
]


def test_all_together():
    found = feedback.counted(HEARD)
    assert (found.visits, found.rated, found.left_out) == (4, 2, 1)
    assert (found.satisfied, found.unsatisfied, found.mean_tenths) == (1, 1, 35)
    assert (found.called, found.fine, found.not_fine) == (2, 1, 1), (
        "who was not reached was not called with success"
    )
    assert (found.doubts, found.reworks) == (3, 1)
    assert (found.noes["clean"], found.answers["clean"], found.answers["works"]) == (1, 1, 0)


@pytest.mark.parametrize(
    ("by", "visits"),
    [
        ("week", {"2026-W47": 1, "2026-W48": 3}),
        ("engineer", {"Li": 2, "Mei": 2}),
        ("norm", {"maker 2026-11": 2, "network 2026-11": 2}),
    ],
)
def test_the_same_in_groups(by, visits):
    groups = feedback.grouped(HEARD, by)
    assert {name: count.visits for name, count in groups.items()} == visits
    assert sum(count.satisfied for count in groups.values()) == feedback.counted(HEARD).satisfied


def test_nothing_heard_has_no_mean_and_stars_round_half_up():
    assert feedback.counted([]).mean_tenths is None
    stars = [
        Heard(date(2026, 11, 23), "Mei", "x", rating={"quality": quality}) for quality in ("4", "4", "4", "5")
    ]
    assert feedback.counted(stars).mean_tenths == 43


def test_a_week_belongs_to_the_year_of_its_thursday():
    assert [feedback.week(date(2027, 1, 3)), feedback.week(date(2027, 1, 4))] == ["2026-W53", "2027-W01"]
