"""The sentences that static/js/customer_view.js writes values into; the same that customer_view and customer_price say.

`{places}` are filled in by the script. A test compares each page of the kit with the server's, so that both say the same.
"""

from app.web import customer_pages, forms
from app.web.customer_price import PRICE_REASONS
from app.web.i18n import _, ngettext


def sentences() -> dict[str, str]:
    """Every sentence by its key."""
    return {
        **_of_prices(),
        **_of_work(),
        **_of_gaps(),
        **_of_details(),
        **_of_receipts(),
        "fix_one": ngettext("Please fix one thing", "Please fix %(num)s things", 1),
        "fix_many": ngettext("Please fix one thing", "Please fix %(num)s things", 2).replace("2", "{n}"),
        "not_saved": _("This was not saved"),
        "storage_full": _("The storage of this phone is full. Please give the phone back to the engineer."),
        "password_empty": _("Type your password"),
        "password_wrong": _("Check your password"),
        "password_offline": _("No answer. The password needs a signal."),
        "password_unsent": _("What was saved here has to be sent first. Try again with a better signal."),
    }


def price_reasons() -> dict[str, str]:
    """Why a line costs what it costs, by the norm's rule."""
    return {rule: str(words) for rule, words in PRICE_REASONS.items()}


def faults() -> dict[str, str]:
    """What to do about an input, by its name; `*` for any other."""
    own = {name: str(words) for name, words in customer_pages.FIELD_WORDS.items()}
    return {**own, "quality": forms.fault_words("already_rated"), "*": forms.fault_words("")}


def _of_prices() -> dict[str, str]:
    return {
        "at_most": _("At most"),
        "provisional": _(
            "If you show proof of the warranty later, the service centre checks this price again."
        ),
        "you_pay": _("You pay"),
        "paid": _("Paid: %(method)s", method="{method}"),
        "still_pay": _("You still pay"),
        "pay_by": _("To be paid by %(day)s.", day="{day}"),
        "pay_refused": _("You have not agreed to pay this. The service centre decides and tells you."),
        "invoice": _("An invoice was asked for."),
        "list": _("List %(price)s", price="{price}"),
        "certificate": _("your certificate %(price)s", price="{price}"),
        "tax_included": _("Tax included, %(rate)s", rate="{rate}"),
        "tax": _("Tax, %(rate)s", rate="{rate}"),
        "reduction": _("Taken off by the service centre"),
        "term_one": _("%(scope)s: 1 month", scope="{scope}"),
        "term": _("%(scope)s: %(months)s months", scope="{scope}", months="{months}"),
        "term_days": _("%(scope)s: %(days)s days", scope="{scope}", days="{days}"),
    }


def _of_work() -> dict[str, str]:
    return {
        "told": _("You told us"),
        "fault_found": _("Fault found"),
        "cause": _("Cause"),
        "done": _("What was done"),
        "parts": _("Parts"),
        "old_part": _("old part %(where)s", where="{where}"),
        "test": _("Test"),
        "result": _("Result"),
        "repair_warranty": _("Warranty on this repair"),
    }


def _of_gaps() -> dict[str, str]:
    return {
        "no_fault": _("The fault was not recorded."),
        "cause_not_found": _("The cause was not found."),
        "no_cause": _("The cause was not recorded."),
        "no_test": _("No final test was recorded."),
        "not_tested": _("The appliance was not tested at the end: %(reason)s.", reason="{reason}"),
        "unverified": _("Whether the product is still in warranty could not be verified."),
        "no_serial": _("The serial number was not recorded."),
        "no_payment": _("How the fee is paid was not recorded."),
        "not_recorded": _("Not recorded: %(step)s (%(reason)s).", step="{step}", reason="{reason}"),
    }


def _of_details() -> dict[str, str]:
    return {
        "customer": _("Customer"),
        "address": _("Address"),
        "appliance": _("Appliance"),
        "serial": _("Serial number"),
        "bought": _("Bought"),
        "product_warranty": _("Product warranty"),
        "appointment": _("Appointment"),
        "arrived": _("Arrived"),
        "engineer": _("Engineer"),
        "point": _("Service point"),
        "reference": _("Reference"),
        "agreed": _("Price you agreed to"),
        "agreed_value": _("%(total)s, %(moment)s", total="{total}", moment="{moment}"),
    }


def _of_receipts() -> dict[str, str]:
    return {
        "taken": _("We take with us"),
        "fault": _("Fault"),
        "condition": _("Condition"),
        "accessories": _("Accessories"),
        "why_taken": _("Why it cannot be repaired here"),
        "back_by": _("You get it back by"),
        "lent": _("We lend you"),
        "until": _("Until"),
    }
