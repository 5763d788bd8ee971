"""The feedback report for quality and operations: counts by week, engineer and norm, on a page and as a table."""

from datetime import date, timedelta
from typing import Any

from flask import Blueprint, request
from werkzeug.wrappers import Response

from app.domain import feedback as rule
from app.domain import form, survey
from app.domain.feedback import Count
from app.services import reporting
from app.web.desk import doubt_words
from app.web.desk.batches import as_csv
from app.web.desk.frame import desk_only, desk_page, today
from app.web.i18n import _, lazy_, lazy_pgettext
from app.web.pages import current_person

bp = Blueprint("desk_feedback", __name__)

WEEKS = 8
TITLES = {"week": lazy_("By week"), "engineer": lazy_("By engineer"), "norm": lazy_("By norm")}
HEADS = {"week": lazy_("Week"), "engineer": lazy_("Engineer"), "norm": lazy_pgettext("desk", "Norm")}
COLUMNS = (
    "visits", "rated", "left_out", "satisfied", "unsatisfied", "called", "fine", "not_fine", "doubts", "reworks",
)  # fmt: skip


@bp.get("/desk/feedback")
@desk_only
def report() -> Response:
    """The last weeks, or the days of the address."""
    first, last = _days()
    heard = reporting.heard(current_person(), first, last)
    whole = rule.counted(heard)
    return desk_page(
        "desk/feedback.html", here="day", first=first, last=last, whole=whole, mean=_mean(whole),
        tables=[
            {
                "title": TITLES[by], "head": HEADS[by],
                "rows": [(name, _row(count)) for name, count in rule.grouped(heard, by).items()],
            }
            for by in rule.BY
        ],
        answers=[
            {
                "label": doubt_words.QUESTIONS[one], "value": whole.noes[one], "kind": "bad",
                "text": _("%(n)s of %(all)s say no", n=whole.noes[one], all=whole.answers[one]),
            }
            for one in survey.QUESTIONS if whole.answers[one]
        ],
        stars=[{"label": f"{place + 1} ★", "value": number} for place, number in enumerate(whole.stars)][::-1],
    )  # fmt: skip


@bp.get("/desk/feedback.csv")
@desk_only
def table() -> Response:
    """The same figures for a spreadsheet; its headings are fixed, so that programs can read them."""
    first, last = _days()
    heard = reporting.heard(current_person(), first, last)
    noes = [f"no_{question}" for question in survey.QUESTIONS]
    lines: list[list[Any]] = [["by", "name", *COLUMNS, "mean_stars", *noes]]
    for by in rule.BY:
        for name, count in rule.grouped(heard, by).items():
            figures = [getattr(count, column) for column in COLUMNS]
            tenths = count.mean_tenths
            mean = "" if tenths is None else f"{tenths // 10}.{tenths % 10}"
            lines.append([by, name, *figures, mean, *(count.noes[question] for question in survey.QUESTIONS)])
    return as_csv(lines, f"feedback-{first.isoformat()}-{last.isoformat()}")


def _days() -> tuple[date, date]:
    """From a Monday some weeks back to today, unless the address says otherwise; never more than a year."""
    last = form.day(request.args.get("to", "")) or today()
    usual = last - timedelta(days=last.weekday() + 7 * (WEEKS - 1))
    first = form.day(request.args.get("from", "")) or usual
    return max(min(first, last), last - timedelta(days=rule.LONGEST_DAYS)), last


def _row(count: Count) -> list[str]:
    said = _("%(n)s of %(all)s", n=count.satisfied, all=count.rated) if count.rated else "–"
    calls = _("%(n)s of %(all)s", n=count.fine, all=count.called) if count.called else "–"
    return [str(count.visits), said, _mean(count), calls, str(count.doubts or "–"), str(count.reworks or "–")]


def _mean(count: Count) -> str:
    tenths = count.mean_tenths
    return "–" if tenths is None else f"{tenths // 10}.{tenths % 10} ★"
