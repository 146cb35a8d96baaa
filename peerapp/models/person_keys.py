"""Keys of persons, wrapped by scheme keys; the scheme keys themselves are never in the database."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import Boolean, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from peerapp.models.base import Base, Created, SchemeOwned

_ACTIVE = text("is_active")


class SchemeKey(Created, Base):
    """A key of the keyring, known here by its id and fingerprint, so that a wrong file is noticed.

    Of those that wrap keys of persons one wraps the new ones, and of those that make blind indexes
    (``is_index``) one makes the new ones: ``is_active``. A row that a person's key points to cannot
    be deleted, so a key in use cannot be retired, whoever tries and however they race.
    """

    __tablename__ = "scheme_key"
    __table_args__ = (
        Index(
            "uq_scheme_key_active",
            "is_index",
            unique=True,
            sqlite_where=_ACTIVE,
            postgresql_where=_ACTIVE,
        ),
    )

    fingerprint: Mapped[str] = mapped_column(String(16))
    is_index: Mapped[bool] = mapped_column(Boolean, default=False)
    is_active: Mapped[bool] = mapped_column(Boolean, default=False)


class PersonKey(SchemeOwned, Created, Base):
    """The key under which one person's values are sealed.

    ``owner_id`` is the id of an account, a volunteer, a family, a referral … Without ``wrapped``
    the key was destroyed, and with it everything that it sealed.
    """

    __tablename__ = "person_key"

    owner_id: Mapped[uuid.UUID] = mapped_column(unique=True)
    wrapped: Mapped[str | None] = mapped_column(Text)
    scheme_key_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("scheme_key.id", ondelete="RESTRICT"), index=True
    )
    destroyed_at: Mapped[datetime | None]
