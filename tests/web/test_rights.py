"""Return, exchange and refund: the table of conditions where the customer asks, and at the centre that rules; claims."""

from datetime import UTC, date, datetime, timedelta

import pytest

from app.models.customers import Appliance
from app.models.tasks import Task
from app.services import answering, visiting
from app.services.rehearsing import Rehearsal
from tests import builders

NOW = datetime.now(UTC)
ASKS = {"problem": "wants_refund", "wish": "refund", "why": "Stopped again"}
TITLE = "What the law gives the customer"


@pytest.fixture
def played(cast):
    """Mei listens; the refrigerator was bought five days ago."""
    visit = builders.visit(cast.mei, now=NOW)
    Appliance.update(purchase_date=(NOW - timedelta(days=5)).date()).execute()
    rehearsal = Rehearsal(cast.mei, visit.id, NOW)
    rehearsal.until("listen")
    return rehearsal


def place(played):
    return f"/visits/{played.visit_id}/steps/listen/problems/wants_refund"


def test_what_nobody_knows_yet_is_named_and_not_read_as_no_right(mei, played):
    html = mei.get(place(played)).get_data(as_text=True)
    assert TITLE in html and "Not clear yet what the customer may choose" in html
    assert "Not known: What causes the fault" in html
    assert "Does not hold" not in html, "five days after the purchase no right is lost"


def test_the_right_is_stated_plainly_once_the_facts_are_there(mei, played):
    html = mei.get(f"{place(played)}?wish=refund&cause=product&why=Leaks&repairs=0").get_data(as_text=True)
    assert "Yes, the right is there: Refund" in html
    assert "The customer may choose: Refund, Exchange, Free repair." in html
    assert "A fault within 7 days of purchase" in html and "三包规定 §9" in html
    assert ">Leaks</textarea>" in html, "what was typed stays"
    assert 'formmethod="get"' in html


def test_against_the_table_the_customer_may_still_ask(mei, played):
    html = mei.get(f"{place(played)}?wish=refund&cause=use&bought=shop&repairs=0&same_model=yes").get_data(
        as_text=True
    )
    assert "Not by this table: Refund" in html
    assert "The customer may still ask: the centre decides and gives its reason." in html
    assert 'value="centre"' in html and 'value="entitled"' in html, "no way on is shut"


def test_the_customer_s_own_language_stands_beside_the_engineer_s(mei, played):
    played.opened.visit.__class__.update(language="zh_Hans").execute()
    html = mei.get(f"{place(played)}?wish=refund&cause=product").get_data(as_text=True)
    assert 'lang="zh-Hans">自售出之日起7日内发生性能故障' in html


def test_the_facts_are_kept_with_the_question_and_the_centre_sees_the_same_table(app, cast, sign_in, played):
    played.act("listen", "problem", {**ASKS, "remedy": "centre", "cause": "product", "repairs": "1"})
    body = played.opened.records[-1].body
    assert (body["cause"], body["repairs"]) == ("product", 1)
    wu = app.test_client()
    sign_in(wu, "wu")
    asked = Task.get(Task.kind == "ruling")
    html = wu.get(f"/desk/tasks/{asked.id}").get_data(as_text=True)
    assert TITLE in html and "Yes, the right is there: Refund" in html
    assert "Earlier repairs of the same fault" in html and "The product" in html


def test_a_question_about_something_else_has_no_table(app, cast, sign_in, played):
    played.act("listen", "problem", {"problem": "not_safe", "remedy": "stay", "what": "dog"})
    wu = app.test_client()
    sign_in(wu, "wu")
    assert TITLE not in wu.get(f"/desk/tasks/{Task.get(Task.kind == 'safety').id}").get_data(as_text=True)


def test_who_is_entitled_gets_it_and_the_centre_is_told(cast, played):
    played.act("listen", "problem", {**ASKS, "remedy": "entitled", "cause": "product"})
    assert played.opened.walk.outcome == "refund_or_exchange"
    told = Task.get(Task.problem == "wants_refund")
    assert (told.kind, told.owner_role) == ("notice", "centre")
    assert told.data["wish"] == "refund"


def claim(played, **more):
    fields = {
        "problem": "compensation",
        "remedy": "centre",
        "claim": "The floor is wet",
        "amount": "300",
        **more,
    }
    played.until("repair")
    return played.act("repair", "problem", fields)


def test_a_claim_has_a_number_and_a_day_for_the_answer(mei, cast, played):
    played.until("repair")
    html = mei.get(f"/visits/{played.visit_id}/steps/repair/problems/compensation").get_data(as_text=True)
    assert played.opened.facts.reference in html and "Answer promised by" in html
    day = (NOW + timedelta(days=3)).date()
    claim(played, answer_by=day.isoformat())
    asked = Task.get(Task.kind == "claim")
    assert asked.owner_role == "centre"
    assert asked.due_at.astimezone(builders.ZoneInfo("Asia/Shanghai")).date() == day
    assert asked.data["amount"] == 30000


@pytest.mark.parametrize(("day", "fault"), [(None, "required"), (date(2026, 1, 2), "in_the_past")])
def test_a_claim_without_a_day_that_can_be_kept_is_not_saved(cast, played, day, fault):
    with pytest.raises(visiting.errors.Invalid) as refused:
        claim(played, answer_by=day.isoformat() if day else "")
    assert refused.value.fields == {"answer_by": fault}


def test_the_centre_grants_a_claim_with_its_amount_or_denies_it_with_a_reason(
    app, mei, cast, sign_in, played
):
    claim(played, answer_by=(NOW + timedelta(days=3)).date().isoformat())
    asked = Task.get(Task.kind == "claim")
    wu = app.test_client()
    sign_in(wu, "wu")
    page = wu.get(f"/desk/tasks/{asked.id}").get_data(as_text=True)
    assert "Grant it" in page and "Amount that the customer gets" in page and "Waive the fee" not in page
    for fields, wrong in (
        ({"ruling": "granted"}, "amount"),
        ({"ruling": "denied"}, "answer"),
        ({"ruling": "waive"}, "ruling"),
    ):
        with pytest.raises(visiting.errors.Invalid) as refused:
            answering.answer(cast.wu, asked.id, fields, NOW)
        assert set(refused.value.fields) == {wrong}
    total = played.opened.walk.fee.total
    answering.answer(cast.wu, asked.id, {"ruling": "granted", "amount": "180.50"}, NOW)
    assert visiting.opened(cast.mei, played.visit_id, NOW).walk.fee.total == total, "a claim changes no price"
    html = mei.get(f"/visits/{played.visit_id}").get_data(as_text=True)
    assert "The centre grants the claim" in html and "180.50" in html
