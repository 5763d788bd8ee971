"""A visit's forms: what the browser sent becomes a `Submission`, and fault codes become sentences. No rules.

Times typed without an offset get the place's; uploads become 'sha256:…'; inputs of the way on that was not chosen are
left out. The pages' own inputs are drawn by templates/visits.
"""

import re
import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from werkzeug.datastructures import FileStorage, MultiDict

from app.domain import form
from app.domain.text import clean
from app.errors import TooLarge, WrongKind
from app.models.people import Person
from app.services import photographing
from app.services.visiting import Submission
from app.web.i18n import _, lazy_, ngettext

Fields = dict[str, str | list[str]]

# What travels with every form and is no input of its step.
ENVELOPE = frozenset({"key", "base", "at", "act", "device", "csrf_token", "corrects", "next"})
LOCAL_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?")
MANY_FILES = 12

FAULT_WORDS = {
    "required": lazy_("Fill this in"),
    "contradicts": lazy_("These do not go together. Take one out"),
    "confirm_or_correct": lazy_("Choose Confirmed or Different"),
    "not_all_was_tried": lazy_("Not all the norm asks for was recorded. Say why, or go back and do it"),
    "required_or_reason": lazy_("Tick this, or say why it could not be done"),
    "required:choice": lazy_("Choose one of these"),
    "required:choices": lazy_("Choose all that fit"),
    "required:photo": lazy_("Take photo"),
    "required:photos": lazy_("Add photos"),
    "required_or_reason:choices": lazy_("Choose all that fit, or say why none does"),
    "required_or_reason:photos": lazy_("Add a photo, or say why there is none"),
    "not_an_option": lazy_("Choose one of these"),
    "too_long": lazy_("Make this shorter"),
    "not_a_number": lazy_("Type a whole number in digits"),
    "too_small": lazy_("Type a larger number"),
    "too_large": lazy_("Type a smaller number"),
    "not_money": lazy_("Type an amount such as 145 or 145.50"),
    "bad_date": lazy_("Choose a day"),
    "bad_time": lazy_("Choose day and time"),
    "not_a_photo": lazy_("Send a JPEG, PNG or WebP photo"),
    "photo_too_large": lazy_("Send a photo of at most 8 MB"),
    "photo_too_many_pixels": lazy_("Send a photo of at most 50 megapixels"),
    "too_many_photos": lazy_("Send at most 12 photos at a time"),
    "not_a_phone": lazy_("Type a telephone number"),
    "in_the_future": lazy_("Choose a day that is not after today"),
    "too_far_ahead": lazy_("Choose a day that is less far ahead"),
    "too_many_lines": lazy_("Take a line out first"),
    "lent_elsewhere": lazy_("Choose another unit: this one went to another customer"),
    "make_safe_first": lazy_("It was found dangerous. Say under “Something else” how it was made safe"),
    "already_rated": lazy_("The opinion was given already"),
    "in_the_past": lazy_("Choose a day from today on"),
    "changed_meanwhile": lazy_("The price changed meanwhile. Show it again"),
    "customer_has_not_agreed": lazy_("Hand the phone over, so that the customer can agree"),
    "below_minimum": lazy_("The law asks for more. Choose a longer term"),
    "not_waived_here": lazy_("Wear the covers here: they may stay off only on a bare floor"),
    "later_than_promised": lazy_("The appointment is later than what may be promised. Choose another answer"),
    "not_approved": lazy_("The company has not approved this. Ask it under “Something else”"),
    "inspect_first": lazy_("Inspect first: no price is named before what comes earlier is recorded"),
    "no_belt_no_work": lazy_("Put the safety belt on first: no belt, no work at 2 m or higher"),
    "parts_without_old_part": lazy_("Say for each part where the old one is"),
    "more_than_the_total": lazy_("Type at most the total"),
    "draw_first": lazy_("Sign in the field first"),
    "cannot_be_passed": lazy_("This step cannot be left out"),
    "already_used": lazy_("This was saved with other words. Check it and save again"),
}


def fault_words(code: str) -> str:
    """What to do about a fault ('required', or of a type: 'required:choice'); an unknown code still says something."""
    return str(FAULT_WORDS.get(code) or FAULT_WORDS.get(code.partition(":")[0]) or _("Check this field"))


def photo_fault(fault: TooLarge | WrongKind) -> str:
    """The code of why a photo was not taken."""
    if isinstance(fault, WrongKind):
        return "not_a_photo"
    return "photo_too_many_pixels" if "pixels" in fault.details else "photo_too_large"


def minutes(count: int) -> str:
    """A span in words: 30 minutes, 2 hours."""
    if count % 60:
        return ngettext("%(num)s minute", "%(num)s minutes", count)
    return ngettext("%(num)s hour", "%(num)s hours", count // 60)


def submission(
    visit_id: int, step: str, sent: MultiDict[str, str], fields: Fields, zone: ZoneInfo, now: datetime
) -> Submission:
    """The entry that a posted form makes. `at` is the device's time when its script filled it in, else now."""
    at = form.moment(sent.get("at", "")) or now.astimezone(zone)
    base = sent.get("base")
    return Submission(
        visit=visit_id, step=step, act=clean(sent.get("act", "done"), 20), key=_key(sent.get("key", "")),
        fields=fields, at=at, base=None if base is None else clean(base, 40),
    )  # fmt: skip


def fields_of(sent: MultiDict[str, str], zone: ZoneInfo) -> Fields:
    """The typed fields by name. A name `remedy.field` counts only for the chosen remedy, and without its prefix."""
    chosen = sent.get("remedy", "")
    found: Fields = {}
    for name, values in sent.lists():
        if name in ENVELOPE:
            continue
        owner, dot, rest = name.partition(".")
        if dot and owner != chosen:
            continue
        typed = [with_offset(value, zone) for value in values]
        found[rest if dot else name] = typed if len(typed) > 1 else typed[0]
    return found


def with_offset(value: str, zone: ZoneInfo) -> str:
    """'2026-11-22T10:30' as the place means it: with its offset on that day. Anything else stays as it is."""
    if not LOCAL_TIME.fullmatch(value):
        return value
    try:
        return datetime.fromisoformat(value).replace(tzinfo=zone).isoformat()
    except ValueError:
        return value


def take_photos(
    files: MultiDict[str, FileStorage], fields: Fields, person: Person, visit_id: int, now: datetime
) -> dict[str, str]:
    """Keep the uploads and add their names to the fields; returns faults by field. What could be kept is kept."""
    faults: dict[str, str] = {}
    chosen = form.first(fields, "remedy")
    for raw_name, uploads in files.lists():
        owner, dot, rest = raw_name.partition(".")
        if dot and owner != chosen:
            continue
        name = rest if dot else raw_name
        taken = [upload for upload in uploads if upload.filename]
        if len(taken) > MANY_FILES:
            faults[name] = "too_many_photos"
            continue
        for upload in taken:
            sha, fault = _take(upload, person, visit_id, now)
            if fault:
                faults[name] = fault
            else:
                fields[name] = [*form.many(fields, name), f"sha256:{sha}"]
    return faults


def to_local(value: object, zone: ZoneInfo) -> str:
    """A stored moment as `datetime-local` wants it; other text unchanged."""
    moment = form.moment(str(value or ""))
    return moment.astimezone(zone).strftime("%Y-%m-%dT%H:%M") if moment else str(value or "")


def shas(value: object) -> list[str]:
    """The hashes in the value of a photo field."""
    found: Iterable[object] = value if isinstance(value, list) else [value]
    return [str(one).removeprefix("sha256:") for one in found if form.BLOB.fullmatch(str(one))]


def typed_values(fields: Mapping[str, str | list[str]]) -> dict[str, object]:
    """What was typed, for showing it again: without control signs, which no input of ours holds."""
    return {name: [_printable(one) for one in value] if isinstance(value, list) else _printable(value)
            for name, value in fields.items()}  # fmt: skip


def _take(upload: FileStorage, person: Person, visit_id: int, now: datetime) -> tuple[str, str]:
    data = upload.stream.read(photographing.LIMIT + 1)
    try:
        return photographing.take(person, visit_id, data, now), ""
    except (TooLarge, WrongKind) as fault:
        return "", photo_fault(fault)


def _key(typed: str) -> str:
    """The key that the page made; a form without a proper one gets its own and is then saved as often as it is sent."""
    try:
        return str(uuid.UUID(typed))
    except ValueError:
        return str(uuid.uuid4())


def _printable(value: str) -> str:
    return "".join(sign for sign in value if sign >= " " or sign in "\n\t")
