"""The database itself: connection, pragmas, the one write transaction and the migrations. No tables live here."""

import fcntl
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

with suppress(
    ImportError
):  # Debian's SQLite can lose committed WAL pages; ours must be the only one in the process.
    import pysqlite3

    sys.modules["sqlite3"] = pysqlite3
    sys.modules["sqlite3.dbapi2"] = pysqlite3.dbapi2

import sqlite3

import peewee
from playhouse.migrations import Runner

OLDEST_SQLITE = (3, 51, 3)
MIGRATIONS = Path(__file__).parent.parent / "migrations"
PRAGMAS = {
    "journal_mode": "wal",
    "synchronous": 2,  # FULL: an acknowledged save survives a power cut.
    "foreign_keys": 1,
    "busy_timeout": 5000,
    "cache_size": -2000,  # kilobytes of each thread's connection; the system keeps the rest of the file
    "temp_store": 2,
    "wal_autocheckpoint": 4000,  # pages of log before somebody's save waits until they are written back
}

database = peewee.SqliteDatabase(None, pragmas=PRAGMAS, lock_type="IMMEDIATE", autoconnect=False)
_thread_lock = threading.RLock()
_depth = threading.local()


class Row(peewee.Model):
    """The base of every table."""

    class Meta:
        database = database
        legacy_table_names = False


class LocalDateTimeField(peewee.Field):
    """An aware datetime, kept as ISO text with the offset of the place where it happened; never compared in SQL."""

    field_type = "DATETIME"

    def db_value(self, value: Any) -> Any:
        return value.isoformat() if isinstance(value, datetime) else value

    def python_value(self, value: Any) -> Any:
        # peewee's own field tries several formats with strptime, which was half the cost of reading a visit.
        return datetime.fromisoformat(value) if isinstance(value, str) else value


class UtcDateTimeField(LocalDateTimeField):
    """An aware datetime, kept as ISO text in UTC, so that comparing the text compares the times."""

    def db_value(self, value: Any) -> Any:
        return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value


class DayField(peewee.Field):
    """A date, kept as ISO text."""

    field_type = "DATE"

    def db_value(self, value: Any) -> Any:
        return value.isoformat() if isinstance(value, date) else value

    def python_value(self, value: Any) -> Any:
        return date.fromisoformat(value) if isinstance(value, str) else value


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


def release() -> None:
    """After a request: this thread keeps its connection for the next one, unless something was left open in it.

    Opening took a millisecond of each page, and closing the last connection writes the whole log back into the file.
    """
    if not database.is_closed() and database.connection().in_transaction:
        database.close()


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
    with _thread_lock, Path(f"{database.database}.lock").open("a") as gate:
        fcntl.flock(gate, fcntl.LOCK_EX)
        _depth.value = 1
        try:
            with database.atomic() as outer:
                yield outer
        finally:
            _depth.value = 0
            fcntl.flock(gate, fcntl.LOCK_UN)


class Asked:
    """A question whose SQL is made once: `HOLE` marks each argument, in order.

    Making the SQL of a wide select anew cost more than running it (2.4 ms for a visit with what comes along).
    """

    def __init__(self, query: Any):
        self.query = query
        self.sql = ""

    def tuples(self, *arguments: Any) -> list[tuple[Any, ...]]:
        """The answer's rows in the order of its columns; values as the database keeps them."""
        return list(self._ask(arguments).fetchall())

    def rows(self, *arguments: Any) -> list[dict[str, Any]]:
        """The answer as plain rows by column; values as the database keeps them."""
        cursor = self._ask(arguments)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def _ask(self, arguments: tuple[Any, ...]) -> Any:
        if not self.sql:
            self.sql, inner = self.query.sql()
            assert not inner, "a prepared question takes all its values as arguments"
        return database.execute_sql(self.sql, arguments)


HOLE = peewee.SQL("?")


@cache
def _insert_sql(model: type[Row], names: tuple[str, ...]) -> str:
    columns = ", ".join(f'"{model._meta.fields[name].column_name}"' for name in names)
    return f'INSERT INTO "{model._meta.table_name}" ({columns}) VALUES ({", ".join("?" * len(names))})'


def put(model: type[Row], **values: Any) -> int:
    """Insert one row by a statement that is made once; returns its row id. :raise peewee.IntegrityError:"""
    fields = model._meta.fields
    arguments = [fields[name].db_value(getattr(value, "_pk", value)) for name, value in values.items()]
    return int(database.execute_sql(_insert_sql(model, tuple(values)), arguments).lastrowid)


@cache
def _update_sql(model: type[Row], names: tuple[str, ...]) -> str:
    columns = ", ".join(f'"{model._meta.fields[name].column_name}" = ?' for name in names)
    return (
        f'UPDATE "{model._meta.table_name}" SET {columns} WHERE "{model._meta.primary_key.column_name}" = ?'
    )


def change(model: type[Row], row_id: int, **values: Any) -> None:
    """Update one row by its id, by a statement that is made once."""
    fields = model._meta.fields
    arguments = [fields[name].db_value(value) for name, value in values.items()]
    database.execute_sql(_update_sql(model, tuple(values)), [*arguments, row_id])


def is_made(table: str) -> bool:
    """Whether the database file is there and has this table; looking does not make one."""
    if not Path(database.database).exists():
        return False
    connect()
    return bool(database.table_exists(table))


def migrate() -> list[str]:
    """Bring the open database up to date; returns the names of the scripts that ran."""
    return list(Runner(database, str(MIGRATIONS)).up())
