"""The desk's pages at 320 px and on a desk's screen, in every language and theme: no fault for a checker, nothing too wide."""

from datetime import UTC, datetime, timedelta

import pytest

from app import config
from app.models.people import Person
from app.models.tasks import FollowUp, Task
from app.models.visits import Visit
from app.services import authenticating
from tests import builders
from tests.services.phoning import Phone, reading
from tests.web.auditing import LANGUAGES, SMALL, Auditor
from tests.web.test_axe import play

pytestmark = pytest.mark.browser

SCREEN = {"width": 1280, "height": 800}


@pytest.fixture
def day(cast):
    """A day with everything on it: questions, a call, a finished visit, one that nobody has, a phone that is stuck."""
    asked = play(cast.mei, "listen")
    asked.act(
        "listen",
        "problem",
        {"problem": "wants_refund", "remedy": "centre", "wish": "refund", "why": "Third time"},
    )
    asked.act("listen", "problem", {"problem": "not_safe", "remedy": "stay", "what": "dog"})
    done = play(cast.mei, None, confidence={"sure": "no"})
    FollowUp.update(due_at=datetime.now(UTC) + timedelta(minutes=30)).execute()
    builders.visit(None, home=cast.home, now=datetime.now(UTC), at="15:00")
    stuck = Phone(cast.mei, asked.opened.visit)
    ahead = reading(datetime.now(UTC) - timedelta(minutes=10), skew_s=5400)
    for fields in ({"words": "It hums"}, {}, {"words": "It drips"}):
        stuck.send(stuck.keep("listen", fields=fields, clock=ahead), now=datetime.now(UTC))
    session, _token = builders.session(cast.mei, user_agent="Chrome Android")
    authenticating.set_unlock_hash(session, "a" * 64, "7K2M9QRT4XYZ")
    return asked, done


def bad_jobs(folder):
    """A file that lacks most columns."""
    path = folder / "jobs.csv"
    path.write_text("name,phone,address\nChen,+8613800138000,Road 1\n,,\n")
    return path


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_desk(page, cast, day, sign_in_page, language, tmp_path):
    asked, done = day
    Person.update(language=language).execute()
    page.set_viewport_size(SMALL)
    sign_in_page(page, "root")
    audit = Auditor(page, language, targets=False)
    job, waiting = asked.opened.visit.work_order_id, Visit.get(Visit.engineer.is_null())
    pages = [
        "/desk", "/desk/work-orders/new", "/desk/work-orders/new?q=Mar", "/desk/work-orders/import", "/desk/tasks",
        "/desk/people", "/desk/people/new", f"/desk/people/{cast.mei.id}", f"/desk/work-orders/{job}",
        f"/desk/work-orders/{done.opened.visit.work_order_id}", f"/desk/visits/{waiting.id}/engineer",
        f"/desk/tasks/{Task.select().first().id}", f"/desk/follow-ups/{FollowUp.select().first().id}",
        f"/visits/{done.visit_id}/documents", f"/desk/people/{cast.mei.id}/phones",
    ]  # fmt: skip
    for address in pages:
        audit.go(address).shot("desk-" + address.strip("/").replace("/", "-").replace("?", "-"))
    page.goto(f"/desk/people/{cast.mei.id}/phones")
    page.locator("main form button").first.click()
    page.wait_for_selector("#code")
    audit.look("the code").shot("desk-unlock-code")
    for name, path in (
        ("faults", bad_jobs(tmp_path)),
        ("preview", config.ROOT / "app" / "samples" / "work_orders.csv"),
    ):
        page.goto("/desk/work-orders/import")
        page.locator("input[type=file]").set_input_files(str(path))
        with page.expect_navigation():
            page.locator("main form button").last.click()
        audit.look(f"import {name}").shot(f"desk-import-{name}")
    if language == "es":
        page.set_viewport_size(SCREEN)
        for address in pages[:7]:
            page.goto(address)
            audit.look(f"{address} on a screen").shot(
                "wide-" + address.strip("/").replace("/", "-").replace("?", "-")
            )
    audit.verdict()
