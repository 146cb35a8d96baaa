"""Other names by which a volunteer is, or was, known."""

from __future__ import annotations

import uuid

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from peerapp.enums import NameReason
from peerapp.models.base import Base, Created, EnumText, SchemeOwned


class OtherName(SchemeOwned, Created, Base):
    """A name printed on a certificate, why it differs, and what showed that it is theirs."""

    __tablename__ = "other_name"

    volunteer_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("volunteer.id", ondelete="CASCADE"), index=True
    )
    name: Mapped[str] = mapped_column(String(160))
    reason: Mapped[NameReason] = mapped_column(EnumText(NameReason))
    evidence: Mapped[str] = mapped_column(String(200))
    recorded_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
