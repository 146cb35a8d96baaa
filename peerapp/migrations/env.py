"""Alembic's environment: our metadata, our engine, batch mode for SQLite."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext

from peerapp.db import make_engine
from peerapp.models import Base
from peerapp.models.base import EnumText, UtcDateTime, WordSet


def render_item(kind: str, item: Any, _: AutogenContext) -> str | Literal[False]:
    """Write our own column types as the plain types that they are stored as."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, WordSet):
        return "sa.Text()"
    if kind == "type" and isinstance(item, EnumText):
        return "sa.String(length=40)"
    return False


def include_object(_: Any, name: str | None, kind: str, *__: object) -> bool:
    """Leave the job queue's own tables alone."""
    return not (kind == "table" and name is not None and name.startswith("huey"))


def run() -> None:
    """Migrate inside one transaction per run."""
    engine = make_engine(context.config.attributes["url"])
    with engine.execution_options(peerapp_write=True).connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=True,
            render_item=render_item,
            include_object=include_object,
            compare_type=True,
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()
    engine.dispose()


run()
