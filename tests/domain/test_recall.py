"""Recall: terms of texts in three scripts, which faults a text names, what is alike, and how it is counted."""

from datetime import date, timedelta

import pytest

from app.domain import recall
from app.domain.recall import Asked, Consult, Past

TODAY = date(2026, 11, 23)


def past(visit: int = 1, **values) -> Past:
    base = {"day": TODAY - timedelta(days=10), "faults": frozenset({"no_drain"}), "cause": "pump_worn",
            "outcome": "repaired", "parts": ("drain_pump",), "terms": frozenset()}  # fmt: skip
    return Past(visit, **{**base, **values})


def asked(text: str, *faults: str) -> Asked:
    return Asked(frozenset(recall.terms(text)), frozenset(faults))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("漏水", ["漏水"]),
        ("脱水时异响，不排水", ["脱水", "异响", "不排", "排水"]),
        ("壓縮機一直運轉", ["压缩", "缩机", "机一", "一直", "直运", "运转"]),
        ("漏", ["漏"]),
        ("Leaking water", ["leak", "water"]),
        ("It leaks, water on the floor", ["leak", "water", "floor"]),
        ("Does not drain", ["no", "drain"]),
        ("It doesn't drain", ["no", "drain"]),
        ("No desagua, error E24", ["no", "desagu", "error", "e24"]),
        ("NO ENFRÍA", ["no", "enfri"]),
        ("El frigorífico no enfría nada", ["frigorific", "no", "enfri"]),
        ("Call 600111222", ["call"]),
        ("", []),
        ("的了！", []),
    ],
)
def test_terms_of_a_text(text, found):
    assert recall.terms(text) == found


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("不製冷", "不制冷"),
        ("drains", "draining"),
        ("desagua", "desaguar"),
        ("enfría", "ENFRIA"),
        ("pierde", "pierden"),
    ],
)
def test_two_spellings_of_one_thing_are_one_term(one, other):
    assert recall.terms(one) == recall.terms(other) != []


LABELS = [
    ("no_drain", frozenset(recall.terms(words))) for words in ("Does not drain", "No desagua", "不排水")
] + [
    ("no_sound", frozenset(recall.terms(words))) for words in ("No sound", "Sin sonido", "无声音")
] + [("other", frozenset(recall.terms("Other")))]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("脱水时异响，不排水", {"no_drain"}),
        ("No desagua, error E24", {"no_drain"}),
        ("Hums and doesn't drain", {"no_drain"}),
        ("Strange sound", set()),
        ("Drains well, but it rattles", set()),
        ("Picture but no sound", {"no_sound"}),
        ("Some other thing", set()),
        ("", set()),
    ],
)
def test_faults_that_a_text_names(text, faults):
    assert recall.named(recall.terms(text), LABELS) == faults


@pytest.mark.parametrize(
    ("question", "earlier", "like"),
    [
        (asked("Loud hum", "no_drain"), past(), True),  # by a fault in common, whatever the words
        (asked("Loud hum", "noise"), past(), False),
        (asked("漏水"), past(terms=frozenset({"漏水"})), True),
        (asked("leaks water"), past(terms=frozenset({"water", "tap"})), False),  # one of two is not enough
        (asked("leaks water"), past(terms=frozenset({"water", "leak"})), True),
        (asked("door leaks water"), past(terms=frozenset({"water", "leak"})), True),
        (asked("Warm since Friday, ice melted, food spoilt"), past(terms=frozenset({"warm", "melt"})), True),
        (asked("Warm since Friday, ice melted, food spoilt"), past(terms=frozenset({"warm"})), False),
        (asked("not"), past(terms=frozenset({"no"})), False),
        (asked(""), past(), False),
    ],
)
def test_which_earlier_visit_is_like(question, earlier, like):
    assert recall.is_like(question, earlier) is like


def test_causes_and_the_parts_that_fixed_them_are_counted():
    found = [
        past(1), past(2), past(3, parts=("drain_pump", "hose")),
        past(4, cause="drain_blocked", parts=()),
        past(5, cause="not_found", outcome="not_repaired", parts=("board",)),
    ]  # fmt: skip
    shown = recall.summary(found)
    assert shown.total == 5
    assert [(one.code, one.times, one.parts) for one in shown.causes] == [
        ("pump_worn", 3, ("drain_pump", "hose")),
        ("drain_blocked", 1, ()),
    ]
    assert shown.parts == (("drain_pump", 3), ("hose", 1))  # a part that did not fix it is not suggested


def test_no_more_is_shown_than_a_card_holds():
    found = [past(n, cause=f"cause_{n}", parts=(f"part_{n}",)) for n in range(9)]
    said = [Consult("Tec", TODAY - timedelta(days=n), f"answer {n}") for n in range(5)]
    shown = recall.summary(found, consults=said)
    assert (len(shown.causes), len(shown.parts), len(shown.consults)) == (3, 3, 2)
    assert [one.answer for one in shown.consults] == ["answer 0", "answer 1"]  # the latest first


def test_advice_that_was_enough_is_counted():
    assert recall.summary([past(1), past(2, outcome="advised", cause="", parts=())]).advised == 1


def test_nothing_found_says_nothing():
    assert recall.summary([]) == recall.NOTHING


@pytest.mark.parametrize(
    ("days_ago", "fault", "warned"),
    [
        (0, "no_drain", True),
        (89, "no_drain", True),
        (90, "no_drain", True),
        (91, "no_drain", False),
        (5, "noise", False),
    ],
)
def test_a_repeat_is_a_like_fault_within_the_days(days_ago, fault, warned):
    earlier = past(day=TODAY - timedelta(days=days_ago))
    assert (recall.last_repeat(asked("", fault), [earlier], TODAY) is earlier) is warned


def test_the_latest_repeat_counts_and_advice_is_none():
    early, late = past(1, day=TODAY - timedelta(days=30)), past(2, day=TODAY - timedelta(days=3))
    advised = past(3, day=TODAY, outcome="advised")
    assert recall.last_repeat(asked("", "no_drain"), [late, advised, early], TODAY) is late


def test_a_text_for_others_holds_neither_name_nor_address_nor_number():
    person = ["Ms Chen", "12 Harbour Road, 5B", "", "+8613800001111"]
    said = "ms chen, 12 Harbour Road, 5B: call +86 138 0000 1111, then change valve 24 V"
    assert recall.without_person(said, person) == "…, …: call …, then change valve 24 V"
