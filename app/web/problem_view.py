"""What a problem's page shows: what to say, what to record, the ways on with what each one does. No rules."""

from dataclasses import dataclass
from typing import Any

from app.domain import effect
from app.domain.protocol import Field, Problem, Protocol, Remedy, Step, problem_path
from app.domain.steps.common import EFFECT_FIELDS, with_options
from app.services.visiting import Opened
from app.web import rights_view, visit_words
from app.web.forms import fault_words, shas
from app.web.i18n import _, lazy_
from app.web.saying import Say
from app.web.section import fill

ASKED = {
    "slot": lazy_("New time"),
    "rebook_reason": lazy_("Reason"),
    "consent": lazy_("Customer agrees to the new time"),
    "back_at": lazy_("Goes on at"),
    "answer_by": lazy_("Answer promised by"),
    "left_out": lazy_("Why not all of it was tried"),
}
LONG_LIST = 8


@dataclass(frozen=True)
class Input:
    """One input, ready for the macro `field`."""

    id: str
    name: str
    type: str
    label: str
    hint: str
    value: Any
    error: str
    options: list[tuple[str, str]]
    required: bool
    unit: str
    min: int | None
    max: int | None
    kept: list[str]


@dataclass(frozen=True)
class Way:
    """One way on. `does`: its effects in words."""

    id: str
    title: str
    does: str
    inputs: list[Input]
    chosen: bool


@dataclass(frozen=True)
class Shown:
    """The page. `errors` are (anchor, sentence); `phone` is the desk's when somebody is not safe."""

    step: Step
    id: str
    title: str
    then: str
    say: list[str]
    inputs: list[Input]
    ways: list[Way]
    errors: list[tuple[str, str]]
    way_error: str
    phone: str
    police: str
    safety: bool
    takes_photos: bool
    scope: str
    facts: list[Input]
    rights: rights_view.Rights | None
    has_rights: (
        bool  # the page of the server shows the table; the norm's document only says that there is one
    )


def shown(
    opened: Opened, step: Step, problem: Problem, say: Say, typed: dict[str, Any], faults: dict[str, str]
) -> Shown:
    """The page of this problem at a visit, with what was typed before and what was wrong with it."""
    reader = _Reader(opened.protocol, say, opened.visit.id, typed, faults)
    phone = str(opened.facts.outlet.get("phone", ""))
    rights = rights_view.of(opened, say, typed | rights_view.entered(typed)) if problem.rights else None
    return _shown(reader, step, problem, say.known(opened), phone, rights)


def blank(protocol: Protocol, step: Step, problem: Problem, say: Say) -> Shown:
    """The same for no visit in particular: nothing typed, {places} left open."""
    return _shown(_Reader(protocol, say, 0, {}, {}, f"{step.id}-{problem.id}-"), step, problem, None, "")


def _shown(
    reader: "_Reader", step: Step, problem: Problem, known: dict[str, str] | None, phone: str,
    rights: rights_view.Rights | None = None,
) -> Shown:  # fmt: skip
    path, say, faults = problem_path(step, problem), reader.say, reader.faults
    chosen = reader.typed.get("remedy") or (problem.remedies[0].id if len(problem.remedies) == 1 else "")
    ways = [reader.way(path, remedy, remedy.id == chosen) for remedy in problem.remedies]
    facts = tuple(one for one in problem.fields if problem.rights and one.id in rights_view.IDS)
    inputs = reader.inputs(path, tuple(one for one in problem.fields if one not in facts), "", True)
    asked = reader.facts(facts) if rights else []
    every = inputs + asked + [one for way in ways for one in way.inputs]
    lines = say.word(*path, "say", default=())
    choose = _("Choose how it goes on") if "remedy" in faults else ""
    errors = [(one.id, one.error) for one in every if one.error]
    errors += [(f"{reader.scope}remedy", choose)] if choose else []
    return Shown(
        step=step, id=problem.id, title=say.word(*path, "title"), then=say.word(*path, "then"),
        say=[fill(line, known) if known is not None else line for line in lines], inputs=inputs, ways=ways,
        errors=errors, police=(known or {}).get("police", ""),
        way_error=choose, phone=phone, safety=problem.shared,
        takes_photos=any(one.type in ("photo", "photos") for one in every), scope=reader.scope, facts=asked, rights=rights,
        has_rights=problem.rights,
    )  # fmt: skip


class _Reader:
    """Makes inputs with what was typed before and what was wrong with it."""

    def __init__(
        self,
        protocol: Protocol,
        say: Say,
        visit_id: int,
        typed: dict[str, Any],
        faults: dict[str, str],
        scope: str = "",
    ):
        self.protocol, self.say, self.visit_id, self.typed, self.faults = (
            protocol,
            say,
            visit_id,
            typed,
            faults,
        )
        self.scope = scope  # begins every id where many problems share a document

    def way(self, path: tuple[str, ...], remedy: Remedy, chosen: bool) -> Way:
        """One way on with its inputs; their names carry its id, because two ways may ask the same."""
        prefix, own = f"{remedy.id}.", (*path, "remedy", remedy.id)
        inputs = self.inputs(own, remedy.fields, prefix, chosen) + self.asked(remedy.effects, prefix, chosen)
        return Way(remedy.id, self.say.word(*own, "title"), _does(self.say, remedy.effects), inputs, chosen)

    def inputs(
        self, path: tuple[str, ...], fields: tuple[Field, ...], prefix: str, mine: bool
    ) -> list[Input]:
        """Those that the norm declares under this path."""
        return [
            self._input(
                one, self.say.word(*path, "field", one.id, "label"), self.say.word(*path, "field", one.id, "hint"),
                self.say.options(one, path), prefix, mine,
            )
            for one in fields
        ]  # fmt: skip

    def facts(self, fields: tuple[Field, ...]) -> list[Input]:
        """Those of a customer's rights, which every norm asks in the same words."""
        words = rights_view.OPTIONS
        return [
            self._input(
                one, str(rights_view.FACTS[one.id]), "", [(code, str(words[one.id][code])) for code in one.options],
                "", True,
            )
            for one in fields
        ]  # fmt: skip

    def asked(self, effects: tuple[str, ...], prefix: str, mine: bool) -> list[Input]:
        """Those that the effects bring."""
        found = []
        for name in effect.asks(effects):
            one = with_options(EFFECT_FIELDS[name], self.protocol)
            options = self.say.codes(one.codes) if one.codes else []
            found.append(self._input(one, str(ASKED[name]), "", options, prefix, mine))
        return found

    def _input(self, one: Field, label: str, hint: str, options: list[Any], prefix: str, mine: bool) -> Input:
        value = self.typed.get(one.id) if mine else None
        kind = "select" if one.type == "choice" and len(options) > LONG_LIST else one.type
        if one.type == "datetime":
            value = self.say.local(value)
        elif one.type == "choices" and isinstance(value, str):
            value = [value]
        kept = shas(value) if one.type in ("photo", "photos") else []
        fault = self.faults.get(one.id) if mine else None
        if one.type in ("photo", "photos"):
            value = [f"/blobs/{sha}?visit={self.visit_id}" for sha in kept]
        return Input(
            id=f"{self.scope}{prefix.replace('.', '-')}{one.id}", name=f"{prefix}{one.id}", type=kind, label=label,
            hint=hint, value=value, error=fault_words(f"{fault}:{one.type}") if fault else "", options=options,
            required=one.required, unit=one.unit, min=one.min, max=one.max if one.type == "number" else None, kept=kept,
        )  # fmt: skip


def _does(say: Say, effects: tuple[str, ...]) -> str:
    """What a way on sets going, in a few words; nothing when it is only written down."""
    found = []
    for name in effects:
        _effect, kind, argument = effect.read(name)
        if kind == "goto":
            found.append(_("Back to: %(step)s", step=say.step(argument)))
        elif words := visit_words.EFFECTS.get(name) or visit_words.EFFECTS.get(kind):
            found.append(str(words))
    return ("。" if say.language.startswith("zh") else ". ").join(found)
