"""`repair`: in the home, to the workshop, or not; measures, safety, and each fitted part with its old one (I, J)."""

from app.domain import form
from app.domain.form import Raw
from app.domain.protocol import Field, Step
from app.domain.steps import diagnose
from app.domain.steps.common import Around, Entered, coded, read_with
from app.domain.vocabulary import REPAIR_MODES

ACTS = ("fitted", "line", "unline", "done")
OLD_PARTS = ("taken", "left")
NOTHING_DONE = "none"  # stands alone or not at all


def read(act: str, step: Step, raw: Raw, around: Around) -> Entered:
    """fitted: {line, serial_new, serial_old, old_part, reason}; done: {mode, measures, measure_text, height_cm, …}."""
    if act in ("line", "unline"):
        return diagnose.read(act, step, raw, around)
    if act == "fitted":
        return _read_fitted(raw, around)
    body, faults = read_with(fields(around), step, raw)
    limit = int(around.protocol.settings.get("height_limit_cm", 200))
    if body.get("height_cm", 0) >= limit and not body.get("belt"):
        faults["belt"] = "no_belt_no_work"
    if NOTHING_DONE in body.get("measures", []) and len(body["measures"]) > 1:
        faults["measures"] = "contradicts"
    if body.get("mode") == "on_site" and not body.get("measures") and not body.get("measure_text"):
        faults.setdefault("measures", "required")
    if body.get("mode") == "on_site" and not faults and around.walk.unfitted:
        faults["fitted"] = "parts_without_old_part"
    return body, faults


def fields(around: Around) -> list[Field]:
    """The inputs that this kind brings."""
    return [
        Field("mode", "choice", required=True, options=REPAIR_MODES),
        coded(around.protocol, "measures", "measure", type="choices"),
        Field("measure_text", "longtext", max=500),
        Field("live_work", "tick"),
        Field("live_work_reason", "text"),
        Field("height_cm", "number", min=0, max=5000),
        Field("belt", "tick"),
        Field("photos", "photos"),
    ]


def _read_fitted(raw: Raw, around: Around) -> Entered:
    parts = tuple(key for key, line in around.walk.lines.items() if line.kind == "part")
    fields = [
        Field("line", "choice", required=True, options=parts),
        Field("serial_new", "text"),
        Field("serial_old", "text"),
        Field("old_part", "choice", required=True, options=OLD_PARTS),
        coded(around.protocol, "reason", "old_part_reason"),
    ]
    body, faults = form.read(fields, raw)
    if body.get("old_part") == "left" and "reason" not in body:
        faults.setdefault("reason", "required")
    return body, faults
