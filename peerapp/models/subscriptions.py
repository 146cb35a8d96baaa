"""Subscriptions to the DBS Update Service, one for a certificate."""

from __future__ import annotations

import uuid
from datetime import date

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from peerapp.models.base import Base, Created, SchemeOwned


class Subscription(SchemeOwned, Created, Base):
    """That a certificate is in the Update Service; it is renewed each year.

    ``renew_by`` is the first day on which it no longer stands unless it is renewed.
    """

    __tablename__ = "subscription"

    certificate_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("certificate.id", ondelete="CASCADE"), unique=True
    )
    joined_on: Mapped[date]
    renew_by: Mapped[date]
    ended_on: Mapped[date | None]
    recorded_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
