"""Staffing: an administrator adds people of the outlet, changes them, and closes the account of who has left."""

import hashlib
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from app import errors
from app.domain import form, intake
from app.domain.text import clean_line
from app.domain.vocabulary import LANGUAGES, ROLES
from app.models import people, visits
from app.models.database import transaction
from app.models.people import Person
from app.services import authenticating, photographing

LOGIN_LIMIT = 40
LIMITS = {"name": 80, "permit_no": 40, "training": 80}
VOUCHED = ("permit_no", "permit_expires", "training", "training_until")


def everybody(admin: Person) -> list[Person]:
    """The people of the outlet, those who left last."""
    return people.everybody_of(admin.outlet_id)


def somebody(person: Person, person_id: int) -> Person:
    """Somebody of the same outlet. :raise errors.NotFound:"""
    found = people.of(person.outlet_id, person_id)
    if found is None:
        raise errors.NotFound(person=person_id)
    return found


def open_visits(person: Person) -> int:
    """How many of their visits have not ended."""
    return visits.open_of_engineer(person.id)


def add(admin: Person, raw: form.Raw, now: datetime) -> Person:
    """Somebody new of the outlet. :raise errors.Invalid: details: fields"""
    values, faults = _read(admin, raw)
    login = clean_line(form.first(raw, "login"), LOGIN_LIMIT + 1).lower()
    if not login:
        faults["login"] = "required"
    elif len(login) > LOGIN_LIMIT or not login.replace(".", "").replace("-", "").replace("_", "").isalnum():
        faults["login"] = "not_a_login"
    elif people.is_taken(login):
        faults["login"] = "login_taken"
    password = form.first(raw, "password")
    if len(password) < authenticating.SHORTEST_PASSWORD or password.lower() == login:
        faults["password"] = "too_easy"
    if faults:
        raise errors.Invalid(fields=faults)
    hashed = authenticating.hash_password(password)
    with transaction():
        proof = _vouched(admin, None, values, now)
        return Person.create(outlet=admin.outlet_id, login=login, password_hash=hashed, **values, **proof)


def change(admin: Person, person_id: int, raw: form.Raw, now: datetime) -> Person:
    """What of somebody can be corrected; a new password signs them out everywhere. :raise errors.Invalid:"""
    person = somebody(admin, person_id)
    values, faults = _read(admin, raw)
    if values["role"] != "admin" and person.role == "admin" and not people.other_admins(person):
        faults["role"] = "last_admin"
    password = form.first(raw, "password")
    if password and (len(password) < authenticating.SHORTEST_PASSWORD or password.lower() == person.login):
        faults["password"] = "too_easy"
    if faults:
        raise errors.Invalid(fields=faults)
    if password:
        values["password_hash"] = authenticating.hash_password(password)
    values |= _vouched(admin, person, values, now)
    for name, value in values.items():
        setattr(person, name, value)
    with transaction():
        person.save(only=list(values))
        if form.ticked(raw, "number_withdrawn") and person.private_number:
            people.keep_private_number(person.id, "", admin.name, now.date())
        if password:
            authenticating.sign_out_everywhere(person, now)
    return person


def set_active(admin: Person, person_id: int, active: bool, now: datetime) -> Person:
    """Close somebody's account and sign them out everywhere, or open it again.

    :raise errors.Invalid: oneself, or the last administrator
    """
    person = somebody(admin, person_id)
    if not active and (person.id == admin.id or (person.role == "admin" and not people.other_admins(person))):
        raise errors.Invalid(fields={"active": "last_admin"})
    person.active = active
    with transaction():
        person.save(only=[Person.active])
        if not active:
            authenticating.sign_out_everywhere(person, now)
    return person


def set_photo(admin: Person, person_id: int, data: bytes, now: datetime) -> Person:
    """The picture of the identity card. :raise errors.TooLarge: :raise errors.WrongKind: as photographs of visits"""
    person = somebody(admin, person_id)
    seen = photographing.examine(data)
    sha = hashlib.sha256(data).hexdigest()
    photographing.keep(sha, data, seen, admin, now)
    person.photo = sha
    with transaction():
        person.save(only=[Person.photo])
    return person


def photo_of(person: Person, person_id: int) -> Path:
    """The file of somebody's picture. :raise errors.NotFound:"""
    found = somebody(person, person_id)
    path = photographing.derivative_path(found.photo) if found.photo else None
    if path is None or not path.exists():
        raise errors.NotFound(person=person_id)
    return path


def _read(admin: Person, raw: form.Raw) -> tuple[dict[str, object], form.Faults]:
    faults: form.Faults = {}
    name = intake.line(raw, "name", LIMITS["name"], faults, required=True)
    role = intake.choice(raw, "role", ROLES, faults)
    if not role:
        faults.setdefault("role", "required")
    language = intake.choice(raw, "language", LANGUAGES, faults) or admin.outlet.language
    typed = clean_line(form.first(raw, "phone"), 60)
    number = intake.telephone(typed, admin.outlet.country) if typed else None
    if typed and not number:
        faults["phone"] = "not_a_phone"
    values: dict[str, object] = {
        "name": name, "role": role, "language": language, "phone": number["number"] if number else "",
        "lead": role == "centre" and form.ticked(raw, "lead"),
        "permit_no": intake.line(raw, "permit_no", LIMITS["permit_no"], faults),
        "permit_expires": _day(raw, "permit_expires", faults),
        "training": intake.line(raw, "training", LIMITS["training"], faults),
        "training_until": _day(raw, "training_until", faults),
    }  # fmt: skip
    return values, faults


def _vouched(
    admin: Person, person: Person | None, values: dict[str, object], now: datetime
) -> dict[str, object]:
    """Who vouches for permit and training from now on: whoever entered what is new in them (F-DOUBT-21)."""
    before = {name: getattr(person, name, None) or None for name in VOUCHED}
    if all((values[name] or None) == before[name] for name in VOUCHED):
        return {}
    day = now.astimezone(ZoneInfo(admin.outlet.timezone)).date()
    return {"vouched_by": admin.name, "vouched_on": day}


def _day(raw: form.Raw, name: str, faults: form.Faults) -> date | None:
    typed = form.first(raw, name).strip()
    found = form.day(typed) if typed else None
    if typed and found is None:
        faults[name] = "bad_date"
    return found
