"""A whole visit by the outbox, in batches and shuffled, ends exactly where the same visit by plain forms ends."""

import random
import shutil
import uuid
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from app.models import database
from app.models.inbox import InboxEntry
from app.models.tasks import FollowUp, Task
from app.services import syncing, visiting
from app.services.judging import Submission
from app.services.rehearsing import Rehearsal
from app.services.syncing import BATCH_LIMIT, Entry
from tests import builders
from tests.builders import NOW
from tests.services.phoning import LATER, reading

PHONE = "phone-1"


class Recording(Rehearsal):
    """Plays by plain forms and remembers what was entered."""

    def act(self, step, act, fields=None, role="engineer"):
        self.clock += timedelta(minutes=1)
        entry = Submission(self.visit_id, step, act, str(uuid.uuid4()), dict(fields or {}), self.clock)
        self.opened = visiting.submit(self.person, entry, self.clock, role=role)
        self.__dict__.setdefault("kept", []).append((entry, role))
        return self.opened


def played(cast, visit) -> Recording:
    play = Recording(cast.mei, visit.id, NOW)
    play.until("diagnose")
    play.quote([("callout", 1)])
    play.until(None)
    return play


def picture(person, visit):
    """What the visit, its papers' contents and what follows from it look like; without the server's own times."""
    found = visiting.opened(person, visit.id, LATER)
    row = found.visit.__data__
    records = [(one.seq, one.key, one.step, one.act, one.at, one.role, one.body) for one in found.records]
    tasks = [(one.kind, one.step, one.data) for one in Task.select().order_by(Task.id)]
    calls = [(one.kind, one.performer, one.due_at) for one in FollowUp.select().order_by(FollowUp.id)]
    return row, records, tasks, calls


@pytest.fixture
def twice(db: Path, tmp_path: Path, cast):
    """The same visit in two databases: `twice(act)` runs the act in a copy of how things stood at the beginning."""
    visit = builders.visit(cast.mei)
    database.database.execute_sql("pragma wal_checkpoint(truncate)")
    shutil.copyfile(db, tmp_path / "copy.db")

    def run(act):
        database.close()
        database.database.init(str(tmp_path / "copy.db"), pragmas={**database.PRAGMAS, "synchronous": 0})
        database.connect()
        return act()

    return cast, visit, run


def entries_of(play):
    kept = [replace(entry, device=PHONE) for entry, _role in play.kept]
    roles = [role for _entry, role in play.kept]
    return [
        Entry(one, seq, role=role, clock=reading(one.at))
        for seq, (one, role) in enumerate(zip(kept, roles, strict=True), start=1)
    ]


@pytest.mark.parametrize("seed", [None, 1, 2])
def test_the_outbox_and_the_forms_end_in_the_same_place(twice, seed):
    cast, visit, in_a_copy = twice
    play = played(cast, visit)
    expected, entries = picture(cast.mei, visit), entries_of(play)
    assert len(entries) > BATCH_LIMIT and expected[0]["state"] == "finished"

    def send():
        waiting = list(entries)
        if seed is None:
            batches = [waiting[at : at + BATCH_LIMIT] for at in range(0, len(waiting), BATCH_LIMIT)]
            assert len(batches) == 2
        else:
            chance = random.Random(seed)
            batches = [chance.sample(waiting, chance.randint(1, 9)) for _ in range(8)]
            chance.shuffle(waiting)
            batches += [waiting[at : at + 20] for at in range(0, len(waiting), 20)]
        for batch in batches:
            syncing.receive(cast.mei, PHONE, batch, [], LATER)
        assert {one.state for one in InboxEntry.select()} == {"applied"}
        return picture(cast.mei, visit), syncing.tally(visit.id, PHONE)["count"]

    found, count = in_a_copy(send)
    assert found == expected and count == len(entries)
