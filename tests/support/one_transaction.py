"""A database whose sessions all take part in one transaction, undone when the test is done with it.

Hundreds of random stories start from the same rows: to undo what a story did takes no time, while
a fresh database for each, or a commit to the disk for each act, would take most of it.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection

from peerapp.db import Database, SchemeSession
from tests.support.keys import KEYRING


class OneConnection:
    """Stands for an engine: who begins a transaction is given a savepoint on the one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        with self._connection.begin_nested():
            yield self._connection


class OneTransaction(Database):
    """A session that commits here ends a savepoint; nothing outside ever sees it."""

    def __init__(self, url: str) -> None:
        super().__init__(url, KEYRING)
        self.connection = self.writer.connect()
        self._outer = self.connection.begin()
        self.writer: Any = OneConnection(self.connection)

    def session(self, scheme_id: uuid.UUID | None, writes: str = "none") -> SchemeSession:
        """Return a session like any other, but on the one connection."""
        session = super().session(scheme_id, writes)
        session.bind, session.join_transaction_mode = self.connection, "create_savepoint"
        return session

    def close(self) -> None:
        """Undo everything; a second time there is nothing to do."""
        if not self.connection.closed:
            self._outer.rollback()
            self.connection.close()
        super().close()
