"""`diagnose`: fault, cause and product as found, the warranty's inputs, and the quoted lines (H-DIAG-01, H-LEVEL-10)."""

from app.domain import form
from app.domain.form import Raw
from app.domain.protocol import Field, Step
from app.domain.steps.common import Around, Entered, bought_faults, coded, read_with

ACTS = ("line", "unline", "done")
BASES = ("certificate", "invoice", "plate", "statement")
QTY = Field("qty", "number", required=True, min=1, max=99)
CERTIFICATE_PRICE = Field("certificate_price", "money", min=1)  # nothing is free but by warranty or a ruling
LINES_LIMIT = 40


def read(act: str, step: Step, raw: Raw, around: Around) -> Entered:
    """line: {item, qty, certificate_price}; unline: {line}; done: fault, cause, product, warranty's inputs."""
    if act == "line":
        return read_line(raw, around)
    if act == "unline":
        return read_unline(raw, around)
    body, faults = read_with(fields(around), step, raw)
    return body, {**faults, **bought_faults(body, around)}


def fields(around: Around) -> list[Field]:
    """The inputs that this kind brings."""
    return [
        coded(around.protocol, "fault", "fault", required=True),
        Field("fault_text", "longtext", max=500),
        coded(around.protocol, "cause", "cause", required=True),
        Field("cause_text", "longtext", max=500),
        Field("brand", "text"),
        Field("model", "text"),
        Field("serial", "text"),
        Field("purchase_date", "date"),
        Field("basis", "choice", required=True, options=BASES),
        Field("photos", "photos"),
    ]


def read_line(raw: Raw, around: Around) -> Entered:
    """A quoted line from the price list; the certificate's price when the customer's certificate shows another."""
    item = Field("item", "choice", required=True, options=tuple(around.prices.items))
    body, faults = form.read([item, QTY, CERTIFICATE_PRICE], {"qty": "1", **raw})
    if len(around.walk.lines) >= LINES_LIMIT:
        faults["item"] = "too_many_lines"
    if not is_inspected(around):
        faults["item"] = "inspect_first"
    return body, faults


def is_inspected(around: Around) -> bool:
    """Whether a price may be named: what the diagnosis's setting `lines_after` lists was done or passed (C-PRICE-07).

    The norm's setting `price_before_inspection = true` lets it be named before.
    """
    step = around.protocol.kind_of("diagnose")
    before = step.settings.get("lines_after", ()) if step else ()
    allowed = around.protocol.settings.get("price_before_inspection") is True
    return allowed or all(around.walk.steps[name].settled for name in before)


def read_unline(raw: Raw, around: Around) -> Entered:
    """A line is taken out again by its key."""
    return form.read([Field("line", "choice", required=True, options=tuple(around.walk.lines))], raw)
