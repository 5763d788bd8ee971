"""What the stories without a network share: a phone that is killed, a line that is cut, and the PIN. No test here."""

import re
from typing import Any

from flask import Flask

from app.models.sessions import Session
from tests.stories.walker import Walker
from tests.web.phones import Line, Phone, until

PIN = "246810"
ACROSS = ((40, 150, 180, 60), (120, 60, 280, 170))


class Field:
    """Mei's phone in the field: `away()` no signal at all, `back()` a signal again, `killed()` the app is gone."""

    def __init__(self, app: Flask, line: Line, phone: Phone, zone: str) -> None:
        self.app, self.line, self.phone = app, line, phone
        self.zone = zone
        self.is_away = False

    @property
    def page(self) -> Any:
        """The tab."""
        return self.phone.page

    def walker(self, story: str) -> Walker:
        """Walks on the tab as it is now; a killed app needs a new one."""
        return Walker(self.page, story)

    def signed_in(self, login: str = "mei") -> "Field":
        """Signed in with a PIN, as in the morning."""
        self.phone.close()
        self.phone.open(timezone_id=self.zone)
        self.phone.sign_in(self.app, login)
        self.page.goto("/pin?next=/")
        self.page.get_by_label("PIN", exact=True).fill(PIN)
        self.page.get_by_label("PIN again").fill(PIN)
        self.page.get_by_role("button", name="Set this PIN").tap()
        self.page.wait_for_url(re.compile(r"\d/$"))
        return self

    def prepared(self) -> "Field":
        """Today's visits lie on the phone."""
        self.phone.prepared()
        return self

    def away(self) -> "Field":
        """The server is stopped and the phone is in airplane mode."""
        self.line.cut()
        self.phone.context.set_offline(True)
        self.is_away = True
        return self

    def back(self) -> "Field":
        """The server answers and the phone has a signal; its session, which a kill may have taken, is there again."""
        self.line.mend()
        self.phone.context.set_offline(False)
        self.is_away = False
        row = Session.select().where(Session.unlock_hash.is_null(False)).order_by(Session.id.desc()).first()
        if not any(cookie["name"] == "session" for cookie in self.phone.context.cookies()):
            self.phone.sign_in(self.app, row.person.login, device=row.device, unlock_hash=row.unlock_hash)
        return self

    def killed(self) -> "Field":
        """SIGKILL, and opened again at the start page, as by its icon; the PIN opens it."""
        self.phone.kill()
        self.phone.open(timezone_id=self.zone)
        if self.is_away:
            self.phone.context.set_offline(True)
        self.page.goto("/")
        self.unlocked()
        return self

    def unlocked(self) -> None:
        """The PIN into the lock that lies over a cold start, if it does."""
        lock = self.page.locator("dialog.lock")
        self.page.wait_for_timeout(400)
        if self.page.evaluate("() => document.documentElement.classList.contains('locked')"):
            lock.get_by_label("Your PIN").fill(PIN)
            lock.get_by_role("button", name="Unlock", exact=True).tap()
            lock.wait_for(state="detached")

    def given_back(self, w: Walker) -> None:
        """The engineer has the phone back by the PIN, without anybody being asked."""
        w.tap("To the engineer").speak("en").at("Take the phone back", shot=False)
        w.page.get_by_label("Your PIN").fill(PIN)
        w.page.get_by_role("button", name="Unlock this phone").tap()
        w.page.wait_for_url(re.compile(r"/visits/\d+"))

    def sent(self) -> None:
        """Until the office has everything."""
        until(
            self.page,
            "doorstep.outbox.pump('test').then(() => doorstep.outbox.state())"
            ".then((now) => now.pending + now.held + now.refused + now.photos === 0)",
        )

    def entries(self, visit: Any) -> list[dict[str, Any]]:
        """What lies on the phone of this visit."""
        found: list[dict[str, Any]] = self.page.evaluate("(id) => doorstep.store.entriesOf(id)", visit.id)
        return found
