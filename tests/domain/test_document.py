"""What papers say, before anything is drawn."""

import re
import tomllib
from dataclasses import asdict, replace

import pytest

from app.domain import document
from app.domain.paper import wording
from tests.documents import samples

LANGUAGES = samples.LANGUAGES


def slip(content, copy=3, **more):
    return document.compose("slip", samples.sources(content, **more), "a5", copy)


def said(paper, label):
    """The value beside this label, wherever it stands."""
    grids = [
        *paper.sections.values(),
        *(copy.visit for copy in paper.copies),
        *(copy.office for copy in paper.copies),
    ]
    return next(row.value for grid in grids for line in grid for row in line if row.label == label)


def texts(value):
    if isinstance(value, dict):
        value = [each for key, each in value.items() if key != "attached"]
    if isinstance(value, (list, tuple)):
        for each in value:
            yield from texts(each)
    elif isinstance(value, str):
        yield value


def test_all_languages_have_the_same_words_and_the_same_gaps():
    files = {name: tomllib.loads((wording.FOLDER / f"{name}.toml").read_text("utf-8")) for name in LANGUAGES}
    keys = {
        name: {(group, key) for group, found in file.items() for key in found} for name, file in files.items()
    }
    assert len(set(map(frozenset, keys.values()))) == 1, [keys["en"] ^ keys[name] for name in LANGUAGES]
    for group, key in keys["en"]:
        gaps = {name: sorted(part[1:-1] for part in _gaps(files[name][group][key])) for name in LANGUAGES}
        assert len(set(map(tuple, gaps.values()))) == 1, (group, key, gaps)


def _gaps(text):
    return re.findall(r"\{[a-z_]+\}", text)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "maker",
    [
        samples.repaired,
        samples.nothing_repaired,
        samples.taken_back,
        samples.declined,
        samples.typed,
        samples.on_paper,
    ],
)
def test_no_field_is_blank(maker, language):
    for copy in (1, 2, 3):
        paper = slip(maker(language), copy)
        rows = [row for grid in paper.sections.values() for line in grid for row in line]
        rows += [
            row
            for each in paper.copies
            for grid in (each.visit, each.office)
            for line in grid
            for row in line
        ]
        assert rows and all(row.label.strip() and row.value.strip() for row in rows)
        assert "None" not in " ".join(texts(asdict(paper)))


@pytest.mark.parametrize(
    "language, before, term",
    [("en", "Original fault only", "3 months"), ("zh_Hans", "原故障", "3 个月"), ("zh_Hant", "原故障", "3 個月"),
     ("es", "Solo el fallo original", "3 meses")],
)  # fmt: skip
def test_the_scope_stands_before_the_term(language, before, term):
    text = slip(samples.repaired(language)).sections["term"][0][0].value
    assert text.startswith(before) and term in text[len(before) :]


def test_what_was_not_repaired_has_the_scope_and_no_term():
    text = slip(samples.nothing_repaired("en")).sections["term"][0][0].value
    assert text.startswith("Original fault only") and "month" not in text


def test_the_customers_copy_says_nothing_of_the_office():
    content, office = samples.repaired("en"), samples.office()
    customers = " ".join(texts(asdict(slip(content, 3))))
    assert "Sticker" not in customers and "Left" not in customers and "Handed in" not in customers
    for copy in (1, 2):
        paper = slip(content, copy)
        assert said(paper, "Left") == "07:20"  # 15:20 in Shanghai is 7:20 in London, where this outlet is
        assert said(paper, "Sticker") == "no: no place agreed"
        assert said(paper, "Card") == "yes"
    assert set(slip(content, 3).attached) == {"slip.json"}
    assert set(slip(content, 1).attached) == {"slip.json", "office.json"}
    assert office["left_at"] not in " ".join(slip(content, 3).attached.values())


def test_the_companys_copies_wait_for_the_hand_in():
    sources = samples.sources(samples.repaired("en"), handed_in=False)
    assert [copy.number for copy in document.compose("slip", sources, "a4").copies] == [3]
    for copy in (1, 2):
        with pytest.raises(ValueError):
            document.compose("slip", sources, "a5", copy)


@pytest.mark.parametrize(
    ("promised", "shown"),
    [("2026-11-23", "; late: Forgotten, promised for"), (None, "; late: Forgotten")],
    ids=["with a day", "without a day"],
)
def test_a_late_hand_in_speaks_of_a_promise_only_where_there_is_one(promised, shown):
    sources = samples.sources(samples.repaired("en"))
    late = {"at": "2026-11-22T18:05:00+08:00", "late_reason": "forgotten", "promised": promised}
    sources = replace(
        sources,
        office=sources.office | {"hand_in": late},
        codes={"hand_in_late_reason": {"forgotten": "Forgotten"}},
    )
    told = said(document.compose("slip", sources, "a5", 1), "Handed in")
    assert shown in told and ("promised" in told) is (promised is not None)


def test_a_rating_is_on_no_copy():
    content = samples.repaired("en")
    content["rating"] = {"quality": "five stars", "comment": "splendid"}
    for copy in (1, 2, 3):
        paper = slip(content, copy)
        shown = " ".join(texts({key: value for key, value in asdict(paper).items() if key != "attached"}))
        assert "splendid" not in shown and "five stars" not in shown


def test_a_number_that_is_not_given_yet_follows():
    paper = slip(samples.repaired("en"), numbered=False)
    assert paper.number.value == "number follows"
    assert "Receipt number follows" in said(paper, "Payment")
    assert "HZ1-261122-0007" in [row.value for row in paper.about]


@pytest.mark.parametrize(
    "maker, note, typed, drawn",
    [
        (samples.repaired, "signed 22 Nov 2026 15:05", "", True),
        (samples.declined, "declined: did not wish to sign", "", False),
        (samples.typed, "typed by the signer, 22 Nov 2026 15:05", "Brian O’Connell", False),
        (samples.on_paper, "signed on paper, photo kept, 22 Nov 2026 15:05", "", False),
    ],
)
def test_how_it_was_signed_is_said(maker, note, typed, drawn):
    signature = slip(maker("en")).signatures[0]
    assert (signature.note, signature.typed, signature.drawing is not None) == (note, typed, drawn)


def test_a_signer_who_is_not_the_customer_is_named_with_the_relation():
    assert slip(samples.typed("en")).signatures[0].name == "Brian O’Connell (family)"
    assert slip(samples.repaired("en")).signatures[0].name == "Margaret O’Connell"


def test_who_declined_confirms_nothing():
    content = samples.declined("en")
    content["sentences"] = {"signature": "I have read it all."}
    assert "I have read" not in slip(content).sentences[0]


def test_coded_choices_are_in_the_papers_language_and_typed_words_are_marked():
    paper = slip(samples.repaired("es"))
    assert said(paper, "Fallo encontrado") == "Bomba de desagüe rota; «filtro obstruido por una moneda»"
    assert said(paper, "Relato") == "«Da golpes fuertes al centrifugar y queda agua en el tambor.»"


def test_a_code_without_a_word_is_printed_readably():
    content = samples.repaired("en")
    content["fault"] = {"code": "never_heard_of", "text": ""}
    assert said(slip(content), "Fault found") == "never heard of"


def test_a_warranty_that_ended_ended_since():
    assert said(slip(samples.repaired("en")), "Warranty") == "Out of warranty since 9 Mar 2025 (invoice seen)"


@pytest.mark.parametrize(
    "payment, rest",
    [
        (
            {"method": "cash", "paid": 10000, "rest": 29000, "later_by": "2026-12-01", "refused": False},
            "£290.00, promised for 1 Dec 2026",
        ),
        (
            {"method": "cash", "paid": 10000, "rest": 29000, "later_by": None, "refused": True},
            "£290.00, payment refused",
        ),
        ({"method": "card", "paid": 39000, "rest": 0}, "none"),
    ],
)
def test_what_is_still_to_pay_is_said(payment, rest):
    assert said(slip(samples.repaired("en") | {"payment": payment}), "Unpaid") == rest


def test_times_are_the_places_own():
    content = samples.repaired("zh_Hans")
    content["visit"]["arrived"] = "2026-11-22T23:30:00+00:00"
    paper = slip(content)
    assert said(paper, "到达时间").startswith("07:30")
    assert paper.about[1].value == "2026年11月23日"


def test_the_note_for_the_door_names_neither_customer_nor_product():
    content = samples.repaired("en")
    shown = " ".join(texts(asdict(document.compose("door_note", samples.sources(content), "a5"))))
    for private in (
        *content["customer"].values(),
        "Washing",
        "Qingyuan",
        "QY-WM10",
        "drum",
        "£",
        content["digest"],
    ):
        assert private not in shown
    assert content["outlet"]["phone"] in shown
    assert content["outlet"]["complaint_phone"] not in shown


def test_a_receipt_needs_a_payment_and_an_iou_something_taken():
    unpaid = samples.repaired("en") | {"payment": {"method": "none", "paid": 0}}
    for kind, content in (
        ("receipt", unpaid),
        ("iou", samples.repaired("en")),
        ("loaner", samples.repaired("en")),
    ):
        with pytest.raises(ValueError):
            document.compose(kind, samples.sources(content), "a5")


def test_a_later_payment_has_a_receipt_of_its_own():
    later = {"method": "transfer", "paid": 29000, "at": "2026-12-01T10:00:00+00:00", "by": "Ana"}
    paper = document.compose("receipt", samples.sources(samples.repaired("en"), payment=later), "a5")
    assert said(paper, "Received") == "£290.00"
    assert said(paper, "In words") == "Two hundred and ninety pounds only"
    assert (paper.signatures[0].name, paper.about[1].value) == ("Ana", "1 Dec 2026")


def test_every_kind_says_for_which_sheets_it_is():
    for kind, found in document.KINDS.items():
        assert {"a4", "a5"} == set(found.sheets), kind
        with pytest.raises(ValueError):
            document.compose(kind, samples.sources(samples.taken_back("en")), "roll80")
    with pytest.raises(ValueError):
        document.compose("slip", samples.sources(samples.repaired("en")), "a5", 4)
