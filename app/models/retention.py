"""Retention runs: the log of each time when personal data was forgotten. While one is open, bodies may be deleted."""

import peewee

from app.models.database import Row, UtcDateTimeField


class RetentionRun(Row):
    """One forgetting: why, from when to when, and how many bodies went."""

    reason = peewee.CharField()
    started = UtcDateTimeField()
    ended = UtcDateTimeField(null=True)
    bodies = peewee.IntegerField(default=0)

    class Meta:
        table_name = "retention_run"


def forgotten() -> int:
    """How many bodies all runs together say that they forgot."""
    return int(RetentionRun.select(peewee.fn.COALESCE(peewee.fn.SUM(RetentionRun.bodies), 0)).scalar())
