"""What a phone hands in by JSON: odd values become an entry or a plain refusal, never a fault of ours."""

import hashlib
import json
import uuid
from typing import Any

import pytest

from app.domain import seal
from app.models import records
from app.models.inbox import InboxEntry
from app.services import applying, authenticating
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


ODD = [
    {"base": {"a": 1}}, {"base": 7}, {"corrects": ["x"]}, {"corrects": "\ud800"}, {"step": "\ud800"}, {"act": "д"},
    {"step": None}, {"at": "now"}, {"at": "2026-11-23T10:00"}, {"at": None}, {"fields": []}, {"fields": None},
    {"act": ""}, {"act": "x" * 31}, {"role": "desk"}, {"role": 7}, {"clock": "x"}, {"clock": {"a": "x" * 3000}},
    {"shown": [1]}, {"proof": 1}, {"fields": {"words": "x" * 100_001}}, {"fields": {"words": ["x"] * 61}},
]  # fmt: skip


@pytest.mark.parametrize("changed", ODD)
def test_what_cannot_be_read_is_refused_alone_and_keeps_its_place(mei, visit, changed):
    odd, fine = entry(visit, **changed), entry(visit, seq=2, base=None)
    answer = hand_in(mei, odd, fine)
    assert answer.status_code == 200 and answer.json["missing"] == {}
    told = answer.json["results"]
    assert (told[odd["key"]]["state"], told[odd["key"]]["reason"]) == ("refused", "malformed")
    assert told[odd["key"]]["text"] and told[fine["key"]]["state"] == "held"
    right = entry(visit, seq=9, corrects=odd["key"])
    assert hand_in(mei, right).json["results"][right["key"]]["state"] == "applied"
    assert len(records.of_visit(visit.id)) == 2


@pytest.mark.parametrize(
    "changed",
    [
        {"key": "1"}, {"key": str(uuid.uuid4()).upper()}, {"key": 7}, {"key": None}, {"key": "\ud800"}, {"key": "x" * 99},
        {"seq": 0}, {"seq": "x"}, {"seq": True}, {"seq": 1.5}, {"seq": 2**60}, {"seq": None}, {"visit": "x"},
        {"visit": None}, {"visit": 10**30}, {"visit": -1},
    ],
)  # fmt: skip
def test_without_a_place_it_is_refused_and_stored_nowhere(mei, visit, changed):
    odd, fine = entry(visit, **changed), entry(visit)
    answer = hand_in(mei, odd, fine)
    states = sorted(one["state"] for one in answer.json["results"].values())
    assert states == ["applied", "refused"] and InboxEntry.select().count() == 1


@pytest.mark.parametrize("one", [None, [], "x", 7, {}, {"key": []}])
def test_what_is_no_entry_at_all_is_refused(mei, visit, one):
    answer = hand_in(mei, one)
    assert answer.status_code == 200 and answer.json["results"]["#0"]["reason"] == "malformed"


@pytest.mark.parametrize(
    "body",
    ["", "[]", "x", '{"entries": 1}', '{"entries": [], "device": "d"}', '{"entries": [], "batch": "b"}',
     '{"entries": [], "batch": "\\ud800", "device": "d"}', "[" * 100_000],
)  # fmt: skip
def test_what_is_no_batch_is_malformed(mei, visit, body):
    answer = mei.post("/outbox", data=body, headers={"X-Outbox": "1"})
    assert answer.status_code == 400 and answer.json["code"] == "malformed"


def test_too_much_at_once_is_not_taken(mei, visit):
    assert hand_in(mei, *[entry(visit, seq=seq) for seq in range(1, 27)]).status_code == 413
    assert hand_in(mei, entry(visit, fields={str(n): "x" * 99_000 for n in range(25)})).status_code == 413
    assert InboxEntry.select().count() == 0


def test_watched_keys_may_be_anything(mei, visit):
    sent = {"batch": "b", "device": "d", "entries": [], "watch": ["\ud800", 7, None, "x" * 500]}
    answer = mei.post("/outbox", data=json.dumps(sent), headers={"X-Outbox": "1"})
    assert answer.status_code == 200 and answer.json["watch"] == {}


def test_a_refusal_is_told_in_the_persons_language(mei, visit, cast):
    cast.mei.language = "es"
    cast.mei.save()
    one = entry(visit, fields={})
    told = hand_in(mei, one).json["results"][one["key"]]
    assert told["reason"] == "invalid" and told["fields"] == {"words": "required"} and told["text"]


def test_nobody_signed_in_is_told_so_in_json(client, visit):
    answer = hand_in(client, entry(visit))
    assert answer.status_code == 401 and answer.json["code"] == "sign_in_needed"
    assert "X-Doorstep-Wipe" not in client.get("/").headers
    assert InboxEntry.select().count() == 0


def test_another_persons_entries_are_not_taken(mei, visit, cast):
    sent = {"batch": "b", "device": "d", "entries": [entry(visit)], "user": cast.li.id}
    answer = mei.post("/outbox", data=json.dumps(sent), headers={"X-Outbox": "1"})
    assert answer.status_code == 409 and InboxEntry.select().count() == 0


def test_a_phone_signed_out_from_elsewhere_hands_in_and_is_wiped(app, cast, visit, sign_in):
    client = app.test_client()
    session = sign_in(client, "mei")
    authenticating.sign_out_everywhere(cast.mei, session.created)
    one = entry(visit)
    answer = hand_in(client, one)
    assert answer.status_code == 200 and answer.json["wipe"] is True and answer.json["ack"] == "b1"
    assert answer.json["results"][one["key"]]["state"] == "held"
    assert records.of_visit(visit.id) == ()
    again = client.get(f"/visits/{visit.id}/data", headers={"Accept": "application/json"})
    assert (again.status_code, again.json["code"], again.headers["X-Doorstep-Wipe"]) == (401, "revoked", "1")
    assert client.get("/").headers["X-Doorstep-Wipe"] == "1"
    applying.again(cast.ana, one["key"], builders.NOW)
    assert len(records.of_visit(visit.id)) == 1


def test_the_tally_says_what_the_office_has(mei, visit):
    entries = [entry(visit, seq=seq, step="covers", act="attempt") for seq in (1, 3)]
    answer = hand_in(mei, *entries)
    lines = "".join(
        f"{one['seq']} {one['key']} {seal.digest([visit.id, one['step'], one['act'], one['fields']])}\n"
        for one in entries
    )
    expected = {"count": 2, "digest": hashlib.sha256(lines.encode()).hexdigest()}
    assert answer.json["tallies"] == {str(visit.id): expected}


def test_a_phone_that_has_nothing_to_send_may_ask_what_the_office_has(mei, visit, cast):
    hand_in(mei, entry(visit))
    others = builders.visit(cast.tom)
    sent = {
        "batch": "b",
        "device": builders.DEVICE,
        "entries": [],
        "visits": [visit.id, others.id, "x", 10**30],
    }
    answer = mei.post("/outbox", data=json.dumps(sent), headers={"X-Outbox": "1"})
    assert (
        list(answer.json["tallies"]) == [str(visit.id)]
        and answer.json["tallies"][str(visit.id)]["count"] == 1
    )
    assert answer.json["versions"] == {str(visit.id): 1}
