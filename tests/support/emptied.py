"""PostgreSQL databases that test after test uses, emptied in between.

Making one and dropping it takes longer than most tests. One is emptied only if nobody is connected
any more, its tables are defined as they were, and the rows that migrations left are the same;
otherwise, and after `USES`, it is dropped: deleted rows keep their place on the disk.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import psycopg
from sqlalchemy import URL

USES = 40
LARGEST = 4_000_000  # bytes of rows, beyond which a new one is quicker
PATIENCE = 0.2  # seconds in which those who let go of a database are gone

# Whatever changes a definition writes a new version of a row of one of these. PostgreSQL's own
# definitions have lower numbers.
CATALOGS = {
    "pg_class": "oid", "pg_attribute": "attrelid", "pg_attrdef": "oid", "pg_constraint": "oid",
    "pg_index": "indexrelid", "pg_trigger": "oid", "pg_proc": "oid", "pg_type": "oid",
    "pg_namespace": "oid", "pg_policy": "oid", "pg_rewrite": "oid",
}  # fmt: skip
OURS = 16384
DEFINED = " UNION ALL ".join(
    f"SELECT '{name}', count(*), sum(xmin::text::bigint) FROM {name} WHERE {number} >= {OURS}"
    for name, number in CATALOGS.items()
)
WRITTEN = """
    SELECT quote_ident(relname), pg_relation_size(oid) FROM pg_class
    WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND pg_relation_size(oid) > 0
"""
OTHERS = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


class Changed(Exception):
    """A database is not as it was made, in a way that deleting rows does not mend."""


@dataclass
class Reused:
    """A database, what it was when it was made, and how often it was used."""

    url: URL
    uses: int = 0

    def __post_init__(self) -> None:
        dsn = self.url.render_as_string(hide_password=False)
        self._connection = psycopg.connect(dsn, autocommit=True)
        # Rows go in any order, and those that may not be deleted go too.
        self._connection.execute("SET session_replication_role = replica")
        self._defined = self._ask(DEFINED)
        self._left = {name: self._rows(name) for name in self._written()}

    def close(self) -> None:
        """Let go of the database, which is to be dropped."""
        self._connection.close()

    def empty(self) -> None:
        """Delete every row that a test has left.

        Raises
        ------
        Changed
            The database is to be dropped.
        """
        self.uses += 1
        if self.uses >= USES:
            raise Changed("it holds what was deleted")
        if not _soon(lambda: self._ask(OTHERS) == [(0,)]):
            raise Changed("somebody is connected")
        if self._ask(DEFINED) != self._defined:
            raise Changed("definitions differ")
        if any(self._rows(name) != rows for name, rows in self._left.items()):
            raise Changed("what migrations left differs")
        written = self._written()
        if sum(written.values()) > LARGEST:
            raise Changed("it is large")
        deleting = [f"DELETE FROM {name}" for name in written if name not in self._left]
        if deleting:
            self._connection.execute(";".join(deleting))

    def _written(self) -> dict[str, int]:
        """Return the bytes of each table that ever had a row."""
        return dict(self._ask(WRITTEN))

    def _ask(self, query: str) -> list[tuple[Any, ...]]:
        return self._connection.execute(query).fetchall()

    def _rows(self, name: str) -> list[tuple[Any, ...]]:
        return self._ask(f"SELECT t::text FROM {name} t ORDER BY 1")


def _soon(holds: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + PATIENCE
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.001)
    return True
