"""The engineer's pages at 320 px, in every language and theme: no fault for a checker, nothing too wide, nothing too small."""

from datetime import UTC, datetime, timedelta

import pytest

from app.models.outlets import Outlet
from app.models.people import Person
from app.models.tasks import FollowUp
from app.services import publishing
from app.services.rehearsing import Rehearsal
from tests import builders
from tests.web.auditing import LANGUAGES, SMALL, Auditor
from tests.web.test_lock import choose_pin, idle

pytestmark = pytest.mark.browser

LONG_NAME = "María Ángeles Núñez-Ibáñez de la Fuente y Santamaría"
QUOTE = [("callout", 1), ("drain_pump", 2, "150"), ("labour_medium", 1)]


@pytest.fixture
def small(page):
    """The tab, as narrow as the smallest phone."""
    page.set_viewport_size(SMALL)
    return page


def play(engineer, step, **answers):
    """A visit that stands at this step. Names, symptoms and addresses are as long as they come."""
    owner = builders.customer(
        engineer.outlet, name=LONG_NAME, address="Calle de Argumosa 21, 3.º B, 28012 Madrid " * 2
    )
    thing = builders.appliance(owner, kind="washing_machine", model="WM-100S")
    job = builders.work_order(
        engineer.outlet, customer=owner, appliance=thing, symptom="Rattles, leaks and does not drain since Friday, error E24",
        symptom_codes=["no_drain", "noise"], request="Please ring twice and bring a new hose; the dog is friendly",
    )  # fmt: skip
    now = datetime.now(UTC)
    visit = builders.visit(engineer, at="12:00", now=now, job=job)
    played = Rehearsal(engineer, visit.id, now - timedelta(hours=3), answers)
    if step in ("consent", "repair", "sign", "leave", None):
        played.until("diagnose")
        played.quote(QUOTE)
    played.until(step)
    return played


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_visit_in_all_its_steps(small, cast, sign_in_page, language):
    mei = cast.mei
    Person.update(language=language).where(Person.id == mei.id).execute()
    sign_in_page(small, "mei")
    audit = Auditor(small, language)
    begun = play(mei, "knock")
    begun.act("knock", "bout", {"way": "bell"})
    begun.act("knock", "ladder", {"rung": "telephone", "result": "no_answer"})
    audit.look_at_visit(f"/visits/{begun.visit_id}", shots="step")
    to_sign = play(mei, "sign", diagnose={"fault": "no_drain", "cause": "misuse", "basis": "invoice"})
    audit.look_at_visit(f"/visits/{to_sign.visit_id}", themes=language == "en")
    if language == "en":  # the same pieces again, in other states
        for played in (play(mei, "take_back", repair={"mode": "take_back"}), play(mei, None)):
            audit.look_at_visit(f"/visits/{played.visit_id}")
    audit.verdict()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_other_pages_of_an_engineer(small, cast, sign_in_page, language, live_server):
    mei = cast.mei
    Person.update(language=language).where(Person.id == mei.id).execute()
    small.context.add_cookies([{"name": "lang", "value": language, "url": live_server}])
    audit = Auditor(small, language)
    audit.go("/sign-in").shot("sign-in")
    Outlet.update(is_demo=True).execute()
    audit.go("/sign-in").go("/id")
    Outlet.update(is_demo=False).execute()
    sign_in_page(small, "mei")
    audit.go("/").shot("today-empty")
    asked = play(mei, "listen")
    asked.act(
        "listen",
        "problem",
        {"problem": "wants_refund", "remedy": "centre", "wish": "refund", "why": "Third time"},
    )
    play(mei, None, confidence={"sure": "no"})
    paused = play(mei, "knock")
    back_at = (paused.clock + timedelta(hours=2)).isoformat()
    paused.act("knock", "problem", {"problem": "asks_to_wait", "remedy": "come_back", "back_at": back_at})
    audit.go("/").shot("today")
    call = FollowUp.get(FollowUp.performer == "engineer")
    audit.go(f"/visits/{call.visit_id}/calls/{call.id}").shot("call")
    audit.go(f"/visits/{asked.visit_id}").go(f"/visits/{paused.visit_id}").shot("paused")
    visit = f"/visits/{asked.visit_id}"
    audit.go(f"{visit}/identity").shot("identity")
    audit.go(f"{visit}/documents").go(f"{visit}/steps/listen/problems")
    for step, problem in (
        ("repair", "damage"),
        ("pay", "no_invoice"),
        ("accept", "not_safe"),
        ("enter", "not_now"),
    ):
        audit.go(f"{visit}/steps/{step}/problems/{problem}").shot(f"problem-{problem}")
    small.locator("form[data-act=problem] button").last.tap()
    small.locator("#errors").wait_for()
    audit.look("problem with errors").shot("problem-errors")
    norm = publishing.pin(mei.outlet, datetime.now(UTC).date(), datetime.now(UTC))[0]
    audit.go(f"/protocols/{norm}/{language}")
    audit.go("/account").go("/pin").go("/sign-out").go("/nowhere", 404)
    audit.verdict()


def test_the_auditor_sees_faults(small, cast, sign_in_page):
    sign_in_page(small, "mei")
    small.goto("/account")
    small.evaluate("""() => document.querySelector('main').insertAdjacentHTML('beforeend',
        '<img src="/favicon.ico"><button>x</button><pre class="num">' + 'wide'.repeat(200) + '</pre>')""")
    audit = Auditor(small).look("spoilt")
    assert {"image-alt", "BUTTON", "px wide"} <= {
        word for word in ("image-alt", "BUTTON", "px wide") if word in str(audit.wrong)
    }


def test_forms_that_came_back_and_open_sheets(small, cast, sign_in_page):
    played = play(cast.mei, "enter")
    sign_in_page(small, "mei")
    audit = Auditor(small)
    small.goto(f"/visits/{played.visit_id}")
    small.locator("section.step:visible").get_by_text("Something else", exact=True).last.tap()
    small.locator("dialog[open]").wait_for()
    audit.look("sheet", unfold=False)
    small.locator("dialog[open] [data-shut]").tap()
    small.get_by_role("button", name="They let me in").tap()
    small.locator("#errors").wait_for()
    audit.look("errors", unfold=False)
    audit.verdict()


def test_the_lock_over_a_page(small, cast, sign_in_page):
    small.clock.install()
    sign_in_page(small, "mei")
    choose_pin(small, cast.mei.id)
    idle(small)
    small.clock.resume()
    audit = Auditor(small)
    audit.look("lock", unfold=False)
    audit.verdict()
