"""Signing in and out, devices, PIN, language and theme, as a person meets them."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from app.models.people import Person
from app.models.sessions import Session, SignInAttempt
from app.services import authenticating
from tests import builders

GOOD = {"login": "mei", "password": builders.PASSWORD}


def test_mei_signs_in_and_is_asked_for_a_pin_first(client, cast):
    answer = client.post("/sign-in", data=GOOD)
    assert (answer.status_code, answer.location) == (303, "/pin")
    assert "Mei" in client.get("/account").text


def test_the_name_may_be_typed_in_capitals_with_spaces(client, cast):
    assert client.post("/sign-in", data={**GOOD, "login": "  MEI "}).status_code == 303


@pytest.mark.parametrize(
    ("login", "password"),
    [("mei", "wrong"), ("nobody", builders.PASSWORD), ("mei", "x" * 5000), ("mei", "\x00")],
)
def test_a_wrong_name_or_password_gets_the_same_words(client, cast, login, password):
    answer = client.post("/sign-in", data={"login": login, "password": password})
    assert answer.status_code == 422
    assert "Check name and password" in answer.text and f'value="{login}"' in answer.text
    assert password not in answer.text
    assert client.get("/account").status_code == 303


def test_who_has_left_cannot_sign_in_any_more(client, cast):
    Person.update(active=False).where(Person.login == "mei").execute()
    assert client.post("/sign-in", data=GOOD).status_code == 422


def test_nothing_typed_is_said_at_both_fields(client, cast):
    answer = client.post("/sign-in", data={})
    assert answer.status_code == 422
    assert answer.text.count('aria-invalid="true"') == 2 and 'id="errors"' in answer.text


def test_the_cookie_is_kept_thirty_days_and_scripts_cannot_read_it(client, cast):
    cookie = next(
        c
        for c in client.post("/sign-in", data=GOOD).headers.getlist("Set-Cookie")
        if c.startswith("session=")
    )
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie
    expires = re.search(r"Expires=([^;]+)", cookie)
    kept = datetime.strptime(expires[1], "%a, %d %b %Y %H:%M:%S GMT").replace(tzinfo=UTC) - datetime.now(UTC)
    assert timedelta(days=29) < kept <= timedelta(days=30)


def test_the_token_itself_is_stored_nowhere(client, cast):
    client.post("/sign-in", data=GOOD)
    with client.session_transaction() as cookie:
        token = cookie["_user_id"].partition(".")[2]
    row = Session.get()
    assert len(token) >= 43 and token not in {str(value) for value in row.__data__.values()}


@pytest.mark.parametrize(
    "evil",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "javascript:alert(1)",
        "",
    ],
)
def test_after_signing_in_nobody_is_sent_to_another_site(client, cast, evil):
    Session.create(
        token_hash="x",
        person=cast.mei,
        device=builders.DEVICE,
        created=builders.NOW,
        last_seen=builders.NOW,
        unlock_hash="a",
    )
    client.set_cookie("device", builders.DEVICE)
    assert client.post("/sign-in", data={**GOOD, "next": evil}).location == "/"


def test_after_signing_in_the_wanted_page_comes(client, cast):
    assert client.get("/account?x=1").location == "/sign-in?next=/account%3Fx%3D1"
    answer = client.post("/sign-in", data={**GOOD, "next": "/account?x=1"})
    assert answer.location == "/pin?next=/account%3Fx%3D1"
    assert 'href="/account?x=1"' in client.get(answer.location).text


def test_guessing_gets_slower_by_account_and_never_locks_out(client, cast, monkeypatch):
    clock = {"now": builders.NOW}
    monkeypatch.setattr("app.web.accounts.now", lambda: clock["now"])
    for _try in range(5):
        assert client.post("/sign-in", data={**GOOD, "password": "no"}).status_code == 422
    refused = client.post("/sign-in", data=GOOD)
    assert refused.status_code == 429 and int(refused.headers["Retry-After"]) <= 5
    clock["now"] += timedelta(seconds=6)
    assert client.post("/sign-in", data=GOOD).status_code == 303


def test_one_address_that_tries_many_names_is_slowed_too(client, cast, monkeypatch):
    monkeypatch.setattr("app.web.accounts.now", lambda: builders.NOW)
    for number in range(20):
        SignInAttempt.create(login=f"name{number}", address="127.0.0.1", at=builders.NOW, ok=False)
    assert client.post("/sign-in", data=GOOD).status_code == 429


@pytest.mark.parametrize(
    ("failures", "since", "wait"),
    [
        (0, 0, 0),
        (4, 0, 0),
        (5, 0, 5),
        (5, 6, 0),
        (6, 0, 10),
        (7, 0, 20),
        (10, 0, 160),
        (11, 0, 300),
        (500, 0, 300),
        (500, 299, 1),
    ],
)
def test_the_waiting_time_doubles_up_to_five_minutes(failures, since, wait):
    assert authenticating.wait_after(failures, 5, since) == wait


def test_signing_out_ends_the_session_for_a_copied_cookie_too(app, mei):
    copied = mei.get_cookie("session").value
    assert mei.get("/sign-out").status_code == 200
    assert mei.post("/sign-out").location == "/sign-in"
    thief = app.test_client()
    thief.set_cookie("session", copied)
    assert thief.get("/account").status_code == 303


def test_looking_at_the_sign_out_page_signs_nobody_out(mei):
    mei.get("/sign-out")
    assert mei.get("/account").status_code == 200


def test_a_lost_phone_is_signed_out_from_another_one(app, mei, sign_in):
    lost = app.test_client()
    row = sign_in(lost, "mei", user_agent="Mozilla/5.0 (Linux; Android 14) Chrome/130 Mobile Safari/537.36")
    assert "Chrome, Android" in mei.get("/account").text
    assert mei.post("/account/revocations", data={"session": row.id}).location == "/account"
    assert lost.get("/account").status_code == 303
    assert mei.get("/account").status_code == 200


def test_nobody_signs_out_somebody_elses_phone(app, mei, sign_in):
    row = sign_in(app.test_client(), "tom")
    assert mei.post("/account/revocations", data={"session": row.id}).status_code == 404
    assert Session.get_by_id(row.id).revoked_at is None


def test_signing_out_everywhere_means_everywhere(app, mei, sign_in):
    other = app.test_client()
    sign_in(other, "mei")
    assert mei.post("/account/revocations").location == "/sign-in"
    assert other.get("/account").status_code == 303 and mei.get("/account").status_code == 303


def test_a_session_that_was_not_seen_for_thirty_days_is_over(app, cast, client, sign_in):
    sign_in(client, "mei", now=datetime.now(UTC) - timedelta(days=31))
    assert client.get("/account").status_code == 303


def test_being_seen_is_noted_but_not_at_every_request(client, cast, sign_in):
    row = sign_in(client, "mei", now=datetime.now(UTC) - timedelta(hours=1))
    client.get("/account")
    seen = Session.get_by_id(row.id).last_seen
    assert datetime.now(UTC) - seen < timedelta(minutes=1)
    client.get("/account")
    assert Session.get_by_id(row.id).last_seen == seen


def test_the_pin_page_keeps_only_a_hash(mei, cast):
    assert 'name="pin"' not in mei.get("/pin").text
    answer = mei.post("/pin", data={"unlock_hash": "a" * 64, "next": "/account"})
    assert answer.location == "/account"
    assert Session.get().unlock_hash == "a" * 64


@pytest.mark.parametrize("wrong", ["", "246810", "A" * 64, "g" * 64])
def test_digits_that_come_in_the_clear_are_refused(mei, wrong):
    assert mei.post("/pin", data={"unlock_hash": wrong}).status_code == 422
    assert Session.get().unlock_hash is None


def test_a_phone_whose_session_ran_out_keeps_its_pin(client, cast, app):
    client.set_cookie("device", builders.DEVICE)
    builders.session(cast.mei, unlock_hash="b" * 64)
    assert client.post("/sign-in", data=GOOD).location == "/"
    assert Session.select().order_by(Session.id.desc()).first().unlock_hash == "b" * 64


def test_after_a_clean_sign_out_the_pin_is_asked_for_again(client, cast, sign_in):
    client.set_cookie("device", builders.DEVICE)
    sign_in(client, "mei", unlock_hash="b" * 64)
    client.post("/sign-out")
    assert client.post("/sign-in", data=GOOD).location == "/pin"


def test_a_new_password_signs_out_the_other_phones(app, mei, sign_in):
    other = app.test_client()
    sign_in(other, "mei")
    answer = mei.post(
        "/account/password", data={"password": builders.PASSWORD, "new_password": "quite another one"}
    )
    assert answer.location == "/account"
    assert mei.get("/account").status_code == 200 and other.get("/account").status_code == 303
    fresh = app.test_client()
    assert fresh.post("/sign-in", data=GOOD).status_code == 422
    assert fresh.post("/sign-in", data={"login": "mei", "password": "quite another one"}).status_code == 303


@pytest.mark.parametrize("new", ["short", "", builders.PASSWORD])
def test_a_password_that_is_too_easy_is_refused_at_its_field(mei, new):
    answer = mei.post("/account/password", data={"password": builders.PASSWORD, "new_password": new})
    assert answer.status_code == 422 and 'id="new_password-error"' in answer.text


def test_the_old_password_must_be_right(mei):
    answer = mei.post("/account/password", data={"password": "no", "new_password": "quite another one"})
    assert answer.status_code == 422 and 'id="password-error"' in answer.text


def test_the_language_is_the_persons_own(mei):
    assert mei.post("/language", data={"language": "zh_Hant", "next": "/account"}).location == "/account"
    assert '<html lang="zh-Hant"' in mei.get("/account").text
    assert Person.get(Person.login == "mei").language == "zh_Hant"


def test_without_signing_in_the_browser_remembers_the_language(client, cast):
    assert '<html lang="es"' in client.get("/sign-in", headers={"Accept-Language": "es-MX,en;q=0.5"}).text
    client.post("/language", data={"language": "zh_Hans"})
    assert '<html lang="zh-Hans"' in client.get("/sign-in", headers={"Accept-Language": "es"}).text


@pytest.mark.parametrize(
    ("accepted", "language"),
    [("zh-TW", "zh_Hant"), ("zh-Hant-HK", "zh_Hant"), ("zh-CN,zh;q=0.9", "zh_Hans"), ("fr, es;q=0.8, en;q=0.9", "en"),
     ("", "en"), ("de", "en"), ("zh;q=x, es", "es"), ("es;q=0.1,zh-HK", "zh_Hant")],
)  # fmt: skip
def test_the_browsers_wish_is_matched(accepted, language):
    from app.web.i18n import match

    assert match(accepted) == language


def test_a_theme_and_a_language_that_are_not_offered_are_ignored(mei):
    mei.post("/theme", data={"theme": "<script>"})
    mei.post("/language", data={"language": "../../etc"})
    assert (Person.get(Person.login == "mei").theme, Person.get(Person.login == "mei").language) == (
        "auto",
        "en",
    )


def test_the_theme_is_the_persons_own(mei):
    mei.post("/theme", data={"theme": "sun", "next": "/account"})
    assert 'data-theme="sun"' in mei.get("/account").text


def test_only_a_demo_database_shows_its_people(client, cast):
    assert "doorstep" not in client.get("/sign-in").text
    cast.home.is_demo = True
    cast.home.save()
    page = client.get("/sign-in").text
    assert "Password doorstep, PIN 246810" in page and 'value="mei"' in page and 'value="tom"' not in page


def test_whoever_is_signed_in_does_not_sign_in_again(mei):
    assert mei.get("/sign-in?next=/account").location == "/account"
