"""Entries for the tests of saving: one submission, a quoted visit, and the proof that a refusal stored nothing."""

import uuid
from datetime import timedelta, timezone

import pytest

from app.models.tables import TABLES
from app.models.visits import Visit
from app.services import visiting
from app.services.rehearsing import CANVAS, SIGNATURE, Rehearsal
from app.services.visiting import Submission
from tests.builders import NOW

SHANGHAI = timezone(timedelta(hours=8))
DRAWN = {"how": "drawn", "strokes": SIGNATURE, "size": CANVAS}
SHA = "sha256:" + "a" * 64


def entry(visit: Visit, step: str = "listen", act: str = "done", fields=None, **more) -> Submission:
    """One submission now, with a key of its own."""
    if fields is None:
        fields = {"words": "It drips"} if (step, act) == ("listen", "done") else {}
    return Submission(
        visit=visit.id, step=step, act=act, fields=fields, **{"key": str(uuid.uuid4()), "at": NOW, **more}
    )


def rows() -> dict[str, int]:
    """How many rows every table has."""
    return {model.__name__: model.select().count() for model in TABLES}


def quoted(play: Rehearsal) -> Rehearsal:
    """A pump is quoted, the fault found, and the customer has not been asked yet."""
    play.until("diagnose")
    play.quote([("callout", 1)])
    play.until("consent")
    return play


def agreed(opened) -> dict[str, str]:
    return {"total": str(opened.walk.fee.total)}


def refused(cast, visit, submission, fault, role="engineer", **details):
    before, state = rows(), Visit.get_by_id(visit.id).__data__
    with pytest.raises(fault) as raised:
        visiting.submit(cast.mei, submission, NOW, role=role)
    assert type(raised.value) is fault
    assert rows() == before and Visit.get_by_id(visit.id).__data__ == state
    for name, value in details.items():
        assert raised.value.details[name] == value
