"""`pay`: how the fee was paid: whole, in part, later by a date, or refused; and a wish for an invoice (N-OUT-06, N-INV-07)."""

from app.domain.form import Raw
from app.domain.protocol import Field, Step
from app.domain.steps.common import Around, Entered, coded, read_with
from app.domain.vocabulary import PAY_METHODS

ACTS = ("done",)
RESTS = ("later", "refused")


def fields(around: Around) -> list[Field]:
    """The inputs that this kind brings."""
    return [
        Field("method", "choice", required=True, options=(*PAY_METHODS, "none")),
        Field("amount", "money"),
        Field("rest", "choice", options=RESTS),
        Field("later_by", "date"),
        coded(around.protocol, "refuse_reason", "pay_refuse_reason"),
        Field("invoice", "tick"),
        Field("invoice_title", "text"),
        Field("invoice_tax_id", "text", max=40),
        Field("invoice_to", "text"),
    ]


def read(act: str, step: Step, raw: Raw, around: Around) -> Entered:
    """{method, paid, due, rest, later_by, refuse_reason, invoice…}; a rest needs a date or a reason."""
    body, faults = read_with(fields(around), step, raw)
    total = around.walk.fee.total
    method = body.get("method")
    paid = 0 if method == "none" else body.pop("amount", total)
    body.pop("amount", None)
    if paid > total:
        faults["amount"] = "more_than_the_total"
    elif method and method != "none" and paid == 0 and total:
        faults["amount"] = "required"
    if paid < total and not faults.get("amount"):
        if not body.get("rest"):
            faults.setdefault("rest", "required")
        elif body["rest"] == "later" and body.get("later_by", "") < around.at.date().isoformat():
            faults.setdefault("later_by", "in_the_past" if body.get("later_by") else "required")
        elif body["rest"] == "refused" and not body.get("refuse_reason"):
            faults.setdefault("refuse_reason", "required")
    if body.get("invoice") and not body.get("invoice_title"):
        faults.setdefault("invoice_title", "required")
    return {**body, "paid": paid, "due": total}, faults
