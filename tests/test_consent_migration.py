"""Agreements from before consents were split, and what hangs on a table that is rebuilt."""

from __future__ import annotations

import uuid
from datetime import date, datetime

import pytest
import sqlalchemy as sa
from alembic import command
from sqlalchemy import create_engine, make_url

from peerapp.db import alembic_config
from tests.support.keys import KEYRING

AT = datetime(2026, 1, 1, 12)
PARENTS = ("scheme", "account", "family")
CHILDREN = ("family_need", "safe_contact")


@pytest.fixture
def old(tmp_path):
    """A database from before the consents: a family, an agreement that stands and one not."""
    url = f"sqlite:///{tmp_path / 'old.sqlite3'}"
    command.upgrade(alembic_config(url), "0009")
    engine = create_engine(make_url(url))
    metadata = sa.MetaData()
    metadata.reflect(engine)
    ids = {name: uuid.uuid4().hex for name in (*PARENTS, *CHILDREN)}
    with engine.begin() as connection:
        for name in (*PARENTS, *CHILDREN):
            table = metadata.tables[name]
            connection.execute(table.insert().values({**_row(table, ids), "id": ids[name]}))
        table = metadata.tables["agreement"]
        for name, withdrawn in (("Amina", None), ("Bo", date(2026, 2, 1))):
            row = {"id": uuid.uuid4().hex, "given_by": name, "withdrawn_on": withdrawn}
            connection.execute(table.insert().values({**_row(table, ids), **row}))
    engine.dispose()
    return url


def _row(table: sa.Table, ids: dict[str, str]) -> dict:
    return {one.name: _value(one, ids) for one in table.columns if not one.nullable}


def _value(column: sa.Column, ids: dict[str, str]):
    for key in column.foreign_keys:
        return ids[key.column.table.name]
    kinds = {
        str: "x",
        int: 1,
        bool: False,
        dict: {},
        object: {},
        date: date(2026, 1, 1),
        datetime: AT,
    }
    return {**kinds, uuid.UUID: uuid.uuid4()}[column.type.python_type]


def _ask(url: str, *queries: str) -> list:
    engine = create_engine(make_url(url))
    with engine.connect() as connection:
        found = [connection.execute(sa.text(query)).all() for query in queries]
    engine.dispose()
    return found


def test_a_standing_agreement_covers_the_coach_and_goes_back_to_one(old):
    command.upgrade(alembic_config(old), "0011")
    (found,) = _ask(old, "SELECT given_by, purpose, created_at FROM agreement ORDER BY 1, 2")
    assert [(name, purpose, str(at)[:16]) for name, purpose, at in found] == [
        ("Amina", "share_with_coach", "2026-01-01 12:00"),
        ("Amina", "take_part", "2026-01-01 12:00"),
        ("Bo", "take_part", "2026-01-01 12:00"),
    ]
    command.downgrade(alembic_config(old), "0010")
    (found,) = _ask(old, "SELECT * FROM agreement")
    assert [row.given_by for row in found] == ["Amina", "Bo"]
    assert "purpose" not in found[0]._fields


def test_rebuilding_tables_keeps_what_belongs_to_their_rows(old):
    """SQLite copies, drops and renames a table whose keys change: its children must survive."""
    queries = [f"SELECT count(*) FROM {name}" for name in (*PARENTS, *CHILDREN)]
    command.upgrade(alembic_config(old, KEYRING), "head")
    assert _ask(old, *queries) == [[(1,)]] * 5
    command.downgrade(alembic_config(old, KEYRING), "0009")
    assert _ask(old, *queries) == [[(1,)]] * 5
