"""Matches and what keeps a family and a coach apart."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from peerapp.enums import Consequence, DeclineReason, EndReason, MatchState
from peerapp.models.base import Base, Created, EnumText, SchemeOwned
from peerapp.models.families import Family
from peerapp.models.match_endings import EndSurvey, MatchCover, MatchEnding
from peerapp.models.match_offers import FirstVisit, MatchOffer
from peerapp.models.matching_runs import MatchingRun
from peerapp.models.people import Account
from peerapp.models.sealed import sealed_json, sealed_text
from peerapp.models.volunteers import Volunteer

if TYPE_CHECKING:
    from peerapp.models.concerns import ContactFreeze

_HOLDS_FAMILY = text("state IN ('approved', 'introduced', 'active', 'paused')")


class Match(SchemeOwned, Created, Base):
    """A family and a coach, from proposal to end.

    ``explanation`` is why the solver chose, ``snapshot`` what it saw of the two;
    ``family_version`` and ``volunteer_version`` are the versions of both records at that moment.
    """

    __tablename__ = "match"
    __key_owner__ = ("family_id",)
    __table_args__ = (
        Index(
            "uq_match_live_family",
            "family_id",
            unique=True,
            sqlite_where=_HOLDS_FAMILY,
            postgresql_where=_HOLDS_FAMILY,
        ),
    )

    run_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("matching_run.id"), index=True)
    family_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("family.id"), index=True)
    volunteer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("volunteer.id"), index=True)
    state: Mapped[MatchState] = mapped_column(
        EnumText(MatchState), default=MatchState.PROPOSED, index=True
    )
    state_since: Mapped[datetime]
    slot: Mapped[str] = mapped_column(String(20))
    mode: Mapped[str] = mapped_column(String(12))
    distance_m: Mapped[int]
    cost: Mapped[int]
    explanation: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    snapshot = sealed_json(dict, erased={})
    family_version: Mapped[int]
    volunteer_version: Mapped[int]
    approved_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    approved_at: Mapped[datetime | None]
    first_visit_on: Mapped[date | None]
    ended_on: Mapped[date | None]
    decline_reason: Mapped[DeclineReason | None] = mapped_column(EnumText(DeclineReason))
    end_reason: Mapped[EndReason | None] = mapped_column(EnumText(EndReason))

    run: Mapped[MatchingRun | None] = relationship()
    family: Mapped[Family] = relationship()
    volunteer: Mapped[Volunteer] = relationship()
    approved_by: Mapped[Account | None] = relationship()
    freezes: Mapped[list[ContactFreeze]] = relationship(
        back_populates="match", order_by="(ContactFreeze.created_at, ContactFreeze.id)"
    )
    events: Mapped[list[MatchEvent]] = relationship(
        cascade="all, delete-orphan",
        order_by="(MatchEvent.created_at, MatchEvent.position)",
    )
    offers: Mapped[list[MatchOffer]] = relationship(
        cascade="all, delete-orphan", order_by="(MatchOffer.created_at, MatchOffer.side)"
    )
    first_visits: Mapped[list[FirstVisit]] = relationship(
        cascade="all, delete-orphan", order_by="(FirstVisit.created_at, FirstVisit.id)"
    )
    endings: Mapped[list[MatchEnding]] = relationship(
        cascade="all, delete-orphan", order_by="(MatchEnding.created_at, MatchEnding.id)"
    )
    surveys: Mapped[list[EndSurvey]] = relationship(
        cascade="all, delete-orphan", order_by="(EndSurvey.created_at, EndSurvey.side)"
    )
    covers: Mapped[list[MatchCover]] = relationship(
        cascade="all, delete-orphan", order_by="(MatchCover.created_at, MatchCover.id)"
    )


class MatchEvent(SchemeOwned, Created, Base):
    """One step in the life of a match: who, when, why."""

    __tablename__ = "match_event"
    __key_owner__ = ("match.family_id",)

    match_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("match.id", ondelete="CASCADE"), index=True
    )
    position: Mapped[int]
    from_state: Mapped[MatchState | None] = mapped_column(EnumText(MatchState))
    to_state: Mapped[MatchState] = mapped_column(EnumText(MatchState))
    by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    reason: Mapped[str] = mapped_column(String(60), default="")
    note = sealed_text()
    by: Mapped[Account | None] = relationship()


class Exclusion(SchemeOwned, Created, Base):
    """A family and a coach who may not be matched: for good, or until a day (exclusive)."""

    __tablename__ = "exclusion"

    family_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("family.id", ondelete="CASCADE"), index=True
    )
    volunteer_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("volunteer.id", ondelete="CASCADE"), index=True
    )
    consequence: Mapped[Consequence] = mapped_column(EnumText(Consequence))
    until: Mapped[date | None]
    reason: Mapped[str] = mapped_column(String(60))
    recorded_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
