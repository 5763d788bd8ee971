"""Story: advice by phone was enough. The visit ends; a call two hours later stands in both lists."""

from datetime import UTC, datetime, timedelta

import pytest

from app.models.tasks import FollowUp
from app.models.visits import Visit

pytestmark = pytest.mark.browser


def test_advice_by_phone_is_followed_up_two_hours_later(booked, walker, mei, ana, phone, sign_in_page):
    visit = booked(
        90,
        kind="range_hood",
        brand="Borea",
        model="RH-90",
        months=10,
        symptom="Display locked, does not react",
    )
    w = walker("7-advised", mei)
    w.go(f"/visits/{visit.id}").at("Check the job's data").tap("Data is right")
    w.at("Think it through first", False).choose("Where can it be repaired?", "In the home")
    w.choose("Is the time enough?", "Time is enough").tap("I have a plan")
    w.at("Call and confirm five things", False).save("Answered")
    w.something_else("Advice by phone may be enough").shot("advice")
    w.choose("How does it go on?", "It works now").tap("Save what happened").at("Please fix one thing")
    w.type("What did you advise?", "Press and hold the lock key for five seconds").tap("Save what happened")
    w.page.get_by_text("This visit is done").wait_for()
    w.shot("ended").sent()
    assert (Visit.get_by_id(visit.id).state, Visit.get_by_id(visit.id).outcome) == ("finished", "advised")
    call = FollowUp.get(FollowUp.visit == visit.id)
    assert abs(call.due_at - datetime.now(UTC) - timedelta(hours=2)) < timedelta(minutes=2)

    w.go("/").at("All visits are done")
    assert "Did the advice help?" in w.text() and "One call to make" in w.text()

    nearly = datetime.now(UTC) + timedelta(minutes=50)  # the desk's list looks an hour ahead
    FollowUp.update(due_at=nearly).where(FollowUp.id == call.id).execute()
    phone.clear_cookies()
    desk = walker("7-advised-desk", ana)
    desk.go("/desk/tasks").shot("tasks")
    assert "Sarah Whitfield" in desk.text() and "Calls to make · 1" in desk.text()
