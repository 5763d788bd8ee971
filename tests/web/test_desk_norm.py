"""The editor of norms in the browser's words: Hao copies, writes, is told what is missing, looks, and publishes."""

import re
from datetime import UTC, datetime

import pytest
from markupsafe import escape

from app.domain import draft_place, protocol
from app.domain.vocabulary import LANGUAGES
from app.models.norms import NormRelease
from app.services import norming
from tests import builders

MAKER = "maker-2026-11"
TITLE = "words/en/step/knock/title"


@pytest.fixture
def hao(app, cast, sign_in):
    client = app.test_client()
    sign_in(client, "hao")
    return client


@pytest.fixture
def made(cast):
    return norming.copy(cast.hao, protocol.load(MAKER).hash, datetime.now(UTC))


def text(answer):
    return answer.get_data(as_text=True)


def base(page):
    return re.search(r'name="base" value="(\d+)"', text(page))[1]


def body(cast, made):
    return norming.draft_of(cast.hao, made.id).body


def test_the_list_shows_what_is_in_force_and_copies(hao, cast):
    page = hao.get("/desk/norm")
    shown = text(page)
    for name in protocol.shipped():
        assert protocol.load(name).hash in shown
    assert shown.count("In force") == 1
    answer = hao.post("/desk/norm/drafts", data={"norm": protocol.load(MAKER).hash})
    assert answer.status_code == 303 and hao.get(answer.location).status_code == 200
    assert hao.post("/desk/norm/drafts", data={"norm": "0" * 64}).status_code == 404


def test_from_copy_to_a_new_visit(hao, cast):
    """Copy, one text, publish with a day: by the forms that the pages hold."""
    old = builders.visit(cast.mei, now=datetime.now(UTC))
    place = hao.post("/desk/norm/drafts", data={"norm": protocol.load(MAKER).hash}).location
    step = hao.get(f"{place}/steps/knock")
    assert text(step).count('name="words/') >= 4 * 4
    answer = hao.post(f"{place}/steps/knock", data={"base": base(step), TITLE: "Knock gently"})
    assert answer.status_code == 303
    today = norming.today(cast.hao, datetime.now(UTC)).isoformat()
    answer = hao.post(f"{place}/publication", data={"base": base(hao.get(place)), "from_day": today})
    assert (answer.status_code, answer.location) == (303, "/desk/norm")
    new = builders.visit(cast.mei, now=datetime.now(UTC), at="15:00")
    assert new.protocol != old.protocol
    assert "Knock gently" in text(hao.get(f"/protocols/{new.protocol}/en"))
    assert "Knock gently" not in text(hao.get(f"/protocols/{old.protocol}/en"))
    assert "Own version" in text(hao.get("/desk/norm"))


def test_every_page_of_a_draft_can_be_kept_as_it_is(hao, cast, made):
    """What a page shows is what it would save: sending all of it back changes nothing."""
    home = f"/desk/norm/drafts/{made.id}"
    pages = ["/texts", "/settings", "/codes"] + [
        f"/steps/{step['id']}{more}"
        for step in made.body["structure"]["step"]
        for more in ["", *(f"/problems/{one['id']}" for one in step.get("problem", [])[:1])]
    ] + [f"/steps/safety/problems/{one['id']}" for one in made.body["structure"]["safety"]]  # fmt: skip
    assert len(pages) > 50
    sent = 0
    for page in pages:
        shown = hao.get(home + page)
        assert shown.status_code == 200, page
        fields = inputs(text(shown))
        sent += len(fields)
        assert hao.post(home + page, data=fields).status_code == 303, page
    assert sent > 1500 and body(cast, made) == made.body


def inputs(html):
    """What a browser would send of the page's first form."""
    import html as entities

    form = html[html.index('class="stack norm-form"') :]
    form = form[: form.index("</form>")]
    found = {}
    for name, value in re.findall(r'<textarea id="[^"]*" name="([^"]*)"[^>]*>(.*?)</textarea>', form, re.S):
        found.setdefault(name, []).append(entities.unescape(value))
    for tag in re.findall(r"<input [^>]*>", form):
        name, kind = re.search(r'name="([^"]*)"', tag), re.search(r'type="([^"]*)"', tag)
        value = re.search(r' value="([^"]*)"', tag)
        if name and (kind is None or kind[1] not in ("checkbox", "radio") or " checked" in tag):
            found.setdefault(name[1], []).append(entities.unescape(value[1]) if value else "")
    for name, options in re.findall(r'<select id="[^"]*" name="([^"]*)"[^>]*>(.*?)</select>', form, re.S):
        chosen = re.search(r'<option value="([^"]*)" selected', options)
        found.setdefault(name, []).append(chosen[1] if chosen else "")
    return found


def test_a_missing_text_is_counted_and_named_where_it_is(hao, cast, made):
    home = f"/desk/norm/drafts/{made.id}"
    hao.post(f"{home}/steps/knock", data={"base": "0", "words/es/step/knock/title": ""})
    assert draft_place.read(body(cast, made), "words/es/step/knock/title") is None
    whole = text(hao.get(home))
    assert "One text is missing" in whole and whole.count("Complete") == 3
    assert f"{home}/steps/knock#words-es-step-knock-title" in whole
    step = text(hao.get(f"{home}/steps/knock"))
    assert step.count("Missing in Español") == 1 and 'class="field is-missing"' in step
    answer = hao.post(f"{home}/publication", data={"base": base(hao.get(home)), "from_day": "2099-01-01"})
    assert answer.status_code == 422 and "See to what is listed first" in text(answer)
    assert not NormRelease.select().exists()


def test_a_step_that_others_wait_for_is_named_where_they_are(hao, cast, made):
    home = f"/desk/norm/drafts/{made.id}"
    assert hao.post(f"{home}/steps/clean/removal", data={"base": "0"}).status_code == 303
    page = text(hao.get(f"{home}/steps/sign"))
    assert "Waits for “clean”, which does not come before it" in page
    assert f"{home}/steps/sign#structure-step-sign-needs" in text(hao.get(home))


def test_a_fault_of_the_reader_comes_back_with_what_was_typed(hao, cast, made):
    place = f"/desk/norm/drafts/{made.id}/settings"
    answer = hao.post(place, data={"base": "0", "structure/settings/knock_bouts": "two"})
    assert answer.status_code == 422 and 'value="two"' in text(answer)
    assert draft_place.read(body(cast, made), "structure/settings/knock_bouts") == 2
    assert hao.post(place, data={"base": "0", "structure/settings/knock_bouts": "3"}).status_code == 303
    assert draft_place.read(body(cast, made), "structure/settings/knock_bouts") == 3


def test_a_form_reaches_no_other_place_than_its_own(hao, cast, made):
    place = f"/desk/norm/drafts/{made.id}/steps/knock"
    hao.post(
        place,
        data={"base": "0", "structure/id": "x", "words/en/name": "Mine", "structure/step/knock/kind": "fees"},
    )
    assert body(cast, made) == made.body


def test_two_managers_see_each_others_words(hao, app, cast, made, sign_in):
    builders.person(cast.home, "eve", role="manager", name="Eve")
    eve = app.test_client()
    sign_in(eve, "eve")
    place = f"/desk/norm/drafts/{made.id}/steps/knock"
    eve.post(place, data={"base": "0", TITLE: "Eve's title"})
    answer = hao.post(place, data={"base": "0", TITLE: "Hao's title"})
    shown = text(answer)
    assert (
        answer.status_code == 422
        and "Eve wrote" in shown
        and "Eve&#39;s title" in shown
        and "Hao&#39;s title" in shown
    )
    again = hao.post(place, data={"base": base(answer), TITLE: "Hao's title"})
    assert again.status_code == 303 and draft_place.read(body(cast, made), TITLE) == "Hao's title"


def test_adding_moving_and_taking_out(hao, cast, made):
    home = f"/desk/norm/drafts/{made.id}"
    step = hao.post(
        f"{home}/steps",
        data={"base": "0", "title": "Photo of the meter", "kind": "checklist", "stage": "at_the_door"},
    ).location
    assert step == f"{home}/steps/photo_of_the_meter"
    hao.post(f"{step}/inputs", data={"base": "1", "label": "Meter", "type": "photo"})
    problem = hao.post(
        f"{step}/problems", data={"base": "2", "problem_title": "Locked", "remedy_title": "Ask the desk"}
    ).location
    hao.post(f"{problem}/remedies", data={"base": "3", "remedy_title": "Without it", "does": "skip"})
    found = draft_place.step_of(body(cast, made), "photo_of_the_meter")
    assert found["field"] == [{"id": "meter", "type": "photo"}]
    assert found["problem"] == [{"id": "locked", "remedy": [
        {"id": "ask_the_desk", "effects": ["back"]}, {"id": "without_it", "effects": ["skip"]}]}]  # fmt: skip
    order = lambda: [one["id"] for one in body(cast, made)["structure"]["step"]]  # noqa: E731
    at = order().index("photo_of_the_meter")
    hao.post(f"{step}/place", data={"base": "4", "by": "-1"})
    assert order().index("photo_of_the_meter") == at - 1
    hao.post(f"{problem}/remedies/ask_the_desk/removal", data={"base": "5"})
    hao.post(f"{step}/inputs/meter/removal", data={"base": "6"})
    hao.post(f"{problem}/removal", data={"base": "7"})
    found = draft_place.step_of(body(cast, made), "photo_of_the_meter")
    assert found["field"] == found["problem"] == []
    assert hao.post(f"{step}/removal", data={"base": "8"}).location == home
    assert body(cast, made) == made.body


@pytest.mark.parametrize(
    ("place", "fields"),
    [
        ("/steps", {"title": "", "kind": "checklist", "stage": "close"}),
        ("/steps", {"title": "Knock again", "kind": "knock", "stage": "close"}),
        ("/steps/knock/problems", {"problem_title": "", "remedy_title": "x"}),
        ("/steps/knock/inputs", {"label": "x", "type": "magic"}),
        ("/steps/knock/problems/nobody/remedies", {"remedy_title": "x", "does": "magic"}),
        ("/publication", {"from_day": "soon"}),
    ],
)
def test_what_cannot_be_comes_back_with_a_sentence(hao, cast, made, place, fields):
    problem = next(one["id"] for one in draft_place.step_of(made.body, "knock")["problem"])
    answer = hao.post(
        f"/desk/norm/drafts/{made.id}{place.replace('nobody', problem)}", data={"base": "0", **fields}
    )
    assert answer.status_code == 422 and 'class="errors"' in text(answer)
    assert body(cast, made) == made.body


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_step_is_previewed_as_the_engineer_sees_it(hao, made, language):
    norm = protocol.load(MAKER)
    for step in norm.steps:
        answer = hao.get(f"/desk/norm/drafts/{made.id}/steps/{step.id}/preview?language={language}")
        assert answer.status_code == 200, step.id
        title = norm.word(language, "step", step.id, "title").replace(" × ", "\u00a0×\u00a0")
        assert f'<h2 class="title">{escape(title)}</h2>' in text(answer), step.id
    assert "frame-ancestors 'self'" in answer.headers["Content-Security-Policy"]


def test_a_draft_with_a_hole_is_still_previewed_and_one_that_cannot_be_says_so(hao, made):
    home = f"/desk/norm/drafts/{made.id}"
    hao.post(f"{home}/steps/knock", data={"base": "0", TITLE: ""})
    assert hao.get(f"{home}/steps/knock/preview").status_code == 200
    hao.post(f"{home}/steps/clean/removal", data={"base": "1"})
    assert "No preview yet" in text(hao.get(f"{home}/steps/knock/preview"))
