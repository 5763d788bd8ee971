"""What the phone's rules are given, and the fragments that bring a page up to date without loading it again."""

import re
from datetime import timedelta
from html import unescape

import brotli
import pytest

from app.models.visits import Visit
from app.services import visiting
from app.services.rehearsing import Rehearsal
from tests import builders
from tests.services.phoning import Phone, reading

LARGEST = 4 * 1024
KEY = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
SECTION = re.compile(r'<section class="step.*?</section>', re.S)


@pytest.fixture
def visit(cast):
    return builders.visit(cast.mei)


@pytest.fixture
def play(cast, visit):
    return Rehearsal(cast.mei, visit.id, builders.NOW)


def sections(html):
    return {re.search(r' id="([^"]+)"', one)[1]: KEY.sub("key", one) for one in SECTION.findall(html)}


def document(client, visit):
    return sections(client.get(f"/visits/{visit.id}").get_data(as_text=True))


def asked(client, visit, have):
    return client.get(f"/visits/{visit.id}/sections?have={have}").get_data(as_text=True)


def said(fragment, name):
    return unescape(re.search(rf'data-{name}="([^"]*)"', fragment)[1])


def applied(old, fragment):
    """The old document with the fragments put in, as a script does it."""
    bar, onward = said(fragment, "bar"), said(fragment, "onward")
    kept = {
        name: re.sub(r"<a [^>]*data-onward.*?</a>", lambda _: onward, re.sub(
            r'(<a class="bar-row"[^>]*>).*?</a>', lambda found: f"{found[1]}{bar}</a>", html, flags=re.S), flags=re.S)
        for name, html in old.items()
    }  # fmt: skip
    return {**kept, **sections(fragment)}


def test_the_data_of_a_visit_is_plain_and_is_not_sent_twice(mei, visit, play):
    play.until("knock")
    answer = mei.get(f"/visits/{visit.id}/data")
    told = answer.json
    assert told["version"] == Visit.get_by_id(visit.id).version == len(told["records"])
    assert told["facts"]["customer"]["name"] == "Ms Chen" and told["zone"] == "Asia/Shanghai"
    assert [one["seq"] for one in told["records"]] == list(range(1, told["version"] + 1))
    again = mei.get(f"/visits/{visit.id}/data", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304 and not again.data


def test_what_the_customer_said_and_drew_does_not_come_back_to_the_phone(mei, visit, play):
    play.until("farewell")
    records = mei.get(f"/visits/{visit.id}/data").json["records"]
    assert [one["body"] for one in records if one["act"] == "rated"] == [{}]
    signed = [one["body"] for one in records if one["act"] == "signed"]
    assert signed and set(signed[0]) == {"how", "digest", "code"}


def test_norm_and_prices_are_kept_for_ever(mei, visit):
    for place, part in (
        (f"/protocols/{visit.protocol}/rules", "steps"),
        (f"/prices/{visit.price_list}", "item"),
    ):
        answer = mei.get(place)
        assert answer.json["hash"] == place.split("/")[2] and answer.json[part]
        assert "immutable" in answer.headers["Cache-Control"]
    assert mei.get("/prices/" + "0" * 64).status_code == 404
    assert mei.get("/protocols/" + "0" * 64 + "/rules").status_code == 404


def test_words_for_scripts_need_no_sign_in(client, db):
    assert (
        client.get("/phone-words/es").status_code == 200 and client.get("/phone-words/xx").status_code == 404
    )


def test_after_each_step_the_fragments_make_the_new_document(mei, visit, play):
    """Through a whole visit: what is put into the page that was there is the page as the server draws it now."""
    sizes = []
    while step := play.opened.walk.next_step:
        before, have = document(mei, visit), Visit.get_by_id(visit.id).version
        if step == "diagnose":
            play.quote([("callout", 1)])
        play.do(step)
        fragment = asked(mei, visit, have)
        assert applied(before, fragment) == document(mei, visit), step
        assert said(fragment, "version") == str(play.opened.walk.version)
        assert said(fragment, "next") == (play.opened.walk.next_step or "")
        sizes.append(len(brotli.compress(fragment.encode(), quality=5)))
    assert len(sizes) > 20 and sorted(sizes)[len(sizes) // 2] <= LARGEST, sizes


def test_one_save_brings_few_sections(mei, visit, play):
    play.until("covers")
    have = Visit.get_by_id(visit.id).version
    play.do("covers")
    fragment = asked(mei, visit, have)
    assert sections(fragment).keys() == {"sheet", "s-covers", "s-mat", "s-sign"}
    assert len(brotli.compress(fragment.encode(), quality=5)) <= LARGEST


def test_nothing_new_brings_nothing_and_an_unknown_version_everything(mei, visit, play):
    play.until("knock")
    have = Visit.get_by_id(visit.id).version
    assert sections(asked(mei, visit, have)) == {}
    for odd in (0, -1, have + 1, "x", 10**30):
        assert sections(asked(mei, visit, odd)) == document(mei, visit), odd


def test_the_desks_answer_and_another_time_reach_the_page(mei, visit, play, cast):
    play.until("call")
    before, have = document(mei, visit), Visit.get_by_id(visit.id).version
    row = Visit.get_by_id(visit.id)
    visiting.move(cast.ana, row, row.slot_start.replace(minute=45), row.slot_end, builders.NOW)
    assert applied(before, asked(mei, visit, have)) == document(mei, visit)


def test_others_do_not_get_a_visits_data(app, visit, cast, sign_in):
    for who in ("li", "tom", "ana"):
        client = app.test_client()
        sign_in(client, who)
        for part in ("data", "sections?have=0"):
            assert client.get(f"/visits/{visit.id}/{part}").status_code == 404, who


def test_an_arrival_by_a_clock_in_doubt_is_not_called_punctual(mei, cast, visit, play):
    play.until("arrive")
    phone = Phone(cast.mei, visit)
    on_time = play.opened.walk.appointment - timedelta(minutes=8)
    phone.do("arrive", clock=reading(on_time, seen=False))
    shown = document(mei, visit)["s-arrive"]
    assert "Not proven" in shown and "On time" not in shown
