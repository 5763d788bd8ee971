"""What the browser tests of the outbox share: the phone without a worker, its store read and written, its saves."""

from typing import Any

from playwright.sync_api import Error

from app.models import records
from app.models.inbox import InboxEntry

MAIN = "#s-listen .dock .btn.main"
WORDS = "#s-listen [name=words]"
SAVE = "(made) => doorstep.outbox.save(made).then((entry) => entry.key)"


class Phone:
    """One tab of a phone on a visit's page; `post` decides what happens to what it sends."""

    def __init__(self, page: Any, visit: Any) -> None:
        self.page, self.visit = page, visit

    def open(self, place: str = "") -> "Phone":
        """Load the visit's page (or another) and wait until its scripts stand."""
        self.page.goto(place or f"/visits/{self.visit.id}")
        self.until(
            "Boolean(self.doorstep && doorstep.keep && document.querySelector('#outbox-badge')?.dataset.state)"
        )
        return self

    def until(self, expression: str, more: Any = None) -> Any:
        """Wait by looking: the content policy forbids Playwright's own waiting, which evaluates text in the page."""
        for _ in range(200):
            try:
                if found := self.page.evaluate(expression, more):
                    return found
            except Error:
                pass  # between two pages
            self.page.wait_for_timeout(40)
        raise AssertionError(f"never: {expression}")

    def type(self, words: str = "It drips") -> "Phone":
        """What the customer says, typed and not saved."""
        self.page.evaluate("location.hash = 's-listen'")
        self.page.fill(WORDS, words)
        return self

    def listen(self, words: str = "It drips") -> "Phone":
        """Typed and pressed; waits until it is stored."""
        before = len(self.entries())
        self.type(words).page.locator(MAIN).first.click()
        self.until("(n) => doorstep.store.entriesOf().then((all) => all.length > n)", before)
        return self

    def save(self, **made: Any) -> str:
        """A save past the page's own judgement, such as only an old page would send; its key."""
        return self.page.evaluate(SAVE, {"visit": self.visit.id, "act": "done", "fields": {}, **made})

    def pump(self) -> dict[str, Any]:
        return self.page.evaluate("doorstep.outbox.pump('test')")

    def sent(self) -> "Phone":
        self.until("doorstep.outbox.state().then((now) => now.pending + now.photos === 0)")
        return self

    def entries(self) -> list[dict[str, Any]]:
        return self.page.evaluate("doorstep.store.entriesOf()")

    def states(self) -> list[str]:
        return [one["state"] for one in self.entries()]

    def state(self) -> dict[str, Any]:
        return self.page.evaluate("doorstep.outbox.state()")

    def meta(self, name: str, *value: Any) -> Any:
        """Read, or with a value write, one of the store's small facts."""
        if value:
            return self.page.evaluate(
                "([name, value]) => doorstep.store.set(name, value).then(() => null)", [name, *value]
            )
        return self.page.evaluate("(name) => doorstep.store.get(name)", name)

    def badge(self, state: str) -> "Phone":
        self.until("(state) => document.querySelector('#outbox-badge').dataset.state === state", state)
        return self

    def post(self, answer: Any) -> "Phone":
        """From now on `answer(route)` answers what is handed in at /outbox; None: the server does."""
        self.page.unroute("**/outbox")
        if answer:
            self.page.route(
                "**/outbox",
                lambda route: answer(route) if route.request.method == "POST" else route.continue_(),
            )
        return self

    def no_network(self) -> "Phone":
        """Nothing that is handed in leaves the phone; pages still load."""
        return self.post(lambda route: route.abort())


def received() -> list[tuple[int, str, str]]:
    """Place, step and state of everything in the inbox, in order."""
    rows = InboxEntry.select().order_by(InboxEntry.seq, InboxEntry.received)
    return [(one.seq, one.step, one.state) for one in rows]


def words_of(visit: Any) -> list[Any]:
    """What the records say that the customer said."""
    return [one.body["words"] for one in records.of_visit(visit.id) if "words" in one.body]
