"""Visiting: what the customer does, only with the phone in hand, and only under what was shown."""

import pytest

from app import errors
from app.domain import seal
from app.models import records
from app.models.visits import Visit
from app.services import visiting
from app.services.rehearsing import Rehearsal
from tests.services.entries import DRAWN, agreed, entry, quoted, refused


def test_the_customer_acts_only_while_the_phone_is_handed_over(cast, visit, play):
    quoted(play)
    fields = agreed(play.opened)
    refused(
        cast,
        visit,
        entry(visit, "consent", "agreed", fields),
        errors.NotOpen,
        role="customer",
        needs=["consent"],
    )
    play.act("consent", "handed_over")
    refused(
        cast, visit, entry(visit, "consent", "agreed", fields), errors.NotFound
    )  # the engineer agrees to nothing
    play.act("consent", "agreed", fields, role="customer")
    play.act("consent", "handed_back")
    refused(cast, visit, entry(visit, "consent", "agreed", fields), errors.NotOpen, role="customer")


@pytest.mark.parametrize(
    ("step", "act"),
    [
        ("consent", "handed_back"),
        ("consent", "handed_over"),
        ("consent", "line"),
        ("listen", "done"),
        ("sign", "passed"),
    ],
)
def test_what_is_the_engineers_cannot_come_from_the_customers_page(cast, visit, play, step, act):
    quoted(play).act("consent", "handed_over")
    refused(cast, visit, entry(visit, step, act), errors.NotFound, role="customer")


def test_the_customer_acts_only_on_the_step_that_was_handed_over(cast, visit, play):
    quoted(play).act("consent", "handed_over")
    for act in ("signed", "rated", "declined"):
        refused(
            cast, visit, entry(visit, "sign", act, DRAWN), errors.NotOpen, role="customer", needs=["sign"]
        )


def test_a_second_hand_over_takes_the_place_of_the_first(cast, visit, play):
    quoted(play).act("consent", "handed_over")
    first = play.opened.walk.hand_over.key
    play.act("consent", "handed_over")
    assert play.opened.walk.hand_over.key != first
    play.act("consent", "handed_back")
    assert play.opened.walk.hand_over is None


@pytest.mark.parametrize("total", ["0", "1", "999999"])
def test_the_customer_agrees_to_the_total_that_stands(cast, visit, play, total):
    quoted(play).act("consent", "handed_over")
    other = entry(visit, "consent", "agreed", {"total": total})
    refused(cast, visit, other, errors.Invalid, role="customer", fields={"total": "changed_meanwhile"})


def at_the_signature(play: Rehearsal) -> str:
    """The phone is in the customer's hands; the digest of what the page shows."""
    play.until("sign")
    play.act("sign", "handed_over")
    return visiting.shown(play.opened, "sign").digest


def test_a_signature_seals_exactly_what_was_shown(cast, visit, play):
    digest = at_the_signature(play)
    play.act("sign", "signed", {**DRAWN, "shown": digest}, role="customer")
    body = records.of_visit(visit.id)[-1].body
    assert body["digest"] == digest == seal.digest(body["content"]) and body["code"] == seal.short_code(
        digest
    )
    assert body["content"]["ref"] == visit.reference and body["content"]["layer"] == "customer"
    assert Visit.get_by_id(visit.id).signed == "drawn"


@pytest.mark.parametrize("shown", ["", "f" * 64, "F" * 64])
@pytest.mark.parametrize("act", ["signed", "declined"])
def test_a_signature_under_something_else_is_refused(cast, visit, play, shown, act):
    at_the_signature(play)
    fields = {**DRAWN, "reason": "privacy", "shown": shown}
    refused(cast, visit, entry(visit, "sign", act, fields), errors.Moved, role="customer", step="sign")


def test_what_changed_between_showing_and_signing_is_not_signed(cast, visit, play):
    digest = at_the_signature(play)
    play.act("listen", "done", {"words": "and it smells"})
    refused(
        cast, visit, entry(visit, "sign", "signed", {**DRAWN, "shown": digest}), errors.Moved, role="customer"
    )


def test_a_signature_can_be_given_in_any_language_of_the_norm(cast, visit, play):
    at_the_signature(play)
    seen = {one: visiting.shown(play.opened, "sign", one) for one in ("en", "es", "zh_Hans", "zh_Hant")}
    assert len({one.digest for one in seen.values()}) == 4
    refused(
        cast, visit, entry(visit, "sign", "signed", {**DRAWN, "shown": seen["es"].digest, "language": "zh_Hant"}),
        errors.Moved, role="customer",
    )  # fmt: skip
    play.act("sign", "signed", {**DRAWN, "shown": seen["es"].digest, "language": "es"}, role="customer")
    assert records.of_visit(visit.id)[-1].body["content"]["language"] == "es"


def test_a_later_change_voids_the_signature_and_asks_for_another(cast, visit, play):
    play.until("leave")
    assert Visit.get_by_id(visit.id).signed == "drawn"
    play.act("listen", "done", {"words": "and it smells"})
    row = Visit.get_by_id(visit.id)
    assert row.signed == "void" and row.state == "to_sign" and row.next_step == "sign"
    play.answers["rating"] = {}
    play.until("leave")
    assert Visit.get_by_id(visit.id).signed == "drawn"


def test_what_the_customer_thought_is_said_once(cast, visit, play):
    play.until("leave")
    assert play.opened.walk.rated
    play.act("sign", "handed_over")
    again = entry(visit, "sign", "rated", {"quality": "5"})
    refused(cast, visit, again, errors.Invalid, role="customer", fields={"quality": "already_rated"})


def test_the_rating_is_no_part_of_what_is_signed(cast, visit, play):
    digest = at_the_signature(play)
    play.act("sign", "rated", {"quality": "1", "comment": "slow"}, role="customer")
    assert visiting.shown(play.opened, "sign").digest == digest


def test_what_costs_more_than_was_paid_is_looked_at_and_paid_again(cast, visit, play):
    quoted(play).until("sign")
    paid = play.opened.walk.fee.total
    play.act("fees", "line", {"item": "labour_small", "qty": "1"})
    walk = play.opened.walk
    assert walk.fee.total > paid and [key for key in ("consent", "fees", "pay") if walk.steps[key].status == "open"] == [
        "consent", "fees", "pay"]  # fmt: skip
    assert walk.next_step == "consent" and {"consent", "fees", "pay"} <= set(walk.steps["sign"].locked_by)
    play.until("leave")
    content = visiting.shown(play.opened, "sign").content
    assert content["payment"]["rest"] == 0 and content["consent"]["total"] == content["fee"]["total"] > paid
