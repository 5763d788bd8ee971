"""Plays visits at random through the server's judge, for Python and JavaScript to agree on; nothing is stored.

A played visit is {facts, protocol, prices, turns}. A turn is an entry with what became of it, or a record of the desk:
{entry: {step, act, fields, at, base, role, key}, answer: {body}|{faults}|{refused, needs}, walk: digest} or {record,
walk}. `walk` is the digest of `plain` after the turn; long answers stand as digests, too (see `brief`).
"""

import hashlib
import json
import random
import uuid
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

from app import errors
from app.domain import portable, price_list, protocol, walk
from app.domain.facts import Facts
from app.domain.record import Record
from app.domain.steps.kinds import KINDS
from app.domain.vocabulary import CUSTOMER_ACTS
from app.services import judging, opening, rehearsing
from tools import vector_fields

NORM = "maker-2026-11"
NETWORK = "network-2026-11"
PLACES = {"hangzhou-2026-11": "Asia/Shanghai", "madrid-2026-11": "Europe/Madrid"}
REFUSALS = {
    errors.NotFound: "not_found", errors.NotOpen: "not_open", errors.Moved: "moved", errors.Ended: "ended",
}  # fmt: skip
PERSON: Any = SimpleNamespace(id=1)
LONGEST = 400  # characters of an answer that is told whole
LENT = {"id": 7, "kind": "washing_machine", "brand": "A", "model": "L", "serial": "LN-1", "condition": ""}
EARLIER = [
    {"visit": 9, "reference": "HZ1-261001-0009", "signed_on": signed, "months": months, "days": days, "fault": fault}
    for signed, months, days, fault in (
        ("2026-10-22", 1, 0, "other"), ("2026-10-21", 1, 0, "other"), ("2026-11-02", 0, 20, "other"),
        ("2026-11-02", 0, 19, "other"), ("2026-11-20", 0, 0, "other"), ("2026-11-20", 3, 0, "no_power"),
        ("2026-11-20", 3, 0, None),
    )
]  # fmt: skip
HOME = [
    {
        "visit": 8,
        "reference": "HZ1-261110-0008",
        "result": result,
        "taken": {"condition": "划痕", "loaner": lent},
    }
    for result, lent in (("repaired", LENT), ("repaired", None), ("not_repairable", LENT))
]
"""What a return brings home: repaired or not, with a unit lent meanwhile or without."""
START = datetime(2026, 11, 22, 7, 30, tzinfo=UTC)


class Played(rehearsing.Rehearsal):
    """A rehearsal in memory that goes on whatever becomes of an act, and notes every turn."""

    def __init__(self, seed: int, usual: bool = False, norm: str = "", home: Mapping[str, Any] | None = None):
        """A usual one is a repair in Hangzhou, out of warranty, without surprises in its answers or its clock, or brings
        `home` what was taken away. The others
        take turns with the norms unless told."""
        self.seed = seed
        self.norm = norm or (NETWORK if seed % 3 == 2 and not usual else NORM)
        self.usual = usual
        self.draw = random.Random(seed)
        self.names = random.Random(seed + 1)
        self.turns: list[dict[str, Any]] = []
        self.answers = {} if usual else _answers(self.draw, self.norm)
        facts, prices = _facts(self.draw)
        if usual:
            prices = price_list.load("hangzhou-2026-11")
            appliance = {
                **facts.appliance,
                "kind": "washing_machine",
                "purchase_date": date(2019, 1, 5),
                "installed_on": None,
            }
            facts = replace(
                facts,
                appliance=appliance,
                job={
                    **facts.job,
                    "kind": "return" if home else "repair",
                    "rework_of": None,
                    "brings_back": home,
                },
                loaners=(LENT,),
                cancelled=False,
            )
        self.begun = facts
        read = protocol.load(self.norm)
        self.clock = facts.slot_start - timedelta(hours=3)
        visit: Any = SimpleNamespace(
            id=1, engineer_id=1, language=facts.language, created_at=facts.slot_start - timedelta(days=60)
        )
        self.opened = opening.Opened(visit, facts, read, prices, (), walk.read(read, facts, prices, ()))
        self.zone = ZoneInfo(facts.outlet["timezone"])
        self.visit_id = 1

    def act(
        self, step: str, act: str, fields: Mapping[str, Any] | None = None, role: str = "engineer"
    ) -> Any:
        """One act through the judge; its answer is noted and the visit goes on."""
        self.clock += timedelta(minutes=self.draw.choice([1, 1, 2, 7]), seconds=self.draw.choice([0, 0, 11]))
        at = self.clock.astimezone(self.zone)
        if self.draw.random() < 0.05:
            at += timedelta(microseconds=self.draw.randrange(1, 999_999))
        base = self.draw.choice([None] * 5 + [self._base(step)] * 5 + ["k1"])
        base = None if self.usual else base
        key = str(uuid.UUID(int=self.names.getrandbits(128), version=4))
        entry = {"step": step, "act": act, "fields": dict(fields or {}), "at": at.isoformat(), "base": base,
                 "role": role, "key": key}  # fmt: skip
        submission = judging.Submission(1, step, act, key, entry["fields"], at, base=base)
        try:
            record = judging.judged(self.opened, submission, PERSON, self.clock, role)
        except errors.Fault as fault:
            self.turns.append({"entry": entry, "answer": _refusal(fault)})
            return self.opened
        self.opened = opening.with_record(self.opened, record)
        return self._note({"entry": entry, "answer": {"body": portable.plain(record.body)}})

    def desk(self, step: str, act: str, body: dict[str, Any]) -> None:
        """What the desk writes into a visit."""
        record = Record(
            self.opened.walk.version + 1, str(uuid.UUID(int=self.names.getrandbits(128), version=4)), step, act,
            self.clock, self.clock, 2, role="desk", body=body,
        )  # fmt: skip
        self.opened = opening.with_record(self.opened, record)
        self._note({"record": portable.record(record)})

    def know(self, **changed: Any) -> None:
        """Facts that changed meanwhile."""
        self.opened = replace(self.opened, facts=replace(self.opened.facts, **changed))
        self.turns.append({"facts": portable.plain(changed)})

    def case(self) -> dict[str, Any]:
        """What was played, as JSON values."""
        return {"seed": self.seed, "facts": portable.facts(self.begun), "protocol": self.norm,
                "prices": self.opened.prices.id, "turns": self.turns}  # fmt: skip

    def strange(self) -> None:
        """An act at a step that need not be the one that comes, with values that need not be right."""
        current = self.opened.walk
        steps = list(current.steps)
        step_id = self.draw.choice([current.next_step or steps[-1], self.draw.choice(steps)])
        step = current.steps[step_id].step
        acts = KINDS[step.kind].ACTS
        act = self.draw.choice([*acts, *acts, "problem", "problem", "passed", "resumed"])
        role = "customer" if (act in CUSTOMER_ACTS) != (self.draw.random() < 0.02) else "engineer"
        if act in CUSTOMER_ACTS and not current.hand_over and self.draw.random() < 0.8:
            self.act(step_id, "handed_over")
        self.act(step_id, act, vector_fields.drawn(self.draw, self.opened, step, act, self.clock), role)
        if self.draw.random() < 0.7 and self.opened.walk.hand_over:
            self.act(step_id, "handed_back")
        if self.opened.walk.paused and self.draw.random() < 0.8:
            self.act(self.opened.walk.paused.step, "resumed")

    def _note(self, turn: dict[str, Any]) -> Any:
        self.turns.append({**turn, "walk": told(plain(self.opened.walk))})
        return self.opened

    def _base(self, step: str) -> str | None:
        state = self.opened.walk.steps.get(step)
        return state.base if state else None


def played(seed: int, turns: int = 70) -> Played:
    """One visit of about so many turns: usual acts in their order, with strange ones in between."""
    one = Played(seed)
    strangeness = one.draw.choice([0.1, 0.3, 0.6, 0.9])
    for _ in range(turns):
        current = one.opened.walk
        if len(one.turns) >= turns or (current.ended and one.draw.random() < 0.5):
            break
        if one.draw.random() < 0.02:
            _desk_acts(one)
        elif current.next_step is None or one.draw.random() < strangeness:
            one.strange()
        elif one.draw.random() < 0.15:
            one.quote([(one.draw.choice(list(one.opened.prices.items)), one.draw.randint(1, 3))])
        else:
            one.do(current.next_step)
    return one


def brief(case: dict[str, Any]) -> dict[str, Any]:
    """The same with long answers as digests, to be kept in a file."""
    turns = []
    for turn in case["turns"]:
        body = turn.get("answer", {}).get("body")
        if body is not None and len(json.dumps(body)) > LONGEST:
            turn = {**turn, "answer": {"digest": told(body)}}
        turns.append(turn)
    return {**case, "turns": turns}


def told(value: Any) -> str:
    """The first half of the digest of a value whose text is NFC: what `seal.digest` says, in a tenth of its time."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_iso)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _iso(moment: date) -> str:
    return moment.isoformat()


def plain(found: walk.Walk) -> dict[str, Any]:
    """Everything that a walk says; records by their numbers."""
    same = ("data", "state", "outcome", "next_step", "mode", "danger", "fitted", "agreed", "refused", "rated",
            "ended_as", "version", "consented", "unfitted", "old_parts_taken", "cash_due", "stage",
            "ended_by_desk")  # fmt: skip
    steps = {
        key: [state.status, state.applies, state.locked_by, state.values, [one.seq for one in state.log], state.at,
              state.reopened, state.base, state.settled]
        for key, state in found.steps.items()
    }  # fmt: skip
    fee = {**vars(found.fee), "charges": [vars(one) for one in found.fee.charges],
           "chargeable": found.fee.chargeable, "provisional": found.fee.provisional}  # fmt: skip
    signs = {
        name: one and [one.key, one.step, one.at, one.how, one.void]
        for name in ("signature", "iou_signature")
        if (one := getattr(found, name)) or True
    }
    handed = found.hand_over
    return {
            **{name: getattr(found, name) for name in same}, **signs, "steps": steps, "fee": fee,
            "appointment": found.appointment, "arrived_at": found.arrived_at, "bouts": found.bouts(),
            "lines": {key: vars(line) for key, line in found.lines.items()}, "warranty": vars(found.warranty),
            "hand_over": handed and [handed.key, handed.step, handed.at],
            "paused": found.paused and found.paused.seq, "ended": found.ended and found.ended.seq,
            "rulings": [one.seq for one in found.rulings],
    }  # fmt: skip


def _refusal(fault: errors.Fault) -> dict[str, Any]:
    if isinstance(fault, errors.Invalid):
        return {"faults": fault.details["fields"]}
    needs = fault.details.get("needs", []) if isinstance(fault, errors.NotOpen) else []
    return {"refused": REFUSALS[type(fault)], "needs": needs}


def _desk_acts(one: Played) -> None:
    step = one.draw.choice(list(one.opened.walk.steps))
    amount = one.draw.choice([None, 0, 5000, 12_000])
    ruling = one.draw.choice(["waive", "reduce_to", "reduce_to", "approved", "denied"])
    to = (one.clock + timedelta(hours=2)).isoformat()
    acts: list[tuple[str, str, dict[str, Any]]] = [
        (step, "ruled", {"task": 1, "ruling": ruling, "amount": amount, "answer": "", "by": "Wu"}),
        (step, "ruled", {"task": 2, "ruling": ruling, "amount": amount, "answer": "", "by": "Wu"}),
        ("", "moved", {"from": to, "to": to}),
        ("", one.draw.choice(["cancelled", "reassigned"]), {"reason": "x"}),
    ]
    one.desk(*one.draw.choice(acts))


def _answers(draw: random.Random, norm: str) -> dict[str, Any]:
    """What this visit's engineer answers otherwise than usual."""
    found: dict[str, Any] = {
        "diagnose": {"cause": draw.choice(["pump_worn", *protocol.load(norm).codes["chargeable_cause"]]),
                     "basis": draw.choice(["certificate", "invoice", "plate", "statement"]),
                     "fault": "other", "fault_text": "漏水  ２０ ml"},
        "repair": {"mode": draw.choice(["on_site"] * 4 + ["take_back", "no_fault", "not_repaired"])},
        "test": draw.choice([{"result": "works"}] * 4 + [{"result": "dangerous", "told_danger": "on"}, {"result": "fails"}]),
        "pay": draw.choice([{"method": "cash"}, {"method": "none", "rest": "refused", "refuse_reason": "too_expensive"}]),
        "take_back": {"loaner": draw.choice(["7", "none"]), "loaner_condition": "good"},
    }  # fmt: skip
    if draw.random() < 0.15:
        found["declined"] = {"reason": protocol.load(norm).codes["decline_reason"][0], "text": "—"}
    return found


def _facts(draw: random.Random) -> tuple[Facts, price_list.PriceList]:
    id_ = draw.choice(sorted(PLACES))
    prices = price_list.load(id_)
    start = START + timedelta(minutes=15 * draw.randrange(40))
    bought = draw.choice([None, date(2026, 11, 22), date(2025, 11, 30), date(2024, 2, 29), date(2019, 1, 5)])
    other = draw.choice(["repair", "repair", "software", "installation"])
    home = draw.choice([None, None, None, *HOME])
    facts = Facts(
        visit=1, reference="HZ1-261122-0001", language=draw.choice(["en", "zh_Hans", "es"]), day=date(2026, 11, 22),
        slot_start=start, slot_end=start + timedelta(minutes=75), travel_minutes=20,
        customer={"name": "陈静", "address": "江南大道 1888 号", "phone": "+8613800138001", "phones": [], "route": ""},
        appliance={"kind": draw.choice(sorted(prices.product_warranty_months)), "brand": "Aurora", "model": "WM-100S",
                   "serial": "QYX-1", "purchase_date": bought,
                   "installed_on": draw.choice([None, None, date(2026, 11, 22), date(2026, 8, 31), date(2026, 10, 22)])},
        job={"number": "W1", "kind": "return" if home else other, "symptom": "不排水",
             "symptom_codes": ["no_drain"], "request": "", "received_at": start,
             "rework_of": draw.choice([None, None, *EARLIER]), "brings_back": home},
        engineer={"id": 1, "name": "林美", "permit_no": "E-1"},
        outlet={"name": "清源家电", "address": "", "phone": "+8657155500153", "complaint_phone": "",
                "timezone": PLACES[id_], "country": "CN"},
        loaners=draw.choice([(LENT,), ()]),
    )  # fmt: skip
    return replace(facts, cancelled=draw.random() < 0.02), prices
