"""The words of what does not fit together: plain, without blame, the same for the desk and for the engineer."""

from collections.abc import Mapping
from typing import Any

from app.web.i18n import _, lazy_, ngettext

View = dict[str, Any]

TITLES = {
    "seal_differs": lazy_("What was signed is not what is kept"),
    "says_otherwise": lazy_("The customer said something else on the telephone"),
    "not_signed": lazy_("Rated as satisfied, but not signed"),
    "no_slip": lazy_("Rated as satisfied, but the slip is not in"),
    "too_quick": lazy_("Signed faster than anybody reads"),
    "after_leaving": lazy_("Rated after the engineer had left"),
}
QUESTIONS = {
    "works": lazy_("Does the appliance work?"),
    "polite": lazy_("Was the engineer polite?"),
    "clean": lazy_("Was it clean afterwards?"),
    "price_told": lazy_("Was the price told before the work?"),
    "paid_as_slip": lazy_("Did you pay what the slip says?"),
    "signed_self": lazy_("Did you sign and rate yourself?"),
}
ANSWERS = {
    "yes": lazy_("Yes"),
    "no": lazy_("No"),
    "unsure": lazy_("Not sure"),
}
DECISIONS = {
    "cleared": (lazy_("All is right"), lazy_("It is explained; the rating counts")),
    "mistake": (lazy_("An honest mistake"), lazy_("The rating counts; say what is done better next time")),
    "not_the_customer": (
        lazy_("Not the customer's own rating"),
        lazy_("The rating no longer counts; what follows is by rule"),
    ),
}


def rests_on(kind: str, data: Mapping[str, Any]) -> str:
    """What a finding rests on, in a sentence."""
    if kind == "says_otherwise":
        said = [f"{QUESTIONS[one]} {ANSWERS['no']}" for one in data.get("no", ()) if one in QUESTIONS]
        if data.get("result") == "not_fine":
            said.insert(0, _("Not content"))
        return " · ".join([*said, *([str(data["by"])] if data.get("by") else [])])
    if kind == "too_quick":
        seconds = int(data.get("seconds", 0))
        return ngettext(
            "One second from handing the phone over to the signature",
            "%(num)s seconds from handing the phone over to the signature",
            seconds,
        )
    if kind == "after_leaving":
        return ngettext(
            "One minute after leaving", "%(num)s minutes after leaving", int(data.get("minutes", 0))
        )
    if kind == "not_signed":
        return {
            "declined": _("The customer declined to sign"),
            "void": _("Something was changed after the signature"),
        }.get(str(data.get("how")), _("There is no signature"))
    if kind == "no_slip":
        return _("The desk noted it as missing") if data.get("noted") else _("Nobody noted it as received")
    return _("The digest under the signature no longer fits; an administrator looks at it")


def view(kind: str, data: Mapping[str, Any], row: Mapping[str, Any], put: Mapping[str, Any] | None) -> View:
    """A finding as its card wants it; `row` is its visit's, `put` what was put to the engineer of it."""
    decided = DECISIONS.get(str(put["decision"])) if put else None
    visit = row["visit"] if "visit" in row else row["id"]
    return {
        "kind": kind, "visit": visit, "title": str(TITLES[kind]), "rests": rests_on(kind, data),
        "who": " · ".join(filter(None, (row["number"] or row["reference"], row["customer"], row["engineer"]))),
        "href": f"/desk/work-orders/{row['work_order']}#visit-{visit}", "put": put,
        "decided": str(decided[0]) if decided else "",
    }  # fmt: skip
