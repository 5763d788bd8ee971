"""What the customer's pages show: work, gaps and take-back as plain rows in the customer's language.

Values come from the content that is about to be sealed, so that the page and the seal cannot differ. Coded words are
those of the papers; whole sentences are the screens'. Nothing is decided or stored here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.domain.paper.wording import Wording
from app.domain.protocol import Protocol
from app.web import customer_price
from app.web.i18n import _, lazy_
from app.web.telephones import readable

Content = Mapping[str, Any]
Row = tuple[str, str]

# The norm words these from the engineer's side; here the customer says them of himself.
REFUSE_REASONS = {
    "too_expensive": lazy_("It is too expensive"),
    "says_warranty": lazy_("I think it is under warranty"),
    "wants_to_ask": lazy_("I want to ask somebody first"),
    "buys_new": lazy_("I would rather buy a new one"),
    "other_offer": lazy_("I have another offer"),
    "no_trust": lazy_("I am not convinced of this repair"),
    "no_reason": lazy_("I would rather not say"),
    "other": lazy_("Another reason"),
}
DECLINE_REASONS = {
    "no_reason": lazy_("I would rather not say"),
    "wants_to_ask": lazy_("I want to ask somebody first"),
    "disputes_fee": lazy_("I do not agree with the fee"),
    "disputes_result": lazy_("I do not agree with the result"),
    "privacy": lazy_("I do not want to sign on a phone"),
    "cannot_write": lazy_("I cannot write"),
    "had_to_leave": lazy_("I have to leave"),
    "other": lazy_("Another reason"),
}


@dataclass(frozen=True)
class Slip:
    """What is signed at the end of a visit. `unknown`: what was not recorded or is not known, one sentence each."""

    price: customer_price.Price
    work: list[Row]
    unknown: list[str]
    details: list[Row]
    danger: bool


@dataclass(frozen=True)
class Receipt:
    """What is signed when the appliance leaves the home. `photos` are addresses of blobs (sha256:…)."""

    rows: list[Row]
    loaner: list[Row]
    photos: list[str]


def wording(protocol: Protocol, timezone: str, currency: str, language: str) -> Wording:
    """The coded words of the papers and of the norm, in this language."""
    return Wording(language, timezone, currency, protocol.word(language, "code", default={}))


def reasons(protocol: Protocol, language: str, group: str, own: Mapping[str, Any]) -> list[Row]:
    """The norm's coded reasons as choices, in the customer's own voice where there is one."""
    return [
        (code, str(own.get(code) or protocol.word(language, "code", group, code, default=code)))
        for code in protocol.codes.get(group, ())
    ]


def repair_term(given: Content, say: Wording) -> str:
    """The warranty on the repair {months, days, case}, its scope standing before the term (O-SCOPE-10)."""
    scope = say("term", "scope")
    if given["months"] == 1:
        return _("%(scope)s: 1 month", scope=scope)
    if given["months"]:
        return _("%(scope)s: %(months)s months", scope=scope, months=given["months"])
    if days := given.get("days"):
        return _("%(scope)s: %(days)s days", scope=scope, days=days)
    if given.get("case"):
        return say("term", "none", scope=scope, case=say.code("no_warranty_case", given["case"]))
    return say("term", "none_plain", scope=scope)


def slip(content: Content, protocol: Protocol, say: Wording) -> Slip:
    """The slip as the customer reads it before signing."""
    return Slip(
        price=customer_price.bill(content, say),
        work=_work(content, say),
        unknown=_unknown(content, protocol, say),
        details=_details(content, say),
        danger=bool(content["visit"].get("danger")) or content["tests"]["final"].get("result") == "dangerous",
    )


def receipt(content: Content, say: Wording) -> Receipt:
    """The receipt for what is taken to the workshop and for what is lent meanwhile."""
    taken = content.get("take_back") or {}
    appliance, loaner = content["appliance"], taken.get("loaner")
    rows = [
        (_("We take with us"), _product(appliance, say)),
        (_("Serial number"), appliance.get("serial") or say.value("not_known")),
        (
            _("Fault"),
            _coded("fault", content["fault"]["code"], content["fault"]["text"], say)
            or say.value("not_known"),
        ),
        (_("Condition"), _typed(taken.get("condition"), say)),
        (_("Accessories"), _typed(taken.get("accessories"), say) or say.value("none")),
        (
            _("Why it cannot be repaired here"),
            _coded("take_back_reason", taken.get("reason"), taken.get("reason_text"), say),
        ),
        (_("You get it back by"), say.day(taken.get("promised_at"))),
    ]
    lent: list[Row] = []
    if loaner:
        lent = [
            (_("We lend you"), _product(loaner, say)),
            (_("Serial number"), loaner.get("serial") or say.value("not_known")),
            (_("Condition"), _typed(loaner.get("condition"), say)),
            (_("Accessories"), _typed(loaner.get("accessories"), say) or say.value("none")),
            (_("Until"), say.day(loaner.get("due"))),
        ]
    return Receipt(rows, lent, list(taken.get("photos", [])))


def _work(content: Content, say: Wording) -> list[Row]:
    tested = content["tests"]["final"]
    reported = content["statement"].get("text") or content["reported"].get("text")
    rows = [
        (_("You told us"), _typed(reported, say)),
        *_home(content.get("brought_back"), say),
        *_before(content["tests"].get("before"), say),
        (_("Fault found"), _coded("fault", content["fault"]["code"], content["fault"]["text"], say)),
        (_("Cause"), _coded("cause", content["cause"]["code"], content["cause"]["text"], say)),
        (_("What was done"), _measures(content["measure"], say)),
        (_("Parts"), say.joined(_part(line, say) for line in content["lines"] if line["kind"] == "part")),
        (_("Test"), say.joined([_result(tested, say), _typed(tested.get("note"), say)])),
        (
            _("Result"),
            say.known("outcome", content["visit"]["outcome"]) if content["visit"]["outcome"] else "",
        ),
    ]
    term = content.get("repair_warranty")
    if term:
        rows.append((_("Warranty on this repair"), repair_term(term, say)))
    return [row for row in rows if row[1]]


def _home(home: Content | None, say: Wording) -> list[Row]:
    """Of a return: which IOU this discharges, how the product left and is now, and the loaner."""
    if not home:
        return []
    lent, found = home["taken"].get("loaner"), say.code("home_product", home["product"])
    rows = [
        (say.label("iou_settled"), home["ref"]),
        (say.label("taken_as"), _typed(home["taken"].get("condition"), say)),
        (say.label("brought_back"), say.joined([found, _typed(home["changed"], say)])),
    ]
    if lent:
        unit = " ".join(filter(None, (_product(lent, say), lent.get("serial"))))
        now = say.code("home_loaner", home["loaner"])
        rows.append((say.label("loaner_back"), say.joined([unit, now, _typed(home["loaner_note"], say)])))
    return rows


def _before(tested: Content | None, say: Wording) -> list[Row]:
    if not tested:
        return []
    answers = [say.code(one["list"], one["code"]) for one in tested["answers"]]
    return [(say.label("test_before"), say.joined([*answers, _typed(tested["note"], say)]))]


def _details(content: Content, say: Wording) -> list[Row]:
    customer, appliance, visit = content["customer"], content["appliance"], content["visit"]
    cover = content["warranty"]
    rows = [
        (_("Customer"), say.joined([customer["name"], readable(customer["phone"])])),
        (_("Address"), customer["address"]),
        (_("Appliance"), _product(appliance, say)),
        (_("Serial number"), appliance.get("serial") or say.value("not_known")),
        (_("Bought"), say.day(appliance.get("purchase_date"))),
        (_("Product warranty"), _cover(cover, say)),
        (_("Appointment"), say.moment(visit.get("appointment"))),
        (_("Arrived"), say.moment(visit["arrived"]) if visit.get("arrived") else say.value("not_known")),
        (_("Engineer"), content["engineer"]["name"]),
        (
            _("Service point"),
            say.joined([content["outlet"]["name"], readable(content["outlet"].get("phone", ""))]),
        ),
        (_("Reference"), content["ref"]),
    ]
    consent = content.get("consent")
    if consent:
        agreed = _(
            "%(total)s, %(moment)s", total=say.money(consent["total"]), moment=say.moment(consent["at"])
        )
        rows.append((_("Price you agreed to"), agreed))
    return rows


def _unknown(content: Content, protocol: Protocol, say: Wording) -> list[str]:
    """What is not known is said as plainly as what is (O-HIDE-03)."""
    tested, found = content["tests"]["final"], []
    if not content["fault"]["code"] and not content["fault"]["text"]:
        found.append(_("The fault was not recorded."))
    if content["cause"]["code"] == "not_found":
        found.append(_("The cause was not found."))
    elif not content["cause"]["code"] and not content["cause"]["text"]:
        found.append(_("The cause was not recorded."))
    if not tested.get("result"):
        found.append(_("No final test was recorded."))
    elif tested["result"] == "not_tested":
        found.append(
            _(
                "The appliance was not tested at the end: %(reason)s.",
                reason=_why("not_tested_reason", tested, say),
            )
        )
    if content["warranty"]["status"] == "unverified":
        found.append(_("Whether the product is still in warranty could not be verified."))
    if not content["appliance"].get("serial"):
        found.append(_("The serial number was not recorded."))
    if content["fee"]["total"] and not content.get("payment"):
        found.append(_("How the fee is paid was not recorded."))
    for one in content["not_recorded"]:
        title = protocol.word(say.language, "step", one["step"], "title", default=one["step"])
        reason = say.code("pass_reason", one.get("reason"))
        found.append(
            _("Not recorded: %(step)s (%(reason)s).", step=title, reason=reason or say.value("not_known"))
        )
    return found


def _why(group: str, values: Mapping[str, Any], say: Wording) -> str:
    return say.code(group, values.get("reason")) or say.value("not_known")


def _coded(group: str, code: str | None, typed: str | None, say: Wording) -> str:
    """The coded word, then what was typed besides, in quotes: it may be in another language."""
    return say.joined([say.code(group, code), _typed(typed, say)])


def _typed(typed: str | None, say: Wording) -> str:
    return say.value("typed_text", text=typed) if typed else ""


def _measures(measure: Mapping[str, Any], say: Wording) -> str:
    return say.joined(
        [*(say.code("measure", code) for code in measure["codes"]), _typed(measure["text"], say)]
    )


def _part(line: Mapping[str, Any], say: Wording) -> str:
    notes = [
        say.label("new_no").format(serial=line["serial_new"]) if line.get("serial_new") else "",
        _("old part %(where)s", where=say("old", line["old_part"])) if line.get("old_part") else "",
    ]
    noted = ", ".join(note for note in notes if note)
    return say.named(line["name"]) + (f" ({noted})" if noted else "")


def _result(tested: Mapping[str, Any], say: Wording) -> str:
    return say.known("result", tested["result"]) if tested.get("result") else ""


def _cover(cover: Mapping[str, Any], say: Wording) -> str:
    status = say.known("status", cover["status"])
    until = cover.get("until")
    name = "warranty_since" if cover["status"] == "out" else "warranty_until"
    return say.value(name, status=status, date=say.day(until)) if until else status


def _product(thing: Mapping[str, Any], say: Wording) -> str:
    return " ".join(
        part
        for part in (say.known("appliance", thing["kind"]), thing.get("brand"), thing.get("model"))
        if part
    )
