"""Safeguarding concerns, apart from every other record, and the contact that they stop."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from peerapp.enums import ConcernAbout, ConcernOutcome, ConcernState, ConcernStep
from peerapp.models.base import Base, Created, EnumText, SchemeOwned
from peerapp.models.families import Family
from peerapp.models.matches import Match
from peerapp.models.people import Account
from peerapp.models.sealed import sealed_text
from peerapp.models.volunteers import Volunteer


class Concern(SchemeOwned, Created, Base):
    """What somebody worries about, in their words; read by safeguarding leads only.

    ``answer_by`` is when it has to be acknowledged; ``words_back`` is what the reporter is told.
    ``form_key`` is the form that it came from: sent twice, it is one concern.
    """

    __tablename__ = "concern"
    __table_args__ = (
        UniqueConstraint("scheme_id", "reference"),
        UniqueConstraint("scheme_id", "form_key"),
    )

    reference: Mapped[str] = mapped_column(String(20))
    form_key: Mapped[uuid.UUID]
    raised_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"), index=True)
    about: Mapped[ConcernAbout] = mapped_column(EnumText(ConcernAbout))
    danger_now: Mapped[bool]
    words = sealed_text(None)
    state: Mapped[ConcernState] = mapped_column(
        EnumText(ConcernState), default=ConcernState.NEW, index=True
    )
    answer_by: Mapped[datetime]
    escalated_at: Mapped[datetime | None]
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    closed_at: Mapped[datetime | None]
    outcome: Mapped[ConcernOutcome | None] = mapped_column(EnumText(ConcernOutcome))
    words_back = sealed_text()
    match_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("match.id"), index=True)
    family_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("family.id"), index=True)
    volunteer_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("volunteer.id"), index=True)

    raised_by: Mapped[Account] = relationship(foreign_keys=[raised_by_id])
    acknowledged_by: Mapped[Account | None] = relationship(foreign_keys=[acknowledged_by_id])
    match: Mapped[Match | None] = relationship()
    family: Mapped[Family | None] = relationship()
    volunteer: Mapped[Volunteer | None] = relationship()
    events: Mapped[list[ConcernEvent]] = relationship(
        cascade="all, delete-orphan", order_by="(ConcernEvent.created_at, ConcernEvent.position)"
    )
    freezes: Mapped[list[ContactFreeze]] = relationship(
        back_populates="concern", order_by="(ContactFreeze.created_at, ContactFreeze.id)"
    )


class ConcernEvent(SchemeOwned, Created, Base):
    """One step in the life of a concern: who, when, and what they wrote."""

    __tablename__ = "concern_event"
    __key_owner__ = ("concern_id",)

    concern_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("concern.id", ondelete="CASCADE"), index=True
    )
    position: Mapped[int]
    step: Mapped[ConcernStep] = mapped_column(EnumText(ConcernStep))
    by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    note = sealed_text()
    by: Mapped[Account | None] = relationship()


class ContactFreeze(SchemeOwned, Created, Base):
    """Contact in a match stopped because of a concern, until a safeguarding lead allows it."""

    __tablename__ = "contact_freeze"

    match_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("match.id", ondelete="CASCADE"), index=True
    )
    concern_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("concern.id", ondelete="CASCADE"), index=True
    )
    stopped_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    lifted_at: Mapped[datetime | None]
    lifted_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))

    match: Mapped[Match] = relationship(back_populates="freezes")
    concern: Mapped[Concern] = relationship(back_populates="freezes")
