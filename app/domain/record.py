"""A record: one saved act of a visit, as a value. How it is stored or chained is not said here."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Record:
    """One saved act: which step, which act, what was entered, by whom, and when by the phone and by the server.

    `at` keeps the offset of the place; `received` is the server's. `corrects` names the key of the record that this
    one replaces. `body` holds JSON values only.
    """

    seq: int
    key: str
    step: str
    act: str
    at: datetime
    received: datetime
    person: int
    role: str = "engineer"
    device: str = ""
    corrects: str | None = None
    body: dict[str, Any] = field(default_factory=dict)
