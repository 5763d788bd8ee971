"""Story: out of warranty; the certificate shows a lower price; the customer agrees on the phone before the work begins."""

import pytest

from tests.builders import PASSWORD
from tests.stories import papers, usual
from tests.stories.conftest import sealed, today

pytestmark = pytest.mark.browser


def test_a_refrigerator_is_charged_at_the_lower_of_two_prices(booked, walker, mei):
    visit = booked(symptom="Warm since Friday, ice melted", symptom_codes=["no_cooling"])
    w = walker("2-charged", mei)
    w.go("/").at("One visit left")
    w.page.get_by_role("link", name="Warm since Friday").tap()
    usual.prepare(w)
    usual.travel(w)
    usual.to_the_door(w)
    usual.enter(w)
    usual.listen(w, "Warm since Friday, the ice has melted.")
    usual.add_line(w, "Call-out and inspection")
    usual.add_line(w, "Thermostat", certificate="60")
    usual.add_line(w, "Labour, simple repair")
    usual.find(w, "Does not cool", "Thermostat failed", "Invoice seen")
    w.at("Show the price, then ask").tap("Hand the phone over")

    w.at("Please check the price")
    text = w.text()
    assert "List ¥75.00" in text and "certificate ¥60.00" in text and "lower" in text, text
    assert "¥150.00" in text and "Nothing is added to it without asking me first" in text
    w.open("Whole price list").shot("price-list")
    w.tap("I agree").at("Please give the phone back")
    assert "¥150.00" in w.text()
    w.give_back(PASSWORD)

    w.at("Repair by the documents").choose("The old part", "It stays with the customer")
    w.pick("Why it stays", "Customer keeps it").save("Part fitted")
    w.choose("What happens with it?", "Repaired here").open("What was done").tick("Part replaced").tap(
        "Repair finished"
    )
    usual.test_run(w)
    usual.hand_over(w)
    w.at("Take payment, give a receipt").choose("How is it paid?", "Cash").tap("Payment settled")
    usual.give_phone(w, shots=True)
    usual.sign(w)
    usual.close(w)

    slip = papers.fetch(w, visit, "slip", copy="3").holds(
        "Sarah Whitfield", "Out of warranty", "Does not cool", "Thermostat failed", "Thermostat",
        "lower of list 75.00 and certificate 60.00",
        "¥150.00", "Customer keeps it", "Customer's copy", "¥150.00 before the work",
    ).in_order("Original fault", "3 months")  # fmt: skip
    assert slip.squares == [f"{visit.reference}|15000 CNY|{today(visit)}|{sealed(visit)['digest']}"]
    papers.fetch(w, visit, "receipt").holds("Sarah Whitfield", "¥150.00", "Cash", visit.reference)
