"""Linking audit rows into their scheme's chain, at the end of the transaction that wrote them.

The head of the chain is locked last of all, when everything else of the transaction is written:
whoever waits for it waits for nobody who could wait for them, so it cannot close a circle of locks.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

from sqlalchemy import event, inspect, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, SessionTransaction, UOWTransaction

from peerapp.domain.audit_chain import GENESIS, Link, digest
from peerapp.models import AuditEvent, AuditHead
from peerapp.models.base import new_id

NOTED = "unlinked_audit_events"
SCHEME_FREE = {"scheme_free": True}
BATCH = 500


def listen(session_class: type[Session]) -> None:
    """Link what the sessions of a class write."""
    event.listen(session_class, "after_flush", _note)
    event.listen(session_class, "before_commit", _link)
    event.listen(session_class, "after_transaction_end", _forget)


def as_link(row: Any) -> Link:
    """Return a stored row, or an event, as the chain sees it."""
    return Link(**{name: getattr(row, name) for name in Link.__dataclass_fields__})


def _note(session: Session, _: UOWTransaction) -> None:
    """Remember the new rows in the order in which they were added."""
    new = [row for row in session.new if isinstance(row, AuditEvent)]
    new.sort(key=lambda row: inspect(row).insert_order)
    session.info.setdefault(NOTED, []).extend(row.id for row in new)


def _forget(session: Session, transaction: SessionTransaction) -> None:
    if transaction.parent is None:
        session.info.pop(NOTED, None)


def _link(session: Session) -> None:
    """Link the rows of this transaction: those of a savepoint that was undone are not there."""
    if session.in_nested_transaction():
        return
    session.flush()
    noted: list[uuid.UUID] = session.info.pop(NOTED, [])
    if not noted:
        return
    head = _lock_head(session)
    for row in _rows(session, noted):
        row.seq, row.prev_hash = head.seq + 1, head.hash
        row.hash = digest(as_link(row))
        head.seq, head.hash = row.seq, row.hash
    session.flush()


def _rows(session: Session, noted: list[uuid.UUID]) -> Iterator[AuditEvent]:
    """Read the rows as they are stored: that is what will be verified."""
    for start in range(0, len(noted), BATCH):
        ids = noted[start : start + BATCH]
        query = select(AuditEvent).where(AuditEvent.id.in_(ids))
        found = {row.id: row for row in session.scalars(query, execution_options=_FRESH)}
        yield from (found[one] for one in ids if one in found)


_FRESH = {"populate_existing": True}


def _lock_head(session: Session) -> AuditHead:
    query = select(AuditHead).with_for_update()
    head = session.scalar(query, execution_options=_FRESH)
    if head is not None:
        return head
    # The scheme's first row ever. Two who find no head both offer one; the database keeps one.
    values = {"id": new_id(), "scheme_id": session.info["scheme_id"], "seq": 0, "hash": GENESIS}
    dialect = session.get_bind().dialect.name
    insert = sqlite.insert if dialect == "sqlite" else postgresql.insert
    session.execute(
        insert(AuditHead).values(**values).on_conflict_do_nothing(),
        execution_options=SCHEME_FREE,
    )
    return session.scalars(query, execution_options=_FRESH).one()
