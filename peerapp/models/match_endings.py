"""How a match comes to its end, and who steps in while a coach is away."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from peerapp.enums import AgreementMethod, CoverState, EndReason, FamilyState, OfferSide
from peerapp.models.base import Base, Created, EnumText, SchemeOwned
from peerapp.models.people import Account
from peerapp.models.sealed import sealed_text
from peerapp.models.volunteers import Volunteer


class MatchEnding(SchemeOwned, Created, Base):
    """An ending with notice: the last session is known; the match ends by itself the day after."""

    __tablename__ = "match_ending"
    __key_owner__ = ("match.family_id",)

    match_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("match.id", ondelete="CASCADE"), index=True
    )
    last_session_on: Mapped[date]
    reason: Mapped[EndReason] = mapped_column(EnumText(EndReason))
    family_next: Mapped[FamilyState] = mapped_column(EnumText(FamilyState))
    note = sealed_text()
    short_notice = sealed_text()
    planned_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    reminded_on: Mapped[date | None]
    closed_on: Mapped[date | None]

    planned_by: Mapped[Account] = relationship(foreign_keys=[planned_by_id])


class EndSurvey(SchemeOwned, Created, Base):
    """What one of the two said after the end. ``helped`` goes from 1 (not) to 5 (very much)."""

    __tablename__ = "end_survey"
    __key_owner__ = ("match.family_id",)
    __table_args__ = (UniqueConstraint("match_id", "side"),)

    match_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("match.id", ondelete="CASCADE"))
    side: Mapped[OfferSide] = mapped_column(EnumText(OfferSide))
    helped: Mapped[int]
    ended_well: Mapped[bool]
    would_again: Mapped[bool]
    words = sealed_text()
    answered_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))


class MatchCover(SchemeOwned, Created, Base):
    """A backup coach of a match; from ``starts_on`` to ``ends_on``, both in it, they step in.

    Without those days a backup is named and knows nothing of the family yet.
    """

    __tablename__ = "match_cover"

    match_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("match.id", ondelete="CASCADE"), index=True
    )
    volunteer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("volunteer.id"), index=True)
    state: Mapped[CoverState] = mapped_column(EnumText(CoverState), default=CoverState.ARRANGED)
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    coach_agreed_how: Mapped[AgreementMethod] = mapped_column(EnumText(AgreementMethod))
    family_agreed_how: Mapped[AgreementMethod] = mapped_column(EnumText(AgreementMethod))
    arranged_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    stopped_at: Mapped[datetime | None]

    volunteer: Mapped[Volunteer] = relationship()
