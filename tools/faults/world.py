"""The outlet of a run: one engineer, one desk, a job at a time, made through the models in this process."""

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from PIL import Image

from app import config
from app.models import database
from app.models.customers import Appliance, Customer
from app.models.database import transaction
from app.models.outlets import Outlet
from app.models.people import Person
from app.models.visits import Visit
from app.models.work_orders import WorkOrder
from app.services import authenticating, planning

LOGIN, PASSWORD, PIN = "mei", "doorstep", "246810"
AHEAD = timedelta(minutes=9)
LENGTH = timedelta(minutes=75)


@dataclass(frozen=True)
class Job:
    """A visit to be driven: its row's id and the word that stands in its address for the customer."""

    visit: int
    token: str
    words: str


class World:
    """Everything that a run needs in its database. `folder` is the server's data folder."""

    def __init__(self, folder: Path, dice: random.Random) -> None:
        self.folder = folder
        self.dice = dice
        self.zone = noon_zone()
        self._count = 0
        settings = config.Config(
            data_dir=folder, database=str(folder / "doorstep.db"), secret_key="", testing=True
        )
        config.use(settings)
        database.init(settings.database)
        database.connect()
        database.migrate()
        self._people()
        database.close()

    def job(self) -> Job:
        """A job that begins in a few minutes."""
        self._count += 1
        now = datetime.now(UTC)
        words = f"Warm since Friday, number {self._count}"
        database.connect()
        try:
            with transaction():
                mei = Person.get(Person.login == LOGIN)
                phones = [{"type": "mobile", "number": f"+86138001{self._count:05}"}]
                owner = Customer.create(
                    outlet=mei.outlet, name=f"Sarah Whitfield {self._count}", address=f"Harbour Road {self._count}",
                    phone=phones[0]["number"], phones=phones, language="en",
                )  # fmt: skip
                thing = Appliance.create(
                    customer=owner, kind="refrigerator", brand="Aurora", model="BCD-216",
                    serial=f"QYR2109-{self._count:08}", purchase_date=(now - timedelta(days=1600)).date(),
                )  # fmt: skip
                order = WorkOrder.create(
                    outlet=mei.outlet, customer=owner, appliance=thing, number=f"HZ1-W{self._count:05}", symptom=words,
                    symptom_codes=["no_cooling"], received_at=now,
                )  # fmt: skip
                made: Visit = planning.plan(mei.outlet, order, mei, now + AHEAD, now + AHEAD + LENGTH, now)
            return Job(made.id, made.customer_token, words)
        finally:
            database.close()

    def photo(self, name: str) -> Path:
        """A picture that no other is like."""
        path = self.folder / f"{name}.jpg"
        noise = Image.effect_noise((640, 480), 60)
        tint = tuple(self.dice.randrange(256) for _ in range(3))
        Image.merge(
            "RGB", [noise.point(lambda value, more=more: (value + more) % 256) for more in tint]
        ).save(path)
        return path

    def _people(self) -> None:
        with transaction():
            home = Outlet.create(
                code="HZ1", name="Riverside Service", address="68 Riverside Road", phone="+8657155500153",
                complaint_phone="+8657155500199", timezone=self.zone, language="en",
                languages=["en", "zh_Hans", "zh_Hant", "es"],
            )  # fmt: skip
            hashed = authenticating.hash_password(PASSWORD)
            for login, role in ((LOGIN, "engineer"), ("ana", "dispatcher")):
                Person.create(
                    outlet=home, login=login, name=login.capitalize(), role=role, language="en", password_hash=hashed,
                    permit_no="E-2041", permit_expires=(datetime.now(UTC) + timedelta(days=900)).date(),
                    phone="+8657155500161",
                )  # fmt: skip


def noon_zone() -> str:
    """A time zone in which it is between eleven and twelve now, so that no run begins or ends at midnight."""
    shift = (datetime.now(UTC).hour - 11 + 12) % 24 - 12
    return f"Etc/GMT{shift:+d}" if shift else "Etc/GMT"
