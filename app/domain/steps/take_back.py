"""`take_back`: condition, photos, accessories, true reason, promised date, loaner; then the signed IOU (I-PULL-05..09)."""

from app.domain.form import Faults, Raw
from app.domain.protocol import Field, Step
from app.domain.steps.common import Around, Entered, coded, promise_faults, read_with
from app.domain.steps.sign import read_signature

ACTS = ("done", "handed_over", "handed_back", "signed", "declined")


def read(act: str, step: Step, raw: Raw, around: Around) -> Entered:
    """done: what is taken and what is lent; signed or declined: as on the slip."""
    if act in ("signed", "declined"):
        return read_signature(act, raw, around)
    if act != "done":
        return {}, _lent_elsewhere(around) if act == "handed_over" else {}
    body, faults = read_with(fields(around), step, raw)
    faults |= promise_faults(body, "promised_on", around)
    if body.get("loaner", "none") == "none":
        body = {
            key: value for key, value in body.items() if key not in ("loaner_condition", "loaner_accessories")
        }
    elif not body.get("loaner_condition"):
        faults.setdefault("loaner_condition", "required")
    return body, faults


def _lent_elsewhere(around: Around) -> Faults:
    """The unit that was chosen may have gone to another customer before this one signs for it."""
    state = around.walk.of_kind("take_back")
    chosen = state.values.get("loaner", "none") if state else "none"
    free = {"none", *(str(loaner["id"]) for loaner in around.facts.loaners)}
    return {} if chosen in free else {"loaner": "lent_elsewhere"}


def fields(around: Around) -> list[Field]:
    """The inputs that this kind brings."""
    loaners = ("none", *(str(loaner["id"]) for loaner in around.facts.loaners))
    return [
        Field("condition", "longtext", required=True, max=500),
        Field("photos", "photos", required=True, or_reason=True),
        Field("accessories", "text"),
        coded(around.protocol, "reason", "take_back_reason", required=True),
        Field("reason_text", "text"),
        Field("promised_on", "date", required=True),
        Field("loaner", "choice", required=True, options=loaners),
        Field("loaner_condition", "text"),
        Field("loaner_accessories", "text"),
    ]
