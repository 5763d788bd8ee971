"""Norms of an outlet: its drafts with every change made to them, and from which day which published version is used.

The published text itself lies in `contents` by its hash, beside the shipped ones that visits began under.
"""

from collections.abc import Sequence
from datetime import date, datetime

import peewee

from app.models.contents import Content
from app.models.database import HOLE, Asked, DayField, Row, UtcDateTimeField, change
from app.models.outlets import Outlet
from app.models.people import Person


class NormDraft(Row):
    """A version being written: `body` as `protocol.to_json` writes it, `version` counts its changes."""

    outlet = peewee.ForeignKeyField(Outlet)
    based_on = peewee.CharField()  # the hash of what was copied
    body = peewee.TextField()
    version = peewee.IntegerField(default=0)
    created_at = UtcDateTimeField()
    created_by = peewee.ForeignKeyField(Person, index=False)
    changed_at = UtcDateTimeField()
    changed_by = peewee.ForeignKeyField(Person, index=False)
    closed_at = UtcDateTimeField(null=True)  # published or thrown away

    class Meta:
        table_name = "norm_draft"


class NormEdit(Row):
    """One change of one place of a draft: what stood there and what stands there now, as JSON."""

    draft = peewee.ForeignKeyField(NormDraft, index=False)
    version = peewee.IntegerField()  # of the draft after it
    path = peewee.CharField()
    before = peewee.TextField()
    after = peewee.TextField()
    person = peewee.ForeignKeyField(Person, index=False)
    at = UtcDateTimeField()

    class Meta:
        table_name = "norm_edit"
        indexes = ((("draft", "version"), False),)


class NormRelease(Row):
    """From this day on new visits of the outlet use the norm with this hash. Never changed; a later row wins."""

    outlet = peewee.ForeignKeyField(Outlet, index=False)
    hash = peewee.CharField()
    from_day = DayField()
    released_at = UtcDateTimeField()
    released_by = peewee.ForeignKeyField(Person, index=False)

    class Meta:
        table_name = "norm_release"
        indexes = ((("outlet", "from_day"), False),)


_in_force = Asked(
    NormRelease.select(NormRelease.hash)
    .where((NormRelease.outlet == HOLE) & (NormRelease.from_day <= HOLE))
    .order_by(NormRelease.from_day.desc(), NormRelease.id.desc())
    .limit(peewee.SQL("1"))
)


def in_force(outlet_id: int, day: date) -> str | None:
    """The hash of the norm that the outlet has put in force for this day; None while it uses the shipped one."""
    found = _in_force.tuples(outlet_id, day.isoformat())
    return str(found[0][0]) if found else None


def releases_of(outlet_id: int) -> list[NormRelease]:
    """What was put in force from when, with who did it, the latest day first."""
    asked = NormRelease.select(NormRelease, Person).join(Person).where(NormRelease.outlet == outlet_id)
    return list(asked.order_by(NormRelease.from_day.desc(), NormRelease.id.desc()))


def released() -> list[Content]:
    """Every norm that some outlet has published or chosen."""
    chosen = NormRelease.select(NormRelease.hash)
    return list(Content.select().where((Content.kind == "protocol") & Content.hash.in_(chosen)))


def open_drafts(outlet_id: int) -> list[NormDraft]:
    """The outlet's drafts without their text, with who changed them last, the latest first."""
    columns = [one for name, one in NormDraft._meta.fields.items() if name != "body"]
    asked = NormDraft.select(*columns, Person).join(Person, on=NormDraft.changed_by)
    chosen = (NormDraft.outlet == outlet_id) & NormDraft.closed_at.is_null()
    return list(asked.where(chosen).order_by(NormDraft.changed_at.desc()))


def draft_of(outlet_id: int, draft_id: int) -> NormDraft | None:
    """An open draft of this outlet."""
    chosen = (NormDraft.id == draft_id) & (NormDraft.outlet == outlet_id) & NormDraft.closed_at.is_null()
    return (
        NormDraft.select(NormDraft, Person).join(Person, on=NormDraft.changed_by).where(chosen).get_or_none()
    )


def edits_since(draft_id: int, version: int) -> list[NormEdit]:
    """The changes made after this version, the first one first, with who made them."""
    asked = NormEdit.select(NormEdit, Person).join(Person)
    chosen = (NormEdit.draft == draft_id) & (NormEdit.version > version)
    return list(asked.where(chosen).order_by(NormEdit.version, NormEdit.id))


def write(
    draft: NormDraft, body: str, edits: Sequence[tuple[str, str, str]], person: Person, now: datetime
) -> None:
    """The draft's next version, with what was changed: (path, before, after). Needs a transaction."""
    draft.body, draft.version = body, draft.version + 1
    draft.changed_at, draft.changed_by = now, person
    draft.save(only=["body", "version", "changed_at", "changed_by"])
    NormEdit.insert_many(
        [
            {"draft": draft.id, "version": draft.version, "path": path, "before": before, "after": after,
             "person": person.id, "at": now}
            for path, before, after in edits
        ]
    ).execute()  # fmt: skip


def close(draft: NormDraft, now: datetime) -> None:
    """The draft is no longer written: it was published, or thrown away."""
    change(NormDraft, draft.id, closed_at=now)
