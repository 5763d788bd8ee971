"""`GET /outbox`: the page of what lies on this phone. It is an empty frame that works from the phone's own cache;
static/js/outbox_page.js fills it. What phones hand in is received by sync.py."""

from flask import Blueprint
from werkzeug.wrappers import Response

from app.web.pages import page, roles

bp = Blueprint("outbox_page", __name__)


@bp.get("/outbox")
@roles("engineer")
def outbox() -> Response:
    """What is saved here, sent, waiting, refused; without JavaScript nothing ever is."""
    return page("outbox/outbox.html")
