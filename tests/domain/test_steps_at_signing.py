"""What a customer enters: signatures, drawings, ratings, declining; what is none is named."""

import json

import pytest

from app.domain.steps import sign
from app.domain.steps.kinds import KINDS
from app.domain.vocabulary import CUSTOMER_ACTS
from tests.domain.entering import CANVAS, SHA, STROKES, read, with_

SIGNED = {"how": "drawn", "strokes": STROKES, "size": CANVAS, "shown": "f" * 64}


@pytest.mark.parametrize(
    ("changed", "faults"),
    [
        ({}, {}), ({"relation": "family", "name": "陈伟"}, {}), ({"relation": "family"}, {"name": "required"}),
        ({"relation": "cousin"}, {"relation": "not_an_option"}), ({"how": None}, {"how": "required"}),
        ({"how": "stamped"}, {"how": "not_an_option"}), ({"how": "typed"}, {"name": "required"}),
        ({"how": "typed", "name": "\u202e "}, {"name": "required"}), ({"how": "typed", "name": "Rosa"}, {}),
        ({"how": "typed", "name": "R" * 81}, {"name": "too_long"}), ({"how": "paper"}, {"photo": "required"}),
        ({"how": "paper", "photo": SHA}, {}), ({"how": "paper", "photo": "x"}, {"photo": "not_a_photo"}),
        ({"strokes": None}, {"strokes": "draw_first"}),
    ],
)  # fmt: skip
@pytest.mark.parametrize("step", ["sign", "take_back"])
def test_a_signature(step, changed, faults):
    assert read(step, "signed", with_(SIGNED, **changed))[1] == faults


@pytest.mark.parametrize(
    ("strokes", "size"),
    [
        ("", CANVAS), ("[]", CANVAS), ("[[]]", CANVAS), ("[[1]]", CANVAS), ("[[1,2,3]]", CANVAS), ("{}", CANVAS),
        ("null", CANVAS), ("NaN", CANVAS), ("[[NaN,1,2,3]]", CANVAS), ("[[Infinity,0,0,0]]", CANVAS),
        ("[[1.5,2,90,90]]", CANVAS), ('[["1","2"]]', CANVAS), ("[[true,false,100,100]]", CANVAS), ("[1,2,3,4]", CANVAS),
        ("[[1,1,2,2]]", CANVAS),  # a slip of the finger
        ("[[50,50,50,50]]", CANVAS), ("[[9999,9999,0,0]]", CANVAS), ("[[-400,0,300,0]]", CANVAS),
        ("[[0,0,100,100]", CANVAS), ("[" * 100_000, CANVAS), ("[[" + "9" * 5000 + ",1,2,3]]", CANVAS),
        (json.dumps([[0, 0, 100, 100]] * 201), CANVAS), (json.dumps([[0, 0] * 6001]), CANVAS),
        (STROKES, ""), (STROKES, "[340]"), (STROKES, "[0,240]"), (STROKES, "[-1,240]"), (STROKES, "[5000,240]"),
        (STROKES, "[340.0,240]"), (STROKES, "NaN"), (STROKES, '{"width":1}'), (STROKES, "[true,true]"),
    ],
)  # fmt: skip
def test_what_is_no_drawing_is_no_signature(strokes, size):
    assert sign.strokes_of(strokes, size) == (None, [])
    assert read("sign", "signed", {**SIGNED, "strokes": strokes, "size": size})[1] == {
        "strokes": "draw_first"
    }


def test_a_drawing_is_kept_as_it_is():
    assert sign.strokes_of(STROKES, CANVAS) == (json.loads(STROKES), [340, 240])


@pytest.mark.parametrize(
    ("fields", "faults"),
    [
        ({}, {}), ({"quality": "5", "attitude": "1", "satisfied": "no", "comment": "slow"}, {}),
        ({"quality": "6"}, {"quality": "not_an_option"}), ({"quality": "0"}, {"quality": "not_an_option"}),
        ({"satisfied": "maybe"}, {"satisfied": "not_an_option"}), ({"comment": "x" * 2001}, {"comment": "too_long"}),
    ],
)  # fmt: skip
def test_a_rating_may_be_left_empty_but_not_be_nonsense(fields, faults):
    assert read("sign", "rated", fields)[1] == faults


@pytest.mark.parametrize(
    ("fields", "faults"),
    [
        ({"reason": "privacy"}, {}),
        ({}, {"reason": "required"}),
        ({"reason": "mood"}, {"reason": "not_an_option"}),
    ],
)
def test_declining_to_sign_has_a_reason(fields, faults):
    assert read("sign", "declined", fields)[1] == faults


def test_the_customers_acts_are_read_only_where_a_customer_acts():
    assert {kind for kind, module in KINDS.items() if CUSTOMER_ACTS & set(module.ACTS)} == {
        "consent",
        "take_back",
        "sign",
    }
    assert all("handed_over" in KINDS[kind].ACTS for kind in ("consent", "take_back", "sign"))
    assert "handed_back" not in CUSTOMER_ACTS
