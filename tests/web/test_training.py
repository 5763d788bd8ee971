"""Training: the norm to read without a visit, and the quiz, judged without scripts; nothing of anybody is kept."""

import re
from typing import Any

import brotli
import pytest
from flask.testing import FlaskClient

from app.domain import protocol, quiz
from app.domain.vocabulary import LANGUAGES
from app.models.people import Person
from app.models.tables import TABLES
from tests.builders import Cast
from tests.web.auditing import SMALL, Auditor

BYTES = 30_720


def text(client: FlaskClient, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.get_data(as_text=True)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", protocol.shipped())
def test_every_step_is_there_with_what_is_right_and_what_can_happen(
    mei: FlaskClient, cast: Cast, name: str, language: str
) -> None:
    cast.home.protocol = name
    cast.home.save()
    Person.update(language=language).where(Person.login == "mei").execute()
    page, norm = text(mei, "/norm"), protocol.load(name)
    assert re.findall(r'<section class="step" id="s-(\w+)"', page) == [step.id for step in norm.steps]
    shown = page.replace("&#39;", "'").replace("&#34;", '"').replace("&amp;", "&")
    for step in norm.steps:
        for path in [("standard",)] + [
            ("problem", one.id, "title") for one in step.problems if not one.shared
        ]:
            assert norm.word(language, "step", step.id, *path) in shown, (step.id, path)
        for one in step.problems:
            for remedy in () if one.shared else one.remedies:
                words = norm.word(language, "step", step.id, "problem", one.id, "remedy", remedy.id, "title")
                assert words and words in shown, (step.id, one.id, remedy.id)
    assert len(brotli.compress(page.encode(), quality=6)) <= BYTES


def test_there_is_a_way_to_it_without_a_visit(mei: FlaskClient) -> None:
    assert 'href="/norm"' in text(mei, "/")
    assert 'href="/norm/quiz"' in text(mei, "/norm")


def test_both_pages_lie_on_the_phone_and_are_asked_for_cheaply(mei: FlaskClient) -> None:
    assert {"/norm", "/norm/quiz"} <= set(mei.get("/offline.json").get_json()["urls"])
    for address in ("/norm", "/norm/quiz"):
        etag = mei.get(address).headers["ETag"]
        assert mei.get(address, headers={"If-None-Match": etag}).status_code == 304


def test_an_outlet_learns_its_own_norm(app: Any, mei: FlaskClient, cast: Cast, sign_in: Any) -> None:
    cast.elsewhere.protocol = "network-2026-11"
    cast.elsewhere.save()
    tom = app.test_client()
    sign_in(tom, "tom")
    hashes = [re.search(r'data-norm="(\w+)"', text(client, "/norm"))[1] for client in (mei, tom)]  # type: ignore[index]
    assert hashes == [protocol.load(name).hash for name in ("maker-2026-11", "network-2026-11")]


def test_nobody_who_is_not_signed_in_reads_it(client: FlaskClient, cast: Cast) -> None:
    assert client.get("/norm").status_code == client.get("/norm/quiz").status_code == 303


def answered(number: int, wrong: tuple[int, ...] = (), left_out: tuple[int, ...] = ()) -> str:
    asked = quiz.a_round(protocol.load("maker-2026-11"), number)
    picks = {
        place: (one.right + (place in wrong)) % 3 for place, one in enumerate(asked) if place not in left_out
    }
    return f"/norm/quiz?round={number}&check=1" + "".join(
        f"&q{place}={pick}" for place, pick in picks.items()
    )


def shown(page: str, verdict: str) -> int:
    return len(re.findall(rf'data-verdict="{verdict}">', page))


@pytest.mark.parametrize(("wrong", "left_out", "right"), [((), (), 10), ((0, 4), (), 8), ((0,), (1, 2), 7)])
def test_answers_are_judged_with_the_reason_and_a_score(
    mei: FlaskClient, wrong: tuple[int, ...], left_out: tuple[int, ...], right: int
) -> None:
    page = text(mei, answered(3, wrong, left_out))
    assert f"{right} of 10 right" in page
    assert (shown(page, "right"), shown(page, "wrong")) == (right, 10 - right)
    assert page.count("is-wrong") == len(wrong)


def test_before_an_answer_nothing_is_judged(mei: FlaskClient) -> None:
    page = text(mei, "/norm/quiz?round=3")
    assert shown(page, "right") == shown(page, "wrong") == 0 and page.count("data-question") == 10
    assert "checked" not in page


def test_another_round_asks_other_questions(mei: FlaskClient) -> None:
    first = text(mei, "/norm/quiz?round=3")
    assert 'href="/norm/quiz?round=4"' in first
    assert re.findall("<legend.*?</legend>", first) != re.findall(
        "<legend.*?</legend>", text(mei, "/norm/quiz?round=4")
    )


@pytest.mark.parametrize(
    "query", ["?round=x", "?round=-3", "?round=99999999999999999999", "?q0=7&check=1", "?q0=x&check=1"]
)
def test_a_mangled_address_asks_all_the_same(mei: FlaskClient, query: str) -> None:
    assert text(mei, f"/norm/quiz{query}").count("data-question") == 10


def test_nothing_of_anybody_is_kept(mei: FlaskClient) -> None:
    text(mei, "/norm/quiz")
    before = {model.__name__: list(model.select().dicts()) for model in TABLES if model.__name__ != "Session"}
    text(mei, answered(3, (1,)))
    assert {
        model.__name__: list(model.select().dicts()) for model in TABLES if model.__name__ != "Session"
    } == before


@pytest.mark.browser
@pytest.mark.parametrize("language", ["en", "es"])
def test_a_checker_finds_no_fault_on_the_smallest_phone(
    page: Any, cast: Cast, sign_in_page: Any, language: str
) -> None:
    Person.update(language=language).where(Person.login == "mei").execute()
    page.set_viewport_size(SMALL)
    sign_in_page(page, "mei")
    audit = Auditor(page, language)
    audit.go("/norm").look("norm").go("/norm/quiz?round=3").look("quiz")
    audit.go(answered(3, (0, 4))).look("quiz, judged")
    audit.verdict()
