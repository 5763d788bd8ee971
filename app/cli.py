"""The `flask --app app.factory …` commands. Each asks one service and prints what a terminal's reader wants."""

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import click
from flask import Flask, current_app
from flask.cli import with_appcontext

from app import serving
from app.config import LOOPBACK, Config, settings
from app.models import database
from app.services import authenticating, demonstrating, importing, keeping, setting_up, verifying

people_group = click.Group("people", help="Who may sign in.")
import_group = click.Group("import", help="Take over what another system holds.")


def init_app(app: Flask, make_app: Callable[[Config], Flask]) -> None:
    """Hang the commands on the app; `serve --phone` makes another one with other settings."""
    app.extensions["make_app"] = make_app
    for command in (
        serve, migrate, demo, setup, check, rebuild, verify, backup, restore, people_group, import_group,
    ):  # fmt: skip
        app.cli.add_command(command)


@click.command()
@click.option("--phone", is_flag=True, help="HTTPS on the local network, with a new certificate.")
@with_appcontext
def serve(phone: bool) -> None:
    """Bring the database up to date, load the demo into a new one, and serve."""
    config = settings()
    if phone:
        config = serving.for_phones(config)
    database.connect()
    is_new = bool(database.migrate()) and not setting_up.has_outlets()
    if is_new and config.demo:
        click.echo("Loading the demo outlet …")
        demonstrating.load(_now())
    if authenticating.demo_people():
        if not config.loopback and not (config.demo_public or phone):
            raise click.ClickException(
                f"This is a demo database with known passwords; it is not served on {config.host}. "
                f"Use one of {', '.join(sorted(LOOPBACK))}, or set DEMO_PUBLIC=1 if that is what you want."
            )
        demonstrating.deal(_now())
        _greet_demo()
    database.close()
    click.echo(f"Doorstep: {config.address()}   (Ctrl+C stops it)")
    if phone:
        click.echo(f"For no warning on the phone, trust once: {config.address()}/doorstep-ca.crt")
    sys.stdout.flush()
    serving.run(config, current_app.extensions["make_app"])


@click.command()
def migrate() -> None:
    """Bring the database up to date."""
    database.connect()
    done = database.migrate()
    click.echo("\n".join(done) if done else "Nothing to do.")


@click.command()
def demo() -> None:
    """Load the demo outlet, or deal it today's jobs."""
    database.connect()
    database.migrate()
    demonstrating.load(_now())
    _greet_demo()


@click.command()
@click.option("--code", prompt="Short code of the outlet (begins every reference, like HZ1)")
@click.option("--name", prompt="Name of the outlet")
@click.option("--address", prompt=True, default="", show_default=False)
@click.option("--phone", prompt="Telephone, for customers", default="", show_default=False)
@click.option("--complaint-phone", prompt="Telephone for complaints", default="", show_default=False)
@click.option("--country", prompt="Country (two letters)", default="CN")
@click.option("--timezone", prompt="Time zone", default="Asia/Shanghai")
@click.option("--currency", prompt="Currency (three letters)", default="CNY")
@click.option("--language", prompt="Language (en, zh_Hans, zh_Hant, es)", default="en")
@click.option("--price-list", prompt="Price list (a file of app/prices)", default="hangzhou-2026-11")
@click.option("--admin", prompt="Sign-in name of the first administrator")
@click.option("--admin-name", prompt="Name of the first administrator")
@click.password_option(help="Password of the first administrator, at least 10 characters.")
def setup(admin: str, admin_name: str, password: str, **outlet: str) -> None:
    """Set up a real outlet with its first administrator; no demo."""
    database.connect()
    database.migrate()
    try:
        setting_up.outlet(admin=admin, admin_name=admin_name, password=password, **outlet)
    except setting_up.Unusable as reason:
        raise click.ClickException(str(reason)) from None
    click.echo(f"{outlet['name']} is set up. Start it with `make run` and sign in as {admin}.")


@people_group.command("add")
@click.option("--outlet", required=True, help="Code of the outlet.")
@click.option("--login", required=True)
@click.option("--name", required=True)
@click.option("--role", required=True, help="engineer, dispatcher, centre, manager, technical or admin")
@click.option("--lead", is_flag=True, help="May also give the second level of rulings (centre).")
@click.option("--language", default="")
@click.option("--phone", default="")
@click.password_option(help="At least 10 characters.")
def people_add(outlet: str, **person: str) -> None:
    """Add somebody who may sign in."""
    database.connect()
    try:
        setting_up.person(outlet, **person)  # type: ignore[arg-type]
    except setting_up.Unusable as reason:
        raise click.ClickException(str(reason)) from None
    click.echo(f"{person['name']} can sign in as {person['login']}.")


@click.command()
def check() -> None:
    """Look over norms, prices, languages and settings; anything wrong ends with status 1."""
    faults = keeping.faults()
    for fault in faults:
        click.echo(fault)
    if faults:
        raise SystemExit(1)
    click.echo("Norms, prices, languages and settings are in order.")


@import_group.command("work-orders")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--outlet", default="", help="Code of the outlet that the jobs belong to; the first one without it."
)
@click.option("--take-good", is_flag=True, help="Take the good lines although others are wrong.")
def import_work_orders(file: Path, outlet: str, take_good: bool) -> None:
    """Take jobs from a table (CSV); the same line counts once."""
    database.connect()
    try:
        home = setting_up.outlet_of(outlet)
    except setting_up.Unusable as reason:
        raise click.ClickException(str(reason)) from None
    report = importing.run(home, file.read_bytes(), None, _now(), take_good)
    if report.fault:
        raise click.ClickException(" ".join([f"{file} cannot be read: {report.fault}", *report.missing]))
    for wrong in report.wrong:
        click.echo(f"line {wrong.line}, {wrong.column or 'whole line'}: {wrong.fault} {wrong.typed}".rstrip())
    click.echo(
        f"{home.code}: {len(report.taken)} taken, {len(report.known)} known already, {report.wrong_lines} wrong"
    )
    if report.wrong:
        raise SystemExit(1)


@click.command()
@click.option("--all", "everything", is_flag=True, help="Ended visits too.")
def rebuild(everything: bool) -> None:
    """Read the boards' columns and what is remembered of past repairs off the records again."""
    database.connect()
    read, differed = keeping.rebuild(everything)
    click.echo(f"{read} visits read, {differed} differed.")


@click.command()
def verify() -> None:
    """Walk the chain of records, the bodies and the seals; anything changed ends with status 1."""
    database.connect()
    report = verifying.verify()
    for finding in report.findings:
        click.echo(str(finding))
    click.echo(
        f"{report.records} records and {report.seals} seals read, {report.forgotten} bodies forgotten."
    )
    if report.findings:
        raise SystemExit(1)
    click.echo("Everything is as it was saved.")


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup(file: Path) -> None:
    """Write database, photos and papers into one archive, while the app runs."""
    keeping.backup(settings().data_dir, file)
    click.echo(f"{file}: {file.stat().st_size / 1_000_000:.1f} MB")


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def restore(file: Path) -> None:
    """Put an archive of `backup` back; what is there now is kept beside it."""
    try:
        old = keeping.restore(settings().data_dir, file, _now())
    except keeping.Unusable as reason:
        raise click.ClickException(str(reason)) from None
    click.echo(f"Restored. What was there lies in {old}." if old else "Restored.")


def _greet_demo() -> None:
    click.echo(f"Demo people, password {demonstrating.PASSWORD}, PIN {demonstrating.PIN}:")
    for person in authenticating.demo_people():
        click.echo(f"  {person.login:6} {person.role}, {person.outlet.name}")


def _now() -> datetime:
    return datetime.now(UTC)
