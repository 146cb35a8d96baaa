"""``peerapp keys``: see, rotate, retire and check the keys under which personal data is sealed."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager

import click
from rich.console import Console
from rich.table import Table
from sqlalchemy import select

from peerapp import keyrings, logs
from peerapp.config import ConfigError, Settings, settings_from_environment
from peerapp.db import SCHEME_FREE, Database
from peerapp.models import Scheme
from peerapp.sealing import KeyringError
from peerapp.sealing.source import add_index_key, add_key, key_file, remove_key
from peerapp.services import index_keys, key_checks
from peerapp.services import keys as services


@click.group()
def keys() -> None:
    """The keys under which personal data is sealed.

    They are in the key file PEERAPP_KEYS, never in the database. Keep a copy of it elsewhere:
    without it nobody can read the data, we neither.
    """


@contextmanager
def _opened() -> Iterator[tuple[Settings, Database]]:
    try:
        settings = settings_from_environment()
        logs.configure(settings.log_level)
        with closing(keyrings.open_database(settings)) as database:
            yield settings, database
    except (ConfigError, KeyringError) as error:
        raise click.ClickException(str(error)) from error


@keys.command("list")
def list_keys() -> None:
    """Show the scheme keys by fingerprint, and how many keys of persons each wraps."""
    with _opened() as (_, database), database.reading(None) as session:
        table = Table(box=None)
        for heading in ("Key", "Fingerprint", "Made", "For", "Wraps"):
            table.add_column(heading, no_wrap=True)
        for key in services.list_keys(session):
            age = "new" if key.is_active else "older"
            made_for = "indexes" if key.is_index else "keys"
            made = f"{key.made_at:%Y-%m-%d}"
            wraps = "" if key.is_index else f"{key.wraps:,}"
            table.add_row(str(key.id), key.fingerprint, made, f"{age} {made_for}", wraps)
        Console(width=120).print(table)


@keys.command()
def rotate() -> None:
    """Make a new scheme key and wrap every person's key by it, while the site works.

    If it is interrupted, run `peerapp keys rewrap` to finish it.
    """
    with _opened() as (settings, database):
        path = key_file(settings.keys, settings.data_dir)
        if path is None:
            raise KeyringError(
                "the keys come from the environment: put a new key into PEERAPP_KEYS there, make "
                "it the active one, restart the site, then run `peerapp keys rewrap`"
            )
        new = add_key(path)
        assert database.keys is not None
        database.keys.reload()
        _rewrap(database, new)


@keys.command()
def rewrap() -> None:
    """Wrap every person's key by the active key of the keyring: the second half of `rotate`."""
    with _opened() as (_, database):
        assert database.keys is not None
        _rewrap(database, database.keys.active)


def _rewrap(database: Database, key_id: uuid.UUID) -> None:
    assert database.keys is not None
    total = services.rotate(database, key_id)
    print_done = f"{total:,} keys of persons are wrapped by {key_id} now."
    click.echo(print_done + " Copy the key file to where you keep its copies.")


@keys.command("rotate-index")
def rotate_index() -> None:
    """Make a new index key and every index anew by it, while the site works.

    If it is interrupted, run `peerapp keys reindex` to finish it. The old key stays in the key
    file until it is retired.
    """
    with _opened() as (settings, database):
        path = key_file(settings.keys, settings.data_dir)
        if path is None:
            raise KeyringError(
                "the keys come from the environment: in PEERAPP_KEYS there, move the index key to "
                '"older_indexes" and put a new one in its place, restart the site, then run '
                "`peerapp keys reindex`"
            )
        new = add_index_key(path)
        assert database.keys is not None
        database.keys.reload()
        _reindex(database, new)


@keys.command()
def reindex() -> None:
    """Make every index anew by the keyring's index key: the second half of `rotate-index`."""
    with _opened() as (_, database):
        assert database.keys is not None
        _reindex(database, database.keys.keys.index_id)


def _reindex(database: Database, key_id: uuid.UUID) -> None:
    total = index_keys.rotate(database, key_id)
    done = f"{total:,} indexes were made anew by {key_id}."
    click.echo(done + " Copy the key file to where you keep its copies.")


@keys.command()
@click.argument("key_id", type=click.UUID)
def retire(key_id: uuid.UUID) -> None:
    """Take the key KEY_ID out of use and out of the key file; refused while it is in use."""
    with _opened() as (settings, database):
        with database.session(None, "all") as session:
            services.retire(session, key_id)
            session.commit()
        path = key_file(settings.keys, settings.data_dir)
        if path is None:
            click.echo("Retired. Take it out of PEERAPP_KEYS too.")
        else:
            remove_key(path, key_id)
            click.echo("Retired, and taken out of the key file.")


@keys.command()
def check() -> None:
    """Open every person's key and every sealed value, and count what does not open."""
    with _opened() as (_, database):
        with database.reading(None) as session:
            query = select(Scheme.id).order_by(Scheme.slug)
            schemes = session.scalars(query, execution_options=SCHEME_FREE).all()
        broken = 0
        for scheme_id in schemes:
            with database.reading(scheme_id) as session:
                found = key_checks.check(session)
            broken += len(found.broken)
            for place in found.broken:
                click.echo(f"does not open: {place}")
            click.echo(f"{found.opened:,} values open, {found.erased:,} are erased.")
        if broken:
            raise click.ClickException(f"{broken} values do not open")
