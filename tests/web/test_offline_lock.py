"""While a customer holds the phone the worker shows that customer's pages and nothing else, whatever is tried."""

from typing import Any

import pytest

from app.models.sessions import Session
from app.models.visits import Visit
from tests.web.phones import READ, Line, Phone, until

pytestmark = pytest.mark.browser

# As handing over does it (hand_over.js), at any step.
SHUT = """async (visit) => { const json = async (place) => (await fetch(place)).json();
 const data = await json(`/visits/${visit}/data`);
 const [rules, prices] = [await json(`/protocols/${data.protocol}/rules`), await json(`/prices/${data.prices}`)];
 await doorstep.store.set('customer', { visit, data, rules, prices });
 await doorstep.store.set('lock', { token: data.token, visit, step: 'sign', key: 'x', person: data.person,
 lang: 'es', at: '2026-11-22T10:00:00+00:00' }); }"""
# Another version of the database than the worker knows: nothing of it can be read.
BREAK = """() => new Promise((done) => { const asked = indexedDB.open('doorstep-outbox', 99);
 asked.onsuccess = () => { asked.result.close(); done(true); }; })"""


def _locked(app: Any, phone: Phone, visit: Visit) -> str:
    phone.sign_in(app, "mei")
    phone.prepared()
    phone.page.goto(f"/visits/{visit.id}")
    phone.page.evaluate(SHUT, visit.id)
    return f"/c/{visit.customer_token}"


def _shows_the_customers_page(page: Any, place: str) -> None:
    assert page.evaluate("location.pathname").startswith(place), page.url
    assert page.locator(".steps, .card[data-visit], .identity, form[action='/sign-in']").count() == 0
    assert page.evaluate("JSON.parse(document.getElementById('kit').textContent).language") == "es"


@pytest.mark.parametrize("network", ["on", "off"])
def test_no_way_leads_out(app: Any, phone: Phone, line: Line, day: list[Visit], network: str) -> None:
    place = _locked(app, phone, day[0])
    if network == "off":
        line.cut()
    page = phone.page
    for address in ("/", f"/visits/{day[0].id}", f"/visits/{day[1].id}", "/account", "/outbox", "/sign-out", "/desk",
                    f"/visits/{day[0].id}/identity", f"/c/{day[1].customer_token}", "/offline/en",
                    f"/visits/{day[0].id}/steps/sign/problems/x"):  # fmt: skip
        page.goto(address)
        _shows_the_customers_page(page, place)
    page.reload()
    _shows_the_customers_page(page, place)
    page.go_back()
    _shows_the_customers_page(page, place)
    second = phone.context.new_page()
    second.goto("/")
    _shows_the_customers_page(second, place)
    for data in (f"/visits/{day[0].id}/data", f"/visits/{day[1].id}", "/", "/offline.json", "/lock/en"):
        answer = second.evaluate(READ, data)
        assert (answer["status"], answer["text"]) == (403, ""), data


def test_a_phone_that_was_given_back_without_a_network_tells_the_office_instead_of_waiting(
    app: Any, phone: Phone, line: Line, day: list[Visit]
) -> None:
    row = phone.sign_in(app, "mei")
    phone.prepared()
    phone.page.goto(f"/visits/{day[0].id}")
    phone.page.evaluate("doorstep.visit.ready")
    line.cut()
    phone.page.evaluate(
        "(visit) => doorstep.outbox.save({ visit, step: 'accept', act: 'passed', base: '', photos: [],"
        " fields: { reason: 'no_time' } })",
        day[0].id,
    )
    phone.kill()
    # The office still holds this session to the customer's page: what gives the phone back lies here, unsent.
    Session.update(lock_visit=day[0].id, lock_token=day[0].customer_token).where(
        Session.id == row.id
    ).execute()
    line.mend()
    page = phone.open()
    page.goto("/")
    assert page.locator(".card[data-visit]").count() == len(day)
    until(page, "doorstep.outbox.state().then(({ pending }) => pending === 0)")


def test_the_lock_outlives_a_killed_app(app: Any, phone: Phone, line: Line, day: list[Visit]) -> None:
    place = _locked(app, phone, day[0])
    phone.kill()
    line.cut()
    page = phone.open()
    page.goto("/")
    _shows_the_customers_page(page, place)
    page.goto(f"/visits/{day[0].id}#sheet")
    _shows_the_customers_page(page, place)


def test_the_lock_outlives_a_killed_worker(app: Any, phone: Phone, line: Line, day: list[Visit]) -> None:
    place = _locked(app, phone, day[0])
    page = phone.page
    session = phone.context.new_cdp_session(page)
    session.send("ServiceWorker.enable")
    session.send("ServiceWorker.stopAllWorkers")
    page.goto("/")
    _shows_the_customers_page(page, place)


def test_what_cannot_be_read_is_taken_for_locked(
    app: Any, phone: Phone, line: Line, day: list[Visit]
) -> None:
    phone.sign_in(app, "mei")
    phone.prepared()
    page = phone.page
    assert page.evaluate(BREAK)
    for network in ("on", "off"):
        page.goto(f"/visits/{day[0].id}")
        assert page.inner_text("h1") == "This phone cannot read its memory", network
        assert page.evaluate(READ, f"/visits/{day[0].id}/data")["status"] == 503
        line.cut()


def test_without_a_lock_the_phone_opens_again(app: Any, phone: Phone, line: Line, day: list[Visit]) -> None:
    _locked(app, phone, day[0])
    place = f"/visits/{day[0].id}/data"
    assert phone.page.evaluate(READ, place)["status"] == 403
    phone.page.evaluate("doorstep.store.set('lock', null)")
    line.cut()
    assert phone.page.evaluate(READ, place)["status"] == 200
    phone.page.goto(f"/visits/{day[0].id}")
    until(phone.page, "document.querySelector('.steps')")
