"""`arrive`: the time of arrival, and when late the true cause and the apology of its tier (E-LATE-06..08, E1–E3)."""

from app.domain import schedule
from app.domain.form import Raw
from app.domain.protocol import Field, Step
from app.domain.steps.common import Around, Entered, coded, read_with

ACTS = ("done",)


def punctuality(around: Around) -> schedule.Arrival:
    """How punctual somebody is who arrives at the time of this act."""
    tier2 = int(around.protocol.settings.get("late_tier2_min", schedule.LATE_TIER2_MIN))
    return schedule.arrival(around.walk.appointment, around.at, late_tier2_min=tier2)


def fields(around: Around) -> list[Field]:
    """The cause and apology are asked only of somebody who is late."""
    if punctuality(around).tier == 0:
        return []
    return [
        coded(around.protocol, "late_cause", "late_cause", required=True),
        Field("told_ahead", "tick"),
        Field("apologised", "tick", required=True, or_reason=True),
        Field("accepted", "choice", options=("accepted", "not_accepted", "not_yet")),
    ]


def read(act: str, step: Step, raw: Raw, around: Around) -> Entered:
    """{arrived_at, minutes_late, tier, late_cause, told_ahead, apologised, accepted, …declared}."""
    body, faults = read_with(fields(around), step, raw)
    found = punctuality(around)
    return {
        **body,
        "arrived_at": around.at.isoformat(),
        "minutes_late": found.minutes,
        "tier": found.tier,
    }, faults
