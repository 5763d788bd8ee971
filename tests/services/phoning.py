"""A phone for the tests of syncing: it numbers what it keeps, reads its clock, and hands in."""

import uuid
from datetime import timedelta

from app.models.inbox import InboxEntry
from app.models.visits import Visit
from app.services import syncing, visiting
from app.services.judging import Submission
from app.services.syncing import Entry
from tests.builders import NOW

BOOT = "1764000000000"
LATER = NOW + timedelta(hours=6)


def reading(at, skew_s=0, seen=True, boot=BOOT):
    """The clock of a phone that is `skew_s` ahead of the server and was in contact at NOW."""
    device = at + timedelta(seconds=skew_s)
    contact = {
        "at": NOW.isoformat(),
        "device": (NOW + timedelta(seconds=skew_s)).isoformat(),
        "mono": 1000,
        "boot": BOOT,
    }
    return {
        "device": device.isoformat(), "mono": 1000 + round((at - NOW).total_seconds() * 1000), "boot": boot,
        "seen": contact if seen else None,
    }  # fmt: skip


class Phone:
    """One device of one person, for one visit."""

    def __init__(self, person, visit, device="phone-1", session=None):
        self.person, self.visit, self.device, self.session = person, visit, device, session
        self.seq, self.clock, self.sent = 0, NOW, []

    def keep(self, step, act="done", fields=None, **more) -> Entry:
        """One entry, not sent yet."""
        self.seq += 1
        self.clock += timedelta(minutes=1)
        own = {name: more.pop(name) for name in ("role", "shown", "proof", "form_version") if name in more}
        clock = more.pop("clock", reading(self.clock))
        seq, key, at = (
            more.pop("seq", self.seq),
            more.pop("key", None) or str(uuid.uuid4()),
            more.pop("at", self.clock),
        )
        sub = Submission(self.visit.id, step, act, key, fields or {}, at, device=self.device, **more)
        return Entry(sub, seq, clock=clock, **own)

    def send(self, *entries, now=LATER, **more):
        """The states in the order sent."""
        receipt = syncing.receive(self.person, self.device, entries, [], now, session=self.session, **more)
        return [receipt.results[one.submission.key] for one in entries]

    def do(self, step, act="done", fields=None, **more):
        """Kept and sent at once; it must take effect."""
        (result,) = self.send(self.keep(step, act, fields, **more))
        assert result == {"state": "applied"}, result
        return self.opened

    @property
    def opened(self):
        return visiting.opened(self.person, self.visit.id, LATER)


def state(entry):
    return InboxEntry.get_by_id(entry.submission.key).state


def row(visit):
    return Visit.get_by_id(visit.id)
