"""The words that families agree to: by purpose, version and language."""

from __future__ import annotations

import uuid
from datetime import date

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from peerapp.enums import ConsentPurpose
from peerapp.models.base import Base, Created, EnumText, SchemeOwned
from peerapp.models.people import Account


class FamilyConsentText(SchemeOwned, Created, Base):
    """One version of what a family agrees to for one purpose, in one language; never changed.

    A version begins in English. Translations carry the number and version of the English words
    that they say in another language; a newer row of one number and language takes the place of
    an older one. ``asks_again``: families who agreed to older words are asked to read these.
    """

    __tablename__ = "family_consent_text"
    __table_args__ = (UniqueConstraint("scheme_id", "purpose", "number", "language", "revision"),)

    purpose: Mapped[ConsentPurpose] = mapped_column(EnumText(ConsentPurpose))
    number: Mapped[int]
    revision: Mapped[int] = mapped_column(default=1)
    version: Mapped[str] = mapped_column(String(20))
    language: Mapped[str] = mapped_column(String(8), default="en")
    body: Mapped[str] = mapped_column(Text)
    asks_again: Mapped[bool] = mapped_column(default=False)
    written_on: Mapped[date]
    written_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    written_by: Mapped[Account | None] = relationship()
