"""A ruling: which answers a question takes, and whose they are to give (K-REMARK-10, N-WAIVE-09). No words, no rows."""

from app.domain import form

RULINGS = ("approved", "denied", "waive", "reduce_to")
CLAIM_RULINGS = ("granted", "denied")
CLOSING = ("done",)
FEE_RULINGS = frozenset({"waive", "reduce_to"})
# Whoever is at the desk may see to what is urgent; what costs money or needs a judgement has its own people.
OWNERS = {
    "ruling": ("centre",),
    "lead_ruling": ("centre",),
    "claim": ("centre",),
    "technical": ("technical", "centre"),
    "manager_visit": ("manager",),
    "damage": ("centre", "manager"),
}
ANYBODY = ("dispatcher", "centre", "manager", "technical", "admin")
TEXT_NEEDED = frozenset({"denied"})
TEXT_NEEDED_KINDS = frozenset({"technical", "manager_visit", "damage"})
TEXT_LIMIT = 1000


def options(kind: str) -> tuple[str, ...]:
    """The answers that a task of this kind takes, the most usual first."""
    if kind == "claim":
        return CLAIM_RULINGS
    return RULINGS if kind in ("ruling", "lead_ruling") else CLOSING


def may_answer(kind: str, role: str, lead: bool) -> bool:
    """Whether somebody of this role answers such a task; the second level of rulings needs the centre's lead."""
    if kind == "lead_ruling" and not lead:
        return False
    return role in OWNERS.get(kind, ANYBODY)


def is_own(kind: str, owner_role: str, role: str, lead: bool) -> bool:
    """Whether the task stands in this person's own list: theirs by role and theirs to answer."""
    return owner_role == role and may_answer(kind, role, lead)


def read(kind: str, raw: form.Raw, total: int) -> tuple[str, int | None, str, form.Faults]:
    """The ruling, the amount (minor units), the text, and the faults by field.

    The amount is what remains to pay of a reduced fee, and what the customer gets of a granted claim.
    `total` is what the visit costs now; 0 while nothing is quoted.
    """
    faults: form.Faults = {}
    possible = options(kind)
    chosen = form.first(raw, "ruling") or (possible[0] if len(possible) == 1 else "")
    if chosen not in possible:
        faults["ruling"] = "not_an_option" if chosen else "required"
    amount: int | None = None
    if chosen in ("reduce_to", "granted"):
        typed = form.first(raw, "amount").strip()
        amount = form.money(typed)
        if amount is None:
            faults["amount"] = "not_money" if typed else "required"
        elif chosen == "reduce_to" and total and amount >= total:
            faults["amount"] = "not_below_the_total"
    text = form.text(raw, "answer", TEXT_LIMIT)
    if len(form.first(raw, "answer").strip()) > TEXT_LIMIT:
        faults["answer"] = "too_long"
    if not text and (chosen in TEXT_NEEDED or kind in TEXT_NEEDED_KINDS):
        faults["answer"] = "required"
    return chosen, amount, text, faults
