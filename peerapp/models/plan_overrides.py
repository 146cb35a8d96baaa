"""Overrides of a child protection plan: two people say that a coach may help all the same."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from peerapp.models.base import Base, Created, SchemeOwned
from peerapp.models.people import Account
from peerapp.models.sealed import sealed_text


class PlanOverride(SchemeOwned, Created, Base):
    """One asks and says why, another agrees; until a day, until it is ended, or the plan is.

    It stands once ``agreed_at`` is set, and while ``ended_at`` is not.
    """

    __tablename__ = "plan_override"
    __key_owner__ = ("id",)  # it is kept when the family is erased

    family_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("family.id", ondelete="CASCADE"), index=True
    )
    asked_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    reason = sealed_text(None)
    until: Mapped[date]
    agreed_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    agreed_at: Mapped[datetime | None]
    agreed_note = sealed_text()
    ended_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    ended_at: Mapped[datetime | None]
    ended_why = sealed_text()

    asked_by: Mapped[Account] = relationship(foreign_keys=[asked_by_id])
    agreed_by: Mapped[Account | None] = relationship(foreign_keys=[agreed_by_id])
    ended_by: Mapped[Account | None] = relationship(foreign_keys=[ended_by_id])
