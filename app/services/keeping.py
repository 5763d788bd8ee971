"""Keeping: backup and restore, making derived columns again, looking over norms, prices and settings."""

import json
import shutil
import tarfile
import tempfile
import zlib
from datetime import datetime
from pathlib import Path

from app.config import SETTINGS
from app.domain import price_list, protocol, protocol_check, right
from app.domain.vocabulary import ENDED_STATES
from app.models import norms, snapshots
from app.models.database import database, is_made, transaction
from app.models.visits import Visit
from app.services import visiting

DATABASE = "doorstep.db"
FOLDERS = ("photos", "papers", "keys")
FILES = ("secret-key",)


class Unusable(Exception):
    """An archive that cannot be put back; the message says why."""


def faults() -> list[str]:
    """What is wrong with norms, prices, languages and settings, one line each; empty when all is well."""
    found: list[str] = []
    for name in protocol.shipped():
        try:
            protocol.load(name)
        except protocol.ProtocolError as fault:
            found.extend(f"norm {name}: {one}" for one in fault.findings)
        except (OSError, ValueError) as fault:
            found.append(f"norm {name}: {fault}")
    found += _published_faults()
    for name in price_list.shipped():
        try:
            price_list.load(name)
        except (price_list.PriceListError, OSError, ValueError) as fault:
            found.append(f"prices {name}: {fault}")
    for name in right.shipped():
        try:
            right.load(name)
        except right.RightsError as fault:
            found.extend(f"rights {one}" for one in fault.findings)
    found.extend(f"setting {one.name}: no meaning given" for one in SETTINGS if not one.meaning)
    return found


def _published_faults() -> list[str]:
    """What today's check finds in the norms that outlets have published; nothing while there is no database."""
    if not is_made("norm_release"):
        return []
    found = []
    for row in norms.released():
        body = json.loads(row.body)
        wrong = protocol_check.findings(body["structure"], body["words"], row.name)
        found += [f"norm {row.name}: {one}" for one in wrong]
    return found


def rebuild(everything: bool = False) -> tuple[int, int]:
    """Read the boards' columns and what is remembered of repairs off the records again; how many visits were read, and
    in how many a column had differed.

    Ended visits are left as they were written, unless everything is asked for.
    """
    chosen = Visit.select(Visit.id).order_by(Visit.id)
    if not everything:
        chosen = chosen.where(Visit.state.not_in(sorted(ENDED_STATES)))
    ids = [row.id for row in chosen]
    differed = 0
    for visit_id in ids:
        with transaction():
            differed += visiting.rebuild(visit_id)
    return len(ids), differed


def backup(data_dir: Path, target: Path) -> None:
    """Write one .tar.gz with the database, photos, papers and keys. The app may go on working meanwhile.

    The database is copied first: a photo that it names was there before it, so nothing named can be missing.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=data_dir) as folder:
        copy = Path(folder) / DATABASE
        with database.connection_context():
            snapshots.copy_to(copy)
        half = target.with_name(target.name + ".part")
        half.unlink(missing_ok=True)
        half.touch(mode=0o600)  # before anything secret is in it
        with tarfile.open(half, "w:gz") as archive:
            archive.add(copy, DATABASE)
            for name in (*FOLDERS, *FILES):
                if (data_dir / name).exists():
                    archive.add(data_dir / name, name)
        half.replace(target)


def restore(data_dir: Path, source: Path, now: datetime) -> Path | None:
    """Put an archive back; what was there is moved to a folder beside it, whose path is returned.

    :raise Unusable: the archive cannot be read, or holds no whole database; then nothing was touched.
    """
    with tempfile.TemporaryDirectory(dir=data_dir) as folder:
        fresh = Path(folder)
        try:
            with tarfile.open(source) as archive:
                archive.extractall(fresh, filter="data")
        except (tarfile.TarError, EOFError, OSError, zlib.error) as fault:
            raise Unusable(f"{source} cannot be read: {fault}") from None
        if not (fresh / DATABASE).exists() or not snapshots.is_whole(fresh / DATABASE):
            raise Unusable(f"{source} holds no whole database")
        old = data_dir / f"before-restore-{now:%Y%m%d-%H%M%S}"
        current = Path(database.database)
        for place in (
            current,
            current.with_name(current.name + "-wal"),
            current.with_name(current.name + "-shm"),
        ):
            _aside(place, old)
        shutil.move(fresh / DATABASE, current)
        for name in (*FOLDERS, *FILES):
            if (fresh / name).exists():
                _aside(data_dir / name, old)
                shutil.move(fresh / name, data_dir / name)
    return old if old.exists() else None


def _aside(place: Path, folder: Path) -> None:
    if place.exists():
        folder.mkdir(exist_ok=True)
        shutil.move(place, folder / place.name)
