"""Story: twenty minutes late. The second tier, the true cause, an apology; then nothing is wrong with the appliance."""

import pytest

from app.models.tasks import Task
from tests.stories import papers, usual
from tests.stories.conftest import sealed

pytestmark = pytest.mark.browser


def test_an_engineer_twenty_minutes_late_says_why_and_apologises(booked, walker, mei, ana):
    visit = booked(
        -20, kind="dishwasher", brand="Kestrel", model="DW-14", months=36, symptom="Does not drain, error E24"
    )
    w = walker("5-late", mei)
    w.go(f"/visits/{visit.id}")
    usual.prepare(w)
    w.at("Leave in good time").something_else("I am leaving too late").shot("leaving-late")
    w.pick("True cause", "Earlier visit took longer").choose("How does it go on?", "Customer told, will wait")
    w.tap("Save what happened").at("Leave in good time").tap("I'm leaving now")
    w.at("Arrive 5–10 minutes early")
    assert "min late" in w.text() and "the manager comes" in w.text()
    w.tap("I'm here").at("Please fix", shot=False)
    assert "True cause: " in w.text() and "say why it could not be done" in w.text()
    w.shot("cause-missing")
    w.pick("True cause", "Earlier visit took longer").tick("Customer was told beforehand", "Apologised")
    w.choose("Customer’s answer", "Apology not accepted").tap("I'm here")
    usual.to_the_door(w)
    w.tap("Door opened")
    w.at("Greet, then show your permit", False).something_else("Late, 15 minutes or more")
    assert "minutes late. That is our fault" in w.text()
    w.shot("late-script").tick("Apologised").choose("How does it go on?", "Customer accepts the apology")
    w.tap("Save what happened")
    usual.greet(w)
    w.at("Covers on at the threshold", False).choose("Shoe covers", "Covers on").tap("I'm inside")
    usual.spread_mat(w)
    usual.listen(w, "It does not drain, E24.")
    usual.find(w, "Works normally", "No fault", "Customer's word")
    w.at("Repair by the documents").choose("What happens with it?", "No fault found").tap("Repair finished")
    usual.test_run(w)
    usual.hand_over(w)
    usual.give_phone(w, shots=True)
    usual.sign(w)
    usual.close(w)

    assert Task.select().where((Task.visit == visit.id) & (Task.kind == "manager_visit")).count() == 1
    arrived = sealed(visit, "done", "arrive")
    assert (arrived["tier"], arrived["late_cause"]) == (2, "earlier_visit_longer") and arrived[
        "minutes_late"
    ] >= 20
    slip = papers.fetch(w, visit, "slip", copy="3").holds(
        "No fault found", "Arrived", "¥0.00", "Works normally"
    )
    slip.holds("Original fault only · nothing was repaired, so no term begins")
