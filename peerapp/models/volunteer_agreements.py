"""The volunteer agreement: its texts by version, and who signed which when.

The agreement of a *family* to take part is another thing: ``models.families.Agreement``.
"""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from peerapp.enums import SignatureMethod
from peerapp.models.base import Base, Created, EnumText, SchemeOwned
from peerapp.models.people import Account
from peerapp.models.sealed import sealed_text


class AgreementText(SchemeOwned, Created, Base):
    """One version, never changed once it is published.

    ``old_counts_until``: last day on which signatures of earlier versions count; None: they go on
    counting.
    """

    __tablename__ = "agreement_text"
    __table_args__ = (UniqueConstraint("scheme_id", "number"),)

    number: Mapped[int]
    body: Mapped[str] = mapped_column(Text)
    published_on: Mapped[date]
    published_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    old_counts_until: Mapped[date | None]
    published_by: Mapped[Account] = relationship()


class AgreementSignature(SchemeOwned, Base):
    """A volunteer signed a version: typed their name, or signed on paper before a witness."""

    __tablename__ = "agreement_signature"
    __key_owner__ = ("volunteer_id",)

    volunteer_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("volunteer.id", ondelete="CASCADE"), index=True
    )
    text_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("agreement_text.id"))
    typed_name = sealed_text(None)
    method: Mapped[SignatureMethod] = mapped_column(EnumText(SignatureMethod))
    signed_on: Mapped[date]
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    taken_back_at: Mapped[datetime | None]
    taken_back_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))

    text: Mapped[AgreementText] = relationship()
    recorded_by: Mapped[Account] = relationship(foreign_keys=[recorded_by_id])
