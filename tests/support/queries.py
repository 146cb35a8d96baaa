"""Counting the statements that a block of code sends to the database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask
from sqlalchemy import Engine, event

from peerapp.db import Database


@contextmanager
def statements(database: Database) -> Iterator[list[str]]:
    """Collect all that is sent to a database inside the block, by its readers and writers."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        sent.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)  # and by those made of it
    try:
        yield sent
    finally:
        event.remove(database.engine, "before_cursor_execute", note)


@contextmanager
def counted(source: Flask | Engine) -> Iterator[list[str]]:
    """Collect the SELECTs that an application, or an engine, sends inside the block."""
    engine = source if isinstance(source, Engine) else source.extensions["database"].engine
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.lstrip().upper().startswith("SELECT"):
            sent.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)
