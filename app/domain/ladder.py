"""The ladder at a closed door: what the norm tries before one leaves (F-KNOCK-11..14). Who records it is `steps.knock`'s."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from app.domain.record import Record

RUNGS = ("telephone", "neighbour", "note", "centre", "downstairs")
WAIT = "wait"


def untried(log: Iterable[Record], at: datetime, total_s: int) -> list[str]:
    """What was not recorded before leaving at `at`: the whole wait after the first bout, and each rung."""
    kept = list(log)
    bouts = [record.at for record in kept if record.act == "bout"]
    tried = {record.body.get("rung") for record in kept if record.act == "ladder"}
    waited = bool(bouts) and at - min(bouts) >= timedelta(seconds=total_s)
    return ([] if waited else [WAIT]) + [rung for rung in RUNGS if rung not in tried]
