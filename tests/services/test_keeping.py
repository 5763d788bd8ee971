"""Keeping: what is backed up comes back as it was, and an archive that is not whole touches nothing."""

import io
import tarfile
from datetime import timedelta
from pathlib import Path

import pytest

from app import config
from app.models import database
from app.models.people import Person
from app.models.records import Record
from app.models.visits import Visit
from app.services import keeping, rating, verifying
from app.services.rehearsing import Rehearsal
from tests import builders
from tests.builders import NOW

PHOTO, PAPER = "photos/ab/abcd.jpg", "papers/2026/slip.pdf"


@pytest.fixture
def data_dir(db: Path, cast) -> Path:
    """A data folder in use: a visit half way, a photo, a paper and the signing key."""
    for name, content in ((PHOTO, b"photo"), (PAPER, b"%PDF"), ("secret-key", b"k" * 64)):
        (db.parent / name).parent.mkdir(parents=True, exist_ok=True)
        (db.parent / name).write_bytes(content)
    Rehearsal(cast.mei, builders.visit(cast.mei).id, NOW).until("diagnose")
    return db.parent


def contents(folder: Path) -> dict[str, bytes]:
    """What lies in the folder besides the database, which is never the same to the byte."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.startswith("doorstep.db")
    }


def wreck(data_dir: Path) -> None:
    """A day that one would like to undo."""
    database.connect()
    Rehearsal(Person.get(Person.login == "mei"), 1, NOW + timedelta(hours=1)).until(None)
    Visit.update(state="cancelled").execute()
    database.close()
    (data_dir / PHOTO).write_bytes(b"other")
    (data_dir / "photos" / "new.jpg").write_bytes(b"new")
    (data_dir / PAPER).unlink()


def test_a_backup_brings_everything_back(data_dir, tmp_path_factory):
    archive = tmp_path_factory.mktemp("backups") / "monday.tar.gz"
    kept, before = list(Record.select().dicts()), contents(data_dir)
    keeping.backup(data_dir, archive)
    wreck(data_dir)
    database.close()
    old = keeping.restore(data_dir, archive, NOW)
    database.connect()
    assert list(Record.select().dicts()) == kept
    assert Visit.get_by_id(1).next_step == "diagnose"
    assert verifying.verify().findings == []
    after = contents(data_dir)
    assert {name: body for name, body in after.items() if not name.startswith(old.name)} == before


def test_what_was_there_before_is_kept_beside(data_dir, tmp_path_factory):
    archive = tmp_path_factory.mktemp("backups") / "monday.tar.gz"
    keeping.backup(data_dir, archive)
    wreck(data_dir)
    database.close()
    old = keeping.restore(data_dir, archive, NOW)
    assert (old / PHOTO).read_bytes() == b"other" and (old / "photos" / "new.jpg").exists()
    assert (old / "doorstep.db").exists() and not (data_dir / "photos" / "new.jpg").exists()


def test_a_backup_while_somebody_writes_holds_what_was_saved_before(data_dir, tmp_path_factory):
    """What still lies in the write-ahead log is in it too; what is being written is not, and does not stop it."""
    archive = tmp_path_factory.mktemp("backups") / "busy.tar.gz"
    saved = Record.select().count()
    assert database.database.execute_sql("pragma wal_autocheckpoint = 0").fetchone()
    keeping.backup(data_dir, archive)
    with tarfile.open(archive) as packed:
        packed.extract("doorstep.db", archive.parent, filter="data")
    database.init(str(archive.parent / "doorstep.db"))
    database.connect()
    assert Record.select().count() == saved and verifying.verify().findings == []


def test_the_archive_is_for_its_owner_alone(data_dir, tmp_path_factory):
    archive = tmp_path_factory.mktemp("backups") / "deep" / "down.tar.gz"
    keeping.backup(data_dir, archive)
    assert archive.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in archive.parent.iterdir()] == [archive.name]
    with tarfile.open(archive) as packed:
        assert {"doorstep.db", PHOTO, PAPER, "secret-key"} <= set(packed.getnames())


def packed(path: Path, files: dict[str, bytes]) -> Path:
    """An archive of these files."""
    with tarfile.open(path, "w:gz") as archive:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return path


@pytest.mark.parametrize(
    "what", ["empty", "no_database", "torn_database", "foreign_database", "cut", "no_archive", "escape"]
)
def test_an_archive_that_is_not_whole_touches_nothing(data_dir, tmp_path_factory, what):
    folder = tmp_path_factory.mktemp("backups")
    source = folder / "bad.tar.gz"
    good = folder / "good.tar.gz"
    keeping.backup(data_dir, good)
    if what == "cut":
        source.write_bytes(good.read_bytes()[: good.stat().st_size // 2])
    elif what == "no_archive":
        source.write_text("this is not an archive")
    else:
        torn = (data_dir / "doorstep.db").read_bytes()
        torn = torn[:4096] + b"\x00" * 8192 + torn[12288:]
        packed(source, {
            "empty": {}, "no_database": {"photos/x.jpg": b"x"}, "torn_database": {"doorstep.db": torn},
            "foreign_database": {"doorstep.db": b""}, "escape": {"../../../evil": b"x"},
        }[what])  # fmt: skip
    database.close()
    before = contents(data_dir)
    with pytest.raises(keeping.Unusable):
        keeping.restore(data_dir, source, NOW)
    assert contents(data_dir) == before
    database.connect()
    assert Visit.get_by_id(1).next_step == "diagnose"


def test_rebuilding_mends_the_columns_of_open_visits(data_dir):
    database.connect()
    Visit.update(next_step="hand_in", total=99).execute()
    assert keeping.rebuild() == (1, 1) and keeping.rebuild() == (1, 0)
    assert Visit.get_by_id(1).next_step == "diagnose"


def test_an_ended_visit_is_left_as_it_was_written_unless_told(data_dir):
    database.connect()
    Visit.update(state="finished").execute()
    assert keeping.rebuild() == (0, 0)
    assert keeping.rebuild(everything=True) == (1, 1) and Visit.get_by_id(1).state != "finished"


def test_what_ships_is_in_order():
    assert keeping.faults() == []


def test_the_outlets_key_comes_back_so_that_ratings_can_be_opened(data_dir, tmp_path_factory):
    config.use(config.Config(data_dir=data_dir, database=str(data_dir / "doorstep.db"), secret_key="k" * 64))
    sealed = rating.sealed(rating.public_jwk(1), {"quality": "5"})
    archive = tmp_path_factory.mktemp("backups") / "monday.tar.gz"
    keeping.backup(data_dir, archive)
    (data_dir / "keys" / "rating-1.pem").unlink()
    database.close()
    keeping.restore(data_dir, archive, NOW)
    rating._key.cache_clear()
    assert rating.opened(1, sealed) == {"quality": "5"}
    assert (data_dir / "keys" / "rating-1.pem").stat().st_mode & 0o777 == 0o600
