"""What an engineer's phone keeps for the day: the list of addresses, and the pages that stand in when one is absent."""

from flask import Blueprint, Response, current_app, jsonify, request
from werkzeug.exceptions import HTTPException

from app.domain.vocabulary import ENDED_STATES, LANGUAGES
from app.errors import NotFound
from app.models import tasks, visits
from app.web import i18n, today_view
from app.web.pages import current_person, now, page, roles

bp = Blueprint("offline", __name__)


@bp.get("/offline.json")
@roles("engineer")
def offline() -> Response:
    """{person, day, language, languages, visits: [{id, version, token, protocol, prices, urls}], urls}; with an ETag.

    `urls` are the addresses to keep: each visit's own stand with it, the others are for all. A visit that is over,
    with nothing left to do, is not listed: the phone lets it go.
    """
    person, moment = current_person(), now()
    day = today_view.local_day(person, moment)
    rows = [
        row
        for row in visits.day_of(person, day)
        if row["state"] not in ENDED_STATES or (row["state"] == "finished" and row["next_step"])
    ]
    calls = [
        f"/visits/{one['visit']}/calls/{one['id']}"
        for one in tasks.calls_of(person.id, moment + today_view.CALLS_AHEAD)
    ]
    response = jsonify(
        person=person.id, day=day.isoformat(), language=i18n.language(), languages=list(LANGUAGES),
        visits=[_visit(row) for row in rows],
        urls=_served(["/", "/outbox", "/account", "/norm", "/norm/quiz", "/sign-out", f"/lock/{i18n.language()}", *calls]),
    )  # fmt: skip
    response.add_etag(weak=True)
    return response.make_conditional(request)


@bp.get("/offline/<language>")
@bp.get("/offline/<language>/closed", endpoint="closed")
def stand_in(language: str) -> Response:
    """What the phone shows for a page that it has not got; `closed`: when it cannot read what may be shown."""
    if language not in LANGUAGES:
        raise NotFound(language=language)
    i18n.speak(language)
    return page("offline.html", closed=request.endpoint == "offline.closed")


def _visit(row: visits.Row) -> dict[str, object]:
    place, token = f"/visits/{row['id']}", row["customer_token"]
    urls = [
        place, f"{place}/data", f"{place}/identity",
        f"/protocols/{row['protocol']}/{i18n.language()}", f"/protocols/{row['protocol']}/rules", f"/prices/{row['price_list']}",
        *(f"/c/{token}/kit/{one}" for one in LANGUAGES),
    ]  # fmt: skip
    return {
        "id": row["id"], "version": row["version"], "token": token, "protocol": row["protocol"],
        "prices": row["price_list"], "title": _title(row), "urls": _served(urls),
    }  # fmt: skip


def _title(row: visits.Row) -> str:
    """As the visit's own page says it on top."""
    return f"{i18n.clock(row['slot_start'])} · {row['customer']}"


def _served(addresses: list[str]) -> list[str]:
    """Those that this app has a page for."""
    routes = current_app.url_map.bind("")

    def has(address: str) -> bool:
        try:
            return bool(routes.match(address))
        except HTTPException:
            return False

    return list(filter(has, addresses))
