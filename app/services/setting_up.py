"""Setting up: a real outlet, its first administrator, and people. The demo is made elsewhere."""

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from app.domain import intake, price_list
from app.domain.text import clean_line
from app.domain.vocabulary import LANGUAGES, ROLES
from app.models.database import transaction
from app.models.outlets import Outlet
from app.models.people import Person
from app.services import authenticating


class Unusable(Exception):
    """What was asked for cannot be set up; the message says why, for the terminal."""


def has_outlets() -> bool:
    """Whether this database is in use."""
    return bool(Outlet.select().exists())


def outlet_of(code: str) -> Outlet:
    """The outlet of this code; without a code, the first one. :raise Unusable: there is none."""
    chosen = Outlet.select().order_by(Outlet.id)
    found: Outlet | None = (chosen.where(Outlet.code == code.upper()) if code else chosen).first()
    if found is None:
        raise Unusable(f"There is no outlet {code}." if code else "There is no outlet yet.")
    return found


def outlet(*, admin: str, admin_name: str, password: str, **values: str) -> Outlet:
    """A new outlet and its first administrator. :raise Unusable: a value that cannot be used, or a demo database."""
    if Outlet.select().where(Outlet.is_demo).exists():
        raise Unusable("This is a demo database. Set DATA_DIR to another folder for a real outlet.")
    cleaned = {name: clean_line(value) for name, value in values.items()}
    code = cleaned["code"].upper()
    if not (code.isascii() and code.isalnum() and len(code) <= 6):
        raise Unusable("The code must be one to six letters or digits.")
    try:
        ZoneInfo(cleaned["timezone"])
    except (ZoneInfoNotFoundError, ValueError):
        raise Unusable(f"There is no time zone {cleaned['timezone']!r}.") from None
    if cleaned["language"] not in LANGUAGES:
        raise Unusable(f"The language must be one of {', '.join(LANGUAGES)}.")
    cleaned |= _country_and_phones(cleaned) | _prices(cleaned)
    if Outlet.select().where(Outlet.code == code).exists():
        raise Unusable(f"There is already an outlet {code}.")
    with transaction():
        made: Outlet = Outlet.create(**{**cleaned, "code": code, "languages": list(LANGUAGES)})
        person(code, login=admin, name=admin_name, role="admin", password=password)
    return made


def person(
    outlet_code: str,
    *,
    login: str,
    name: str,
    role: str,
    password: str,
    lead: bool = False,
    language: str = "",
    phone: str = "",
) -> Person:
    """Somebody who may sign in. :raise Unusable: unknown outlet or role, login taken, password too short."""
    home = outlet_of(outlet_code)
    login = clean_line(login, 80).lower()
    if not login or Person.select().where(Person.login == login).exists():
        raise Unusable(f"The sign-in name {login!r} is empty or taken.")
    if role not in ROLES:
        raise Unusable(f"The role must be one of {', '.join(ROLES)}.")
    if len(password) < authenticating.SHORTEST_PASSWORD or password.lower() == login:
        raise Unusable(f"The password needs at least {authenticating.SHORTEST_PASSWORD} characters.")
    with transaction():
        made: Person = Person.create(
            outlet=home,
            login=login,
            name=clean_line(name),
            role=role,
            lead=lead,
            language=language if language in LANGUAGES else str(home.language),
            password_hash=authenticating.hash_password(password),
            phone=clean_line(phone, 40),
        )
    return made


def _country_and_phones(values: dict[str, str]) -> dict[str, str]:
    """The country as two capital letters and the telephones as they are dialled from abroad."""
    country = values.get("country", "CN").upper()
    if country not in intake.COUNTRIES:
        raise Unusable(f"There is no country {country!r}; use two letters such as CN or ES.")
    found = {"country": country}
    for name in ("phone", "complaint_phone"):
        if values.get(name):
            number = intake.telephone(values[name], country)
            if number is None:
                raise Unusable(
                    f"{values[name]!r} is no telephone number in {country}; write +86 … for another country."
                )
            found[name] = number["number"]
    return found


def _prices(values: dict[str, str]) -> dict[str, str]:
    """A price list that exists, in the outlet's money."""
    name = values.get("price_list", "hangzhou-2026-11")
    if name not in price_list.shipped():
        raise Unusable(f"There is no price list {name!r}; there are {', '.join(price_list.shipped())}.")
    currency, listed = values.get("currency", "CNY").upper(), price_list.load(name).currency
    if currency != listed:
        raise Unusable(f"The price list {name} is in {listed}, not in {currency}.")
    return {"currency": currency}
