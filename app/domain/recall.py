"""Recall: which earlier repairs are like this one, and what they say: causes, parts, counted. No rows, no words shown.

Texts are compared by their terms: Latin words folded and cut to a stem, Chinese (written without spaces) as pairs of
neighbouring characters, traditional ones as their simplified twins. "漏水" is two characters long, so the trigrams that
SQLite brings would never find it.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

REPEAT_DAYS = 90  # a like fault within the longest usual repair warranty (O-TERM-08) is looked at as a repeat
CAUSES_SHOWN = 3
PARTS_SHOWN = 3
CONSULTS_SHOWN = 2
TERMS_LIMIT = 60  # terms of one text that are looked at
UNSPECIFIC = frozenset({"", "other", "none", "not_found", "works_normally"})

_WORD = re.compile(r"[a-z0-9]+|[\u3400-\u4dbf\u4e00-\u9fff]+")
_LETTER = re.compile(r"[a-z]")
NO = "no"
_NEGATIONS = frozenset({"no", "not", "cannot", "sin", "nada", "never", "nunca"})
# Characters that join words and say nothing of a fault; a run of characters is cut at them.
_EMPTY = re.compile("[的了着是在和有很也都就把被我你您他它们请会时候再又还太]+")
_STOP = frozenset(
    re.findall(
        "[a-z]+",
        """
    a an and are as at be but by does for from has have in is it its my of on only or since so that the then there they
    this to too very was when while with al como con cuando de del desde el en es esta este hace la las lo los mas me mi
    muy o para pero por que se si su sus tiene un una unos y ya""",
    )
)
_ENDINGS = ("iendo", "ando", "ados", "adas", "ing", "ado", "ada", "ido", "ida", "es", "ed", "as", "os", "an", "en", "ar",
            "er", "ir", "s", "a", "e", "o")  # fmt: skip
_STEM_LEAST = 4
_TWINS = str.maketrans(
    "機開關門聲響熱風電無壓縮轉動氣燈顯錯誤畫異結凍製進處雜脫乾濕燒斷線損壞紅點鬆過滿數碼閃鎖個頭體裡後時間溫運臺樣現網絡連遙訊"
    "號級沒濾閥盤彎擋銹鐵銅幫請這來從應該讓屬種幾間續順",
    "机开关门声响热风电无压缩转动气灯显错误画异结冻制进处杂脱干湿烧断线损坏红点松过满数码闪锁个头体里后时间温运台样现网络连遥讯"
    "号级没滤阀盘弯挡锈铁铜帮请这来从应该让属种几间续顺",
)


@dataclass(frozen=True, slots=True)
class Past:
    """An earlier visit as it is remembered. `faults`: its coded symptoms and the fault found; `terms`: all its terms."""

    visit: int
    day: date
    faults: frozenset[str]
    cause: str
    outcome: str
    parts: tuple[str, ...]
    terms: frozenset[str]


@dataclass(frozen=True, slots=True)
class Asked:
    """What is looked for: the terms of the symptom, and the faults that it names in codes or in the norm's words."""

    terms: frozenset[str]
    faults: frozenset[str]


@dataclass(frozen=True, slots=True)
class Cause:
    """A cause that was found, in how many of the like repairs, and the parts that went in for it, the usual first."""

    code: str
    times: int
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    """The last repair of the same appliance, or of this customer's one of that kind, for a like fault."""

    day: date
    cause: str
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Consult:
    """What the technical section answered about a like fault: who, when, the answer."""

    by: str
    day: date
    answer: str


@dataclass(frozen=True, slots=True)
class Recall:
    """What earlier repairs say about a job. `parts`: item codes with how often they fixed a like fault."""

    total: int = 0
    causes: tuple[Cause, ...] = ()
    parts: tuple[tuple[str, int], ...] = ()
    advised: int = 0
    repeat: Repeat | None = None
    consults: tuple[Consult, ...] = ()


NOTHING = Recall()


def terms(text: str) -> list[str]:
    """The terms of a text in their order, each once. Long numbers are nobody's symptom (telephones), so they are left out."""
    plain = unicodedata.normalize("NFKD", text.translate(_TWINS).casefold())
    plain = "".join(sign for sign in plain if not unicodedata.combining(sign))
    plain = re.sub(r"n['’]t\b", " no", plain)  # doesn't, won't
    found: dict[str, None] = {}
    for run in _WORD.findall(plain):
        for term in _of_run(run):
            found[term] = None
    return list(found)[:TERMS_LIMIT]


def code(group: str, name: str) -> str:
    """A coded choice as a term: `f_no_drain`. `group`: f a fault, c a cause, p a part, m a model."""
    return f"{group}_{re.sub('[^a-z0-9]+', '_', name.casefold()).strip('_')}"


def named(found: Collection[str], labels: Iterable[tuple[str, frozenset[str]]]) -> frozenset[str]:
    """The codes whose wording stands whole in a text: "No desagua, error E24" names `no_drain`, whatever the language."""
    have = set(found)
    return frozenset(name for name, words in labels if words and name not in UNSPECIFIC and words <= have)


def is_like(asked: Asked, past: Past) -> bool:
    """Whether an earlier visit was about a like fault: a coded fault in common, or enough of the symptom's terms."""
    if asked.faults & past.faults:
        return True
    wanted_terms = asked.terms - {NO}  # says something only beside another word
    shared, wanted = len(wanted_terms & past.terms), len(wanted_terms)
    if wanted <= 3:
        return shared * 2 > wanted  # one of one, two of two, two of three
    return shared >= 2 and shared * 3 >= wanted


def summary(found: Sequence[Past], repeat: Past | None = None, consults: Iterable[Consult] = ()) -> Recall:
    """What like repairs say together: causes by how often they were found, and the parts that fixed them."""
    causes = Counter(past.cause for past in found if past.cause not in UNSPECIFIC)
    fixed = [past for past in found if past.outcome == "repaired"]
    parts = Counter(part for past in fixed for part in set(past.parts))
    said = {(one.by, one.answer): one for one in sorted(consults, key=lambda one: one.day)}
    last = sorted(said.values(), key=lambda one: one.day, reverse=True)
    return Recall(
        total=len(found),
        causes=tuple(
            Cause(name, times, _usual(past.parts for past in fixed if past.cause == name))
            for name, times in _ranked(causes)[:CAUSES_SHOWN]
        ),
        parts=tuple(_ranked(parts)[:PARTS_SHOWN]),
        advised=sum(past.outcome == "advised" for past in found),
        repeat=_as_repeat(repeat) if repeat else None,
        consults=tuple(last[:CONSULTS_SHOWN]),
    )


def last_repeat(asked: Asked, same: Iterable[Past], today: date, days: int = REPEAT_DAYS) -> Past | None:
    """The latest like repair of the same appliance within so many days (B-REPEAT-09)."""
    since = today - timedelta(days=days)
    like = [past for past in same if past.day >= since and past.outcome != "advised" and is_like(asked, past)]
    return max(like, key=lambda past: (past.day, past.visit), default=None)


def without_person(text: str, person: Iterable[str]) -> str:
    """A text without the customer's name, address and numbers, so that it can be read at somebody else's job."""
    for value in sorted((one.strip() for one in person), key=len, reverse=True):
        if len(value) > 1:
            text = re.sub(re.escape(value), "…", text, flags=re.IGNORECASE)
    return re.sub(r"\+?\d[\d ()./-]{5,}\d", "…", text)


def _of_run(run: str) -> Iterable[str]:
    if not run.isascii():
        for part in _EMPTY.split(run):
            pairs = [part[at : at + 2] for at in range(len(part) - 1)]
            yield from pairs or ([part] if part else [])
    elif run in _STOP or (not _LETTER.search(run) and len(run) > 4):
        return
    else:
        yield NO if run in _NEGATIONS else _stem(run)


def _stem(word: str) -> str:
    """A word without its usual ending, English or Spanish: drains, draining and drain are one; desagua and desaguar too."""
    if not word.isalpha():
        return word
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _STEM_LEAST:
            return word[: -len(ending)]
    return word


def _as_repeat(past: Past) -> Repeat:
    return Repeat(past.day, "" if past.cause in UNSPECIFIC else past.cause, past.parts)


def _ranked(counted: Counter[str]) -> list[tuple[str, int]]:
    """By number, the largest first; of equals the one that comes first in the alphabet, so that pages do not flicker."""
    return sorted(counted.items(), key=lambda one: (-one[1], one[0]))


def _usual(parts: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(name for name, _times in _ranked(Counter(one for each in parts for one in set(each)))[:2])
