"""The desk in the browser's words: who may enter, the board, writing a job down, importing, answering, people."""

import io
import re
from datetime import UTC, datetime, timedelta

import pytest
from PIL import Image

from app.domain import table
from app.models.people import Person
from app.models.sessions import Session
from app.models.tasks import FollowUp, Task
from app.models.visits import Visit
from app.models.work_orders import WorkOrder
from app.services import importing
from app.web import i18n
from app.web.desk import words
from tests import builders

PAGES = (
    "/desk", "/desk/board", "/desk/work-orders/new", "/desk/work-orders/new?q=Chen", "/desk/customers?q=Chen",
    "/desk/work-orders/new?customer=new&name=Bob", "/desk/work-orders/import", "/desk/tasks", "/desk/workshop", "/desk/people",
)  # fmt: skip
DESK = ("ana", "wu", "hao", "tec", "root")


def today():
    return datetime.now(UTC)


@pytest.fixture
def at_desk(app, cast, sign_in):
    def put(who):
        client = app.test_client()
        sign_in(client, who)
        return client

    return put


@pytest.fixture
def ana(at_desk):
    return at_desk("ana")


def visit_today(engineer, **values):
    """A visit whose slot begins in an hour, whatever the time of day; it may lie on tomorrow's board."""
    made = builders.visit(engineer, now=today(), **values)
    start = today() + timedelta(hours=3)
    day = start.astimezone(datetime.now().astimezone().tzinfo).date()
    Visit.update(slot_start=start, slot_end=start + timedelta(hours=1), day=day).where(
        Visit.id == made.id
    ).execute()
    return Visit.get_by_id(made.id)


def job_form(**changes):
    tomorrow = (today() + timedelta(days=2)).date().isoformat()
    base = {
        "customer": "new", "key": "0f9e8d7c-0000-4000-8000-00000000aaaa", "name": "陈静", "phone": "138 0013 8001",
        "address": "江南大道 1888 号", "language": "zh_Hans", "appliance_kind": "washing_machine", "symptom": "漏水",
        "kind": "repair", "urgency": "normal", "day": tomorrow, "from": "09:00", "to": "10:15", "engineer": "",
    }  # fmt: skip
    return {**base, **changes}


@pytest.mark.parametrize("who", DESK)
def test_everybody_at_the_desk_sees_its_pages(at_desk, who):
    client = at_desk(who)
    for path in PAGES:
        assert client.get(path).status_code == 200, path


@pytest.mark.parametrize("path", [*PAGES, "/desk/people/new", "/desk/work-orders/1", "/desk/tasks/1"])
def test_for_an_engineer_there_is_no_desk(mei, path):
    assert mei.get(path).status_code == 404


def test_what_belongs_to_another_outlet_is_not_there(ana, cast):
    theirs = builders.visit(cast.tom)
    task = Task.create(outlet=cast.elsewhere, visit=theirs, kind="ruling", owner_role="centre", created_at=today(),
                       due_at=today())  # fmt: skip
    call = FollowUp.create(outlet=cast.elsewhere, visit=theirs, kind="central", due_at=today())
    for path in (
        f"/desk/work-orders/{theirs.work_order_id}", f"/desk/visits/{theirs.id}/engineer", f"/desk/tasks/{task.id}",
        f"/desk/follow-ups/{call.id}", f"/desk/work-orders/new?customer={theirs.work_order.customer_id}",
    ):  # fmt: skip
        assert ana.get(path).status_code == 404, path
    for path in (f"/desk/visits/{theirs.id}/{act}" for act in ("engineer", "slot", "cancellation", "next")):
        assert ana.post(path, data=job_form(engineer=str(cast.mei.id), reason="price")).status_code == 404, (
            path
        )
    assert Visit.get_by_id(theirs.id).state == "scheduled"


def test_a_save_without_the_pages_token_is_refused(app, ana):
    ana.post("/desk/work-orders", data=job_form(), headers={"X-CSRFToken": "forged"})
    assert not WorkOrder.select().exists()


def test_the_board_shows_cards_and_where_somebody_is_needed(ana, cast):
    day = (today() - timedelta(days=3)).date()
    visit = builders.visit(None, home=cast.home, at="10:30", day=day, symptom="Drum is stuck")
    late = builders.visit(cast.mei, at="09:00", day=day)
    text = ana.get(f"/desk?day={visit.day}").get_data(as_text=True)
    assert "Drum is stuck" in text and f"/desk/visits/{visit.id}/engineer" in text
    assert "Needs somebody" in text and f"card-{late.id}" in text


def test_the_board_asks_again_and_gets_only_what_changed(ana, cast):
    day = builders.visit(cast.mei, at="10:30").day
    page = ana.get(f"/desk/board?day={day}", headers={"HX-Request": "true"})
    text = page.get_data(as_text=True)
    assert text.lstrip().startswith('<div id="board"') and "<html" not in text
    assert "HX-Request" in page.headers["Vary"]
    again = re.search(r'hx-get="([^"]+)"', text)[1].replace("&amp;", "&")
    assert ana.get(again, headers={"HX-Request": "true"}).status_code == 204
    builders.visit(cast.mei, at="14:30")
    assert ana.get(again, headers={"HX-Request": "true"}).status_code == 200


def test_a_visit_is_given_out_with_one_button(ana, cast):
    visit = visit_today(None, home=cast.home)
    page = ana.get(f"/desk/visits/{visit.id}/engineer").get_data(as_text=True)
    assert "Has time" in page and f'value="{cast.mei.id}"' in page and f'value="{cast.tom.id}"' not in page
    answer = ana.post(f"/desk/visits/{visit.id}/engineer", data={"engineer": cast.mei.id})
    assert (answer.status_code, answer.location) == (303, f"/desk?day={visit.day}")
    assert Visit.get_by_id(visit.id).engineer_id == cast.mei.id
    assert ana.post(f"/desk/visits/{visit.id}/engineer", data={"engineer": cast.tom.id}).status_code == 422
    assert ana.post(f"/desk/visits/{visit.id}/engineer", data={}).status_code == 422


def test_a_job_is_written_down_once_however_often_it_is_sent(ana):
    first = ana.post("/desk/work-orders", data=job_form())
    again = ana.post("/desk/work-orders", data=job_form())
    assert first.status_code == 303 and first.location == again.location
    order = WorkOrder.get()
    page = ana.get(first.location).get_data(as_text=True)
    assert order.number in page and "陈静" in page and "+86 138 0013 8001" in page


def test_a_form_with_faults_comes_back_with_what_was_typed(ana):
    answer = ana.post("/desk/work-orders", data=job_form(phone="12", to="08:00", symptom="<b>漏水</b>"))
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422 and not WorkOrder.select().exists()
    assert 'href="#phone"' in text and 'href="#to"' in text and "Please fix 2 things" in text
    assert 'value="陈静"' in text and "&lt;b&gt;漏水&lt;/b&gt;" in text and 'value="12"' in text
    assert 'value="0f9e8d7c-0000-4000-8000-00000000aaaa"' in text


def test_a_known_customer_needs_no_second_typing(ana, cast):
    known = builders.visit(cast.mei, at="10:30").work_order
    text = ana.get(f"/desk/work-orders/new?customer={known.customer_id}").get_data(as_text=True)
    assert (
        "Ms Chen" in text and 'name="phone"' not in text and f'value="{known.appliance_id}" checked' in text
    )
    form = job_form(
        customer=str(known.customer_id), appliance=str(known.appliance_id), name="", phone="", address=""
    )
    assert ana.post("/desk/work-orders", data=form).status_code == 303
    assert WorkOrder.select().where(WorkOrder.customer == known.customer_id).count() == 2


def test_a_search_offers_who_is_known_and_to_add_who_is_not(ana, cast):
    builders.customer(cast.home)
    found = ana.get("/desk/customers?q=chen", headers={"HX-Request": "true"}).get_data(as_text=True)
    assert "Ms Chen" in found and "<html" not in found
    missing = ana.get("/desk/work-orders/new?q=%2B34+612345678").get_data(as_text=True)
    assert "customer=new&amp;phone=%2B34+612345678" in missing


def test_a_visit_is_moved_cancelled_and_planned_again_from_its_job(ana, cast):
    visit = visit_today(cast.mei)
    day = (today() + timedelta(days=3)).date().isoformat()
    place = f"/desk/work-orders/{visit.work_order_id}#visit-{visit.id}"
    wrong = ana.post(f"/desk/visits/{visit.id}/slot", data={"day": day, "from": "10:00", "to": "09:00"})
    assert wrong.status_code == 422 and f'id="move-{visit.id}-to-error"' in wrong.get_data(as_text=True)
    moved = ana.post(f"/desk/visits/{visit.id}/slot", data={"day": day, "from": "10:00", "to": "11:00"})
    assert (moved.status_code, moved.location) == (303, place)
    assert Visit.get_by_id(visit.id).day.isoformat() == day
    assert ana.post(f"/desk/visits/{visit.id}/cancellation", data={}).status_code == 422
    assert ana.post(f"/desk/visits/{visit.id}/cancellation", data={"reason": "price"}).status_code == 303
    assert ana.post(f"/desk/visits/{visit.id}/cancellation", data={"reason": "price"}).status_code == 409
    again = ana.post(f"/desk/visits/{visit.id}/next", data={"day": day, "from": "12:00", "to": "13:00"})
    assert again.status_code == 303
    assert Visit.get(Visit.follows == visit.id).work_order_id == visit.work_order_id
    text = ana.get(f"/desk/work-orders/{visit.work_order_id}").get_data(as_text=True)
    assert "Moved by the desk" in text and "Cancelled by the desk" in text


def test_a_file_is_looked_at_before_it_is_taken(ana):
    data = {"file": (io.BytesIO(importing.sample()), "jobs.csv")}
    page = ana.post("/desk/work-orders/import", data=data, content_type="multipart/form-data")
    text = page.get_data(as_text=True)
    assert page.status_code == 200 and "All 40 lines are good" in text and not WorkOrder.select().exists()
    action = re.search(r'action="(/desk/work-orders/import/[0-9a-f]{64})"', text)[1]
    assert ana.post(action).status_code == 303
    assert WorkOrder.select().count() == 40
    assert ana.post(action).status_code == 410
    again = ana.post("/desk/work-orders/import", data={"text": importing.sample().decode("utf-8-sig")})
    assert "All lines were taken before" in again.get_data(as_text=True)


def test_the_good_lines_are_a_second_button(ana):
    lines = importing.sample().decode("utf-8-sig").splitlines()
    lines[3] = lines[3].replace("+86 139", "+86 1")
    page = ana.post("/desk/work-orders/import", data={"text": "\n".join(lines)})
    text = page.get_data(as_text=True)
    assert "Line 4" in text and "Take the 39 good lines" in text
    action = re.search(r'action="(/desk/work-orders/import/[0-9a-f]{64})"', text)[1]
    assert ana.post(action).status_code == 422 and not WorkOrder.select().exists()
    assert ana.post(action, data={"good": "1"}).status_code == 303
    assert WorkOrder.select().count() == 39


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "Choose a file"),
        ("name,phone\nA,1", "It lacks these columns: Address"),
        (importing.sample().decode("utf-8-sig").splitlines()[0], "There are no lines in it"),
    ],
)
def test_what_is_no_table_comes_back_with_a_reason(ana, text, sentence):
    answer = ana.post("/desk/work-orders/import", data={"text": text})
    assert answer.status_code == 422 and sentence in answer.get_data(as_text=True)


def test_an_upload_of_another_outlet_cannot_be_taken(ana, app, cast, sign_in):
    page = ana.post("/desk/work-orders/import", data={"text": importing.sample().decode("utf-8-sig")})
    action = re.search(r'action="(/desk/work-orders/import/[0-9a-f]{64})"', page.get_data(as_text=True))[1]
    stranger = app.test_client()
    sign_in(stranger, builders.person(cast.elsewhere, "luz", role="dispatcher"))
    assert stranger.post(action).status_code == 410
    assert ana.post("/desk/work-orders/import/..%2f..%2fsecret").status_code in (404, 410)


def test_a_ruling_is_given_and_shown(at_desk, cast):
    visit = visit_today(cast.mei)
    task = Task.create(outlet=cast.home, visit=visit, kind="ruling", owner_role="centre", step="consent",
                       problem="asks_less", data={"problem": "asks_less", "remedy": "centre", "wish": "10 % off"},
                       created_at=today(), due_at=today() + timedelta(minutes=30))  # fmt: skip
    wu, ana = at_desk("wu"), at_desk("ana")
    text = wu.get("/desk/tasks").get_data(as_text=True)
    assert "One question is yours" in text and "Customer wants a lower price: 10 % off" in text
    assert "For others" in ana.get("/desk/tasks").get_data(as_text=True)
    page = wu.get(f"/desk/tasks/{task.id}").get_data(as_text=True)
    assert "What does the customer ask?" in page and 'value="waive"' in page
    assert 'value="waive"' not in ana.get(f"/desk/tasks/{task.id}").get_data(as_text=True)
    assert ana.post(f"/desk/tasks/{task.id}", data={"ruling": "waive"}).status_code == 404
    wrong = wu.post(f"/desk/tasks/{task.id}", data={"ruling": "denied"})
    assert wrong.status_code == 422 and 'href="#answer"' in wrong.get_data(as_text=True)
    assert (
        wu.post(f"/desk/tasks/{task.id}", data={"ruling": "denied", "answer": "List price"}).status_code
        == 303
    )
    assert wu.post(f"/desk/tasks/{task.id}", data={"ruling": "approved"}).status_code == 409
    assert "List price" in ana.get(f"/desk/work-orders/{visit.work_order_id}").get_data(as_text=True)


def test_who_is_not_safe_is_called_before_the_customer(ana, cast):
    Person.update(phone="+8657155500161").where(Person.id == cast.mei.id).execute()
    visit = visit_today(cast.mei)
    task = Task.create(outlet=cast.home, visit=visit, kind="safety", owner_role="dispatcher", created_at=today(),
                       due_at=today())  # fmt: skip
    links = re.findall(r'href="tel:([^"]+)"', ana.get(f"/desk/tasks/{task.id}").get_data(as_text=True))
    assert links == ["+8657155500161", visit.work_order.customer.phone]


def test_who_reported_silently_is_not_called(ana, cast):
    visit = visit_today(cast.mei)
    Person.update(phone="+8613900000001").where(Person.id == cast.mei.id).execute()
    body = {
        "problem": "not_safe",
        "remedy": "silent",
        "what": "detained",
        "where": "30.27415, 120.15515 ±12 m",
    }
    task = Task.create(outlet=cast.home, visit=visit, kind="safety", owner_role="dispatcher", step="listen",
                       problem="not_safe", data=body, urgent=True, created_at=today(), due_at=today())  # fmt: skip
    html = ana.get(f"/desk/tasks/{task.id}").get_data(as_text=True)
    assert "Reported silently: do not call" in html and "30.27415, 120.15515" in html
    assert "tel:+8613900000001" not in html


def test_the_summary_of_a_form_names_its_fields(ana):
    text = ana.post("/desk/work-orders", data=job_form(name="", model="x" * 81)).get_data(as_text=True)
    assert '<a href="#name">Name: fill this in</a>' in text
    assert '<a href="#model">Model: use at most 80 characters</a>' in text


@pytest.mark.parametrize("language", ["en", "zh_Hans", "zh_Hant", "es"])
def test_every_word_that_the_importer_asks_for_is_one_that_it_takes(app, language):
    with app.test_request_context(
        f"/?lang={language}", headers={"Accept-Language": language.replace("_", "-")}
    ):
        known = table._known_words()
        assert i18n.language() == language
        lists = {"appliance_kind": words.appliances(), "kind": words.jobs(), "urgency": words.urgencies(),
                 "language": words.languages()}  # fmt: skip
        for field, options in lists.items():
            for code, word in options:
                assert known[field].get(word.lower()) == code, (field, word)
        assert lists["kind"][0][1] in words.cell_sentence("kind", "not_an_option")


def test_a_customer_who_is_not_content_leads_to_a_further_visit(at_desk, cast):
    visit = builders.visit(cast.mei, at="10:30")
    Visit.update(state="finished", outcome="repaired").where(Visit.id == visit.id).execute()
    call = FollowUp.create(outlet=cast.home, visit=visit, kind="central", performer="centre", due_at=today())
    wu = at_desk("wu")
    assert "Is the customer content?" in wu.get("/desk/tasks").get_data(as_text=True)
    assert wu.post(f"/desk/follow-ups/{call.id}", data={"result": "not_fine"}).status_code == 422
    answer = wu.post(f"/desk/follow-ups/{call.id}", data={"result": "not_fine", "note": "Leaks again"})
    assert answer.location == f"/desk/work-orders/{visit.work_order_id}?plan={visit.id}#visit-{visit.id}"
    assert wu.get(answer.location.split("#")[0]).status_code == 200


def test_an_administrator_adds_changes_and_closes(at_desk, cast):
    root = at_desk("root")
    form = {"name": "Eva Ríos", "login": "Eva", "role": "engineer", "language": "es", "password": "a first password",
            "permit_no": "P-9", "permit_expires": "2028-01-31", "phone": "138 0013 8001"}  # fmt: skip
    answer = root.post("/desk/people", data=form)
    eva = Person.get(Person.login == "eva")
    assert answer.location == f"/desk/people/{eva.id}"
    assert (eva.outlet_id, eva.phone, eva.permit_expires.isoformat()) == (
        cast.home.id,
        "+8613800138001",
        "2028-01-31",
    )
    again = root.post("/desk/people", data=form)
    assert again.status_code == 422 and 'value="Eva Ríos"' in again.get_data(as_text=True)
    builders.session(eva)
    assert root.post(f"/desk/people/{eva.id}/account", data={"close": "1"}).status_code == 303
    assert not Person.get_by_id(eva.id).active
    assert not Session.select().where((Session.person == eva.id) & Session.revoked_at.is_null()).exists()
    assert root.post(f"/desk/people/{eva.id}/account", data={"open": "1"}).status_code == 303
    assert Person.get_by_id(eva.id).active


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"name": ""}, "name"), ({"login": "a b"}, "login"), ({"login": "tom"}, "login"), ({"role": "king"}, "role"),
     ({"password": "short"}, "password"), ({"phone": "12"}, "phone"), ({"permit_expires": "soon"}, "permit_expires")],
)  # fmt: skip
def test_somebody_who_is_half_described_is_not_added(at_desk, changes, field):
    form = {
        "name": "Eva",
        "login": "eva",
        "role": "engineer",
        "language": "es",
        "password": "a first password",
    }
    answer = at_desk("root").post("/desk/people", data={**form, **changes})
    assert answer.status_code == 422 and f'href="#{field}"' in answer.get_data(as_text=True)
    assert not Person.select().where(Person.login == "eva").exists()


def test_the_last_administrator_stays(at_desk, cast):
    root = at_desk("root")
    assert root.post(f"/desk/people/{cast.root.id}/account", data={"close": "1"}).status_code == 422
    form = {"name": "Root", "role": "engineer", "language": "en"}
    assert root.post(f"/desk/people/{cast.root.id}", data=form).status_code == 422
    assert Person.get_by_id(cast.root.id).role == "admin"


@pytest.mark.parametrize("who", ["ana", "wu", "hao", "tec"])
def test_only_administrators_change_people(at_desk, cast, who):
    client = at_desk(who)
    for path in ("/desk/people", f"/desk/people/{cast.mei.id}", f"/desk/people/{cast.mei.id}/account",
                 f"/desk/people/{cast.mei.id}/photo"):  # fmt: skip
        assert client.post(path, data={"name": "X"}).status_code == 404
    assert client.get("/desk/people/new").status_code == 404


def test_a_photo_is_kept_and_shown_at_the_desk(at_desk, cast):
    root = at_desk("root")
    picture = io.BytesIO()
    Image.new("RGB", (30, 40), "teal").save(picture, "PNG")
    where = f"/desk/people/{cast.mei.id}/photo"
    bad = {"photo": (io.BytesIO(b"GIF89a"), "me.gif")}
    assert root.post(where, data=bad, content_type="multipart/form-data").status_code == 422
    good = {"photo": (io.BytesIO(picture.getvalue()), "me.png")}
    assert root.post(where, data=good, content_type="multipart/form-data").status_code == 303
    assert root.get(where).mimetype == "image/jpeg"
    assert at_desk("ana").get(f"/desk/people/{cast.tom.id}/photo").status_code == 404


def test_an_engineer_chosen_at_once_is_given_with_a_warning_of_the_clash(ana, cast):
    ana.post("/desk/work-orders", data=job_form(engineer=str(cast.mei.id)))
    answer = ana.post("/desk/work-orders", data=job_form(engineer=str(cast.mei.id), name="马超", key="other"))
    assert "Clash at 09:00: 1 h 35 short" in ana.get(answer.location).get_data(as_text=True)


@pytest.mark.browser
def test_the_board_renews_itself_but_not_while_hidden(page, sign_in_page, cast):
    first = builders.visit(cast.mei, at="10:30")
    sign_in_page(page, "ana")
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(f"/desk?day={first.day}")
    page.wait_for_function("() => window.htmx")
    hide = "hidden => Object.defineProperty(document, 'hidden', { configurable: true, get: () => hidden })"
    wake = "() => document.dispatchEvent(new Event('visibilitychange'))"
    asked = []
    page.on("request", lambda request: asked.append(request.url) if "/desk/board" in request.url else None)
    second = builders.visit(cast.li, at="14:30")
    page.evaluate(hide, True)
    page.evaluate(wake)
    page.wait_for_timeout(200)
    assert not asked
    page.evaluate(hide, False)
    page.evaluate(wake)
    page.locator(f"#card-{second.id}").wait_for()
    assert len(asked) == 1 and page.locator("#live").inner_text() == "Live"
    page.context.set_offline(True)
    page.evaluate(wake)
    page.wait_for_function("() => document.querySelector('#live').textContent.startsWith('Not live since')")


@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 1024, 390, 320])
def test_forty_jobs_need_no_scrolling_sideways(page, sign_in_page, cast, width):
    jobs = importing.look(cast.home, importing.sample(), builders.NOW)
    importing.run(
        cast.home,
        importing.sample().replace(b",+2,", b",+1,").replace(b",+3,", b",+1,"),
        cast.ana,
        builders.NOW,
    )
    assert len(jobs.good) == 40
    sign_in_page(page, "ana")
    page.set_viewport_size({"width": width, "height": 800})
    page.goto("/desk?day=2026-11-24")
    assert page.locator(".card.job").count() == 40
    assert page.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth")
