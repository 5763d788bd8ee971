"""Demonstrating: the demo outlets, their people, and a day that leads down every branch of the norm.

It is played through `visiting.submit` like any engineer's day; only outlets marked as demo are ever touched. Each new
day it deals itself a new list, and the day before holds finished visits with their papers.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from app.models import stock
from app.models.customers import Appliance, Customer
from app.models.database import transaction
from app.models.documents import next_number
from app.models.outlets import Outlet
from app.models.people import Person
from app.models.stock import Loaner
from app.models.visits import Visit
from app.models.work_orders import WorkOrder
from app.services import authenticating, planning
from app.services.demo_jobs import FINISHED, JOBS, LOANERS, OUTLETS, PEOPLE, Job, Play
from app.services.rehearsing import Rehearsal

PASSWORD = "doorstep"
PIN = "246810"
SLOT = timedelta(minutes=75)
QUARTER = 15  # all in minutes of the day
HEAD_START = 20
LATEST_START = 21 * 60
EVENING = 22 * 60 + 30


def load(now: datetime) -> None:
    """Make the demo's outlets and people if there are none, and deal today. Safe to call at every start."""
    with transaction():
        if not Outlet.select().where(Outlet.is_demo).exists():
            _make_outlets()
    deal(now)


def deal(now: datetime) -> None:
    """Give every demo outlet the jobs of its present day, and yesterday's finished ones, once."""
    for outlet in Outlet.select().where(Outlet.is_demo):
        today = now.astimezone(ZoneInfo(outlet.timezone)).date()
        with transaction():  # of two processes that see the new day together, one deals
            if not _is_dealt(outlet, today):
                _deal_day(outlet, today, now)


@cache
def _dealt() -> set[tuple[int, date]]:
    return set()


def deal_if_new_day(outlet: Outlet, now: datetime) -> None:
    """For pages: deal when the day of a demo outlet has changed; costs nothing on every later request of the day."""
    if not outlet.is_demo:
        return
    today = now.astimezone(ZoneInfo(outlet.timezone)).date()
    if (outlet.id, today) not in _dealt():
        deal(now)
        _dealt().add((outlet.id, today))


def people() -> list[tuple[str, str]]:
    """Login and role of the demo's people, for the sign-in page and the start's message."""
    return [(login, role) for login, _, role, *_ in PEOPLE]


def _is_dealt(outlet: Outlet, day: date) -> bool:
    """Whether its jobs are there; a visit alone may be one that somebody put off to that day."""
    return any(_is_ordered(outlet, day, job) for job in JOBS if job.outlet == outlet.code)


def _make_outlets() -> None:
    hashed = authenticating.hash_password(PASSWORD)
    made = {values["code"]: Outlet.create(is_demo=True, **values) for values in OUTLETS}
    for number, (login, name, role, code, language, lead, phone) in enumerate(PEOPLE):
        Person.create(
            outlet=made[code], login=login, name=name, role=role, lead=lead, language=language, password_hash=hashed,
            permit_no=f"E-{2041 + 7 * number}", permit_expires=date(2029, 6, 30), phone=phone or made[code].phone,
            training=f"T-{5108 + 3 * number}", training_until=date(2028, 12, 31), vouched_by="Root", vouched_on=date(2026, 11, 1),
        )  # fmt: skip
    for code, kind, brand, model, serial in LOANERS:
        Loaner.create(outlet=made[code], kind=kind, brand=brand, model=model, serial=serial, condition="—")


def _deal_day(outlet: Outlet, today: date, now: datetime) -> None:
    before = today - timedelta(days=1)
    stock.take_back_of(outlet.id, before)
    for play in FINISHED:
        if play.job.outlet == outlet.code and not _is_ordered(outlet, before, play.job):
            _play(outlet, play, before)
    jobs = [job for job in JOBS if job.outlet == outlet.code]
    starts = hours([time.fromisoformat(job.at) for job in jobs], now.astimezone(ZoneInfo(outlet.timezone)))
    for job, start in zip(jobs, starts, strict=True):
        _order(outlet, job, today, now, start)


def hours(planned: list[time], now: datetime) -> list[time]:
    """When the day's jobs are, so that somebody who first looks at noon is not late everywhere. `now`: local.

    As planned before the first; later the whole day moves behind the present half hour, drawn together to end by
    EVENING. The order stays.
    """
    minutes = [at.hour * 60 + at.minute for at in planned]
    first, last = min(minutes), max(minutes)
    ready = now.hour * 60 + now.minute + HEAD_START
    if ready <= first:
        return planned
    start = min(-(-ready // QUARTER) * QUARTER, LATEST_START)
    span = min(last - first, EVENING - start)
    moved = [start + (minute - first) * span // max(last - first, 1) for minute in minutes]
    return [time(minute // 60, minute % 60 // 5 * 5) for minute in moved]


def _is_ordered(outlet: Outlet, day: date, job: Job) -> bool:
    key = f"demo-{day:%y%m%d}-{job.key}"
    return WorkOrder.select().where((WorkOrder.outlet == outlet.id) & (WorkOrder.import_key == key)).exists()


def _order(outlet: Outlet, job: Job, day: date, now: datetime, start: time | None = None) -> Visit:
    """One work order with its visit at the job's hour of that day, or at another."""
    zone = ZoneInfo(outlet.timezone)
    slot = datetime.combine(day, start or time.fromisoformat(job.at), zone).astimezone(UTC)
    customer, _ = Customer.get_or_create(
        outlet=outlet, name=job.customer,
        defaults={
            "address": job.address, "area": job.area, "phones": [{"type": "mobile", "number": job.phone}],
            "phone": job.phone, "language": job.language,
        },
    )  # fmt: skip
    bought = day - timedelta(days=round(30.44 * job.age_months)) if job.age_months is not None else None
    appliance, _ = Appliance.get_or_create(
        customer=customer, kind=job.kind,
        defaults={"brand": job.brand, "model": job.model, "serial": job.serial, "purchase_date": bought},
    )  # fmt: skip
    local = now.astimezone(zone)
    number = next_number(outlet.id, "work_order", local.year)
    order = WorkOrder.create(
        outlet=outlet, number=f"{outlet.code}-W{local:%y}{number:05d}", customer=customer, appliance=appliance,
        symptom=job.symptom, symptom_codes=list(job.codes), request=job.request, urgency=job.urgency,
        received_at=slot - timedelta(hours=20), wanted_from=slot, wanted_to=slot + SLOT,
        import_key=f"demo-{day:%y%m%d}-{job.key}",
    )  # fmt: skip
    engineer = Person.get_or_none(Person.login == job.engineer) if job.engineer else None
    return planning.plan(outlet, order, engineer, slot, slot + SLOT, now, travel_minutes=job.travel)


def _play(outlet: Outlet, play: Play, day: date) -> None:
    """A finished visit of that day, act by act."""
    zone = ZoneInfo(outlet.timezone)
    morning = datetime.combine(day, time(7, 40), zone).astimezone(UTC)
    visit = _order(outlet, play.job, day, morning)
    rehearsal = Rehearsal(Person.get(Person.login == play.job.engineer), visit.id, morning, play.answers)
    if play.lines:
        rehearsal.until("diagnose")
        rehearsal.quote(play.lines)
    if play.problem:
        step, fields = play.problem
        rehearsal.until(step)
        rehearsal.act(step, "problem", fields)
    rehearsal.until(None)
