"""A fresh, migrated, empty database for each test: a copy of one that was migrated once.

``PEERAPP_TEST_DB`` chooses ``sqlite`` (the default) or ``postgres``; for the latter
``PEERAPP_TEST_POSTGRES_URL`` names a server on which databases may be made.
"""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import URL, create_engine, make_url, text

from peerapp.db import upgrade


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a migrated, empty database that is only ever copied."""
    if os.environ.get("PEERAPP_TEST_DB", "sqlite") == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('database') / 'template.sqlite3'}"
        upgrade(url)
        yield url
        return
    admin = make_url(os.environ["PEERAPP_TEST_POSTGRES_URL"])
    name = f"template_{uuid.uuid4().hex}"
    _administer(admin, f"CREATE DATABASE {name}")
    url = admin.set(database=name).render_as_string(hide_password=False)
    upgrade(url)
    yield url
    _administer(admin, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def database_url(migrated: str, tmp_path: Path) -> Iterator[str]:
    """The URL of a database of this test alone."""
    template = make_url(migrated)
    if template.get_backend_name() == "sqlite":
        copy = tmp_path / "peerapp.sqlite3"
        shutil.copyfile(template.database or "", copy)
        yield f"sqlite:///{copy}"
        return
    admin = make_url(os.environ["PEERAPP_TEST_POSTGRES_URL"])
    name = f"test_{uuid.uuid4().hex}"
    _administer(admin, f"CREATE DATABASE {name} TEMPLATE {template.database}")
    yield template.set(database=name).render_as_string(hide_password=False)
    _administer(admin, f"DROP DATABASE {name} WITH (FORCE)")


def _administer(admin: URL, statement: str) -> None:
    url = admin.set(drivername="postgresql+psycopg")
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()
