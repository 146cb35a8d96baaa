"""Decisions from before a day of review get one, so that they are looked at again."""

from __future__ import annotations

import uuid
from datetime import date, datetime

import pytest
import sqlalchemy as sa
from alembic import command
from sqlalchemy import create_engine, make_url

from peerapp.db import alembic_config

AT = datetime(2026, 1, 1, 12)


@pytest.fixture
def old(tmp_path):
    """A database from before certificates had a life, with one of each decision."""
    url = f"sqlite:///{tmp_path / 'old.sqlite3'}"
    command.upgrade(alembic_config(url), "0005")
    engine = create_engine(make_url(url))
    metadata = sa.MetaData()
    metadata.reflect(engine, only=("certificate",))
    table = metadata.tables["certificate"]
    rows = [
        ("favourable", date(2024, 2, 29)),
        ("favourable", date(2026, 5, 20)),
        ("unfavourable", date(2026, 5, 20)),
        (None, None),
    ]
    with engine.begin() as connection:
        for number, (decision, decided_on) in enumerate(rows):
            row = {column.name: _filler(column) for column in table.columns if not column.nullable}
            row |= {"id": uuid.uuid4().hex, "number": f"{number:012d}"}
            row |= {"risk_decision": decision, "risk_decided_on": decided_on}
            connection.execute(table.insert().values(row))
    engine.dispose()
    return url


def _filler(column):
    kinds = {uuid.UUID: uuid.uuid4(), str: "", bool: True, date: date(2024, 1, 1), datetime: AT}
    return kinds[column.type.python_type]


def test_favourable_decisions_are_reviewed_a_year_after_they_were_made(old):
    command.upgrade(alembic_config(old), "0006")
    engine = create_engine(make_url(old))
    with engine.connect() as connection:
        query = sa.text("SELECT risk_review_on FROM certificate ORDER BY number")
        found = [row[0] for row in connection.execute(query)]
    engine.dispose()
    assert found == ["2025-02-28", "2027-05-20", None, None]
    command.downgrade(alembic_config(old), "0005")
