"""Databases for the tests of services: a loaded demo, made once and copied for each test."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.models import database
from app.models.people import Person
from app.models.visits import Visit
from app.services import demonstrating
from app.services.rehearsing import Rehearsal
from tests import builders

NOW = datetime(
    2026, 11, 23, 0, 30, tzinfo=UTC
)  # half past eight in Hangzhou, half past one at night in Madrid


@pytest.fixture(scope="session")
def dealt(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file with the demo as it is on that morning."""
    path = tmp_path_factory.mktemp("demo") / "doorstep.db"
    database.init(str(path))
    database.connect()
    database.migrate()
    demonstrating.load(NOW)
    database.database.execute_sql("pragma wal_checkpoint(truncate)")
    database.close()
    return path


@pytest.fixture
def demo(dealt: Path, tmp_path: Path) -> Iterator[Path]:
    """A copy of the dealt demo, open; the data folder's path."""
    shutil.copy(dealt, tmp_path / "doorstep.db")
    database.init(str(tmp_path / "doorstep.db"))
    database.connect()
    yield tmp_path
    database.close()


@pytest.fixture
def engineer(demo: Path) -> Person:
    """Mei, whose day it is."""
    return Person.get(Person.login == "mei")


@pytest.fixture
def visit(cast: builders.Cast) -> Visit:
    """A visit of mei's at half past ten; the appliance is out of warranty."""
    return builders.visit(cast.mei)


@pytest.fixture
def play(cast: builders.Cast, visit: Visit) -> Rehearsal:
    """Plays that visit."""
    return Rehearsal(cast.mei, visit.id, builders.NOW)
