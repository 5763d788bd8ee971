"""A visit walked in memory: facts and records as values, for tests of the rules. No database, no service."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from app.domain import price_list, protocol, walk
from app.domain.facts import Facts
from app.domain.record import Record
from app.domain.steps import common
from app.domain.steps.kinds import KINDS

START = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
SLOT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
FACTS = Facts(
    visit=1, reference="HZ1-261123-0001", language="zh_Hans", day=date(2026, 11, 23), slot_start=SLOT,
    slot_end=SLOT + timedelta(minutes=75), travel_minutes=20,
    customer={"name": "陈静", "address": "滨江区江南大道 1888 号", "phone": "+8613800138001", "phones": [], "route": ""},
    appliance={"kind": "washing_machine", "brand": "Aurora", "model": "WM-100S", "serial": "QYX-1",
               "purchase_date": date(2022, 1, 5), "installed_on": None},
    job={"number": "W1", "kind": "repair", "symptom": "不排水", "symptom_codes": ["no_drain"], "request": "",
         "received_at": START},
    engineer={"id": 1, "name": "林美", "permit_no": "E-1"},
    outlet={"name": "清源家电", "address": "", "phone": "+8657155500153", "complaint_phone": "", "timezone": "Asia/Shanghai",
            "country": "CN"},
    loaners=({"id": 7, "kind": "washing_machine", "brand": "Aurora", "model": "L", "serial": "LN-1", "condition": ""},),
)  # fmt: skip


class Walked:
    """Acts in order; `walk` is where the visit stands after them."""

    def __init__(self, facts: Facts = FACTS):
        self.facts = facts
        self.protocol = protocol.load("maker-2026-11")
        self.prices = price_list.load("hangzhou-2026-11")
        self.records: list[Record] = []
        self.at = START

    @property
    def walk(self) -> walk.Walk:
        return walk.read(self.protocol, self.facts, self.prices, self.records)

    def read(self, step_id: str, act: str, fields: dict[str, Any] | None = None) -> common.Entered:
        """What the kind makes of an entry now."""
        step = self.protocol.step(step_id)
        assert step
        around = common.Around(self.facts, self.protocol, self.prices, self.walk, self.at)
        if act == "passed":
            return common.read_passed(fields or {}, self.protocol)
        if act == "problem":
            return common.read_problem(step, fields or {}, around)
        if act == "resumed":
            return {}, {}
        return KINDS[step.kind].read(act, step, fields or {}, around)

    def act(
        self, step_id: str, act: str, fields: dict[str, Any] | None = None, *, minutes: int = 1
    ) -> "Walked":
        """One act that must be acceptable to its kind."""
        self.at += timedelta(minutes=minutes)
        body, faults = self.read(step_id, act, fields)
        assert not faults, (step_id, act, faults)
        if act == "line":
            item = self.prices.items[body["item"]]
            body |= {"kind": item.kind, "standard": item.price}
        return self.add(step_id, act, body)

    def add(
        self, step_id: str, act: str, body: dict[str, Any] | None = None, role: str = "engineer"
    ) -> "Walked":
        """One record as it stands."""
        seq = len(self.records) + 1
        self.records.append(
            Record(
                seq, f"key-{seq}", step_id, act, self.at, self.at, 1, role=role, device="d", body=body or {}
            )
        )
        return self

    def passed(self, *step_ids: str) -> "Walked":
        """Steps passed as not recorded."""
        for step_id in step_ids:
            self.act(step_id, "passed", {"reason": self.protocol.codes["pass_reason"][0]})
        return self

    def to(self, step_id: str) -> "Walked":
        """Pass everything before this step; what cannot be passed is recorded without being read."""
        for _ in range(60):
            state = self.walk
            if state.next_step in (step_id, None):
                break
            step = state.steps[state.next_step].step
            if step.kind == "diagnose":
                self.diagnosed()
            elif step.kind == "repair":
                self.add(step.id, "done", {"mode": "on_site", "measures": ["cleaned"]})
            elif step.gate or step.kind in ("test",):
                self.add(step.id, "done", {"result": "works"})
            elif step.kind == "sign":
                self.signed()
            elif step.kind == "consent":
                self.add(step.id, "agreed", {"total": state.fee.total}, role="customer")
            else:
                self.passed(step.id)
        assert self.walk.next_step == step_id, self.walk.next_step
        return self

    def diagnosed(self, **more: Any) -> "Walked":
        codes = self.protocol.codes
        body = {"fault": codes["fault"][0], "cause": "pump_worn", "basis": "invoice", **more}
        return self.act("diagnose", "done", body)

    def line(self, item: str = "drain_pump", **more: str) -> "Walked":
        return self.act("diagnose", "line", {"item": item, "qty": "1", **more})

    def signed(self, how: str = "typed", step_id: str = "sign") -> "Walked":
        self.add(step_id, "handed_over")
        self.add(step_id, "signed", {"how": how, "name": "陈静", "relation": "self"}, role="customer")
        return self.add(step_id, "handed_back")
