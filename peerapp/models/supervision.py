"""Supervision calls of a match: when each is due, and what was heard."""

from __future__ import annotations

import uuid
from datetime import date

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from peerapp.enums import CallMood, CallState
from peerapp.models.base import Base, Created, EnumText, SchemeOwned
from peerapp.models.matches import Match
from peerapp.models.people import Account
from peerapp.models.sealed import sealed_text


class SupervisionCall(SchemeOwned, Created, Base):
    """The ``number``-th call of a match, counted from 1.

    ``due_on`` moves with pauses until the call is made or left out; ``told_on`` is the day on
    which the supervisor was told that it is due.
    """

    __tablename__ = "supervision_call"
    __key_owner__ = ("match.family_id",)
    __table_args__ = (UniqueConstraint("match_id", "number"),)

    match_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("match.id", ondelete="CASCADE"))
    number: Mapped[int]
    due_on: Mapped[date]
    state: Mapped[CallState] = mapped_column(
        EnumText(CallState), default=CallState.PLANNED, index=True
    )
    told_on: Mapped[date | None]
    held_on: Mapped[date | None]
    by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    spoke_to_coach: Mapped[bool] = mapped_column(default=False)
    spoke_to_family: Mapped[bool] = mapped_column(default=False)
    mood: Mapped[CallMood | None] = mapped_column(EnumText(CallMood))
    note = sealed_text()

    match: Mapped[Match] = relationship()
    by: Mapped[Account | None] = relationship()
