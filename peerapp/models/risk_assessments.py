"""The restricted record: why a certificate with content was, or was not, accepted.

The safeguarding lead alone reads and writes it. The row is deleted some months after the decision;
what stays is on the certificate.
"""

from __future__ import annotations

import uuid
from datetime import date

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from peerapp.enums import RiskDecision
from peerapp.models.base import Base, Created, EnumText, SchemeOwned
from peerapp.models.checks import Certificate
from peerapp.models.sealed import sealed_text


class RiskAssessment(SchemeOwned, Created, Base):
    """One assessment, with the decision that it led to."""

    __tablename__ = "risk_assessment"
    __key_owner__ = ("certificate.volunteer_id",)

    certificate_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("certificate.id", ondelete="CASCADE"), index=True
    )
    relevance = sealed_text(None)
    age = sealed_text(None)
    pattern = sealed_text(None)
    rationale = sealed_text(None)
    conditions = sealed_text(None)
    talked_on: Mapped[date]
    decision: Mapped[RiskDecision] = mapped_column(EnumText(RiskDecision))
    decided_on: Mapped[date]
    decided_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    certificate: Mapped[Certificate] = relationship()
