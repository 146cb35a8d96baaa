"""Other names by which a volunteer is, or was, known."""

from __future__ import annotations

import uuid

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from peerapp.enums import NameReason
from peerapp.models.base import Base, Created, EnumText, SchemeOwned
from peerapp.models.sealed import sealed_text


class OtherName(SchemeOwned, Created, Base):
    """A name printed on a certificate, why it differs, and what showed that it is theirs."""

    __tablename__ = "other_name"
    __key_owner__ = ("volunteer_id",)

    volunteer_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("volunteer.id", ondelete="CASCADE"), index=True
    )
    name = sealed_text(None)
    reason: Mapped[NameReason] = mapped_column(EnumText(NameReason))
    evidence = sealed_text(None)
    recorded_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
