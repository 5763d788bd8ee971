"""Words, dates and money in the reader's language. Catalogues are cached here; nothing is said in words of its own."""

from datetime import date, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.support import LazyProxy, NullTranslations, Translations
from flask import Flask, g, has_app_context, has_request_context, request
from flask_babel import Babel, refresh
from flask_login import current_user

from app.config import ROOT
from app.domain import amount
from app.domain.vocabulary import LANGUAGES

FOLDER = ROOT / "app" / "translations"
COOKIE = "lang"
# Each language names itself, so that a reader finds his own in any of them.
NAMES = {"en": "English", "zh_Hans": "简体中文", "zh_Hant": "繁體中文", "es": "Español"}
# Regions that write Chinese the traditional way.
_TRADITIONAL = ("hant", "tw", "hk", "mo")


def init_app(app: Flask) -> None:
    """Make `_` and its kin, dates, money and the language's tag known to every template."""
    app.config.setdefault("BABEL_DEFAULT_LOCALE", "en")
    Babel(app, locale_selector=language, timezone_selector=lambda: str(zone()))
    # Flask-Babel's own gettext costs sixty times a cached catalogue's.
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        lambda text: _catalogue(language()).ugettext(text),
        lambda one, many, n: _catalogue(language()).ungettext(one, many, n),
        newstyle=True,
        pgettext=lambda context, text: _catalogue(language()).upgettext(context, text),
        npgettext=lambda context, one, many, n: _catalogue(language()).unpgettext(context, one, many, n),
    )
    app.jinja_env.filters.update(
        clock=clock, day=day, moment=moment, money=money, language_name=NAMES.get, tag=tag
    )
    app.jinja_env.globals.update(LANGUAGE_NAMES=NAMES)
    app.context_processor(lambda: {"language": language(), "lang_tag": tag(language())})


def language() -> str:
    """The language of this request: set for the page, the person's own, the cookie's, the browser's, English."""
    kept: str | None = g.get("language") if has_app_context() else None  # asked at every word: looked up once
    if kept is None:
        if not has_request_context():
            return "en"
        kept = g.language = _chosen_language()
    return kept


def speak(chosen: str) -> None:
    """From here on this request is in that language (a customer's page need not speak the engineer's)."""
    g.language = chosen if chosen in LANGUAGES else "en"
    refresh()


def tag(code: str) -> str:
    """The language as HTML writes it: zh-Hans."""
    return code.replace("_", "-")


def zone() -> ZoneInfo:
    """The time zone of the signed-in person's outlet; UTC when nobody is signed in. Pages may set g.zone."""
    kept: str | None = g.get("zone") if has_app_context() else None
    if kept is None:
        if not has_request_context() or not current_user.is_authenticated:
            return ZoneInfo("UTC")
        kept = g.zone = current_user.timezone
    return ZoneInfo(kept)


def _(text: str, **values: Any) -> str:
    """The sentence in this request's language, with %(name)s filled in."""
    found: str = _catalogue(language()).ugettext(text)
    return found % values if values else found


def ngettext(one: str, many: str, num: int, **values: Any) -> str:
    """The sentence for this many; %(num)s is the number."""
    found: str = _catalogue(language()).ungettext(one, many, num)
    return found % {"num": num, **values}


def pgettext(context: str, text: str, **values: Any) -> str:
    """The sentence as it is said in this context (one-word labels that other languages tell apart)."""
    found: str = _catalogue(language()).upgettext(context, text)
    return found % values if values else found


def lazy_(text: str, **values: Any) -> LazyProxy:
    """Like `_`, but looked up only when shown: for words that stand at a module's top."""
    return LazyProxy(_, text, enable_cache=False, **values)


def lazy_pgettext(context: str, text: str) -> LazyProxy:
    """Like `pgettext`, looked up when shown."""
    return LazyProxy(pgettext, context, text, enable_cache=False)


def clock(value: datetime | None) -> str:
    """14:05, in the outlet's time zone."""
    return value.astimezone(zone()).strftime("%H:%M") if value else ""  # the same in all our languages


def day(value: date | datetime | None, form: str = "full_day") -> str:
    """A day in words: full_day (Sunday 22 November), short (22 Nov), or any Babel form."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = value.astimezone(zone()).date()
    pattern = {"full_day": _full_day(language()), "short": _short_day(language())}.get(form, form)
    return format_date(value, pattern, locale=_locale(language()))


def moment(value: datetime | None) -> str:
    """Day and time: 22 Nov, 14:05."""
    if value is None:
        return ""
    pattern = {"zh_Hans": "M月d日 HH:mm", "zh_Hant": "M月d日 HH:mm"}.get(language(), "d MMM, HH:mm")
    return format_datetime(value, pattern, tzinfo=zone(), locale=_locale(language()))


def money(minor: int, currency: str) -> str:
    """An amount of minor units as the reader's language writes it."""
    return amount.money(minor, currency, language())


def match(accepted: str) -> str:
    """The best of our languages for an Accept-Language value; English when none fits."""
    wanted = []
    for place, part in enumerate(accepted.split(",")[:20]):
        name, _sep, quality = part.strip().partition(";q=")
        try:
            wanted.append((-float(quality or 1), place, name.strip().lower()))
        except ValueError:
            continue
    for _quality, _place, name in sorted(wanted):
        pieces = name.replace("_", "-").split("-")
        if pieces[0] == "zh":
            return "zh_Hant" if any(piece in _TRADITIONAL for piece in pieces) else "zh_Hans"
        if pieces[0] in LANGUAGES:
            return pieces[0]
    return "en"


def _chosen_language() -> str:
    if current_user.is_authenticated and current_user.language in LANGUAGES:
        return str(current_user.language)
    remembered = request.cookies.get(COOKIE)
    return remembered if remembered in LANGUAGES else match(request.headers.get("Accept-Language", ""))


@lru_cache(maxsize=8)
def _catalogue(code: str) -> Any:
    # English is the language of the message ids, so it needs no catalogue.
    return NullTranslations() if code == "en" else Translations.load(FOLDER, [code])


@lru_cache(maxsize=8)
def _locale(code: str) -> Locale:
    return Locale.parse("en_GB" if code == "en" else code)


def _full_day(code: str) -> str:
    return {"zh_Hans": "M月d日 EEEE", "zh_Hant": "M月d日 EEEE", "es": "EEEE d 'de' MMMM"}.get(
        code, "EEEE d MMMM"
    )


def _short_day(code: str) -> str:
    return {"zh_Hans": "M月d日", "zh_Hant": "M月d日"}.get(code, "d MMM")
