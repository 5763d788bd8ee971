"""The desk's words: kinds of jobs, tasks, badges and calls, and what to do about a fault. Nothing is decided here."""

from collections.abc import Mapping

from app.domain.clock import TRUSTED_SKEW_S
from app.domain.paper import wording
from app.domain.vocabulary import APPLIANCE_KINDS, JOB_KINDS, LANGUAGES, URGENCIES
from app.web.forms import fault_words
from app.web.i18n import NAMES, _, language, lazy_, lazy_pgettext, ngettext

JOBS = {
    "repair": lazy_pgettext("job", "Repair"),
    "installation": lazy_pgettext("job", "Installation"),
    "commissioning": lazy_pgettext("job", "Start-up and setting"),
    "maintenance": lazy_pgettext("job", "Maintenance"),
    "guidance": lazy_pgettext("job", "Help with use"),
    "software": lazy_pgettext("job", "Software"),
    "take_in": lazy_pgettext("job", "Fetch for the workshop"),
    "return": lazy_pgettext("job", "Bring back"),
}
URGENCY = {
    "normal": lazy_pgettext("urgency", "Normal"),
    "urgent": lazy_pgettext("urgency", "Urgent"),
    "emergency": lazy_pgettext("urgency", "Emergency"),
}
SOURCES = {
    "phone": lazy_("Telephone"),
    "import": lazy_("From a file"),
}
COLUMNS = {
    "to_give_out": lazy_("To give out"),
    "to_do": lazy_("To do"),
    "on_the_way": lazy_("On the way"),
    "in_the_home": lazy_("In the home"),
    "to_sign": lazy_("To sign"),
    "done": lazy_pgettext("board", "Done"),
}
BADGES = {
    "safety": lazy_("Safety: call now"),
    "signature_void": lazy_("Sign again"),
    "no_access": lazy_("Nobody home"),
    "could_not_finish": lazy_("Not finished"),
    "transferred": lazy_("Give on"),
    "not_done": lazy_("Did not take place"),
    "give_out_now": lazy_("Give out now"),
    "asked": lazy_("Open question"),
    "leave_now": lazy_("Time to leave"),
    "urgent": lazy_pgettext("urgency", "Urgent"),
    "emergency": lazy_pgettext("urgency", "Emergency"),
    "accepted": lazy_pgettext("visit", "Prepared"),
    "travelling": lazy_("On the way"),
    "at_door": lazy_("At the door"),
    "finished": lazy_pgettext("visit", "Done"),
    "rebooked": lazy_pgettext("visit", "Rebooked"),
    "cancelled": lazy_pgettext("visit", "Cancelled"),
    "outcome_repaired": lazy_("Repaired"),
    "outcome_taken_back": lazy_("Taken to workshop"),
    "outcome_installed": lazy_("Installed"),
    "outcome_no_fault": lazy_("No fault found"),
    "outcome_not_repaired": lazy_("Not repaired"),
    "outcome_advised": lazy_("Advised by phone"),
    "outcome_refund_or_exchange": lazy_("Refund or exchange"),
}
PLAIN_BADGES = {  # the same codes once somebody has seen to them
    "transferred": lazy_("Given on"),
    "no_access": lazy_("Nobody home"),
}
TASKS = {
    "ruling": (lazy_("Asks the centre"), "hand"),
    "lead_ruling": (lazy_("Asks the centre's lead"), "hand"),
    "claim": (lazy_("Customer claims compensation"), "hand"),
    "notice": (lazy_("Tells the desk"), "info"),
    "manager_visit": (lazy_("Manager should come"), "user-check"),
    "technical": (lazy_("Asks the technical section"), "wrench"),
    "reassign": (lazy_("Gives the visit back"), "undo-2"),
    "damage": (lazy_("Something was damaged"), "triangle-alert"),
    "safety": (lazy_("Engineer is not safe"), "shield-alert"),
    "callback": (lazy_("Call the customer"), "phone"),
    "rebook": (lazy_("New time wanted"), "calendar-clock"),
    "review": (lazy_("Look at what came in"), "eye"),
    "invoice": (lazy_("Invoice wanted"), "receipt"),
    "rework": (lazy_("Rework: answer at once"), "rotate-ccw"),
    "promise_due": (lazy_("Product is promised for tomorrow"), "calendar-clock"),
    "promise_broken": (lazy_("Product was promised and is not home"), "triangle-alert"),
}
RULINGS = {
    "approved": (lazy_("Agree"), lazy_("As the engineer asks")),
    "denied": (lazy_("Do not agree"), lazy_("Say why, so that it can be explained")),
    "waive": (lazy_("Waive the fee"), lazy_("Nothing is charged")),
    "reduce_to": (lazy_("Reduce the fee"), lazy_("To the amount below")),
    "granted": (lazy_("Grant it"), lazy_("The customer gets the amount below")),
}
GIVEN = {
    "approved": lazy_("Agreed"),
    "denied": lazy_("Not agreed"),
    "waive": lazy_("Fee waived"),
    "reduce_to": lazy_("Fee reduced"),
    "granted": lazy_("Claim granted"),
    "done": lazy_("Seen to"),
}
TASK_BUTTONS = {
    "safety": lazy_("Engineer is safe"),
    "technical": lazy_("Send the answer"),
    "manager_visit": lazy_("Send the answer"),
    "damage": lazy_("Send the answer"),
    "callback": lazy_("Customer is called"),
    "reassign": lazy_("Seen to"),
    "invoice": lazy_("Invoice is sent"),
    "ruling": lazy_("Send the ruling"),
    "lead_ruling": lazy_("Send the ruling"),
}
CALLS = {
    "advised": lazy_("Did the advice help?"),
    "untested": lazy_("Does it work?"),
    "unsure": lazy_("Does it still hold?"),
    "callback": lazy_("Call as promised"),
    "central": lazy_("Is the customer content?"),
    "remedial": lazy_("Set it right with the customer"),
}
RESULTS = {
    "fine": (lazy_("All is well"), lazy_("The call is closed")),
    "not_fine": (lazy_("Not content"), lazy_("Then make a further visit")),
    "not_reached": (lazy_("Not reached"), lazy_("The call stays to be made")),
}
FAULTS = {
    "bad_clock": lazy_("Type a time such as 14:30"),
    "no_such_hour": lazy_("That day's clocks skip this hour; choose another"),
    "ends_before": lazy_("Choose a time after the beginning"),
    "too_short": lazy_("Plan at least 15 minutes"),
    "too_long_a_slot": lazy_("Plan at most 12 hours"),
    "in_the_past": lazy_("Choose a time that is still to come"),
    "too_far": lazy_("Choose a day within a year"),
    "not_below_the_total": lazy_("Type less than the present total"),
    "not_a_phone": lazy_("Type a telephone number, abroad with + and country code"),
    "unknown_engineer": lazy_("Use the sign-in name of an engineer of this outlet"),
    "login_taken": lazy_("Choose another sign-in name; this one is taken"),
    "not_a_login": lazy_("Use at most 40 letters, digits, dots or hyphens"),
    "too_easy": lazy_("Choose at least 10 characters, other than the sign-in name"),
    "last_admin": lazy_("Somebody must stay administrator"),
    "not_an_option": lazy_("Choose one of these"),
}
FILE_FAULTS = {
    "empty": lazy_("There are no lines in it. Choose another file, or paste the lines with their headings."),
    "not_a_table": lazy_("It cannot be read as a table. Save it as CSV and try again."),
    "missing_columns": lazy_("It lacks these columns: %(columns)s"),
    "too_many_lines": lazy_("It has more than 2,000 lines. Split it."),
    "too_large_a_file": lazy_("It is larger than 2 MB. Split it."),
    "unknown_signs": lazy_("Its letters cannot be read. Save it as UTF-8 and try again."),
}
FIELDS = {
    "name": lazy_("Name"),
    "phone": lazy_("Telephone"),
    "phone2": lazy_("Second telephone"),
    "address": lazy_("Address"),
    "language": lazy_("Language"),
    "appliance_kind": lazy_("Appliance"),
    "brand": lazy_("Brand"),
    "model": lazy_("Model"),
    "serial": lazy_("Serial number"),
    "purchase_date": lazy_("Purchased on"),
    "kind": lazy_("Kind of job"),
    "symptom": lazy_("Symptom"),
    "request": lazy_("Customer's wish"),
    "urgency": lazy_("Urgency"),
    "day": lazy_("Day"),
    "from": lazy_pgettext("time", "From"),
    "to": lazy_pgettext("time", "To"),
    "engineer": lazy_("Engineer"),
}


LABELS = FIELDS | {  # as the desk's forms call what no file of jobs has, or has by another name
    "symptom": lazy_("In the caller's words"),
    "symptom_codes": lazy_("Symptoms from the list"),
    "purchase_date": lazy_("Bought on"),
    "ruling": lazy_("Ruling"),
    "amount": lazy_("Amount that remains"),
    "answer": lazy_("What the engineer should know"),
    "result": lazy_("How was it?"),
    "note": lazy_("What the customer said"),
    "reason": lazy_("Why"),
    "text": lazy_("In words"),
    "file": lazy_("CSV file"),
    "login": lazy_("Sign-in name"),
    "role": lazy_("Works as"),
    "password": lazy_("Password"),
    "permit_no": lazy_("Permit number"),
    "training": lazy_("Proof of training"),
    "training_until": lazy_("Training holds until"),
    "permit_expires": lazy_("Permit until"),
    "photo": lazy_("Photo for the identity card"),
}


def clock_text(trust: str | None, skew_s: int | None) -> str:
    """What is known of a phone's clock: never compared, or by how much it goes wrong; '' when all is well."""
    if trust in (None, "good"):
        return ""
    length = minutes(max(1, round(abs(skew_s) / 60))) if skew_s else ""
    if trust == "unknown" and not length:
        return _("Phone’s time never compared with ours")
    if trust == "unknown":
        return _("Phone’s time lies %(length)s after it arrived here", length=length)
    if abs(skew_s or 0) <= TRUSTED_SKEW_S:
        return _("Phone’s time not compared since it was started")
    ahead = _("Phone’s clock %(length)s fast, corrected", length=length)
    return ahead if (skew_s or 0) > 0 else _("Phone’s clock %(length)s slow, corrected", length=length)


def fault_sentence(code: str, limit: int = 0) -> str:
    """What to do about a fault; `limit`: the most characters that the field takes, where that is known."""
    if code == "too_long" and limit:
        return ngettext("Use at most one character", "Use at most %(num)s characters", limit)
    return str(FAULTS.get(code) or fault_words(code))


def cell_sentence(field: str, code: str, limit: int = 0) -> str:
    """What to do about a cell of a file: there is no list to choose from, so the words that it may hold are named."""
    allowed = {"appliance_kind": appliances, "kind": jobs, "urgency": urgencies, "language": languages}
    if code != "not_an_option" or field not in allowed:
        return fault_sentence(code, limit)
    return _("Use one of these: %(words)s", words=", ".join(word for _code, word in allowed[field]()))


def summary(faults: Mapping[str, str]) -> list[tuple[str, str]]:
    """The faults of a form by the ids of its inputs, each sentence after the name of its field."""
    rows = []
    for name, sentence in faults.items():
        label = LABELS.get(name.rsplit("-", 1)[-1])
        inside = sentence if sentence[1:2].isupper() else sentence[:1].lower() + sentence[1:]
        rows.append((name, _("%(field)s: %(fault)s", field=label, fault=inside) if label else sentence))
    return rows


def appliance(kind: str) -> str:
    """An appliance's kind in the reader's language."""
    return wording.words(language())["appliance"].get(kind, kind)


def appliances() -> list[tuple[str, str]]:
    """All kinds, for a list."""
    return [(kind, appliance(kind)) for kind in APPLIANCE_KINDS]


def jobs() -> list[tuple[str, str]]:
    """Kinds of jobs, for a list."""
    return [(kind, str(JOBS[kind])) for kind in JOB_KINDS]


def urgencies() -> list[tuple[str, str]]:
    """Urgencies, for a list."""
    return [(one, str(URGENCY[one])) for one in URGENCIES]


def languages() -> list[tuple[str, str]]:
    """Languages by their own names, for a list."""
    return [(one, NAMES[one]) for one in LANGUAGES]


def minutes(number: int) -> str:
    """A length of time: 12 min, 3 h 20."""
    if number < 60:
        return ngettext("1 min", "%(num)s min", number)
    if number < 1440:
        return _("%(hours)s h %(minutes)02d", hours=number // 60, minutes=number % 60)
    return _("%(days)s d", days=number // 1440)
