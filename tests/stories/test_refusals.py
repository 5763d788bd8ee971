"""Story: the customer wants no shoe covers and later does not sign. Both are their right; the visit closes all the same."""

import pytest

from app.models.visits import Visit
from app.services import publishing
from tests.builders import PASSWORD
from tests.stories import papers, usual
from tests.stories.conftest import sealed

pytestmark = pytest.mark.browser


def test_no_covers_and_no_signature(booked, walker, mei):
    visit = booked(
        name="孙丽华", language="zh_Hans", kind="water_heater", brand="Borea", model="WH-60E", months=8,
        symptom="不加热，跳闸", symptom_codes=["no_heating", "trips_breaker"],
    )  # fmt: skip
    w = walker("6-refusals", mei)
    w.go(f"/visits/{visit.id}")
    usual.prepare(w)
    usual.travel(w)
    usual.to_the_door(w)
    w.tap("Door opened")
    usual.greet(w)
    w.at("Covers on at the threshold").something_else("Customer says: no covers").shot("no-covers")
    w.choose("How does it go on?", "Customer's wish: none. Note it").tap("Save what happened")
    w.at("Covers on at the threshold", False).choose("Shoe covers", "Without covers").tap("I'm inside")
    w.at("Please fix one thing")
    w.pick("Why without", "Customer's wish").tap("I'm inside")
    usual.spread_mat(w)
    usual.listen(w, "插上就跳闸。")
    usual.find(w, "Trips the breaker", "Heater failed", "Warranty card seen")
    w.at("Repair by the documents", False).choose("What happens with it?", "Repaired here")
    w.open("What was done").tick("Part repaired").tap("Repair finished")
    usual.test_run(w)
    usual.hand_over(w)
    w.at("Review, then hand over").tap("Hand phone over")

    w.speak("zh_Hans").at("Please check and sign").tap("I do not sign")
    w.at("Close without signing").tap("Close without signing").at("Please fix one thing")
    w.choose("Your reason", "I want to ask somebody first").shot("reason")
    w.tap("Close without signing").at("How was it?").tap("Skip")
    w.at("Please give the phone back").give_back(PASSWORD)
    usual.close(w)

    assert (
        Visit.get_by_id(visit.id).signed == "declined"
        and sealed(visit, "done", "covers")["reason"] == "customer_wish"
    )
    reason = sealed(visit, "declined")["reason"]
    words = publishing.protocol_of(visit.protocol).word("zh_Hans", "code", "decline_reason", reason)
    papers.fetch(w, visit, "slip", copy="3").holds(
        "孙丽华", "③", words, "不加热，跳闸", "¥0.00", "原故障保修 3 个月"
    )
