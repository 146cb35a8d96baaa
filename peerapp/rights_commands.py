"""``peerapp rights``: erasing again after a restore, and the papers that the law asks for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import click

from peerapp import erasure_list
from peerapp.config import ConfigError, Settings, settings_from_environment
from peerapp.db import SchemeSession
from peerapp.erasure_list import ErasuresOutstanding
from peerapp.errors import NotFound
from peerapp.keyrings import open_database
from peerapp.sealing import KeyringError
from peerapp.services import processing_records


@click.group()
def rights() -> None:
    """Rights over data: erase again after a restore; impact assessment, record of processing."""


def _settings() -> Settings:
    try:
        return settings_from_environment()
    except ConfigError as error:
        raise click.ClickException(str(error)) from error


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except (KeyringError, ErasuresOutstanding, NotFound, ValueError, KeyError) as error:
        raise click.ClickException(str(error)) from error


@rights.command("reapply")
@click.option(
    "--list", "path", type=click.Path(exists=True, dir_okay=False, path_type=Path), default=None
)
def reapply(path: Path | None) -> None:
    """Erase again whom a restored backup has brought back. Do this before the site opens.

    The list is PEERAPP_DATA/erasures.jsonl of the site as it was, or the file given with --list.
    """
    settings = _settings()
    where = path or erasure_list.path_in(settings.data_dir)
    if not where.exists():
        raise click.ClickException(
            f"{where} is not there: bring the list of erasures from the old site, or give --list"
        )
    with _told(), closing(open_database(settings)) as database:
        own = erasure_list.path_in(settings.data_dir)
        erasure_list.merge(own, where)
        again = erasure_list.reapply_every(database, own)
        erasure_list.sync_every(database, own)
    click.echo(f"Erased again: {again}.")


@rights.command("dpia")
def dpia() -> None:
    """Print the data protection impact assessment, filled from the settings, as Markdown."""
    with _reading() as session:
        click.echo(processing_records.impact_assessment(session))


@rights.command("record")
def record() -> None:
    """Print the record of processing, filled from the settings, as Markdown."""
    with _reading() as session:
        click.echo(processing_records.processing_record(session))


@contextmanager
def _reading() -> Iterator[SchemeSession]:
    settings = _settings()
    with (
        _told(),
        closing(open_database(settings)) as database,
        database.reading(database.scheme_id(settings.scheme_slug)) as session,
    ):
        yield session
