"""Following up: what a saved act sets going, exactly once: questions, calls, the next visit, a lent unit."""

import uuid
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from app.domain import effect
from app.models.stock import Loaner
from app.models.tasks import FollowUp, Task
from app.models.visits import Visit
from app.services import visiting
from app.services.rehearsing import Rehearsal
from app.services.visiting import Submission
from tests import builders
from tests.builders import NOW

SHA = "sha256:" + "a" * 64


@pytest.fixture
def visit(cast):
    return builders.visit(cast.mei)


@pytest.fixture
def play(cast, visit):
    return Rehearsal(cast.mei, visit.id, NOW)


def problem_with(play: Rehearsal, name: str) -> tuple[str, dict[str, object]]:
    """A step of the norm that has a remedy with this effect, and what to enter for it."""
    for step in play.opened.protocol.steps:
        for problem in step.problems:
            for remedy in problem.remedies:
                if name in remedy.effects:
                    return step.id, filled(problem, remedy)
    raise AssertionError(f"the norm has no remedy with {name}")


def filled(problem, remedy) -> dict[str, object]:
    """An entry that is good for whatever this problem and its remedy ask."""
    entered: dict[str, object] = {
        "problem": problem.id, "remedy": remedy.id, "slot": "2026-11-25T09:00:00+08:00", "rebook_reason": "customer_wish",
        "consent": "on", "back_at": "2026-11-23T13:00:00+08:00", "left_out": "no_time", "answer_by": "2026-11-25",
    }  # fmt: skip
    samples = {"tick": "on", "number": "1", "money": "1", "date": "2026-11-25", "datetime": "2026-11-23T08:00:00+08:00",
               "tel": "057155500153", "photo": SHA, "photos": SHA}  # fmt: skip
    for one in (*problem.fields, *remedy.fields):
        entered[one.id] = one.options[0] if one.options else samples.get(one.type, "words")
    return entered


HOME = ZoneInfo("Asia/Shanghai")
TASKS = [name for name, one in effect.EFFECTS.items() if one.task]


@pytest.mark.parametrize("name", TASKS)
def test_an_effect_that_asks_somebody_makes_one_task_for_its_owner_in_time(cast, visit, play, name):
    step, entered = problem_with(play, name)
    play.act(step, "problem", entered)
    wanted = effect.EFFECTS[name]
    (task,) = Task.select().where((Task.visit == visit.id) & (Task.kind == wanted.task))
    assert (task.owner_role, task.urgent, task.step) == (wanted.owner, wanted.urgent, step)
    assert task.outlet_id == cast.home.id and task.answered_at is None
    if "answer_by" in wanted.asks:  # the customer was told a day
        assert task.due_at.astimezone(HOME).isoformat() == "2026-11-25T23:59:00+08:00"
    else:
        assert task.due_at - task.created_at == timedelta(minutes=wanted.due_minutes)
    assert task.record_key == play.opened.records[-1].key and task.problem == entered["problem"]
    assert task.data["remedy"] == entered["remedy"]


def test_safety_is_urgent_within_a_minute_and_the_visit_can_be_left(cast, visit, play):
    play.act("listen", "problem", {"problem": "not_safe", "remedy": "leave", "what": "dog"})
    (task,) = Task.select()
    assert (
        task.urgent
        and task.owner_role == "dispatcher"
        and task.due_at == task.created_at + timedelta(minutes=1)
    )
    assert Visit.get_by_id(visit.id).state == "could_not_finish"


def test_a_repeated_entry_sets_nothing_going_again(cast, visit):
    submission = Submission(
        visit=visit.id, step="listen", act="problem", key=str(uuid.uuid4()), at=NOW,
        fields={"problem": "not_safe", "remedy": "stay"},
    )  # fmt: skip
    for _ in range(3):
        visiting.submit(cast.mei, submission, NOW)
    assert Task.select().count() == 1


def test_a_remedy_that_only_leads_back_asks_nobody(play):
    problem = next(
        (step.id, problem, remedy) for step in play.opened.protocol.steps for problem in step.problems
        for remedy in problem.remedies if remedy.effects == ("back",)
    )  # fmt: skip
    play.act(problem[0], "problem", filled(problem[1], problem[2]))
    assert Task.select().count() == FollowUp.select().count() == 0 and Visit.select().count() == 1


# Calls to make


def test_advice_by_telephone_is_followed_up_within_two_hours(visit, play):
    step, entered = problem_with(play, "advised")
    play.act(step, "problem", entered)
    (call,) = FollowUp.select()
    assert (call.kind, call.performer, call.visit_id) == ("advised", "engineer", visit.id)
    assert call.due_at == play.clock + timedelta(
        minutes=play.opened.protocol.settings["follow_up_advised_min"]
    )
    assert Visit.get_by_id(visit.id).outcome == "advised"


def test_a_call_that_a_remedy_promises_is_due_when_it_says(play):
    step, name, problem, remedy = next(
        (step.id, name, problem, remedy) for step in play.opened.protocol.steps for problem in step.problems
        for remedy in problem.remedies for name in remedy.effects if name.startswith("follow_up:")
    )  # fmt: skip
    play.act(step, "problem", filled(problem, remedy))
    (call,) = FollowUp.select()
    assert call.kind == "callback" and call.due_at == play.clock + timedelta(
        minutes=int(name.partition(":")[2])
    )


@pytest.mark.parametrize(
    ("answers", "kind", "performer", "minutes"),
    [
        ({}, "central", "centre", 24 * 60),
        ({"confidence": {"sure": "no"}}, "unsure", "engineer", 180),
        ({"test": {"result": "not_tested", "reason": "no_time"}}, "untested", "engineer", 120),
        (
            {"test": {"result": "not_tested", "reason": "no_time"}, "confidence": {"sure": "no"}},
            "untested",
            "engineer",
            120,
        ),
    ],
)
def test_after_a_visit_one_call_is_due_counted_from_when_the_engineer_left(
    cast, visit, answers, kind, performer, minutes
):
    play = Rehearsal(cast.mei, visit.id, NOW, answers)
    play.until("hand_in")
    (call,) = FollowUp.select()
    left = play.opened.walk.steps["farewell"].at
    assert (call.kind, call.performer) == (kind, performer) and call.due_at == left + timedelta(
        minutes=minutes
    )


def test_a_visit_that_is_finished_a_second_time_is_called_about_once(cast, visit, play):
    play.until("diagnose")
    play.quote([("callout", 1)])
    play.until("hand_in")
    play.answers["rating"] = {}
    task = Task.create(outlet=cast.home, visit=visit.id, kind="ruling", step="fees", owner_role="centre",
                       created_at=NOW, due_at=NOW)  # fmt: skip
    visiting.rule(cast.wu, task, "waive", None, "", NOW)
    play.opened = visiting.opened(cast.mei, visit.id, NOW)
    play.until("hand_in")
    assert Visit.get_by_id(visit.id).state == "finished" and FollowUp.select().count() == 1


# The next visit


def test_another_time_plans_the_next_visit_of_the_same_job(cast, visit, play):
    step, entered = problem_with(play, "rebook")
    play.act(step, "problem", entered)
    following = Visit.get(Visit.follows == visit.id)
    assert following.work_order_id == visit.work_order_id and following.engineer_id == cast.mei.id
    assert following.slot_start == datetime(2026, 11, 25, 1, 0, tzinfo=UTC) and following.day == date(
        2026, 11, 25
    )
    assert following.slot_end - following.slot_start == visit.slot_end - visit.slot_start
    assert following.reference != visit.reference and following.customer_token != visit.customer_token
    assert (following.state, following.next_step) == ("scheduled", "accept")
    assert Visit.get_by_id(visit.id).state == "rebooked"
    assert not visiting.rebuild(following.id)


def test_the_day_of_the_next_visit_is_the_outlets_own(cast, visit, play):
    step, entered = problem_with(play, "rebook")
    play.act(step, "problem", {**entered, "slot": "2026-11-24T22:30:00+00:00"})
    assert Visit.get(Visit.follows == visit.id).day == date(2026, 11, 25)


def test_no_access_has_the_desk_call_the_customer(cast, visit, play):
    step, entered = problem_with(play, "no_access")
    play.act(step, "problem", entered)
    (task,) = Task.select().where(Task.kind == "callback")
    assert task.owner_role == "dispatcher" and Visit.get_by_id(visit.id).state == "no_access"


def test_a_visit_given_back_waits_for_the_dispatcher(cast, visit, play):
    step, entered = problem_with(play, "transfer")
    play.act(step, "problem", entered)
    (task,) = Task.select().where(Task.kind == "reassign")
    assert task.due_at == task.created_at + timedelta(minutes=30)
    assert Visit.get_by_id(visit.id).state == "transferred"


# Other acts that somebody else must hear of


def test_the_rung_centre_tells_the_centre(play):
    play.act("knock", "ladder", {"rung": "telephone", "result": "no_answer"})
    assert Task.select().count() == 0
    play.act("knock", "ladder", {"rung": "centre", "result": "told"})
    (task,) = Task.select()
    assert (task.kind, task.owner_role) == ("notice", "centre")


@pytest.mark.parametrize(("accepted", "tasks"), [("accepted", 0), ("not_yet", 0), ("not_accepted", 1)])
def test_an_apology_that_is_not_accepted_asks_the_manager_to_come(visit, play, accepted, tasks):
    play.clock = visit.slot_start + timedelta(minutes=40)
    play.act("arrive", "done", {"late_cause": "traffic", "apologised": "on", "accepted": accepted})
    assert [task.kind for task in Task.select()] == ["manager_visit"] * tasks


def test_an_invoice_is_asked_of_the_desk(play):
    play.answers["pay"] = {"method": "cash", "invoice": "on", "invoice_title": "Lang Ltd"}
    play.until("diagnose")
    play.quote([("callout", 1)])
    play.until("sign")
    (task,) = Task.select().where(Task.kind == "invoice")
    assert task.owner_role == "dispatcher" and task.data["invoice_title"] == "Lang Ltd"


# Loaners


@pytest.fixture
def units(cast):
    """Two free loaners."""
    return [
        Loaner.create(outlet=cast.home, kind="refrigerator", brand="A", model="M", serial=f"L{number}")
        for number in (1, 2)
    ]


def taking_back(play: Rehearsal, unit: Loaner | None, **more) -> Rehearsal:
    """The product goes to the workshop; the IOU names this unit."""
    play.answers["repair"] = {"mode": "take_back"}
    play.answers["take_back"] = {"condition": "ok", "loaner": str(unit.id) if unit else "none", "loaner_condition": "clean",
                                 "promised_on": "2026-11-27", **more}  # fmt: skip
    play.until("take_back")
    return play


def test_a_loaner_is_lent_when_the_iou_is_signed_and_not_before(visit, play, units):
    taking_back(play, units[0])
    play.act("take_back", "done", play._fields(play.opened.protocol.step("take_back")))
    assert Loaner.get_by_id(units[0].id).out_visit_id is None
    play.sign(step_id="take_back")
    lent = Loaner.get_by_id(units[0].id)
    assert lent.out_visit_id == visit.id and lent.due == date(2026, 11, 27) and lent.out_at is not None
    assert Loaner.get_by_id(units[1].id).out_visit_id is None


def test_without_a_loaner_nothing_is_lent(play, units):
    taking_back(play, None).until("teach")
    assert Loaner.select().where(Loaner.out_visit.is_null(False)).count() == 0


def test_another_unit_instead_of_the_first_leaves_only_that_one_lent(visit, play, units):
    taking_back(play, units[0]).until("teach")
    again = {**play._fields(play.opened.protocol.step("take_back")), "loaner": str(units[1].id)}
    play.act("take_back", "done", again)
    assert play.opened.walk.iou_signature.void
    play.sign(step_id="take_back")
    assert Loaner.get_by_id(units[0].id).out_visit_id is None
    assert Loaner.get_by_id(units[1].id).out_visit_id == visit.id


def test_one_unit_is_not_lent_to_two_customers(cast, play, units):
    """Both engineers chose it while it was free; the second one hears of it before the customer signs."""
    other = Rehearsal(cast.li, builders.visit(cast.li).id, NOW)
    for one in (play, other):
        taking_back(one, units[0])
        one.act("take_back", "done", one._fields(one.opened.protocol.step("take_back")))
    play.sign(step_id="take_back")
    with pytest.raises(visiting.errors.Invalid) as raised:
        other.act("take_back", "handed_over")
    assert raised.value.fields == {"loaner": "lent_elsewhere"}
    assert Loaner.get_by_id(units[0].id).out_visit_id == play.visit_id
