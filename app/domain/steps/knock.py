"""`knock`: every bout with its own time, then the ladder when nobody opens (F-KNOCK-05..14). Telephoning is never locked."""

from app.domain import form
from app.domain.form import Raw
from app.domain.ladder import RUNGS
from app.domain.protocol import Field, Step
from app.domain.steps.common import Around, Entered, read_declared

ACTS = ("bout", "ladder", "done")
WAYS = ("bell", "knock")
RESULTS = {
    "telephone": ("answered", "no_answer", "off"),
    "neighbour": ("out", "in", "unknown", "none"),
    "note": ("left",),
    "centre": ("told",),
    "downstairs": ("not_there", "found"),
}
PLACES = ("door", "letterbox", "other")


def read(act: str, step: Step, raw: Raw, around: Around) -> Entered:
    """bout: {way}; ladder: {rung, result, place, photo}; done: {opened: true, …declared}."""
    if act == "bout":
        return form.read([Field("way", "choice", required=True, options=WAYS)], raw)
    if act == "ladder":
        return _read_rung(raw)
    body, faults = read_declared(step, raw)
    return {**body, "opened": True}, faults


def _read_rung(raw: Raw) -> Entered:
    rung = form.first(raw, "rung")
    if rung not in RUNGS:
        return {}, {"rung": "not_an_option"}
    fields = [Field("result", "choice", required=True, options=RESULTS[rung])]
    if rung == "note":
        fields += [Field("place", "choice", required=True, options=PLACES), Field("photo", "photo")]
    body, faults = form.read(fields, raw)
    return {"rung": rung, **body}, faults
