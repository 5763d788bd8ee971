"""Fixtures of the tests that need the service worker: a line that can be cut, a phone that can be killed."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from app.models.visits import Visit
from tests import builders
from tests.web.phones import Line, Phone


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
