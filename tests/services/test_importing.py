"""Importing: what of a file is taken, what is named as wrong, and what counts once."""

from datetime import UTC, datetime

import pytest

from app.models.customers import Appliance, Customer
from app.models.people import Person
from app.models.visits import Visit
from app.models.work_orders import WorkOrder
from app.services import importing

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)  # Monday, 9:00 in Hangzhou
HEAD = "name,phone,address,appliance,symptom,date,from,to"
GOOD = "陈静,138 0013 8001,江南大道 1888 号,洗衣机,脱水时异响,2026-11-24,09:00,10:15"


@pytest.fixture
def home(cast):
    return cast.home


def run(home, *lines, take_good=False, head=HEAD):
    return importing.run(home, "\n".join([head, *lines]), Person.get(login="ana"), NOW, take_good)


def test_a_good_file_becomes_jobs_with_customer_appliance_and_visit(home):
    report = run(home, GOOD)
    assert (len(report.taken), report.wrong, report.known) == (1, [], [])
    visit = Visit.get()
    order = visit.work_order
    assert order.customer.phone == "+8613800138001"
    assert order.customer.phones == [{"type": "mobile", "number": "+8613800138001"}]
    assert order.appliance.kind == "washing_machine"
    assert (order.source, order.symptom) == ("import", "脱水时异响")
    assert visit.slot_start == datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
    assert visit.reference.startswith("HZ1-261123-")


def test_a_bad_line_is_named_and_nothing_of_the_file_is_taken(home):
    bad = "Mr X,12,Road 1,toaster,Broken,2026-11-24,09:00,08:00"
    report = run(home, GOOD, bad)
    assert not report.taken and WorkOrder.select().count() == 0
    assert {(one.line, one.column, one.fault) for one in report.wrong} == {
        (3, "phone", "not_a_phone"),
        (3, "appliance", "not_an_option"),
        (3, "to", "ends_before"),
    }
    assert next(one.typed for one in report.wrong if one.column == "appliance") == "toaster"


def test_the_good_lines_are_taken_when_told_so(home):
    report = run(home, GOOD, "Mr X,12,Road 1,oven,Broken,2026-11-24,09:00,10:00", take_good=True)
    assert len(report.taken) == 1 and report.wrong_lines == 1


def test_the_same_file_again_takes_nothing(home):
    run(home, GOOD)
    again = run(home, GOOD)
    assert (again.taken, again.good, again.known) == ([], [], [2])
    assert WorkOrder.select().count() == 1


def test_the_same_line_twice_in_one_file_counts_once(home):
    report = run(home, GOOD, GOOD)
    assert (len(report.taken), report.known) == (1, [3])


def test_the_same_line_for_another_day_is_another_job_of_the_same_appliance(home):
    run(home, GOOD)
    run(home, GOOD.replace("11-24", "11-25"))
    assert (WorkOrder.select().count(), Customer.select().count(), Appliance.select().count()) == (2, 1, 1)


def test_a_file_of_yesterday_that_was_taken_is_known_not_late(home):
    run(home, GOOD)
    later = datetime(2026, 11, 30, tzinfo=UTC)
    report = importing.look(home, f"{HEAD}\n{GOOD}", later)
    assert (report.known, report.wrong) == ([2], [])


@pytest.mark.parametrize(
    ("line", "column", "fault"),
    [
        (GOOD.replace("2026-11-24", "2026-11-20"), "date", "in_the_past"),
        (GOOD.replace("2026-11-24", "2036-11-24"), "date", "too_far"),
        (GOOD.replace("2026-11-24", "tomorrow"), "date", "bad_date"),
        (GOOD.replace("09:00", "25:00"), "from", "bad_clock"),
        (GOOD.replace("陈静", " "), "name", "required"),
        (GOOD.replace("脱水时异响", "x" * 501), "symptom", "too_long"),
    ],
)
def test_each_fault_names_its_column(home, line, column, fault):
    report = run(home, line)
    assert [(one.line, one.column, one.fault) for one in report.wrong] == [(2, column, fault)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_files_of_chinese_spreadsheets_are_read_in_their_encoding(home, encoding):
    text = f"客户;电话;地址;产品;故障;日期;时间\n{GOOD}".replace(",", ";").replace("时间", "开始;结束")
    assert len(importing.run(home, text.encode(encoding), None, NOW).taken) == 1
    assert Customer.get().name == "陈静"


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        ("客戶,電話,地址,家電,故障,日期,開始,結束,服務類型,機身號碼", "取回維修"),
        ("客户,电话,地址,家电,故障,日期,开始,结束,服务类型,机身编码", "拉修"),
    ],
)
def test_the_words_of_chinese_service_offices_are_understood(home, head, kind):
    assert run(home, f"{GOOD},{kind},QY-1", head=head).wrong == []
    assert (Visit.get().work_order.kind, Appliance.get().serial) == ("take_in", "QY-1")


def test_a_spanish_file_in_the_windows_encoding_is_read(home):
    head = "nombre\tteléfono\tdirección\taparato\tavería\tfecha\tdesde"
    text = f"{head}\nÍñigo Peña\t+34 612 345 678\tCalle 1\tLavadora\tNo va\t24/11/2026\t9:00"
    assert len(importing.run(home, text.encode("cp1252"), None, NOW).taken) == 1
    assert Customer.get().name == "Íñigo Peña"
    assert (Visit.get().slot_end - Visit.get().slot_start).seconds == 75 * 60


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "empty"),
        (HEAD, "empty"),
        ("name,phone\nA,1", "missing_columns"),
        (f"{HEAD}\n" + "\n".join([GOOD] * 2001), "too_many_lines"),
        ("x" * (importing.SIZE_LIMIT + 1), "too_large_a_file"),
        (b"\xff\xfe\x00", "unknown_signs"),
    ],
    ids=["nothing", "only headings", "columns missing", "too many", "too large", "no text"],
)
def test_what_is_no_table_is_refused_whole(home, text, fault):
    report = importing.run(home, text, None, NOW)
    assert (report.fault, report.taken) == (fault, [])


def test_controls_and_tricks_of_direction_are_cleaned_away(home):
    run(home, GOOD.replace("陈静", "Ann\u202egnp.exe\x07"))
    assert Customer.get().name == "Anngnp.exe"


def test_an_engineer_is_found_by_sign_in_name_or_name(home):
    head = HEAD + ",engineer"
    run(home, f"{GOOD},mei", f"{GOOD},Li".replace("陈静", "马超"), head=head)
    assert {visit.engineer.login for visit in Visit.select()} == {"mei", "li"}
    report = run(home, f"{GOOD},tom".replace("陈静", "何雪"), head=head)
    assert [(one.column, one.fault) for one in report.wrong] == [("engineer", "unknown_engineer")]


def test_the_sample_file_is_good_on_any_day(home):
    for now in (NOW, datetime(2031, 2, 27, 12, tzinfo=UTC)):
        report = importing.look(home, importing.sample(), now)
        assert (len(report.good), report.wrong, report.fault) == (40, [], "")
