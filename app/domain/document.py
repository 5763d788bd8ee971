"""Which papers there are, and the one way to compose each: sealed layers in, a `Paper` out. Drawing is not here."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from app.domain.paper import door_note, iou, loaner, receipt, slip
from app.domain.paper.value import Paper, Sources

CUSTOMER_COPY = slip.CUSTOMER_COPY


@dataclass(frozen=True)
class Kind:
    """One kind of paper. `copies` are its numbered copies (empty: one unnumbered); `numbered` says it has a number
    without gaps; `in_seal` says that it is made from sealed layers (a note on the door is not)."""

    compose: Callable[[Sources, str, tuple[int, ...]], Paper]
    sheets: tuple[str, ...]
    copies: tuple[int, ...] = ()
    numbered: bool = True
    in_seal: bool = True


KINDS: dict[str, Kind] = {
    "slip": Kind(slip.compose, ("a4", "a5"), copies=slip.COPIES),
    "receipt": Kind(receipt.compose, ("a5", "a4")),
    "iou": Kind(iou.compose, ("a5", "a4")),
    "loaner": Kind(loaner.compose, ("a5", "a4")),
    "door_note": Kind(door_note.compose, ("a5", "a4"), numbered=False, in_seal=False),
}


def compose(kind: str, sources: Sources, sheet: str, copy: int | None = None) -> Paper:
    """The paper of `kind` for `sheet`; `copy` alone, or all copies that the layers at hand allow.

    Raises KeyError for an unknown kind, ValueError for a sheet or copy it has not, or when what it certifies never
    happened (no payment, nothing taken).
    """
    found = KINDS[kind]
    if sheet not in found.sheets:
        raise ValueError(f"{kind} is not printed on {sheet}")
    return found.compose(sources, sheet, copies_of(kind, copy, sources.office is not None))


def copies_of(kind: str, copy: int | None, handed_in: bool) -> tuple[int, ...]:
    """The copies to make: the one asked for, else all three at hand-in and the customer's alone before."""
    found = KINDS[kind]
    if copy is not None:
        if copy not in found.copies:
            raise ValueError(f"{kind} has no copy {copy}")
        return (copy,)
    if not found.copies:
        return ()
    return found.copies if handed_in else (CUSTOMER_COPY,)


def plain(paper: Paper) -> dict[str, Any]:
    """The paper as JSON values, for the process that draws it."""
    return asdict(paper)
