"""Telling: a visit's records and questions in words, for somebody who was not there. Nothing is looked up in rows."""

from collections.abc import Mapping
from typing import Any

from app.domain.protocol import Field, Problem, Step, problem_path
from app.domain.record import Record
from app.services.visiting import Opened
from app.web import rights_view, visit_words
from app.web.desk import words
from app.web.forms import shas
from app.web.i18n import _, lazy_
from app.web.saying import Say

View = dict[str, Any]
QUIET = frozenset({"handed_over", "handed_back", "bout", "attempt"})
DIFFERS = {
    "agreed": lazy_("The agreed total differs from ours; it stands"),
    "signed": lazy_("What was signed differs from ours; it stands"),
    "declined": lazy_("What was shown differs from ours; it stands"),
}
SLOT_LABELS = {"slot": "moment", "back_at": "moment"}


def timeline(opened: Opened, say: Say) -> list[View]:
    """What happened at the visit, act by act, oldest first: for `ui.timeline`."""
    return [_line(opened, say, record) for record in opened.records if record.act not in QUIET]


def question(say: Say, step_id: str, body: Mapping[str, Any]) -> View:
    """What an engineer recorded with a question: title, the way on that was chosen, rows of label and value, photos."""
    step = say.protocol.step(step_id)
    problem = step.problem(str(body.get("problem", ""))) if step else None
    found: View = {
        "step": say.step(step_id) if step else "",
        "title": "",
        "way": "",
        "rows": [],
        "photos": [],
    }
    if body.get("act") in DIFFERS:
        found["title"] = str(DIFFERS[body["act"]])
        pairs = ((_("The customer saw"), body.get("shown")), (_("It would be now"), body.get("total")))
        found["rows"] = [(label, say.money(value)) for label, value in pairs if isinstance(value, int)]
        return found
    if "call_late_min" in body:
        found["title"] = _("First call %(n)s min too late", n=body["call_late_min"])
        found["rows"] = [(_("Request received"), say.moment(body["received_at"]))]
        return found
    if step is None or problem is None:
        found["rows"] = [
            (words.FIELDS.get(key, key), str(value)) for key, value in body.items() if _is_plain(value)
        ]
        return found
    path = problem_path(step, problem)
    found["title"] = str(say.word(*path, "title"))
    remedy = problem.remedy(str(body.get("remedy", "")))
    if remedy:
        found["way"] = str(say.word(*path, "remedy", remedy.id, "title"))
    _fill(found, say, problem.fields, path, body)
    if remedy:
        _fill(found, say, remedy.fields, (*path, "remedy", remedy.id), body)
    if body.get("answer_by"):
        found["rows"].append((_("Answer promised by"), say.day(body["answer_by"])))
    for name in SLOT_LABELS:
        if body.get(name):
            label = _("New time agreed") if name == "slot" else _("Goes on at")
            found["rows"].append((label, say.moment(body[name])))
    return found


def in_short(say: Say, step_id: str, body: Mapping[str, Any]) -> str:
    """The same in one line."""
    told = question(say, step_id, body)
    return ": ".join(filter(None, (told["title"], " · ".join(value for _label, value in told["rows"]))))


def _fill(
    found: View, say: Say, fields: tuple[Field, ...], path: tuple[str, ...], body: Mapping[str, Any]
) -> None:
    for one in fields:
        value = body.get(one.id)
        if value in (None, "", [], False):
            continue
        if one.id in rights_view.IDS and not say.word(*path, "field", one.id, "label"):
            options = rights_view.OPTIONS.get(one.id, {})
            found["rows"].append((str(rights_view.FACTS[one.id]), str(options.get(value, value))))
            continue
        if one.type in ("photo", "photos"):
            found["photos"] += shas(value)
        else:
            found["rows"].append(
                (str(say.word(*path, "field", one.id, "label", default=one.id)), _said(say, one, path, value))
            )


def _said(say: Say, one: Field, path: tuple[str, ...], value: Any) -> str:
    if one.type in ("choice", "choices"):
        options = dict(say.options(one, path))
        chosen = value if isinstance(value, list) else [value]
        return ", ".join(options.get(code, code) for code in chosen)
    if one.type == "money" and isinstance(value, int):
        return say.money(value)
    if one.type == "date":
        return say.day(value)
    if one.type == "datetime":
        return say.moment(value)
    if one.type == "tick":
        return _("Yes")
    return f"{value} {one.unit}" if one.unit else str(value)


def _line(opened: Opened, say: Say, record: Record) -> View:
    step = opened.protocol.step(record.step)
    title = say.step(record.step) if step else ""
    text, kind = "", "done"
    if record.act == "problem" and step:
        problem = step.problem(str(record.body.get("problem", "")))
        title, text, kind = _problem(say, step, problem, record), title, "waiting"
    elif record.act == "passed":
        text, kind = _passed(say, record), "waiting"
    elif record.act == "ruled":
        title = str(words.GIVEN.get(str(record.body.get("ruling")), ""))
        amount = record.body.get("amount")
        said = [say.money(amount) if isinstance(amount, int) else "", str(record.body.get("answer", ""))]
        text, kind = " · ".join(filter(None, said)), "now"
    elif record.act in ("cancelled", "reassigned", "moved"):
        title, text, kind = _desk_act(say, record)
    elif record.act != "done":
        text = title
        title = str(visit_words.ACTS.get(record.act, record.act))
        kind = "trouble" if record.act in ("refused", "declined") else "plain"
    about = record.body.get("done_about")
    if about:
        text = " · ".join(
            filter(None, (text, _("Done about %(time)s, entered later", time=say.clock(about))))
        )
    if mark := record.body.get("clock"):
        text = " · ".join(filter(None, (text, words.clock_text(mark.get("trust"), mark.get("skew_s")))))
    return {"time": say.clock(record.at.isoformat()), "title": title, "text": text, "kind": kind}


def _problem(say: Say, step: Step, problem: Problem | None, record: Record) -> str:
    if problem is None:
        return str(record.body.get("problem", ""))
    path = problem_path(step, problem)
    way = say.word(*path, "remedy", str(record.body.get("remedy", "")), "title")
    return " → ".join(filter(None, (str(say.word(*path, "title")), str(way))))


def _passed(say: Say, record: Record) -> str:
    reason = say.code("pass_reason", record.body.get("reason"))
    return ": ".join(filter(None, (_("Not recorded"), reason, str(record.body.get("text", "")))))


def _desk_act(say: Say, record: Record) -> tuple[str, str, str]:
    body = record.body
    if record.act == "moved":
        text = _("From %(old)s to %(new)s", old=say.moment(body.get("from")), new=say.moment(body.get("to")))
        return _("Moved by the desk"), text, "now"
    if record.act == "reassigned":
        return str(visit_words.ACTS["reassigned"]), str(body.get("to", "")), "now"
    reason = say.code("cancel_reason", body.get("reason"))
    return (
        str(visit_words.ACTS["cancelled"]),
        ": ".join(filter(None, (reason, str(body.get("text", ""))))),
        "trouble",
    )


def _is_plain(value: Any) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool) and value != ""
