"""The editor of norms at 320 px and on a desk's screen, in every language: no fault for a checker, nothing too wide."""

from datetime import UTC, datetime

import pytest

from app.domain import protocol
from app.models.people import Person
from app.services import norming
from tests.web.auditing import LANGUAGES, SMALL, Auditor

pytestmark = pytest.mark.browser

SCREEN = {"width": 1280, "height": 800}
TITLE = "words/es/step/knock/title"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_editor(page, cast, sign_in_page, language):
    Person.update(language=language).execute()
    moment = datetime.now(UTC)
    made = norming.copy(cast.hao, protocol.load("maker-2026-11").hash, moment)
    norming.save(cast.hao, made.id, 0, {TITLE: ("text", [""])}, moment)
    problem = made.body["structure"]["step"][0]["problem"][0]["id"]
    home = f"/desk/norm/drafts/{made.id}"
    sign_in_page(page, "hao")
    audit = Auditor(page, language, targets=False)
    for size in (SMALL, SCREEN) if language == "en" else (SMALL,):
        page.set_viewport_size(size)
        for address in (
            "/desk/norm", home, f"{home}/texts", f"{home}/settings", f"{home}/steps/knock",
            f"{home}/steps/accept/problems/{problem}", f"{home}/steps/safety/problems/not_safe",
            f"{home}/steps/knock/preview",
        ):  # fmt: skip
            audit.go(address)
    audit.verdict()
