"""Story: on a quiet evening without a signal Mei reads the norm step by step and tries herself. Nobody keeps her answers."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.domain import protocol, quiz
from app.models.records import Record
from tests.stories.offline import Field
from tests.web.phones import Line, Phone, until

pytestmark = pytest.mark.browser
WIDE = "document.documentElement.scrollWidth <= window.innerWidth"


@pytest.fixture
def field(app: Any, _browser: Any, tmp_path: Path, place: Any) -> Iterator[Field]:
    """Mei's phone, ready for the day."""
    line = Line(app)
    phone = Phone(_browser, tmp_path / "phone", line)
    yield Field(app, line, phone, place.timezone)
    phone.close()
    line.cut()


def test_the_norm_is_learnt_without_a_visit_and_without_a_signal(mei, booked, field):
    norm = protocol.load(mei.outlet.protocol)
    booked(90)
    field.signed_in().prepared()
    until(field.page, "caches.match('/norm/quiz').then(Boolean)")
    field.away()
    w = field.walker("12-training").go("/").tap("The norm, to learn").at(norm.word("en", "name"))
    w.tap(norm.word("en", "step", norm.steps[0].id, "title"), exact=False)
    for step in norm.steps[:3]:
        w.at(norm.word("en", "step", step.id, "title"))
        assert norm.word("en", "step", step.id, "standard") in w.text()
        assert w.page.evaluate(WIDE)
        w.page.get_by_role("link", name=re.compile("^Go on:")).locator("visible=true").tap()
    w.at(norm.word("en", "step", norm.steps[3].id, "title"), False)
    fold = norm.steps[3].problems[0].id
    w.open(norm.word("en", "step", norm.steps[3].id, "problem", fold, "title")).shot("problem")
    assert norm.word("en", "step", norm.steps[3].id, "problem", fold, "then") in w.text()
    w.tap("All steps").at(norm.word("en", "name"), False).tap("Try yourself").at("What do you do?")

    number = int(w.page.locator("input[name=round]").input_value())
    asked = quiz.a_round(norm, number)
    for place, one in enumerate(asked):
        chosen = (one.right + 1) % 3 if place in (1, 5) else one.right
        box = w.page.locator(f"input[name=q{place}][value='{chosen}']")
        box.tap()
        verdict = w.page.locator(f"#q{place}-verdict")
        words = "The norm says otherwise" if place in (1, 5) else "That is right"
        assert verdict.inner_text().startswith(words)
        other = w.page.locator(f"input[name=q{place}][value='{(chosen + 1) % 3}']")
        assert other.is_disabled()  # the first answer counts
        if place == 1:
            w.shot("wrong")
    assert w.page.locator("[data-score]").inner_text() == "8 of 10 right"
    assert w.page.evaluate(WIDE)
    w.shot("score")
    field.back()
    assert Record.select().count() == 0


def test_arrow_keys_choose_without_answering_until_enter(mei, walker):
    norm = protocol.load(mei.outlet.protocol)
    w = walker("12-training-keys", mei).go("/norm/quiz?round=3").at("What do you do?", False)
    one = quiz.a_round(norm, 3)[0]
    w.page.locator("input[name=q0][value='0']").focus()
    for _ in range(one.right):
        w.page.keyboard.press("ArrowDown")
    verdict = w.page.locator("#q0-verdict")
    assert one.right == 0 or not verdict.inner_text().strip()
    w.page.keyboard.press("Space" if one.right == 0 else "Enter")
    assert verdict.inner_text().startswith("That is right")
