"""Story: the builder's crew mends a leak where the certificate is lost, from the report to the signed slip."""

import pytest

from app.models.tasks import FollowUp
from app.models.visits import Visit
from tests.stories import papers, usual
from tests.stories.conftest import local_date, local_time, saved, sealed

pytestmark = pytest.mark.browser


def test_a_leak_is_mended_in_a_home_whose_certificate_is_lost(booked, walker, mei, place):
    place.protocol = "builder-2026-11"
    place.save()
    visit = booked(name="Zhou Min", symptom="Water stain on the bathroom ceiling", symptom_codes=["leak"])
    completed = local_date(place, days=-200)
    w = walker("8-builder", mei)
    w.go(f"/visits/{visit.id}")
    w.at("Take the owner's report").something_else("The manager has not inspected it").shot("not-inspected")
    w.choose("How does it go on?", "Inspected; responsibility written down")
    w.choose("Whose part is it?", "Our workmanship").type("Inspected by", "Mr He").tap("Save what happened")
    w.at("Take the owner's report", False).tap("Report taken")
    w.at("Call the owner within 24 hours").save("Answered")
    for item in usual.ITEMS:
        w.choose(item, "Confirmed")
    w.tap("Time agreed")
    w.at("Think of cause and material").choose("Where can it be repaired?", "In the home")
    w.choose("Is the time enough?", "Time is enough").tap("I know what to bring")
    w.at("All tools into the box").tick(
        "All tools in the toolbox", "Badge card of everybody", "Material for this job",
        "Floor cover and shoe covers", "Safety belt", "Own cloths and rubbish bags",
    ).tap("All of it is packed")  # fmt: skip
    w.at("Leave in good time").tap("I am leaving now")
    w.at("Orderly through the estate").tap("We are at the house")
    w.at("Company uniform, whole and clean").tick("Uniform worn", "Badge card can be read").tap(
        "We can knock"
    )
    w.at("Three knocks, one ring").save("No bell: knocked")
    w.tap("Somebody opened")
    w.at("Greet, prove who you are").tick("I said who I am", "It is the customer", "I showed my permit")
    w.choose("Who lets me in?", "The customer").choose("Identity proved by", "Agreed time")
    w.tap("We are invited in")
    w.at("Shoes off or covered").choose("Shoe covers", "Without covers").pick(
        "Why without", "Shoes taken off"
    )
    w.tap("We are in")

    w.at("Ask for the warranty certificate").something_else("The certificate is not found").shot("no-paper")
    w.choose("How does it go on?", "Completion date found; it counts")
    w.here.get_by_label("Completion date", exact=True).fill(completed)
    w.tap("Save what happened")
    w.at("Ask for the warranty certificate", False)
    w.choose("Certificate", "Not found: completion date counts").type("Warranty starts on", completed)
    w.choose("On the day of the visit", "Still runs").tap("Warranty is clear")
    w.at("Cover and protect the floor").tick("Floor covered").tap("Floor is covered")
    w.at("Let the owner show it").type("In the customer’s words", "It drips since the rain.")
    w.tap("That is what the owner said")
    w.at("Name defect, cause and whose").pick("Fault", "Water leak").pick("Exact cause", "Workmanship")
    w.type("Bought on", completed).choose("What shows it?", "Invoice seen")
    w.choose("Whose part is it?", "Our workmanship").tap("Defect and cause named")
    w.at("Work with our own things").something_else("We need something of the house").shot("facility")
    w.choose("What for?", "Water").choose("How does it go on?", "Owner agrees").tap("Save what happened")
    w.at("Work with our own things", False).choose("What happens with it?", "Repaired here")
    w.open("What was done").tick("Sealed").choose("Material from", "Us").tap("The work is done")
    w.at("Try it with the owner").choose("Result", "It works").tick("Customer watched").tap("Result is noted")
    w.at("Everything as it was").tick(
        "Moved things back", "Debris and leftovers", "Floor clean", "Tools counted"
    ).tap("Restored and clean")
    w.at("Explain what to mind now").something_else("It must not be used yet")
    w.type("Not before", local_time(place, 1, visit.slot_start.time().replace(second=0, microsecond=0)))
    w.choose("How does it go on?", "Told; a call the next day").tap("Save what happened")
    w.at("Explain what to mind now", False).tick("Precautions for use", "Number for questions")
    w.tap("Owner knows what to mind")
    w.at("Charge as estimated").tap("Fees are right")
    w.at("Check, then the owner signs").tap("Hand the phone over")
    w.at("Please check and sign")
    assert "told what to mind in use" in w.text()
    usual.sign(w)
    w.at("Say goodbye, leave directly").tick("Said goodbye", "Left the estate directly").tap("We have left")
    w.at("Hand the slip in today").tick("Slip and supervision card").tap("All of it is in")
    w.page.get_by_text("This visit is done").wait_for()

    row = Visit.get_by_id(visit.id)
    assert (row.state, row.outcome, row.signed) == ("finished", "repaired", "drawn")
    content = sealed(visit)["content"]
    assert content["warranty"]["status"] == "in" and content["fee"]["total"] == 0
    assert content["sentences"]["scope"] == "Original fault"
    assert saved(visit, "enter")[-1].body["proof"] == "time"
    assert FollowUp.get(FollowUp.visit == visit.id).kind == "callback"
    papers.fetch(w, visit, "slip", copy="3").holds(
        "Zhou Min", "Water leak", "Workmanship", "Sealed", "Original fault"
    )
