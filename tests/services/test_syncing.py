"""Syncing: what a phone kept arrives once, in its order, whatever the road did to it."""

import random
import uuid
from datetime import timedelta

import pytest

from app.models.inbox import InboxEntry
from app.models.records import Record
from app.services import syncing, visiting
from app.services.syncing import Entry
from app.services.visiting import Submission
from tests import builders
from tests.builders import NOW

PHONE = "phone-1"


@pytest.fixture
def visit(cast):
    return builders.visit(cast.mei)


def entry(visit, seq, step="accept", act="passed", fields=None, **more):
    """One entry of Mei's phone; passing a step is the smallest act there is."""
    fields = {"reason": "not_needed"} if fields is None else fields
    at = NOW + timedelta(minutes=seq)
    key = more.pop("key", None) or str(uuid.uuid4())
    return Entry(Submission(visit.id, step, act, key, fields, at, device=PHONE, **more), seq)


def receive(cast, *entries, watch=()):
    return syncing.receive(cast.mei, PHONE, entries, list(watch), NOW + timedelta(hours=1))


def states(receipt):
    return [result["state"] for result in receipt.results.values()]


def test_entries_in_order_are_applied_with_the_time_at_which_they_were_made(cast, visit):
    sent = [entry(visit, 1), entry(visit, 2, "analyse"), entry(visit, 3, "call")]
    receipt = receive(cast, *sent)
    assert states(receipt) == ["applied"] * 3 and receipt.versions == {visit.id: 3}
    assert [record.at for record in Record.select().order_by(Record.seq)] == [
        one.submission.at for one in sent
    ]


def test_the_same_batch_again_changes_nothing(cast, visit):
    sent = [entry(visit, 1), entry(visit, 2, "analyse")]
    receive(cast, *sent)
    assert states(receive(cast, *sent)) == ["applied", "applied"]
    assert Record.select().count() == 2


def test_a_later_entry_is_held_until_the_earlier_one_arrives(cast, visit):
    first, second = entry(visit, 1), entry(visit, 2, "analyse")
    early = receive(cast, second)
    assert states(early) == ["held"] and early.missing == {visit.id: 1} and Record.select().count() == 0
    assert (
        receive(cast, first, watch=[second.submission.key]).watched[second.submission.key]["state"]
        == "applied"
    )
    assert [record.step for record in Record.select().order_by(Record.seq)] == ["accept", "analyse"]


def test_a_refused_entry_holds_the_later_ones_until_it_is_put_right(cast, visit):
    wrong = entry(visit, 1, fields={"reason": "no such reason"})
    later = entry(visit, 2, "analyse")
    receipt = receive(cast, wrong, later)
    assert states(receipt) == ["refused", "held"]
    assert receipt.results[wrong.submission.key]["fields"] == {"reason": "not_an_option"}
    right = entry(visit, 9, corrects=wrong.submission.key)
    assert states(receive(cast, right)) == ["applied"]
    assert [record.step for record in Record.select().order_by(Record.seq)] == ["accept", "analyse"]
    assert InboxEntry.get(InboxEntry.key == wrong.submission.key).state == "superseded"


def test_the_same_key_with_other_content_is_a_mismatch_and_stores_nothing(cast, visit):
    first = entry(visit, 1)
    receive(cast, first)
    other = entry(visit, 1, "analyse", key=first.submission.key)
    assert states(receive(cast, other)) == ["mismatch"] and Record.select().count() == 1


def test_a_number_that_was_used_under_another_key_asks_for_a_new_device(cast, visit):
    receive(cast, entry(visit, 1))
    assert states(receive(cast, entry(visit, 1, "analyse"))) == ["reseq"]


def test_a_gap_that_the_phone_cannot_fill_is_voided(cast, visit):
    receive(cast, entry(visit, 2, "analyse"))
    receipt = receive(cast, entry(visit, 1, act="void", fields={}))
    assert states(receipt) == ["applied"] and [record.step for record in Record.select()] == ["analyse"]


def test_an_entry_for_somebody_elses_visit_is_not_found(cast):
    toms = builders.visit(cast.tom)
    receipt = receive(cast, entry(toms, 1))
    assert receipt.results.popitem()[1] == {"state": "refused", "reason": "not_found"}
    assert InboxEntry.select().count() == 0


def test_a_fault_of_ours_is_refused_with_a_reference_and_spoils_no_other_entry(cast, visit, monkeypatch):
    real = visiting.apply

    def breaks(before, submission, *rest):
        if submission.step == "analyse":
            raise RuntimeError("bug")
        return real(before, submission, *rest)

    monkeypatch.setattr(visiting, "apply", breaks)
    sent = [entry(visit, 1), entry(visit, 2, "analyse"), entry(visit, 3, "call")]
    receipt = receive(cast, *sent)
    assert states(receipt) == ["applied", "refused", "held"]
    assert receipt.results[sent[1].submission.key]["reason"] == "broken"


def test_the_form_and_the_outbox_end_in_the_same_place(cast, visit):
    receive(cast, entry(visit, 1))
    key = str(uuid.uuid4())
    form = Submission(visit.id, "analyse", "passed", key, {"reason": "not_needed"}, NOW + timedelta(hours=2))
    visiting.submit(cast.mei, form, NOW + timedelta(hours=2))
    assert states(receive(cast, entry(visit, 2, "call"))) == ["applied"]
    assert [record.seq for record in Record.select().order_by(Record.id)] == [1, 2, 3]


@pytest.mark.parametrize("seed", range(8))
def test_lost_answers_repeats_and_shuffles_leave_each_save_once_and_in_order(cast, visit, seed):
    chance = random.Random(seed)
    steps = ["accept", "analyse", "call", "kit", "depart", "look", "enter", "covers", "mat", "listen"]
    kept = [entry(visit, seq, step) for seq, step in enumerate(steps, 1)]
    for _ in range(40):
        batch = chance.sample(kept, chance.randint(1, 5))
        receive(cast, *(batch if chance.random() < 0.5 else sorted(batch, key=lambda one: one.seq)))
    receive(cast, *kept)
    assert [record.step for record in Record.select().order_by(Record.seq)] == steps
