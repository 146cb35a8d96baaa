"""``peerapp backup``: make a backup, restore one, rehearse the restoring."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import click

from peerapp import erasure_list, keyrings
from peerapp.backups import archive, drill
from peerapp.backups.checks import CHECKS
from peerapp.backups.rows import Contents
from peerapp.config import ConfigError, Settings, settings_from_environment
from peerapp.db import Database, forget_plain_pages
from peerapp.erasure_list import ErasuresOutstanding
from peerapp.models import utc_now
from peerapp.sealing import Keyring, KeyringError

FAULTS = (
    archive.KeyFault,
    drill.DamagedBackup,
    drill.FailedCheck,
    drill.NotEmpty,
    ErasuresOutstanding,
)
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
    """Write a backup into FOLDER while the site works, and who was erased beside it, by number."""
    now, settings = utc_now(), _settings()
    path = folder / f"peerapp-{now:%Y%m%dT%H%M%SZ}.age"
    with _told(), closing(Database(settings.database_url)) as database:
        _say(drill.make(database, path, recipient, now), f"in {path}")
        own = erasure_list.path_in(settings.data_dir)
        erasure_list.sync_every(database, own)
        erasure_list.merge(folder / erasure_list.FILE, own)


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
@click.option("--erasures", type=a_file, help="The newest list of who was erased.")
@click.option("--nobody-was-erased", is_flag=True, help="There is no such list.")
def restore(
    path: Path, identity: Path, url: str, erasures: Path | None, nobody_was_erased: bool
) -> None:
    """Restore PATH into an empty database, and erase again who was erased since.

    Their numbers are in PEERAPP_DATA/erasures.jsonl, in the file of that name beside PATH, and in
    the one given with --erasures: all that are there count. Do not open the site before this says
    that all is well.
    """
    begun = time.monotonic()
    listed = _gather(path, erasures, nobody_was_erased)
    with _told():
        contents = drill.restore(path, identity, url, CHECKS, _keys())
        with closing(Database(url, _keys())) as database:
            again = erasure_list.reapply_every(database, listed)
            erasure_list.sync_every(database, listed)
        if again:
            forget_plain_pages(url)
        _say(contents, f"restored and checked in {time.monotonic() - begun:.0f} s")
    click.echo(f"Erased again: {again}.")


def _gather(path: Path, given: Path | None, nobody_was_erased: bool) -> Path:
    """Bring together who was erased, in the site's own list, before anything is restored.

    From then on the site does not open on a database in which one of them is back.
    """
    own = erasure_list.path_in(_settings().data_dir)
    lists = [one for one in (own, path.parent / erasure_list.FILE, given) if one and one.exists()]
    if not lists and not nobody_was_erased:
        raise click.ClickException(
            f"neither {own} nor {path.parent / erasure_list.FILE} is there: bring the newest list "
            "of who was erased and give it with --erasures, or say --nobody-was-erased"
        )
    try:
        erasure_list.merge(own, *lists)
    except (ValueError, KeyError) as error:
        raise click.ClickException("a list of who was erased cannot be read") from error
    return own


def _settings() -> Settings:
    try:
        return settings_from_environment()
    except ConfigError as error:
        raise click.ClickException(str(error)) from error


def _keys() -> Keyring:
    """The keyring that the settings name; which database it belongs to is checked afterwards."""
    try:
        return keyrings.load(_settings())
    except KeyringError as error:
        raise click.ClickException(str(error)) from error


def _say(contents: Contents, where: str) -> None:
    click.echo(f"{sum(contents.rows.values()):,} rows of {contents.made_at}, {where}")
