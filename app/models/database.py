"""The database itself: connection, pragmas, the one write transaction and the migrations. No tables live here."""

import fcntl
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC
from pathlib import Path
from typing import Any

with suppress(ImportError):  # Debian's SQLite can lose committed WAL pages; ours must be the only one in the process.
    import pysqlite3

    sys.modules["sqlite3"] = pysqlite3
    sys.modules["sqlite3.dbapi2"] = pysqlite3.dbapi2

import sqlite3  # noqa: E402

import peewee  # noqa: E402
from playhouse.migrations import Runner  # noqa: E402
from playhouse.sqlite_ext import ISODateTimeField  # noqa: E402

OLDEST_SQLITE = (3, 51, 3)
MIGRATIONS = Path(__file__).parent.parent / "migrations"
PRAGMAS = {
    "journal_mode": "wal",
    "synchronous": 2,  # FULL: an acknowledged save survives a power cut.
    "foreign_keys": 1,
    "busy_timeout": 5000,
    "cache_size": -8000,
    "temp_store": 2,
}

database = peewee.SqliteDatabase(None, pragmas=PRAGMAS, lock_type="IMMEDIATE", autoconnect=False)
_thread_lock = threading.RLock()
_depth = threading.local()


class Row(peewee.Model):
    """The base of every table."""

    class Meta:
        database = database
        legacy_table_names = False


class UtcDateTimeField(ISODateTimeField):
    """An aware datetime, kept as ISO text in UTC, so that comparing the text compares the times."""

    def db_value(self, value: Any) -> Any:
        if hasattr(value, "astimezone"):
            value = value.astimezone(UTC)
        return super().db_value(value)


class LocalDateTimeField(ISODateTimeField):
    """An aware datetime, kept as ISO text with the offset of the place where it happened; never compared in SQL."""


def init(path: str) -> None:
    """Point the process at a database file. :raise RuntimeError: when SQLite is older than the safe one."""
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        raise RuntimeError(f"SQLite {sqlite3.sqlite_version} is too old; need {OLDEST_SQLITE}")
    if not database.is_closed():
        database.close()
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    database.init(path)


def connect() -> None:
    """Open this thread's connection."""
    database.connect(reuse_if_open=True)


def close() -> None:
    """Close this thread's connection, if it is open."""
    if not database.is_closed():
        database.close()


@contextmanager
def transaction() -> Iterator[Any]:
    """One act's write transaction; nested calls are savepoints.

    A thread lock and a file lock queue the writers, because SQLite's own waiting is unfair: without them the slowest
    of eight writers waited twenty times longer.
    """
    if getattr(_depth, "value", 0):
        with database.atomic() as savepoint:
            yield savepoint
        return
    with _thread_lock, open(f"{database.database}.lock", "a") as gate:
        fcntl.flock(gate, fcntl.LOCK_EX)
        _depth.value = 1
        try:
            with database.atomic() as outer:
                yield outer
        finally:
            _depth.value = 0
            fcntl.flock(gate, fcntl.LOCK_UN)


def migrate() -> list[str]:
    """Bring the open database up to date; returns the names of the scripts that ran."""
    return list(Runner(database, str(MIGRATIONS)).up())
