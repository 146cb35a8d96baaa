"""The index key: rotated while the site works, so that what it made may leak without harm.

From the moment in which the database calls a new key active, every process writes indexes by it
and looks for both; then each index that is left is made anew.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

import structlog
from sqlalchemy import func, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from peerapp.db import Database
from peerapp.models import Base, SchemeKey
from peerapp.models.sealed import Sealed
from peerapp.models.vault import ACROSS_SCHEMES, INDEX_LOCK, blind_indexes, kind_of, vault_of
from peerapp.sealing import Keyring, KeyringError

log = structlog.get_logger(__name__)

BATCH = 200
LOCK_NOT_AVAILABLE = "55P03"
T = TypeVar("T")
TRIES, WAIT_SECONDS = 60, 0.5
MARKS = ("erased ", "none ")
"""What stands in an index column where there is nothing to find."""


@dataclass(frozen=True)
class _Indexed:
    """One index: where it stands, what it is and what it should be."""

    row_id: uuid.UUID
    stored: str
    newest: str

    @property
    def is_older(self) -> bool:
        return self.stored != self.newest and not self.stored.startswith(MARKS)


def activate(session: Session, keyring: Keyring, key_id: uuid.UUID) -> None:
    """Have new indexes made by a key of the keyring from now on; older ones are still found."""
    if key_id not in keyring.keys.every_index:
        raise KeyringError(f"the keyring does not hold the index key {key_id}")
    query = select(SchemeKey).where(SchemeKey.is_index).order_by(SchemeKey.id)
    known = {key.id: key for key in session.scalars(query, execution_options=ACROSS_SCHEMES)}
    for key in known.values():
        key.is_active = False
    session.flush()  # one at most may be active at any moment
    if key_id not in known:
        print_of = keyring.fingerprints()[key_id]
        known[key_id] = SchemeKey(id=key_id, fingerprint=print_of, is_index=True)
        session.add(known[key_id])
    known[key_id].is_active = True
    session.flush()
    log.info("index_key_active", fingerprint=known[key_id].fingerprint)


def rotate(database: Database, key_id: uuid.UUID) -> int:
    """Make a key of the keyring the one for indexes, and every index anew by it.

    Each batch is a transaction of its own, that others wait for as long as it takes and no longer.

    Returns
    -------
    int
        How many indexes were made anew.
    """
    keyring = database.keys
    if keyring is None:
        raise KeyringError("this database was opened without keys")
    _alone(database, lambda session: activate(session, keyring, key_id))
    total = 0
    for model, sealed in _columns():
        last: uuid.UUID | None = None
        while True:
            found = _alone(database, _batch(model, sealed, last))
            total += sum(one.is_older for one in found)
            if len(found) < BATCH:
                break
            last = found[-1].row_id
    return total


def count_older(session: Session) -> int:
    """Return how many indexes, of all schemes, were not made by the active index key."""
    count = 0
    for model, sealed in _columns():
        last: uuid.UUID | None = None
        while found := _page(session, model, sealed, last):
            count += sum(one.is_older for one in found)
            last = found[-1].row_id
    return count


def _columns() -> Iterator[tuple[Any, Sealed[Any]]]:
    for mapper in sorted(Base.registry.mappers, key=lambda one: str(one.local_table)):
        for sealed in mapper.class_.__sealed__:
            if sealed.index:
                yield mapper.class_, sealed


def _batch(
    model: Any, sealed: Sealed[Any], last: uuid.UUID | None
) -> Callable[[Session], list[_Indexed]]:
    """Return what makes the indexes of some rows anew."""
    column = getattr(model, sealed.index)

    def work(session: Session) -> list[_Indexed]:
        found = _page(session, model, sealed, last)
        for one in found:
            if one.is_older:
                session.execute(
                    update(model)
                    .where(model.id == one.row_id, column == one.stored)
                    .values({sealed.index: one.newest})
                    .execution_options(synchronize_session=False, **ACROSS_SCHEMES)
                )
        return found

    return work


def _page(
    session: Session, model: Any, sealed: Sealed[Any], last: uuid.UUID | None
) -> list[_Indexed]:
    columns = (model.id, model.scheme_id, getattr(model, sealed.slot), getattr(model, sealed.index))
    query = select(*columns).order_by(model.id).limit(BATCH)
    if last is not None:
        query = query.where(model.id > last)
    rows = session.execute(query, execution_options=ACROSS_SCHEMES).all()
    vault = vault_of(session)
    vault.want(row[2].token for row in rows if row[2] is not None and row[2].token)
    return [_indexed(session, model, sealed, row) for row in rows]


def _indexed(session: Session, model: Any, sealed: Sealed[Any], row: Any) -> _Indexed:
    row_id, scheme_id, box, stored = row
    if stored.startswith(MARKS):
        return _Indexed(row_id, stored, "")
    place = f"{model.__tablename__}.{sealed.name}:{row_id}"
    plain = sealed.open(box, vault_of(session), place)
    return _Indexed(row_id, stored, blind_indexes(session, kind_of(sealed), plain, scheme_id)[0])


def _alone(database: Database, act: Callable[[Session], T]) -> T:
    """Do something in a transaction while no other asks for or writes an index.

    It is short, and gives way to transactions that take long: they are not made to wait.
    """
    for turn in range(TRIES):
        try:
            with database.writing(None) as session:
                if not database.is_sqlite:
                    timeout = select(func.set_config("lock_timeout", "1s", True))
                    session.execute(timeout, execution_options=ACROSS_SCHEMES)
                    alone = select(func.pg_advisory_xact_lock(INDEX_LOCK))
                    session.execute(alone, execution_options=ACROSS_SCHEMES)
                return act(session)
        except OperationalError as error:
            if getattr(error.orig, "sqlstate", "") != LOCK_NOT_AVAILABLE or turn + 1 == TRIES:
                raise
            time.sleep(WAIT_SECONDS)
    raise AssertionError("not reached")
