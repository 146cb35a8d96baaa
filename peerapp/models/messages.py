"""The outbox: messages that left, wait or could not leave."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from peerapp.enums import MessageState
from peerapp.models.base import Base, Created, EnumText, SchemeOwned, utc_now
from peerapp.models.sealed import sealed_text


class Message(SchemeOwned, Created, Base):
    """An email to an account, or to a referee, who has none.

    It is written in the transaction that caused it, and sent by a job.
    """

    __tablename__ = "message"
    __key_owner__ = ("account_id", "reference.volunteer_id", "referral_id", "id")

    account_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"), index=True)
    match_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("match.id"), index=True)
    reference_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("reference.id", ondelete="CASCADE"), index=True
    )
    referral_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("referral.id", ondelete="CASCADE"), index=True
    )
    to_address = sealed_text(None)
    template: Mapped[str] = mapped_column(String(60))
    subject = sealed_text(None)
    body = sealed_text(None)
    state: Mapped[MessageState] = mapped_column(
        EnumText(MessageState), default=MessageState.QUEUED, index=True
    )
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime] = mapped_column(default=utc_now)
    sent_at: Mapped[datetime | None]
    last_error = sealed_text()
