"""The line that is laid over a stored paper when it is printed again: which time, when, by whom."""

from app.domain.paper.value import Copy, Paper, Row
from app.domain.paper.wording import Wording
from app.domain.text import clean_line


def compose(language: str, timezone: str, sheet: str, lines: int, number: int, at: str, by: str) -> Paper:
    """`lines` is how often the mark stands on a sheet: once, or on each third of one that is cut in three."""
    w = Wording(language, timezone, "", {})
    text = w("label", "reprint", n=str(number), at=w.moment(at), by=clean_line(by))
    return Paper(
        kind="reprint_mark",
        language=language,
        sheet=sheet,
        title=text,
        number=Row("", ""),
        about=(),
        company="",
        contact=(),
        address="",
        copies=(Copy(0, "", ""),),
        sentences=(text,) * lines,
        page=w.label("page"),
        must_hold=(text,),
        created=at,
    )
