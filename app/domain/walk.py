"""The walk: where a visit stands, read off its records. Nothing is stored here and no clock is asked.

`read` is the only reader of records; pages, papers and the desk's columns all see its result. Steps lie open unless a
hard gate stands before them (decided: gates are few); the next step is the first that is neither done nor passed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from app.domain import effect
from app.domain import fee as fees
from app.domain import warranty as warranties
from app.domain.facts import Facts
from app.domain.price_list import PriceList
from app.domain.protocol import Protocol, Step
from app.domain.record import Record

VOIDING_ACTS = frozenset({"done", "passed", "line", "unline", "fitted", "agreed", "refused"})
VOIDING_EFFECTS = frozenset({"done", "skip", "mode", "danger", "safe", "outcome", "goto"})
LOG_ACTS = frozenset({"attempt", "bout", "ladder", "problem", "fitted", "ruled", "late"})
DESK_ENDS = {"cancelled": "cancelled", "reassigned": "transferred"}
TOTALS = {"fees": "total", "pay": "due"}  # settled for one total, they are open again for another
NOT = "not:"  # before what a fact that `when` asks about must not be
LOOSE_KINDS = frozenset({"consent", "take_back", "fees", "pay", "sign"})  # not walked again after a `goto`


@dataclass(slots=True)
class StepState:
    """How one step stands. `status`: open, done or passed. `locked_by`: the steps that must be settled before it."""

    step: Step
    status: str = "open"
    applies: bool = True
    locked_by: tuple[str, ...] = ()
    values: dict[str, Any] = field(default_factory=dict)
    log: list[Record] = field(default_factory=list)
    at: datetime | None = None
    reopened: bool = False
    base: str = ""  # key of the last record that settled it; the next one builds on that

    @property
    def settled(self) -> bool:
        return not self.applies or self.status != "open"


@dataclass(frozen=True, slots=True)
class HandOver:
    """The phone is in the customer's hands, for this step, since then."""

    key: str
    step: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Signature:
    """What the customer did when asked to sign. `how`: drawn, typed, paper or declined. Void after a later change."""

    key: str
    step: str
    at: datetime
    how: str
    body: Mapping[str, Any]
    void: bool = False


@dataclass(slots=True)
class Walk:
    """Where a visit stands. `values[step]` is what was entered last; money in minor units; times carry offsets."""

    steps: dict[str, StepState]
    data: dict[str, Any]
    appointment: datetime
    state: str = "scheduled"
    outcome: str | None = None
    next_step: str | None = None
    mode: str | None = None
    danger: bool = False
    lines: dict[str, fees.Line] = field(default_factory=dict)
    fitted: dict[str, dict[str, Any]] = field(default_factory=dict)
    fee: fees.Fee = None  # type: ignore[assignment]  # always set by read()
    warranty: warranties.Warranty = None  # type: ignore[assignment]
    agreed: dict[str, Any] | None = None
    refused: dict[str, Any] | None = None
    hand_over: HandOver | None = None
    signature: Signature | None = None
    iou_signature: Signature | None = None
    rated: bool = False
    paused: Record | None = None
    ended: Record | None = None
    ended_as: str = ""
    rulings: list[Record] = field(default_factory=list)
    version: int = 0

    @property
    def values(self) -> dict[str, dict[str, Any]]:
        return {key: state.values for key, state in self.steps.items()}

    @property
    def ended_by_desk(self) -> bool:
        """The desk cancelled the visit or gave it on; what its engineer saved by then without a network still comes."""
        return self.ended is not None and self.ended.role == "desk"

    @property
    def consented(self) -> bool:
        """The customer agreed to at least what it costs now; nothing to agree to also counts."""
        return not self.fee.chargeable or (self.agreed is not None and self.agreed["total"] >= self.fee.total)

    @property
    def unfitted(self) -> list[str]:
        """Keys of part lines whose old part is not accounted for yet."""
        return [key for key, line in self.lines.items() if line.kind == "part" and key not in self.fitted]

    @property
    def old_parts_taken(self) -> bool:
        return any(part.get("old_part") == "taken" for key, part in self.fitted.items() if key in self.lines)

    @property
    def cash_due(self) -> bool:
        paid = self.of_kind("pay")
        return bool(paid and paid.values.get("method") == "cash" and paid.values.get("paid"))

    @property
    def arrived_at(self) -> datetime | None:
        arrived = self.of_kind("arrive")
        return arrived.at if arrived and arrived.status == "done" else None

    @property
    def stage(self) -> str | None:
        return self.steps[self.next_step].step.stage if self.next_step else None

    def of_kind(self, kind: str) -> StepState | None:
        return next((state for state in self.steps.values() if state.step.kind == kind), None)

    def bouts(self) -> list[datetime]:
        """When the engineer rang or knocked, in order."""
        state = self.of_kind("knock")
        return [record.at for record in state.log if record.act == "bout"] if state else []


def read(protocol: Protocol, facts: Facts, prices: PriceList, records: Iterable[Record]) -> Walk:
    """Where the visit stands after these records, in their order."""
    walk = Walk(
        steps={step.id: StepState(step) for step in protocol.steps},
        data=_data(facts),
        appointment=facts.slot_start,
        mode=_mode_at_start(facts),
    )
    signed_seq = iou_seq = voided = iou_voided = 0
    for record in records:
        walk.version = record.seq
        state = walk.steps.get(record.step)
        if state is None:
            _apply_to_visit(walk, record)
            continue
        _apply(walk, state, record, protocol)
        if record.act in ("signed", "declined"):
            if state.step.kind == "sign":
                signed_seq = record.seq
            else:
                iou_seq = record.seq
        elif state.step.layer == "customer" and state.step.kind != "sign" and _voids(state.step, record):
            voided = record.seq
            if state.step.kind == "take_back":
                iou_voided = record.seq
    if walk.signature and voided > signed_seq:
        walk.signature = _void(walk.signature)
    if walk.iou_signature and iou_voided > iou_seq:
        walk.iou_signature = _void(walk.iou_signature)
    _price(walk, facts, prices, protocol)
    _settle(walk, facts)
    walk.outcome = walk.outcome or _outcome(walk)
    walk.state = _state(walk, facts)
    walk.next_step = None if walk.ended else _next(walk)
    return walk


def happened(record: Record) -> datetime:
    """When the act was done: the time entered afterwards if there is one, else the device's."""
    about = record.body.get("done_about")
    return datetime.fromisoformat(about) if about else record.at


def effects_of(protocol: Protocol, record: Record) -> tuple[str, ...]:
    """The effects of the remedy that a problem record chose."""
    step = protocol.step(record.step)
    problem = step.problem(record.body.get("problem", "")) if step else None
    remedy = problem.remedy(record.body.get("remedy", "")) if problem else None
    return remedy.effects if remedy else ()


def _data(facts: Facts) -> dict[str, Any]:
    bought = facts.appliance.get("purchase_date")
    return {
        "name": facts.customer["name"],
        "address": facts.customer["address"],
        "phone": facts.customer.get("phone", ""),
        "kind": facts.appliance["kind"],
        "brand": facts.appliance.get("brand", ""),
        "model": facts.appliance.get("model", ""),
        "serial": facts.appliance.get("serial", ""),
        "purchase_date": bought.isoformat() if isinstance(bought, date) else bought,
        "symptom": facts.job.get("symptom", ""),
        "request": facts.job.get("request", ""),
    }


def _mode_at_start(facts: Facts) -> str | None:
    """What comes home was repaired in the workshop, or was not; nothing is decided about it at the door."""
    home = facts.job.get("brings_back")
    if not home:
        return None
    return "on_site" if home["result"] == "repaired" else "not_repaired"


def _apply_to_visit(walk: Walk, record: Record) -> None:
    """Acts that belong to no step: the desk's."""
    if record.act in DESK_ENDS:
        walk.ended, walk.ended_as = record, DESK_ENDS[record.act]
    elif record.act == "moved":
        walk.appointment = datetime.fromisoformat(
            record.body["to"]
        )  # also over a time agreed on the telephone


def _apply(walk: Walk, state: StepState, record: Record, protocol: Protocol) -> None:
    act, body = record.act, record.body
    if act in LOG_ACTS:
        state.log.append(record)
    if act == "done":
        _apply_done(walk, state, record)
    elif act == "passed":
        state.status, state.at, state.base = "passed", record.at, record.key
        state.values = {**state.values, "passed": body}
    elif act == "problem":
        _apply_effects(walk, state, record, protocol)
    elif act == "resumed":
        walk.paused = None
    elif act == "line":
        walk.lines[record.key] = fees.Line(
            record.key,
            body["item"],
            body["kind"],
            body["qty"],
            body["standard"],
            body.get("certificate_price"),
        )
    elif act == "unline":
        walk.lines.pop(body["line"], None)
        walk.fitted.pop(
            body["line"], None
        )  # put on again, it is another line and says anew where the old part is
    elif act == "fitted":
        walk.fitted[body["line"]] = dict(body)
    elif act == "ruled":
        walk.rulings.append(record)
    else:
        _apply_customer_act(walk, state, record)


def _apply_done(walk: Walk, state: StepState, record: Record) -> None:
    state.status, state.reopened = "done", False
    state.at, state.base = happened(record), record.key
    state.values = dict(record.body)
    kind = state.step.kind
    if kind == "accept":
        walk.data.update({key: value for key, value in record.body["data"].items() if value})
    elif kind == "call":
        corrected = dict(record.body.get("corrected", {}))
        if "time" in corrected:
            walk.appointment = datetime.fromisoformat(corrected.pop("time"))
        walk.data.update(corrected)
    elif kind == "diagnose":
        plate = ("brand", "model", "serial", "purchase_date")
        walk.data.update({key: record.body[key] for key in plate if record.body.get(key)})
    elif kind == "repair":
        walk.mode = record.body.get("mode")
    elif kind == "test" and record.body.get("result") == "dangerous":
        walk.danger = True


def _apply_customer_act(walk: Walk, state: StepState, record: Record) -> None:
    act, body = record.act, record.body
    if act == "handed_over":
        walk.hand_over = HandOver(record.key, record.step, record.at)
    elif act == "handed_back":
        walk.hand_over = None
    elif act == "agreed":
        walk.agreed, walk.refused = {**body, "at": record.at.isoformat()}, None
        state.base, state.at = record.key, record.at
    elif act == "refused":
        walk.refused, walk.agreed = {**body, "at": record.at.isoformat()}, None
    elif act == "rated":
        walk.rated = True
    elif act in ("signed", "declined"):
        how = body.get("how", "declined") if act == "signed" else "declined"
        found = Signature(record.key, record.step, record.at, how, body)
        if state.step.kind == "sign":
            walk.signature = found
        elif act == "declined":
            _set_mode(walk, "not_repaired", record)  # without the signature the product stays where it is
        else:
            walk.iou_signature = found


def _apply_effects(walk: Walk, state: StepState, record: Record, protocol: Protocol) -> None:
    for name in effects_of(protocol, record):
        what, kind, argument = effect.read(name)
        if what.step != "open":
            state.status = what.step
            state.at, state.base = record.at, record.key
            state.values = {**state.values, **record.body}
        if what.ends and not walk.ended_by_desk:
            walk.ended, walk.ended_as = record, what.ends
        if what.pauses:
            walk.paused = record
        if what.outcome or kind == "outcome":
            walk.outcome = what.outcome or argument
        if kind == "mode":
            _set_mode(walk, argument, record)
        elif kind == "goto":
            _reopen(walk, argument, state.step.id)
        elif kind == "danger":
            walk.danger = True
            tested = walk.of_kind("test")
            if tested:
                tested.status, tested.at = "done", record.at
                tested.values = {"result": "dangerous", "told_danger": True}
        elif kind == "safe":
            walk.danger = False
            tested = walk.of_kind("test")
            if tested and tested.values.get("result") == "dangerous":
                tested.status, tested.reopened, tested.values = "open", True, {}


def _set_mode(walk: Walk, mode: str, record: Record) -> None:
    walk.mode = mode
    state = walk.of_kind("repair")
    if state and mode != "on_site":
        state.status, state.at, state.base = "done", record.at, record.key
        state.values = {**state.values, "mode": mode}


def _reopen(walk: Walk, target: str, origin: str) -> None:
    ids = list(walk.steps)
    for step_id in ids[ids.index(target) : max(ids.index(origin), ids.index(target)) + 1]:
        state = walk.steps[step_id]
        if state.status != "open" and (step_id == target or state.step.kind not in LOOSE_KINDS):
            state.status, state.reopened = "open", True


def _voids(step: Step, record: Record) -> bool:
    if record.act == "problem":
        problem = step.problem(record.body.get("problem", ""))
        remedy = problem.remedy(record.body.get("remedy", "")) if problem else None
        return any(effect.read(name)[1] in VOIDING_EFFECTS for name in (remedy.effects if remedy else ()))
    if record.act == "ruled":
        return record.body.get("ruling") in fees.RULINGS  # other answers change nothing that was signed
    return record.act in VOIDING_ACTS


def _void(signature: Signature) -> Signature:
    return Signature(signature.key, signature.step, signature.at, signature.how, signature.body, void=True)


def _price(walk: Walk, facts: Facts, prices: PriceList, protocol: Protocol) -> None:
    diagnosed = walk.of_kind("diagnose")
    found = diagnosed.values if diagnosed else {}
    bought = walk.data.get("purchase_date")
    walk.warranty = warranties.decide(
        date.fromisoformat(bought) if bought else None,
        prices.product_warranty_months.get(walk.data["kind"], 12),
        facts.day,
        found.get("basis"),
    )
    installed = facts.appliance.get("installed_on")
    repaired = walk.mode in (None, "on_site")
    lines = list(walk.lines.values())
    if not repaired and walk.agreed is None:
        lines = []  # nothing was agreed and nothing was repaired, so nothing is owed, the journey included
    walk.fee = fees.compute(
        lines,
        warranty=walk.warranty.status,
        cause_chargeable=found.get("cause") in protocol.codes.get("chargeable_cause", ()),
        job_kind=facts.job.get("kind", "repair"),
        months_since_install=warranties.months_since(installed, facts.day) if installed else None,
        repaired=repaired,
        price_list=prices,
        repair_warranty=warranties.rework_is_free(facts.job.get("rework_of"), found.get("fault"), facts.day),
        ruling=_ruling(walk.rulings),
    )


def _ruling(rulings: list[Record]) -> dict[str, Any] | None:
    """The last ruling of the centre on the fee, as `fee` wants it."""
    for record in reversed(rulings):
        if record.body.get("ruling") == "waive":
            return {"kind": "waive"}
        if record.body.get("ruling") == "reduce_to" and isinstance(record.body.get("amount"), int):
            return {"kind": "reduce_to", "amount": record.body["amount"]}
    return None


def _settle(walk: Walk, facts: Facts) -> None:
    """Which steps apply, which the customer's acts settle, and which gates are shut."""
    for state in walk.steps.values():
        kind = state.step.kind
        if kind == "consent":
            state.reopened = walk.agreed is not None and not walk.consented
            state.status = "done" if walk.agreed is not None and walk.consented else "open"
        elif kind == "sign":
            state.status, state.reopened = _signed(walk.signature)
            state.at = walk.signature.at if walk.signature else None
        elif kind == "take_back" and state.status == "done":
            state.status, state.reopened = _signed(walk.iou_signature)
        elif kind in TOTALS and state.status == "done" and state.values.get(TOTALS[kind]) != walk.fee.total:
            state.status, state.reopened = "open", True
    derived = {
        "fee.chargeable": walk.fee.chargeable,
        "visit.outcome": walk.outcome,
        "warranty.status": walk.warranty.status,
        "repair.mode": walk.mode,
        "job.kind": facts.job.get("kind", "repair"),
    }
    earlier: list[StepState] = []
    for state in walk.steps.values():
        state.applies = all(
            _matches(_fact(walk, derived, key), want) for key, want in state.step.when.items()
        )
        shut = [need for need in state.step.needs if not walk.steps[need].settled]
        if state.step.kind == "sign":
            shut += [one.step.id for one in earlier if not one.settled and one.step.id not in shut]
        state.locked_by = tuple(shut)
        earlier.append(state)


def _signed(signature: Signature | None) -> tuple[str, bool]:
    if signature is None:
        return "open", False
    return ("open", True) if signature.void else ("done", False)


def _fact(walk: Walk, derived: Mapping[str, Any], key: str) -> Any:
    if key in derived:
        return derived[key]
    step_id, _, name = key.partition(".")
    return walk.steps[step_id].values.get(name) if step_id in walk.steps else None


def _matches(found: Any, want: Any) -> bool:
    if isinstance(want, str) and want.startswith(NOT):
        return bool(found != want.removeprefix(NOT))
    return found in want if isinstance(want, list | tuple) else bool(found == want)


def _outcome(walk: Walk) -> str | None:
    if walk.mode is None:
        return None
    if walk.mode != "on_site":
        return {"take_back": "taken_back"}.get(walk.mode, walk.mode)
    tested = walk.of_kind("test")
    result = tested.values.get("result") if tested else None
    return "not_repaired" if walk.danger or result == "fails" else "repaired"


def _state(walk: Walk, facts: Facts) -> str:
    if facts.cancelled:
        return "cancelled"
    if walk.ended:
        return walk.ended_as
    if walk.paused:
        return "paused"
    if _is_finished(walk):
        return "finished"
    sign = walk.of_kind("sign")
    if sign and (sign.settled or walk.hand_over or not sign.locked_by):
        return "to_sign" if not sign.settled else "in_service"
    for kind, name in (
        ("enter", "in_service"),
        ("arrive", "at_door"),
        ("depart", "travelling"),
        ("accept", "accepted"),
    ):
        state = walk.of_kind(kind)
        if state and state.status != "open":
            return name
    return "at_door" if walk.bouts() else "scheduled"


def _is_finished(walk: Walk) -> bool:
    open_steps = [
        state for state in walk.steps.values() if not state.settled and state.step.kind != "hand_in"
    ]
    return not open_steps


def _next(walk: Walk) -> str | None:
    if walk.hand_over:
        return walk.hand_over.step
    for step_id, state in walk.steps.items():
        if not state.settled and (not state.locked_by or state.step.kind == "sign"):
            return step_id
    return None
