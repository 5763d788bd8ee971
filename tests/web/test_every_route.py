"""Every route of the app, asked by nobody, by every role, and by strangers: what is not theirs is not there."""

import re
import uuid

import pytest
from flask.testing import FlaskClient

from app.domain.vocabulary import ROLES
from app.models.sessions import Session
from app.models.tables import TABLES
from app.services import norming
from app.web.security import OPEN_PATHS, under
from tests import builders

# A value for each kind of argument that stands in an address. A new kind of argument must be added here.
STRANGE = "0f9e8d7c0f9e8d7c"
# Answers that give nothing away and change nothing.
CLOSED = {303, 400, 401, 403, 404, 405, 409, 415, 422}
# Open to whoever holds the link, signed in or not; the link itself is the key.
BY_LINK = ("/id/", "/s/", "/a/")


@pytest.fixture
def world(app, cast):
    """Mei's visit, with everything that an address can name; the values belong to her outlet."""
    visit = builders.visit(cast.mei)
    draft = norming.copy(cast.hao, visit.protocol, builders.NOW)
    return {
        "visit_id": visit.id, "visit": visit.id, "token": visit.customer_token, "step": "accept", "problem": "not_safe",
        "sha": "0" * 64, "hash_": visit.protocol, "language": "en", "path": "css/app.css", "filename": "css/app.css",
        "_version": "x", "kind": "slip", "number": visit.work_order_id, "work_order_id": visit.work_order_id,
        "order_id": visit.work_order_id, "job_id": visit.work_order_id, "customer_id": visit.work_order.customer_id,
        "person_id": cast.mei.id, "engineer_id": cast.mei.id, "task_id": 1, "follow_up_id": 1, "call_id": 1,
        "loaner_id": 1, "document_id": 1, "day": visit.day.isoformat(), "outlet_id": cast.home.id, "name": "x",
        "list_id": "x", "paper": "slip", "record_id": 1, "id": visit.id, "reference": visit.reference,
        "key": str(uuid.uuid4()), "chosen": "en", "draft_id": draft.id,
        "doubt_id": 1, "batch_id": 1, "item_id": 1, "part": "texts", "remedy": "leave",
    }  # fmt: skip


def rules(app):
    return [rule for rule in app.url_map.iter_rules() if not rule.rule.startswith("/static")]


def address(rule, world):
    missing = rule.arguments - world.keys()
    assert not missing, f"{rule.rule}: tell `world` what {sorted(missing)} can be"
    return re.sub(r"<(?:[^:<>]+:)?([^<>]+)>", lambda found: str(world[found[1]]), rule.rule)


def methods(rule):
    return sorted(rule.methods - {"HEAD", "OPTIONS"})


def test_there_are_routes(app):
    assert len(rules(app)) > 20


def test_nobody_sees_anything_but_the_open_pages(app, world):
    client = app.test_client()
    for rule in rules(app):
        place = address(rule, world)
        if under(place, OPEN_PATHS):
            continue
        for method in methods(rule):
            answer = client.open(place, method=method)
            assert answer.status_code in {303, 401, 404}, f"{method} {place}: {answer.status_code}"
            if answer.status_code == 303:
                assert answer.location.startswith("/sign-in"), place


@pytest.mark.parametrize("role", ROLES)
def test_another_outlets_things_are_not_there(app, world, cast, sign_in, role):
    stranger = builders.person(cast.elsewhere, "stranger", role=role, lead=True)
    before = _everything(app)
    client = app.test_client()
    sign_in(client, stranger)
    for rule in rules(app):
        place = address(rule, world)
        if not _names_a_thing(rule) or under(place, BY_LINK):
            continue
        for method in methods(rule):
            answer = client.open(place, method=method, data={"x": "1"} if method != "GET" else None)
            assert answer.status_code in CLOSED - {303}, f"{role} {method} {place}: {answer.status_code}"
    assert _everything(app) == before


def test_a_colleague_sees_nothing_of_meis_visit(app, world, cast, sign_in):
    client = app.test_client()
    sign_in(client, cast.li)
    for rule in rules(app):
        if rule.rule.startswith(("/visits/", "/c/")):
            for method in methods(rule):
                answer = client.open(address(rule, world), method=method)
                assert answer.status_code == 404, f"{method} {rule.rule}: {answer.status_code}"


@pytest.mark.parametrize("role", ROLES)
def test_no_page_breaks_for_any_role(app, world, cast, sign_in, role):
    """Every address with good values, and again with values that lead nowhere."""
    who = next(one for one in cast.people.values() if one.role == role and one.outlet_id == cast.home.id)
    client = app.test_client()
    sign_in(client, who)
    nowhere = {name: 987654 if isinstance(value, int) else STRANGE for name, value in world.items()}
    for rule in rules(app):
        for place in {address(rule, world), address(rule, nowhere)}:
            if "GET" in rule.methods:
                answer = client.get(place)
                assert answer.status_code < 500, f"{role} GET {place}: {answer.status_code}"
                # Looking must not change who is signed in or lock the phone for the next page.
                Session.update(lock_token=None, lock_visit=None, revoked_at=None).execute()


def test_the_desk_is_not_there_for_engineers(app, world, cast, sign_in):
    client = app.test_client()
    sign_in(client, cast.mei)
    for rule in rules(app):
        if rule.rule.startswith("/desk"):
            for method in methods(rule):
                place = address(rule, world)
                assert client.open(place, method=method).status_code == 404, f"{method} {place}"


def test_every_save_wants_a_token_or_its_origin(app, world, cast, sign_in):
    plain = FlaskClient(app, app.response_class)
    sign_in(plain, "ana")
    checked = 0
    for rule in rules(app):
        for method in set(methods(rule)) - {"GET"}:
            answer = plain.open(address(rule, world), method=method)
            assert answer.status_code in {400, 403}, f"{method} {rule.rule}: {answer.status_code}"
            checked += 1
    assert checked > 5


def test_the_addresses_that_are_promised_exist(app):
    known = {rule.rule for rule in rules(app)}
    promised = {
        "/sign-in",
        "/sign-out",
        "/",
        "/outbox",
        "/manifest.webmanifest",
        "/service-worker.js",
        "/healthz",
    }
    assert promised <= known


def _names_a_thing(rule):
    """Whether an address names something that belongs to an outlet (a norm's text or a language does not)."""
    return bool(
        rule.arguments - {"language", "hash_", "path", "filename", "_version", "step", "day", "name", "kind"}
    )


def _everything(app):
    """How many rows each table holds, except those that only say who came by."""
    return {
        table.__name__: table.select().count()
        for table in TABLES
        if table.__name__ not in ("Session", "Content")
    }
