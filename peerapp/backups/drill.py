"""Making a backup, restoring it, and showing that what was restored is whole."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from peerapp.backups import archive
from peerapp.backups.rows import Contents, DamagedBackup, dump, is_empty, load, revision_of
from peerapp.db import Database, upgrade
from peerapp.sealing import Keyring
from peerapp.version import __version__

Check = Callable[[Database], None]


class NotEmpty(Exception):
    """The database to restore into holds rows already."""


class FailedCheck(Exception):
    """What was restored is not whole; the message says what is wrong."""


def make(database: Database, path: Path, recipient: str, now: datetime) -> Contents:
    """Write a backup of a database at work, as one moment sees it."""
    with _one_moment(database) as connection:
        contents = Contents(now.isoformat(), __version__, revision_of(connection))
        archive.write(path, dump(connection, contents), recipient)
    return contents


@contextmanager
def _one_moment(database: Database) -> Iterator[Connection]:
    """A connection that sees no change from its first question on."""
    level = {} if database.is_sqlite else {"isolation_level": "REPEATABLE READ"}
    with database.engine.connect().execution_options(**level) as connection:
        yield connection


def restore(
    path: Path, identity: Path, url: str, checks: tuple[Check, ...], keys: Keyring | None = None
) -> Contents:
    """Restore a backup into a database without rows: all of it, or nothing.

    Parameters
    ----------
    keys
        The keyring of the site that made it, with which the checks open what is sealed.

    Raises
    ------
    NotEmpty, archive.KeyFault, DamagedBackup, FailedCheck
        The database stays as it was; after a failed check it holds what was restored, and must not
        be opened.
    """
    upgrade(url)
    with closing(Database(url)) as database, database.writer.begin() as connection:
        if not is_empty(connection):
            raise NotEmpty("the database to restore into holds rows already: give an empty one")
        contents = load(connection, archive.read(path, identity), revision_of(connection))
    with closing(Database(url, keys)) as database:
        for check in checks:
            check(database)
    return contents


def rehearse(
    path: Path, identity: Path, checks: tuple[Check, ...], keys: Keyring | None = None
) -> Contents:
    """Restore into a database that is thrown away: does the backup hold what it should?"""
    with tempfile.TemporaryDirectory(prefix="peerapp-drill-") as folder:
        url = f"sqlite:///{Path(folder) / 'drill.sqlite3'}"
        return restore(path, identity, url, checks, keys)


__all__ = ["Check", "DamagedBackup", "FailedCheck", "NotEmpty", "make", "rehearse", "restore"]
