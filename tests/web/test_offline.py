"""The day on the phone: what is kept, what opens without a network, what leaves, in a real Chromium."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from app.models.visits import Visit
from tests import builders
from tests.web.phones import Line, Phone, until

pytestmark = pytest.mark.browser


@pytest.fixture
def line(app: Any) -> Iterator[Line]:
    made = Line(app)
    yield made
    made.cut()


@pytest.fixture
def phone(_browser: Any, line: Line, tmp_path: Path) -> Iterator[Phone]:
    made = Phone(_browser, tmp_path / "phone", line)
    yield made
    made.close()


@pytest.fixture
def day(cast: Any) -> list[Visit]:
    """Two visits of Mei today."""
    now = datetime.now(UTC)
    return [builders.visit(cast.mei, at=at, now=now) for at in ("09:00", "14:00")]


def test_the_whole_day_opens_without_a_network(app: Any, phone: Phone, line: Line, day: list[Visit]) -> None:
    phone.sign_in(app, "mei")
    phone.prepared()
    assert phone.page.inner_text("[data-offline-ready]").startswith("Today's 2 visits are on this phone")
    line.cut()
    page = phone.page
    for visit in day:
        page.goto(f"/visits/{visit.id}")
        assert page.locator(".steps").get_attribute("data-visit") == str(visit.id)
        steps = page.eval_on_selector_all(
            "section.step[id^='s-']", "all => all.map((one) => one.id.slice(2))"
        )
        assert len(steps) > 15
        for step in steps:
            page.goto(f"/visits/{visit.id}#s-{step}")
            assert page.locator(f"#s-{step}").is_visible(), step
            page.goto(f"/visits/{visit.id}/steps/{step}")
            assert page.url.endswith(f"/visits/{visit.id}#s-{step}")
        page.goto(f"/visits/{visit.id}/identity")
        assert page.locator(".identity-name").inner_text() == "Mei"
        for language in ("en", "zh_Hans", "zh_Hant", "es"):
            page.goto(f"/c/{visit.customer_token}/kit/{language}")
            assert page.locator("html").get_attribute("lang") == language.replace("_", "-")
    page.goto("/outbox")
    assert page.locator("h1").is_visible()
    page.goto("/")
    assert page.locator(".card").count() == 2
