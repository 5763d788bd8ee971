"""Every effect that a remedy may have, on a stored visit: what becomes of the visit, who is asked, what is planned.

Who is asked by when is test_following_up's; here each effect is met once where a norm uses it, and its row is read back.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app import errors
from app.domain import effect, protocol
from app.models.tasks import FollowUp, Task
from app.models.visits import Visit
from app.services import visiting
from app.services.rehearsing import Rehearsal
from tests import builders
from tests.builders import Cast

NOW = datetime.now(UTC)
CASES: dict[str, tuple[str, str, str, dict[str, Any], dict[str, Any]]] = {
    "back": ("kit", "dirty", "cleaned", {}, {"next_step": "kit", "state": "accepted"}),
    "done": ("test", "dangerous", "not_powered", {"what": ["burnt"], "told": "on"},
             {"next_step": "teach", "outcome": "not_repaired"}),
    "skip": ("call", "no_answer", "go_anyway", {}, {"next_step": "kit"}),
    "goto": ("test", "still_fails", "again", {"what": "Drips"}, {"next_step": "diagnose"}),
    "rebook": ("analyse", "no_time", "rebook", {"rebook_reason": "clash", "consent": "on"}, {"state": "rebooked"}),
    "pause": ("repair", "meal", "come_back", {}, {"state": "paused"}),
    "transfer": ("analyse", "no_time", "give_on", {}, {"state": "transferred"}),
    "no_access": ("knock", "nobody_home", "leave", {"left_out": "no_time"}, {"state": "no_access"}),
    "advised": ("call", "advised", "helped", {"advice": "Close the tap"}, {"state": "finished", "outcome": "advised"}),
    "ask_centre": ("diagnose", "use_error", "disputes", {}, {"next_step": "diagnose"}),
    "ask_centre_lead": ("fees", "asks_less", "lead", {"wish": "Half"}, {"next_step": "fees"}),
    "claim": ("repair", "compensation", "centre", {"claim": "The floor is scratched", "amount": "120"},
              {"next_step": "repair"}),
    "tell_centre": ("confidence", "no_calls", "noted", {}, {"next_step": "confidence"}),
    "tell_desk": ("kit", "item_missing", "ask_desk", {"item": "Mat"}, {"next_step": "kit"}),
    "ask_technical": ("diagnose", "not_found", "ask", {"checked": "Pump"}, {"next_step": "diagnose"}),
    "manager_visit": ("listen", "angry", "manager", {}, {"next_step": "listen"}),
    "follow_up": ("teach", "other_user", "call_later", {}, {"next_step": "teach"}),
    "mode": ("take_back", "refuses", "not_repaired", {}, {"outcome": "not_repaired", "next_step": "test"}),
    "outcome": ("listen", "wants_refund", "entitled", {"wish": "refund", "why": "Third time"},
                {"outcome": "refund_or_exchange"}),
    "danger": ("diagnose", "dangerous", "not_powered", {"what": ["wet"], "told": "on"},
               {"outcome": "not_repaired", "next_step": "teach"}),
    "safe": ("test", "dangerous", "made_safe", {"what": ["wet"], "told": "on"}, {"next_step": "repair"}),
    "damage": ("clean", "damage", "agreed", {"item": "Tile"}, {"next_step": "clean"}),
    "safety": ("listen", "not_safe", "stay", {}, {"next_step": "listen"}),
    "stop": ("accept", "called_off", "end", {"reason": "works_again"}, {"state": "could_not_finish"}),
}  # fmt: skip


@pytest.fixture
def played(cast: Cast) -> Rehearsal:
    visit = builders.visit(cast.mei, now=NOW)
    return Rehearsal(cast.mei, visit.id, NOW)


def meet(played: Rehearsal, name: str) -> None:
    """Walk to where a norm has this effect, and take that way on."""
    step, problem, remedy, fields, _ = CASES[name]
    if step == "take_back":
        played.answers["repair"] = {"mode": "take_back", "measures": []}
    if step == "fees":
        played.until("diagnose")
        played.quote([("labour_small", 1)])
    played.until(step)
    soon = (played.clock + timedelta(hours=2)).isoformat()
    asked = {"slot": soon, "back_at": soon, "answer_by": soon[:10]}
    played.act(step, "problem", {**asked, **fields, "problem": problem, "remedy": remedy})


def test_every_effect_has_its_case() -> None:
    assert CASES.keys() == effect.EFFECTS.keys()
    norm = protocol.load("maker-2026-11")
    for name, (step, problem, remedy, _, _) in CASES.items():
        found = norm.index[step].problem(problem)
        way = found.remedy(remedy) if found else None
        assert way and name in {one.partition(":")[0] for one in way.effects}, name


@pytest.mark.parametrize("name", CASES)
def test_what_becomes_of_the_visit(played: Rehearsal, name: str) -> None:
    meet(played, name)
    row = Visit.get_by_id(played.visit_id)
    for column, value in CASES[name][4].items():
        assert getattr(row, column) == value, column
    assert played.opened.records[-1].body["remedy"] == CASES[name][2]
    assert visiting.rebuild(played.visit_id) is False, "the row is what its records say"


def test_another_time_is_planned_with_the_customers_consent(played: Rehearsal) -> None:
    played.until("analyse")
    without = {"problem": "no_time", "remedy": "rebook", "rebook_reason": "clash"}
    slot = (played.clock + timedelta(days=1)).replace(microsecond=0)
    with pytest.raises(errors.Invalid) as raised:
        played.act("analyse", "problem", {**without, "slot": slot.isoformat()})
    assert raised.value.details["fields"] == {"consent": "required"}
    played.act("analyse", "problem", {**without, "slot": slot.isoformat(), "consent": "on"})
    (following,) = Visit.select().where(Visit.follows == played.visit_id)
    assert following.slot_start == slot and following.state == "scheduled"


def test_a_pause_shuts_the_visit_until_it_goes_on(played: Rehearsal) -> None:
    meet(played, "pause")
    with pytest.raises(errors.NotOpen):
        played.act("repair", "done", {"mode": "on_site", "measures": ["cleaned"]})
    played.act("repair", "resumed")
    played.until(None)
    assert Visit.get_by_id(played.visit_id).state == "finished"


def test_what_went_back_to_be_found_again_is_tested_again(played: Rehearsal) -> None:
    meet(played, "goto")
    assert {step for step, state in played.opened.walk.steps.items() if state.reopened} >= {
        "diagnose",
        "repair",
    }
    played.until(None)
    assert played.opened.walk.steps["test"].values["result"] == "works"


def test_what_is_dangerous_is_signed_as_that_and_never_as_working(played: Rehearsal) -> None:
    meet(played, "danger")
    with pytest.raises(errors.Invalid) as raised:
        played.act("test", "done", {"result": "works"})
    assert raised.value.details["fields"] == {"result": "make_safe_first"}
    played.until(None)
    signed = next(record for record in played.opened.records if record.act == "signed")
    assert signed.body["content"]["visit"]["danger"] and signed.body["content"]["sentences"]["danger"]


def test_what_was_made_safe_can_be_shown_running(played: Rehearsal) -> None:
    meet(played, "safe")
    played.until(None)
    walk = played.opened.walk
    assert not walk.danger and (walk.outcome, walk.state) == ("repaired", "finished")


def test_a_refund_is_an_outcome_that_the_slip_names(played: Rehearsal) -> None:
    meet(played, "outcome")
    assert played.opened.walk.mode == "not_repaired"
    played.until(None)
    signed = next(record for record in played.opened.records if record.act == "signed")
    assert signed.body["content"]["visit"]["outcome"] == "refund_or_exchange"


def test_who_left_nobody_home_says_what_was_not_tried(played: Rehearsal) -> None:
    played.until("knock")
    with pytest.raises(errors.Invalid) as raised:
        played.act("knock", "problem", {"problem": "nobody_home", "remedy": "leave"})
    assert raised.value.details["fields"] == {"left_out": "not_all_was_tried"}


def test_a_call_is_promised_once_however_many_remedies_promise_one(played: Rehearsal) -> None:
    meet(played, "follow_up")
    played.until(None)
    assert FollowUp.select().where(FollowUp.visit == played.visit_id).count() == 1


def test_given_to_somebody_else_the_desk_has_to_find_one(played: Rehearsal) -> None:
    meet(played, "transfer")
    (task,) = Task.select().where(Task.visit == played.visit_id, Task.kind == "reassign")
    assert task.owner_role == "dispatcher"
    with pytest.raises(errors.Ended):
        played.act("call", "attempt", {"channel": "phone", "result": "answered"})
