"""The canonical form, the digest and the code: the shared vectors, and what must hold for any content."""

import hashlib
import json
import random
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import seal

VECTORS = json.loads(Path("tests/vectors/seal.json").read_text(encoding="utf-8"))

text = st.text(st.characters(exclude_categories=("Cs",)), max_size=20)
leaves = st.none() | st.booleans() | st.integers(-seal.LARGEST_INTEGER, seal.LARGEST_INTEGER) | text
keys = text.map(lambda key: unicodedata.normalize("NFC", key))
contents = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=20,
)


def by_name(cases):
    return pytest.mark.parametrize("case", cases, ids=[case["name"] for case in cases])


def test_there_are_cases_to_run():
    assert len(VECTORS["cases"]) >= 20 and len(VECTORS["refused"]) >= 7 and len(VECTORS["typed"]) >= 9


@by_name(VECTORS["cases"])
def test_the_same_content_always_has_the_same_form_digest_and_code(case):
    content = json.loads(case["json"])
    assert seal.canonical(content) == case["canonical"]
    assert seal.digest(content) == case["digest"] == hashlib.sha256(case["canonical"].encode()).hexdigest()
    assert seal.short_code(case["digest"]) == case["code"]


@by_name(VECTORS["refused"])
def test_what_two_readers_could_read_differently_is_refused(case):
    with pytest.raises(seal.SealError) as refused:
        seal.canonical(json.loads(case["json"]))
    assert (refused.value.code, refused.value.path) == (case["error"]["code"], case["error"]["path"])


@pytest.mark.parametrize("value", [b"bytes", {1, 2}, object(), {1: "one"}])
def test_only_json_values_are_sealed(value):
    with pytest.raises(seal.SealError):
        seal.digest({"value": value})


@pytest.mark.parametrize("case", VECTORS["typed"], ids=lambda case: case["typed"] or "empty")
def test_a_code_is_read_as_people_type_it(case):
    assert seal.read_code(case["typed"]) == case["read"]


@given(contents)
def test_the_form_is_json_of_the_content_and_sealing_it_again_changes_nothing(content):
    form = seal.canonical(content)
    assert seal.canonical(json.loads(form)) == form


@given(st.dictionaries(keys, contents, max_size=6), st.randoms(use_true_random=False))
def test_the_order_in_which_things_were_written_does_not_matter(content, shuffler: random.Random):
    rows = list(content.items())
    shuffler.shuffle(rows)
    assert seal.digest(dict(rows)) == seal.digest(content)


@given(contents, contents)
def test_other_content_has_another_digest(one, other):
    assert (seal.digest(one) == seal.digest(other)) == (seal.canonical(one) == seal.canonical(other))


@given(st.binary(min_size=32, max_size=32))
def test_a_code_is_eight_letters_that_read_back(raw):
    code = seal.short_code(raw.hex())
    assert len(code) == 9 and code[4] == "-" and not set(code) & set("ILOU")
    assert seal.read_code(code.lower().replace("-", " ")) == code
    value = 0
    for letter in code.replace("-", ""):
        value = value * 32 + seal.CROCKFORD.index(letter)
    assert value == int.from_bytes(raw[:5], "big")
