"""The walk: where a visit stands after its records."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from tests.domain.walking import FACTS, SLOT, Walked


def test_a_new_visit_waits_at_its_first_step():
    walk = Walked().walk
    assert (walk.state, walk.next_step, walk.outcome) == ("scheduled", "accept", None)


def test_the_state_follows_the_way_to_the_door():
    visit = Walked()
    visit.to("analyse")
    assert visit.walk.state == "accepted"
    visit.to("arrive")
    assert visit.walk.state == "travelling"
    visit.to("look")
    assert visit.walk.state == "at_door"
    visit.to("covers")
    assert visit.walk.state == "in_service"


def test_the_next_step_is_the_first_that_is_neither_done_nor_passed():
    visit = Walked().passed("accept", "call")
    assert visit.walk.next_step == "analyse"
    visit.passed("analyse")
    assert visit.walk.next_step == "kit"


def test_an_early_open_door_shuts_no_step():
    """The door opens early: he goes in; nothing earlier locks what comes now."""
    visit = Walked()
    assert visit.walk.steps["enter"].locked_by == ()
    assert visit.walk.steps["listen"].locked_by == ()


def test_work_that_costs_waits_for_the_customers_consent():
    visit = Walked().line().diagnosed()
    walk = visit.walk
    assert walk.fee.chargeable and not walk.consented
    assert walk.steps["consent"].applies and walk.steps["repair"].locked_by == ("consent",)
    visit.add("consent", "agreed", {"total": walk.fee.total}, role="customer")
    assert visit.walk.steps["repair"].locked_by == () and visit.walk.steps["consent"].status == "done"


def test_a_part_added_after_the_consent_asks_for_a_new_one():
    visit = Walked().line().diagnosed()
    visit.add("consent", "agreed", {"total": visit.walk.fee.total}, role="customer")
    visit.line("door_seal")
    consent = visit.walk.steps["consent"]
    assert (
        consent.status == "open" and consent.reopened and visit.walk.steps["repair"].locked_by == ("consent",)
    )


def test_a_line_taken_out_again_needs_no_new_consent():
    visit = Walked().line().line("door_seal").diagnosed()
    visit.add("consent", "agreed", {"total": visit.walk.fee.total}, role="customer")
    visit.act("diagnose", "unline", {"line": visit.records[1].key})
    assert visit.walk.consented


def test_nothing_to_pay_asks_for_no_consent_and_no_payment():
    facts = replace(FACTS, appliance={**FACTS.appliance, "purchase_date": date(2026, 5, 1)})
    visit = Walked(facts).line().diagnosed()
    walk = visit.walk
    assert walk.warranty.status == "in" and walk.fee.total == 0
    assert not walk.steps["consent"].applies and not walk.steps["pay"].applies


def test_the_certificates_lower_price_is_the_one_that_counts():
    walk = Walked().line(certificate_price="100.00").diagnosed().walk
    (charge,) = walk.fee.charges
    assert (charge.applied, charge.rule) == (10000, "N-LOW-08") and charge.standard > 10000


def test_without_a_repair_and_without_consent_nothing_is_owed():
    visit = Walked().line("callout").line().diagnosed()
    visit.add("consent", "refused", {"reason": "too_expensive"}, role="customer")
    visit.act("consent", "problem", _problem(visit, "consent", "mode:not_repaired"))
    walk = visit.walk
    assert walk.mode == "not_repaired" and walk.fee.total == 0 and walk.outcome == "not_repaired"


def test_a_take_back_opens_its_own_step_and_no_test():
    visit = Walked().diagnosed()
    visit.act("repair", "done", {"mode": "take_back"})
    walk = visit.walk
    assert walk.steps["take_back"].applies and not walk.steps["test"].applies and walk.outcome == "taken_back"
    assert walk.next_step is not None and walk.steps["take_back"].status == "open"


def test_a_take_back_is_done_only_with_the_iou_answered():
    visit = Walked().diagnosed()
    visit.act("repair", "done", {"mode": "take_back"})
    visit.add("take_back", "done", {"condition": "scratch", "loaner": "7"})
    assert visit.walk.steps["take_back"].status == "open"
    visit.signed(step_id="take_back")
    assert visit.walk.steps["take_back"].status == "done"


def test_a_declined_iou_leaves_the_product_in_the_home():
    visit = Walked().diagnosed()
    visit.act("repair", "done", {"mode": "take_back"})
    visit.add("take_back", "done", {"condition": "scratch", "loaner": "7"})
    visit.add("take_back", "handed_over")
    visit.add("take_back", "declined", {"reason": "no_reason"}, role="customer")
    visit.add("take_back", "handed_back")
    walk = visit.walk
    assert walk.mode == "not_repaired" and not walk.steps["take_back"].applies and walk.steps["test"].applies


def test_signing_waits_for_the_self_inspection_and_for_every_earlier_step():
    visit = Walked().diagnosed()
    assert "clean" in visit.walk.steps["sign"].locked_by
    visit.to("sign")
    assert visit.walk.steps["sign"].locked_by == () and visit.walk.state == "to_sign"


def test_the_self_inspection_cannot_be_passed():
    assert Walked().protocol.step("clean").gate


def test_a_change_after_the_signature_voids_it_visibly():
    visit = Walked().to("leave")
    assert visit.walk.steps["sign"].status == "done"
    visit.act("listen", "done", {"words": "and it smells"})
    walk = visit.walk
    assert walk.signature.void and walk.steps["sign"].reopened and walk.next_step == "sign"
    visit.signed()
    assert not visit.walk.signature.void


def test_the_offices_own_steps_leave_the_signature_alone():
    visit = Walked().to("leave")
    visit.act(
        "leave",
        "done",
        {"gift": "yes", "card": "yes", "sticker": "no", "sticker_reason": "customer_declined"},
    )
    assert not visit.walk.signature.void


def test_declining_to_sign_still_closes_the_visit():
    visit = Walked().to("sign")
    visit.add("sign", "handed_over")
    visit.add("sign", "declined", {"reason": "no_reason"}, role="customer")
    visit.add("sign", "handed_back")
    visit.passed("leave", "farewell", "confidence")
    walk = visit.walk
    assert walk.state == "finished" and walk.signature.how == "declined" and walk.next_step == "hand_in"


def test_while_the_phone_is_handed_over_the_step_of_the_customer_is_next():
    visit = Walked().to("sign").add("sign", "handed_over")
    assert visit.walk.next_step == "sign" and visit.walk.hand_over.step == "sign"
    visit.add("sign", "handed_back")
    assert visit.walk.hand_over is None


def test_a_failed_test_leads_back_to_where_the_fault_is_found():
    visit = Walked().to("test")
    problem = _problem(visit, "test", "goto:diagnose")
    visit.act("test", "problem", problem)
    walk = visit.walk
    assert walk.steps["diagnose"].reopened and walk.next_step == "diagnose"
    assert walk.steps["repair"].status == "open"


def test_what_is_dangerous_is_not_powered_and_not_repaired():
    visit = Walked().to("test")
    visit.act("test", "done", {"result": "dangerous", "told_danger": "on"})
    assert visit.walk.danger and visit.walk.outcome == "not_repaired"


def test_advice_by_telephone_ends_the_visit_as_advised():
    visit = Walked().passed("accept")
    visit.act("analyse", "problem", _problem(visit, "analyse", "advised"))
    walk = visit.walk
    assert (walk.state, walk.outcome, walk.next_step) == ("finished", "advised", None)


@pytest.mark.parametrize(
    ("step", "effect", "state"),
    [
        ("call", "rebook", "rebooked"),
        ("knock", "no_access", "no_access"),
        ("look", "stop", "could_not_finish"),
    ],
)
def test_a_safe_exit_ends_the_visit_in_its_own_state(step, effect, state):
    visit = Walked()
    visit.act(step, "problem", _problem(visit, step, effect))
    assert visit.walk.state == state and visit.walk.next_step is None


def test_a_pause_holds_until_it_is_resumed():
    visit = Walked().diagnosed()
    visit.act("repair", "problem", _problem(visit, "repair", "pause"))
    assert visit.walk.state == "paused"
    visit.act("repair", "resumed")
    assert visit.walk.state != "paused"


def test_a_corrected_time_moves_the_appointment():
    later = SLOT + timedelta(hours=2)
    items = ("address", "model", "purchase_date", "symptom")
    entry = {f"{item}_is": "confirmed" for item in items} | {
        "time_is": "corrected",
        "time": later.isoformat(),
    }
    assert Walked().act("call", "done", entry).walk.appointment == later


def test_every_bout_at_the_door_keeps_its_own_time():
    visit = Walked()
    for _ in range(3):
        visit.act("knock", "bout", {"way": "knock"})
    bouts = visit.walk.bouts()
    assert len(bouts) == 3 and len(set(bouts)) == 3 and bouts == sorted(bouts)


def test_the_centres_ruling_waives_what_an_engineer_cannot():
    visit = Walked().line().diagnosed()
    assert visit.walk.fee.total > 0
    visit.add("fees", "ruled", {"ruling": "waive", "amount": None}, role="desk")
    assert visit.walk.fee.total == 0


def test_a_late_entry_counts_at_the_time_it_was_done():
    visit = Walked()
    visit.at = SLOT + timedelta(hours=1)
    visit.add("arrive", "done", {"done_about": (SLOT - timedelta(minutes=6)).isoformat()})
    assert visit.walk.arrived_at == SLOT - timedelta(minutes=6)


def test_fees_that_are_disputed_at_the_signature_are_looked_at_again():
    visit = Walked().to("sign")
    entered = {"problem": "disputes_entry", "remedy": "change_fees", "what": "the journey"}
    visit.act("sign", "problem", entered)
    assert visit.walk.steps["fees"].reopened and visit.walk.next_step == "fees"
    assert visit.walk.steps["test"].status != "open"


def test_a_line_taken_out_and_put_on_again_says_anew_where_the_old_part_is():
    visit = Walked().line()
    key = visit.records[-1].key
    visit.act("repair", "fitted", {"line": key, "old_part": "taken"})
    assert visit.walk.unfitted == [] and visit.walk.old_parts_taken
    visit.act("repair", "unline", {"line": key})
    assert visit.walk.fitted == {} and not visit.walk.old_parts_taken
    visit.line()
    assert visit.walk.unfitted == [visit.records[-1].key]


def test_a_part_fitted_twice_is_one_part_with_what_was_said_last():
    visit = Walked().line()
    key = visit.records[-1].key
    for serial in ("N-1", "N-2"):
        visit.act("repair", "fitted", {"line": key, "serial_new": serial, "old_part": "taken"})
    assert len(visit.walk.fitted) == 1 and visit.walk.fitted[key]["serial_new"] == "N-2"


@pytest.mark.parametrize("step", ["fees", "pay"])
def test_what_was_settled_for_one_total_is_open_again_for_another(step):
    visit = Walked().line().diagnosed()
    visit.add("consent", "agreed", {"total": 10**6}, role="customer")
    visit.act(step, "done", {"method": "cash"})
    assert visit.walk.steps[step].status == "done"
    visit.line("labour_small")
    assert visit.walk.steps[step].status == "open" and visit.walk.steps[step].reopened
    visit.act("fees", "unline", {"line": visit.records[-1].key})
    assert visit.walk.steps[step].status == "done"


def test_danger_stands_until_it_was_made_safe():
    visit = Walked().diagnosed()
    found = {"problem": "dangerous", "what": ["wet"], "told": "on"}
    visit.act("test", "problem", {**found, "remedy": "not_powered"})
    assert visit.walk.danger and visit.walk.steps["test"].status == "done"
    visit.act("diagnose", "done", {"fault": "leaks_water", "cause": "seal_worn", "basis": "invoice"})
    assert visit.walk.danger
    visit.act("test", "problem", {**found, "remedy": "made_safe"})
    walk = visit.walk
    assert not walk.danger and walk.steps["test"].status == "open" and walk.steps["test"].values == {}


def _problem(visit, step_id, effect):
    """What to enter for the first problem of the step that has a remedy with this effect."""
    for problem in visit.protocol.step(step_id).problems:
        for remedy in problem.remedies:
            if effect in remedy.effects:
                entered = {"problem": problem.id, "remedy": remedy.id}
                asked = {"slot": "2026-11-25T09:00:00+08:00", "rebook_reason": "customer_wish", "consent": "on",
                         "back_at": "2026-11-23T23:00:00+08:00", "left_out": "no_time"}  # fmt: skip
                for field in (*problem.fields, *remedy.fields):
                    value = {"tick": "on", "choice": field.options[:1], "choices": field.options[:1], "number": "1",
                             "money": "1", "date": "2026-11-25", "datetime": asked["slot"], "tel": "057155500153",
                             "photo": "sha256:" + "a" * 64, "photos": "sha256:" + "a" * 64}.get(field.type, "words")  # fmt: skip
                    entered[field.id] = list(value) if isinstance(value, tuple) else value
                return asked | entered
    raise AssertionError(f"{step_id} has no remedy with {effect}")
