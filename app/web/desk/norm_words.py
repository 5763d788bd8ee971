"""The words of the norm's editor: kinds of steps, effects, texts, inputs, and what to do about a finding. No rules."""

from typing import Any

from app.domain import effect
from app.domain.draft_place import Body, Setting, Words, read
from app.domain.protocol_check import Finding
from app.web import visit_words
from app.web.desk.words import BADGES, minutes
from app.web.i18n import NAMES, _, language, lazy_

KINDS = {
    "checklist": lazy_("Things to tick or note"),
    "accept": lazy_("Take the job"),
    "analyse": lazy_("Think the fault through"),
    "call": lazy_("Call the customer"),
    "promise": lazy_("Promise a time"),
    "depart": lazy_("Set off"),
    "arrive": lazy_("Arrive"),
    "knock": lazy_("Knock"),
    "enter": lazy_("Enter and show the card"),
    "covers": lazy_("Shoe covers"),
    "listen": lazy_("Listen to the customer"),
    "diagnose": lazy_("Find the cause"),
    "term": lazy_("Agree the repair warranty"),
    "consent": lazy_("Customer agrees to the price"),
    "repair": lazy_("Repair"),
    "take_back": lazy_("Take to the workshop"),
    "test": lazy_("Test"),
    "fees": lazy_("Fees"),
    "pay": lazy_("Payment"),
    "sign": lazy_("Customer signs"),
    "leave": lazy_("Leave card and sticker"),
    "confidence": lazy_("How sure the repair is"),
    "hand_in": lazy_("Hand in"),
}
WHAT = {
    "name": lazy_("Name of the norm"),
    "title": lazy_("Title"),
    "standard": lazy_("What is right"),
    "main": lazy_("Main button"),
    "say": lazy_("What to say, one sentence a line"),
    "then": lazy_("What then"),
    "label": lazy_("Label of the input"),
    "hint": lazy_("Hint below the label"),
    "option": lazy_("Choice"),
}
EFFECTS = {
    "back": lazy_("Only written down; the step stays"),
    "safe": lazy_("It was made safe again"),
    "mode:on_site": lazy_("On to the repair on site"),
    "mode:no_fault": lazy_("On to the hand-over: no fault found"),
}
SETTINGS = {
    "gate": lazy_("Cannot be left out"),
    "needs": lazy_("Waits for"),
    "required": lazy_("Must be filled in"),
    "effects": lazy_("What follows"),
    "early_min": lazy_("Arrive at least so many minutes early"),
    "early_max": lazy_("Arrive at most so many minutes early"),
    "enter_early_max": lazy_("Enter at most so many minutes early"),
    "decide_ahead_min": lazy_("Decide so many minutes ahead"),
    "late_prompt_min": lazy_("Late call: prompt so many minutes before"),
    "late_last_call_min": lazy_("Late call: at the latest so many minutes before"),
    "late_tier2_min": lazy_("Late by so many minutes counts more"),
    "knock_bell_first": lazy_("Bell before knocking"),
    "knock_bouts": lazy_("Knock so many times"),
    "knocks_per_bout": lazy_("Knocks each time"),
    "knocks_per_bout_min": lazy_("Knocks each time, at least"),
    "knock_interval_s": lazy_("Seconds between knocking"),
    "knock_total_s": lazy_("Seconds at the door before nobody is home"),
    "height_limit_cm": lazy_("Safety belt from this height, in cm"),
    "repair_warranty_months": lazy_("Repair warranty, months"),
    "repair_warranty_min_months": lazy_("Repair warranty, months at least"),
    "repair_warranty_max_months": lazy_("Repair warranty, months at most"),
    "ruling_due_min": lazy_("The centre answers within so many minutes"),
    "follow_up_advised_min": lazy_("Call after advice, in minutes"),
    "follow_up_untested_min": lazy_("Call when not tested, in minutes"),
    "follow_up_unsure_min": lazy_("Call when not sure, in minutes"),
    "hand_in_days": lazy_("Slip is handed in within so many days"),
    "reconcile_at": lazy_("The day is balanced at"),
    "retention_years": lazy_("Papers are kept so many years"),
    "test_required": lazy_("The test cannot be left out"),
    "first_call_min": lazy_("First call within so many minutes"),
    "arrival_promise_min": lazy_("There within so many minutes of the call"),
    "rework_min": lazy_("Rework within so many minutes"),
}
INPUTS = {
    "tick": lazy_("A tick"),
    "text": lazy_("A line of text"),
    "longtext": lazy_("Several lines of text"),
    "number": lazy_("A number"),
    "date": lazy_("A day"),
    "photo": lazy_("One photo"),
    "photos": lazy_("Photos"),
}
FAULTS = {
    "changed_meanwhile": lazy_("Somebody else changed this meanwhile; compare and keep again"),
    "has_findings": lazy_("See to what is listed first; then it can be published"),
    "in_the_past": lazy_("Choose a day from today on"),
}
FINDINGS = {
    "no_remedy": lazy_("Has no remedy: add one"),
    "no_effect": lazy_("Has no effect: choose what follows"),
    "needs": lazy_("Waits for “%(about)s”, which does not come before it"),
    "no_step": lazy_("The stage has no step"),
    "when": lazy_("Is shown by “%(about)s”, which nothing answers"),
    "goto": lazy_("Leads to “%(about)s”, which is no step any more"),
    "before": lazy_("Needs a step of the kind “%(about)s” before it"),
    "consent_gate": lazy_("The customer's consent cannot be left out"),
    "no_safety": lazy_("“I don't feel safe” must alert the desk"),
    "missing": lazy_("Missing in %(language)s"),
    "stands_for": lazy_("{%(about)s} stands for nothing here"),
}


def kind(code: str) -> str:
    """A kind of step."""
    return str(KINDS.get(code, code))


def what(one: Words) -> str:
    """What a text is; stages, sentences and codes by their own names."""
    parts = one.path.split("/")
    if parts[0] in ("stage", "text", "code") and len(parts) > 1:
        return " · ".join(parts[1:])
    return str(WHAT.get(one.what, one.what))


def setting(one: Setting) -> str:
    """What is set; a number of the norm that has no words here by its own name."""
    name = one.path.rpartition("/")[2]
    return str(SETTINGS.get(name, name.replace("_", " ")))


def word(body: Body, *path: str) -> str:
    """A word of the draft in the reader's language, else in English, else ''."""
    for tongue in (language(), "en"):
        if found := read(body, "/".join(("words", tongue, *path))):
            return str(found)
    return ""


def does(name: str, body: Body) -> str:
    """What an effect does."""
    if not effect.exists(name):
        return name
    _effect, kind_, argument = effect.read(name)
    if kind_ == "goto":
        return _("Back to: %(step)s", step=word(body, "step", argument, "title") or argument)
    if kind_ == "follow_up":
        return _("You call the customer after %(length)s", length=minutes(int(argument)))
    found = EFFECTS.get(name) or visit_words.EFFECTS.get(name) or visit_words.EFFECTS.get(kind_)
    if found:
        return str(found)
    if kind_ == "outcome":
        return _("The visit ends as: %(outcome)s", outcome=BADGES[f"outcome_{argument}"])
    return name


def finding(one: Finding, body: Body) -> str:
    """What is wrong, in the reader's language; what only a file can have wrong is said as the loader says it."""
    if one.code not in FINDINGS:
        return one.fault
    about: Any = one.about
    if one.code in ("needs", "goto"):
        about = word(body, "step", one.about, "title") or one.about
    elif one.code == "before":
        about = kind(one.about)
    return str(FINDINGS[one.code]) % {"about": about, "language": NAMES.get(one.language, "")}
