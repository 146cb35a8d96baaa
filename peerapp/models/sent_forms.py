"""Forms that were sent and taken, so that sent again each is answered as it was."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from peerapp.models.base import Base, SchemeOwned


class SentForm(SchemeOwned, Base):
    """A form that made something, and the page that its sender was led to.

    ``key_hash`` is keyed with the site's secret: neither who sent it nor what it said stands here.
    """

    __tablename__ = "sent_form"
    __table_args__ = (UniqueConstraint("scheme_id", "key_hash"),)

    key_hash: Mapped[str] = mapped_column(String(64))
    location: Mapped[str] = mapped_column(String(300))
    expires_at: Mapped[datetime] = mapped_column(index=True)
