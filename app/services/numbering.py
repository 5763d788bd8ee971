"""Numbering: each numbered paper of a visit gets the next number of its outlet, kind and year, once and without gaps."""

from datetime import datetime
from zoneinfo import ZoneInfo

from app.domain.walk import Walk
from app.models import documents
from app.models.visits import Visit

LETTERS = {"slip": "S", "receipt": "R", "iou": "A", "loaner": "L"}


def give_for(step_kind: str, walk: Walk, visit: Visit, now: datetime) -> None:
    """The numbers that a signature, or on the slip its refusal, calls for. Needs an open transaction."""
    if step_kind == "sign":
        give("slip", visit, now)
        paid = walk.of_kind("pay")
        if paid and paid.applies and paid.values.get("paid"):
            give("receipt", visit, now)
    elif step_kind == "take_back":
        give("iou", visit, now)
        taken = walk.of_kind("take_back")
        if taken and taken.values.get("loaner", "none") != "none":
            give("loaner", visit, now)


def give(kind: str, visit: Visit, now: datetime) -> str:
    """The visit's number for this kind of paper: the one it has, else the next. Needs an open transaction."""
    kept = documents.number_of(visit.id, kind)
    if kept:
        return kept
    local = now.astimezone(ZoneInfo(visit.outlet.timezone))
    count = documents.next_number(visit.outlet_id, kind, local.year)
    number = f"{visit.outlet.code}-{LETTERS[kind]}{local:%y}{count:05d}"
    documents.keep_number(visit.id, kind, number, now)
    return number
