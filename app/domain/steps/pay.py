"""`pay`: how the fee was paid: whole, in part, later by a date, or refused; and a wish for an invoice (N-OUT-06, N-INV-07)."""

from app.domain.form import Raw
from app.domain.protocol import Field, Step
from app.domain.steps.common import Around, Entered, coded, promise_faults, read_with
from app.domain.vocabulary import PAY_METHODS

ACTS = ("done",)
RESTS = ("later", "refused")
NEEDED = {"later": "later_by", "refused": "refuse_reason"}  # what each way with the rest asks for


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
    rest = body.get("rest") if paid < total else None
    for name in {"rest", *NEEDED.values()} - ({"rest", NEEDED[rest]} if rest else set()):
        body.pop(name, None)  # what a changed mind left in the form
    if paid < total and "amount" not in faults:
        needed = NEEDED[rest] if rest else "rest"
        if needed not in body:
            faults.setdefault(needed, "required")
        faults |= promise_faults(body, "later_by", around)
    if body.get("invoice") and not body.get("invoice_title"):
        faults.setdefault("invoice_title", "required")
    return {**body, "paid": paid, "due": total}, faults
