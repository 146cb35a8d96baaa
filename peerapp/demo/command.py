"""What ``peerapp demo`` does: a new database, a county in it, a table of accounts, the site."""

from __future__ import annotations

import contextlib
import secrets
import shutil
import socket
from dataclasses import replace
from pathlib import Path

from rich.console import Console
from rich.table import Table

from peerapp import erasure_list, logs
from peerapp.clock import today
from peerapp.companions import Companion
from peerapp.config import Settings, default_database_url
from peerapp.db import Database
from peerapp.demo import second_factors, update_service
from peerapp.demo.county import PASSWORD, Builder, County
from peerapp.errors import NotFound, PeerAppError
from peerapp.keyrings import prepare
from peerapp.serving import serve

HOST, NAME = "127.0.0.1", "localhost"  # passkeys are bound to a name, not to a number
SLUG = "default"


class DemoError(PeerAppError):
    """The demonstration cannot start; the message says what to do."""


def demo_settings(data_dir: Path, database_url: str | None, port: int) -> Settings:
    """Return settings that need nothing from the environment; the key is made and kept aside."""
    data_dir.mkdir(parents=True, exist_ok=True)
    key = data_dir / "secret-key"
    if not key.exists():
        key.touch(mode=0o600)
        key.write_text(secrets.token_urlsafe(48), encoding="ascii")
    return Settings(
        secret_key=key.read_text(encoding="ascii").strip(),
        database_url=database_url or default_database_url(data_dir),
        data_dir=data_dir,
        base_url=f"http://{NAME}:{port}",
        scheme_slug=SLUG,
        secure_cookies=False,
        log_level="WARNING",
        demo=True,
    )


def run(
    console: Console,
    data_dir: Path,
    *,
    families: int,
    volunteers: int,
    seed: int,
    port: int,
    database_url: str | None,
    serves: bool,
) -> None:
    """Build the county and serve it.

    Raises
    ------
    DemoError
        The port is taken, or the database that was named holds a scheme already.
    """
    if serves:
        _refuse_taken(port)
    if database_url is None:
        _remove_earlier(data_dir)
    settings = demo_settings(data_dir, database_url, port)
    logs.configure("ERROR")

    def step(text: str) -> None:
        console.print(f"[dim]…[/dim] {text}")

    with contextlib.closing(prepare(settings)) as database:
        _refuse_used(database)
        erasure_list.path_in(data_dir).unlink(missing_ok=True)  # of an earlier demonstration
        county = Builder(database, SLUG, seed, today(), step).build(families, volunteers)
        second_factors.add_apps(database, SLUG, seed)
    register = data_dir / update_service.REGISTER
    update_service.write_register(register, county.register)
    _print(console, county)
    if serves:
        _serve(console, settings, register, port)


def _serve(console: Console, settings: Settings, register: Path, port: int) -> None:
    """Say where the site and its stand-in for DBS are to be found, and run them."""
    console.print(
        f"Open [bold]{settings.base_url}[/bold]   (mail is written to "
        f"{settings.mail_outbox}; stop with Ctrl+C)"
    )
    console.print(
        f"DBS is a stand-in that answers as {register} says: change “told” there, and press "
        "“Check the status now” on a volunteer’s page"
    )
    stand_in, url = _stand_in(register)
    serve(replace(settings, update_service_url=url), HOST, port, 1, beside=[stand_in])


def _stand_in(register: Path) -> tuple[Companion, str]:
    """Return the stand-in for DBS's Update Service, a process beside the site, and its address."""
    with contextlib.closing(socket.socket()) as probe:
        probe.bind((update_service.HOST, 0))
        port = probe.getsockname()[1]
    url = f"http://{update_service.HOST}:{port}"
    return Companion("stand-in", update_service.run, register, port), url


def _refuse_taken(port: int) -> None:
    with contextlib.closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise DemoError(
                f"port {port} is in use: stop what uses it, or choose another with --port"
            ) from error


def _remove_earlier(data_dir: Path) -> None:
    """Remove the last demonstration, which only ever held made-up people."""
    for name in ("peerapp.sqlite3", "queue.sqlite3"):
        for path in data_dir.glob(f"{name}*"):
            path.unlink()
    shutil.rmtree(data_dir / "outbox", ignore_errors=True)


def _refuse_used(database: Database) -> None:
    try:
        database.scheme_id(SLUG)
    except NotFound:
        return
    raise DemoError("this database holds a scheme already: name an empty one, it stays untouched")


def _print(console: Console, county: County) -> None:
    table = Table(title=f"Accounts to try. Password of each: {PASSWORD}", title_justify="left")
    for heading in ("Role", "Email", "What there is to see"):
        table.add_column(heading, no_wrap=heading == "Email")
    for account in county.accounts:
        table.add_row(account.role, account.email, account.shows)
    console.print(table)
    console.print(
        "Staff are asked for a code after the password, as everywhere; here the page says which."
    )
    console.print(
        f"{county.families} families and {county.volunteers} volunteers, all made up; "
        f"{county.proposals} proposals to review, {county.running} matches running."
    )
