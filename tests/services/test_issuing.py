"""Issuing: which papers a visit has, drawn once and kept, numbers without gaps, reprints that say so."""

import io
from datetime import date, timedelta

import pytest
from pypdf import PdfReader

from app import config, errors
from app.models import documents
from app.models.documents import GivenNumber
from app.models.visits import Visit
from app.services import issuing, printing, visiting
from tests.services.conftest import NOW

YESTERDAY = date(2026, 11, 22)


@pytest.fixture
def finished(demo, engineer):
    """Yesterday's visits of Mei as they stand, by outcome; papers go to this test's folder."""
    config.use(
        config.Config(data_dir=demo, database=str(demo / "doorstep.db"), secret_key="x" * 40, testing=True)
    )
    rows = Visit.select().where((Visit.engineer == engineer.id) & (Visit.day == YESTERDAY)).order_by(Visit.id)
    opened = [visiting.opened(engineer, row.id, NOW) for row in rows]
    assert opened
    return {f"{one.walk.outcome}-{'charged' if one.walk.fee.total else 'free'}": one for one in opened}


@pytest.fixture
def drawings(monkeypatch):
    """The kinds that were really drawn."""
    drawn, original = [], printing.draw
    monkeypatch.setattr(printing, "draw", lambda kind, *rest: drawn.append(kind) or original(kind, *rest))
    return drawn


def text_of(data: bytes) -> str:
    return "".join("".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages).split())


def test_a_finished_visit_has_its_slip_and_the_papers_of_what_happened(finished):
    assert {one.kind for one in issuing.offers(finished["taken_back-free"], NOW)} == {"slip", "iou", "loaner"}
    charged = issuing.offers(finished["repaired-charged"], NOW)
    assert [(one.kind, one.copy) for one in charged] == [("slip", "3"), ("slip", ""), ("receipt", "")]
    assert all(one.number for one in charged)


def test_a_visit_that_has_not_begun_has_no_paper(demo, engineer, finished):
    coming = Visit.get((Visit.engineer == engineer.id) & (Visit.state == "scheduled"))
    opened = visiting.opened(engineer, coming.id, NOW)
    assert issuing.offers(opened, NOW) == []
    with pytest.raises(errors.NotFound):
        issuing.paper_for(opened, "slip", "a5", "3", NOW)


def test_a_paper_is_drawn_once_and_then_only_read(finished, drawings):
    opened = finished["repaired-charged"]
    first = issuing.paper_for(opened, "slip", "a5", "3", NOW)
    again = issuing.paper_for(opened, "slip", "a5", "3", NOW + timedelta(days=400))
    assert drawings == ["slip"]
    assert (first.id, first.sha, first.size) == (again.id, again.sha, issuing.path_of(again).stat().st_size)
    assert issuing.path_of(first).name == f"{first.sha}.pdf"


def test_a_lost_file_is_drawn_again_to_the_same_hash(finished, drawings):
    opened = finished["repaired-charged"]
    first = issuing.paper_for(opened, "receipt", "a5", "", NOW)
    issuing.path_of(first).unlink()
    again = issuing.paper_for(opened, "receipt", "a5", "", NOW)
    assert (again.id, again.sha, drawings) == (first.id, first.sha, ["receipt", "receipt"])


@pytest.mark.parametrize("kind, sheet, copy", [("slip", "a5", "4"), ("slip", "a5", "x"), ("slip", "a3", "3"), ("iou", "a5", ""),
                                               ("receipt", "a5", "3"), ("nonsense", "a5", "")])  # fmt: skip
def test_what_there_is_not_is_not_found(finished, kind, sheet, copy):
    with pytest.raises(errors.NotFound):
        issuing.paper_for(finished["repaired-charged"], kind, sheet, copy, NOW)


def test_before_hand_in_only_the_customers_copy_is_there(finished):
    opened = finished["repaired-charged"]
    opened.walk.of_kind("hand_in").status = "open"
    assert [(one.kind, one.copy) for one in issuing.offers(opened, NOW)] == [("slip", "3"), ("receipt", "")]
    assert issuing.paper_for(opened, "slip", "a4", "", NOW).copy == "3"
    with pytest.raises(errors.NotFound):
        issuing.paper_for(opened, "slip", "a5", "1", NOW)


def test_a_paper_waits_a_day_for_its_photos_and_then_says_so(finished):
    opened = finished["taken_back-free"]
    opened.walk.signature.body["content"]["photos"].append("sha256:" + "f" * 64)
    soon = opened.walk.signature.at + timedelta(hours=23)
    assert next(one for one in issuing.offers(opened, soon) if one.kind == "slip").waiting == 1
    with pytest.raises(errors.NotFound):
        issuing.paper_for(opened, "slip", "a5", "3", soon)
    late = issuing.paper_for(opened, "slip", "a5", "3", soon + timedelta(hours=1))
    assert "未收到" in text_of(issuing.path_of(late).read_bytes())


def test_numbers_have_no_gaps_and_one_visit_keeps_its_own(finished):
    rows = list(GivenNumber.select().where(GivenNumber.kind == "slip").order_by(GivenNumber.number))
    ours = [row.number for row in rows if row.number.startswith("HZ1-")]
    assert ours == [f"HZ1-S26{count:05d}" for count in range(1, len(ours) + 1)]
    assert len({row.visit_id for row in rows}) == len(rows)


def test_a_reprint_is_the_kept_file_with_a_mark(finished, engineer, drawings):
    opened = finished["repaired-charged"]
    kept = issuing.paper_for(opened, "slip", "a5", "3", NOW)
    before = issuing.path_of(kept).read_bytes()
    assert [issuing.reprint(kept, engineer, NOW).number for _ in range(2)] == [1, 2]
    marked = issuing.marked(kept, documents.reprint_of(kept, 2), "Asia/Shanghai")
    assert drawings == ["slip", "reprint_mark"]
    assert issuing.path_of(kept).read_bytes() == before
    assert {"zh_Hans": "第2次补打", "en": "Reprint2", "es": "Reimpresión2", "zh_Hant": "第2次補印"}[
        kept.language
    ] in text_of(marked)
    assert engineer.name in text_of(marked)
    assert text_of(before)[:60] in text_of(marked)
    assert list(PdfReader(io.BytesIO(marked)).attachments) == ["slip.json"]


def test_three_copies_on_one_sheet_are_marked_on_each(finished, engineer):
    opened = finished["repaired-charged"]
    kept = issuing.paper_for(opened, "slip", "a4", "", NOW)
    again = issuing.reprint(kept, engineer, NOW)
    marked = text_of(issuing.marked(kept, documents.reprint_of(kept, again.number), "Asia/Shanghai"))
    assert marked.count(engineer.name) >= text_of(issuing.path_of(kept).read_bytes()).count(engineer.name) + 3


def test_a_paper_that_cannot_be_drawn_is_a_fault_with_a_name(finished, monkeypatch):
    def fails(*_rest):
        raise printing.PrintError("no", retry=True)

    monkeypatch.setattr(printing, "draw", fails)
    with pytest.raises(errors.Busy):
        issuing.paper_for(finished["repaired-charged"], "slip", "a5", "3", NOW)
