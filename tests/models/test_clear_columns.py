"""Every column of text is sealed, or stands in docs/sealing.md with why it is not."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sqlalchemy import JSON, Date, LargeBinary, String, Text

from peerapp.models import Base
from peerapp.models.base import EnumText, WordSet
from peerapp.models.sealed import SealedText

DOCS = Path(__file__).parents[2] / "docs" / "sealing.md"
WORDS = (String, Text, JSON, LargeBinary, WordSet)
SECTION = re.compile(r"## What is not, and why\n(.*?)\n## ", re.DOTALL)
NAMED = re.compile(r"`([a-z_]+)\.([a-z_]+|\*)`")


def in_clear(tables):
    """Return the columns that may hold words and are not sealed, by table."""
    return {
        f"{table.name}.{column.name}"
        for table in tables
        for column in table.c
        if isinstance(column.type, WORDS) and not isinstance(column.type, SealedText | EnumText)
    }


def declared(text, tables):
    """Return the columns that the page lists, a table's star meaning all that are in clear."""
    (section,) = SECTION.findall(text)
    every = in_clear(tables)
    found = set()
    for table, column in NAMED.findall(section):
        if column == "*":
            found |= {one for one in every if one.startswith(f"{table}.")} or {f"{table}.*"}
        else:
            found.add(f"{table}.{column}")
    return found


def faults(text, tables):
    return in_clear(tables) ^ declared(text, tables)


@pytest.mark.scorecard("11.3.3")
def test_page_lists_every_column_that_is_in_clear():
    tables = Base.metadata.sorted_tables
    assert len(in_clear(tables)) > 100
    assert faults(DOCS.read_text("utf-8"), tables) == set()


@pytest.mark.scorecard("11.3.3", control=True)
def test_column_that_is_not_sealed_any_more_is_noticed(monkeypatch):
    phone = Base.metadata.tables["family"].c.phone
    monkeypatch.setattr(phone, "type", Text())
    assert faults(DOCS.read_text("utf-8"), Base.metadata.sorted_tables) == {"family.phone"}


def test_dates_that_say_when_somebody_was_born_are_sealed():
    days = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.c
        if isinstance(column.type, Date) and "birth" in column.name
    }
    assert days == set()
    assert isinstance(Base.metadata.tables["volunteer"].c.date_of_birth.type, SealedText)
