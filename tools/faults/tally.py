"""What is left of a visit: the phone's log and list against the server's database and photos, read past the product."""

import hashlib
import itertools
import json
import re
import sqlite3
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from tools.faults.driver import Tap
from tools.faults.script import STEPS

CLOCK_S = 2.0
OTHERS = ("form", "desk")  # plain forms of the other device, and the desk
PHOTOS = 2
BLOB = re.compile(r"sha256:([0-9a-f]{64})")
WANTED = Counter(
    {f"{step}.{act}": times for step, acts in STEPS.items() for act, times in Counter(
        {one.act: max(o.times for o in acts if o.act == one.act) for one in acts}).items()}
    | {"consent.agreed": 1, "consent.handed_back": 1, "sign.signed": 1, "sign.rated": 1, "sign.handed_back": 1}
)  # fmt: skip


@dataclass
class Tally:
    """Counts of what is wrong, and in words what it was."""

    visits: int = 0
    saves: int = 0
    lost: int = 0
    duplicated: int = 0
    out_of_order: int = 0
    wrong_times: int = 0
    missing_photos: int = 0
    differing_tallies: int = 0
    stuck: int = 0
    findings: list[str] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        """Nothing is wrong."""
        return not any(
            (self.lost, self.duplicated, self.out_of_order, self.wrong_times, self.missing_photos,
             self.differing_tallies, self.stuck)
        )  # fmt: skip

    def find(self, what: str, words: str, n: int = 1) -> None:
        """One more of these."""
        setattr(self, what, getattr(self, what) + n)
        self.findings.append(f"{what}: {words}")


@dataclass
class Evidence:
    """All that is known of one visit from the phone's side."""

    visit: int
    taps: list[Tap]
    told: list[dict[str, Any]]
    ledger: dict[int, dict[str, Any]]
    others: list[tuple[int, str, str]]
    kept: dict[str, Any]
    device: str


def compare(folder: Path, seen: Evidence, into: Tally) -> None:
    """Look over one visit after everything was sent."""
    line = sqlite3.connect(f"file:{folder / 'doorstep.db'}?mode=ro", uri=True)
    line.row_factory = sqlite3.Row
    try:
        records = [dict(row) for row in line.execute(
            "select r.*, b.body from record r left join record_body b on b.record_id = r.id where visit_id = ?"
            " order by seq", (seen.visit,))]  # fmt: skip
        inbox = [
            dict(row)
            for row in line.execute(
                "select * from inbox where visit_id = ? and device = ? order by seq, received",
                (seen.visit, seen.device),
            )
        ]
        blobs = {row["sha"] for row in line.execute("select sha from blob")}
    finally:
        line.close()
    mine = [record for record in records if record["device"] == seen.device]
    into.visits += 1
    into.saves += len(mine)
    _lost(seen, mine, inbox, into)
    _duplicated(seen, [record for record in records if record["device"] not in OTHERS], inbox, into)
    _order(seen, mine, inbox, into)
    _times(seen, mine, into)
    _photos(folder, seen.visit, records, blobs, into)
    _tallies(seen, inbox, into)


def _lost(seen: Evidence, mine: list[dict[str, Any]], inbox: list[dict[str, Any]], into: Tally) -> None:
    recorded = {record["key"] for record in mine}
    state = {row["key"]: row["state"] for row in inbox}
    righted = {row["corrects"] for row in inbox if row["state"] == "applied"}
    promised = {one["key"]: f"{one['step']}.{one['act']}" for one in seen.told if one["visit"] == seen.visit}
    promised |= {row["key"]: f"place {row['seq']}" for row in seen.ledger.values()}
    for key, what in promised.items():
        if key not in recorded and not (state.get(key) == "superseded" and key in righted):
            into.find("lost", f"visit {seen.visit} {what} {key}: {state.get(key, 'never came')}")
    done = {f"{record['step']}.{record['act']}" for record in mine} | {
        f"{step}.{act}" for _, step, act in seen.others
    }
    for what in WANTED.keys() - done:
        into.find("lost", f"visit {seen.visit} has no {what}")
    signed = [json.loads(record["body"] or "{}") for record in mine if record["act"] == "signed"]
    if signed and not any("strokes" in json.dumps(body) for body in signed):
        into.find("lost", f"visit {seen.visit}: the signature has no strokes")


def _duplicated(seen: Evidence, mine: list[dict[str, Any]], inbox: list[dict[str, Any]], into: Tally) -> None:
    known = {one["key"] for one in seen.told} | {row["key"] for row in seen.ledger.values()}
    unknown = [record for record in mine if record["key"] not in known]
    for record in unknown:
        into.find(
            "duplicated",
            f"visit {seen.visit} {record['step']}.{record['act']}: the phone knows nothing of it",
        )
    counts = Counter(f"{record['step']}.{record['act']}" for record in mine if record["key"] in known)
    for what, n in counts.items():
        if n > WANTED[what]:
            into.find(
                "duplicated", f"visit {seen.visit} {what} {n} times, not {WANTED[what]}", n - WANTED[what]
            )
    places = Counter(row["seq"] for row in inbox if row["state"] == "applied")
    for seq, n in places.items():
        if n > 1:
            into.find("duplicated", f"visit {seen.visit} place {seq} {n} times", n - 1)


def _order(seen: Evidence, mine: list[dict[str, Any]], inbox: list[dict[str, Any]], into: Tally) -> None:
    at = {record["key"]: record["seq"] for record in mine}
    applied = [at[row["key"]] for row in inbox if row["state"] == "applied" and row["key"] in at]
    for before, after in itertools.pairwise(applied):
        if before > after:
            into.find("out_of_order", f"visit {seen.visit}: record {after} belongs before {before}")
    corrections = {row["key"] for row in inbox if row["corrects"]}
    told = [one["seq"] for one in seen.told if one["visit"] == seen.visit and one["key"] not in corrections]
    for before, after in itertools.pairwise(told):
        if after < before:
            into.find("out_of_order", f"visit {seen.visit}: the phone counted {after} after {before}")


def _times(seen: Evidence, mine: list[dict[str, Any]], into: Tally) -> None:
    for record in mine:
        at = datetime.fromisoformat(record["at"]).timestamp()
        gaps = [
            abs(at - tap.at) for tap in seen.taps if (tap.step, tap.act) == (record["step"], record["act"])
        ]
        if not gaps or min(gaps) > CLOCK_S:
            nearest = f"{min(gaps):.1f} s" if gaps else "no tap"
            into.find(
                "wrong_times",
                f"visit {seen.visit} {record['step']}.{record['act']} {record['at']}: {nearest}",
            )


def _photos(
    folder: Path, visit: int, records: Iterable[dict[str, Any]], blobs: set[str], into: Tally
) -> None:
    named = {sha for record in records for sha in BLOB.findall(record["body"] or "")}
    if len(named) < PHOTOS:
        into.find("missing_photos", f"visit {visit} names {len(named)} of {PHOTOS}", PHOTOS - len(named))
    for sha in named:
        files = [
            path
            for path in (folder / "photos").rglob("*")
            if path.is_file() and sha in path.as_posix().replace("/", "")
        ]
        if sha not in blobs or not any(
            hashlib.sha256(path.read_bytes()).hexdigest() == sha for path in files
        ):
            into.find("missing_photos", f"visit {visit} {sha[:12]}")


def _tallies(seen: Evidence, inbox: list[dict[str, Any]], into: Tally) -> None:
    theirs = [(row["seq"], row["key"], row["sha"]) for row in inbox if row["state"] != "superseded"]
    ours = [(seq, row["key"], row["sha"]) for seq, row in sorted(seen.ledger.items())]
    if digest(ours) != digest(theirs):
        words = f"visit {seen.visit}: {len(ours)} on the phone, {len(theirs)} with the office"
        into.find("differing_tallies", f"{words}; {sorted(set(ours) ^ set(theirs))[:4]}")
    told = seen.kept.get("tally")
    if told and told["count"] and told["digest"] != digest(theirs):
        into.find("differing_tallies", f"visit {seen.visit}: the page says {told}")


def digest(rows: Iterable[tuple[int, str, str]]) -> str:
    """SHA-256 over one line for each place: number, key, hash."""
    return hashlib.sha256("".join(f"{seq} {key} {sha}\n" for seq, key, sha in rows).encode()).hexdigest()
