"""Rule by rule: what the norm asks, says and sets going at the step where the rule bites.

Only what is data of a norm is tested here; what a kind of step, a fee or a clock does has its own tests. docs/rules.tsv
points here by the rule's id.
"""

import re
from typing import Any

import pytest

from app.domain import protocol
from app.domain.protocol import Protocol, Step
from app.domain.vocabulary import LANGUAGES
from app.domain.walk import effects_of
from tests.domain.wandering import brought_to

# rule, norm:step:problem, remedy, what follows. "=rebooked": the visit ends so; "+tell_desk": this effect is among the
# remedy's; "?reason": it cannot be saved without this; ">arrive": this step comes next; "#take_back": mode of the repair;
# "paused": it rests and goes on again.
FOLLOWS = """
A-INFO-03 maker:accept:data_missing ask_desk ?which +tell_desk >accept
A-CHECK-06 maker:diagnose:no_certificate ask +ask_centre >diagnose
B-MISUSE-02 maker:analyse:advised helped ?advice =finished
B-MISUSE-03 maker:call:advised helped ?advice +advised =finished
B-TIME-05 network:book:clash give_on +tell_desk =transferred
B-TIME-06 maker:analyse:no_time rebook ?slot ?consent =rebooked
I-PULL-10 network:take_back:date_unsure workshop_asked +tell_desk >take_back
I-PULL-11 network:take_back:date_unsure workshop_asked +tell_desk >take_back
B-PLACE-08 maker:analyse:no_loaner ask_desk +tell_desk >analyse
C-APPT-06 network:depart:starts_late waits ?cause +tell_desk >depart
C-PRICE-08 network:call:far_price estimated ?estimate ?approved_by >call
C-FAR-09 maker:call:other_day rebook ?slot ?consent =rebooked
C-DIFF-10 maker:call:data_differ think_again >analyse
C-FEE-11 maker:call:asks_price told >call
C-ADVICE-12 maker:call:advised wants_visit ?advice >call
C-NOANS-13 maker:call:no_answer go_anyway +tell_centre >kit
C-UNREACH-14 network:knock:nobody_home leave +no_access =no_access
C-ANGRY-15 maker:call:refuses centre +ask_centre =could_not_finish
D-KIT-05 maker:kit:item_missing ask_desk ?item +tell_desk >kit
D-KIT-06 maker:mat:dirty_mat cloth >mat
D-TOOL-08 builder:kit:no_card desk_names ?who +tell_desk >kit
E-DEP-01 maker:depart:starts_late customer_told ?cause +tell_desk >depart
E-LATE-06 maker:depart:starts_late customer_told ?cause +tell_desk >depart
E-ARR-02 maker:arrive:too_early wait >arrive
E-ROAD-03 maker:depart:held_up desk_tells +tell_desk >depart
E-ROAD-04 maker:arrive:accident give_on +tell_centre =transferred
E-LATE-07 maker:enter:late_short rebook ?slot =rebooked
E-LATE-08 maker:enter:late_long manager +manager_visit >enter
E-WALK-10 builder:arrive:at_the_gate desk_calls +tell_desk >arrive
F-LOOK-03 builder:look:uniform as_is +tell_desk >look
F-BADGE-04 network:look:no_badge card_instead +tell_desk >look
F-KNOCK-08 builder:knock:too_loud quiet >knock
F-KNOCK-11 maker:knock:on_the_way_home wait ?back_at paused >knock
F-KNOCK-12 maker:knock:nobody_home leave +no_access =no_access
F-KNOCK-13 maker:knock:nobody_home leave +tell_centre =no_access
F-KNOCK-14 maker:knock:on_the_way_home met_downstairs >knock
F-ENTRY-15 maker:arrive:too_early invited >arrive
F-ENTRY-17 builder:enter:wants_proof proved ?proof >enter
F-ENTRY-18 maker:enter:late_short accepted >enter
F-ABSENT-19 maker:enter:customer_absent not_traced +tell_centre =no_access
F-ABSENT-20 maker:enter:only_minor adult_comes ?back_at paused >enter
F-DOUBT-21 maker:enter:doubts manager +manager_visit =rebooked
F-ELSE-22 maker:enter:elsewhere go_alone ?address +tell_desk >arrive
F-POWER-23 maker:enter:not_now rebook ?why ?slot =rebooked
F-OUT-24 network:enter:not_now rebook ?why ?consent =rebooked
F-MEAL-25 maker:enter:not_now wait ?why ?back_at paused >enter
F-SHOE-27 maker:covers:declines waived >covers
F-SHOE-28 maker:covers:stood_outside wiped >covers
F-BOX-32 maker:mat:old_damage disputed ?where +tell_centre >mat
F-BOX-33 builder:protect:no_cover fetch ?back_at +tell_desk paused >protect
F-CERT-34 builder:certificate:no_certificate completion_date ?completed_on >certificate
G-TALK-01 maker:listen:other_person_knows wait ?back_at paused >listen
G-ANGRY-02 maker:listen:angry manager +manager_visit >listen
G-REFUSE-03 maker:listen:wants_refund no_inspection ?wish ?why +ask_centre #not_repaired
G-HOSPIT-04 maker:listen:hospitality declined >listen
H-DIAG-01 network:diagnose:dangerous made_safe ?what ?told +safe >diagnose
H-FEE-04 maker:fees:more_than_agreed ask_consent +goto:consent >repair
H-PULL-06 maker:diagnose:not_found take_back #take_back
H-PART-07 maker:diagnose:part_problem fetch ?part ?why ?back_at +tell_desk paused >diagnose
H-NORMAL-08 maker:diagnose:works_normally insists +follow_up:180 >diagnose
H-LEVEL-10 network:pretest:differs think_again ?seen_now >analyse
H-SITE-12 builder:accept:not_inspected inspected ?whose ?inspected_by >accept
I-SAFE-03 network:repair:live_work workshop ?why #take_back
I-PULL-06 maker:take_back:no_signature left_here ?reason #not_repaired
I-PULL-07 maker:take_back:refuses agrees #take_back
I-PULL-08 maker:take_back:refuses unsafe +danger #not_repaired
I-SMALL-12 maker:repair:part_refused unsafe ?part +danger #not_repaired
I-INST-13 maker:repair:place_against_rules other_place ?hazard ?told >repair
J-MOVE-03 maker:mat:no_room agreed >mat
J-DRAG-09 maker:take_back:cannot_carry help_comes ?back_at +tell_desk paused
J-DAMAGE-10 maker:repair:damage disputed ?item +damage +ask_centre >repair
J-FACIL-08 builder:repair:facility break ?which ?back_at paused >repair
J-SIT-11 network:listen:hospitality declined >listen
J-PHONE-12 network:listen:phone_rings other_job +tell_centre >listen
J-BUY-14 builder:repair:owner_lends used_once ?what +tell_desk >repair
J-ARGUE-15 network:accept:rework solution ?old_slip ?cover >accept
K-NEW-01 maker:repair:new_problem ask ?what +ask_technical >repair
K-NEW-02 maker:repair:new_problem take_back ?what #take_back
K-CONFL-09 maker:repair:conflict leave +safety =could_not_finish
K-REFUND-03 maker:repair:wants_refund entitled ?wish ?why +tell_centre #not_repaired
K-COMP-05 maker:repair:compensation centre ?claim ?answer_by +claim >repair
K-BUSY-06 maker:repair:other_job centre_decides ?minutes +ask_centre >repair
K-MEAL-07 maker:repair:meal come_back ?back_at paused >repair
K-MEAL-08 maker:repair:meal declined >repair
K-REMARK-10 maker:repair:wants_refund centre ?wish ?why +ask_centre >repair
L-TEST-01 maker:test:dangerous not_powered ?what ?told +danger
L-TEST-02 maker:test:still_fails again +goto:diagnose >diagnose
L-TEST-03 maker:test:cannot_test call_later +follow_up:120 >test
L-TEST-05 maker:test:hidden_fault price +goto:repair >repair
M-TEACH-01 maker:teach:cannot_use_it call_later +follow_up:120 >teach
M-TEACH-02 builder:explain:not_until call_after ?until +follow_up:1440 >explain
M-BACK-04 maker:clean:cannot_move_back help_comes +tell_desk >clean
M-CLEAN-05 maker:clean:still_dirty stain_stays +damage >clean
M-CLEAN-07 builder:restore:leftover fetched_by ?day +tell_desk >restore
M-SELF-08 maker:clean:tool_missing not_found ?tool +tell_desk >clean
M-DAMAGE-09 maker:clean:damage disputed ?item +damage +ask_centre >clean
N-SHOW-01 maker:call:asks_price rebook ?slot ?consent =rebooked
N-OLD-03 maker:consent:old_part_credit explained >consent
N-SOFT-04 maker:fees:software free ?installed_on >fees
N-SOFT-05 maker:fees:software paid ?installed_on +goto:consent >repair
N-OUT-06 maker:pay:way_fails desk_checks +tell_desk >pay
N-INV-07 maker:pay:no_invoice desk_sends ?due +tell_desk >pay
N-LOW-08 maker:consent:says_warranty proof_found +goto:diagnose >diagnose
N-WAIVE-09 maker:consent:asks_less lead ?wish +ask_centre_lead >consent
N-MISUSE-14 maker:diagnose:use_error disputes +ask_centre >diagnose
O-SLIP-01 maker:sign:disputes_entry change_work ?what +goto:repair >repair
O-SLIP-02 network:sign:blank_item diagnose ?which +goto:diagnose >diagnose
N-OLDC-10 network:fees:old_customer centre +ask_centre >fees
P-CARD-03 network:farewell:private_number ask ?private_number +ask_centre >farewell
O-OPIN-07 network:sign:tick_for_me customer_ticks >sign
O-RATE-05 maker:sign:will_not_sign declined ?reason >sign
O-RATE-06 maker:sign:dissatisfied centre ?what +ask_centre >sign
O-SCOPE-10 network:diagnose:our_repair goodwill ?old_slip +ask_centre >diagnose
O-SIGN-11 network:sign:cannot_draw paper >sign
P-GIFT-01 maker:leave:declines_gift card_only >leave
P-CARD-02 maker:leave:private_number company_number >leave
P-CARD-04 network:leave:none_left desk_sends +tell_desk >leave
P-STICK-05 network:leave:no_sticker not_pasted >leave
P-TELL-06 network:farewell:one_more_thing call_back +follow_up:30 +tell_centre >farewell
P-BYE-08 maker:farewell:covers_off_inside apologised >farewell
Q-2H-01 maker:call:advised helped ?advice +advised =finished
Q-3H-02 maker:confidence:may_return call ?what +follow_up:180 >confidence
Q-CTR-03 maker:confidence:no_calls noted +tell_centre >confidence
Q-LOOP-04 maker:confidence:left_unhappy manager ?about +manager_visit >confidence
Q-CALL-07 network:hand_in:customer_called called_back ?about
R-CARD-01 maker:hand_in:not_today desk_told ?reason +tell_desk
R-FAKE-03 maker:hand_in:card_not_right centre_calls ?what +tell_centre
R-REC-04 maker:hand_in:money_differs desk_checks ?counted +tell_desk
R-REC-05 maker:hand_in:not_today desk_told ?reason +tell_desk
R-CLOSE-11 maker:hand_in:card_not_right centre_calls ?what +tell_centre
O-CARE-14 network:hand_in:slip_lost reported ?number +tell_desk
R-OLD-07 maker:hand_in:old_part_missing noted ?reason +tell_desk
R-OLD-08 network:hand_in:old_part_missing noted ?reason +tell_desk
R-NOTE-06 network:leave:no_card not_left >leave
R-SEND-10 maker:accept:called_off end ?reason +tell_desk =could_not_finish
X-PRIV-05 network:farewell:private_number ask +ask_centre >farewell
X-WARM-06 network:call:refuses cancels ?reason +tell_desk =could_not_finish
C-INST-17 maker:call:hard_to_find described ?from ?until ?route >call
C-INST-18 maker:call:travel_cost accepted ?amount ?accepted >call
E-INST-09 maker:arrive:goods_missing wait ?delivery ?back_at +tell_desk paused >arrive
H-INST-11 maker:diagnose:unstable leader ?extent +ask_technical +tell_centre >diagnose
I-INST-17 maker:call:at_night agreed ?asked_by ?fit ?helpers +tell_centre =rebooked
I-INST-18 maker:repair:installed together +outcome:installed >repair
I-INST-19 maker:call:no_day_yet ask_again +tell_desk +follow_up:1440 >call
I-INST-20 maker:repair:misfit_part solved ?part ?what +tell_centre >repair
I-COMM-21 maker:test:small_fault put_right ?what +goto:repair >repair
M-TEACH-03 maker:teach:near_people cleared ?topics >teach
N-ABN-15 maker:fees:failed_early with_loss ?part ?body ?loss +ask_centre +damage >fees
P-CONT-11 maker:farewell:operator noted ?name ?phone ?consent +tell_desk >farewell
Q-SITE-06 maker:confidence:new_in_use unsure ?question +ask_technical +follow_up:4320 >confidence
X-SERV-08 maker:repair:installed alone +outcome:installed >repair
X-PROFIT-07 network:test:hidden_fault price ?what +goto:repair >repair
B-REPEAT-09 maker:analyse:same_again ask +ask_technical >analyse
B-ABLE-07 maker:analyse:never_seen ask +ask_technical >analyse
Q-REWORK-08 network:accept:rework not_in_2_hours ?old_slip ?cover +tell_centre >accept
Q-REWORK-09 network:accept:rework free ?old_slip ?cover >accept
Q-REWORK-10 network:accept:rework solution ?old_slip ?cover >accept
"""

# rule, norm:step, the inputs that the norm asks for the rule's sake. "!name": it cannot be saved without.
ASKS = """
D-KIT-01 maker:kit !tools !parts !permit !slips
D-KIT-02 maker:kit !mat
D-KIT-03 maker:kit !spare_covers
D-KIT-04 maker:kit !cloths !gift !belt
D-FIVE-07 maker:kit !five_ones
D-TOOL-08 builder:kit !tools !cards
F-LOOK-01 maker:look !clothes !clean !eyes !smile
F-LOOK-03 builder:look !uniform
F-ENTRY-17 builder:enter !proof
F-BOX-31 maker:mat !mat !box
F-BOX-32 maker:mat covered before
F-BOX-33 builder:protect !floor
F-CERT-34 builder:certificate !seen !standing start ends
H-DIAG-02 network:pretest !powered against
H-SITE-12 builder:diagnose !whose
I-OLD-22 network:repair tagged
J-BORROW-02 maker:repair asked
J-MOVE-03 network:repair moved
J-STOOL-04 maker:repair asked
J-FACIL-08 builder:repair facilities
J-BUY-14 builder:repair !material material_why
I-INST-13 maker:repair place_agreed
M-TEACH-01 maker:teach !topics !answered
M-TEACH-02 builder:explain !precautions
M-BACK-04 maker:clean !in_place
M-CLEAN-05 maker:clean !wiped !floor
M-CLEAN-06 network:clean !in_place !swept
M-CLEAN-07 builder:restore !in_place !debris !floor
M-SELF-08 maker:clean !tools !connections
J-WASH-07 network:clean basin
O-TERM-08 network:term !term agreed
O-COPY-12 network:copy way explained
O-COPY-13 network:copy !copy
P-STICK-05 network:leave !explained place photo
P-BYE-07 maker:farewell !covers_off !goodbye
P-BYE-09 network:farewell !covers_off !goodbye
P-TELL-06 network:farewell !goodbye
E-WALK-10 builder:farewell !direct
C-CALL-04 network:call brand route
F-LOOK-02 maker:kit morning
"""

# rule, norm:step, setting or gate that holds it. Text of the card follows after "~": words that stand in its English.
HOLDS = """
A-INFO-01 maker:accept ~Name, address, phone, model, purchase date
A-INFO-02 maker:accept ~phone
B-CAUSE-01 maker:analyse ~cause
C-CALL-01 maker:call ~time, address, model
C-CALL-03 network:call ~Greet, and say who you are
C-PRICE-07 network:call ~No price before
F-KNOCK-05 maker:knock ~bell
F-KNOCK-06 maker:knock knock_bouts=2 knocks_per_bout=3
F-KNOCK-07 network:knock knocks_per_bout=4 knocks_per_bout_min=3
F-KNOCK-08 builder:knock knocks_per_bout=3 knock_bell_first=True ~No loud talk
F-KNOCK-09 network:knock ~No slapping
F-KNOCK-10 maker:knock knock_interval_s=30 ~30 seconds
F-ENTRY-16 maker:enter ~permit
F-SHOE-26 maker:covers ~cover
F-SHOE-30 builder:covers shoes='off_or_covers' ~shoes off
G-WARM-05 network:listen ~Warm
G-ASK-06 network:listen ~Before any tool
H-DIAG-03 network:pretest ~dead set
H-QUOTE-05 network:consent ~after what you have seen
H-DOC-09 maker:diagnose ~documents
I-SITE-01 maker:repair ~home
I-SITE-02 network:repair ~until the fault is gone
I-SAFE-04 network:repair height_limit_cm=200 ~belt
I-PULL-05 maker:take_back ~loaner
J-MAT-01 maker:mat ~mat
J-BAN-05 maker:repair ~smoke
J-BAN-06 maker:repair ~toilet
J-SIT-11 network:listen ~Never sit
J-PHONE-13 maker:repair ~the customer's phone
O-RATE-04 maker:sign ~rate
O-SIGN-11 network:sign ~customer
X-ETHOS-01 maker:accept ~served well
X-TEAM-10 maker:listen ~before you understands
X-HONEST-04 network:sign ~without a word from you
X-BLDR-03 builder:repair toilet='with_consent' customer_phone='with_consent' material='ours'
X-LEARN-09 network:look ~badge is on
N-UP-02 maker:consent ~price list and the total
C-CALL-02 network:call first_call_min=3 ~within 3 minutes
C-APPT-05 network:book arrival_promise_min=60 ~Longer only
F-SHOE-29 network:covers ~no boards or carpet
L-TEST-04 network:test ~Always
O-TERM-08 network:term ~1 to 3 months
O-TERM-09 network:term ~none only if
R-CARD-02 maker:hand_in ~passes them on to the centre the same day
A-RECV-07 network:accept first_call_min=3 hand_in_days=2 ~two clocks
"""


def rows(table: str, parts: int) -> list[Any]:
    found = [line.split(maxsplit=parts - 1) for line in table.strip().splitlines()]
    return [pytest.param(*[*one, ""][:parts], id=one[0]) for one in found]


def place(where: str) -> tuple[Protocol, Step, str]:
    norm, step, *problem = where.split(":")
    loaded = protocol.load(f"{norm}-2026-11")
    found = loaded.step(step)
    assert found, f"{where}: there is no such step"
    return loaded, found, problem[0] if problem else ""


@pytest.mark.parametrize(("rule", "where", "remedy", "expected"), rows(FOLLOWS, 4))
def test_what_follows(rule: str, where: str, remedy: str, expected: str) -> None:
    norm, step, problem_id = place(where)
    problem = step.problem(problem_id)
    assert problem, f"{where}: there is no such problem"
    way = problem.remedy(remedy)
    assert way and rule in (*problem.rules, *way.rules), f"{where} does not serve {rule}"
    visit = brought_to(norm, step)
    full = visit.typed(problem, way)
    for name in re.findall(r"\?(\w+)", expected):
        without = {key: value for key, value in full.items() if key != name}
        assert name in visit.read(step.id, "problem", without)[1], f"{where} is saved without {name}"
    visit.act(step.id, "problem", full)
    effects, current = effects_of(norm, visit.records[-1]), visit.walk
    for name in re.findall(r"\+(\S+)", expected):
        assert name in effects
    assert "paused" not in expected.split() or current.state == "paused"
    for state in re.findall(r"=(\w+)", expected):
        assert current.state == state
    for following in re.findall(r">(\w+)", expected):
        assert current.next_step == following
    for mode in re.findall(r"#(\w+)", expected):
        assert current.mode == mode
    for language in LANGUAGES:
        base = (language, "step", step.id, "problem", problem.id)
        assert norm.word(*base, "then") and norm.word(*base, "remedy", remedy, "title")


@pytest.mark.parametrize(("rule", "where", "wanted"), rows(ASKS, 3))
def test_what_is_asked(rule: str, where: str, wanted: str) -> None:
    norm, step, _ = place(where)
    asked = {one.id: one for one in step.fields if rule in one.rules}
    names = wanted.replace("!", "").split()
    assert set(names) <= set(asked), f"{where} does not ask these for {rule}"
    faults = brought_to(norm, step).read(step.id, "done", {})[1]
    for name in re.findall(r"!(\w+)", wanted):
        assert name in faults, f"{where} is saved without {name}"
    for language in LANGUAGES:
        assert all(norm.word(language, "step", step.id, "field", name, "label") for name in names)


@pytest.mark.parametrize(("rule", "where", "held"), rows(HOLDS, 3))
def test_what_the_card_holds(rule: str, where: str, held: str) -> None:
    norm, step, _ = place(where)
    assert rule in step.rules, f"{where} does not serve {rule}"
    settings, _, words = held.partition("~")
    for one in settings.split():
        name, _, value = one.partition("=")
        assert repr(norm.settings.get(name)) == value, name
    told = " ".join((norm.word("en", "step", step.id, "title"), norm.word("en", "step", step.id, "standard")))
    assert words.strip().lower() in told.lower(), told
    assert all(norm.word(language, "step", step.id, "standard") for language in LANGUAGES)


def test_each_rule_stands_once_in_a_table() -> None:
    for table in (FOLLOWS, ASKS, HOLDS):
        ids = [line.split()[0] for line in table.strip().splitlines()]
        assert [one for one in ids if ids.count(one) > 1] == []
