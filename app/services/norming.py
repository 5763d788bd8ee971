"""Norming: a manager copies a norm to a draft, changes it, and puts it in force from a day on. Visits keep theirs.

Everything is looked up through the outlet of whoever asks. Two people may write in one draft: what each saves is held
against the version that they saw, so that nobody's words go without notice.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from app import errors
from app.domain import draft, draft_place, form, price_list, protocol, protocol_check, walk
from app.domain.draft_place import Body
from app.domain.protocol import Protocol
from app.domain.protocol_check import Finding
from app.models import contents, norms
from app.models.database import transaction
from app.models.norms import NormDraft, NormEdit, NormRelease
from app.models.people import Person
from app.services import previewing, publishing
from app.services.opening import Opened

EDITOR = "manager"
FILE = "draft"


@dataclass(frozen=True)
class Version:
    """A norm that the outlet can use: shipped or its own, and since when or from when it is used."""

    norm: Protocol
    is_own: bool
    in_force: bool = False
    since: date | None = None
    release: NormRelease | None = None  # the coming or last one, with who made it


@dataclass(frozen=True)
class Draft:
    """A draft as it stands."""

    row: NormDraft
    body: Body

    @property
    def id(self) -> int:
        return int(self.row.id)

    @property
    def version(self) -> int:
        return int(self.row.version)


@dataclass
class Saved:
    """What became of a form: faults by place, and what somebody else wrote there meanwhile."""

    draft: Draft
    changed: int = 0
    faults: dict[str, str] = field(default_factory=dict)
    meanwhile: dict[str, NormEdit] = field(default_factory=dict)


def today(person: Person, now: datetime) -> date:
    """The outlet's day."""
    return now.astimezone(ZoneInfo(person.outlet.timezone)).date()


def versions(person: Person, now: datetime) -> list[Version]:
    """The shipped norms and the outlet's own versions: the one in force first, then what comes, then the others."""
    _check_editor(person)
    day, released = today(person, now), norms.releases_of(person.outlet_id)
    current = publishing.norm_of(person.outlet, day)
    found = {
        norm.hash: Version(norm, False, norm.hash == current.hash)
        for norm in (protocol.load(name) for name in protocol.shipped())
    }
    counted: set[date] = set()
    for one in released:  # the latest day first, and of one day the last word, which is the one that counts
        before = found.get(one.hash)
        is_own = before.is_own if before else True
        norm = before.norm if before else publishing.protocol_of(one.hash)
        is_running = (
            one.from_day <= day and one.hash == current.hash and not any(past <= day for past in counted)
        )
        if one.from_day in counted or (before and before.release and not is_running):
            found.setdefault(one.hash, Version(norm, is_own))
        else:
            found[one.hash] = Version(norm, is_own, is_running, one.from_day, one)
        counted.add(one.from_day)
    return sorted(
        found.values(),
        key=lambda one: (not one.in_force, not (one.since and one.since > day), not one.is_own, one.norm.id),
    )


def copy(person: Person, hash_: str, now: datetime) -> Draft:
    """A draft that begins as this version. :raise errors.NotFound: the outlet has no such norm"""
    source = _version(person, hash_, now).norm
    with transaction():
        publishing.keep_shipped(source, now)
        row = NormDraft.create(
            outlet=person.outlet_id, based_on=hash_, body=contents.find("protocol", hash_).body, created_at=now,
            created_by=person, changed_at=now, changed_by=person,
        )  # fmt: skip
    return draft_of(person, row.id)


def drafts(person: Person) -> list[NormDraft]:
    """The outlet's open drafts, the last changed first."""
    _check_editor(person)
    return norms.open_drafts(person.outlet_id)


def draft_of(person: Person, draft_id: int) -> Draft:
    """A draft of the outlet. :raise errors.NotFound: none, or published or thrown away since"""
    _check_editor(person)
    row = norms.draft_of(person.outlet_id, draft_id)
    if row is None:
        raise errors.NotFound(draft=draft_id)
    return Draft(row, draft_place.load(row.body))


def findings(found: Draft) -> list[Finding]:
    """What is wrong with the draft, by the loader's own check."""
    return protocol_check.findings(found.body["structure"], found.body["words"], FILE)


def save(
    person: Person, draft_id: int, base: int, typed: Mapping[str, tuple[str, list[str]]], now: datetime
) -> Saved:
    """Keep what was typed into places of the draft: by path, the type of its input and what it sent.

    `base` is the version that the form showed. A place that somebody else changed since keeps theirs, and is told.
    """
    with transaction():
        found = draft_of(person, draft_id)
        since = norms.edits_since(found.id, base)
        saved, body = Saved(found), found.body
        for path, (kind, sent) in typed.items():
            before = draft_place.read(found.body, path)
            try:
                value = draft_place.taken(kind, sent)
            except draft_place.Unfit as fault:
                saved.faults[path] = fault.code
                continue
            if _same(kind, value, _seen(since, path, before)) or _same(kind, value, before):
                continue  # untouched here, or both wrote the same
            others = [one for one in since if one.path == path]
            if others:
                saved.faults[path], saved.meanwhile[path] = "changed_meanwhile", others[-1]
                continue
            body = draft.written(body, path, value)
        saved.draft, saved.changed = _write(person, found, body, now)
        return saved


def change(
    person: Person, draft_id: int, base: int, act: Callable[[Body], Body], now: datetime, takes: str = ""
) -> Draft:
    """Do one of `draft`'s acts. `takes`: the place that it takes away, which nobody may have changed since `base`.

    :raise errors.Invalid: it does not fit, or somebody changed that place meanwhile
    """
    with transaction():
        found = draft_of(person, draft_id)
        below = (takes, takes.replace("structure/", "", 1))
        for one in norms.edits_since(found.id, base) if takes else ():
            place = one.path.split("/", 2)[-1] if one.path.startswith("words/") else one.path
            if place.startswith(below):
                raise errors.Invalid(fields={"main": "changed_meanwhile"})
        try:
            body = act(found.body)
        except draft_place.Unfit as fault:
            raise errors.Invalid(fields={"main": fault.code}) from None
        return _write(person, found, body, now)[0]


def publish(person: Person, draft_id: int, base: int, raw: form.Raw, now: datetime) -> Version:
    """Make the draft a version that never changes, used by new visits of the chosen day and later.

    :raise errors.Invalid: the day, faults of the norm, or a change that was not seen
    """
    day = _day(person, raw, now)
    with transaction():
        found = draft_of(person, draft_id)
        if found.version != base:
            raise errors.Invalid(fields={"main": "changed_meanwhile"})
        body = draft.written(found.body, "structure/version", _next_version(person, found))
        try:
            norm = protocol.parse(body["structure"], body["words"], FILE)
        except protocol.ProtocolError:
            raise errors.Invalid(fields={"main": "has_findings"}) from None
        text = protocol.to_json(body["structure"], body["words"])
        contents.keep("protocol", f"{norm.id} {norm.version}", norm.hash, text, now)
        _put_in_force(person, norm.hash, day, now)
        norms.close(found.row, now)
    return _version(person, norm.hash, now)


def use(person: Person, hash_: str, raw: form.Raw, now: datetime) -> Version:
    """Put a version that the outlet has in force from a day on. :raise errors.NotFound: :raise errors.Invalid: the day"""
    chosen = _version(person, hash_, now)
    day = _day(person, raw, now)
    with transaction():
        publishing.keep_shipped(chosen.norm, now)
        _put_in_force(person, hash_, day, now)
    return _version(person, hash_, now)


def discard(person: Person, draft_id: int, base: int, now: datetime) -> None:
    """Throw a draft away; its changes stay kept. :raise errors.Invalid: somebody changed it meanwhile"""
    with transaction():
        found = draft_of(person, draft_id)
        if any(one.person_id != person.id for one in norms.edits_since(found.id, base)):
            raise errors.Invalid(fields={"main": "changed_meanwhile"})
        norms.close(found.row, now)


def sample(person: Person, found: Draft, now: datetime) -> Opened:
    """A visit that is none, under the draft, with every step open: what the preview shows. Nothing is stored.

    :raise errors.Invalid: the draft's structure has faults, so that no visit could be read under it
    """
    wrong = [one for one in findings(found) if not one.language]
    if wrong:
        raise errors.Invalid(fields={"main": "has_findings"})
    whole = protocol.build(found.body["structure"], found.body["words"])
    steps = tuple(replace(step, when={}, needs=()) for step in whole.steps)
    norm = replace(whole, steps=steps, index={step.id: step for step in steps})
    prices = price_list.load(person.outlet.price_list)
    visit, facts = previewing.visit_of(person, now), previewing.facts_of(person, now)
    return Opened(visit, facts, norm, prices, (), walk.read(norm, facts, prices, ()))


def _check_editor(person: Person) -> None:
    if person.role != EDITOR:
        raise errors.NotFound(norm=person.role)


def _version(person: Person, hash_: str, now: datetime) -> Version:
    found = next((one for one in versions(person, now) if one.norm.hash == hash_), None)
    if found is None:
        raise errors.NotFound(norm=hash_)
    return found


def _next_version(person: Person, found: Draft) -> str:
    """The name of the outlet's next own version: 2026-11-hz1-3."""
    code = person.outlet.code.lower()
    root = str(found.body["structure"].get("version", "")).split(f"-{code}-")[0]
    shipped = {protocol.load(name).hash for name in protocol.shipped()}
    own = {one.hash for one in norms.releases_of(person.outlet_id)} - shipped
    return f"{root}-{code}-{len(own) + 1}"


def _day(person: Person, raw: form.Raw, now: datetime) -> date:
    typed = form.first(raw, "from_day").strip()
    day = form.day(typed)
    if day is None:
        raise errors.Invalid(fields={"from_day": "bad_date" if typed else "required"})
    if day < today(person, now):
        raise errors.Invalid(fields={"from_day": "in_the_past"})
    return day


def _put_in_force(person: Person, hash_: str, day: date, now: datetime) -> None:
    NormRelease.create(outlet=person.outlet_id, hash=hash_, from_day=day, released_at=now, released_by=person)


def _write(person: Person, found: Draft, body: Body, now: datetime) -> tuple[Draft, int]:
    edits = [
        (path, json.dumps(before, ensure_ascii=False), json.dumps(after, ensure_ascii=False))
        for path, before, after in draft.differing(found.body, body)
    ]
    if edits:
        text = protocol.to_json(body["structure"], body["words"])
        norms.write(found.row, text, edits, person, now)
    return Draft(found.row, body), len(edits)


def _seen(since: list[NormEdit], path: str, current: Any) -> Any:
    """What stood at a place when the form was drawn."""
    first = next((one for one in since if one.path == path), None)
    return json.loads(first.before) if first else current


def _same(kind: str, one: Any, other: Any) -> bool:
    if kind == "text" and isinstance(other, str):
        return bool(one == " ".join(other.split()))
    return one == other or (one in ("", [], False) and other in (None, "", [], False))
