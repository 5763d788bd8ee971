"""Norming: Hao copies a norm, changes it and puts it in force from a day; Mei's visits keep the norm they were planned under."""

import peewee
import pytest

from app import errors
from app.domain import draft, draft_place, protocol, protocol_check
from app.domain.vocabulary import LANGUAGES
from app.models import norms
from app.models.contents import Content
from app.models.norms import NormRelease
from app.models.visits import Visit
from app.services import keeping, norming, publishing
from app.services.rehearsing import Rehearsal
from tests import builders
from tests.builders import NOW

MAKER = "maker-2026-11"
TITLE = "words/en/step/knock/title"
TODAY = "2026-11-23"  # of NOW in Hangzhou


def copied(person, name=MAKER):
    return norming.copy(person, protocol.load(name).hash, NOW)


def kept(person, made, path, text, kind="text", base=None):
    version = made.version if base is None else base
    return norming.save(person, made.id, version, {path: (kind, [text])}, NOW)


def published(person, made, day=TODAY):
    return norming.publish(
        person, made.id, norming.draft_of(person, made.id).version, {"from_day": day}, NOW
    ).norm


def changed_and_published(person, day=TODAY, title="Knock gently"):
    made = copied(person)
    kept(person, made, TITLE, title)
    return published(person, made, day)


def test_a_copy_begins_as_what_was_copied(cast):
    made = copied(cast.hao)
    assert norming.findings(made) == []
    assert protocol.parse(made.body["structure"], made.body["words"], "x").hash == protocol.load(MAKER).hash


def test_a_new_visit_uses_what_was_published_and_an_old_one_does_not(cast):
    old = builders.visit(cast.mei)
    norm = changed_and_published(cast.hao)
    new = builders.visit(cast.mei, at="15:00")
    assert old.protocol == protocol.load(MAKER).hash != norm.hash == new.protocol
    told = [
        publishing.protocol_of(Visit.get_by_id(one.id).protocol).word("en", "step", "knock", "title")
        for one in (old, new)
    ]
    assert told == [protocol.load(MAKER).word("en", "step", "knock", "title"), "Knock gently"]
    assert norm.id == "maker" and norm.version == "2026-11-hz1-1"


def test_a_visit_takes_the_norm_of_its_day(cast):
    norm = changed_and_published(cast.hao, "2026-12-01")
    before = builders.visit(cast.mei, day=norming.today(cast.hao, NOW))
    last = builders.visit(cast.mei, day=norming.today(cast.hao, NOW).replace(day=30))
    first = builders.visit(cast.mei, day=norming.today(cast.hao, NOW).replace(month=12, day=1))
    assert [one.protocol == norm.hash for one in (before, last, first)] == [False, False, True]


def test_another_outlet_keeps_its_own_norm(cast):
    norm = changed_and_published(cast.hao)
    elsewhere = builders.visit(cast.tom)
    assert elsewhere.protocol == protocol.load(MAKER).hash != norm.hash
    theirs = builders.person(cast.elsewhere, "boss", role="manager")
    assert norm.hash not in [one.norm.hash for one in norming.versions(theirs, NOW)]
    with pytest.raises(errors.NotFound):
        norming.copy(theirs, norm.hash, NOW)


def test_a_visit_under_an_own_norm_is_walked_to_its_end(cast):
    changed_and_published(cast.hao)
    visit = builders.visit(cast.mei)
    played = Rehearsal(cast.mei, visit.id, NOW)
    played.until(None)
    assert played.opened.walk.state == "finished"


def test_the_last_word_about_a_day_counts(cast):
    changed_and_published(cast.hao)
    norming.use(cast.hao, protocol.load("network-2026-11").hash, {"from_day": TODAY}, NOW)
    assert publishing.norm_of(cast.home, norming.today(cast.hao, NOW)).id == "network"
    first, *others = norming.versions(cast.hao, NOW)
    assert first.in_force and first.norm.id == "network" and not any(one.in_force for one in others)


def test_what_is_in_force_from_when(cast):
    norm = changed_and_published(cast.hao, "2026-12-01")
    found = {one.norm.hash: one for one in norming.versions(cast.hao, NOW)}
    assert found[norm.hash].is_own and not found[norm.hash].in_force
    assert found[norm.hash].since.isoformat() == "2026-12-01"
    shipped = found[protocol.load(MAKER).hash]
    assert shipped.in_force and not shipped.is_own and shipped.since is None
    assert len(found) == len(protocol.shipped()) + 1


def test_what_was_published_never_changes(cast):
    norm = changed_and_published(cast.hao)
    for change in (
        Content.update(body="{}").where(Content.hash == norm.hash),
        Content.delete().where(Content.hash == norm.hash),
        NormRelease.update(hash="x"),
        NormRelease.delete(),
    ):
        with pytest.raises(peewee.IntegrityError):
            change.execute()


def test_a_published_draft_is_no_draft_any_more(cast):
    made = copied(cast.hao)
    published(cast.hao, made)
    assert norming.drafts(cast.hao) == []
    with pytest.raises(errors.NotFound):
        kept(cast.hao, made, TITLE, "Too late")
    with pytest.raises(errors.NotFound):
        published(cast.hao, made)


@pytest.mark.parametrize(
    ("day", "code"), [("", "required"), ("soon", "bad_date"), ("2026-11-22", "in_the_past")]
)
def test_a_day_that_cannot_be(cast, day, code):
    made = copied(cast.hao)
    with pytest.raises(errors.Invalid) as raised:
        published(cast.hao, made, day)
    assert raised.value.fields == {"from_day": code} and not NormRelease.select().exists()


def test_a_norm_with_a_fault_is_not_published(cast):
    made = copied(cast.hao)
    kept(cast.hao, made, "words/es/step/knock/title", "")
    again = norming.draft_of(cast.hao, made.id)
    assert [(one.file, one.place, one.language) for one in norming.findings(again)] == [
        ("draft/es.toml", "step knock", "es")
    ]
    with pytest.raises(errors.Invalid) as raised:
        published(cast.hao, made)
    assert raised.value.fields == {"main": "has_findings"}
    assert not NormRelease.select().exists() and norming.drafts(cast.hao)


def test_nothing_is_published_that_was_not_seen(cast):
    made = copied(cast.hao)
    kept(cast.hao, made, TITLE, "Knock gently")
    with pytest.raises(errors.Invalid) as raised:
        norming.publish(cast.hao, made.id, made.version, {"from_day": TODAY}, NOW)
    assert raised.value.fields == {"main": "changed_meanwhile"}


# ---------------------------------------------------------------- two managers


@pytest.fixture
def eve(cast):
    return builders.person(cast.home, "eve", role="manager")


def test_two_managers_in_different_places_keep_both(cast, eve):
    made = copied(cast.hao)
    kept(cast.hao, made, TITLE, "Hao's title")
    saved = kept(eve, made, "words/en/step/enter/title", "Eve's title", base=0)
    assert not saved.faults and saved.draft.version == 2
    body = norming.draft_of(cast.hao, made.id).body
    assert (draft_place.read(body, TITLE), draft_place.read(body, "words/en/step/enter/title")) == (
        "Hao's title",
        "Eve's title",
    )


def test_two_managers_in_one_place_the_second_is_told(cast, eve):
    made = copied(cast.hao)
    kept(cast.hao, made, TITLE, "Hao's title")
    typed = {TITLE: ("text", ["Eve's title"]), "words/es/step/knock/title": ("text", ["De Eve"])}
    saved = norming.save(eve, made.id, 0, typed, NOW)
    assert saved.faults == {TITLE: "changed_meanwhile"} and saved.meanwhile[TITLE].person == cast.hao
    body = norming.draft_of(cast.hao, made.id).body
    assert draft_place.read(body, TITLE) == "Hao's title"
    assert draft_place.read(body, "words/es/step/knock/title") == "De Eve", "what nobody else touched is kept"


def test_a_page_that_was_left_as_it_was_takes_nothing_back(cast, eve):
    made = copied(cast.hao)
    before = draft_place.read(made.body, TITLE)
    kept(cast.hao, made, TITLE, "Hao's title")
    saved = kept(eve, made, TITLE, before, base=0)
    assert not saved.faults and not saved.changed
    assert draft_place.read(norming.draft_of(cast.hao, made.id).body, TITLE) == "Hao's title"


def test_looking_again_lets_the_second_one_decide(cast, eve):
    made = copied(cast.hao)
    kept(cast.hao, made, TITLE, "Hao's title")
    saved = kept(eve, made, TITLE, "Eve's title", base=norming.draft_of(eve, made.id).version)
    assert not saved.faults
    assert [(one.person.login, one.path) for one in norms.edits_since(made.id, 0)] == [
        ("hao", TITLE),
        ("eve", TITLE),
    ]


def test_a_step_that_somebody_else_changed_is_not_taken_out_unseen(cast, eve):
    made = copied(cast.hao)
    kept(cast.hao, made, "words/en/step/kit/title", "Hao's title")
    act, place = (lambda body: draft.without_step(body, "kit")), "structure/step/kit"
    with pytest.raises(errors.Invalid) as raised:
        norming.change(eve, made.id, 0, act, NOW, place)
    assert raised.value.fields == {"main": "changed_meanwhile"}
    assert norming.change(eve, made.id, 1, act, NOW, place).version == 2


def test_a_draft_that_somebody_else_changed_is_not_thrown_away_unseen(cast, eve):
    made = copied(cast.hao)
    kept(cast.hao, made, TITLE, "Hao's title")
    with pytest.raises(errors.Invalid):
        norming.discard(eve, made.id, 0, NOW)
    norming.discard(eve, made.id, 1, NOW)
    assert norming.drafts(cast.hao) == []


@pytest.mark.parametrize("who", ["mei", "ana", "wu", "tec", "root"])
def test_only_the_manager_of_the_outlet_writes_its_norm(cast, who):
    made, person = copied(cast.hao), getattr(cast, who)
    stranger = builders.person(cast.elsewhere, role="manager")
    for act in (
        lambda: norming.copy(person, protocol.load(MAKER).hash, NOW), lambda: norming.drafts(person),
        lambda: norming.versions(person, NOW), lambda: norming.draft_of(person, made.id),
        lambda: kept(person, made, TITLE, "Mine"), lambda: published(person, made),
        lambda: norming.use(person, protocol.load(MAKER).hash, {"from_day": TODAY}, NOW),
        lambda: norming.discard(person, made.id, 0, NOW),
        lambda: norming.draft_of(stranger, made.id), lambda: kept(stranger, made, TITLE, "Mine"),
    ):  # fmt: skip
        with pytest.raises(errors.NotFound):
            act()


# ---------------------------------------------------------------- by data alone


def test_a_step_and_a_remedy_are_added_by_data_alone_and_a_visit_walks_them(cast):
    """A step of a kind that exists and a remedy with an effect of the registry: no line of Python is written for them."""
    made, ids = copied(cast.hao), {}

    def step(body):
        body, ids["step"] = draft.with_step(body, "checklist", "at_the_door", "Photograph the meter", "en")
        body, ids["field"] = draft.with_field(
            body, f"step/{ids['step']}", "tick", "Meter is photographed", "en"
        )
        body, ids["problem"] = draft.with_problem(body, ids["step"], "Meter is locked", "Ask the desk", "en")
        body, ids["remedy"] = draft.with_remedy(
            body, ids["step"], ids["problem"], "Go on without", "skip", "en"
        )
        return body

    made = norming.change(cast.hao, made.id, 0, step, NOW)
    wrong = norming.findings(made)
    assert wrong and all(one.code == "missing" and one.path[2] == ids["step"] for one in wrong)
    assert {one.language for one in wrong} == set(LANGUAGES)
    base = f"step/{ids['step']}"
    words = [base + path for path in ("/title", "/standard", "/main", f"/field/{ids['field']}/label")]
    problem = f"{base}/problem/{ids['problem']}"
    words += [
        f"{problem}/title",
        f"{problem}/remedy/{ids['remedy']}/title",
        f"{problem}/remedy/ask_the_desk/title",
    ]
    typed = {
        f"words/{tongue}/{path}": ("text", [f"{tongue} {path}"]) for tongue in LANGUAGES for path in words
    }
    saved = norming.save(cast.hao, made.id, made.version, typed, NOW)
    assert not saved.faults and norming.findings(saved.draft) == []
    norm = published(cast.hao, made)
    visit = builders.visit(cast.mei)
    assert visit.protocol == norm.hash
    played = Rehearsal(cast.mei, visit.id, NOW)
    played.until(ids["step"])
    assert played.opened.walk.next_step == ids["step"]
    played.act(ids["step"], "problem", {"problem": ids["problem"], "remedy": ids["remedy"]})
    assert played.opened.walk.steps[ids["step"]].status == "passed"
    assert played.opened.walk.next_step != ids["step"]
    other = Rehearsal(cast.mei, builders.visit(cast.mei, at="15:00").id, NOW)
    other.until(None)
    assert other.opened.walk.state == "finished"


def test_flask_check_reads_what_was_published_too(cast, monkeypatch):
    changed_and_published(cast.hao)
    assert keeping.faults() == []
    monkeypatch.setattr(protocol_check, "KINDS", ())
    found = [line for line in keeping.faults() if line.startswith("norm maker 2026-11-hz1-1:")]
    assert found and "step accept: kind 'accept' does not exist" in found[0]
