"""Importing: work orders from a table as spreadsheets save it. Nothing is taken before it was looked at.

A line that cannot be taken is named with line, column and reason; the same line, taken before, counts once. What a
single request must hold is `domain.intake`'s.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from app import errors
from app.config import settings
from app.domain import form, intake, table
from app.domain.intake import Intake, Place
from app.domain.text import clean
from app.models import customers, people, work_orders
from app.models.customers import Appliance, Customer
from app.models.database import transaction
from app.models.outlets import Outlet
from app.models.people import Person
from app.services import dispatching

SIZE_LIMIT = 2 * 1024 * 1024
LINES_LIMIT = 2_000
TOGETHER = 50  # lines in one transaction, so that engineers' saves need not wait for a whole file
KEPT_HOURS = 24


@dataclass(frozen=True)
class Wrong:
    """Why a line cannot be taken: its number, the column as the file calls it, the fault, the text, the field."""

    line: int
    column: str
    fault: str
    typed: str = ""
    field: str = ""


@dataclass
class Line:
    """A line that can be taken."""

    number: int
    intake: Intake
    engineer: Person | None
    key: str


@dataclass
class Report:
    """What a file holds and what became of it. `fault`: the file cannot be read at all ('' when it can)."""

    fault: str = ""
    missing: tuple[str, ...] = ()
    good: list[Line] = field(default_factory=list)
    wrong: list[Wrong] = field(default_factory=list)
    known: list[int] = field(default_factory=list)
    taken: list[int] = field(default_factory=list)

    @property
    def wrong_lines(self) -> int:
        """How many lines have something wrong."""
        return len({one.line for one in self.wrong})


def run(
    outlet: Outlet, text: bytes | str, person: Person | None, now: datetime, take_good: bool = False
) -> Report:
    """Take a file: all of its new lines, or nothing when one is wrong, unless told to take the good ones.

    Lines are written fifty at a time; should that be cut short, the same file again takes only what is missing.
    """
    report = look(outlet, text, now)
    if report.fault or (report.wrong and not take_good):
        return report
    for start in range(0, len(report.good), TOGETHER):
        with transaction():
            for line in report.good[start : start + TOGETHER]:
                report.taken.append(_take(outlet, line, person, now))
    return report


def look(outlet: Outlet, text: bytes | str, now: datetime) -> Report:
    """What a file holds, without taking anything."""
    try:
        plain = table.decoded(text, SIZE_LIMIT)
        names, rows = table.read(plain, LINES_LIMIT, now.astimezone(ZoneInfo(outlet.timezone)).date())
    except table.Unreadable as fault:
        return Report(fault=fault.code, missing=fault.columns)
    report = Report()
    place = dispatching.place_of(outlet, now)
    staff = {name: one for one in people.engineers_of(outlet.id) for name in (one.login, one.name.lower())}
    found: list[tuple[Line, form.Faults, table.Cells]] = []
    for number, cells in rows:
        found.append((*_read(number, cells, place, staff, now), cells))
    known = work_orders.known_keys(outlet.id, [line.key for line, wrong, _cells in found if not wrong])
    seen: set[str] = set()
    for line, faults, cells in found:
        if not faults and (line.key in known or line.key in seen):
            report.known.append(line.number)
            continue
        seen.add(line.key)
        faults = intake.unkept(cells, place.zone, now) | dict(faults)
        if faults:
            report.wrong += [
                Wrong(line.number, names.get(column, column), fault, clean(cells.get(column, ""), 60), column)
                for column, fault in faults.items()
            ]
        else:
            report.good.append(line)
    return report


def hold(person: Person, data: bytes, now: datetime) -> str:
    """Keep an upload until its lines were looked at; returns its name. What is a day old goes."""
    if len(data) > SIZE_LIMIT:
        raise errors.TooLarge(limit=SIZE_LIMIT)
    folder = settings().data_dir / "imports"
    folder.mkdir(mode=0o700, exist_ok=True)
    for old in folder.iterdir():
        if now.timestamp() - old.stat().st_mtime > KEPT_HOURS * 3600:
            old.unlink(missing_ok=True)
    name = hashlib.sha256(data).hexdigest()
    _held_path(person, name).write_bytes(data)
    return name


def held(person: Person, name: str) -> bytes:
    """The upload of that name. :raise errors.Gone: it was taken, or is more than a day old"""
    if len(name) != 64 or not set(name) <= set("0123456789abcdef") or not _held_path(person, name).exists():
        raise errors.Gone(upload=name)
    return _held_path(person, name).read_bytes()


def forget(person: Person, name: str) -> None:
    """The upload has been taken."""
    _held_path(person, name).unlink(missing_ok=True)


def _held_path(person: Person, name: str) -> Path:
    return settings().data_dir / "imports" / f"{person.outlet_id}-{name}.csv"


def _read(
    number: int, cells: Mapping[str, str], place: Place, staff: Mapping[str, Person], now: datetime
) -> tuple[Line, form.Faults]:
    wanted, faults = intake.read(cells, place, now, parts=("customer", "appliance", "job"))
    name = cells.get("engineer", "").strip().lower()
    engineer = staff.get(name)
    if name and engineer is None:
        faults["engineer"] = "unknown_engineer"
    text = json.dumps(intake.typed_of(wanted, place.zone), ensure_ascii=False, sort_keys=True)
    key = f"line:{hashlib.sha256(text.encode()).hexdigest()}"
    return Line(number, wanted, engineer, key), faults


def _take(outlet: Outlet, line: Line, person: Person | None, now: datetime) -> int:
    """Write one line; a customer and an appliance that are known already are not made again."""
    before = work_orders.by_import_key(outlet.id, line.key)
    if before is not None:  # somebody took the same file meanwhile
        return int(before.id)
    wanted = line.intake
    customer = customers.known(outlet.id, wanted.name, wanted.phone)
    appliance = _known_appliance(customer, wanted) if customer else None
    visit = dispatching.store(
        outlet, wanted, person, now, engineer=line.engineer, customer=customer, appliance=appliance, source="import",
        import_key=line.key,
    )  # fmt: skip
    return int(visit.work_order_id)


def _known_appliance(customer: Customer, wanted: Intake) -> Appliance | None:
    things: Iterable[Appliance] = customers.appliances_of([customer.id])
    for one in things:
        same_serial = bool(wanted.serial) and one.serial == wanted.serial
        same_model = (one.kind, one.brand, one.model) == (wanted.appliance_kind, wanted.brand, wanted.model)
        if same_serial or (same_model and (not wanted.serial or not one.serial)):
            return one
    return None


def sample() -> bytes:
    """The sample file that people may fill in."""
    return (Path(__file__).parent.parent / "samples" / "work_orders.csv").read_bytes()
