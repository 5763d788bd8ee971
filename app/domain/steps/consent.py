"""`consent`: the price agreed on the customer's page before work that costs (H-FEE-04, N-SHOW-01)."""

from app.domain import form
from app.domain.form import Raw
from app.domain.protocol import Field, Step
from app.domain.steps import diagnose
from app.domain.steps.common import Around, Entered, coded, read_declared

ACTS = ("handed_over", "handed_back", "agreed", "refused", "line", "unline", "done")


def read(act: str, step: Step, raw: Raw, around: Around) -> Entered:
    """agreed: {total, how}; refused: {reason, text}. The total named must be the one that stands."""
    if act in ("line", "unline"):
        return diagnose.read(act, step, raw, around)
    if act == "agreed":
        body, faults = form.read([Field("total", "number", required=True, min=0)], raw)
        if not faults and body["total"] != around.walk.fee.total:
            faults["total"] = "changed_meanwhile"
        return {**body, "currency": around.walk.fee.currency}, faults
    if act == "refused":
        reason = coded(around.protocol, "reason", "refuse_reason", required=True)
        return form.read([reason, Field("text", "text")], raw)
    if act == "done":
        return {}, {} if around.walk.consented else {"consent": "customer_has_not_agreed"}
    return read_declared(step, raw)
