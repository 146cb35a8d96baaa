"""Whose key seals a row: found by the path that its model names, before the row is written."""

from __future__ import annotations

import uuid
from functools import cache
from typing import Any

from sqlalchemy.orm import RelationshipDirection, Session, object_mapper

from peerapp.models.base import Base, new_id
from peerapp.sealing import SealError


class NoOwner(SealError):
    """A row holds something to seal, and nobody whose key could do it."""


class KeyOwners:
    """Finds owners in one flush.

    ``__key_owner__`` of a model lists paths such as ``volunteer_id`` or ``match.family_id``; the
    first that leads to somebody counts. A row that is new may not have its foreign keys yet: then
    its parent is found by the relationship, or by the collection in which it was put.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._parents: dict[tuple[int, str], Base] | None = None

    def of(self, row: Base) -> uuid.UUID:
        """Return the id of the owner of a row's key."""
        for path in row.__key_owner__:
            owner = self._follow(row, path)
            if owner is not None:
                return owner
        raise NoOwner(f"this {row.__tablename__} belongs to nobody whose key could seal it")

    def _follow(self, row: Base, path: str) -> uuid.UUID | None:
        head, _, rest = path.partition(".")
        if rest:
            parent = self._parent(row, f"{head}_id")
            return None if parent is None else self._follow(parent, rest)
        if head == "id":
            row.id = row.id or new_id()
            return row.id
        value: uuid.UUID | None = getattr(row, head)
        if value is not None:
            return value
        parent = self._parent(row, head)
        return None if parent is None else self._follow(parent, "id")

    def _parent(self, row: Base, foreign_key: str) -> Base | None:
        value = getattr(row, foreign_key)
        if value is not None:
            target = _target(type(row), foreign_key)
            return self._session.get(target, value) or self._new(target, value)
        related: Base | None = row.__dict__.get(foreign_key.removesuffix("_id"))
        return related or self._by_collection(row, foreign_key)

    def _new(self, target: type[Base], value: uuid.UUID) -> Base | None:
        return next(
            (row for row in self._session.new if isinstance(row, target) and row.id == value), None
        )

    def _by_collection(self, row: Base, foreign_key: str) -> Base | None:
        if self._parents is None:
            self._parents = {}
            for parent in (*self._session.new, *self._session.dirty):
                self._note_children(parent)
        return self._parents.get((id(row), foreign_key))

    def _note_children(self, parent: Base) -> None:
        assert self._parents is not None
        for relation in object_mapper(parent).relationships:
            if relation.direction is not RelationshipDirection.ONETOMANY:
                continue
            held = parent.__dict__.get(relation.key)
            children = held if relation.uselist else [held]
            for _, remote in relation.local_remote_pairs or ():
                for child in children or ():
                    self._parents[id(child), str(remote.key)] = parent


@cache
def _target(model: type[Base], foreign_key: str) -> type[Base]:
    """Return the model that a foreign key of another points to."""
    (key,) = model.__table__.c[foreign_key].foreign_keys
    mappers: Any = model.registry.mappers
    found: type[Base] = next(one.class_ for one in mappers if one.local_table is key.column.table)
    return found
