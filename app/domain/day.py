"""The end of a day: what each visit owes the desk, what came in, and what differs. No rows, no words (R-CARD-01, R-REC-04).

Owed is what was sealed: a slip where the customer signed or declined, the cash that the slip says was paid, the old parts
that it says were taken along. What was paid on a telephone or card never passes through anybody's hands.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Any

from app.domain import form
from app.domain.vocabulary import ENDED_STATES

THINGS = ("slip", "cash", "old_parts")
STATES = {"slip": ("received", "missing", "spoilt"), "old_parts": ("received", "missing")}
FIELDS = {"slip": "slip", "cash": "cash", "old_parts": "old"}  # the names of the inputs, before "-<visit>"
RECEIVERS = ("dispatcher", "admin")
REASON_LIMIT = 200
NOTE_LIMIT = 300
CHECK_AT = time(20, 0)  # when the second level looks, unless the outlet's settings name another hour


@dataclass(frozen=True, slots=True)
class Owed:
    """What one visit owes the desk. `other`: what was paid by each other way, in minor units."""

    visit: int
    slip: bool = False
    cash: int = 0
    old_parts: int = 0
    other: Mapping[str, int] = field(default_factory=dict)
    void: bool = False  # the signature no longer covers what stands on the slip
    ended: bool = True

    @property
    def things(self) -> tuple[str, ...]:
        """What of THINGS is due."""
        due = {"slip": self.slip, "cash": self.cash > 0, "old_parts": self.old_parts > 0}
        return tuple(thing for thing in THINGS if due[thing])


@dataclass(frozen=True, slots=True)
class Came:
    """What the desk noted of one thing: its state, the counted cash, the reason."""

    state: str
    amount: int | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Difference:
    """`code`: open (nothing noted yet), missing, spoilt, short, over, void. `amount`: by how much, for cash."""

    visit: int
    thing: str
    code: str
    amount: int = 0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Balance:
    """One engineer's day, or the outlet's: three ways beside each other (visits, slips, money) and what differs."""

    visits: int
    ended: int
    slips_due: int
    slips_in: int
    cash_due: int
    cash_in: int
    old_due: int
    old_in: int
    other: Mapping[str, int]
    differences: tuple[Difference, ...]

    @property
    def is_even(self) -> bool:
        return not self.differences and self.ended == self.visits

    @property
    def is_owed(self) -> bool:
        """Whether there is anything to receive at all."""
        return bool(self.slips_due or self.cash_due or self.old_due)

    def figures(self) -> dict[str, Any]:
        """What is kept when somebody signs it off."""
        return {
            "visits": self.visits, "ended": self.ended, "slips_due": self.slips_due, "slips_in": self.slips_in,
            "cash_due": self.cash_due, "cash_in": self.cash_in, "old_due": self.old_due, "old_in": self.old_in,
            "other": dict(self.other), "differences": [[d.visit, d.thing, d.code, d.amount] for d in self.differences],
        }  # fmt: skip


def owed(visit: int, state: str, signed: str | None, sealed: Mapping[str, Any] | None) -> Owed:
    """What a visit owes, by what was sealed last: {act, payment, lines} of the customer's layer, or None."""
    ended = state in ENDED_STATES
    if sealed is None:
        return Owed(visit, ended=ended)
    payment = sealed.get("payment") or {}
    paid, method = int(payment.get("paid") or 0), payment.get("method")
    cash = paid if method == "cash" else 0
    parts = sum(
        int(line.get("qty") or 1) for line in sealed.get("lines") or () if line.get("old_part") == "taken"
    )
    return Owed(
        visit, slip=True, cash=cash, old_parts=parts, other={method: paid} if paid and not cash and method else {},
        void=signed == "void", ended=ended,
    )  # fmt: skip


def differences(due: Owed, came: Mapping[str, Came]) -> tuple[Difference, ...]:
    """What does not agree for one visit."""
    found = [Difference(due.visit, "slip", "void")] if due.void else []
    for thing in due.things:
        noted = came.get(thing)
        if noted is None:
            found.append(Difference(due.visit, thing, "open"))
        elif thing == "cash":
            gap = (noted.amount or 0) - due.cash
            if gap:
                found.append(
                    Difference(due.visit, thing, "short" if gap < 0 else "over", abs(gap), noted.reason)
                )
        elif noted.state != "received":
            found.append(Difference(due.visit, thing, noted.state, reason=noted.reason))
    return tuple(found)


def balance(rows: Iterable[tuple[Owed, Mapping[str, Came]]]) -> Balance:
    """Several visits together."""
    all_rows = list(rows)
    other: dict[str, int] = {}
    for due, _came in all_rows:
        for method, paid in due.other.items():
            other[method] = other.get(method, 0) + paid

    def is_in(due: Owed, came: Mapping[str, Came], thing: str) -> bool:
        return thing in due.things and thing in came and came[thing].state == "received"

    return Balance(
        visits=len(all_rows), ended=sum(due.ended for due, _ in all_rows),
        slips_due=sum(due.slip for due, _ in all_rows), slips_in=sum(is_in(*row, "slip") for row in all_rows),
        cash_due=sum(due.cash for due, _ in all_rows),
        cash_in=sum(came["cash"].amount or 0 for due, came in all_rows if is_in(due, came, "cash")),
        old_due=sum(due.old_parts for due, _ in all_rows),
        old_in=sum(due.old_parts for due, came in all_rows if is_in(due, came, "old_parts")),
        other=other, differences=tuple(one for row in all_rows for one in differences(*row)),
    )  # fmt: skip


def read(due: Owed, kept: Mapping[str, Came], raw: form.Raw) -> tuple[dict[str, Came], form.Faults]:
    """What a form newly says about one visit, only what changes; faults by the name of the input.

    Inputs: slip-<id>, cash-<id> (typed money), old-<id>, why-<id>. Whatever does not agree needs its reason.
    """
    found: dict[str, Came] = {}
    faults: form.Faults = {}
    why, reason_name = form.text(raw, f"why-{due.visit}", REASON_LIMIT), f"why-{due.visit}"
    if len(form.first(raw, reason_name).strip()) > REASON_LIMIT:
        faults[reason_name] = "too_long"
    for thing in due.things:
        name = f"{FIELDS[thing]}-{due.visit}"
        typed = form.first(raw, name).strip()
        if not typed:
            continue
        if thing == "cash":
            amount = form.money(typed)
            if amount is None:
                faults[name] = "not_money"
                continue
            new = Came("received", amount, why if amount != due.cash else "")
        elif typed not in STATES[thing]:
            faults[name] = "not_an_option"
            continue
        else:
            new = Came(typed, None, why if typed != "received" else "")
        agrees = not differences(Owed(due.visit, **_only(due, thing)), {thing: new})
        if not agrees and not why:
            faults[reason_name] = "required"
        if new != kept.get(thing):
            found[thing] = new
    return found, faults


def may_receive(role: str) -> bool:
    """Whether somebody of this role notes what comes in and signs the day off with an engineer."""
    return role in RECEIVERS


def may_check(role: str, lead: bool) -> bool:
    """Whether somebody stands on the second level: the manager, or the centre's information officer (its lead)."""
    return role == "manager" or (role == "centre" and lead)


def note(raw: form.Raw, needed: bool) -> tuple[str, form.Faults]:
    """What is written under a sign-off; needed where something differs."""
    typed = form.first(raw, "note").strip()
    if len(typed) > NOTE_LIMIT:
        return "", {"note": "too_long"}
    text = form.text(raw, "note", NOTE_LIMIT)
    return text, {"note": "required"} if needed and not text else {}


def check_at(settings: Mapping[str, Any]) -> time:
    """The fixed hour of the second level (R-REC-05), as the outlet set it: `day_check`, such as 19:30."""
    try:
        return time.fromisoformat(str(settings.get("day_check", "")))
    except ValueError:
        return CHECK_AT


def is_check_late(day_ends: datetime, now: datetime) -> bool:
    """Whether the fixed hour of that day is past; both aware."""
    return now > day_ends


def _only(due: Owed, thing: str) -> dict[str, Any]:
    return {thing: getattr(due, thing)}
