"""Databases that one test hands on to the next: nothing of the first is left for the second."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from sqlalchemy import Engine, make_url

from peerapp.db import Database
from peerapp.enums import Role
from tests.factories import make_account, make_scheme
from tests.support import databases, emptied
from tests.support.emptied import USES, Changed, Reused
from tests.support.keys import KEYRING
from tests.support.raw_contents import raw_contents

pytestmark = pytest.mark.postgres


@pytest.fixture
def reused(server: Engine, migrated: str) -> Iterator[Reused]:
    """A copy of the migrated database that no other test uses."""
    made = databases._copy_of(server, make_url(migrated))
    yield made
    databases._give_up(made)


def _url(reused: Reused) -> str:
    return reused.url.render_as_string(hide_password=False)


def _execute(reused: Reused, statement: str) -> None:
    with psycopg.connect(_url(reused)) as connection:
        connection.execute(statement)


def _leave_rows(reused: Reused) -> None:
    database = Database(_url(reused), KEYRING)
    with database.session(None, "all") as session, session.begin():
        scheme = make_scheme()
        session.add(scheme)
        session.flush()
        scheme_id = scheme.id
    with database.writing(scheme_id) as session:
        make_account(session, Role.MANAGER)
    database.engine.dispose()


def test_emptied_database_holds_what_a_new_one_holds(reused: Reused) -> None:
    new = _lines(reused)
    _leave_rows(reused)
    assert _lines(reused) != new
    reused.empty()
    assert _lines(reused) == new


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE more (id int)",
        "ALTER TABLE account ADD COLUMN more int",
        "ALTER TABLE account ALTER COLUMN email DROP NOT NULL",
        "DROP TABLE message CASCADE",
        "ALTER TABLE account DISABLE TRIGGER ALL",
        "CREATE FUNCTION more() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE INDEX more ON account (created_at)",
        "CREATE SCHEMA more",
    ],
)
def test_database_whose_definitions_were_changed_is_not_used_again(
    reused: Reused, statement: str
) -> None:
    _execute(reused, statement)
    with pytest.raises(Changed, match="definitions"):
        reused.empty()


@pytest.mark.parametrize("table", ["alembic_version", "scheme_key"])
def test_database_without_what_migrations_left_is_not_used_again(
    reused: Reused, table: str
) -> None:
    _execute(reused, f"DELETE FROM {table}")
    with pytest.raises(Changed, match="migrations"):
        reused.empty()


def test_database_with_somebody_connected_is_not_used_again(
    reused: Reused, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(emptied, "PATIENCE", 0.01)
    with psycopg.connect(_url(reused)), pytest.raises(Changed, match="connected"):
        reused.empty()


def test_large_database_is_not_used_again(reused: Reused, monkeypatch: pytest.MonkeyPatch) -> None:
    _leave_rows(reused)
    monkeypatch.setattr(emptied, "LARGEST", 1)
    with pytest.raises(Changed, match="large"):
        reused.empty()


def test_database_is_used_so_often_and_no_more(reused: Reused) -> None:
    for _ in range(USES - 1):
        reused.empty()
    with pytest.raises(Changed, match="deleted"):
        reused.empty()


def test_test_gets_the_database_that_another_has_done_with(
    server: Engine, migrated: str, tmp_path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(databases, "_FREE", [])
    with databases.copied(server, migrated, tmp_path) as first:
        with databases.copied(server, migrated, tmp_path) as beside:
            assert beside != first
        with databases.copied(server, migrated, tmp_path) as again:
            assert again == beside
    while databases._FREE:
        databases._give_up(databases._FREE.pop())


def _lines(reused: Reused) -> list[bytes]:
    """Return what pg_dump writes, without the key that it makes up each time."""
    lines = raw_contents(_url(reused)).splitlines()
    return [line for line in lines if b"restrict" not in line]
