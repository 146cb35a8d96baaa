"""Fetching one row, and locking it before deciding on it."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

from sqlalchemy import event
from sqlalchemy.orm import Session, SessionTransaction

from peerapp.errors import NotFound
from peerapp.models import Base

Row = TypeVar("Row", bound=Base)
Found = TypeVar("Found")
ONCE = "found_once"


def once(session: Session, key: Hashable, find: Callable[[], Found]) -> Found:
    """Return what ``find`` returns, asked once in a transaction that only reads.

    One page asks whose family this is ten times. A transaction that writes asks each time: what
    it locks, it reads afresh.
    """
    if session.info.get("writes", "all") == "all":
        return find()
    found: dict[Hashable, Any] = session.info.setdefault(ONCE, {})
    if key not in found:
        found[key] = find()
    return found[key]  # type: ignore[no-any-return]


@event.listens_for(Session, "after_transaction_end")
def _forget_found(session: Session, transaction: SessionTransaction) -> None:
    if transaction.parent is None:
        session.info.pop(ONCE, None)


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
