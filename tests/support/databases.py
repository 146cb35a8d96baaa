"""A migrated, empty database for each test: a copy of one that was migrated once.

On PostgreSQL it may be one that a test before has done with, emptied: see `emptied`.

``PEERAPP_TEST_DB`` chooses ``sqlite`` (the default) or ``postgres``; for the latter
``PEERAPP_TEST_POSTGRES_URL`` names a server on which databases may be made. Without it the tests
start a server of their own.
"""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import URL, Connection, Engine, create_engine, make_url, text

from peerapp.db import upgrade
from tests.support import postgres
from tests.support.emptied import Changed, Reused
from tests.support.keys import KEYRING
from tests.support.quick_engine import REBOUND


@pytest.fixture(scope="session")
def server() -> Iterator[Engine | None]:
    """A connection to the PostgreSQL server as one who may make databases; None on SQLite."""
    kind = os.environ.get("PEERAPP_TEST_DB", "sqlite")
    if kind == "sqlite":
        yield None
    elif kind != "postgres":
        raise ValueError(f"PEERAPP_TEST_DB is sqlite or postgres, not {kind!r}")
    elif url := os.environ.get(postgres.VARIABLE):
        yield from _administering(url)
    else:
        with postgres.running_cluster() as cluster:
            yield from _administering(cluster.url)


@pytest.fixture(scope="session")
def migrated(server: Engine | None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a migrated, empty database that is only ever copied."""
    if server is None:
        url = f"sqlite:///{tmp_path_factory.mktemp('database') / 'template.sqlite3'}"
        upgrade(url, KEYRING)
        yield url
        return
    with _made(server, "template", "") as made:
        url = made.render_as_string(hide_password=False)
        upgrade(url, KEYRING)
        yield url


@pytest.fixture
def database_url(server: Engine | None, migrated: str, tmp_path: Path) -> Iterator[str]:
    """The URL of a database of this test alone."""
    with copied(server, migrated, tmp_path) as url:
        yield url


@contextmanager
def copied(server: Engine | None, migrated: str, folder: Path) -> Iterator[str]:
    """Give the URL of a migrated, empty database that nobody else uses until the block ends."""
    template = make_url(migrated)
    if server is None:
        copy = folder / "peerapp.sqlite3"
        shutil.copyfile(template.database or "", copy)
        url = f"sqlite:///{copy}"
        with REBOUND.leading_to(url):
            yield url
        return
    reused = _emptied() or _copy_of(server, template)
    url = reused.url.render_as_string(hide_password=False)
    try:
        with REBOUND.leading_to(url):
            yield url
    finally:
        _FREE.append(reused)


def _administering(url: str) -> Iterator[Engine]:
    engine = create_engine(
        make_url(url).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT"
    )
    yield engine
    while _FREE:
        _give_up(_FREE.pop())
    with engine.connect() as connection:
        _drop_done(connection)
    engine.dispose()


@contextmanager
def _made(server: Engine, prefix: str, options: str) -> Iterator[URL]:
    """Make a database; it is dropped when the next one is made, whoever is still connected.

    By then those who let go of it are gone: PostgreSQL looks for them every tenth of a second.
    """
    made = _make(server, prefix, options)
    yield made
    _DONE.append(made.database or "")


def _make(server: Engine, prefix: str, options: str) -> URL:
    name = f"{prefix}_{uuid.uuid4().hex}"
    with server.connect() as connection:
        _drop_done(connection)
        version = server.dialect.server_version_info or (0,)
        # Ten times as quick as the default, which writes the copy to the log.
        strategy = "STRATEGY file_copy" if version >= (15,) else ""
        connection.execute(text(f"CREATE DATABASE {name} {options} {strategy}"))
    return server.url.set(drivername="postgresql", database=name)


def _copy_of(server: Engine, template: URL) -> Reused:
    return Reused(_make(server, "test", f"TEMPLATE {template.database}"))


def _emptied() -> Reused | None:
    """Return a database that a test has done with, without its rows; None if there is none."""
    while _FREE:
        found = _FREE.pop()
        try:
            found.empty()
        except (Changed, psycopg.Error):
            _give_up(found)
        else:
            return found
    return None


def _give_up(reused: Reused) -> None:
    reused.close()
    _DONE.append(reused.url.database or "")


_FREE: list[Reused] = []
_DONE: list[str] = []


def _drop_done(connection: Connection) -> None:
    while _DONE:
        connection.execute(text(f"DROP DATABASE {_DONE[-1]} WITH (FORCE)"))
        _DONE.pop()
