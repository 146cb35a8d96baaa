"""Access to one record outside one's own caseload: why, until when, and who looked through it."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from peerapp.enums import CoverVerdict
from peerapp.models.base import Base, Created, EnumText, SchemeOwned
from peerapp.models.people import Account
from peerapp.models.sealed import sealed_text


class AccessGrant(SchemeOwned, Created, Base):
    """Duty cover of one family or one volunteer; it ends by itself at ``expires_at``."""

    __tablename__ = "access_grant"
    __table_args__ = (
        CheckConstraint("(family_id IS NULL) <> (volunteer_id IS NULL)", name="one_record"),
    )

    account_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("account.id", ondelete="CASCADE"), index=True
    )
    family_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("family.id", ondelete="CASCADE"), index=True
    )
    volunteer_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("volunteer.id", ondelete="CASCADE"), index=True
    )
    reference: Mapped[str] = mapped_column(String(20))
    reason = sealed_text(None)
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    verdict: Mapped[CoverVerdict | None] = mapped_column(EnumText(CoverVerdict))
    verdict_note = sealed_text()
    signed_off_at: Mapped[datetime | None]
    signed_off_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))

    account: Mapped[Account] = relationship(foreign_keys=[account_id], back_populates="grants")
    ended_by: Mapped[Account | None] = relationship(foreign_keys=[ended_by_id])
    signed_off_by: Mapped[Account | None] = relationship(foreign_keys=[signed_off_by_id])

    @property
    def subject_id(self) -> uuid.UUID | None:
        return self.family_id or self.volunteer_id

    def stands_at(self, now: datetime) -> bool:
        """Say whether it lets its holder in; not at ``expires_at`` itself any more."""
        return self.ended_at is None and now < self.expires_at
