"""One engine for test after test: what SQLAlchemy has compiled is worth keeping.

Compiled statements belong to an engine, and each test has a database of its own, so that every test
compiled everything anew. Here one engine is bound to the database of the test that runs. A second
database in the same test, and whatever is made outside a test, gets an engine of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, event, make_url
from sqlalchemy.util import LRUCache

from peerapp import db
from peerapp.sealing import Keyring

KEPT = 4_000  # statements; all tests together have more, those of one worker rarely at a time


class Rebound:
    """The engine of one process, and the database that it leads to now."""

    def __init__(self) -> None:
        self._engine: Engine | None = None
        self._url = ""

    def leads_to(self, url: str) -> bool:
        """Say whether the kept engine leads to a database now."""
        return url == self._url

    def engine_of(self, url: str) -> Engine:
        """Return the kept engine, for the database to which it leads."""
        if self._engine is None:
            self._engine = db.make_engine(url)
            self._engine.update_execution_options(compiled_cache=LRUCache(KEPT))
            event.listen(self._engine, "do_connect", self._lead)
        return self._engine

    @contextmanager
    def leading_to(self, url: str) -> Iterator[None]:
        """Let the kept engine lead to a database."""
        self._url = url
        if self._engine is not None:
            self._engine.url = make_url(url).set(drivername=self._engine.url.drivername)
        yield
        self._url = ""
        if self._engine is not None:
            self._engine.dispose()

    def _lead(self, dialect: Any, _: Any, arguments: list[Any], named: dict[str, Any]) -> None:
        assert self._engine is not None
        fresh, more = dialect.create_connect_args(self._engine.url)
        arguments[:] = fresh
        named.update(more)


REBOUND = Rebound()
_make_database = db.Database.__init__


def _with_kept_engine(database: db.Database, url: str, keys: Keyring | None = None) -> None:
    """Make a database; migrations make engines of their own, and put foreign keys off in them."""
    _make_database(database, url, keys)
    if not REBOUND.leads_to(url):
        return
    database.close = lambda: None  # type: ignore[method-assign] # others use the engine, too
    database.engine = REBOUND.engine_of(url)
    database.writer = database.engine.execution_options(peerapp_write=True)


db.Database.__init__ = _with_kept_engine  # type: ignore[method-assign]
