"""`fees`: the lines as the rule table computed them, looked at before anyone pays; nothing is waived here (N)."""

from app.domain.form import Raw
from app.domain.protocol import Step
from app.domain.steps import diagnose
from app.domain.steps.common import Around, Entered, read_declared

ACTS = ("line", "unline", "done")


def read(act: str, step: Step, raw: Raw, around: Around) -> Entered:
    """done: {total, …declared}: the total that was looked at."""
    if act != "done":
        return diagnose.read(act, step, raw, around)
    body, faults = read_declared(step, raw)
    return {**body, "total": around.walk.fee.total}, faults
