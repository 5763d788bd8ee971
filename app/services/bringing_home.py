"""Bringing home: what a visit's records do to a product in the workshop: taken under an IOU, home again with a signature.

Inside the record's transaction. What the desk and the workshop do is `returning`'s.
"""

from datetime import date, datetime

from app.domain import content
from app.domain.record import Record
from app.domain.walk import Walk
from app.models import stock, tasks, workshop
from app.models.tasks import Task
from app.models.visits import Visit
from app.models.workshop import WorkshopItem

LOANER_IS_BACK = ("same", "worse")


def take(visit: Visit, record: Record, promised_on: str, person_id: int) -> None:
    """The IOU is signed: the product is on its way to the workshop. Inside the record's transaction."""
    workshop.taken(
        visit.outlet_id, visit.id, person_id, record.at, date.fromisoformat(promised_on), record.key
    )


def bring_home(after: Walk, visit: Visit, record: Record, person_id: int, now: datetime) -> None:
    """The customer signed a return: the IOU is discharged and the loaner free, if it came along. In the record's transaction."""
    home = visit.around["job"]["brings_back"]
    item = workshop.of_visit(home["visit"]) if home else None
    if item is None:
        return
    state = content.for_paper(after, content.BROUGHT_BACK)
    said = dict(state.values) if state else {}
    lent = (home or {}).get("taken", {}).get("loaner")
    if lent and said.get("loaner") in LOANER_IS_BACK:
        stock.take_in(item.visit_id, said.get("loaner_note") if said["loaner"] == "worse" else None)
    elif lent:
        unit = " ".join(filter(None, (lent.get("brand"), lent.get("model"), lent.get("serial"))))
        Task.create(
            outlet=visit.outlet_id, visit=visit, record_key=record.key, kind="notice", owner_role="dispatcher",
            question=" · ".join(filter(None, (unit, said.get("loaner_note")))), data={"loaner": "kept"},
            created_at=now, due_at=now,
        )  # fmt: skip
    body = {name: said[name] for name in ("product", "changed", "loaner", "loaner_note") if said.get(name)}
    workshop.write(
        item.id, "state", person_id, record.at, body, seen=item.state, key=record.key, state="returned",
        returned_at=record.at,
    )  # fmt: skip
    settle_clock(item, person_id, now)


def settle_clock(item: WorkshopItem, person_id: int, now: datetime) -> None:
    """What was asked about the promised day is answered: it is kept, or another one is agreed."""
    for task in tasks.of_promises([item.visit_id]):
        tasks.settle(task.id, person_id, "done", None, "", now)
