"""The customer's rights: each right of each table at its edges, what is unknown, and tables that are refused."""

import copy
import tomllib
from datetime import date
from typing import Any

import pytest

from app.domain import right

CN, ES = right.load("cn-2026-11"), right.load("es-2026-11")
OURS: dict[str, Any] = {"cause": "product", "warranty": "in", "days": 200, "months": 7, "repairs": 0, "waiting_days": 0,
                        "repair_days": 0, "same_model": "yes", "bought": "shop"}  # fmt: skip


def stands(table: right.Table, which: str, **facts: Any) -> str:
    return next(one.status for one in right.standings(table, {**OURS, **facts}) if one.right.id == which)


@pytest.mark.parametrize(
    ("table", "which", "name", "last", "first_beyond"),
    [
        (CN, "within_7_days", "days", 7, 8),
        (CN, "within_15_days", "days", 15, 16),
        (CN, "two_repairs", "repairs", 2, 1),
        (CN, "part_90_days", "waiting_days", 91, 90),
        (CN, "repair_30_days", "repair_days", 31, 30),
        (CN, "repair_in_warranty", "warranty", "in", "out"),
        (ES, "lack_of_conformity", "months", 36, 37),
        (ES, "back_after_repair", "repairs", 1, 0),
        (ES, "not_in_time", "waiting_days", 31, 30),
        (ES, "repairer_not_in_time", "repair_days", 31, 30),
    ],
)
def test_a_right_holds_up_to_its_edge_and_not_beyond(
    table: right.Table, which: str, name: str, last: Any, first_beyond: Any
) -> None:
    assert stands(table, which, **{name: last}) == "holds"
    assert stands(table, which, **{name: first_beyond}) == "not"
    assert stands(table, which, **{name: None}) == "unknown"


@pytest.mark.parametrize(
    ("table", "which", "last"), [(CN, "bought_at_a_distance", 7), (ES, "withdrawal", 14)]
)
def test_who_bought_at_a_distance_needs_no_fault(table: right.Table, which: str, last: int) -> None:
    assert stands(table, which, bought="distance", days=last, cause="use") == "holds"
    assert stands(table, which, bought="distance", days=last + 1) == "not"
    assert stands(table, which, bought="shop", days=last) == "not"


def test_what_the_customer_s_use_has_caused_gives_no_exchange() -> None:
    found = right.standings(CN, {**OURS, "cause": "use", "days": 3, "repairs": 3})
    assert right.gives(found) == ()
    assert right.verdict(found, "exchange") == "not"


def test_a_refund_follows_an_exchange_that_cannot_be_made() -> None:
    assert stands(CN, "no_same_model", repairs=2, same_model="no") == "holds"
    assert stands(CN, "no_same_model", repairs=2, same_model="yes") == "not"
    assert stands(CN, "no_same_model", repairs=1, same_model="no") == "not"
    assert stands(CN, "no_same_model", repairs=2, same_model=None) == "unknown"
    assert stands(CN, "no_same_model", repairs=None, same_model="no") == "unknown"


def test_nothing_known_is_never_no_right() -> None:
    for table in (CN, ES):
        found = right.standings(table, {})
        assert {one.status for one in found} == {"unknown"}
        assert all(one.unknown and not one.against for one in found)
        assert right.verdict(found, "refund") == "unknown"


def test_a_right_says_what_it_rests_on_and_what_is_against_it() -> None:
    found = {one.right.id: one for one in right.standings(CN, {**OURS, "days": 9, "repairs": None})}
    assert found["within_15_days"].met == ("cause", "days")
    assert found["within_7_days"].against == ("days",)
    assert found["two_repairs"].unknown == ("repairs",)


def test_what_may_be_chosen_is_all_that_the_rights_which_hold_give() -> None:
    found = right.standings(CN, {**OURS, "days": 5})
    assert right.gives(found) == ("refund", "exchange", "repair")
    assert [right.verdict(found, claim) for claim in right.CLAIMS] == ["holds"] * 3
    assert right.gives(right.standings(CN, {**OURS, "days": 12})) == ("exchange", "repair")


def test_the_facts_of_a_case_come_from_the_visit_and_from_what_was_entered() -> None:
    today = date(2026, 11, 23)
    facts = right.known(date(2026, 11, 10), today, "in", True, {"cause": "product"})
    assert (facts["days"], facts["months"], facts["warranty"], facts["repairs"]) == (13, 1, "in", 1)
    assert right.known(date(2026, 11, 10), today, "in", True, {"repairs": 3})["repairs"] == 3
    bare = right.known(None, today, "unverified", False, {})
    assert set(bare.values()) == {None}
    assert right.known(date(2026, 12, 1), today, "in", False, {})["days"] is None


def test_the_table_of_a_country_is_the_newest_that_holds_on_the_day() -> None:
    assert right.for_country("CN", date(2026, 11, 1)) == CN
    assert right.for_country("ES", date(2027, 5, 1)) == ES
    assert right.for_country("CN", date(2026, 10, 31)) is None
    assert right.for_country("AQ", date(2027, 1, 1)) is None


BREAKS: list[tuple[str, Any, str]] = [
    ("id", "other", "the file's name"),
    ("country", "China", "two capital letters"),
    ("source", "", "'source' is missing"),
    ("holds_from", "soon", "must be a date"),
    ("colour", "red", "means nothing"),
    ("right", [], "no [[right]]"),
    ("right.0.gives", ["money"], "'gives'"),
    ("right.0.when", {}, "without a condition"),
    ("right.0.when", {"days": {"max": -1}}, "whole numbers"),
    ("right.0.when", {"days": {"least": 1}}, "min, max"),
    ("right.0.when", {"days": {"min": 9, "max": 3}}, "min is above max"),
    ("right.0.when", {"moon": {"max": 3}}, "no such fact"),
    ("right.0.when", {"cause": "magic"}, "must be one of"),
    ("right.0.after", ["two_repairs"], "does not stand before it"),
    ("right.0.words", {"en": "Only English"}, "words in es are missing"),
    ("right.1.id", "within_7_days", "twice"),
    ("right.0.source", " ", "'source' is missing"),
    ("right.0.unless", {}, "means nothing"),
]


@pytest.mark.parametrize(("place", "value", "fault"), BREAKS)
def test_a_planted_fault_is_refused_with_its_place(place: str, value: Any, fault: str) -> None:
    raw = tomllib.loads((right.FOLDER / "cn-2026-11.toml").read_text("utf-8"))
    broken: Any = copy.deepcopy(raw)
    *way, last = place.split(".")
    inner = broken
    for name in way:
        inner = inner[int(name)] if name.isdigit() else inner[name]
    inner[last] = value
    with pytest.raises(right.RightsError) as refused:
        right.parse(broken, "cn-2026-11")
    assert any(fault in one for one in refused.value.findings), refused.value.findings
    assert right.parse(raw, "cn-2026-11") == CN
