"""What a phone hands in by JSON: odd values become an entry or a plain refusal, never a fault of ours."""

import json
import uuid
from typing import Any

import pytest

from app.models import records
from tests import builders


@pytest.fixture
def visit(cast):
    return builders.visit(cast.mei)


def entry(visit, /, **changed: Any) -> dict[str, Any]:
    made = {"key": str(uuid.uuid4()), "seq": 1, "visit": visit.id, "step": "listen", "act": "done", "base": "",
            "at": visit.created_at.isoformat(), "fields": {"words": "It drips"}, "formv": "1"}  # fmt: skip
    return {**made, **changed}


def hand_in(client, *entries: Any) -> Any:
    sent = {"batch": "b1", "device": builders.DEVICE, "entries": list(entries)}
    headers = {"X-Outbox": "1", "Content-Type": "application/json"}
    return client.post("/outbox", data=json.dumps(sent), headers=headers)


def test_an_entry_is_applied_and_named_in_the_receipt(mei, visit):
    one = entry(visit)
    answer = hand_in(mei, one)
    assert answer.status_code == 200 and answer.json["results"][one["key"]]["state"] == "applied"
    assert records.of_visit(visit.id)[0].body["words"] == "It drips"


def test_half_of_a_sign_is_stored_as_a_question_mark_and_blocks_nothing(mei, visit):
    answer = hand_in(mei, entry(visit, fields={"words": "leaks \ud83d here"}))
    assert answer.status_code == 200
    assert records.of_visit(visit.id)[0].body["words"] == "leaks ? here"


@pytest.mark.parametrize(
    "changed",
    [
        {"fields": {"words": None}}, {"fields": {"words": {"deep": [1]}}}, {"fields": {"words": [None, 7]}},
        {"fields": {"words": 12.5}}, {"fields": {"words": True, "\ud800": "x"}}, {"fields": {"symptoms": "leaks_water"}},
        {"fields": {}},
    ],
)  # fmt: skip
def test_strange_values_become_text_or_a_named_fault(mei, visit, changed):
    one = entry(visit, **changed)
    answer = hand_in(mei, one)
    assert answer.status_code == 200
    assert answer.json["results"][one["key"]]["state"] in ("applied", "refused")


@pytest.mark.parametrize(
    "changed",
    [
        {"base": {"a": 1}}, {"base": 7}, {"corrects": ["x"]}, {"corrects": "\ud800"}, {"step": "\ud800"}, {"act": "д"},
        {"step": None}, {"key": "1"}, {"at": "now"}, {"at": "2026-11-23T10:00"}, {"at": None}, {"seq": 0}, {"seq": "x"},
        {"visit": "x"}, {"visit": None}, {"fields": []}, {"fields": None}, {"act": ""}, {"act": "x" * 31},
    ],
)  # fmt: skip
def test_an_envelope_that_cannot_be_read_is_refused_as_malformed(mei, visit, changed):
    answer = hand_in(mei, entry(visit, **changed))
    assert answer.status_code == 400 and records.of_visit(visit.id) == ()


@pytest.mark.parametrize("one", [None, [], "x", 7, {}])
def test_what_is_no_entry_at_all_is_malformed(mei, visit, one):
    assert hand_in(mei, one).status_code == 400
