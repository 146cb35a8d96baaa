"""Every row of a database as lines of text, and back: the same from SQLite and PostgreSQL.

The first line says what follows. Then each table, in an order in which rows only point at rows
before them: a line with its name and columns, and a line for each row. The last line counts the
rows and holds the digest of all lines before it, so that a cut or changed file is noticed.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Column,
    Connection,
    Date,
    LargeBinary,
    Table,
    Time,
    Uuid,
    insert,
    select,
    text,
)
from sqlalchemy.exc import IntegrityError

from peerapp.models import Base
from peerapp.models.base import UtcDateTime
from peerapp.models.sealed import Box, SealedText

FORMAT = 1
BATCH = 500


class DamagedBackup(Exception):
    """The lines are not those that were written; the message says what is wrong."""


@dataclass
class Contents:
    """What a backup says of itself, and how many rows it holds of each table."""

    made_at: str
    version: str
    revision: str
    rows: dict[str, int] = field(default_factory=dict)


def dump(connection: Connection, contents: Contents) -> Iterator[bytes]:
    """Yield the lines of a database as one moment saw it; `contents.rows` is filled on the way."""
    digest = hashlib.sha256()

    def line(value: object) -> bytes:
        made = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
        digest.update(made)
        return made

    yield line({
        "format": FORMAT, "made_at": contents.made_at, "version": contents.version,
        "revision": contents.revision,
    })  # fmt: skip
    for table in Base.metadata.sorted_tables:
        yield line({"table": table.name, "columns": [column.name for column in table.c]})
        contents.rows[table.name] = 0
        query = select(table).order_by(table.c.id)
        found = connection.execute(query, execution_options={"yield_per": BATCH})
        for row in found:
            contents.rows[table.name] += 1
            yield line([_plain(value) for value in row])
    yield line({"rows": contents.rows, "digest": digest.hexdigest()})


def load(connection: Connection, lines: Iterable[bytes], revision: str) -> Contents:
    """Write the rows into a database whose tables are empty.

    Raises
    ------
    DamagedBackup
        A line is missing, changed or of another version of the tables than `revision`.
    """
    digest, before = hashlib.sha256(), ""
    reader = _Reader(connection)
    contents: Contents | None = None
    for line in lines:
        if reader.ended:
            raise DamagedBackup("there are lines after the last one")
        before = digest.hexdigest()
        digest.update(line)
        value = _parsed(line)
        if contents is None:
            contents = _opened(value, revision)
        else:
            reader.take(value, before)
    if contents is None or not reader.ended:
        raise DamagedBackup("the end is missing: the file was cut off")
    contents.rows = reader.counts
    return contents


def _parsed(line: bytes) -> Any:
    try:
        return json.loads(line)
    except ValueError as error:
        raise DamagedBackup("a line cannot be read") from error


def _opened(value: Any, revision: str) -> Contents:
    if not isinstance(value, dict) or value.get("format") != FORMAT:
        raise DamagedBackup("it does not begin like a backup of this format")
    if value["revision"] != revision:
        raise DamagedBackup(
            f"its tables are of version {value['revision']}, those of this program of {revision}: "
            f"restore it with peerapp {value['version']}, then run `peerapp migrate`"
        )
    return Contents(value["made_at"], value["version"], value["revision"])


class _Reader:
    """Takes the lines after the first, and writes rows in batches."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.counts: dict[str, int] = {}
        self.ended = False
        self._table: Table | None = None
        self._readers: list[Callable[[Any], Any]] = []
        self._waiting: list[dict[str, Any]] = []

    def take(self, value: Any, digest: str) -> None:
        if isinstance(value, dict):
            self._write()
            if "table" in value:
                self._begin(value)
            else:
                self._end(value, digest)
            return
        if self._table is None or len(value) != len(self._readers):
            raise DamagedBackup("a row does not fit its table")
        cells = zip(self._table.c, self._readers, value, strict=True)
        self._waiting.append(
            {column.name: None if cell is None else read(cell) for column, read, cell in cells}
        )
        if len(self._waiting) == BATCH:
            self._write()

    def _begin(self, value: dict[str, Any]) -> None:
        self._table = Base.metadata.tables.get(value["table"])
        if self._table is None or [column.name for column in self._table.c] != value["columns"]:
            raise DamagedBackup(f"the table {value['table']!r} has other columns here")
        self._readers = [_reader_of(column) for column in self._table.c]
        self.counts[self._table.name] = 0

    def _write(self) -> None:
        if self._table is not None and self._waiting:
            try:
                self.connection.execute(insert(self._table), self._waiting)
            except IntegrityError as error:
                message = f"rows of the table {self._table.name!r} do not fit the others"
                raise DamagedBackup(message) from error
            self.counts[self._table.name] += len(self._waiting)
            self._waiting = []

    def _end(self, value: dict[str, Any], digest: str) -> None:
        if value.get("digest") != digest or value.get("rows") != self.counts:
            raise DamagedBackup("its digest or its counts do not fit what it holds")
        self.ended = True


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, UUID | Decimal):
        return str(value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, tuple):
        return list(value)
    if isinstance(value, Box):
        return value.token  # sealed in the backup as in the database
    return value


def _reader_of(column: Column[Any]) -> Callable[[Any], Any]:
    kind = column.type
    if isinstance(kind, Uuid):
        return UUID
    if isinstance(kind, UtcDateTime):
        return datetime.fromisoformat
    if isinstance(kind, Date):
        return date.fromisoformat
    if isinstance(kind, Time):
        return time.fromisoformat
    if isinstance(kind, LargeBinary):
        return base64.b64decode
    if isinstance(kind, SealedText):
        return Box
    return lambda value: value


def revision_of(connection: Connection) -> str:
    """Return the version of a database's tables."""
    return str(connection.scalar(text("SELECT version_num FROM alembic_version")))


def is_empty(connection: Connection) -> bool:
    """Say whether there is no row in any table."""
    tables = Base.metadata.sorted_tables
    return all(connection.execute(select(table.c.id).limit(1)).first() is None for table in tables)
