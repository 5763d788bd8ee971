"""What a composed paper is: plain values, ready to be drawn; every text in it is already in the paper's language."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.domain.strokes import Drawing


@dataclass(frozen=True)
class Sources:
    """What a paper is made of.

    `content` and `office` are the sealed layers (office None: not handed in yet). `numbers` maps kind → number or None
    (not given yet). `codes` is the norm's wording in the paper's language. `photos` are hashes whose pictures can be
    drawn as assets `photo-<hash>`; `photos_missing` how many the record names that have not arrived. `payment` is a
    later payment, for its own receipt: {paid, method, at, by}. `issued` is the ISO moment the paper was first wanted.
    """

    content: Mapping[str, Any]
    office: Mapping[str, Any] | None = None
    numbers: Mapping[str, str | None] = field(default_factory=dict)
    codes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    photos: tuple[str, ...] = ()
    photos_missing: int = 0
    payment: Mapping[str, Any] | None = None
    issued: str = ""
    language: str | None = None


@dataclass(frozen=True)
class Row:
    """A label and what stands beside it, never empty. `strong` for what the eye looks for first."""

    label: str
    value: str
    strong: bool = False


Rows = tuple[tuple[Row, ...], ...]
"""Lines of a grid: one row across, or two side by side."""


@dataclass(frozen=True)
class Line:
    """A charged thing: `detail` stands small below the name (code, basis, serial numbers, where the old part went);
    `price` says how many at what price: `2 × 45.00`."""

    name: str
    detail: str
    price: str
    amount: str


@dataclass(frozen=True)
class Table:
    """Charged lines under `heads` (item, quantity and price, amount); `empty` is said when there are none."""

    heads: tuple[str, str, str]
    lines: tuple[Line, ...]
    empty: str


@dataclass(frozen=True)
class Signature:
    """How somebody signed: a drawing, a typed name, or only the words of `note`."""

    label: str
    name: str
    note: str
    drawing: Drawing | None = None
    typed: str = ""


@dataclass(frozen=True)
class Copy:
    """One copy (联): its mark, and what only this copy says."""

    number: int
    mark: str
    name: str
    visit: Rows = ()
    office: Rows = ()


@dataclass(frozen=True)
class Paper:
    """A whole paper. `must_hold` are texts that every copy has to show; `attached` maps file names to their text.

    `created` is the ISO moment that stands in the file, so that the same paper is the same bytes. `qr` is "" for none.
    """

    kind: str
    language: str
    sheet: str
    title: str
    number: Row
    about: tuple[Row, ...]
    company: str
    contact: tuple[Row, ...]
    address: str
    copies: tuple[Copy, ...]
    sections: Mapping[str, Rows] = field(default_factory=dict)
    table: Table | None = None
    totals: tuple[Row, ...] = ()
    signatures: tuple[Signature, ...] = ()
    sentences: tuple[str, ...] = ()
    photos: tuple[str, ...] = ()
    seal: tuple[Row, ...] = ()
    qr: str = ""
    page: str = ""
    cut: str = ""
    must_hold: tuple[str, ...] = ()
    attached: Mapping[str, str] = field(default_factory=dict)
    created: str = ""
