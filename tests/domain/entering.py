"""Entries as a form sends them, read by their kind of step on a visit that is walked in memory."""

from tests.domain.walking import Walked

SHA = "sha256:" + "a" * 64
STROKES = "[[20,90,40,40,60,95,80,45],[110,70,150,66]]"
CANVAS = "[340,240]"


def read(step: str, act: str = "done", fields=None, *, visit: Walked | None = None):
    """Body and faults of an entry; the visit is a quoted one unless given."""
    return (visit or quoted()).read(step, act, fields or {})


def quoted() -> Walked:
    """Diagnosed, with a pump on the quote; an hour before the appointment."""
    return Walked().line("drain_pump").diagnosed()


def agreed() -> Walked:
    visit = quoted()
    return visit.add("consent", "agreed", {"total": visit.walk.fee.total}, role="customer")


def with_(good, **changed):
    """The good entry with other values; None takes one out."""
    return {key: value for key, value in {**good, **changed}.items() if value is not None}
