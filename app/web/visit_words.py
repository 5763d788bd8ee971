"""The visit's coded words as an engineer reads them: results, ways, modes, reasons behind a price, states, acts.

Only what the screens themselves code; the norm's own codes have their words in the protocol, those of papers in
`paper_words`. Which word is shown where is the views' business.
"""

from app.web.i18n import lazy_, lazy_pgettext

VERIFIED = {
    "dispatcher": lazy_pgettext("verified by", "Desk"),
    "customer": lazy_pgettext("verified by", "Customer"),
    "unverified": lazy_("Not verified"),
}
PLACES = {
    "home": lazy_("In the home"),
    "take_back_likely": lazy_("Probably in the workshop"),
    "unsure": lazy_("Not sure yet"),
}
TIMES = {"enough": lazy_("Time is enough"), "tight": lazy_("Time is tight")}
CALL_RESULTS = {
    "answered": lazy_("Answered"),
    "no_answer": lazy_("No answer"),
    "busy": lazy_("Busy"),
    "refused": lazy_("Would not talk"),
}
ACCEPTED = {
    "accepted": lazy_("Apology accepted"),
    "not_accepted": lazy_("Apology not accepted"),
    "not_yet": lazy_("Not yet at the door"),
}
WAYS = {"bell": lazy_("Rang the bell"), "knock": lazy_("Knocked")}
RUNGS = {
    "telephone": lazy_("Telephone the customer"),
    "neighbour": lazy_("Ask a neighbour; name neither product nor fault"),
    "note": lazy_("Leave a note with time and number"),
    "centre": lazy_("Tell the centre"),
    "downstairs": lazy_("Look downstairs, on the way out"),
}
RUNG_RESULTS = {
    "telephone": {
        "answered": lazy_("Answered"),
        "no_answer": lazy_("No answer"),
        "off": lazy_("Switched off"),
    },
    "neighbour": {
        "out": lazy_("Customer is out"),
        "in": lazy_("Customer is in"),
        "unknown": lazy_("Does not know"),
        "none": lazy_("No neighbour there"),
    },
    "note": {"left": lazy_("Note left")},
    "centre": {"told": lazy_("Centre told")},
    "downstairs": {"not_there": lazy_("Not there"), "found": lazy_("Met the customer")},
}
NOTE_PLACES = {
    "door": lazy_("On the door"),
    "letterbox": lazy_("In the letter box"),
    "other": lazy_("Somewhere else"),
}
AT_HOME = {
    "customer": lazy_("The customer"),
    "family": lazy_("Family"),
    "helper": lazy_("Household help"),
}
WORN = {"on": lazy_("Covers on"), "waived": lazy_("Without covers")}
BASES = {
    "certificate": lazy_("Warranty card seen"),
    "invoice": lazy_("Invoice seen"),
    "plate": lazy_("Rating plate"),
    "statement": lazy_("Customer's word"),
}
MODES = {
    "on_site": (lazy_("Repaired here"), ""),
    "take_back": (lazy_("Take it to the workshop"), lazy_("Receipt and, if there is one, a loaner")),
    "no_fault": (lazy_("No fault found"), lazy_("Tested and shown; no repair charged")),
    "not_repaired": (lazy_("Not repaired"), lazy_("Price refused, or it cannot be done")),
}
OLD_PARTS = {"taken": lazy_("I take it along"), "left": lazy_("It stays with the customer")}
TEST_RESULTS = {
    "works": (lazy_("It works"), ""),
    "fails": (lazy_("It does not work yet"), ""),
    "not_tested": (lazy_("Not tested"), lazy_("With the reason; you call later")),
    "dangerous": (lazy_("Dangerous: not powered"), lazy_("Wet, burnt, leaking or failed insulation")),
}
METHODS = {
    "cash": lazy_pgettext("pay", "Cash"),
    "card": lazy_pgettext("pay", "Card"),
    "wechat": lazy_("WeChat Pay"),
    "alipay": lazy_("Alipay"),
    "transfer": lazy_("Bank transfer"),
    "none": lazy_("Nothing paid now"),
}
RESTS = {"later": lazy_("Pays the rest by a day"), "refused": lazy_("Refuses to pay the rest")}
SURE = {
    "yes": (lazy_("Yes, it holds"), ""),
    "no": (lazy_("Not sure"), lazy_("I call the customer within hours")),
}
YES_NO = {"yes": lazy_pgettext("answer", "Yes"), "no": lazy_pgettext("answer", "No")}
SIGNED = {
    "drawn": lazy_("Signed with the finger"),
    "typed": lazy_("Signed by typing the name"),
    "paper": lazy_("Signed on paper"),
    "declined": lazy_("Did not sign"),
}

WARRANTY = {
    "in": lazy_("In warranty"),
    "out": lazy_("Out of warranty"),
    "unverified": lazy_("Warranty not verified"),
}
FEE_RULES = {
    "H-QUOTE-05": lazy_("Not repaired: nothing but the journey is charged"),
    "N-UP-02": lazy_("An upgrade that the customer asked for: the lower price"),
    "C-INST-18": lazy_("Long distance at an installation: the lower price"),
    "N-SOFT-04": lazy_("Software within one month of installation: free"),
    "N-SOFT-05": lazy_("Software by the months since installation"),
    "N-MISUSE-14": lazy_("Cause outside the warranty: the customer pays, at the lower price"),
    "Q-REWORK-09": lazy_("Covered by the warranty on the earlier repair: free"),
    "N-COST-11": lazy_("In warranty: free"),
    "A-CHECK-06": lazy_("Warranty not verified: charged as if it were over"),
    "N-LOW-08": lazy_("Two prices differ: the lower one counts"),
    "N-OUT-06": lazy_("Out of warranty: the list's price"),
    "N-WAIVE-09": lazy_("Waived by the centre"),
}
RULINGS = {
    "approved": lazy_("The centre agrees"),
    "denied": lazy_("The centre does not agree"),
    "done": lazy_("The desk has done it"),
    "waive": lazy_("The centre waives the fee"),
    "reduce_to": lazy_("The centre reduces the fee"),
    "granted": lazy_("The centre grants the claim"),
}
WAITING_FOR = {
    "ruling": lazy_("Asked the centre"),
    "lead_ruling": lazy_("Asked the centre's lead"),
    "claim": lazy_("Claim sent to the centre"),
    "notice": lazy_("Told the desk"),
    "manager_visit": lazy_("Asked the manager to come"),
    "technical": lazy_("Asked the technical section"),
    "damage": lazy_("Damage reported"),
    "safety": lazy_("The desk was alerted"),
    "reassign": lazy_("Given back to the desk"),
    "callback": lazy_("The desk calls the customer"),
    "invoice": lazy_("Invoice asked for"),
    "rebook": lazy_("New time asked for"),
    "review": lazy_("The desk looks at it"),
}
QUESTIONS = frozenset({"ruling", "lead_ruling", "claim", "manager_visit", "technical", "safety", "damage"})

STATES = {
    "scheduled": lazy_pgettext("visit", "Later"),
    "accepted": lazy_pgettext("visit", "Prepared"),
    "travelling": lazy_("On the way"),
    "at_door": lazy_("At the door"),
    "in_service": lazy_("In the home"),
    "paused": lazy_pgettext("visit", "Paused"),
    "to_sign": lazy_("To sign"),
    "finished": lazy_pgettext("visit", "Done"),
    "no_access": lazy_("Nobody home"),
    "could_not_finish": lazy_("Not finished"),
    "rebooked": lazy_pgettext("visit", "Rebooked"),
    "transferred": lazy_("Given on"),
    "cancelled": lazy_pgettext("visit", "Cancelled"),
}
STATE_KINDS = {
    "finished": "done", "paused": "waiting", "rebooked": "plain", "no_access": "waiting", "could_not_finish": "trouble",
    "transferred": "plain", "cancelled": "plain", "scheduled": "plain",
}  # fmt: skip
ENDINGS = {
    "finished": lazy_("This visit is done"),
    "no_access": lazy_("Ended: nobody at home"),
    "could_not_finish": lazy_("Ended: could not be finished"),
    "rebooked": lazy_("Ended: a new time is agreed"),
    "transferred": lazy_("Ended: given to somebody else"),
    "cancelled": lazy_("Cancelled by the desk"),
}
EFFECTS = {
    "rebook": lazy_("Ends this visit; the next one is made"),
    "pause": lazy_("The visit waits until you resume it"),
    "transfer": lazy_("Ends this visit; the desk gives it on"),
    "no_access": lazy_("Ends this visit; the desk calls the customer"),
    "advised": lazy_("Ends this visit; you call later"),
    "ask_centre": lazy_("The centre answers here"),
    "ask_centre_lead": lazy_("The centre's lead answers here"),
    "claim": lazy_("The centre decides; the customer gets a date"),
    "tell_centre": lazy_("The centre is told"),
    "tell_desk": lazy_("The desk is told"),
    "ask_technical": lazy_("The technical section answers here"),
    "manager_visit": lazy_("The manager is asked to come"),
    "follow_up": lazy_("You call the customer later"),
    "danger": lazy_("Not powered; marked “do not use”"),
    "damage": lazy_("A damage claim is opened"),
    "safety": lazy_("The desk is alerted at once"),
    "stop": lazy_("Ends this visit"),
    "skip": lazy_("This step is left out"),
    "done": lazy_("This step is done"),
    "mode:take_back": lazy_("On to the take-back"),
    "mode:not_repaired": lazy_("On to the hand-over, without a repair"),
}
ACTS = {
    "passed": lazy_("Not recorded"),
    "resumed": lazy_("Went on"),
    "attempt": lazy_("Called"),
    "line": lazy_("Line added"),
    "unline": lazy_("Line taken out"),
    "fitted": lazy_("Part fitted"),
    "handed_over": lazy_("Phone handed over"),
    "handed_back": lazy_("Phone handed back"),
    "agreed": lazy_("Customer agreed to the price"),
    "refused": lazy_("Customer did not agree"),
    "rated": lazy_("Customer gave an opinion"),
    "signed": lazy_("Customer signed"),
    "declined": lazy_("Customer did not sign"),
    "ruled": lazy_("Answer of the centre"),
    "cancelled": lazy_("Cancelled by the desk"),
    "reassigned": lazy_("Given to somebody else"),
}
CALL_OUTCOMES = {
    "fine": (lazy_("All is well"), ""),
    "not_fine": (lazy_("Not content"), lazy_("The desk makes a further visit")),
    "not_reached": (lazy_("Not reached"), lazy_("You call again later")),
}
FOLLOW_UPS = {
    "advised": lazy_("Did the advice help?"),
    "untested": lazy_("Does it work?"),
    "unsure": lazy_("Does it still hold?"),
    "callback": lazy_("Call as promised"),
    "central": lazy_("Is the customer content?"),
    "remedial": lazy_("Set it right with the customer"),
}
