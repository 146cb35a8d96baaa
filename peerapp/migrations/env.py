"""Alembic's environment: our metadata, our engine, batch mode for SQLite."""

from __future__ import annotations

from collections import Counter
from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import Connection, event

from peerapp.db import make_engine
from peerapp.models import Base
from peerapp.models.base import EnumText, UtcDateTime, WordSet
from peerapp.models.sealed import SealedText


def render_item(kind: str, item: Any, _: AutogenContext) -> str | Literal[False]:
    """Write our own column types as the plain types that they are stored as."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, (WordSet, SealedText)):
        return "sa.Text()"
    if kind == "type" and isinstance(item, EnumText):
        return "sa.String(length=40)"
    return False


def include_object(_: Any, name: str | None, kind: str, *__: object) -> bool:
    """Leave the job queue's own tables alone."""
    return not (kind == "table" and name is not None and name.startswith("huey"))


def foreign_keys_off(connection: Any, _: object) -> None:
    """Let SQLite rebuild a table without deleting the rows of others that belong to its rows."""
    connection.execute("PRAGMA foreign_keys=OFF")


def dangling(connection: Connection) -> Counter[tuple[str, str]]:
    """Count rows whose parent is missing, by table and parent's table; SQLite alone is asked."""
    if connection.dialect.name != "sqlite":
        return Counter()
    found = connection.exec_driver_sql("PRAGMA foreign_key_check")
    return Counter((table, parent) for table, _, parent, _ in found)


def run() -> None:
    """Migrate inside one transaction per run.

    SQLite cannot change a table's keys: the table is copied, dropped and renamed. With foreign
    keys on, dropping it would delete what hangs on it; so they are off, and checked at the end.
    """
    engine = make_engine(context.config.attributes["url"])
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", foreign_keys_off)
    with engine.execution_options(peerapp_write=True).connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=True,
            render_item=render_item,
            include_object=include_object,
            compare_type=True,
        )
        before = dangling(connection)
        with context.begin_transaction():
            context.run_migrations()
        lost = dangling(connection) - before
        if lost:
            raise RuntimeError(f"the migration would lose what rows belong to: {sorted(lost)}")
        connection.commit()
    engine.dispose()


run()
