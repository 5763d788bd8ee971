"""Copying: a link to the customer's own copy that runs out; made, passed on and opened are three facts."""

from datetime import timedelta

import pytest

from app import errors
from app.models.copy_links import CopyLink
from app.services import copying
from app.services.rehearsing import Rehearsal
from tests import builders
from tests.builders import NOW

LATER = NOW + timedelta(hours=5)
HOME = "203.0.113.9"


@pytest.fixture
def visit(cast):
    play = Rehearsal(cast.mei, builders.visit(cast.mei).id, NOW)
    play.until(None)
    return play.opened.visit


def test_without_a_signature_there_is_nothing_to_link_to(cast):
    with pytest.raises(errors.NotFound):
        copying.make(cast.mei, builders.visit(cast.mei).id, LATER)
    assert not CopyLink.select().exists()


def test_the_same_link_is_found_until_it_runs_out_or_is_taken_back(cast, visit):
    first = copying.make(cast.mei, visit.id, LATER)
    assert copying.make(cast.ana, visit.id, LATER).id == first.id and len(first.token) >= 22
    copying.take_back(cast.ana, visit.id, LATER)
    second = copying.make(cast.mei, visit.id, LATER)
    assert second.id != first.id
    assert copying.make(cast.mei, visit.id, LATER + copying.VALID).id != second.id


def test_made_passed_on_and_opened_are_three_facts(cast, visit):
    link = copying.make(cast.mei, visit.id, LATER)
    assert (link.given_at, link.opened_at, link.way) == (None, None, "")
    with pytest.raises(errors.Invalid):
        copying.given(cast.mei, visit.id, "pigeon", LATER)
    copying.given(cast.mei, visit.id, "sms", LATER)
    kept = CopyLink.get()
    assert (kept.way, kept.given_by_id, kept.opened_at) == ("sms", cast.mei.id, None)
    for later in (1, 2):
        copying.open_copy(link.token, HOME, LATER + timedelta(minutes=later))
    assert CopyLink.get().opened_at == LATER + timedelta(minutes=1), "the first time is kept"


def test_the_link_opens_the_visit_that_was_signed_until_it_is_gone(cast, visit):
    link = copying.make(cast.mei, visit.id, LATER)
    assert copying.open_copy(link.token, HOME, LATER).visit.id == visit.id
    with pytest.raises(errors.Gone):
        copying.open_copy(link.token, HOME, LATER + copying.VALID)
    copying.take_back(cast.mei, visit.id, LATER)
    with pytest.raises(errors.Gone):
        copying.open_copy(link.token, HOME, LATER)


def test_guessing_is_slowed_down_and_a_good_link_is_not_told_apart(cast, visit):
    link = copying.make(cast.mei, visit.id, LATER)
    tries = 0
    with pytest.raises(errors.TooManyTries):
        for tries in range(60):
            with pytest.raises(errors.NotFound):
                copying.open_copy(f"guess{tries}", HOME, LATER)
    assert copying.FREE_TRIES <= tries < 60
    with pytest.raises(errors.TooManyTries):
        copying.open_copy(link.token, HOME, LATER)
    assert copying.open_copy(link.token, "198.51.100.7", LATER).visit.id == visit.id


def test_another_persons_visit_has_no_link(cast, visit):
    copying.make(cast.mei, visit.id, LATER)
    for who in (cast.li, cast.tom):
        for act in (copying.link_of, copying.make, copying.take_back):
            with pytest.raises(errors.NotFound):
                act(who, visit.id, LATER)
