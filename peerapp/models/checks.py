"""DBS certificates as recorded from the original; no scans, no content."""

from __future__ import annotations

import uuid
from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from peerapp.enums import (
    CertificateStatus,
    CheckLevel,
    NameReason,
    RiskDecision,
    Workforce,
)
from peerapp.models.base import Base, Created, EnumText, SchemeOwned
from peerapp.models.people import Account
from peerapp.models.sealed import sealed_text
from peerapp.models.subscriptions import Subscription

if TYPE_CHECKING:
    from peerapp.models.volunteers import Volunteer


class Certificate(SchemeOwned, Created, Base):
    """One DBS certificate.

    ``number`` is a string of 12 digits: leading zeros count. ``has_content`` says only that the
    certificate is not blank; what it says is never stored here. ``name_matches`` is a person's
    word that name and date of birth are the volunteer's; ``name_reason`` says why, where the name
    is another. ``risk_review_on`` is the last day on which a favourable decision on content counts.
    """

    __tablename__ = "certificate"
    __key_owner__ = ("volunteer_id",)
    __table_args__ = (UniqueConstraint("scheme_id", "number_index"),)

    volunteer_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("volunteer.id", ondelete="CASCADE"), index=True
    )
    number = sealed_text(None, index="number_index")
    number_index: Mapped[str] = mapped_column(String(43))
    issue_date: Mapped[date]
    level: Mapped[CheckLevel] = mapped_column(EnumText(CheckLevel))
    workforce: Mapped[Workforce] = mapped_column(EnumText(Workforce))
    name_as_printed = sealed_text(None)
    name_matches: Mapped[bool] = mapped_column(default=False)
    name_reason: Mapped[NameReason | None] = mapped_column(EnumText(NameReason))
    name_evidence = sealed_text()
    has_content: Mapped[bool] = mapped_column(default=False)
    seen_on: Mapped[date]
    seen_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    status: Mapped[CertificateStatus] = mapped_column(
        EnumText(CertificateStatus), default=CertificateStatus.RECORDED
    )
    status_note = sealed_text()
    risk_decision: Mapped[RiskDecision | None] = mapped_column(EnumText(RiskDecision))
    risk_decided_on: Mapped[date | None]
    risk_decided_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    risk_review_on: Mapped[date | None]

    subscription: Mapped[Subscription | None] = relationship(cascade="all, delete-orphan")
    volunteer: Mapped[Volunteer] = relationship(back_populates="certificates")
    seen_by: Mapped[Account] = relationship(foreign_keys=[seen_by_id])
