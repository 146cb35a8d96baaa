"""Fetching one row, and locking it before deciding on it."""

from __future__ import annotations

import uuid
from typing import TypeVar

from sqlalchemy.orm import Session

from peerapp.errors import NotFound
from peerapp.models import Base

Row = TypeVar("Row", bound=Base)


def get_row(session: Session, model: type[Row], row_id: uuid.UUID) -> Row:
    """Return a row of the session's scheme.

    Raises
    ------
    NotFound
        It does not exist, or belongs to another scheme.
    """
    row = session.get(model, row_id)
    if row is None:
        raise NotFound(f"there is no such {model.__tablename__}")
    return row


def lock_row(session: Session, model: type[Row], row_id: uuid.UUID) -> Row:
    """Lock a row until the transaction ends, and read it afresh.

    PostgreSQL locks the row. SQLite ignores that, but there the whole writing transaction began
    with the only write lock. Lock in the order volunteer, family, match: two requests that lock
    in different orders could wait for each other.

    Raises
    ------
    NotFound
        It does not exist, or belongs to another scheme.
    """
    session.flush()
    session.expire_all()
    row = session.get(model, row_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound(f"there is no such {model.__tablename__}")
    return row
