"""Keys: make scheme keys known, rotate and retire them, destroy the key of a person."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from peerapp.db import Database
from peerapp.models import Account, Certificate, PersonKey, Scheme, SchemeKey, utc_now
from peerapp.models.vault import ACROSS_SCHEMES, vault_of
from peerapp.sealing import Keyring, KeyringError
from peerapp.services import index_keys

log = structlog.get_logger(__name__)

BATCH = 200


class KeyInUse(KeyringError):
    """A scheme key may not go: keys of persons are wrapped by it, or new ones will be."""


@dataclass(frozen=True)
class SchemeKeyUse:
    """One scheme key, and how many keys of persons it wraps."""

    id: uuid.UUID
    fingerprint: str
    is_active: bool
    is_index: bool
    made_at: datetime
    wraps: int


def destroy(session: Session, owner_id: uuid.UUID) -> bool:
    """Destroy the key of a person, for good: what it sealed reads as erased from now on.

    Returns
    -------
    bool
        Whether there was a key to destroy. A copy of the database taken before still holds the
        wrapped key, so backups have to run out too.
    """
    session.flush()
    query = select(PersonKey).where(PersonKey.owner_id == owner_id).with_for_update()
    key = session.scalar(query, execution_options={"populate_existing": True})
    if key is None or key.wrapped is None:
        return False
    scheme_key_id = key.scheme_key_id
    key.wrapped, key.scheme_key_id, key.destroyed_at = None, None, utc_now()
    _blank_indexes(session, owner_id)
    session.flush()
    vault_of(session).forget()
    session.expire_all()
    log.warning("person_key_destroyed", key_id=str(key.id), scheme_key_id=str(scheme_key_id))
    return True


def _blank_indexes(session: Session, owner_id: uuid.UUID) -> None:
    """Take the blind indexes of a person away: they would still tell a right guess from a miss."""
    account = session.get(Account, owner_id)
    if account is not None:
        account.email_index = f"erased {account.id}"
    query = select(Certificate).where(Certificate.volunteer_id == owner_id)
    for certificate in session.scalars(query):
        certificate.number_index = f"erased {certificate.id}"


def fault_of(session: Session, keyring: Keyring) -> str | None:
    """Say what is wrong with a keyring for this database, or None."""
    known = _known(session)
    held = keyring.fingerprints()
    if not known:
        return "the database knows no scheme key yet: run `peerapp init`"
    for key in known:
        if key.id not in held:
            return f"it lacks the key {key.id} (fingerprint {key.fingerprint})"
        if held[key.id] != key.fingerprint:
            return f"its key {key.id} is not the one that this database was sealed with"
    return None


def check(session: Session, keyring: Keyring) -> None:
    """Refuse a keyring that is not the one of this database.

    Raises
    ------
    KeyringError
        A key is missing or another than it was.
    """
    fault = fault_of(session, keyring)
    if fault is not None:
        raise KeyringError(f"the key file does not fit this database: {fault}")


def _known(session: Session) -> Sequence[SchemeKey]:
    query = select(SchemeKey).order_by(SchemeKey.created_at, SchemeKey.id)
    return session.scalars(query, execution_options=ACROSS_SCHEMES).all()


def list_keys(session: Session) -> list[SchemeKeyUse]:
    """Return the scheme keys, oldest first, with what each wraps."""
    query = select(PersonKey.scheme_key_id, func.count()).group_by(PersonKey.scheme_key_id)
    counts = {row[0]: row[1] for row in session.execute(query, execution_options=ACROSS_SCHEMES)}
    return [
        SchemeKeyUse(
            key.id,
            key.fingerprint,
            key.is_active,
            key.is_index,
            key.created_at,
            counts.get(key.id, 0),
        )
        for key in _known(session)
    ]


def activate(session: Session, keyring: Keyring, key_id: uuid.UUID) -> None:
    """Have new keys of persons wrapped by a key of the keyring from now on."""
    known = {key.id: key for key in _known(session)}
    for key in known.values():
        key.is_active = key.is_active and key.is_index
    session.flush()  # one at most may be active at any moment
    if key_id not in known:
        known[key_id] = SchemeKey(id=key_id, fingerprint=keyring.fingerprints()[key_id])
        session.add(known[key_id])
    known[key_id].is_active = True
    session.flush()
    log.info("scheme_key_active", fingerprint=known[key_id].fingerprint)


def rewrap_batch(session: Session, keyring: Keyring, limit: int = BATCH) -> int:
    """Wrap some keys of persons anew, by the active scheme key; return how many.

    Each is changed only if nobody has changed it since it was read: a key that was destroyed
    meanwhile stays destroyed.
    """
    active = session.scalars(
        select(SchemeKey.id).where(SchemeKey.is_active, SchemeKey.is_index.is_(False)),
        execution_options=ACROSS_SCHEMES,
    ).one()
    query = (
        select(PersonKey.id, PersonKey.owner_id, PersonKey.wrapped, PersonKey.scheme_key_id)
        .where(PersonKey.wrapped.is_not(None), PersonKey.scheme_key_id != active)
        .order_by(PersonKey.id)
        .limit(limit)
    )
    rows = session.execute(query).all()
    for row in rows:
        wrapped = keyring.rewrap(row.wrapped, row.id, row.owner_id, row.scheme_key_id, active)
        session.execute(
            update(PersonKey)
            .where(PersonKey.id == row.id, PersonKey.wrapped == row.wrapped)
            .values(wrapped=wrapped, scheme_key_id=active)
            .execution_options(synchronize_session=False)
        )
    return len(rows)


def retire(session: Session, key_id: uuid.UUID) -> None:
    """Take a scheme key out of the database; the caller takes it out of the key file afterwards.

    Raises
    ------
    KeyInUse
        New keys or indexes are made with it, it wraps a key, or an index was made with it. That it
        wraps a key the database itself refuses, whatever happens at the same moment; an index is
        never made with a key again that is not active any more.
    """
    key = session.get(SchemeKey, key_id, execution_options=ACROSS_SCHEMES)
    if key is None:
        raise KeyringError(f"the database knows no scheme key {key_id}")
    if key.is_active:
        raise KeyInUse("this key is in use: new keys or indexes are made with it")
    if key.is_index and index_keys.count_older(session):
        raise KeyInUse(
            "this key is in use: indexes were made with it; run `peerapp keys reindex` first"
        )
    statement = delete(SchemeKey).where(SchemeKey.id == key_id, SchemeKey.is_active.is_(False))
    try:
        session.execute(statement, execution_options=ACROSS_SCHEMES)
    except IntegrityError:
        raise KeyInUse(
            "this key is in use: it still wraps keys of persons; run `peerapp keys rotate` first"
        ) from None
    log.info("scheme_key_retired", fingerprint=key.fingerprint)


def rotate(database: Database, key_id: uuid.UUID) -> int:
    """Make a key of the keyring the active one, and wrap every person's key by it.

    Each batch is a transaction of its own, so that readers and writers wait for none of it. Two
    rounds without a find end it: a transaction that began before may still add an older one.

    Returns
    -------
    int
        How many keys of persons were wrapped anew.
    """
    keyring = database.keys
    if keyring is None:
        raise KeyringError("this database was opened without keys")
    with database.session(None, "all") as session:
        activate(session, keyring, key_id)
        session.commit()
        query = select(Scheme.id).order_by(Scheme.slug)
        schemes = session.scalars(query, execution_options=ACROSS_SCHEMES).all()
    total, found = 0, 1
    while found:
        found = sum(_rewrap_scheme(database, keyring, scheme_id) for scheme_id in schemes)
        total += found
    return total


def _rewrap_scheme(database: Database, keyring: Keyring, scheme_id: uuid.UUID) -> int:
    total, count = 0, 1
    while count:
        with database.writing(scheme_id) as session:
            count = rewrap_batch(session, keyring)
        total += count
    return total
