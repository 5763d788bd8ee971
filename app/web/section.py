"""One step as its template sees it: values, messages, options and words. No row is read and nothing is decided."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup

from app.domain.protocol import Field, Step, problem_path
from app.domain.vocabulary import PAY_METHODS
from app.services.visiting import Opened
from app.web import review, visit_words
from app.web.forms import fault_words, shas
from app.web.i18n import _
from app.web.saying import Say

View = dict[str, Any]
CHINESE_PAY = ("wechat", "alipay")


@dataclass
class Section:
    """`view` holds plain values (its text is the key of the kept HTML); `v` those of the step's kind."""

    view: View
    say: Say
    step: Step
    opened: Opened
    v: View = field(default_factory=dict)
    # Marks for what differs from look to look; see visit_view.
    visit = "\x02V\x02"
    key = "\x02K\x02"
    bar = Markup("\x02B\x02")
    onward = Markup("\x02N\x02")

    def __getattr__(self, name: str) -> Any:
        try:
            return self.view[name]
        except KeyError:
            raise AttributeError(name) from None

    @property
    def retried(self) -> bool:
        """The step's main form came back: what was typed stands in it."""
        return bool(self.view["act"] == "done")

    def value(self, name: str, default: Any = None, act: str = "done") -> Any:
        """What stands in this input: what was just typed, else what is stored."""
        if self.view["act"] == act:
            return self.view["typed"].get(name, default)
        return self.view["values"].get(name, default) if act == "done" else default

    def chosen(self, name: str, act: str = "done") -> list[str]:
        """The ticked ones of several."""
        found = self.value(name, [], act)
        return found if isinstance(found, list) else [found] if found else []

    def local(self, name: str, act: str = "done") -> str:
        """What stands in an input of day and time."""
        return self.say.local(self.value(name, "", act))

    def error(self, name: str, act: str = "done") -> str:
        """The sentence beside this input, if something is wrong with it."""
        code = self.view["faults"].get(name) if self.view["act"] == act else None
        return fault_words(code) if code else ""

    def word(self, *path: str, default: Any = "") -> Any:
        """The norm's words of this step."""
        return self.say.word("step", self.step.id, *path, default=default)

    def label(self, one: Field) -> str:
        return str(self.word("field", one.id, "label"))

    def options(self, one: Field) -> list[tuple[str, str]]:
        """The choices of a declared field."""
        return self.say.options(one, ("step", self.step.id))

    def coded(self, codes: str, chosen: Any) -> list[tuple[str, str]]:
        """A list of the norm as choices; of a later step only the chosen one, for visit.js brings the others."""
        found, kept = self.say.codes(codes), chosen if isinstance(chosen, list) else [chosen]
        return [one for one in found if one[0] in kept] if self.view.get("later") else found

    def lines(self) -> list[str]:
        """What to say here, with names and times filled in."""
        return [fill(line, self.view["fill"]) for line in self.word("say", default=())]

    def problems(self) -> list[tuple[str, str, str, bool]]:
        """The rows of "Something else": id, title, what happens then, whether it is the row of safety."""
        return [self.say.problem(self.step, problem) for problem in self.step.problems]

    def problem_title(self, problem_id: str) -> str:
        problem = self.step.problem(problem_id)
        return str(self.say.word(*problem_path(self.step, problem), "title")) if problem else problem_id

    def past_title(self, step_id: str, act: str, detail: str, rung: str) -> str:
        """What a record of this visit was, in a few words."""
        step = self.say.protocol.step(step_id)
        if act == "problem" and step:
            problem = step.problem(detail)
            return str(self.say.word(*problem_path(step, problem), "title")) if problem else detail
        if act == "bout":
            return str(visit_words.WAYS.get(detail, detail))
        if act == "ladder":
            return str(visit_words.RUNGS.get(rung, rung))
        return str(visit_words.ACTS.get(act) or self.say.step(step_id))

    def past_text(self, step_id: str, act: str, detail: str, rung: str) -> str:
        """What belongs to it: the step, or how it came out."""
        if act == "attempt":
            return str(visit_words.CALL_RESULTS.get(detail, detail))
        if act == "ladder":
            return str(visit_words.RUNG_RESULTS.get(rung, {}).get(detail, detail))
        if act in ("line", "fitted"):
            return self.say.item(detail)
        if act == "passed":
            return f"{self.say.step(step_id)}: {self.say.code('pass_reason', detail)}"
        return self.say.step(step_id) if act in ("problem", "ruled") and step_id else ""

    def review(self) -> review.Review:
        """Everything the customer is about to sign."""
        return review.of(self.opened, self.say)

    @property
    def takes_photos(self) -> bool:
        return any(one.type in ("photo", "photos") for one in self.step.fields)

    def shas(self, name: str, act: str = "done") -> list[str]:
        """The photos kept for this input."""
        return shas(self.value(name, [], act))

    def urls(self, found: Iterable[str]) -> list[str]:
        return [f"/blobs/{sha}?visit={self.visit}" for sha in found]

    def thumbs(self, found: Iterable[str]) -> Markup:
        """Small pictures that open large."""
        image = Markup('<a href="{0}"><img src="{0}" alt="{1}" loading="lazy" width="88" height="88"></a>')
        drawn = [image.format(url, _("Photo %(n)s", n=n)) for n, url in enumerate(self.urls(found), 1)]
        return Markup('<span class="photo-row">{0}</span>').format(Markup("").join(drawn))

    def pairs(self, words: Mapping[str, Any]) -> list[tuple[str, str]]:
        """A table of words as choices."""
        return [(code, str(word)) for code, word in words.items()]

    def triples(self, words: Mapping[str, tuple[Any, Any]]) -> list[tuple[str, str, str]]:
        """The same with a hint below each."""
        return [(code, str(word), str(hint)) for code, (word, hint) in words.items()]

    def part_options(self) -> list[tuple[str, str]]:
        """Parts of the price list that fit this appliance, without those that like repairs suggest."""
        items, known = self.say.prices.items_for(self.v["kind"]), dict(self.v["fixed_by"])
        return [
            (item.code, self.say.item(item.code))
            for item in items if item.kind == "part" and item.code not in known
        ]  # fmt: skip

    def items(self, codes: Iterable[str]) -> str:
        """Several things of the price list in one line."""
        return " + ".join(map(self.say.item, codes))

    def item_options(self) -> list[tuple[str, str]]:
        """Everything that can be charged on this appliance, with its price."""
        items = self.say.prices.items_for(self.v["kind"])
        return [(item.code, f"{self.say.item(item.code)} · {self.say.money(item.price)}") for item in items]

    def loaner_options(self) -> list[tuple[str, str]]:
        """The free loaners of the appliance's kind, else all; one that was chosen before stays among them."""
        chosen, wanted = self.value("loaner", "none"), self.v["kind"]
        free = [
            (id_, f"{self.say.appliance(kind)} {name} · {serial}")
            for id_, kind, name, serial in self.v["loaners"]
            if self.other_loaners or kind == wanted or id_ == chosen
        ]
        return [("none", _("None")), *free]

    @property
    def other_loaners(self) -> bool:
        """Whether no free loaner is of the appliance's kind."""
        kind = self.v["kind"]
        return bool(self.v["loaners"]) and all(one[1] != kind for one in self.v["loaners"])

    def pay_options(self) -> list[tuple[str, str]]:
        """Ways to pay that are known at the place."""
        chinese = self.v["country"] in ("CN", "TW", "HK", "MO")
        usual = [way for way in PAY_METHODS if chinese or way not in CHINESE_PAY]
        return [(way, str(visit_words.METHODS[way])) for way in (*usual, "none")]


def fill(line: str, values: Mapping[str, str]) -> str:
    """A sentence of the norm with its {places} filled in; one without a value stays open as …"""
    return re.sub(r"\{([a-z_]+)\}", lambda found: values.get(found[1]) or "…", line)
