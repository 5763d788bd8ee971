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
