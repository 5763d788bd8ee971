"""What each kind of step shows besides its inputs, as plain values: job data, attempts, bouts, lines, what was signed.

Codes, ISO times and minor units only: words are put on when a section is drawn (`visit_view`). No rules.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from app.domain import schedule, warranty
from app.domain.steps import leave
from app.domain.walk import StepState
from app.services.visiting import Opened
from app.web.saying import leave_by

View = dict[str, Any]
RECENT = timedelta(hours=3)


def values_of(opened: Opened, state: StepState, now: datetime) -> View:
    """The values of this step's kind; empty for kinds that show nothing but inputs."""
    reader = READERS.get(state.step.kind)
    return reader(opened, state, now) if reader else {}


def moving(opened: Opened, now: datetime) -> list[View]:
    """What changes by itself while time passes: how late a departure or an arrival is, and the ring at the door."""
    current = opened.walk.next_step
    state = opened.walk.steps.get(current) if current else None
    return (
        [values_of(opened, state, now)]
        if state and state.step.kind in ("call", "depart", "arrive", "knock")
        else []
    )


def charges(opened: Opened) -> View:
    """The quoted lines as judged, the sums, and whether something hangs on an unproven warranty."""
    fee, walk = opened.walk.fee, opened.walk
    return {
        "lines": [
            [one.key, one.item, one.kind, one.qty, one.standard, one.certificate, one.applied, one.amount, one.rule]
            for one in fee.charges
        ],
        "dropped": not fee.charges and bool(walk.lines),
        "tax": fee.tax, "reduction": fee.reduction, "total": fee.total, "provisional": fee.provisional,
    }  # fmt: skip


def _accept(opened: Opened, state: StepState, now: datetime) -> View:
    facts = opened.facts
    earlier, until = facts.job.get("rework_of"), warranty.rework_until(facts.job.get("rework_of"))
    return {
        "data": dict(opened.walk.data), "phones": _phones(opened), "job": facts.job.get("number", ""),
        "rework": earlier and [earlier["reference"], earlier["fault"] or "", until.isoformat() if until else "",
                               until is not None and facts.day <= until],
    }  # fmt: skip


def _analyse(opened: Opened, state: StepState, now: datetime) -> View:
    walk = opened.walk
    return {
        "kind": walk.data["kind"], "symptom": walk.data["symptom"], "loaners": _loaners(opened),
        "clashes": list(opened.facts.clashes), "until": opened.facts.slot_end.isoformat(),
        "appointment": walk.appointment.isoformat(), **_recalled(opened),
    }  # fmt: skip


def _recalled(opened: Opened) -> View:
    """What like repairs say (`domain.recall`); of parts only those that can still be had for this appliance."""
    found = opened.recalled
    items = {item.code for item in opened.prices.items_for(opened.walk.data["kind"]) if item.kind == "part"}
    repeat = found.repeat
    return {
        "like": found.total, "advised": found.advised,
        "causes": [[one.code, one.times, list(one.parts)] for one in found.causes],
        "fixed_by": [[code, times] for code, times in found.parts if code in items],
        "repeat": repeat and [repeat.day.isoformat(), repeat.cause, list(repeat.parts)],
        "consults": [[one.by, one.day.isoformat(), one.answer] for one in found.consults],
    }  # fmt: skip


def _checklist(opened: Opened, state: StepState, now: datetime) -> View:
    """What the analysis decided to bring, where the list asks for the parts (D-KIT-01)."""
    analysis = opened.walk.of_kind("analyse")
    if analysis is None or not any(one.id == "parts" for one in state.step.fields):
        return {}
    return {
        "bring": list(analysis.values.get("parts") or ()),
        "bring_text": analysis.values.get("parts_text") or "",
    }


def _call(opened: Opened, state: StepState, now: datetime) -> View:
    walk = opened.walk
    return {
        "ring": _first_call(opened, state, now),
        "phones": _phones(opened),
        "attempts": [
            [record.at.isoformat(), record.body.get("result", ""), record.body.get("number", "")]
            for record in state.log if record.act == "attempt"
        ],
        "items": {
            "time": walk.appointment.isoformat(), "address": walk.data["address"],
            "model": " ".join(part for part in (walk.data["brand"], walk.data["model"]) if part),
            "purchase_date": walk.data["purchase_date"] or "", "symptom": walk.data["symptom"],
        },
    }  # fmt: skip


def _first_call(opened: Opened, state: StepState, now: datetime) -> list[Any] | None:
    """[when the request came, seconds of the norm, seconds gone] while nobody has called the customer yet (C-CALL-02)."""
    limit, received = opened.protocol.settings.get("first_call_min"), opened.facts.job.get("received_at")
    waits = state.status == "open" and opened.walk.next_step == state.step.id and not state.log
    if limit is None or received is None or not waits or opened.visit.follows_id is not None:
        return None
    gone = int((now - received).total_seconds())
    return [received.isoformat(), int(limit) * 60, gone] if 0 <= gone < RECENT.total_seconds() else None


def _depart(opened: Opened, state: StepState, now: datetime) -> View:
    facts, latest = opened.facts, leave_by(opened)
    waits = state.status == "open" and opened.walk.next_step == state.step.id
    return {
        "appointment": opened.walk.appointment.isoformat(), "leave_by": latest.isoformat(),
        "past": waits and now > latest, "travel": facts.travel_minutes, **_place(opened),
    }  # fmt: skip


def _arrive(opened: Opened, state: StepState, now: datetime) -> View:
    """How late it is matters only around the appointment; a day before or after, the page has nothing to count."""
    appointment = opened.walk.appointment
    tier2 = int(opened.protocol.settings.get("late_tier2_min", schedule.LATE_TIER2_MIN))
    found = schedule.arrival(appointment, now, late_tier2_min=tier2)
    near = (
        state.status == "open" and opened.walk.next_step == state.step.id and abs(now - appointment) < RECENT
    )
    return {
        "appointment": appointment.isoformat(), **_place(opened),
        "minutes": found.minutes if near else None,
        "word": found.word if near else "",
        "tier": found.tier if near else 0,
    }  # fmt: skip


def _knock(opened: Opened, state: StepState, now: datetime) -> View:
    settings, bouts = opened.protocol.settings, opened.walk.bouts()
    running = bool(bouts) and state.status == "open" and now - bouts[0] < RECENT
    return {
        "bouts": [at.isoformat() for at in bouts],
        "gone": int((now - bouts[0]).total_seconds()) if running else None,
        "interval": int(settings.get("knock_interval_s", 30)), "total": int(settings.get("knock_total_s", 300)),
        "bell": bool(settings.get("knock_bell_first", True)),
        "rungs": {
            record.body["rung"]: [record.body.get("result", ""), record.at.isoformat()]
            for record in state.log if record.act == "ladder"
        },
        "phones": _phones(opened), "desk": opened.facts.outlet.get("phone", ""),
    }  # fmt: skip


def _diagnose(opened: Opened, state: StepState, now: datetime) -> View:
    data, cover = opened.walk.data, opened.walk.warranty
    return {
        **charges(opened),
        "kind": data["kind"],
        "plate": {name: data[name] or "" for name in ("brand", "model", "serial", "purchase_date")},
        "warranty": [cover.status, cover.until.isoformat() if cover.until else "", cover.basis or ""],
    }


def _term(opened: Opened, state: StepState, now: datetime) -> View:
    return {"minimum": opened.prices.repair_warranty_min}


def _consent(opened: Opened, state: StepState, now: datetime) -> View:
    walk = opened.walk
    agreed = walk.agreed and [walk.agreed["total"], walk.agreed["at"], _linked(walk.agreed)]
    refused = walk.refused and [walk.refused.get("reason", ""), walk.refused["at"]]
    return {**charges(opened), "returning": _returning(opened), "agreed": agreed, "refused": refused}


def _returning(opened: Opened) -> list[Any]:
    """Visits before and the day of the last, where the norm has a discount for old customers (N-OLDC-10); else nothing."""
    count = opened.facts.customer.get("visits_before") or 0
    if not count or not opened.protocol.settings.get("old_customer_discount"):
        return []
    return [count, opened.facts.customer.get("last_visit")]


def _linked(agreed: dict[str, Any]) -> str:
    """Who agreed by a link, if it was so."""
    return str(agreed.get("name", "")) if agreed.get("how") == "link" else ""


def _repair(opened: Opened, state: StepState, now: datetime) -> View:
    walk = opened.walk
    return {
        "parts": [
            [key, line.item, line.qty, {name: walk.fitted.get(key, {}).get(name) or ""
                                        for name in ("serial_new", "serial_old", "old_part", "reason")}]
            for key, line in walk.lines.items() if line.kind == "part"
        ],
        "unfitted": len(walk.unfitted),
        "unquoted": "" if walk.lines or walk.mode or walk.warranty.status == "in" else walk.warranty.status,
        "limit": int(opened.protocol.settings.get("height_limit_cm", 200)),
        "mode": walk.mode or "",
    }  # fmt: skip


def _take_back(opened: Opened, state: StepState, now: datetime) -> View:
    signature = opened.walk.iou_signature
    return {
        "kind": opened.walk.data["kind"], "loaners": _loaners(opened), "ready": "condition" in state.values,
        "signed": signature and [signature.how, signature.at.isoformat(), signature.void],
    }  # fmt: skip


def _test(opened: Opened, state: StepState, now: datetime) -> View:
    return {"danger": opened.walk.danger}


def _fees(opened: Opened, state: StepState, now: datetime) -> View:
    agreed = opened.walk.agreed
    return {
        **charges(opened),
        "agreed": agreed["total"] if agreed else None,
        "consented": opened.walk.consented,
        "returning": _returning(opened),
    }


def _pay(opened: Opened, state: StepState, now: datetime) -> View:
    return {"total": opened.walk.fee.total, "country": opened.facts.outlet.get("country", "")}


def _sign(opened: Opened, state: StepState, now: datetime) -> View:
    """The review is made when it is drawn; the visit and its version stand for all of it."""
    signature = opened.walk.signature
    return {
        "ready": not state.locked_by,
        "stands": [opened.visit.id, opened.walk.version] if not state.locked_by or signature else [],
        "signed": signature
        and [signature.how, signature.at.isoformat(), signature.void, signature.body.get("name") or ""],
        "rated": opened.walk.rated,
    }  # fmt: skip


def _leave(opened: Opened, state: StepState, now: datetime) -> View:
    return {"mode": opened.walk.mode or "", "things": list(leave.things_of(state.step))}


def _hand_in(opened: Opened, state: StepState, now: datetime) -> View:
    return {"cash": opened.walk.cash_due, "old_parts": opened.walk.old_parts_taken}


def _phones(opened: Opened) -> list[list[str]]:
    """The numbers to try, in order: (kind, number)."""
    facts = opened.facts.customer
    found = [[str(one.get("type", "")), str(one.get("number", ""))] for one in facts.get("phones") or ()]
    numbers = {number for _kind, number in found}
    own = opened.walk.data["phone"] or facts.get("phone") or ""
    if own and own not in numbers:
        found.insert(0, ["", own])
    return [one for one in found if one[1]]


def _place(opened: Opened) -> View:
    """Where to go, and the numbers for the way."""
    facts = opened.facts
    return {
        "address": opened.walk.data["address"], "route": facts.customer.get("route", ""), "phones": _phones(opened),
        "country": facts.outlet.get("country", ""),
    }  # fmt: skip


def _loaners(opened: Opened) -> list[list[str]]:
    return [[str(one["id"]), str(one["kind"]), f"{one['brand']} {one['model']}", str(one["serial"])]
            for one in opened.facts.loaners]  # fmt: skip


READERS: dict[str, Callable[[Opened, StepState, datetime], View]] = {
    "accept": _accept, "analyse": _analyse, "checklist": _checklist,
    "call": _call, "depart": _depart, "arrive": _arrive, "knock": _knock,
    "diagnose": _diagnose, "term": _term, "consent": _consent, "repair": _repair, "take_back": _take_back, "test": _test,
    "fees": _fees, "pay": _pay, "sign": _sign, "leave": _leave, "hand_in": _hand_in,
}  # fmt: skip
