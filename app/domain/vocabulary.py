"""The settled words: states, outcomes, roles, languages, kinds. Each list is whole; nothing here decides anything."""

LANGUAGES = ("en", "zh_Hans", "zh_Hant", "es")
ROLES = ("engineer", "dispatcher", "centre", "manager", "technical", "admin")
DESK_ROLES = ("dispatcher", "centre", "manager", "technical", "admin")

VISIT_STATES = (
    "scheduled", "accepted", "travelling", "at_door", "no_access", "in_service", "paused", "to_sign", "finished",
    "could_not_finish", "rebooked", "transferred", "cancelled",
)  # fmt: skip
ENDED_STATES = frozenset(
    {"no_access", "finished", "could_not_finish", "rebooked", "transferred", "cancelled"}
)
REPAIR_MODES = ("on_site", "take_back", "no_fault", "not_repaired")
OUTCOMES = (
    "repaired",
    "taken_back",
    "installed",
    "no_fault",
    "not_repaired",
    "advised",
    "refund_or_exchange",
)

ACTS = (
    "done", "passed", "problem", "resumed", "attempt", "bout", "ladder", "line", "unline", "fitted", "handed_over",
    "agreed", "refused", "rated", "signed", "declined", "handed_back", "paid_later", "cancelled",
)  # fmt: skip
CUSTOMER_ACTS = frozenset({"agreed", "refused", "rated", "signed", "declined"})

JOB_KINDS = (
    "repair",
    "installation",
    "commissioning",
    "maintenance",
    "guidance",
    "software",
    "take_in",
    "return",
)
APPLIANCE_KINDS = (
    "washing_machine", "refrigerator", "air_conditioner", "television", "water_heater", "oven", "dishwasher",
    "range_hood",
)  # fmt: skip
URGENCIES = ("normal", "urgent", "emergency")
TASK_KINDS = ("ruling", "lead_ruling", "claim", "notice", "manager_visit", "technical", "reassign", "damage", "safety",
              "callback", "rebook", "review", "invoice", "rework", "promise_due", "promise_broken")  # fmt: skip
FOLLOW_UP_KINDS = ("advised", "untested", "unsure", "central", "callback", "remedial")
PAY_METHODS = ("cash", "card", "wechat", "alipay", "transfer")
RELATIONS = ("self", "family", "colleague", "helper", "neighbour", "other")
FIELD_TYPES = (
    "tick", "choice", "choices", "text", "longtext", "number", "money", "date", "datetime", "photo", "photos", "tel",
)  # fmt: skip
