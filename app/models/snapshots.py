"""Copies of the whole database: made while it is in use, and looked over before they are put back."""

import sqlite3
from contextlib import closing
from pathlib import Path

from app.models.database import database


def copy_to(path: Path) -> None:
    """Write a consistent copy of the open database, with everything that is still in its write-ahead log."""
    with closing(sqlite3.connect(str(path))) as target:
        database.connection().backup(target)


def is_whole(path: Path) -> bool:
    """Whether a file is a database without damage that holds our tables."""
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as source:
        try:
            found = source.execute(
                "select count(*) from sqlite_master where name in ('outlet', 'record')"
            ).fetchone()
            return bool(found[0] == 2 and source.execute("pragma integrity_check").fetchone()[0] == "ok")
        except sqlite3.DatabaseError:
            return False
