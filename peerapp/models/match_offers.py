"""Offers of a match to the coach and to the family, and the first visit that follows."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from peerapp.enums import AgreementMethod, DeclineReason, OfferAnswer, OfferSide, VisitState
from peerapp.models.base import Base, Created, EnumText, SchemeOwned
from peerapp.models.people import Account
from peerapp.models.sealed import sealed_text


class MatchOffer(SchemeOwned, Created, Base):
    """A proposal put to one of the two: until when, and what came back.

    ``answer_by`` is the last day on which it can be answered. ``answered_by`` is the person
    asked, or the coordinator to whom they said it; ``answered_how`` tells which.
    """

    __tablename__ = "match_offer"
    __table_args__ = (UniqueConstraint("match_id", "side"),)

    match_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("match.id", ondelete="CASCADE"))
    side: Mapped[OfferSide] = mapped_column(EnumText(OfferSide))
    answer: Mapped[OfferAnswer] = mapped_column(
        EnumText(OfferAnswer), default=OfferAnswer.WAITING, index=True
    )
    answer_by: Mapped[date]
    made_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    answered_at: Mapped[datetime | None]
    answered_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    answered_how: Mapped[AgreementMethod | None] = mapped_column(EnumText(AgreementMethod))
    reason: Mapped[DeclineReason | None] = mapped_column(EnumText(DeclineReason))
    reminded_on: Mapped[date | None]

    made_by: Mapped[Account | None] = relationship(foreign_keys=[made_by_id])
    answered_by: Mapped[Account | None] = relationship(foreign_keys=[answered_by_id])


class FirstVisit(SchemeOwned, Created, Base):
    """A first visit as it was planned; where it is held is nobody's business but theirs."""

    __tablename__ = "first_visit"
    __key_owner__ = ("match.family_id",)

    match_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("match.id", ondelete="CASCADE"), index=True
    )
    starts_at: Mapped[datetime]
    staff_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    state: Mapped[VisitState] = mapped_column(EnumText(VisitState), default=VisitState.PLANNED)
    note = sealed_text()
    planned_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    reminded_on: Mapped[date | None]

    staff: Mapped[Account] = relationship(foreign_keys=[staff_id])
    planned_by: Mapped[Account] = relationship(foreign_keys=[planned_by_id])
