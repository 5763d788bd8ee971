"""What happens meanwhile: the desk, another phone, a clock that jumps. Each is said, nothing is lost."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from app.models import records
from app.models.tasks import Task
from app.services import visiting
from app.services.visiting import Submission
from tests import builders
from tests.stories.conftest import saved
from tests.stories.offline import Field
from tests.stories.walker import Walker
from tests.web.phones import Line, Phone

pytestmark = [pytest.mark.browser, pytest.mark.slow]
WORDS = "It hums and leaks at the front."
JUMP = """(hours) => { const True = Date; window.Date = class extends True {
  constructor(...given) { if (given.length) super(...given); else super(True.now() + hours * 36e5); }
  static now() { return True.now() + hours * 36e5; } }; }"""


@pytest.fixture
def field(app: Any, _browser: Any, tmp_path: Path, place: Any) -> Iterator[Field]:
    """Mei's phone, ready for the day."""
    line = Line(app)
    phone = Phone(_browser, tmp_path / "phone", line)
    yield Field(app, line, phone, place.timezone)
    phone.close()
    line.cut()


def listened(field: Field, visit: Any, story: str) -> Walker:
    """In the cellar: what the customer says is saved on the phone."""
    field.signed_in().prepared().away()
    w = field.walker(story).go(f"/visits/{visit.id}").at("Listen to the end", False)
    w.type("In the customer’s words", WORDS).tap("That's what they said").at("Find the exact cause", False)
    assert not saved(visit, "listen")
    return w


def words_of(visit: Any) -> list[str]:
    return [record.body["words"] for record in saved(visit, "listen")]


def test_what_was_done_before_the_desk_cancelled_is_kept_and_looked_at(at_step, field, ana):
    visit, _played = at_step("listen")
    w = listened(field, visit, "9-cancelled")
    visiting.cancel(ana, visit, "customer_cancelled", datetime.now(UTC))
    field.back().sent()
    assert words_of(visit) == [WORDS]
    assert [one.act for one in records.of_visit(visit.id)][-2:] == ["cancelled", "done"]
    assert Task.select().where(Task.visit == visit.id).exists(), "nobody at the desk is told"
    w.go(f"/visits/{visit.id}").shot("cancelled")
    assert "ancelled" in w.page.locator("main").inner_text()


def test_what_was_done_before_the_job_went_to_another_is_kept_under_its_own_name(
    at_step, field, ana, mei, place
):
    visit, _played = at_step("listen")
    li = builders.person(place, "li", name="Li Qiang", permit_no="E-2042")
    listened(field, visit, "9-given-on")
    following = visiting.reassign(ana, visit, li, datetime.now(UTC))
    field.back().sent()
    assert words_of(visit) == [WORDS] and saved(visit, "listen")[0].person == mei.id
    assert not [one for one in records.of_visit(following.id) if one.person == mei.id]


def test_the_second_phone_on_the_same_step_is_told_and_nothing_is_overwritten_unseen(at_step, field, mei):
    visit, _played = at_step("listen")
    w = listened(field, visit, "9-two-phones")
    other = Submission(
        visit=visit.id, step="listen", act="done", key="0f9e8d7c-0000-4000-8000-00000000000a",
        fields={"words": "It only hums."}, at=datetime.now(UTC), base="",
    )  # fmt: skip
    visiting.submit(mei, other, datetime.now(UTC))
    field.back()
    w.until("document.querySelector('#outbox-badge').dataset.state === 'correct'")
    w.go(f"/visits/{visit.id}#s-listen").at("Listen to the end").shot("changed-meanwhile")
    assert words_of(visit) == ["It only hums."]
    field_of = w.page.get_by_label("In the customer’s words").locator("visible=true").first
    w.until("document.querySelector('#s-listen [data-outbox-note]')")
    assert field_of.input_value() == WORDS
    w.tap("That's what they said")
    field.sent()
    assert words_of(visit) == ["It only hums.", WORDS]


def test_a_clock_that_jumps_back_does_not_change_when_it_was_done(at_step, field):
    visit, _played = at_step("listen")
    field.signed_in().prepared()
    w = field.walker("9-clock").go(f"/visits/{visit.id}").at("Listen to the end", False)
    w.page.evaluate("(id) => doorstep.outbox.pump('test', [id])", visit.id)  # the office tells its time
    field.away()
    w.page.evaluate(JUMP, -5)
    w.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    field.unlocked()  # a clock that was set back is no fresh touch
    before = datetime.now(UTC)
    w.type("In the customer’s words", WORDS).tap("That's what they said").at("Find the exact cause", False)
    after = datetime.now(UTC)
    field.back().sent()
    record = saved(visit, "listen")[0]
    assert abs((record.at - before).total_seconds()) < (after - before).total_seconds() + 3, record.at
