"""Recalling: what earlier visits of the same outlet say about a job (B-ABLE-07, B-REPEAT-09), and how they come to be
remembered: from their records, in the transaction of the act that ends them. What is alike is `domain.recall`'s."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from app.domain import recall
from app.domain.recall import Asked, Consult, Past, Recall
from app.domain.record import Record
from app.domain.vocabulary import LANGUAGES
from app.models import past_repairs, tasks
from app.services import publishing
from app.services.opening import Opened

LOOKED_AT = 40  # of a hundred like repairs, the nearest say enough
ANSWER_LIMIT = 240


def looked_up(opened: Opened) -> Opened:
    """The visit with what earlier ones say about it, while its analysis is still to be made; nothing is asked later."""
    analysis = opened.walk.of_kind("analyse")
    if analysis is None or analysis.settled or opened.walk.ended:
        return opened
    return replace(opened, recalled=similar(opened))


def similar(opened: Opened) -> Recall:
    """Like repairs of the same kind of appliance in this outlet, a repeat of the same fault, and consultations."""
    visit, data = opened.visit, opened.walk.data
    asked = _asked(opened)
    terms = [*sorted(asked.terms - {recall.NO}), *(recall.code("f", one) for one in sorted(asked.faults))]
    if not terms:
        return recall.NOTHING
    model = recall.code("m", data["model"] or "")
    if model != "m_":
        terms.append(model)  # of like ones, those of this model come first
    found = past_repairs.search(visit.outlet_id, data["kind"], terms, visit.id, LOOKED_AT)
    like = [past for past in found if recall.is_like(asked, past)]
    days = int(opened.protocol.settings.get("repeat_days", recall.REPEAT_DAYS))
    since = opened.facts.day - timedelta(days=days)
    same = past_repairs.of_same(visit.outlet_id, visit.id, data["kind"], data["serial"] or "", since)
    repeat = recall.last_repeat(asked, same, opened.facts.day, days)
    consults = past_repairs.consults_of([past.visit for past in like])
    return recall.summary([past for past in like if past.outcome], repeat, consults)


def remember(after: Opened, said: tuple[Record, ...]) -> None:
    """Keep what a finished visit found, and what the technical section answered in these records. Needs a transaction."""
    consults = list(_consults(after, said))
    if after.walk.state != "finished" and not consults:
        return
    data = after.walk.data
    past_repairs.put(after.visit, _past(after), data["kind"], data["serial"] or "")
    for key, consult in consults:
        past_repairs.put_consult(after.visit.id, key, consult)


def remember_anew(current: Opened) -> None:
    """Make what is remembered of this visit again from its records. Needs a transaction."""
    past_repairs.forget(current.visit.id)
    remember(current, current.records)


def _asked(opened: Opened) -> Asked:
    """What the job says of the fault: the symptom as told, and the faults that it names."""
    told = frozenset(recall.terms(opened.walk.data["symptom"] or ""))
    return Asked(told, _faults_told(opened))


def _past(current: Opened) -> Past:
    walk = current.walk
    heard, found, done = (_values(current, kind) for kind in ("listen", "diagnose", "repair"))
    faults = _faults_told(current) | set(heard.get("symptoms", ())) | {found.get("fault", "")}
    faults -= recall.UNSPECIFIC
    cause = str(found.get("cause", ""))
    parts = sorted({walk.lines[key].item for key in walk.fitted if key in walk.lines})
    told = (walk.data["symptom"], heard.get("words"), found.get("fault_text"), found.get("cause_text"),
            done.get("measure_text"))  # fmt: skip
    person = _person(current)
    texts = [recall.without_person(text, person) for text in told if text]
    texts += _words_of(current, faults, cause, parts)
    terms = {term for text in texts for term in recall.terms(text)}
    terms |= {recall.code("f", one) for one in faults} | {recall.code("p", one) for one in parts}
    terms |= {recall.code("c", cause), recall.code("m", walk.data["model"] or "")}
    return Past(
        visit=current.visit.id, day=current.facts.day, faults=frozenset(faults), cause=cause, parts=tuple(parts),
        outcome=(walk.outcome or "") if walk.state == "finished" else "", terms=frozenset(terms),
    )  # fmt: skip


def _consults(current: Opened, said: tuple[Record, ...]) -> Iterator[tuple[str, Consult]]:
    """The technical section's answers among these records, by the record's key."""
    ruled = [record for record in said if record.act == "ruled" and record.body.get("answer")]
    if not ruled:
        return
    kinds = {task.id: task.kind for task in tasks.of_visit(current.visit.id)}
    zone, person = ZoneInfo(str(current.facts.outlet["timezone"])), _person(current)
    for record in ruled:
        if kinds.get(record.body.get("task")) == "technical":
            answer = recall.without_person(str(record.body["answer"]), person)
            if len(answer) > ANSWER_LIMIT:
                answer = answer[: ANSWER_LIMIT - 1].rstrip() + "…"
            day = record.at.astimezone(zone).date()
            yield record.key, Consult(str(record.body.get("by", "")), day, answer)


def _faults_told(current: Opened) -> frozenset[str]:
    """The faults that the job names, in the codes of its intake or in the norm's words in any language."""
    coded = frozenset(current.facts.job.get("symptom_codes") or ())
    told = recall.terms(current.walk.data["symptom"] or "")
    return (coded | recall.named(told, _fault_words(current.protocol.hash))) - recall.UNSPECIFIC


@lru_cache(maxsize=16)
def _fault_words(protocol_hash: str) -> tuple[tuple[str, frozenset[str]], ...]:
    """Each fault code with the terms of its wording, once for every language."""
    norm = publishing.protocol_of(protocol_hash)
    return tuple(
        (name, frozenset(recall.terms(str(norm.word(language, "code", "fault", name)))))
        for name in norm.codes.get("fault", ())
        for language in LANGUAGES
    )


def _words_of(current: Opened, faults: Iterable[str], cause: str, parts: Iterable[str]) -> list[str]:
    """Faults, cause and parts in words of every language, so that what a person types finds them."""
    norm, items = current.protocol, current.prices.items
    coded = [("fault", one) for one in sorted(faults)] + [("cause", cause)] * (cause not in recall.UNSPECIFIC)
    said = [str(norm.word(language, "code", *one)) for one in coded for language in LANGUAGES]
    return said + [name for part in parts if part in items for name in items[part].names.values()]


def _person(current: Opened) -> list[str]:
    """Whatever says who the customer is or where."""
    data, facts = current.walk.data, current.facts.customer
    numbers = [str(one.get("number", "")) for one in facts.get("phones") or ()]
    return [str(facts["name"]), str(facts["address"]), str(data["name"]), str(data["address"]), *numbers]


def _values(current: Opened, kind: str) -> Mapping[str, Any]:
    state = current.walk.of_kind(kind)
    return state.values if state else {}
