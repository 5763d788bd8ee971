"""The owner who is not at home agrees by a link: what it shows, what is kept, and when it can no longer be answered."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from app import errors
from app.domain import seal
from app.models.approvals import Approval
from app.services import approving, verifying, visiting
from app.services.rehearsing import Rehearsal
from tests import builders

NOW = datetime.now(UTC)


@pytest.fixture
def played(cast):
    """Mei has found the fault and quoted a part; the price waits for consent."""
    rehearsal = Rehearsal(
        cast.mei, builders.visit(cast.mei, now=NOW - timedelta(hours=2)).id, NOW - timedelta(hours=1)
    )
    rehearsal.until("diagnose")
    rehearsal.quote([("labour_small", 1)])
    rehearsal.until("consent")
    return rehearsal


@pytest.fixture
def owner(app, played):
    """The owner's own phone: no session of ours."""
    return app.test_client()


def link_of(mei, played):
    assert mei.post(f"/visits/{played.visit_id}/approval").status_code == 303
    html = mei.get(f"/visits/{played.visit_id}/approval").get_data(as_text=True)
    return re.search(r'data-share="https?://[^/]+(/a/[^"]+)"', html)[1]


def walk_of(cast, played):
    return visiting.opened(cast.mei, played.visit_id, NOW).walk


def test_the_owner_sees_what_is_proposed_and_the_price_and_agrees(mei, cast, played, owner):
    link = link_of(mei, played)
    assert "Not opened yet" in mei.get(f"/visits/{played.visit_id}/approval").get_data(as_text=True)
    html = owner.get(link).get_data(as_text=True)
    total = walk_of(cast, played).fee.total
    assert f"{total / 100:.2f}" in html and "Ms Chen" in html and "Labour, simple repair" in html
    assert "Opened by the owner" in mei.get(f"/visits/{played.visit_id}/approval").get_data(as_text=True)
    assert owner.post(link, data={"act": "agreed", "name": " Chen Jing "}).status_code == 303
    kept = visiting.opened(cast.mei, played.visit_id, NOW)
    record = kept.records[-1]
    assert (record.act, record.role, record.step) == ("agreed", "owner", "consent")
    assert (record.body["name"], record.body["total"], record.body["how"]) == ("Chen Jing", total, "link")
    assert record.body["digest"] == seal.digest(record.body["content"])
    assert kept.walk.consented and kept.walk.steps["consent"].status == "done"
    assert "You have agreed" in owner.get(link).get_data(as_text=True)


def test_the_engineer_sees_the_answer_with_the_name_and_goes_on(mei, cast, played, owner):
    owner.post(link_of(mei, played), data={"act": "agreed", "name": "Chen Jing"})
    assert "The owner has agreed" in mei.get(f"/visits/{played.visit_id}/approval").get_data(as_text=True)
    assert "Chen Jing, by link" in mei.get(f"/visits/{played.visit_id}").get_data(as_text=True)
    data = mei.get(f"/visits/{played.visit_id}/data").get_json()
    body = data["records"][-1]["body"]
    assert body["total"] and "content" not in body, "what the phone replays is small"
    played.act("repair", "done", {"mode": "on_site", "measures": ["cleaned"]})


def test_a_refusal_needs_name_and_reason_and_is_kept_like_one_on_the_spot(mei, cast, played, owner):
    link = link_of(mei, played)
    answer = owner.post(link, data={"act": "refused", "name": ""})
    html = answer.get_data(as_text=True)
    assert answer.status_code == 422 and 'href="#name"' in html and 'href="#reason"' in html
    assert walk_of(cast, played).refused is None
    owner.post(link, data={"act": "refused", "name": "Chen Jing", "reason": "too_expensive"})
    refused = walk_of(cast, played).refused
    assert (refused["reason"], refused["name"]) == ("too_expensive", "Chen Jing")
    assert not walk_of(cast, played).consented
    assert "You have not agreed" in owner.get(link).get_data(as_text=True)


def test_an_answer_is_given_once(mei, cast, played, owner):
    link = link_of(mei, played)
    owner.post(link, data={"act": "agreed", "name": "Chen"})
    before = len(visiting.opened(cast.mei, played.visit_id, NOW).records)
    assert owner.post(link, data={"act": "refused", "name": "Chen", "reason": "no_trust"}).status_code == 409
    assert len(visiting.opened(cast.mei, played.visit_id, NOW).records) == before


def test_a_price_that_changed_cannot_be_agreed_to_by_an_old_link(mei, cast, played, owner):
    link = link_of(mei, played)
    played.quote([("callout", 1)])
    html = owner.get(link).get_data(as_text=True)
    assert "The proposal has changed" in html and 'value="agreed"' not in html
    assert owner.post(link, data={"act": "agreed", "name": "Chen"}).status_code == 409
    assert walk_of(cast, played).agreed is None
    assert link_of(mei, played) != link, "a new link shows the new price"


def test_a_link_holds_for_two_hours(mei, cast, played, owner):
    link = link_of(mei, played)
    Approval.update(expires=NOW - timedelta(minutes=1)).execute()
    answer = owner.get(link)
    assert answer.status_code == 410 and "This link has run out" in answer.get_data(as_text=True)
    assert owner.post(link, data={"act": "agreed", "name": "Chen"}).status_code == 409
    assert walk_of(cast, played).agreed is None


def test_a_link_that_was_not_signed_here_opens_nothing(mei, played, owner):
    link = link_of(mei, played)
    forged = link[:-2] + ("aa" if link[-2:] != "aa" else "bb")
    assert owner.get(forged).status_code == 404
    assert owner.get("/a/x").status_code == 404
    assert owner.post(forged, data={"act": "agreed", "name": "Chen"}).status_code == 404


def test_asking_twice_gives_the_same_link_while_it_holds(mei, cast, played):
    assert link_of(mei, played) == link_of(mei, played)
    assert Approval.select().count() == 1


def test_a_link_is_made_only_by_the_visit_s_engineer_and_only_for_a_price(app, cast, sign_in, played):
    li = app.test_client()
    sign_in(li, "li")
    assert li.get(f"/visits/{played.visit_id}/approval").status_code == 404
    fresh = builders.visit(cast.mei, now=NOW, at="16:00")
    with pytest.raises(errors.NotOpen):
        approving.ask(cast.mei, fresh.id, NOW)
    mei = app.test_client()
    sign_in(mei, "mei")
    html = mei.get(f"/visits/{fresh.id}/approval").get_data(as_text=True)
    assert "No link can be made now" in html and "Make the link" not in html


def test_the_page_speaks_the_customer_s_languages(mei, played, owner):
    link = link_of(mei, played)
    for language, words in (("es", 'lang="es"'), ("zh_Hans", 'lang="zh-Hans"')):
        assert words in owner.get(f"{link}?lang={language}").get_data(as_text=True)


def test_the_kept_answer_is_covered_by_the_chain_and_its_seal(mei, cast, played, owner):
    owner.post(link_of(mei, played), data={"act": "agreed", "name": "Chen"})
    report = verifying.verify()
    assert not report.findings and report.seals >= 1


def test_nothing_of_the_owner_s_page_is_for_others_to_cache_or_frame(mei, played, owner):
    answer = owner.get(link_of(mei, played))
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "same-origin"
