"""The guard of every request: headers, origins, tokens, sizes, the lock of customer mode, and answers to faults."""

import json

import pytest
from flask.testing import FlaskClient
from werkzeug.exceptions import NotImplemented as NotMade

from app import errors, logs
from app.web import security
from app.web.fault_words import FIELD_WORDS, WORDS
from app.web.pages import relative

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; "
    "manifest-src 'self'; worker-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)


@pytest.fixture
def plain(app):
    """A client that adds nothing of its own: no origin, no token."""
    return FlaskClient(app, app.response_class)


@pytest.mark.parametrize("path", ["/sign-in", "/account", "/nowhere", "/healthz", "/manifest.webmanifest"])
def test_every_answer_carries_the_headers(client, cast, path):
    headers = client.get(path).headers
    assert headers["Content-Security-Policy"] == CSP
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert (
        "camera=(self)" in headers["Permissions-Policy"] and "microphone=()" in headers["Permissions-Policy"]
    )
    assert headers["Cross-Origin-Opener-Policy"] == headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert len(headers["X-Request-Id"]) == 12
    assert "Strict-Transport-Security" not in headers  # this is plain http


def test_pages_are_kept_by_no_cache(client, mei):
    assert mei.get("/account").headers["Cache-Control"] == "no-store"
    assert client.get("/sign-in").headers["Cache-Control"] == "no-store"


def test_over_https_the_cookie_is_bound_to_the_host(tmp_path, db):
    from app import config
    from app.factory import create_app
    from app.models import database

    settings = config.Config(
        data_dir=tmp_path, database=str(db), secret_key="x" * 32, public_url="https://service.example", testing=True,
        log_level="ERROR",
    )  # fmt: skip
    phone = create_app(settings).test_client()
    answer = phone.get("/sign-in", base_url="https://service.example")
    assert phone.get("/sign-in", base_url="https://evil.example").status_code == 400
    database.connect()
    cookie = answer.headers["Set-Cookie"]
    assert (
        cookie.startswith("__Host-session=")
        and "Secure" in cookie
        and "Path=/" in cookie
        and "Domain" not in cookie
    )
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=31536000")


@pytest.mark.parametrize(
    "path", ["/", "/account", "/pin", "/sign-out", "/visits/1", "/desk/board", "/no-such-page"]
)
def test_without_signing_in_every_page_leads_to_the_form(client, cast, path):
    answer = client.get(path)
    assert answer.status_code == 303 and answer.location.startswith("/sign-in")


def test_a_program_is_told_in_json_instead_of_being_redirected(client, cast):
    answer = client.post("/outbox", json={})
    assert (
        answer.status_code == 401 and answer.json["code"] == "sign_in_needed" and answer.json["retry"] is True
    )


def test_htmx_is_sent_to_the_form_as_a_whole_page(client, cast):
    answer = client.get("/desk/board", headers={"HX-Request": "true"})
    assert answer.status_code == 401 and answer.headers["HX-Redirect"] == "/sign-in?next=/desk/board"


def test_what_does_not_exist_is_said_on_a_page(mei):
    answer = mei.get("/no-such-page")
    assert (
        answer.status_code == 404
        and "Nothing here" in answer.text
        and answer.headers["X-Request-Id"] in answer.text
    )


def test_a_method_that_is_not_taken_names_the_ones_that_are(mei):
    answer = mei.put("/pin")
    assert answer.status_code == 405 and "POST" in answer.headers["Allow"]


FOREIGN = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "none"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://localhost.evil.example"},
    {},
]


@pytest.mark.parametrize("headers", FOREIGN)
@pytest.mark.parametrize("path", ["/visits/1/steps/accept", "/c/token", "/outbox", "/blobs/aa"])
def test_a_save_from_another_site_is_refused(plain, sign_in, cast, path, headers):
    sign_in(plain, "mei")
    assert plain.post(path, headers=headers).status_code == 403


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "same-origin"}, {"Origin": "http://localhost"}])
def test_a_save_from_our_own_page_passes_without_a_token(plain, sign_in, cast, headers):
    sign_in(plain, "mei")
    assert plain.post("/visits/999999/steps/accept", headers=headers).status_code in (404, 405)


@pytest.mark.parametrize(
    "path", ["/pin", "/sign-in", "/sign-out", "/account/revocations", "/language", "/desk/anything"]
)
def test_account_and_desk_pages_want_a_token(plain, sign_in, cast, path):
    if path != "/sign-in":
        sign_in(plain, "mei")
    answer = plain.post(path, headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 400 and "Open this page again" in answer.text


def test_a_token_does_not_help_another_site(client, cast):
    assert client.post("/sign-in", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403


def test_a_token_of_a_signed_out_page_still_signs_in_after_the_clock_went_on(client, cast, app):
    assert app.config["WTF_CSRF_TIME_LIMIT"] is None


def test_more_than_ten_megabytes_are_refused_with_a_page(mei):
    answer = mei.post("/pin", data={"file": (__import__("io").BytesIO(b"x" * 10_600_000), "x.jpg")})
    assert answer.status_code == 413 and "Too large" in answer.text


class TestLockedPhone:
    """While it is in the customer's hands."""

    @pytest.fixture
    def locked(self, client, cast, sign_in):
        sign_in(client, "mei", lock_visit=17, lock_token="tok")
        return client

    @pytest.mark.parametrize(
        "path", ["/", "/account", "/visits/17", "/c/other", "/c/tokk", "/c", "/sign-in", "/desk/board"]
    )
    def test_every_page_becomes_the_customers(self, locked, path):
        answer = locked.get(path)
        assert (answer.status_code, answer.location) == (303, "/c/tok")

    @pytest.mark.parametrize(
        "path", ["/sign-out", "/account/revocations", "/visits/17/steps/pay", "/sign-in", "/language"]
    )
    def test_nothing_else_can_be_saved(self, locked, path):
        assert locked.post(path).status_code in (303, 403)
        assert locked.get("/account").location == "/c/tok"

    @pytest.mark.parametrize(
        "path", ["/healthz", "/manifest.webmanifest", "/service-worker.js", "/static/css/app.css"]
    )
    def test_the_phone_itself_goes_on(self, locked, path):
        assert locked.get(path).status_code == 200

    @pytest.mark.parametrize("path", ["/outbox", "/blobs/" + "0" * 64])
    def test_the_outbox_stays_open(self, locked, path):
        answer = locked.put(path) if path.startswith("/blobs") else locked.post(path, json={})
        assert answer.status_code != 303 and answer.json.get("code") != "locked"

    def test_another_sessions_lock_is_not_mine(self, app, locked, sign_in):
        other = app.test_client()
        sign_in(other, "mei")
        assert other.get("/account").status_code == 200


def test_an_unforeseen_fault_shows_an_id_and_nothing_else(app, client, cast, monkeypatch, capsys):
    monkeypatch.setattr(app, "testing", False)

    def explode():
        raise RuntimeError("secret detail 13800001111")

    monkeypatch.setitem(app.view_functions, "accounts.sign_in", explode)
    logs.configure("INFO")
    answer = client.get("/sign-in")
    logged = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    logs.configure("ERROR")
    assert answer.status_code == 500
    assert (
        answer.headers["X-Request-Id"] in answer.text
        and "secret" not in answer.text
        and "Runtime" not in answer.text
    )
    fault = next(line for line in logged if line["event"] == "unexpected")
    assert fault["request_id"] == answer.headers["X-Request-Id"] and "explode" in fault["exception"]
    assert "13800001111" not in json.dumps(logged) and "***11" in json.dumps(logged)


def test_every_fault_has_words_of_its_own():
    catalogue = errors.catalogue()
    assert len(catalogue) > 10
    assert {kind.code for kind in catalogue} <= WORDS.keys()
    assert len({kind.code for kind in catalogue}) == len(catalogue)
    assert {"missing", "wrong"} <= FIELD_WORDS.keys()


@pytest.mark.parametrize("kind", errors.catalogue(), ids=lambda kind: kind.code)
def test_every_fault_becomes_a_page_and_json(app, kind):
    fault = kind(wait=5)
    with app.test_request_context("/somewhere"):
        page = security.answer(fault)
    with app.test_request_context("/outbox", method="POST"):
        answer = security.answer(fault)
    if kind is not errors.SignInNeeded:
        assert page.status_code == kind.status and page.mimetype == "text/html"
        assert "%(" not in page.get_data(as_text=True)
    assert answer.status_code == kind.status and answer.json["code"] == kind.code


def test_a_server_fault_of_the_framework_is_no_page_of_ours(app, client, cast, monkeypatch):
    monkeypatch.setattr(app, "testing", False)
    monkeypatch.setitem(app.view_functions, "accounts.sign_in", lambda: (_ for _ in ()).throw(NotMade()))
    assert client.get("/sign-in").status_code == 500


@pytest.mark.parametrize("path", ["/visits/3", "/", "/a?b=c%2F", "/c/x#top"])
def test_a_relative_path_is_kept(path):
    assert relative(path) == path


@pytest.mark.parametrize(
    "path", ["", "//x", "/\\x", "http://x", "x", "/a b", "/a\nb", "\\x", "/\x00", "///x", "https:/x"]
)
def test_anything_else_leads_home(path):
    assert relative(path) == "/"


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("call +86 138-0000-1111 now", "call ***11 now"),
        ("13800001111", "***11"),
        ("visit 17, 45 ms", "visit 17, 45 ms"),
        ({"phone": "1", "step": "knock"}, {"phone": "***", "step": "knock"}),
        ([{"address": "12 Harbour Road"}], [{"address": "***"}]),
    ],
)
def test_telephone_numbers_and_addresses_stay_out_of_the_log(said, kept):
    assert logs.masked(said) == kept


def test_static_files_are_kept_for_ever_and_change_their_address(client, app):
    address = app.jinja_env.globals["static_url"]("css/app.css")
    answer = client.get(address)
    assert answer.status_code == 200 and "immutable" in answer.headers["Cache-Control"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(
    "path", ["../app/config.py", "..%2fapp%2fconfig.py", "css/../../app/config.py", "css/"]
)
def test_nothing_outside_the_folder_is_served(client, app, path):
    assert client.get(f"/static/v/x/{path}").status_code in (303, 404)
    assert client.get(f"/static/{path}").status_code in (303, 404)


def test_the_worker_controls_the_whole_site_and_is_asked_for_anew(client):
    answer = client.get("/service-worker.js")
    assert answer.mimetype == "text/javascript" and answer.headers["Cache-Control"] == "no-cache"
    assert answer.text.startswith("self.DOORSTEP = {")
    assert (
        client.get("/service-worker.js", headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    )


def test_the_manifest_speaks_the_readers_language(client):
    answer = client.get("/manifest.webmanifest", headers={"Accept-Language": "zh-HK"})
    assert answer.mimetype == "application/manifest+json" and answer.json["lang"] == "zh-Hant"
    assert answer.json["start_url"] == "/" and {icon["sizes"] for icon in answer.json["icons"]} == {
        "192x192",
        "512x512",
    }
    for icon in answer.json["icons"]:
        assert client.get(icon["src"]).status_code == 200
