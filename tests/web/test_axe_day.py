"""The pages of the day's end at 320 px and on a desk's screen, in every language and theme: no fault, nothing too wide."""

from datetime import UTC, datetime, timedelta

import pytest

from app.models.days import Receiving
from app.models.outlets import Outlet
from app.models.people import Person
from app.models.tasks import FollowUp
from app.services import clearing_up, closing_days, copying, passing_on
from app.services.rehearsing import Rehearsal
from tests import builders
from tests.web.auditing import LANGUAGES, SMALL, Auditor

pytestmark = pytest.mark.browser

SCREEN = {"width": 1280, "height": 900}
LONG_NAME = "María Ángeles Núñez-Ibáñez de la Fuente y Santamaría"


@pytest.fixture
def day(cast):
    """Yesterday: a slip in, one spoilt, one missing that is in doubt, one still out; a batch; a link to a copy."""
    Outlet.update(name="Riverside Service of the Northern Districts").execute()
    now = datetime.now(UTC)
    start = (now - timedelta(days=1)).replace(hour=1, minute=0)
    visits = []
    for at in ("09:30", "11:00", "13:00", "15:00"):
        job = builders.work_order(cast.home, customer=builders.customer(cast.home, name=LONG_NAME))
        play = Rehearsal(cast.mei, builders.visit(cast.mei, at=at, now=start, job=job).id, start)
        play.until("diagnose")
        play.quote([("callout", 1), ("drain_pump", 1)])
        play.until(None)
        visits.append(play.opened.visit)
    states = zip(visits, ("received", "spoilt", "missing"), strict=False)
    raw = {f"slip-{visit.id}": state for visit, state in states} | {
        f"why-{visit.id}": "Left in the van, which is at the garage until Monday" for visit in visits
    }
    closing_days.receive(cast.ana, cast.mei.id, visits[0].day, raw, now)
    clearing_up.put_forward(cast.ana, visits[2].id, "no_slip", visits[0].day, now)
    passing_on.make(cast.ana, [str(visits[1].id)], now)
    copying.make(cast.mei, visits[0].id, now)
    assert Receiving.select().count() == 3
    return visits


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_days_end(page, cast, day, sign_in_page, language):
    Person.update(language=language).execute()
    when = day[0].day
    page.set_viewport_size(SMALL)
    sign_in_page(page, "hao")
    audit = Auditor(page, language, targets=False)
    read = ("/desk/day/doubts?day=" + str(when), "/desk/day/numbers", "/desk/feedback")
    for address in (f"/desk/day?day={when}", *read):
        audit.go(address).shot("day-" + address.strip("/").replace("/", "-").partition("?")[0])
    page.context.clear_cookies()
    sign_in_page(page, "ana")
    call = FollowUp.get(FollowUp.kind == "remedial")
    for address in (
        f"/desk/day/engineers/{cast.mei.id}?day={when}", "/desk/day/batches", "/desk/day/batches/1",
        f"/desk/follow-ups/{call.id}", f"/visits/{day[0].id}/documents",
    ):  # fmt: skip
        audit.go(address).shot("day-" + address.strip("/").replace("/", "-").partition("?")[0])
    if language == "es":
        page.set_viewport_size(SCREEN)
        for address in (
            f"/desk/day?day={when}",
            f"/desk/day/engineers/{cast.mei.id}?day={when}",
            "/desk/feedback",
        ):
            page.goto(address)
            audit.look(f"{address} on a screen")
    audit.verdict()


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_the_engineer_and_the_customer_see_of_it(page, cast, day, sign_in_page, language):
    Person.update(language=language).execute()
    page.set_viewport_size(SMALL)
    sign_in_page(page, "mei")
    audit = Auditor(page, language)
    audit.go(f"/handed-in?day={day[0].day}").shot("day-handed-in")
    audit.go("/").shot("day-today-asked")
    audit.go(f"/s/{copying.link_of(cast.mei, day[0].id, datetime.now(UTC)).token}?lang={language}").shot(
        "day-copy"
    )
    audit.verdict()
