"""The customer's opinion on the slip: where the norm prints it, on the company's copies and in the customer's own words."""

import io
from datetime import UTC, datetime

import pytest
from pypdf import PdfReader

from app import config
from app.services import issuing
from app.services.rehearsing import Rehearsal
from tests import builders

NOW = datetime.now(UTC)
SAID = {"quality": "4", "attitude": "5", "satisfied": "yes", "comment": "Came on time"}


@pytest.fixture
def slip(cast, db, tmp_path):
    """Mei's finished visit under a norm, with an opinion or none; the texts of its slip's copies by number."""
    config.use(config.Config(data_dir=tmp_path, database=str(db), secret_key="x" * 40, testing=True))

    def made(norm, said):
        cast.mei.outlet.protocol = norm
        cast.mei.outlet.save()
        answers = {"term": {"term": "months_2"}, "leave": {"explained": "on"}, "rating": said}
        played = Rehearsal(cast.mei, builders.visit(cast.mei, now=NOW).id, NOW, answers)
        played.until(None)
        found = {}
        for copy in ("1", "3"):
            kept = issuing.paper_for(played.opened, "slip", "a5", copy, NOW)
            found[copy] = PdfReader(io.BytesIO(issuing.path_of(kept).read_bytes()))
        return found

    return made


def text(reader):
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())


def test_the_network_s_slip_prints_what_the_customer_ticked_and_wrote(slip):
    copies = slip("network-2026-11", SAID)
    company, customers = text(copies["1"]), text(copies["3"])
    for words in ("Opinion", "Repair 4 of 5", "Treatment 5 of 5", "satisfied", "Came on time"):
        assert words in company, words
        assert words not in customers, f"{words}: printed at the door, it would be read by the engineer"


def test_who_gave_no_opinion_is_not_given_one(slip):
    company = text(slip("network-2026-11", {})["1"])
    assert "The customer gave none" in company and "of 5" not in company


def test_the_maker_s_slip_carries_no_opinion(slip):
    assert "Opinion" not in text(slip("maker-2026-11", SAID)["1"])
