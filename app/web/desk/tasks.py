"""What waits at the desk: questions of engineers with their answers, and calls to customers after a visit."""

from typing import Any

from flask import Blueprint, flash
from werkzeug.wrappers import Response

from app import errors
from app.domain import amount, ruling, survey
from app.models import boards, tasks
from app.services import answering, dispatching, publishing, returning, visiting
from app.web import rights_view
from app.web.desk import doubt_words, telling, words
from app.web.desk.frame import desk_only, desk_page, sentences, typed, zone
from app.web.i18n import _, language
from app.web.pages import current_person, go, now
from app.web.people_words import role_name
from app.web.saying import Say, saying
from app.web.telephones import readable

bp = Blueprint("desk_tasks", __name__)


@bp.get("/desk/tasks")
@desk_only
def tasks_page() -> Response:
    """The person's own questions first, others', calls that are due, and what was answered last."""
    person, moment = current_person(), now()
    returning.watch(person.outlet, moment)
    queue = answering.queue(person, moment)
    return desk_page(
        "desk/tasks.html", here="tasks", own=[_row(row, moment) for row in queue.own],
        others=[_row(row, moment) for row in queue.others], calls=[_call_row(row, moment) for row in queue.calls],
        answered=[_row(row, moment) for row in boards.answered_of(person.outlet_id)], words=words,
    )  # fmt: skip


@bp.get("/desk/tasks/<int:task_id>")
@desk_only
def task(task_id: int) -> Response:
    """One question, with everything needed to answer it."""
    return _task_page(task_id)


@bp.post("/desk/tasks/<int:task_id>")
@desk_only
def answer(task_id: int) -> Response:
    """Give the answer; the engineer sees it at his visit."""
    fields = typed()
    try:
        answering.answer(current_person(), task_id, fields, now())
    except errors.Invalid as fault:
        return _task_page(task_id, 422, fields, sentences(dict(fault.fields), {"answer": ruling.TEXT_LIMIT}))
    except errors.Ended:
        return _task_page(
            task_id, 409, fields, {"main": _("Somebody else answered meanwhile. Nothing was changed.")}
        )
    flash(_("The answer is given; the engineer sees it at the visit."), "done")
    return go("/desk/tasks")


@bp.get("/desk/follow-ups/<int:follow_up_id>")
@desk_only
def follow_up(follow_up_id: int) -> Response:
    """One call to make."""
    return _call_page(follow_up_id)


@bp.post("/desk/follow-ups/<int:follow_up_id>")
@desk_only
def record_call(follow_up_id: int) -> Response:
    """What the call brought; with somebody who is not content, on to a further visit."""
    fields = typed()
    try:
        call = answering.record_call(current_person(), follow_up_id, fields, now())
    except errors.Invalid as fault:
        return _call_page(
            follow_up_id, 422, fields, sentences(dict(fault.fields), {"note": answering.NOTE_LIMIT})
        )
    except errors.Ended:
        return _call_page(follow_up_id, 409, fields, {"main": _("Somebody else made this call meanwhile.")})
    if call.result == "not_fine" and dispatching.may_plan(call.visit):
        flash(_("The call is noted. Now plan the further visit."), "done")
        return go(f"/desk/work-orders/{call.visit.work_order_id}?plan={call.visit_id}#visit-{call.visit_id}")
    flash(_("The call is noted."), "done")
    return go("/desk/tasks")


def _row(row: dict[str, Any], moment: Any) -> dict[str, Any]:
    word, icon = words.TASKS[row["kind"]]
    late = (moment - row["due_at"]).total_seconds() // 60
    told = telling.in_short(_say_of(row), row["step"] or "", row["data"]) if row["protocol"] else ""
    return {
        **row, "question": told or row["question"],
        "word": word, "icon": icon, "owner": role_name(row["owner_role"]), "late": row["due_at"] < moment,
        "badge": _("%(length)s late", length=words.minutes(int(late))) if late > 0 else "",
        "appliance_word": words.appliance(row["appliance"]) if row["appliance"] else "",
        "href": f"/desk/tasks/{row['id']}",
        "given": words.GIVEN.get(row.get("ruling") or "", ""),
        "sum": _money(row),
    }  # fmt: skip


def _call_row(row: dict[str, Any], moment: Any) -> dict[str, Any]:
    late = (moment - row["due_at"]).total_seconds() // 60
    return {
        **row, "word": words.CALLS.get(row["kind"], ""), "owner": role_name(row["performer"]), "late": late > 0,
        "badge": _("%(length)s late", length=words.minutes(int(late))) if late > 0 else "",
        "appliance_word": words.appliance(row["appliance"]), "href": f"/desk/follow-ups/{row['id']}",
    }  # fmt: skip


def _say_of(row: dict[str, Any]) -> Say:
    """How the norm that the visit began under says it; norms and prices are kept in memory."""
    norm, prices = publishing.protocol_of(row["protocol"]), publishing.prices_of(row["price_list"])
    return Say(norm, prices, language(), zone())


def _money(row: dict[str, Any]) -> str:
    return (
        ""
        if row.get("amount") is None
        else amount.money(row["amount"], current_person().outlet.currency, language())
    )


def _task_page(
    task_id: int, status: int = 200, fields: dict[str, Any] | None = None, wrong: dict[str, str] | None = None
) -> Response:
    person, moment = current_person(), now()
    asked = tasks.of(person.outlet_id, task_id)
    if asked is None:
        raise errors.NotFound(task=task_id)
    opened = visiting.opened(person, asked.visit_id, moment) if asked.visit_id else None
    say = saying(opened) if opened else None
    word, icon = words.TASKS[asked.kind]
    options = ruling.options(asked.kind)
    late = int((moment - asked.due_at).total_seconds() // 60)
    return desk_page(
        "desk/task.html", status, here="tasks", task=asked, word=word, icon=icon, opened=opened, say=say,
        question=telling.question(say, asked.step or "", asked.data) if say else None,
        rights=_rights(opened, say, asked) if opened and say else None,
        timeline=telling.timeline(opened, say)[-6:] if opened and say else [], errors=wrong or {}, typed=fields or {},
        may_answer=asked.answered_at is None and ruling.may_answer(asked.kind, person.role, person.lead),
        options=[(code, *words.RULINGS[code]) for code in options if code in words.RULINGS], words=words,
        button=words.TASK_BUTTONS.get(asked.kind, _("Seen to")), owner=role_name(asked.owner_role), readable=readable,
        late=words.minutes(late) if late > 0 and not asked.answered_at else "",
        answered_by=asked.answered_by.name if asked.answered_by_id else "",
        given=words.GIVEN.get(asked.ruling or "", ""), sum=_money({"amount": asked.amount}),
        symbol=amount.currency(person.outlet.currency).symbol,
    )  # fmt: skip


def _rights(opened: visiting.Opened, say: Say, asked: tasks.Task) -> rights_view.Rights | None:
    """What the law gives, where the question is about a return or an exchange (K-REFUND-04)."""
    step = opened.protocol.step(asked.step or "")
    problem = step.problem(asked.problem or "") if step else None
    return rights_view.of(opened, say, asked.data) if problem and problem.rights else None


def _call_page(
    follow_up_id: int,
    status: int = 200,
    fields: dict[str, Any] | None = None,
    wrong: dict[str, str] | None = None,
) -> Response:
    person, moment = current_person(), now()
    call = tasks.follow_up_of(person.outlet_id, follow_up_id)
    if call is None:
        raise errors.NotFound(follow_up=follow_up_id)
    opened = visiting.opened(person, call.visit_id, moment)
    say = saying(opened)
    return desk_page(
        "desk/call.html", status, here="tasks", call=call, word=words.CALLS.get(call.kind, ""), opened=opened, say=say,
        timeline=telling.timeline(opened, say)[-6:], errors=wrong or {}, typed=fields or {}, readable=readable,
        results=[(code, *words.RESULTS[code]) for code in answering.RESULTS], words=words,
        again=[(str(minutes), words.minutes(minutes)) for minutes in answering.AGAIN_MINUTES],
        may_call=call.done_at is None and person.role in answering.CALLERS, owner=role_name(call.performer),
        given=words.RESULTS.get(call.result or "", ("",))[0],
        questions=[(code, doubt_words.QUESTIONS[code]) for code in survey.QUESTIONS],
        answers=[(code, doubt_words.ANSWERS[code]) for code in survey.ANSWERS],
        surveyed=[(doubt_words.QUESTIONS[one], doubt_words.ANSWERS[said]) for one, said in (call.survey or {}).items()],
    )  # fmt: skip
