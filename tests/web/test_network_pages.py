"""Pages under the repair network's norm: the first call's clock, the term on the customer's price, what is left, rework."""

from datetime import timedelta
from typing import Any

import pytest

from app.services.rehearsing import Rehearsal
from app.web.pages import now
from tests import builders
from tests.builders import Cast

REPAIR = {"fault": "noise", "cause": "pump_worn", "basis": "invoice", "purchase_date": "2019-01-05"}


@pytest.fixture
def network(cast: Cast) -> Cast:
    """The cast's outlet works by the network's norm."""
    cast.home.protocol = "network-2026-11"
    cast.home.save()
    cast.mei.outlet.protocol = "network-2026-11"
    return cast


def played(cast: Cast, hours: int = 2, received: int = 0, **answers: Any) -> Rehearsal:
    """Mei's visit that began some hours ago; its request came so many minutes ago."""
    start = now() - timedelta(hours=hours)
    got = now() - timedelta(minutes=received)
    visit = builders.visit(cast.mei, now=start, day=start.date(), received_at=got)
    return Rehearsal(cast.mei, visit.id, start, {"diagnose": REPAIR, **answers})


def at_price(cast: Cast, **term: str) -> Rehearsal:
    play = played(cast, term=term)
    play.until("diagnose")
    play.quote([("drain_pump", 1)])
    play.until("consent")
    play.act("consent", "handed_over")
    return play


@pytest.mark.parametrize(
    ("term", "said"),
    [
        ({"term": "months_1"}, "Original fault only: 1 month"),
        ({"term": "months_2"}, "Original fault only: 2 months"),
        ({"term": "longer", "days": "180", "agreed": "on"}, "Original fault only: 180 days"),
    ],
)
def test_the_customers_price_says_the_agreed_term_behind_its_scope(network, mei, term, said):
    token = at_price(network, **term).opened.visit.customer_token
    page = mei.get(f"/c/{token}").text
    assert said in page and "3 months" not in page


def test_three_minutes_to_the_first_call_stand_on_the_step(network, mei):
    play = played(network, hours=0, received=1)
    play.until("call")
    page = mei.get(f"/visits/{play.visit_id}?at=call").text
    assert 'data-total="180"' in page and "to the first call" in page
    play.act("call", "attempt", {"channel": "phone", "result": "answered"})
    assert 'data-total="180"' not in mei.get(f"/visits/{play.visit_id}?at=call").text


def test_the_network_asks_for_no_gift(network, mei):
    play = played(network)
    play.until("leave")
    page = mei.get(f"/visits/{play.visit_id}?at=leave").text
    assert 'name="sticker"' in page and 'name="gift"' not in page


def test_the_shortest_term_by_law_stands_beside_the_choice(network, mei):
    play = played(network)
    play.until("term")
    assert "Shortest term by law, in months: 1" in mei.get(f"/visits/{play.visit_id}?at=term").text


def test_the_desk_names_the_repair_that_did_not_hold_and_the_engineer_reads_it(network, mei, app, sign_in):
    play = played(network, hours=30, term={"term": "months_2"})
    play.until(None)
    before = play.opened.visit
    desk = app.test_client()
    sign_in(desk, "ana")
    order = before.work_order
    page = desk.get(f"/desk/work-orders/new?customer={order.customer_id}").text
    assert f'value="{before.id}"' in page and before.reference in page
    tomorrow = (now() + timedelta(days=1)).date().isoformat()
    fields = {
        "customer": order.customer_id, "appliance": order.appliance_id, "symptom": "Noisy again", "kind": "repair",
        "urgency": "normal", "day": tomorrow, "from": "14:00", "to": "15:15", "engineer": network.mei.id,
        "rework_of": before.id,
    }  # fmt: skip
    assert desk.post("/desk/work-orders", data=fields).status_code == 303
    assert "Rework: answer at once" in desk.get("/desk/tasks").text
    further = type(before).select().order_by(type(before).id.desc()).get()
    assert f"Rework of {before.reference}" in mei.get(f"/visits/{further.id}").text
