"""The kit: the customer's pages as one document for the phone, and that they say what the server's pages say."""

import json
import re

import brotli
import pytest

from tests import builders
from tests.web.test_customer import address_of, at_consent, at_receipt, at_sign, rehearsed, text_of

LANGUAGES = ("en", "zh_Hans", "zh_Hant", "es")


def test_the_kit_is_there_before_the_phone_is_handed_over_and_only_for_its_engineer(app, mei, cast, sign_in, client):
    played = rehearsed(cast)
    assert mei.get(address_of(played, "/kit/en")).status_code == 200
    assert mei.get(address_of(played, "/kit/xx")).status_code == 404
    other = app.test_client()
    sign_in(other, "li")
    assert other.get(address_of(played, "/kit/en")).status_code == 404
    assert app.test_client().get(address_of(played, "/kit/en")).status_code == 404


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_kit_is_small_unchanged_and_holds_no_value_of_the_visit(mei, cast, lang):
    played = at_sign(cast)
    answer = mei.get(address_of(played, f"/kit/{lang}"))
    page = answer.get_data(as_text=True)
    assert len(brotli.compress(page.encode(), quality=5)) <= 12_000
    for value in ("Ms Chen", "BCD-216", "Warm since Friday"):
        assert value not in page
    again = mei.get(address_of(played, f"/kit/{lang}"), headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304 and not again.data
