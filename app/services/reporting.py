"""Reporting: what customers said goes back to quality and operations (Q-VISIT-11); counting is `domain/feedback`."""

from datetime import date, timedelta

from app.domain.feedback import LONGEST_DAYS, Heard
from app.models import feedback
from app.models.people import Person
from app.services import publishing


def heard(person: Person, first: date, last: date) -> list[Heard]:
    """What was heard of the outlet's finished visits from `first` to `last`, at most a year of them."""
    first = max(first, last - timedelta(days=LONGEST_DAYS))
    results: dict[int, list[str]] = {}
    surveys: dict[int, list[dict[str, str]]] = {}
    for row in feedback.calls_of(person.outlet_id, first, last):
        results.setdefault(row["visit"], []).append(row["result"] or "")
        if row["survey"]:
            surveys.setdefault(row["visit"], []).append(row["survey"])
    decisions: dict[int, list[str | None]] = {}
    for row in feedback.doubts_of(person.outlet_id, first, last):
        decisions.setdefault(row["visit"], []).append(row["decision"])
    rows = feedback.visits_of(person.outlet_id, first, last)
    norms = {sha: publishing.protocol_of(sha) for sha in {row["protocol"] for row in rows}}
    return [
        Heard(
            day=row["day"], engineer=row["engineer"], norm=f"{norms[row['protocol']].id} {norms[row['protocol']].version}",
            outcome=row["outcome"] or "", rating=row["rating"], results=tuple(results.get(row["id"], ())),
            surveys=tuple(surveys.get(row["id"], ())), decisions=tuple(decisions.get(row["id"], ())),
            is_rework=row["rework"],
        )
        for row in rows
    ]  # fmt: skip
