"""The commands at the terminal: a real outlet, people, backup and restore, what a demo database refuses."""

import ssl
import subprocess
import sys

import pytest
from cryptography import x509

from app import config, serving
from app.models import database
from app.models.outlets import Outlet
from app.models.people import Person
from app.models.visits import Visit
from tests import builders

SETUP = [
    "setup", "--code", "bj7", "--name", "North Gate", "--address", "7 Gate Road", "--phone", "+861012345678",
    "--complaint-phone", "", "--country", "CN", "--timezone", "Asia/Shanghai", "--currency", "CNY", "--language",
    "zh_Hans", "--price-list", "hangzhou-2026-11", "--admin", "boss", "--admin-name", "Boss", "--password",
    "a long enough one",
]  # fmt: skip


@pytest.fixture
def run(app):
    """`run('check')` gives the command's result; the database is open again afterwards."""
    runner = app.test_cli_runner()

    def invoke(*arguments):
        result = runner.invoke(args=list(arguments), catch_exceptions=False)
        database.connect()
        return result

    return invoke


def test_a_real_outlet_begins_with_its_administrator_and_no_demo(run, client):
    result = run(*SETUP)
    assert result.exit_code == 0, result.output
    assert [one.code for one in Outlet.select()] == ["BJ7"] and not Outlet.get().is_demo
    assert [one.login for one in Person.select()] == ["boss"]
    assert client.post("/sign-in", data={"login": "boss", "password": "a long enough one"}).status_code == 303


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [("--timezone", "Mars/Olympus", "time zone"), ("--language", "fr", "language"), ("--code", "B J", "code"),
     ("--password", "short", "password"), ("--password", "boss", "password")],
)  # fmt: skip
def test_what_cannot_be_is_said_and_nothing_is_made(run, option, value, said):
    arguments = list(SETUP)
    arguments[arguments.index(option) + 1] = value
    result = run(*arguments)
    assert result.exit_code == 1 and said in result.output
    assert not Outlet.select().exists() and not Person.select().exists()


def test_a_demo_database_takes_no_real_outlet(run, cast):
    cast.home.is_demo = True
    cast.home.save()
    assert run(*SETUP).exit_code == 1


def test_people_are_added_to_their_outlet(run, cast):
    arguments = ["people", "add", "--outlet", "HZ1", "--login", "Zoe", "--name", "Zoë", "--role", "centre", "--lead",
                 "--password", "a long enough one"]  # fmt: skip
    assert run(*arguments).exit_code == 0
    zoe = Person.get(Person.login == "zoe")
    assert (zoe.outlet.code, zoe.role, zoe.lead) == ("HZ1", "centre", True)
    assert run(*arguments).exit_code == 1  # the name is taken now


def test_a_backup_comes_back_whole_and_the_old_state_is_kept(run, cast, app, tmp_path):
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "aa").write_bytes(b"photo")
    archive = tmp_path / "backup.tar.gz"
    assert run("backup", str(archive)).exit_code == 0
    assert archive.stat().st_mode & 0o077 == 0
    Person.update(name="Changed").where(Person.login == "mei").execute()
    (tmp_path / "photos" / "aa").unlink()
    database.close()
    result = run("restore", str(archive))
    assert result.exit_code == 0, result.output
    assert Person.get(Person.login == "mei").name == "Mei"
    assert (tmp_path / "photos" / "aa").read_bytes() == b"photo"
    assert list(tmp_path.glob("before-restore-*/doorstep.db"))


def test_a_broken_archive_changes_nothing(run, cast, tmp_path):
    (tmp_path / "x").write_text("no database")
    subprocess.run(["tar", "czf", str(tmp_path / "bad.tar.gz"), "-C", str(tmp_path), "x"], check=True)
    result = run("restore", str(tmp_path / "bad.tar.gz"))
    assert result.exit_code == 1 and "no whole database" in result.output
    assert Person.select().count() == 8


def test_the_boards_columns_are_read_off_the_records_again(run, cast):
    visit = builders.visit(cast.mei)
    Visit.update(state="travelling").where(Visit.id == visit.id).execute()
    assert "1 visits read, 1 differed" in run("rebuild").output
    assert Visit.get_by_id(visit.id).state == "scheduled"
    assert "1 visits read, 0 differed" in run("rebuild").output


def test_untouched_records_are_said_to_be_as_they_were_saved(run, cast):
    builders.visit(cast.mei)
    result = run("verify")
    assert result.exit_code == 0 and "as it was saved" in result.output


def test_a_table_that_cannot_be_read_is_named(run, cast, tmp_path):
    (tmp_path / "jobs.csv").write_text("nothing;of;use\n1;2;3\n")
    result = run("import", "work-orders", str(tmp_path / "jobs.csv"), "--outlet", "HZ1")
    assert result.exit_code == 1 and "cannot be read" in result.output
    assert run("import", "work-orders", str(tmp_path / "jobs.csv"), "--outlet", "XX").exit_code == 1


def test_norms_prices_and_settings_are_in_order(run):
    result = run("check")
    assert result.exit_code == 0, result.output


def test_a_demo_database_is_not_served_beyond_this_machine(run, cast, monkeypatch):
    cast.home.is_demo = True
    cast.home.save()
    served = []
    monkeypatch.setattr(serving, "run", lambda settings, _make: served.append(settings))
    monkeypatch.setattr("app.services.demonstrating.deal", lambda _now: None)
    here = config.settings()
    config.use(config.changed(here, host="0.0.0.0"))
    result = run("serve")
    assert result.exit_code == 1 and "DEMO_PUBLIC" in result.output and not served
    config.use(config.changed(here, host="0.0.0.0", demo_public=True))
    assert run("serve").exit_code == 0 and len(served) == 1


def test_a_phone_is_served_with_a_certificate_of_this_address(tmp_path):
    certificate, key = serving.certificate_for("192.0.2.7", tmp_path / "tls")
    ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key)
    leaf = x509.load_pem_x509_certificate(certificate.read_bytes())
    authority = x509.load_pem_x509_certificate((tmp_path / "tls" / "ca.crt").read_bytes())
    leaf.verify_directly_issued_by(authority)
    names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert "192.0.2.7" in {str(one) for one in names.get_values_for_type(x509.IPAddress)}
    assert key.stat().st_mode & 0o077 == 0
    serving.certificate_for("192.0.2.8", tmp_path / "tls")
    assert x509.load_pem_x509_certificate((tmp_path / "tls" / "ca.crt").read_bytes()) == authority


def test_the_app_uses_the_sqlite_that_keeps_its_pages():
    code = "import app.models.database as d; import sqlite3; print(sqlite3.sqlite_version_info >= d.OLDEST_SQLITE)"
    answer = subprocess.run(
        [sys.executable, "-c", code], cwd=config.ROOT, capture_output=True, text=True, check=True
    )
    assert answer.stdout.strip() == "True"


def test_the_cast_is_what_the_tests_say(cast):
    assert cast.mei.outlet_id == cast.li.outlet_id != cast.tom.outlet_id
    assert builders.visit(cast.mei).engineer_id == cast.mei.id
