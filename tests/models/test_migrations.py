"""Migrations: on an empty file they make exactly the tables of the models, once."""

from pathlib import Path

from playhouse.schema_diff import diff_models

from app.models import database
from app.models.tables import TABLES


def test_an_empty_file_becomes_what_the_models_say(db: Path):
    assert not diff_models(database.database, TABLES)


def test_every_table_of_the_models_is_in_the_list_of_tables():
    defined = set()
    waiting = [database.Row]
    while waiting:
        model = waiting.pop()
        defined.update(model.__subclasses__())
        waiting.extend(model.__subclasses__())
    assert defined == set(TABLES)


def test_running_the_migrations_twice_does_nothing(db: Path):
    before = database.database.execute_sql("select sql from sqlite_master order by name").fetchall()
    assert database.migrate() == []
    assert database.database.execute_sql("select sql from sqlite_master order by name").fetchall() == before


def test_a_missing_index_is_noticed(db: Path):
    """The comparison above can fail: it sees one index that is not there."""
    database.database.execute_sql('drop index "visit_engineer_id_day_slot_start"')
    assert diff_models(database.database, TABLES)


def test_saves_survive_a_power_cut_and_foreign_keys_hold(tmp_path: Path):
    def asked(pragma: str) -> object:
        return database.database.execute_sql(f"pragma {pragma}").fetchone()[0]

    database.database.init(str(tmp_path / "real.db"), pragmas=database.PRAGMAS)
    with database.database.connection_context():
        assert (asked("journal_mode"), asked("synchronous"), asked("foreign_keys")) == ("wal", 2, 1)
