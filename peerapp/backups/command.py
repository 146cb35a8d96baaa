"""``peerapp backup``: make a backup, restore one, rehearse the restoring."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import click

from peerapp import keyrings
from peerapp.backups import archive, drill
from peerapp.backups.checks import CHECKS
from peerapp.backups.rows import Contents
from peerapp.config import ConfigError, settings_from_environment
from peerapp.db import Database
from peerapp.models import utc_now
from peerapp.sealing import Keyring, KeyringError

FAULTS = (archive.KeyFault, drill.DamagedBackup, drill.FailedCheck, drill.NotEmpty)
a_file = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def backup() -> None:
    """Backups: one sealed file each, opened only with a key that the site does not have.

    Begin with `peerapp backup key FILE`, keep that file elsewhere, and set PEERAPP_BACKUP_FOR to
    what it prints. A restore needs the site's own key file as well, which is in no backup.
    """


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except FAULTS as error:
        raise click.ClickException(str(error)) from error


@backup.command("key")
@click.argument("path", type=click.Path(dir_okay=False, path_type=Path))
def make_key(path: Path) -> None:
    """Make the key for restoring, in a new file PATH."""
    if path.exists():
        raise click.ClickException(f"{path} exists: a key is never written over")
    click.echo(archive.make_identity(path))


@backup.command("make")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--for", "recipient", envvar="PEERAPP_BACKUP_FOR", required=True, help="The age1….")
def make(folder: Path, recipient: str) -> None:
    """Write a backup into FOLDER while the site works."""
    now = utc_now()
    path = folder / f"peerapp-{now:%Y%m%dT%H%M%SZ}.age"
    try:
        url = settings_from_environment().database_url
    except ConfigError as error:
        raise click.ClickException(str(error)) from error
    with _told(), closing(Database(url)) as database:
        _say(drill.make(database, path, recipient, now), f"in {path}")


@backup.command("check")
@click.argument("path", type=a_file)
@click.option("--identity", type=click.Path(path_type=Path), required=True, help="The key's file.")
def check(path: Path, identity: Path) -> None:
    """Rehearse restoring PATH into a database that is thrown away."""
    begun = time.monotonic()
    with _told():
        _say(
            drill.rehearse(path, identity, CHECKS, _keys()),
            f"checked in {time.monotonic() - begun:.0f} s",
        )


@backup.command("restore")
@click.argument("path", type=a_file)
@click.option("--identity", type=click.Path(path_type=Path), required=True, help="The key's file.")
@click.option("--database", "url", required=True, help="URL of an empty database.")
def restore(path: Path, identity: Path, url: str) -> None:
    """Restore PATH into an empty database; do not open the site before it says that all is well."""
    begun = time.monotonic()
    with _told():
        contents = drill.restore(path, identity, url, CHECKS, _keys())
        _say(contents, f"restored and checked in {time.monotonic() - begun:.0f} s")


def _keys() -> Keyring:
    """The keyring that the settings name; which database it belongs to is checked afterwards."""
    try:
        return keyrings.load(settings_from_environment())
    except (ConfigError, KeyringError) as error:
        raise click.ClickException(str(error)) from error


def _say(contents: Contents, where: str) -> None:
    click.echo(f"{sum(contents.rows.values()):,} rows of {contents.made_at}, {where}")
