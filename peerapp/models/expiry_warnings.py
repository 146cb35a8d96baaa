"""Warnings that something runs out: one row for each, so that none is given twice."""

from __future__ import annotations

import uuid
from datetime import date

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from peerapp.enums import WarningKind
from peerapp.models.base import Base, Created, EnumText, SchemeOwned


class ExpiryWarning(SchemeOwned, Created, Base):
    """That a warning was given: of what, which ends when, how many days before.

    ``due_on`` is the first day on which the subject no longer counts; ``days`` is 0 for the
    word that it has come.
    """

    __tablename__ = "expiry_warning"
    __table_args__ = (UniqueConstraint("kind", "subject_id", "due_on", "days"),)

    volunteer_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("volunteer.id", ondelete="CASCADE"), index=True
    )
    kind: Mapped[WarningKind] = mapped_column(EnumText(WarningKind))
    subject_id: Mapped[uuid.UUID]
    due_on: Mapped[date]
    days: Mapped[int]
