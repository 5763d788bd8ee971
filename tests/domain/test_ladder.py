"""The ladder at a closed door: what was not tried before leaving needs its reason."""

from datetime import timedelta

import pytest

from app.domain.ladder import RUNGS
from tests.domain.walking import Walked

LEAVE = {"problem": "nobody_home", "remedy": "leave"}
RESULTS = {"telephone": "no_answer", "neighbour": "unknown", "centre": "told", "downstairs": "not_there"}


def at_the_door(rungs, minutes):
    visit = Walked().act("knock", "bout", {"way": "bell"})
    for rung in rungs:
        more = {"place": "door"} if rung == "note" else {}
        visit.act("knock", "ladder", {"rung": rung, "result": RESULTS.get(rung, "left"), **more}, minutes=0)
    visit.at += timedelta(minutes=minutes)
    return visit


@pytest.mark.parametrize(
    ("rungs", "minutes", "missing"),
    [
        (RUNGS, 5, []),
        (RUNGS, 4, ["wait"]),
        ((), 6, list(RUNGS)),
        (("telephone", "note"), 1, ["wait", "neighbour", "centre", "downstairs"]),
    ],
)
def test_leaving_says_what_was_not_tried_and_asks_why(rungs, minutes, missing):
    visit = at_the_door(rungs, minutes)
    body, faults = visit.read("knock", "problem", LEAVE)
    assert body.get("untried", []) == missing
    assert faults == ({"left_out": "not_all_was_tried"} if missing else {})
    assert visit.read("knock", "problem", {**LEAVE, "left_out": "no_time"})[1] == {}
