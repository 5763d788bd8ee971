"""Forms: what was typed becomes a checked value, or a fault that names its field."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import form
from app.domain.protocol import Field
from app.domain.vocabulary import FIELD_TYPES

SHA = "sha256:" + "a" * 64


def read(type_: str, typed, **field):
    """Value and fault of one field with this content."""
    raw = {} if typed is None else {"f": typed}
    values, faults = form.read([Field("f", type_, **field)], raw)
    return values.get("f"), faults.get("f", "")


@pytest.mark.parametrize(
    ("typed", "cents"),
    [
        ("145", 14500), ("145.5", 14550), ("145,50", 14550), ("0,5", 50), ("0", 0), ("0.00", 0), ("007", 700),
        ("1.234,50", 123450), ("1,234.50", 123450), ("1 234,50", 123450), ("1\u00a0234,50", 123450),
        ("1\u202f234,50", 123450), ("1,234", 123400), ("1.234", 123400), ("1.234.567,8", 123456780),
        ("12,345.6", 1234560),
        ("¥300", 30000), ("￥ 300", 30000), ("300 元", 30000), ("€ 1,50", 150), ("12,50 €", 1250), ("$9.99", 999),
        ("１２．５０", 1250), ("１，２３４．５０", 123450), ("  88  ", 8800), ("100000000", 10_000_000_000),
    ],
)  # fmt: skip
def test_money_is_read_as_people_of_four_languages_type_it(typed, cents):
    assert form.money(typed) == cents


@pytest.mark.parametrize(
    "typed",
    [
        "", " ", "-3", "−3", "+3", "1e9", "1E2", "0x10", "nan", "Infinity", "1.2.3", "1,2,3", "1,234,50", "1.234,567",
        "1,234.567", "0.500", "0,500", "12 50", "1 23", ".5", "12.", "1.234,", "145.5050", "3%",
        "three", "三百", "٣", "1/2",
        "100000000.01", "99999999999", "9" * 400, "1_000", "½", "¥", "1;2", "145\n0", "145\x000", "\u202e145",
    ],
)  # fmt: skip
def test_what_is_no_clear_amount_of_money_is_refused(typed):
    assert form.money(typed) is None
    if typed.strip():
        assert read("money", typed)[1] == "not_money"


@given(st.integers(0, form.MONEY_LIMIT))
def test_every_amount_survives_being_written_in_either_style(cents):
    whole, rest = divmod(cents, 100)
    english = f"{whole:,}.{rest:02}"
    assert form.money(english) == cents
    assert form.money(english.translate(str.maketrans(",.", ".,"))) == cents
    assert form.money(f"{whole}.{rest:02}") == cents


@given(st.text(max_size=60))
def test_no_text_at_all_breaks_the_reading_of_money(typed):
    found = form.money(typed)
    assert found is None or 0 <= found <= form.MONEY_LIMIT


@pytest.mark.parametrize(
    ("typed", "value", "fault"),
    [
        ("12", 12, ""), (" 12 ", 12, ""), ("0", 0, ""), ("-4", -4, ""), ("１２", 12, ""), ("007", 7, ""),
        ("", None, ""),
        ("1.5", None, "not_a_number"), ("1e9", None, "not_a_number"), ("abc", None, "not_a_number"),
        ("9999999999", None, "not_a_number"), ("1 2", None, "not_a_number"), ("--1", None, "not_a_number"),
        ("NaN", None, "not_a_number"), ("٣", None, "not_a_number"), ("1\n", 1, ""), ("½", None, "not_a_number"),
    ],
)  # fmt: skip
def test_whole_numbers(typed, value, fault):
    assert read("number", typed) == (value, fault)


@pytest.mark.parametrize(
    ("typed", "fault"), [("0", "too_small"), ("1", ""), ("99", ""), ("100", "too_large")]
)
def test_numbers_and_money_within_their_bounds(typed, fault):
    assert read("number", typed, min=1, max=99)[1] == fault
    assert (
        read(
            "money",
            f"0.{typed}" if len(typed) == 2 else f"0.0{typed}" if typed != "100" else "1",
            min=1,
            max=99,
        )[1]
        == fault
    )


def test_zero_is_an_answer_to_a_required_question():
    assert read("number", "0", required=True, min=0) == (0, "")
    assert read("money", "0", required=True) == (0, "")


@pytest.mark.parametrize(
    ("typed", "value", "fault"),
    [
        ("2026-11-23", "2026-11-23", ""), (" 2026-11-23 ", "2026-11-23", ""), ("", None, ""),
        ("23.11.2026", None, "bad_date"), ("2026-02-30", None, "bad_date"), ("2026-13-01", None, "bad_date"),
        ("0001-01-01", None, "bad_date"), ("1949-12-31", None, "bad_date"), ("9999-12-31", None, "bad_date"),
        ("2026-11-23T10:00", None, "bad_date"), ("yesterday", None, "bad_date"), ("2026-1-2", None, "bad_date"),
        ("-2026-11-23", None, "bad_date"),
    ],
)  # fmt: skip
def test_dates_within_reason(typed, value, fault):
    assert read("date", typed) == (value, fault)


@pytest.mark.parametrize(
    ("typed", "value", "fault"),
    [
        ("2026-11-23T10:00:00+08:00", "2026-11-23T10:00:00+08:00", ""),
        ("2026-11-23T10:00Z", "2026-11-23T10:00:00+00:00", ""),
        ("2026-11-23T10:00", None, "bad_time"), ("2026-11-23", None, "bad_time"), ("10:00", None, "bad_time"),
        ("2026-11-23T25:00+08:00", None, "bad_time"), ("9999-12-31T23:59:59-12:00", None, "bad_time"),
        ("0001-01-01T00:00:00+14:00", None, "bad_time"), ("now", None, "bad_time"),
    ],
)  # fmt: skip
def test_times_carry_their_offset(typed, value, fault):
    assert read("datetime", typed) == (value, fault)


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("  Ana  ", "Ana"), ("two\nlines", "two lines"), ("a\tb", "a b"), ("漏水 🚿 ñ", "漏水 🚿 ñ"),
        ("a\x00b\x07c", "abc"),
        ("pay \u202e05.00\u202c now", "pay 05.00 now"), ("e\u0301", "é"), ("👩\u200d🔧", "👩\u200d🔧"),
        ("\ud800x", "x"),
    ],
)  # fmt: skip
def test_a_text_is_one_clean_line(typed, value):
    assert read("text", typed) == (value, "")


def test_a_long_text_keeps_its_lines():
    assert read("longtext", "one\r\ntwo\r\n\r\n\r\n\r\nthree") == ("one\ntwo\n\nthree", "")


@pytest.mark.parametrize("empty", ["", "   ", "\n\n", "\u200b", "\u202e\u202c", "\x00\x01"])
def test_what_shows_nothing_is_nothing(empty):
    assert read("text", empty, required=True) == (None, "required")
    assert read("longtext", empty) == (None, "")


def test_a_hundred_kilobytes_are_refused_not_cut():
    assert read("text", "x" * 100_000)[1] == "too_long"
    assert read("longtext", "漏" * 100_000)[1] == "too_long"
    assert read("longtext", "x" * form.LONG_TEXT_LIMIT) == ("x" * form.LONG_TEXT_LIMIT, "")
    assert read("text", "x" * 51, max=50)[1] == "too_long"


def test_line_ends_of_a_browser_count_once():
    assert read("longtext", "x\r\n" * 3 + "x", max=7) == ("x\nx\nx\nx", "")


@pytest.mark.parametrize("typed", ["on", "1", "true", "YES", ["on", "on"]])
def test_a_tick_is_set(typed):
    assert read("tick", typed, required=True) == (True, "")


@pytest.mark.parametrize("typed", [None, "", "0", "off", "no", "x" * 1000, []])
def test_a_required_tick_must_be_set(typed):
    assert read("tick", typed, required=True)[1] == "required"
    assert read("tick", typed) == (False, "")


def test_a_tick_may_stand_open_with_a_reason():
    tick = Field("f", "tick", required=True, or_reason=True)
    assert form.read([tick], {})[1] == {"f": "required_or_reason"}
    assert form.read([tick], {"f_reason": "  "})[1] == {"f": "required_or_reason"}
    assert form.read([tick], {"f_reason": "dropped"}) == ({"f_reason": "dropped"}, {})
    assert form.read([tick], {"f": "on", "f_reason": "dropped"}) == ({"f": True}, {})


def test_a_reason_does_not_excuse_another_fault():
    photos = Field("f", "photos", required=True, or_reason=True)
    assert form.read([photos], {"f": "../etc/passwd", "f_reason": "dark"})[1] == {"f": "not_a_photo"}
    choices = Field("f", "choices", required=True, or_reason=True, options=("a",))
    assert form.read([choices], {"f": ["b"], "f_reason": "dark"})[1] == {"f": "not_an_option"}


@pytest.mark.parametrize(
    ("typed", "value", "fault"),
    [("a", "a", ""), ("", None, ""), ("c", None, "not_an_option"), ("A", None, "not_an_option"),
     (" a", None, "not_an_option"),
     (["b", "a"], "b", ""), ([], None, ""), (["c", "a"], None, "not_an_option")],
)  # fmt: skip
def test_one_of_several(typed, value, fault):
    assert read("choice", typed, options=("a", "b")) == (value, fault)


@pytest.mark.parametrize(
    ("typed", "value", "fault"),
    [(["a", "b"], ["a", "b"], ""), ("a", ["a"], ""), (["a", "a", ""], ["a"], ""), ([], None, ""),
     (["a", "c"], None, "not_an_option"), ("a,b", None, "not_an_option")],
)  # fmt: skip
def test_any_of_several(typed, value, fault):
    assert read("choices", typed, options=("a", "b")) == (value, fault)
    if not value:
        assert read("choices", typed, options=("a", "b"), required=True)[1] in ("required", "not_an_option")


@pytest.mark.parametrize(
    ("typed", "fault"),
    [(SHA, ""), ("", ""), (SHA.upper(), "not_a_photo"), (SHA + "a", "not_a_photo"), ("sha256:xyz", "not_a_photo"),
     ("/etc/passwd", "not_a_photo"), (SHA + "\n", "not_a_photo"), (["x", SHA], "not_a_photo")],
)  # fmt: skip
def test_photos_are_named_by_their_hash(typed, fault):
    assert read("photo", typed)[1] == fault
    assert read("photos", typed)[1] == fault


def test_one_photo_is_a_name_and_several_are_a_list():
    other = "sha256:" + "b" * 64
    assert read("photo", [SHA, other])[0] == SHA
    assert read("photos", [SHA, other, SHA])[0] == [SHA, other]


def test_a_thousand_photos_are_no_more_than_sixty():
    many = [f"sha256:{number:064x}" for number in range(1000)]
    assert len(read("photos", many)[0]) == form.CHOICES_LIMIT


@pytest.mark.parametrize(
    ("typed", "value", "fault"),
    [("+86 571 8765-4321", "+86 571 8765-4321", ""), ("(0571) 8765 ext 12", "(0571) 8765 ext 12", ""), ("", None, ""),
     ("１３８００１３８００１", "13800138001", ""), ("12", None, "not_a_phone"), ("eee", None, "not_a_phone"),
     ("---", None, "not_a_phone"), ("call me", None, "not_a_phone"), ("1" * 41, "1" * 40, ""),
     ("<b>123</b>", None, "not_a_phone")],
)  # fmt: skip
def test_telephone_numbers(typed, value, fault):
    assert read("tel", typed) == (value, fault)


def test_unknown_names_are_left_alone():
    assert form.read([Field("f", "text")], {"f": "x", "admin": "1", "__class__": "y"}) == ({"f": "x"}, {})


def test_every_type_of_field_has_a_reader():
    assert set(form.READERS) == set(FIELD_TYPES)


@given(
    st.sampled_from(sorted(form.READERS)),
    st.one_of(st.none(), st.text(max_size=300), st.lists(st.text(max_size=80), max_size=8)),
    st.booleans(),
)
def test_whatever_is_sent_becomes_a_value_or_a_fault_and_never_an_exception(type_, typed, required):
    value, fault = read(type_, typed, required=required, options=("a",), min=0, max=50)
    assert fault == "" or isinstance(fault, str)
    if isinstance(value, str):
        value.encode("utf-8")
        assert "\u202e" not in value and "\x00" not in value
