"""Saying: the norm's words, money, days and times of one visit in the reader's language. No row is looked up."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from app.domain import amount, schedule
from app.domain.paper import wording
from app.domain.price_list import PriceList
from app.domain.protocol import Field, Problem, Protocol, Step, problem_path
from app.services.visiting import Opened
from app.web import i18n
from app.web.telephones import police, readable


@dataclass(frozen=True)
class Say:
    """Speaks one language about one protocol, price list and place."""

    protocol: Protocol
    prices: PriceList
    language: str
    zone: ZoneInfo

    @property
    def key(self) -> tuple[str, str, str, str]:
        return (self.protocol.hash, self.prices.hash, self.language, self.zone.key)

    def word(self, *path: str, default: Any = "") -> Any:
        return self.protocol.word(self.language, *path, default=default)

    def code(self, group: str, code: Any) -> str:
        """The norm's word for a coded choice; the code itself when a later norm has dropped it."""
        return str(self.word("code", group, str(code), default=str(code or "")))

    def codes(self, group: str) -> list[tuple[str, str]]:
        return [(code, self.code(group, code)) for code in self.protocol.codes.get(group, ())]

    def options(self, one: Field, path: tuple[str, ...]) -> list[tuple[str, str]]:
        """The choices of a field that the norm declares under this path."""
        if one.codes:
            return [(code, self.code(one.codes, code)) for code in one.options]
        words = self.word(*path, "field", one.id, "options", default={})
        return [(code, words.get(code, code)) for code in one.options]

    def problem(self, step: Step, problem: Problem) -> tuple[str, str, str, bool]:
        """A problem as a row to choose: id, title, what happens then, whether it is the row of safety."""
        path = problem_path(step, problem)
        return problem.id, self.word(*path, "title"), self.word(*path, "then"), problem.shared

    def step(self, step_id: str) -> str:
        return str(self.word("step", step_id, "title", default=step_id)).replace(" × ", "\u00a0×\u00a0")

    def stage(self, stage: str) -> str:
        return str(self.word("stage", stage, default=stage))

    def money(self, minor: int) -> str:
        return amount.money(minor, self.prices.currency, self.language)

    def typed_money(self, minor: Any) -> str:
        """An amount as it is typed: 145.50."""
        return f"{minor // 100}.{minor % 100:02d}" if isinstance(minor, int) else str(minor or "")

    def item(self, code: str) -> str:
        """The name of a thing on the price list."""
        found = self.prices.items.get(code)
        return found.names.get(self.language, code) if found else code

    def appliance(self, kind: str) -> str:
        return self.paper("appliance", kind)

    def paper(self, group: str, key: str) -> str:
        """A word that papers use too."""
        found = wording.words(self.language).get(group, {})
        return found.get(key) or wording.readable(key)

    def moment_of(self, text: Any) -> datetime | None:
        try:
            return datetime.fromisoformat(str(text)) if text else None
        except ValueError:
            return None

    def clock(self, text: Any) -> str:
        found = self.moment_of(text)
        return i18n.clock(found) if found and found.tzinfo else ""

    def moment(self, text: Any) -> str:
        found = self.moment_of(text)
        return i18n.moment(found) if found and found.tzinfo else ""

    def day(self, text: Any) -> str:
        """A day with its year, of a date or a moment."""
        try:
            found = date.fromisoformat(str(text)[:10])
        except ValueError:
            return ""
        return i18n.day(found, "long")

    def map(self, address: str, country: str) -> str:
        """A link that shows the way; the address leaves the phone only when it is pressed."""
        if country == "CN":  # other maps are out of place there, by several hundred metres
            return f"https://uri.amap.com/search?keyword={quote(address)}"
        return f"https://www.google.com/maps/dir/?api=1&destination={quote(address)}"

    def local(self, text: Any) -> str:
        """A moment as an input of day and time wants it; what was typed stays as it was typed."""
        found = self.moment_of(text)
        return (
            found.astimezone(self.zone).strftime("%Y-%m-%dT%H:%M")
            if found and found.tzinfo
            else str(text or "")
        )

    def known(self, opened: Opened) -> dict[str, str]:
        """What the {places} of the norm's sentences stand for in this visit."""
        walk, facts = opened.walk, opened.facts
        arrived = walk.of_kind("arrive")
        minutes = (arrived.values.get("minutes_late") or 0) if arrived and arrived.status == "done" else 0
        return {
            "engineer": str(facts.engineer.get("name", "")),
            "company": str(facts.outlet.get("name", "")),
            "customer": str(walk.data["name"]),
            "hotline": readable(str(facts.outlet.get("phone", ""))),
            "time": i18n.clock(walk.appointment),
            "minutes_late": str(minutes) if minutes > 0 else "",
            "total": self.money(walk.fee.total),
            "code": i18n._("on the card"),
            "reference": str(facts.reference),
            "police": police(str(facts.outlet.get("country", ""))),
        }


def saying(opened: Opened) -> Say:
    """How this request speaks about this visit."""
    zone = ZoneInfo(str(opened.facts.outlet.get("timezone") or "UTC"))
    return Say(opened.protocol, opened.prices, i18n.language(), zone)


def leave_by(opened: Opened) -> datetime:
    """The latest time to leave for the appointment, to be there as early as the norm wants."""
    early = int(opened.protocol.settings.get("early_max", schedule.EARLY_MAX))
    return schedule.depart_by(opened.walk.appointment, opened.facts.travel_minutes, early)
