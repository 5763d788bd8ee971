"""The patterns page: every element of the pages in one place, to be looked at; for the demo and for debugging."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from flask import Blueprint, render_template

bp = Blueprint("patterns", __name__)


@bp.get("/patterns")
def patterns() -> str:
    """The page, with a ring that began 47 seconds ago."""
    start = datetime.now(UTC) - timedelta(seconds=47)
    return render_template("patterns.html", ring_start=start.isoformat(timespec="seconds"))
