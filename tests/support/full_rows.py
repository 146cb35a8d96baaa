"""One row in every table, each column filled: for whatever must forget no column."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy import JSON, Boolean, Column, Connection, Date, Integer, LargeBinary, Time, Uuid

from peerapp.models import Base
from peerapp.models.base import EnumText, UtcDateTime, WordSet
from peerapp.models.sealed import Box, SealedText

EITHER_OR = {("access_grant", "volunteer_id"), ("legal_hold", "volunteer_id")}
"""Columns that must be empty where another one is filled."""
A_TIME = datetime(2026, 11, 22, 12, 30, 15, 123456, tzinfo=UTC)


def fill(connection: Connection) -> None:
    """Write the rows, each pointing at the rows before it."""
    ids: dict[str, uuid.UUID] = {}
    connection.execute(Base.metadata.tables["scheme_key"].delete())
    for number, table in enumerate(Base.metadata.sorted_tables, start=1):
        ids[table.name] = uuid.UUID(int=number)
        values = {column.name: value_of(column, ids, number) for column in table.c}
        connection.execute(table.insert().values(values))


def value_of(column: Column[Any], ids: dict[str, uuid.UUID], number: int) -> Any:
    """Return something that a column may hold; the row before it that a foreign key needs."""
    if (column.table.name, column.name) in EITHER_OR:
        return None
    for key in column.foreign_keys:
        return ids[key.column.table.name]
    if column.name == "id":
        return ids[column.table.name]
    kind = column.type
    if isinstance(kind, SealedText):
        return Box(f"1.sealed.{number}")
    if isinstance(kind, EnumText):
        return next(iter(kind.enum))
    return _of_kind(kind, number)


def _of_kind(kind: Any, number: int) -> Any:
    values = {
        Uuid: uuid.UUID(int=1000 + number),
        UtcDateTime: A_TIME,
        Date: date(2026, 2, 28),
        Time: time(9, 30),
        Boolean: True,
        Integer: 1,
        LargeBinary: b"\x00\xff",
        WordSet: ("one", "two"),
        JSON: {"a": [1, None, "é"]},
    }
    for known, value in values.items():
        if isinstance(kind, known):
            return value
    return "é\n\"'"[: getattr(kind, "length", None) or 4]
