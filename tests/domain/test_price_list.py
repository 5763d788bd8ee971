"""Price lists: what ships is whole in four languages, and what is not as it should be is refused by name."""

import contextlib
import copy
import re
import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import price_list
from app.domain.price_list import PriceListError, from_json, load, parse, shipped, to_json
from app.domain.vocabulary import APPLIANCE_KINDS, LANGUAGES

each_list = pytest.mark.parametrize("id", shipped())
HAN = re.compile("[\u4e00-\u9fff]")
# A sign of each pair that only one of the two Chinese scripts uses.
SIMPLIFIED = set("电门压机线费时冻热阀显检测运输压块换温严钢体轴远离维")
TRADITIONAL = set("電門壓機線費時凍熱閥顯檢測運輸塊換溫嚴鋼體軸遠離維")


def small():
    """The least that is a price list."""
    return {
        "id": "corner-shop",
        "source": "the wall of the shop",
        "country": "ES",
        "currency": "EUR",
        "tax_rate_bp": 2100,
        "tax_included": False,
        "holds_from": "2026-11-01",
        "repair_warranty_min": 3,
        "product_warranty_months": {"oven": 36},
        "item": [
            {
                "code": "fuse",
                "kind": "part",
                "price": 150,
                "appliance_kinds": ["oven"],
                "names": {"en": "Fuse", "zh_Hans": "保险丝", "zh_Hant": "保險絲", "es": "Fusible"},
            }
        ],
    }


def broken(change):
    data = small()
    change(data)
    with pytest.raises(PriceListError) as refused:
        parse(data, "corner-shop.toml")
    return refused.value


# --- what ships ---


def test_both_demonstration_outlets_have_a_list():
    assert {"hangzhou-2026-11", "madrid-2026-11"} <= set(shipped())


@each_list
def test_a_shipped_list_has_every_kind_of_thing_for_every_appliance(id):
    prices = load(id)
    assert len(prices.items) >= 35
    assert set(prices.product_warranty_months) == set(APPLIANCE_KINDS)
    assert {item.kind for item in prices.items.values()} == set(price_list.KINDS)
    for kind in APPLIANCE_KINDS:
        offered = {item.kind for item in prices.items_for(kind)}
        own_parts = [
            item for item in prices.items_for(kind) if kind in item.appliance_kinds and item.kind == "part"
        ]
        assert {"part", "labour", "travel"} <= offered and len(own_parts) >= 2, kind


@each_list
def test_every_name_is_there_in_every_language_and_in_its_own_script(id):
    for item in load(id).items.values():
        assert tuple(item.names) == LANGUAGES
        for language, name in item.names.items():
            assert name == name.strip() and len(name) <= 60, (item.code, language)
            assert bool(HAN.search(name)) == language.startswith("zh"), (item.code, language)
        assert not set(item.names["zh_Hans"]) & (TRADITIONAL - SIMPLIFIED), item.code
        assert not set(item.names["zh_Hant"]) & (SIMPLIFIED - TRADITIONAL), item.code


@each_list
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_items_for_one_appliance_share_a_name(id, language):
    for kind in APPLIANCE_KINDS:
        names = [item.names[language] for item in load(id).items_for(kind)]
        assert len(names) == len(set(names)), kind


@each_list
def test_the_repair_term_is_at_least_the_laws(id):
    prices = load(id)
    assert prices.repair_warranty_months >= prices.repair_warranty_min >= 1


def test_the_lists_know_the_same_items_so_that_a_norm_can_name_them():
    assert list(load("hangzhou-2026-11").items) == list(load("madrid-2026-11").items)


def test_the_tax_is_inside_in_china_and_on_top_in_spain():
    china, spain = load("hangzhou-2026-11"), load("madrid-2026-11")
    assert (china.currency, china.tax_rate_bp, china.tax_included) == ("CNY", 1300, True)
    assert (spain.currency, spain.tax_rate_bp, spain.tax_included) == ("EUR", 2100, False)


# --- identity ---


@each_list
def test_a_list_survives_being_stored(id):
    assert from_json(to_json(load(id))) == load(id)


def test_the_hash_is_of_the_content_and_not_of_the_file():
    data = small()
    turned = dict(reversed(data.items()))
    assert parse(turned, "other.toml").hash == parse(data, "corner-shop.toml").hash
    dearer = copy.deepcopy(data)
    dearer["item"][0]["price"] = 151
    assert parse(dearer, "corner-shop.toml").hash != parse(data, "corner-shop.toml").hash


def test_a_stored_list_that_was_changed_is_refused():
    stored = to_json(parse(small(), "corner-shop.toml"))
    stored["item"][0]["price"] = 1
    with pytest.raises(PriceListError, match="does not match its hash"):
        from_json(stored)


def test_a_date_may_be_written_as_toml_does():
    data = small() | tomllib.loads("holds_from = 2026-11-01")
    assert parse(data, "x").holds_from.isoformat() == "2026-11-01"


@pytest.mark.parametrize("id", ["nowhere", "../../README", "hangzhou-2026-11.toml", ""])
def test_a_list_that_does_not_ship_is_refused(id):
    with pytest.raises(PriceListError, match="no such price list"):
        load(id)


# --- what is left out ---


def test_what_may_be_left_out_has_its_default():
    prices = parse(small(), "corner-shop.toml")
    assert (prices.repair_warranty_months, prices.software_gap) == (3, "free")


def test_the_usual_repair_term_follows_a_longer_law():
    assert parse(small() | {"repair_warranty_min": 6}, "x").repair_warranty_months == 6


def test_an_item_for_no_appliance_in_particular_fits_all():
    data = small()
    del data["item"][0]["appliance_kinds"]
    assert [item.code for item in parse(data, "x").items_for("television")] == ["fuse"]
    assert parse(small(), "x").items_for("television") == []


# --- what is wrong ---


@pytest.mark.parametrize("key", ["id", "source", "country", "currency", "tax_rate_bp", "tax_included", "holds_from",
                                 "repair_warranty_min", "product_warranty_months", "item"])  # fmt: skip
def test_the_head_is_whole(key):
    refused = broken(lambda data: data.pop(key))
    assert (refused.file, refused.item) == ("corner-shop.toml", "") and key in refused.fault


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("id", "Corner Shop"),
        ("currency", "euro"),
        ("country", "Spain"),
        ("tax_rate_bp", 21.0),
        ("tax_rate_bp", -1),
        ("tax_rate_bp", True),
        ("tax_included", "no"),
        ("holds_from", "November"),
        ("software_gap", "maybe"),
        ("repair_warranty_months", 1),
        ("repair_warranty_min", -3),
        ("discount", 10),
        ("item", []),
    ],
)
def test_a_wrong_head_is_named(key, value):
    assert (key if key != "item" else "[[item]]") in broken(lambda data: data.update({key: value})).fault


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_missing_language_is_named(language):
    refused = broken(lambda data: data["item"][0]["names"].pop(language))
    assert (refused.item, refused.fault) == ("fuse", f"names.{language} is missing")


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("price", -1),
        ("price", 1.5),
        ("price", "150"),
        ("price", 10**9 + 1),
        ("kind", "old_part"),
        ("code", "Fuse 1"),
        ("appliance_kinds", ["toaster"]),
        ("appliance_kinds", "oven"),
        ("names", {"en": "Fuse"}),
        ("colour", "red"),
    ],
)
def test_a_wrong_item_is_named(key, value):
    refused = broken(lambda data: data["item"][0].update({key: value}))
    assert refused.item in ("fuse", value)


def test_the_same_code_twice_is_refused():
    assert broken(lambda data: data["item"].append(data["item"][0])).item == "fuse"


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.floats(),
                    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner, max_size=2),
                    max_leaves=5),
       st.sampled_from(sorted(small())), st.sampled_from(sorted(small()["item"][0])))  # fmt: skip
def test_whatever_stands_in_a_list_it_is_read_or_refused_but_never_breaks(value, head, key):
    for place in ("head", "item"):
        data = small()
        if place == "head":
            data[head] = value
        else:
            data["item"][0][key] = value
        with contextlib.suppress(PriceListError):
            parse(data, "x")
