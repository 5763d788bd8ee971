"""Story: repaired under warranty. Signs in with the password, chooses a PIN, and goes through every page by hand."""

import json

import pytest

from tests.builders import PASSWORD
from tests.stories import papers, usual
from tests.stories.conftest import sealed, today

pytestmark = pytest.mark.browser

PIN = "246810"


def test_a_washing_machine_is_repaired_under_warranty(booked, walker, mei):
    visit = booked(
        name="Chen Jing", kind="washing_machine", model="WM-100S", serial="QYX2603-00918827", months=8,
        symptom="Rattles when it spins, does not drain", symptom_codes=["no_drain", "noise"],
    )  # fmt: skip
    w = walker("1-warranty")
    w.go("/").at("Sign in").type("Your sign-in name", "mei").type("Password", PASSWORD).tap("Sign in")
    w.at("Choose a PIN").type("PIN", PIN)
    w.page.get_by_label("PIN again").fill(PIN)
    w.tap("Set this PIN")
    w.at("One visit left")
    w.page.get_by_role("link", name="Go on at").tap()
    usual.prepare(w, shots=True)
    usual.travel(w, shots=True)
    usual.to_the_door(w, shots=True)
    w.shot("ring")
    usual.enter(w, shots=True)
    usual.listen(w, "It rattles loudly since Friday, and the water stays in.", shots=True)
    w.at("Find the exact cause")
    usual.add_line(w, "Drain pump")
    usual.add_line(w, "Labour, medium repair")
    w.shot("quote")
    usual.find(w, "Does not drain", "Pump worn", "Warranty card seen")
    w.at("Repair by the documents")
    w.type("New serial number", "P-77120").choose("The old part", "I take it along").save("Part fitted")
    w.at("Repair by the documents", shot=False).choose("What happens with it?", "Repaired here")
    w.open("What was done").tick("Part replaced").shot("measures")
    w.tap("Repair finished")
    usual.test_run(w, shots=True)
    usual.hand_over(w, shots=True)
    usual.give_phone(w, shots=True)
    assert "¥0.00" in w.text()
    w.draw((40, 150, 180, 60), (120, 60, 280, 170)).shot("drawn")
    w.sign("I agree and sign")
    w.at("How was it?").tap("Skip")
    w.at("Please give the phone back").tap("To the engineer")
    w.at("Take the phone back").type("Your PIN", PIN).tap("Unlock this phone")
    usual.close(w, shots=True)
    w.shot("done")

    for_customer = papers.fetch(w, visit, "slip", copy="3")
    for_customer.holds(
        "Customer's copy", "Copy 3", "Chen Jing", "Lin Mei", "E-2041", visit.reference, "WM-100S", "QYX2603-00918827",
        "Does not drain", "Pump worn", "Part replaced", "Drain pump", "P-77120", "Labour, medium repair", "In warranty",
        "¥0.00", "It rattles loudly since Friday", "0571 5550 0199",
    ).in_order("Original fault", "3 months").lacks("Company's copy", "Gift", "Left")  # fmt: skip
    body = sealed(visit)
    assert for_customer.squares == [f"{visit.reference}|0 CNY|{today(visit)}|{body['digest']}"]
    for_customer.holds(body["code"])
    assert json.loads(for_customer.attached["slip.json"])["ref"] == visit.reference
    every = papers.fetch(w, visit, "slip")
    every.holds(
        "Company's copy", "Outlet's copy", "Customer's copy", "Copy 1", "Copy 2", "Copy 3", "Gift", "Left"
    )
    assert every.pages == 3
    assert papers.fetch(w, visit, "slip", sheet="a4").pages == 1
    w.tap("Papers").at("Papers of this visit")
