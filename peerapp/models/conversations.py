"""What a family and its coach write to each other inside the site."""

from __future__ import annotations

import uuid

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from peerapp.enums import Side
from peerapp.models.base import Base, Created, EnumText, SchemeOwned
from peerapp.models.matches import Match
from peerapp.models.sealed import sealed_text


class InsideMessage(SchemeOwned, Created, Base):
    """One message. ``form_key`` is the form that it came from: sent twice, it is one message.

    ``backup`` is set in what a family and its backup coach write: the coach does not read that,
    nor the backup what the coach and the family write.
    """

    __tablename__ = "inside_message"
    __key_owner__ = ("match.family_id",)
    __table_args__ = (UniqueConstraint("scheme_id", "form_key"),)

    match_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("match.id", ondelete="CASCADE"), index=True
    )
    form_key: Mapped[uuid.UUID]
    sender_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    backup_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("volunteer.id"))
    side: Mapped[Side] = mapped_column(EnumText(Side))
    words = sealed_text(None)

    match: Mapped[Match] = relationship()
