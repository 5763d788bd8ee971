"""The phone's rules say in Chromium what Python says: the stored vectors, and thousands of cases drawn as the test runs."""

import json
from pathlib import Path

import pytest

from app.domain import fee
from app.services import judging, rehearsing, visiting
from app.web import assets, packing
from tests import builders
from tools import make_vectors, vector_values, vector_walks

pytestmark = pytest.mark.browser

REPLAY = Path("tests/rules/replay.js").read_text(encoding="utf-8").strip().removesuffix(";")
DRAWN = 2000
SEED = 20261123
READ_MS = 5


@pytest.fixture
def replay(page, live_server):
    """`replay(walks=…, fee=…)` runs cases through the rules in a page and returns {wrong, count, read_ms}."""
    page.goto("/healthz")

    def run(address="/static/js/rules/index.js", **cases):
        given = {**vector_values.given(), **cases, "address": live_server + address}
        return page.evaluate(f"(text) => ({REPLAY})(JSON.parse(text))", json.dumps(given))

    return run


def stored(name):
    return json.loads(Path(f"tests/vectors/{name}.json").read_text(encoding="utf-8"))


def fees(cases):
    return {"price_lists": make_vectors.PRICE_LISTS, "fee_rules": fee.TABLE, "cases": cases}


def test_the_stored_vectors_hold_in_javascript(replay):
    steps = stored("steps")
    found = replay(
        walks=[*stored("walk")["walks"], *stored("content")["walks"], *steps["walks"]],
        forms=steps["forms"],
        clock=stored("clock"),
        seal=stored("seal"),
        fee=fees(stored("fee")["cases"]),
    )
    assert found["wrong"] == []
    assert found["read_ms"] <= READ_MS, "a visit of sixty records is read too slowly"


def test_two_thousand_drawn_turns_of_visits_hold_in_javascript(replay):
    walks, turns, seed = [], 0, SEED
    while turns < DRAWN:
        walks.append(vector_walks.played(seed).case())
        turns += len(walks[-1]["turns"])
        seed += 1
    assert replay(walks=walks)["wrong"] == []


def test_two_thousand_drawn_fees_and_contents_hold_in_javascript(replay):
    found = replay(
        fee=fees(make_vectors.drawn(DRAWN, SEED)),
        seal={"digests": vector_values.sealed(DRAWN, SEED)},
        clock={"cases": vector_values.readings(400, SEED)},
    )
    assert found["wrong"] == []


def test_the_rules_hold_as_they_are_packed(replay, page):
    packed = packing.written(assets.FOLDER, "js/rules/index.js").decode()
    page.route("**/packed.js", lambda route: route.fulfill(body=packed, content_type="text/javascript"))
    steps = stored("steps")
    found = replay(
        "/packed.js",
        walks=[*stored("content")["walks"], *steps["walks"]],
        forms=steps["forms"],
        clock=stored("clock"),
        seal=stored("seal"),
    )
    assert found["wrong"] == []


def test_a_visit_stands_on_the_phone_where_it_stands_at_the_office(replay, cast, mei):
    visit = builders.visit(cast.mei)
    play = rehearsing.Rehearsal(cast.mei, visit.id, builders.NOW)
    told = []
    while step := play.opened.walk.next_step:
        if step == "diagnose":
            play.quote([("callout", 1), ("drain_pump", 2, "99.00")])
        play.do(step)
        told.append(
            {
                "data": mei.get(f"/visits/{visit.id}/data").json,
                "norm": mei.get(f"/protocols/{visit.protocol}/rules").json,
                "prices": mei.get(f"/prices/{visit.price_list}").json,
                "walk": vector_walks.told(vector_walks.plain(play.opened.walk)),
                "shown": visiting.shown(play.opened, "sign", "en").digest,
            }
        )
    assert len(told) > 20
    assert replay(told=told[::3] + told[-1:])["wrong"] == []


def test_the_phone_names_an_entry_as_the_server_does(replay):
    fields = {"words": "陈静 e\u0301 🙂", "symptoms": ["b", "a"], "10": "x", "9": ""}
    entry = {"visit": 7, "step": "listen", "act": "done", "fields": fields, "key": "k"}
    at = builders.NOW
    wanted = judging.sha_of(judging.Submission(7, "listen", "done", "k", json.loads(json.dumps(fields)), at))
    assert replay(shas=[[entry, wanted]])["wrong"] == []


def test_a_rule_that_differs_is_noticed(replay):
    changed = json.loads(json.dumps(fee.TABLE))
    changed["rules"][-2]["apply"] = "standard"  # the certificate's lower price is not given any more
    found = replay(fee={**fees(stored("fee")["cases"]), "fee_rules": changed})
    assert any("the certificate is cheaper" in one["where"] for one in found["wrong"])
