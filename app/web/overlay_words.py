"""What the overlay of the visit page says by itself, by key: states of a save, banners, prices, the review. No pages.

Most of what it shows stands on the page or in the norm's document already; here is only what neither holds.
"""

from typing import Any

from babel.support import LazyProxy

from app.domain.paper import wording
from app.web import visit_words
from app.web.fault_words import WORDS as STOPS
from app.web.forms import FAULT_WORDS
from app.web.i18n import language, lazy_, lazy_pgettext, ngettext

STOPPED = ("not_open", "moved", "ended", "mismatch", "not_found")
KINDS = wording.words("en")["appliance"]
OUTCOMES = wording.words("en")["outcome"]


def _paper(group: str, key: str) -> LazyProxy:
    return LazyProxy(lambda: wording.words(language())[group][key], enable_cache=False)


def _counted(name: str, one: str, many: str) -> dict[str, Any]:
    """Both forms of a counted sentence that a template says too; {n} is the number."""
    return {
        f"{name}_one": LazyProxy(lambda: ngettext(one, many, 1), enable_cache=False),
        f"{name}_many": LazyProxy(lambda: ngettext(one, many, 7).replace("7", "{n}"), enable_cache=False),
    }


WORDS: dict[str, Any] = {
    # states of a save
    "done": lazy_("Done"),
    "saved_here": lazy_("Saved on this phone, %(at)s", at="{at}"),
    "with_office": lazy_("With the office"),
    "held": lazy_("Sent, waiting for an earlier step to be put right"),
    "refused": lazy_("The office refused this"),
    "see_outbox": lazy_("Put it right or take it back"),
    # a step
    "change": lazy_("Change"),
    "enter_now": lazy_("Enter it now"),
    "checked": lazy_("Checked"),
    "no_because": lazy_("No: %(reason)s", reason="{reason}"),
    "go_on": lazy_("Go on: %(step)s", step="{step}"),
    "to_overview": lazy_("Back to the overview"),
    "first_these": lazy_("First these steps"),
    "not_needed": lazy_("Not needed as things stand"),
    "look_again": lazy_("Look at this again"),
    "look_again_text": lazy_("Something changed after it was saved. Check it and save it once more."),
    "not_recorded": lazy_("Not recorded."),
    "not_recorded_title": lazy_("Not recorded"),
    "what_happened": lazy_("What happened?"),
    "why_not_recorded": lazy_("Why is it not recorded?"),
    "back": lazy_("Nothing – go back"),
    "save_what_happened": lazy_("Save what happened"),
    "choose_how": lazy_("Choose how it goes on"),
    "no_signal": lazy_("No signal: the desk does not know of this yet"),
    "no_signal_text": lazy_(
        "Leave first. Telephone if you can; what you press here is sent as soon as there is a network."
    ),
    "call_desk": lazy_("Call the desk: %(number)s", number="{number}"),
    "call_police": lazy_("Call the police: %(number)s", number="{number}"),
    "check_field": lazy_("Check this field"),
    **_counted("fix", "Please fix one thing", "Please fix %(num)s things"),
    # the visit
    "stages_done": lazy_("%(n)s of %(total)s stages done", n="{n}", total="{total}"),
    "stage_done": lazy_pgettext("stage", "Done"),
    "stage_now": lazy_pgettext("stage", "Now"),
    "needs_you": lazy_("Needs you"),
    "paused_at": lazy_("Paused at %(at)s", at="{at}"),
    "goes_on_at": lazy_("Goes on at %(at)s.", at="{at}"),
    "go_on_visit": lazy_("Go on with the visit"),
    "ended_by_desk": lazy_("What you saved stands and still goes to the office."),
    # money
    "price": lazy_("Price"),
    "total": lazy_("Total"),
    "bring": lazy_("Parts to bring"),
    "at_most": lazy_("At most"),
    "tax": lazy_("Tax"),
    "taken_off": lazy_("Taken off by the centre"),
    "list_price": lazy_("List %(price)s", price="{price}"),
    "certificate_price": lazy_("certificate %(price)s", price="{price}"),
    "not_verified": lazy_("Warranty not verified"),
    "not_verified_text": lazy_(
        "Say so before the customer agrees: with a proof, the centre checks the price again."
    ),
    "take_out": lazy_("Take out: %(item)s", item="{item}"),
    "nothing_charged": lazy_("Nothing is charged."),
    "nothing_charged_not_repaired": lazy_("Nothing is charged: it was not repaired."),
    "did_not_agree": lazy_("Customer did not agree"),
    "agreed_to": lazy_("Customer agreed to %(total)s", total="{total}"),
    "costs_more": lazy_("It costs more now. Ask again before you go on."),
    "more_than_agreed": lazy_("More than the customer agreed to"),
    "show_price_again": lazy_("Show the price again before anything is paid."),
    "show_price": lazy_("Show the price"),
    "change_lines": lazy_("Change the lines"),
    "until_day": lazy_("until %(day)s", day="{day}"),
    "since_day": lazy_("since %(day)s", day="{day}"),
    # at the door
    **_counted(
        "knocked",
        "Rang or knocked once · {left} to the call",
        "Rang or knocked %(num)s times · {left} to the call",
    ),
    "then_knock_again": lazy_("then knock again"),
    "knocked_again": lazy_("Knocked again"),
    "minutes_late": lazy_("%(n)s min late", n="{n}"),
    "minutes_early": lazy_("%(n)s min early", n="{n}"),
    "late_some": lazy_("Apologise first, with the true reason."),
    "late_very": lazy_(
        "Apologise with the true reason. The centre is told; if the apology is not accepted, the manager comes."
    ),
    "wait_outside": lazy_("Wait outside until 5 minutes before, unless you are asked in."),
    # the work
    "add_what_it_needs": lazy_("Add what the repair needs. The customer agrees before you begin."),
    "parts_and_old": lazy_("Parts and old parts"),
    "serial_new": lazy_("New serial number"),
    "serial_old": lazy_("Old serial number"),
    "old_part": lazy_("The old part"),
    "why_stays": lazy_("Why it stays"),
    "part_fitted": lazy_("Part fitted"),
    "hand_over": lazy_("Hand the phone over"),
    "do_not_power": lazy_("Do not power it"),
    "do_not_power_text": lazy_("It was found dangerous. Put the tag “do not use” on it."),
    # the review
    "customer_signs_this": lazy_("This is what the customer signs"),
    "no_longer_counts": lazy_("The signature no longer counts"),
    "no_longer_counts_text": lazy_(
        "Something was changed after %(at)s. The customer has to see it and sign again.", at="{at}"
    ),
    "of.customer": lazy_("Customer"),
    "of.address": lazy_("Address"),
    "of.appliance": lazy_("Appliance"),
    "of.serial": lazy_("Serial number"),
    "of.bought": lazy_("Bought on"),
    "of.warranty": lazy_("Warranty"),
    "of.arrived": lazy_("Arrived at"),
    "of.in_words": lazy_("In the customer's words"),
    "of.test_before": _paper("label", "test_before"),
    "of.fault": lazy_("Fault"),
    "of.cause": lazy_("Cause"),
    "of.what_done": lazy_("Done"),
    "of.test": lazy_("Test"),
    "of.result": lazy_("Result"),
    "of.back_by": lazy_("Comes back by"),
    "of.repair_warranty": lazy_("Repair warranty"),
    "of.payment": lazy_("Payment"),
    "months": lazy_("Original fault: %(n)s months", n="{n}"),
    "month": lazy_("Original fault: 1 month"),
    "days": lazy_("Original fault: %(n)s days", n="{n}"),
    "no_term": lazy_("Original fault, no warranty: %(case)s", case="{case}"),
    "rest_by": lazy_("Rest by %(day)s", day="{day}"),
    **{f"fault.{code}": words for code, words in FAULT_WORDS.items()},
    **{f"rule.{rule}": words for rule, words in visit_words.FEE_RULES.items()},
    **{f"warranty.{status}": words for status, words in visit_words.WARRANTY.items()},
    **{f"old.{code}": words for code, words in visit_words.OLD_PARTS.items()},
    **{f"signed.{how}": words for how, words in visit_words.SIGNED.items()},
    **{f"ended.{how}": words for how, words in visit_words.ENDINGS.items()},
    **{f"stop.{why}": STOPS[why][0] for why in STOPPED},
    **{f"stop.{why}.text": STOPS[why][1] for why in STOPPED},
    **{f"appliance.{kind}": _paper("appliance", kind) for kind in KINDS},
    **{f"outcome.{outcome}": _paper("outcome", outcome) for outcome in OUTCOMES},
}
"""`{places}` are filled in by the scripts. English sentences that the server also says differ only in their places."""
