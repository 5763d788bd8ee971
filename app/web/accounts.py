"""Signing in and out, the PIN page, a person's devices, language and theme. The acts themselves are in services."""

import uuid
from datetime import timedelta
from urllib.parse import quote

from flask import Blueprint, flash, jsonify, make_response, request, session
from flask_login import current_user, login_user, logout_user
from werkzeug.wrappers import Response

from app.config import settings
from app.domain.vocabulary import LANGUAGES
from app.errors import Fault, Invalid, NotFound, TooManyTries, WrongPassword
from app.services import authenticating
from app.web import i18n
from app.web.fault_words import field_errors, words_of
from app.web.i18n import _, lazy_, lazy_pgettext
from app.web.pages import (
    SignedIn,
    address,
    current_person,
    current_session,
    go,
    now,
    page,
    relative,
    safe_next,
    say_opened,
)

bp = Blueprint("accounts", __name__)

DEVICE_COOKIE = "device"
YEAR_S = 31_536_000
THEMES = (
    ("auto", lazy_("As the phone is set")),
    ("day", lazy_pgettext("theme", "Day")),
    ("night", lazy_pgettext("theme", "Night")),
    ("sun", lazy_pgettext("theme", "Bright sun")),
)


@bp.get("/sign-in")
def sign_in() -> Response:
    """The form; whoever is signed in already goes on."""
    if current_user.is_authenticated:
        return go(safe_next())
    return _sign_in_page()


@bp.post("/sign-in")
def sign_in_post() -> Response:
    """Open a session on this device, or the form again with what was typed."""
    login = request.form.get("login", "").strip()
    password = request.form.get("password", "")
    errors = {
        name: _("Fill this in") for name, value in (("login", login), ("password", password)) if not value
    }
    if errors:
        return _sign_in_page(422, login=login, errors=errors)
    device = _device()
    caller = authenticating.Caller(address(), device, request.headers.get("User-Agent", ""))
    try:
        opened, token = authenticating.sign_in(login, password, caller, now())
    except (WrongPassword, TooManyTries) as fault:
        response = _sign_in_page(fault.status, login=login, errors={"password": " ".join(_sentence(fault))})
        if isinstance(fault, TooManyTries):
            response.headers["Retry-After"] = str(fault.details["wait"])
        return response
    # A fresh cookie, so that nobody can plant one beforehand and find it signed in later.
    session.clear()
    session.permanent = True
    login_user(SignedIn(opened, token))
    onward = safe_next()
    response = go(onward if opened.unlock_hash else _pin_page(onward))
    _remember(response, DEVICE_COOKIE, device)
    say_opened(response, opened.person)
    return response


@bp.get("/lock/<language>")
def lock(language: str) -> Response:
    """The dialog that lies over a locked page, in this language; the phone keeps it."""
    current_person()
    if language not in LANGUAGES:
        raise NotFound(language=language)
    i18n.speak(language)
    return page("accounts/_lock.html")


@bp.post("/unlock")
def unlock_post() -> Response:
    """Open the lock that lies over a page by the password instead of the PIN: 204. Nothing is signed in or out."""
    password = request.form.get("password", "")
    try:
        authenticating.unlock(current_session(), password=password, address=address(), now=now())
    except WrongPassword as fault:
        response = jsonify(text=_("Check your password"))
        response.status_code = fault.status
        return response
    return make_response("", 204)


@bp.get("/sign-out")
def sign_out() -> Response:
    """A page with the button: a link alone must not sign anybody out."""
    current_person()
    return page("accounts/sign_out.html")


@bp.post("/sign-out")
def sign_out_post() -> Response:
    """Close this device's session."""
    authenticating.sign_out(current_session(), now())
    return _signed_out()


@bp.get("/account")
def account() -> Response:
    """Who I am here, where I am signed in, how pages look."""
    return _account_page()


@bp.post("/account/revocations")
def revocations_post() -> Response:
    """Sign out one device (`session`), or every one when none is named."""
    mine = current_session()
    chosen = request.form.get("session", "")
    if not chosen:
        authenticating.sign_out_everywhere(mine.person, now())
        return _signed_out()
    authenticating.revoke(mine.person, int(chosen) if chosen.isdigit() else 0, now())
    if int(chosen) == mine.id:
        return _signed_out()
    flash(_("That device is signed out."), "done")
    return go("/account")


@bp.post("/account/password")
def password_post() -> Response:
    """Take a new password; other devices are signed out."""
    old, new = request.form.get("password", ""), request.form.get("new_password", "")
    try:
        authenticating.change_password(current_session(), old, new, address(), now())
    except Invalid as fault:
        return _account_page(422, errors=field_errors(dict(fault.fields)))
    except (WrongPassword, TooManyTries) as fault:
        text = (
            _("This is not your present password")
            if isinstance(fault, WrongPassword)
            else _sentence(fault)[1]
        )
        return _account_page(fault.status, errors={"password": text})
    flash(_("The new password holds. Other devices are signed out."), "done")
    return go("/account")


@bp.get("/pin")
def pin() -> Response:
    """Choose the six digits that unlock this phone."""
    person = current_person()
    return page("accounts/pin.html", person=person, next=safe_next(), demo_pin=_demo_pin(), errors={})


@bp.post("/pin")
def pin_post() -> Response:
    """Keep the hash of what the PIN opens on the phone. The digits are never sent."""
    try:
        authenticating.set_unlock_hash(
            current_session(), request.form.get("unlock_hash", ""), request.form.get("unlock_code", "")
        )
    except Invalid:
        text = _("This phone could not make a PIN. Go on without one: your password unlocks it too.")
        person = current_person()
        return page(
            "accounts/pin.html",
            422,
            person=person,
            next=safe_next(),
            demo_pin=_demo_pin(),
            errors={"pin": text},
        )
    flash(_("The PIN is set on this phone."), "done")
    return go(safe_next())


@bp.post("/language")
def language_post() -> Response:
    """Change the language: the person's, or this browser's while nobody is signed in."""
    chosen = request.form.get("language", "")
    chosen = chosen if chosen in LANGUAGES else "en"
    response = go(_back_to())
    if current_user.is_authenticated:
        authenticating.choose(current_person(), language=chosen)
    _remember(response, i18n.COOKIE, chosen)
    return response


@bp.post("/theme")
def theme_post() -> Response:
    """Change the theme: the person's, or this browser's while nobody is signed in."""
    chosen = request.form.get("theme", "")
    chosen = chosen if chosen in authenticating.THEMES else "auto"
    response = go(_back_to())
    if current_user.is_authenticated:
        authenticating.choose(current_person(), theme=chosen)
    _remember(response, "theme", chosen)
    return response


def theme() -> str:
    """The theme of this request: the person's own, else the cookie's."""
    if current_user.is_authenticated:
        return str(current_user.person.theme)
    remembered = request.cookies.get("theme", "auto")
    return remembered if remembered in authenticating.THEMES else "auto"


def _sign_in_page(status: int = 200, **values: object) -> Response:
    demo = authenticating.demo_people()
    values = {"login": "", "errors": {}, **values}
    return page("accounts/sign_in.html", status, next=safe_next(), demo=demo, demo_pin=_demo_pin(), **values)


def _account_page(status: int = 200, **values: object) -> Response:
    mine = current_session()
    devices = authenticating.devices_of(mine.person, now())
    values = {"errors": {}, **values}
    return page(
        "accounts/account.html",
        status,
        person=mine.person,
        mine=mine,
        devices=devices,
        themes=THEMES,
        **values,
    )


def _sentence(fault: Fault) -> tuple[str, str]:
    title, text = words_of(fault)
    return f"{title}.", text


def _signed_out() -> Response:
    logout_user()
    session.clear()
    return go("/sign-in")


def _pin_page(onward: str) -> str:
    return "/pin" if onward == "/" else f"/pin?next={quote(onward, safe='/')}"


def _device() -> str:
    """This browser's id, made at its first sign-in."""
    known = request.cookies.get(DEVICE_COOKIE, "")
    try:
        return str(uuid.UUID(known))
    except ValueError:
        return str(uuid.uuid4())


def _back_to() -> str:
    return relative(request.form.get("next", ""), "/")


def _demo_pin() -> str:
    return "246810" if authenticating.demo_people() else ""


def _remember(response: Response, name: str, value: str) -> None:
    response.set_cookie(
        name, value, max_age=timedelta(seconds=YEAR_S), httponly=True, samesite="Lax", secure=settings().https
    )
