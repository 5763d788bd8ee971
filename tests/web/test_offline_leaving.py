"""What leaves the phone with a person: a clean sign-out, one that was cut off, a phone that was signed out from elsewhere."""

from typing import Any

import pytest

from app.models.sessions import Session
from app.models.visits import Visit
from tests.web.phones import ENTRY, Line, Phone, until

pytestmark = pytest.mark.browser

LEFT = """async () => { const { store } = doorstep; const names = ['entries', 'blobs', 'drafts', 'ledger'];
 const all = Object.fromEntries(await Promise.all(names.map(async (name) => [name, (await store.all(name)).length])));
 return { ...all, person: await store.get('person') ?? null, prepared: await store.get('prepared') ?? null,
 pin: Object.keys(localStorage).filter((name) => name.startsWith('pin-')) }; }"""
FILL = """async (visit) => { const { store } = doorstep;
 await store.keepDraft(`${visit}:f-accept`, { base: '', typed: [], photos: [] });
 await store.write(['ledger'], (tx) => tx.store.put({ visit, seq: 1, key: 'k', sha: 'x' }));
 localStorage.setItem(`pin-${document.querySelector('script[data-person]').dataset.person}`, '1'); }"""
PREPARED = "caches.keys().then((all) => all.filter((name) => !name.includes('-shell-')).length)"


def _full(app: Any, phone: Phone, visit: Visit) -> Session:
    row: Session = phone.sign_in(app, "mei")
    phone.prepared()
    phone.page.evaluate(FILL, visit.id)
    phone.page.evaluate(ENTRY, {"visit": visit.id, "key": "k", "state": "applied"})
    phone.page.evaluate(
        "Object.keys(localStorage).forEach((name) => sessionStorage.setItem(name.replace('pin', 'open'), '1'))"
    )
    phone.page.evaluate(
        "localStorage.setItem(`touched-${document.querySelector('script[data-person]').dataset.person}`, Date.now())"
    )
    return row


def _nothing_left(phone: Phone) -> None:
    assert phone.kept() == []
    assert phone.page.evaluate(PREPARED) == 0


def test_a_clean_sign_out_leaves_nothing(app: Any, phone: Phone, line: Line, day: list[Visit]) -> None:
    row = _full(app, phone, day[0])
    phone.page.goto("/sign-out")
    phone.page.click(".dock .btn.main")
    until(phone.page, "location.pathname === '/sign-in'")
    _nothing_left(phone)
    assert Session.get_by_id(row.id).revoked_at is not None
    phone.sign_in(app, "li")  # the store is read by a page that has it
    phone.page.goto("/sign-out")
    left = phone.page.evaluate(LEFT)
    assert {name: left[name] for name in ("entries", "blobs", "drafts", "ledger", "pin")} == {
        "entries": 0, "blobs": 0, "drafts": 0, "ledger": 0, "pin": []
    }  # fmt: skip
    line.cut()
    phone.page.goto(f"/visits/{day[0].id}")
    assert phone.page.inner_text("h1") == "This page is not on this phone"


def test_without_a_network_nobody_is_signed_out_and_nothing_leaves(
    app: Any, phone: Phone, line: Line, day: list[Visit]
) -> None:
    _full(app, phone, day[0])
    phone.page.goto("/sign-out")
    before = sorted(phone.kept())
    line.cut()
    phone.page.click(".dock .btn.main")
    until(phone.page, "document.querySelector('#unsent .banner')")
    assert phone.page.url.endswith("/sign-out") and sorted(phone.kept()) == before


def test_killed_on_the_way_out_the_phone_shows_nothing_and_goes_on_with_it(
    app: Any, phone: Phone, line: Line, day: list[Visit]
) -> None:
    _full(app, phone, day[0])
    person = int(phone.page.get_attribute("script[data-person]", "data-person") or 0)
    phone.page.evaluate("(person) => doorstep.store.set('leaving', person)", person)
    phone.context.clear_cookies()
    phone.kill()
    line.cut()
    page = phone.open()
    page.goto(f"/visits/{day[0].id}")
    assert page.inner_text("h1") == "This page is not on this phone"
    line.mend()
    page.evaluate("location.assign('/')")
    until(page, "location.pathname === '/sign-in'")
    until(page, f"{PREPARED}.then((n) => n === 0)")


def test_a_phone_that_was_signed_out_from_elsewhere_is_emptied_at_the_next_contact(
    app: Any, phone: Phone, line: Line, day: list[Visit]
) -> None:
    row = _full(app, phone, day[0])
    Session.update(revoked_at=row.created).where(Session.id == row.id).execute()
    phone.page.evaluate("(place) => location.assign(place)", f"/visits/{day[0].id}")
    until(phone.page, f"{PREPARED}.then((n) => n === 0)")
    until(phone.page, "location.pathname === '/sign-in'")
    line.cut()
    phone.page.goto(f"/visits/{day[0].id}")
    assert phone.page.locator(".steps").count() == 0


def test_another_persons_day_leaves_when_nothing_of_theirs_waits(
    app: Any, cast: Any, phone: Phone, line: Line, day: list[Visit]
) -> None:
    _full(app, phone, day[0])
    phone.sign_in(app, "li")
    phone.page.goto("/")
    until(phone.page, f"doorstep.store.get('prepared').then((one) => one.person === {cast.li.id})")
    assert not [path for path in phone.kept() if path.startswith("/visits/")]
