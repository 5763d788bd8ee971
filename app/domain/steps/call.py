"""`call`: each attempt to reach the customer, then the five items confirmed or corrected (C-CALL-01, C-DIFF-10)."""

from datetime import datetime, timedelta

from app.domain import form
from app.domain.form import Raw
from app.domain.protocol import Field, Step
from app.domain.steps.common import Around, Entered, ahead_faults, bought_faults, read_declared

ACTS = ("attempt", "done")
DAY = timedelta(days=1)
CHANNELS = ("phone", "message")
RESULTS = ("answered", "no_answer", "busy", "refused")
ITEMS = (
    Field("time", "datetime"),
    Field("address", "text", max=300),
    Field("model", "text"),
    Field("purchase_date", "date"),
    Field("symptom", "longtext", max=500),
)
ATTEMPT = (
    Field("channel", "choice", required=True, options=CHANNELS),
    Field("number", "tel"),
    Field("result", "choice", required=True, options=RESULTS),
)


def read(act: str, step: Step, raw: Raw, around: Around) -> Entered:
    """attempt: {channel, number, result}; done: {confirmed: [item], corrected: {item: value}, …declared}."""
    if act == "attempt":
        return form.read(ATTEMPT, raw)
    values, faults = form.read(ITEMS, raw)
    confirmed = [item.id for item in ITEMS if form.first(raw, f"{item.id}_is") == "confirmed"]
    corrected = {}
    for item in ITEMS:
        answer = form.first(raw, f"{item.id}_is")
        if answer == "confirmed":
            faults.pop(item.id, None)
        elif answer != "corrected":
            faults[item.id] = "confirm_or_correct"  # nothing is confirmed that nobody answered
        elif item.id in values:
            corrected[item.id] = values[item.id]
        else:
            faults.setdefault(item.id, "required")
    faults |= bought_faults(corrected, around)
    if "time" in corrected:  # a call entered afterwards may name a time that has come meanwhile
        faults |= ahead_faults("time", datetime.fromisoformat(corrected["time"]), around.at - DAY, 365 * DAY)
    declared, more = read_declared(step, raw)
    return {"confirmed": confirmed, "corrected": corrected, **declared}, {**faults, **more}
