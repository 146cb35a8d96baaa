"""Consent to status checks: the text by version, and who agreed to which, until when."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from peerapp.models.base import Base, Created, SchemeOwned, utc_now
from peerapp.models.sealed import sealed_text


class ConsentText(SchemeOwned, Created, Base):
    """One version of what a volunteer agrees to; never changed once it is there."""

    __tablename__ = "consent_text"
    __table_args__ = (UniqueConstraint("scheme_id", "version"),)

    version: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    written_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))


class StatusConsent(SchemeOwned, Base):
    """A volunteer's consent to status checks: given by typing the name, standing until taken back.

    ``version`` is that of the text which stood on the page (``ConsentText``).
    """

    __tablename__ = "status_consent"
    __key_owner__ = ("volunteer_id",)

    volunteer_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("volunteer.id", ondelete="CASCADE"), index=True
    )
    version: Mapped[int]
    typed_name = sealed_text(None)
    given_at: Mapped[datetime] = mapped_column(default=utc_now)
    withdrawn_at: Mapped[datetime | None]
