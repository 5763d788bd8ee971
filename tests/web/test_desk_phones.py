"""The desk and the engineers' phones: what was not taken, clocks in doubt, the code for a forgotten PIN, a lost phone."""

import hashlib
import logging

import pytest

from app.models.inbox import InboxEntry
from app.models.sessions import Session
from app.models.tasks import Task
from app.services import authenticating, visiting
from tests import builders
from tests.builders import NOW
from tests.services.phoning import Phone, reading

PASS = {"reason": "not_needed"}
HASH = hashlib.sha256(b"x").hexdigest()
CODE = "7K2M9QRT4XYZ"


@pytest.fixture
def visit(cast):
    return builders.visit(cast.mei)


@pytest.fixture
def desk(app, cast, sign_in):
    client = app.test_client()
    sign_in(client, "ana")
    return client


@pytest.fixture
def refused(cast, visit):
    phone = Phone(cast.mei, visit)
    wrong, later = phone.keep("accept", "passed", {}), phone.keep("analyse", "passed", PASS)
    phone.send(wrong, later)
    return wrong.submission.key


def text(answer):
    return answer.get_data(as_text=True)


def test_the_board_says_which_phones_need_a_look(desk, visit, refused):
    page = text(desk.get(f"/desk?day={visit.day}"))
    assert "One entry refused" in page and "One entry waits" in page and f"#entries-{visit.id}" in page


def test_a_quiet_board_has_no_list_of_phones(desk, visit):
    assert "phones-title" not in text(desk.get("/desk"))


def test_the_job_shows_the_entry_with_its_reason_and_lets_go_of_it(desk, visit, refused):
    place = f"/desk/work-orders/{visit.work_order_id}"
    page = text(desk.get(place))
    assert "This needs correcting" in page and f"/desk/entries/{refused}/again" in page
    again = desk.post(f"/desk/entries/{refused}/again")
    assert (
        again.location == f"{place}#entries-{visit.id}" and InboxEntry.get_by_id(refused).state == "refused"
    )
    desk.post(f"/desk/entries/{refused}/withdrawal", data={"reason": ""})
    assert InboxEntry.get_by_id(refused).state == "refused"
    assert (
        desk.post(f"/desk/entries/{refused}/withdrawal", data={"reason": "Was Tuesday's"}).status_code == 303
    )
    assert [one.state for one in InboxEntry.select().order_by(InboxEntry.seq)] == ["withdrawn", "applied"]
    assert "Was Tuesday&#39;s" in text(desk.get(place))
    assert desk.post(f"/desk/entries/{refused}/again").status_code == 303
    assert InboxEntry.get_by_id(refused).state == "withdrawn"


def test_a_clock_in_doubt_stands_beside_the_entry_and_on_the_card(desk, cast, visit):
    phone = Phone(cast.mei, visit)
    for step in ("accept", "analyse"):
        phone.do(step, "passed", PASS, clock=reading(NOW, skew_s=-840))
    at = visiting.opened(cast.mei, visit.id, NOW).walk.appointment
    phone.do("arrive", fields={}, clock=reading(at, seen=False))
    assert "clock 14 min slow" in text(desk.get(f"/desk/work-orders/{visit.work_order_id}"))
    assert "Arrival not proven" in text(desk.get(f"/desk?day={visit.day}"))


def test_what_was_signed_otherwise_is_told_in_figures(desk, cast, visit):
    task = Task.create(outlet=cast.home, visit=visit, kind="review", step="consent", owner_role="dispatcher", created_at=NOW,
                due_at=NOW, data={"act": "agreed", "shown": 12300, "total": 14500})  # fmt: skip
    page = text(desk.get(f"/desk/work-orders/{visit.work_order_id}"))
    assert "The agreed total differs from ours; it stands" in page and "123" in page and "145" in page
    page = text(desk.get(f"/desk/tasks/{task.id}"))
    assert "The customer saw" in page and "It would be now" in page and "145" in page
    assert "The agreed total differs" in text(desk.get("/desk/tasks"))
    assert desk.post(f"/desk/tasks/{task.id}", data={"ruling": "done", "answer": "Seen"}).status_code == 303


@pytest.fixture
def meis(cast):
    session, _token = builders.session(cast.mei, user_agent="Chrome Android")
    authenticating.set_unlock_hash(session, HASH, CODE)
    return session


def test_the_code_is_read_out_once_and_it_is_noted_by_whom(desk, cast, meis, caplog):
    place = f"/desk/people/{cast.mei.id}"
    page = text(desk.get(f"{place}/phones"))
    assert CODE not in page.replace("-", "") and "Show the unlock code once" in page
    with caplog.at_level(logging.INFO):
        first = desk.post(f"{place}/unlock-code", data={"session": meis.id})
    assert "7K2M-9QRT-4XYZ" in text(first) and first.headers["Cache-Control"] == "no-store"
    second = desk.post(f"{place}/unlock-code", data={"session": meis.id})
    assert second.status_code == 303 and "Ana" in text(desk.get(f"{place}/phones"))
    assert Session.get_by_id(meis.id).unlock_code is None
    assert "unlock_code_read" in [one.message for one in caplog.records] and CODE not in caplog.text


def test_a_new_pin_brings_a_new_code(desk, cast, meis):
    authenticating.set_unlock_hash(meis, HASH, "ABCDEFGHJKMN")
    page = text(desk.post(f"/desk/people/{cast.mei.id}/unlock-code", data={"session": meis.id}))
    assert "ABCD-EFGH-JKMN" in page


def test_the_code_comes_with_the_pin_and_goes_with_the_sign_in(app, cast, sign_in):
    client = app.test_client()
    session = sign_in(client, "mei")
    client.post("/pin", data={"unlock_hash": HASH, "unlock_code": CODE})
    assert Session.get_by_id(session.id).unlock_code == CODE
    client.post("/pin", data={"unlock_hash": HASH, "unlock_code": "<b>"})
    assert Session.get_by_id(session.id).unlock_code is None


@pytest.mark.parametrize("who", ["wu", "tec", "mei"])
def test_others_read_no_codes(app, cast, meis, sign_in, who):
    client = app.test_client()
    sign_in(client, who)
    place = f"/desk/people/{cast.mei.id}"
    assert client.get(f"{place}/phones").status_code == 404
    assert client.post(f"{place}/unlock-code", data={"session": meis.id}).status_code == 404
    assert client.post(f"{place}/sign-out").status_code == 404
    assert Session.get_by_id(meis.id).unlock_code == CODE


def test_nobody_reads_the_own_code_or_one_of_another_phone(desk, cast, meis):
    mine, _token = builders.session(cast.ana, device="x")
    authenticating.set_unlock_hash(mine, HASH, CODE)
    assert desk.post(f"/desk/people/{cast.ana.id}/unlock-code", data={"session": mine.id}).status_code == 404
    assert desk.post(f"/desk/people/{cast.li.id}/unlock-code", data={"session": meis.id}).status_code == 404
    assert desk.post(f"/desk/people/{cast.mei.id}/unlock-code", data={"session": "x"}).status_code == 404


def test_a_lost_phone_is_signed_out_everywhere(desk, cast, meis):
    assert desk.post(f"/desk/people/{cast.mei.id}/sign-out").status_code == 303
    closed = Session.get_by_id(meis.id)
    assert closed.revoked_at is not None and closed.unlock_hash is None and closed.unlock_code is None
    assert "Not signed in anywhere" in text(desk.get(f"/desk/people/{cast.mei.id}/phones"))
