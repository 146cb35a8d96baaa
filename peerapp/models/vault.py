"""The vault of a session: it makes and fetches keys of persons, seals and opens.

Keys are fetched for all rows that the session holds at once, so that a list needs one query for
them however long it is. They are kept until the transaction ends, and no longer.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from peerapp.models.base import Base, new_id
from peerapp.models.key_owners import KeyOwners
from peerapp.models.person_keys import PersonKey, SchemeKey
from peerapp.models.sealed import Box, Sealed
from peerapp.sealing import Broken, Keyring, KeyringError, SealError, seal, sealed_by, unseal
from peerapp.sealing import PersonKey as OpenKey

CHUNK = 500  # keys in one statement
INDEX_LOCK = 7_301_553_922_114  # of PostgreSQL: shared by whoever asks or writes an index
ACROSS_SCHEMES = {"scheme_free": True}  # an id that a row of this scheme names is enough


class KeyDestroyed(SealError):
    """Something was to be written about a person whose key was destroyed."""


class Vault:
    """The keys of persons that one session has needed so far, opened."""

    def __init__(self, session: Session, keyring: Keyring) -> None:
        self.keyring = keyring
        self._session = session
        self._by_id: dict[uuid.UUID, OpenKey | None] = {}
        self._by_owner: dict[uuid.UUID, OpenKey | None] = {}
        self._active: uuid.UUID | None = None
        self._index_keys: tuple[uuid.UUID, ...] = ()

    def forget(self) -> None:
        """Let go of every key; what is needed again is fetched again."""
        self._index_keys = ()
        self._by_id.clear()
        self._by_owner.clear()
        self._active = None

    def open(self, token: str, place: str) -> bytes | None:
        """Return what a sealed value says; None when its person's key was destroyed.

        Raises
        ------
        Broken
            The value was changed or moved, or no key was ever known by that id.
        """
        key_id = sealed_by(token)
        if key_id not in self._by_id:
            self._fetch(PersonKey.id, {key_id, *self._asked_for()})
        if key_id not in self._by_id:
            raise Broken("a sealed value asks for a key that is not there")
        key = self._by_id[key_id]
        return None if key is None else unseal(key, token, place)

    def want(self, tokens: Iterable[str]) -> None:
        """Fetch the keys of sealed values that are about to be opened, in one go."""
        self._fetch(PersonKey.id, {sealed_by(one) for one in tokens} - self._by_id.keys())

    def keys_of(self, owners: Iterable[uuid.UUID]) -> dict[uuid.UUID, OpenKey | None]:
        """Return the key of each owner, made where there is none; None where it was destroyed."""
        wanted = dict.fromkeys(owners)
        self._fetch(PersonKey.owner_id, [one for one in wanted if one not in self._by_owner])
        for owner in wanted:
            if owner not in self._by_owner:
                self._make(owner)
        return {owner: self._by_owner[owner] for owner in wanted}

    def _asked_for(self) -> Iterator[uuid.UUID]:
        """Yield the keys of everything sealed that the session holds."""
        held: Iterable[Any] = self._session.identity_map.values()
        for row in held:
            for sealed in row.__sealed__:
                box: Box | None = row.__dict__.get(sealed.slot)
                if box is not None and not box.is_open and box.token:
                    key_id = sealed_by(box.token)
                    if key_id not in self._by_id:
                        yield key_id

    def _fetch(self, column: Any, ids: Iterable[uuid.UUID]) -> None:
        """Fetch and open the keys whose ``column`` is among ``ids``; write nothing on the way."""
        every = list(ids)
        with self._session.no_autoflush:
            for start in range(0, len(every), CHUNK):
                self._fetch_where(column.in_(every[start : start + CHUNK]))

    def _fetch_where(self, condition: ColumnElement[bool]) -> None:
        query = select(
            PersonKey.id, PersonKey.owner_id, PersonKey.wrapped, PersonKey.scheme_key_id
        ).where(condition)
        for row in self._session.execute(query, execution_options=ACROSS_SCHEMES):
            key = None
            if row.wrapped is not None:
                key = self.keyring.open_person_key(
                    row.wrapped, row.id, row.owner_id, row.scheme_key_id
                )
            self._by_id[row.id] = self._by_owner[row.owner_id] = key

    def _make(self, owner: uuid.UUID) -> None:
        """Make a key; the scheme key that wraps it is the one that the database calls active."""
        active = self._active = self._active or self._active_scheme_key()
        key, wrapped = self.keyring.make_person_key(owner, active)
        self._session.add(
            PersonKey(
                id=key.id,
                owner_id=owner,
                wrapped=wrapped,
                scheme_key_id=active,
                scheme_id=self._session.info["scheme_id"],
            )
        )
        self._by_id[key.id] = self._by_owner[owner] = key

    def _active_scheme_key(self) -> uuid.UUID:
        with self._session.no_autoflush:
            found = self._session.scalar(
                select(SchemeKey.id).where(SchemeKey.is_active, SchemeKey.is_index.is_(False)),
                execution_options=ACROSS_SCHEMES,
            )
        if found is None:
            raise KeyringError("the database knows no scheme key: run `peerapp init` first")
        return found

    def index_keys(self) -> tuple[uuid.UUID, ...]:
        """Return the index keys in use, the one for new indexes first.

        The database says which: all processes go over to a new one at the same moment. On
        PostgreSQL the transaction keeps others from changing it until it ends.
        """
        if not self._index_keys:
            query = select(SchemeKey.id).where(SchemeKey.is_index)
            query = query.order_by(SchemeKey.is_active.desc(), SchemeKey.created_at, SchemeKey.id)
            with self._session.no_autoflush:
                if self._session.get_bind().dialect.name == "postgresql":
                    shared = select(func.pg_advisory_xact_lock_shared(INDEX_LOCK))
                    self._session.execute(shared, execution_options=ACROSS_SCHEMES)
                found = self._session.scalars(query, execution_options=ACROSS_SCHEMES).all()
            if not found:
                raise KeyringError("the database knows no index key: run `peerapp init` first")
            self._index_keys = tuple(found)
        return self._index_keys


def opened(
    session: Session, model: type[Base], names: Sequence[str], *conditions: ColumnElement[bool]
) -> Iterator[tuple[Any, ...]]:
    """Yield the id and the named attributes, plain and sealed, of rows, without making objects.

    For comparing many rows in Python where the database cannot: a third of the time of loading
    them.
    """
    sealed = {one.name: one for one in model.__sealed__}
    columns = [getattr(model, sealed[name].slot if name in sealed else name) for name in names]
    query = select(model.id, *columns).where(*conditions).order_by(model.id)
    rows = session.execute(query).all()
    vault = vault_of(session)
    vault.want(one.token for row in rows for one in row if isinstance(one, Box) and one.token)
    for row in rows:
        values = (
            sealed[name].open(value, vault, f"{model.__tablename__}.{name}:{row.id}")
            if isinstance(value, Box)
            else value
            for name, value in zip(names, row[1:], strict=True)
        )
        yield (row.id, *values)


def vault_of(session: Session) -> Vault:
    """Return the vault of a session.

    Raises
    ------
    KeyringError
        The session was opened without keys.
    """
    vault: Vault | None = session.info.get("vault")
    if vault is None:
        raise KeyringError("this session was opened without keys")
    return vault


def blind_indexes(
    session: Session, kind: str, text: str, scheme_id: uuid.UUID | None = None
) -> tuple[str, ...]:
    """Return the blind indexes by which a sealed text of a scheme can be found, newest first.

    There are several while the index key is being rotated. Upper case and space around it make no
    difference; an empty text has none.
    """
    plain = text.strip().lower()
    if not plain:
        return ()
    vault, scheme = vault_of(session), scheme_id or session.info["scheme_id"]
    return tuple(vault.keyring.index(key, kind, scheme, plain) for key in vault.index_keys())


def seal_pending(session: Session, *_: object) -> None:
    """Seal what was set since the last flush; its rows get their ids here, being bound to them."""
    _drop_keys(session)
    waiting = [
        (row, sealed, box)
        for rows, are_new in ((session.new, True), (session.dirty, False))
        for row in rows
        for sealed, box in _unsealed(row, are_new)
    ]
    if not waiting:
        return
    owners = KeyOwners(session)
    owned = []
    for row, sealed, box in waiting:
        row.id = row.id or new_id()
        box.token = sealed.stored(box)
        if box.token is None:
            owned.append((row, sealed, box, owners.of(row)))
        if sealed.index:
            setattr(row, sealed.index, _index_of(session, row, sealed, box))
    if not owned:
        return
    keys = vault_of(session).keys_of(owner for *_, owner in owned)
    for row, sealed, box, owner in owned:
        key = keys[owner]
        if key is None:
            raise KeyDestroyed(f"the key of this {row.__tablename__} was destroyed")
        box.token = seal(key, sealed.codec.dump(box.plain), sealed.place(row))


def _index_of(session: Session, row: Base, sealed: Sealed[Any], box: Box) -> str:
    """Return the index of a row to be written.

    Where another row has the same text under an older key it is that row's, so that the database
    refuses it: each index is unique.
    """
    found = blind_indexes(session, kind_of(sealed), box.plain)
    if not found:
        return f"none {row.id}"
    newest, *older = found
    column: Any = getattr(type(row), sealed.index)
    if older:
        query = select(column).where(column.in_(older), type(row).id != row.id)
        with session.no_autoflush:
            return session.scalar(query) or newest
    return newest


def kind_of(sealed: Sealed[Any]) -> str:
    """Return the kind of text that a blind index stands for."""
    return sealed.index.removesuffix("_index")


def _unsealed(row: Base, is_new: bool) -> Iterator[tuple[Sealed[Any], Box]]:
    """Yield what of a row has to be sealed; in a new row everything, with its defaults.

    A row that was rolled back and is added again may hold values sealed with a key that was
    rolled back with it.
    """
    for sealed in row.__sealed__:
        box: Box | None = row.__dict__.get(sealed.slot)
        if box is None and is_new and sealed.default is not None:
            box = Box.of(sealed.default())
            setattr(row, sealed.slot, box)
        if box is not None and box.is_open and (is_new or box.token is None):
            yield sealed, box


def _drop_keys(session: Session) -> None:
    """Delete the keys of rows that go, where the row was the owner: backups keep neither."""
    gone = [row.id for row in session.deleted if row.__sealed__ and "id" in row.__key_owner__]
    if gone:
        query = select(PersonKey).where(PersonKey.owner_id.in_(gone))
        for key in session.scalars(query, execution_options=ACROSS_SCHEMES):
            session.delete(key)


def register(session: Session, keyring: Keyring) -> None:
    """Write the ids and fingerprints of a new database's keys down; harmless when they are."""
    if session.scalars(select(SchemeKey.id), execution_options=ACROSS_SCHEMES).first():
        return
    for key_id, fingerprint in keyring.fingerprints().items():
        session.add(
            SchemeKey(
                id=key_id,
                fingerprint=fingerprint,
                is_index=key_id in keyring.keys.every_index,
                is_active=key_id in {keyring.active, keyring.keys.index_id},
            )
        )
