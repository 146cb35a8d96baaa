"""``peerapp audit``: is the audit trail whole, and where does it end?"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import click
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from peerapp.config import ConfigError, Settings, settings_from_environment
from peerapp.db import Database
from peerapp.domain.audit_chain import Fault, FaultKind
from peerapp.errors import NotFound
from peerapp.models import utc_now
from peerapp.services import audit_heads

DAMAGED = 3
HEAD_UNUSABLE = 4
SHOWN = 50


@click.group()
def audit() -> None:
    """The audit trail: verify its chain, write its head down outside."""


@contextmanager
def _opened() -> Iterator[tuple[Settings, Session]]:
    try:
        settings = settings_from_environment()
        with closing(Database(settings.database_url)) as database:
            scheme_id = database.scheme_id(settings.scheme_slug)
            with database.reading(scheme_id) as session:
                yield settings, session
    except (ConfigError, NotFound) as error:
        raise click.ClickException(str(error)) from error
    except DBAPIError as error:
        kind = type(error).__name__
        raise click.ClickException(f"the database cannot be read ({kind})") from None


@audit.command()
@click.option(
    "--heads",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="File with exported heads, kept outside; may be given more than once.",
)
def verify(heads: tuple[Path, ...]) -> None:
    """Find rows of the audit trail that were edited, deleted, inserted, moved or cut off.

    Exit code 0: the trail is whole. 3: it is not, and each fault was printed. 4: a file of heads
    cannot be used. 1 or 2: it could not be verified, such as for a setting that is missing.
    """
    with _opened() as (settings, session):
        try:
            known = audit_heads.read(heads, settings.scheme_slug, settings.secret_key)
        except audit_heads.HeadUnusable as error:
            click.echo(f"Error: {error}", err=True)
            sys.exit(HEAD_UNUSABLE)
        verdict = audit_heads.check(session, known)
    for fault in verdict.faults[:SHOWN]:
        click.echo(in_words(fault))
    if len(verdict.faults) > SHOWN:
        click.echo(f"… and {len(verdict.faults) - SHOWN:,} more.")
    if verdict.faults:
        click.echo(f"The audit trail of {verdict.rows:,} rows is NOT whole.")
        sys.exit(DAMAGED)
    against = f", and agrees with {len(known):,} exported heads" if known else ""
    click.echo(f"The audit trail is whole: {verdict.rows:,} rows{against}.")
    if not heads:
        click.echo("Give --heads to notice a trail that was cut off or made anew as well.")


@audit.command()
@click.option(
    "--to",
    "path",
    required=True,
    type=click.Path(dir_okay=False, allow_dash=True, path_type=Path),
    help="File to which a line is added; - prints it.",
)
def head(path: Path) -> None:
    """Write down, signed, where the audit trail ends; keep the file away from the database."""
    with _opened() as (settings, session):
        found = audit_heads.export(session, settings.scheme_slug, settings.secret_key, utc_now())
    if found is None:
        raise click.ClickException("nothing has been audited yet")
    if str(path) == "-":
        click.echo(found.line())
        return
    audit_heads.append(path, found)
    click.echo(f"Row {found.seq:,} is the last one.")


WORDS = {
    FaultKind.EDITED: "was edited: its hash does not fit what it says",
    FaultKind.DELETED: "was deleted",
    FaultKind.INSERTED: "was inserted: it does not belong to the chain",
    FaultKind.REORDERED: "was moved: it stood elsewhere in the chain",
    FaultKind.CUT_OFF: "was cut off from the end of the trail",
    FaultKind.REMADE: "differs from an exported head: the chain was made anew",
    FaultKind.NO_HEAD: "is the last row, and the record of where the chain ends is gone",
}


def in_words(fault: Fault) -> str:
    """Say what is wrong, and with which row."""
    place = f"Row {fault.seq:,}" if fault.seq else "A row outside the chain"
    many = f"Rows {fault.seq:,} to {fault.until:,}, each"
    which = f" (id {fault.row_id})" if fault.row_id else ""
    if fault.kind is FaultKind.REMADE:
        return f"{fault.kind}: row {fault.until:,}{which} {WORDS[fault.kind]}"
    return f"{fault.kind}: {place if fault.until == fault.seq else many}{which} {WORDS[fault.kind]}"
