"""What every table shares: ids, the tenant, times in UTC and sets of words."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from contextvars import ContextVar
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, ClassVar, Generic, TypeVar

from sqlalchemy import (
    DateTime,
    Dialect,
    ForeignKey,
    MetaData,
    String,
    Text,
    TypeDecorator,
    Uuid,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column

from peerapp.models.sealed import Sealed

E = TypeVar("E", bound=StrEnum)

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

id_source: ContextVar[Callable[[], uuid.UUID]] = ContextVar("id_source", default=uuid.uuid4)
"""Where new ids come from: random, unless a seeded demonstration says otherwise."""


def new_id() -> uuid.UUID:
    """Return the id of a new row; it cannot be guessed from another's."""
    return id_source.get()()


def utc_now() -> datetime:
    """Return the current time, aware, in UTC."""
    return datetime.now(UTC)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware time, stored in UTC; SQLite forgets the zone, so it is put back."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone cannot be stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class WordSet(TypeDecorator[tuple[str, ...]]):
    """A set of words as text, sorted, separated by spaces; reads as a tuple."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Iterable[str] | None, dialect: Dialect) -> str:
        words = sorted({str(word) for word in value or ()})
        if any(not word or " " in word for word in words):
            raise ValueError("a word in a set of words may not be empty or hold a space")
        return " ".join(words)

    def process_result_value(self, value: str | None, dialect: Dialect) -> tuple[str, ...]:
        return tuple((value or "").split())


class EnumText(TypeDecorator[E], Generic[E]):
    """A StrEnum stored by its value, so that a new member needs no migration."""

    impl = String(40)
    cache_ok = True

    def __init__(self, enum: type[E]) -> None:
        self.enum = enum
        super().__init__()

    def process_bind_param(self, value: E | None, dialect: Dialect) -> str | None:
        return None if value is None else self.enum(value).value

    def process_result_value(self, value: Any | None, dialect: Dialect) -> E | None:
        return None if value is None else self.enum(value)


class Base(DeclarativeBase):
    """Base of all tables."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar = {uuid.UUID: Uuid(), datetime: UtcDateTime()}
    __sealed__: ClassVar[tuple[Sealed[Any], ...]] = ()
    __key_owner__: ClassVar[tuple[str, ...]] = ("id",)  # whose key seals: models.key_owners

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)


class SchemeOwned:
    """A row that belongs to one scheme; a session sees only those of its own."""

    @declared_attr
    def scheme_id(cls) -> Mapped[uuid.UUID]:
        return mapped_column(ForeignKey("scheme.id", ondelete="RESTRICT"), index=True)


class Created:
    """A row that knows when it came to be."""

    created_at: Mapped[datetime] = mapped_column(default=utc_now)
