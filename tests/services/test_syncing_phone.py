"""Syncing with several phones, lost places, sessions that are locked or closed, and the desk that lets go."""

import hashlib
import json
import threading
from dataclasses import replace
from datetime import timedelta

import pytest

from app import errors
from app.domain import seal
from app.models import blobs, database
from app.models.inbox import InboxEntry
from app.models.records import Record
from app.models.sessions import Session
from app.models.tasks import Task
from app.services import applying, authenticating, syncing, visiting
from app.services.rehearsing import CANVAS, SIGNATURE, Rehearsal
from tests import builders
from tests.builders import NOW
from tests.services.phoning import LATER, Phone, row, state

PASS = {"reason": "not_needed"}
SECRET = "ab" * 32


@pytest.fixture
def session(cast):
    found, _token = builders.session(cast.mei, now=NOW)
    authenticating.set_unlock_hash(found, hashlib.sha256(bytes.fromhex(SECRET)).hexdigest())
    return found


@pytest.fixture
def phone(cast, visit, session):
    return Phone(cast.mei, visit, session=session)


def lock_of(session):
    return Session.get_by_id(session.id).lock_visit


def at_consent(phone):
    """A repair is quoted and the customer has to agree."""
    play = Rehearsal(phone.person, phone.visit.id, NOW)
    play.until("diagnose")
    play.quote([("callout", 1)])
    play.until("consent")
    phone.clock = play.clock
    return play


def test_two_phones_each_keep_their_own_order(cast, visit):
    one, other = Phone(cast.mei, visit, "one"), Phone(cast.mei, visit, "two")
    first, second = one.keep("accept", "passed", PASS), one.keep("analyse", "passed", PASS)
    theirs = other.keep("kit", "passed", PASS)
    assert one.send(second) == [{"state": "held"}]
    assert other.send(theirs) == [{"state": "applied"}]
    assert one.send(first) == [{"state": "applied"}]
    assert [one.step for one in Record.select().order_by(Record.seq)] == ["kit", "accept", "analyse"]


def test_the_second_phone_that_saves_the_same_step_is_told_so(cast, visit):
    one, other = Phone(cast.mei, visit, "one"), Phone(cast.mei, visit, "two")
    one.do("listen", fields={"words": "It drips"}, base="")
    (result,) = other.send(other.keep("listen", fields={"words": "It hums"}, base=""))
    assert (result["state"], result["reason"]) == ("refused", "moved")


def test_a_phone_from_a_backup_counts_anew_and_nothing_doubles(cast, visit):
    phone = Phone(cast.mei, visit, "old")
    first, second, third = (phone.keep(step, "passed", PASS) for step in ("accept", "analyse", "kit"))
    phone.send(first, second, third)
    # It knows of the first only, and has kept two more under numbers that are taken; one of its three had arrived.
    phone.seq = 1
    fourth = phone.keep("mat", "passed", PASS)
    assert phone.send(fourth)[0] == {"state": "reseq"}
    anew = Phone(cast.mei, visit, "new")
    again = [
        syncing.Entry(one.submission, place, clock=one.clock)
        for place, one in enumerate((third, fourth), start=1)
    ]
    assert anew.send(*again) == [{"state": "applied"}] * 2
    assert anew.send(anew.keep("listen", "passed", PASS, seq=3)) == [{"state": "applied"}]
    assert [one.step for one in Record.select().order_by(Record.seq)] == [
        "accept",
        "analyse",
        "kit",
        "mat",
        "listen",
    ]
    assert syncing.tally(visit.id, "new")["count"] == 3


def test_a_place_that_another_entry_holds_asks_to_count_anew(phone):
    phone.send(phone.keep("kit", "passed", PASS, seq=5))
    assert phone.send(phone.keep("mat", "passed", PASS, seq=5)) == [{"state": "reseq"}]


def test_an_empty_entry_takes_the_place_of_a_refused_one(phone):
    wrong, later = phone.keep("accept", "passed", {}), phone.keep("analyse", "passed", PASS)
    phone.send(wrong, later)
    empty = phone.keep("accept", "void", {"reason": "Twice"}, corrects=wrong.submission.key, seq=1)
    assert phone.send(empty) == [{"state": "applied"}]
    assert (state(wrong), state(later)) == ("superseded", "applied")


def test_what_was_kept_later_builds_on_what_was_put_right(phone):
    """Three saves of one step, each on the one before; the first is refused, put right under a key of its own."""
    first = phone.keep("listen", fields={}, base="")
    second = phone.keep("listen", fields={"words": "It hums"}, base=first.submission.key)
    third = phone.keep("listen", fields={"words": "It drips"}, base=second.submission.key)
    assert [one["state"] for one in phone.send(first, second, third)] == ["refused", "held", "held"]
    right = phone.keep("listen", fields={"words": "It"}, base="", corrects=first.submission.key)
    phone.send(right)
    assert [one.body["words"] for one in phone.opened.records] == ["It", "It hums", "It drips"]


@pytest.mark.parametrize("by_desk", [True, False])
def test_what_was_kept_later_builds_on_what_stood_before_when_one_is_let_go(cast, phone, by_desk):
    first = phone.keep("listen", fields={"words": "It hums"}, base="")
    wrong = phone.keep("listen", fields={}, base=first.submission.key)
    later = phone.keep("listen", fields={"words": "It drips"}, base=wrong.submission.key)
    phone.send(first, wrong, later)
    if by_desk:
        applying.withdraw(cast.ana, wrong.submission.key, "Empty", LATER)
    else:
        phone.send(phone.keep("listen", "void", {"reason": "Empty"}, corrects=wrong.submission.key))
    assert [one.body["words"] for one in phone.opened.records] == ["It hums", "It drips"]


def test_a_line_that_was_put_right_is_found_by_what_names_it(phone):
    play = Rehearsal(phone.person, phone.visit.id, NOW)
    play.until("diagnose")
    phone.clock = play.clock
    wrong = phone.keep("diagnose", "line", {"item": "callout", "qty": "x"})
    out = phone.keep("diagnose", "unline", {"line": wrong.submission.key})
    phone.send(wrong, out)
    right = phone.keep("diagnose", "line", {"item": "callout", "qty": "1"}, corrects=wrong.submission.key)
    assert phone.send(right) == [{"state": "applied"}]
    assert state(out) == "applied" and not phone.opened.walk.lines


def test_an_entry_that_can_be_read_after_a_fix_is_taken(phone):
    whole = phone.keep("accept", "passed", PASS)
    phone.send(replace(whole, broken="{}"))
    assert state(whole) == "refused"
    assert phone.send(whole) == [{"state": "applied"}]


def test_the_desk_locks_nobodys_phone(cast, phone, session):
    at_consent(phone)
    wrong, over = phone.keep("consent", "line", {}), phone.keep("consent", "handed_over")
    phone.send(wrong, over)
    applying.withdraw(cast.ana, wrong.submission.key, "Empty", LATER)
    assert state(over) == "applied" and lock_of(session) is None


def test_only_an_own_refused_entry_can_be_put_right(cast, visit, phone):
    wrong = phone.keep("accept", "passed", {})
    phone.send(wrong)
    for other in (Phone(cast.mei, visit, "other"), Phone(cast.mei, builders.visit(cast.mei, at="14:00"))):
        other.send(other.keep("accept", "passed", PASS, corrects=wrong.submission.key))
        assert state(wrong) == "refused"


def test_the_desk_lets_go_of_an_entry_and_the_later_ones_follow(cast, phone):
    wrong, later = phone.keep("accept", "passed", {}), phone.keep("analyse", "passed", PASS)
    phone.send(wrong, later)
    applying.withdraw(cast.ana, wrong.submission.key, "Was another visit", LATER)
    assert (state(wrong), state(later)) == ("withdrawn", "applied")
    (told,) = phone.send(wrong)
    assert (told["state"], told["text"]) == ("withdrawn", "Was another visit")
    # What the engineer does about it meanwhile on his phone neither breaks his order nor waits for ever.
    empty = phone.keep("accept", "void", {}, corrects=wrong.submission.key, seq=1)
    assert phone.send(empty) == [{"state": "superseded"}]
    right = phone.keep("accept", "passed", PASS, corrects=wrong.submission.key, seq=1)
    assert phone.send(right)[0]["reason"] == "moved"


def test_the_desk_tries_again_after_a_fault_of_ours(cast, phone, monkeypatch):
    real = visiting.apply
    monkeypatch.setattr(visiting, "apply", lambda *_: 1 / 0)
    one, later = phone.keep("accept", "passed", PASS), phone.keep("analyse", "passed", PASS)
    assert [result["state"] for result in phone.send(one, later)] == ["refused", "held"]
    monkeypatch.setattr(visiting, "apply", real)
    assert applying.again(cast.ana, one.submission.key, LATER).state == "applied"
    assert state(later) == "applied" and Record.select().count() == 2


def test_the_desk_needs_a_reason_and_its_own_outlet(cast, phone):
    wrong = phone.keep("accept", "passed", {})
    phone.send(wrong)
    key = wrong.submission.key
    with pytest.raises(errors.Invalid):
        applying.withdraw(cast.ana, key, "  ", LATER)
    stranger = builders.person(cast.elsewhere, "stranger", role="dispatcher")
    for who in (stranger, cast.mei):
        with pytest.raises(errors.NotFound):
            applying.withdraw(who, key, "x", LATER)
    applying.withdraw(cast.ana, key, "x", LATER)
    for act in (
        lambda: applying.again(cast.ana, key, LATER),
        lambda: applying.withdraw(cast.ana, key, "x", LATER),
    ):
        with pytest.raises(errors.Ended):
            act()


def test_a_hand_over_locks_the_session_and_the_right_secret_opens_it(phone, session):
    at_consent(phone)
    phone.do("consent", "handed_over")
    assert lock_of(session) == phone.visit.id
    phone.do("consent", "agreed", {"total": str(phone.opened.walk.fee.total)}, role="customer")
    phone.do("consent", "handed_back", proof=SECRET)
    assert lock_of(session) is None and phone.opened.walk.hand_over is None


@pytest.mark.parametrize("proof", [None, "", "cd" * 32, "no hex", "ab"])
def test_without_the_secret_the_record_stands_and_the_session_stays_locked(phone, session, proof):
    at_consent(phone)
    phone.do("consent", "handed_over")
    phone.do("consent", "handed_back", proof=proof)
    assert phone.opened.walk.hand_over is None and lock_of(session) == phone.visit.id


def test_the_secret_itself_is_kept_nowhere(phone, session):
    at_consent(phone)
    phone.do("consent", "handed_over")
    phone.do("consent", "handed_back", proof=SECRET)
    assert SECRET not in json.dumps([one.__data__ for one in InboxEntry.select()], default=str)


def test_a_phone_that_is_back_is_not_locked_by_what_arrives_late(phone, session):
    """What lies between is refused or comes later; the engineer has long proved that the phone is his again."""
    at_consent(phone)
    gap = phone.keep("consent", "handed_over")
    wrong = phone.keep("consent", "agreed", {}, role="customer")
    back = phone.keep("consent", "handed_back", proof=SECRET)
    assert [one["state"] for one in phone.send(wrong, back)] == ["held", "held"]
    assert phone.send(gap) == [{"state": "applied"}]
    assert state(wrong) == "refused" and lock_of(session) is None


def test_a_refused_entry_does_not_keep_the_phone_locked(phone, session):
    at_consent(phone)
    phone.do("consent", "handed_over")
    wrong, back = (
        phone.keep("consent", "agreed", {}, role="customer"),
        phone.keep("consent", "handed_back", proof=SECRET),
    )
    assert [one["state"] for one in phone.send(wrong, back)] == ["refused", "held"]
    assert lock_of(session) is None


@pytest.mark.parametrize(
    ("act", "role"), [("agreed", "engineer"), ("handed_back", "customer"), ("done", "customer")]
)
def test_an_act_from_the_wrong_hands_is_refused(phone, act, role):
    at_consent(phone)
    phone.do("consent", "handed_over")
    (result,) = phone.send(phone.keep("consent", act, {"total": "1"}, role=role))
    assert (result["state"], result["reason"]) == ("refused", "not_found")


def test_what_a_revoked_phone_brings_waits_for_the_desk(cast, phone, session):
    phone.do("accept", "passed", PASS)
    late = phone.keep("analyse", "passed", PASS)
    (result,) = phone.send(late, is_revoked=True)
    assert (result["state"], result["reason"]) == ("held", "revoked")
    assert Record.select().count() == 1
    # Nothing but the desk lets it in, not even the same person's next entry.
    more = Phone(cast.mei, phone.visit, phone.device, session)
    more.seq = 2
    assert more.send(more.keep("kit", "passed", PASS))[0]["state"] == "held"
    applying.again(cast.ana, late.submission.key, LATER)
    assert [one.step for one in Record.select().order_by(Record.seq)] == ["accept", "analyse", "kit"]


def test_after_cancelling_and_giving_on_late_entries_are_taken_and_looked_at(cast, phone):
    phone.do("accept", "passed", PASS)
    visiting.reassign(cast.ana, row(phone.visit), cast.li, NOW + timedelta(hours=1))
    phone.do("depart", fields={"travel_minutes": "10"})
    assert row(phone.visit).state == "transferred"
    assert [one.kind for one in Task.select()] == ["review"]


def test_thirty_days_in_a_drawer_change_no_time(phone):
    kept = [phone.keep(step, "passed", PASS, form_version="0") for step in ("accept", "analyse")]
    assert phone.send(*kept, now=NOW + timedelta(days=30)) == [{"state": "applied"}] * 2
    assert [one.at for one in Record.select().order_by(Record.seq)] == [one.submission.at for one in kept]
    assert {one.form_version for one in InboxEntry.select()} == {"0"}


def test_more_than_a_batch_is_not_taken(phone):
    with pytest.raises(errors.TooLarge):
        phone.send(*[phone.keep("accept", "passed", PASS) for _ in range(26)])
    assert InboxEntry.select().count() == 0


def test_photos_of_an_entry_that_waits_are_named(cast, phone):
    sha = "a" * 64
    phone.send(phone.keep("diagnose", fields={"photos": f"sha256:{sha}"}, seq=2))
    assert blobs.is_named_for(sha, cast.mei) and not blobs.is_named_for(sha, cast.tom)


def test_the_same_batch_from_many_threads_has_one_effect(cast, phone):
    steps = ["accept", "analyse", "call", "kit", "depart", "look", "enter", "covers", "mat", "listen"]
    entries = [phone.keep(step, "passed", PASS) for step in steps]
    found, faults, begin = [], [], threading.Barrier(6)

    def hand_in():
        database.connect()
        try:
            begin.wait(10)
            found.append([one["state"] for one in phone.send(*entries)])
        except Exception as fault:  # told below
            faults.append(fault)
        finally:
            database.close()

    threads = [threading.Thread(target=hand_in) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not faults and found == [["applied"] * 10] * 6
    assert [one.step for one in Record.select().order_by(Record.seq)] == steps


def test_the_signed_figure_stands_and_the_desk_looks_at_it(cast, phone):
    play = Rehearsal(cast.mei, phone.visit.id, NOW)
    play.until("diagnose")
    play.quote([("callout", 1)])
    play.until("sign")
    phone.clock = play.clock
    phone.do("sign", "handed_over")
    seen = visiting.shown(phone.opened, "sign")
    other = {**seen.content, "fee": {**seen.content["fee"], "total": 12345}}
    digest = seal.digest(other)
    fields = {"how": "drawn", "strokes": SIGNATURE, "size": CANVAS, "relation": "self", "shown": digest}
    (result,) = phone.send(phone.keep("sign", "signed", fields, role="customer"))
    assert result["reason"] == "moved"  # without the content nobody knows what was signed
    right = phone.keep("sign", "signed", fields, role="customer", shown=other, seq=2,
                       corrects=InboxEntry.get(InboxEntry.state == "refused").key)  # fmt: skip
    assert phone.send(right) == [{"state": "applied"}]
    signature = phone.opened.walk.signature
    assert signature.body["digest"] == digest and signature.body["content"]["fee"]["total"] == 12345
    (task,) = Task.select().where(Task.kind == "review")
    assert (task.data["shown"], task.data["total"]) == (12345, seen.content["fee"]["total"])


@pytest.mark.parametrize("spoil", [
    lambda content: {**content, "ref": "X"}, lambda content: {**content, "fee": "free"}, lambda content: {"v": 1},
    lambda content: {**content, "extra": 1}, lambda content: {**content, "lines": {}},
])  # fmt: skip
def test_a_content_of_another_shape_is_not_what_was_signed(cast, phone, spoil):
    play = Rehearsal(cast.mei, phone.visit.id, NOW)
    play.until("sign")
    phone.do("sign", "handed_over")
    other = spoil(visiting.shown(phone.opened, "sign").content)
    fields = {
        "how": "drawn",
        "strokes": SIGNATURE,
        "size": CANVAS,
        "relation": "self",
        "shown": seal.digest(other),
    }
    (result,) = phone.send(phone.keep("sign", "signed", fields, role="customer", shown=other))
    assert (result["state"], result["reason"]) == ("refused", "moved")


def test_an_agreed_total_stands_and_opens_the_way(phone):
    at_consent(phone)
    total = phone.opened.walk.fee.total
    phone.do("consent", "handed_over")
    phone.do("consent", "agreed", {"total": str(total - 100)}, role="customer")
    phone.do("consent", "handed_back")
    assert phone.opened.walk.agreed["total"] == total - 100
    (task,) = Task.select().where(Task.kind == "review")
    assert (task.data["shown"], task.data["total"]) == (total - 100, total)
    measure = phone.opened.protocol.codes["measure"][0]
    phone.do("repair", fields={"mode": "on_site", "measures": [measure]})


def test_on_a_plain_form_another_total_is_still_refused(phone):
    play = at_consent(phone)
    play.act("consent", "handed_over")
    with pytest.raises(errors.Invalid):
        play.act("consent", "agreed", {"total": "1"}, role="customer")
