"""Weekly sessions of a match: the plan, each session, notes of them, holidays and calendars."""

from __future__ import annotations

import uuid
from datetime import date, datetime, time, timedelta

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from peerapp.enums import CancelReason, NotHeldReason, SessionMood, SessionState
from peerapp.models.base import Base, Created, EnumText, SchemeOwned, utc_now
from peerapp.models.matches import Match
from peerapp.models.people import Account
from peerapp.models.sealed import sealed_text


class SessionPlan(SchemeOwned, Created, Base):
    """When the two of a match meet: a time of day in London, from a first day on.

    ``swept_at`` is when the sessions were last brought in line with it; None: to be done.
    """

    __tablename__ = "session_plan"
    __key_owner__ = ("match.family_id",)

    match_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("match.id", ondelete="CASCADE"), unique=True
    )
    first_on: Mapped[date]
    at: Mapped[time]
    minutes: Mapped[int]
    every_weeks: Mapped[int] = mapped_column(default=1)
    skips_holidays: Mapped[bool] = mapped_column(default=True)
    video_link = sealed_text()
    planned_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    swept_at: Mapped[datetime | None] = mapped_column(index=True)

    match: Mapped[Match] = relationship()
    planned_by: Mapped[Account] = relationship()


class CoachingSession(SchemeOwned, Created, Base):
    """One session. ``slot_on`` is the day that the plan had for it, even after it was moved.

    ``sequence`` and ``changed_at`` tell calendars that something about it is new.
    """

    __tablename__ = "coaching_session"
    __table_args__ = (UniqueConstraint("match_id", "slot_on"),)

    match_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("match.id", ondelete="CASCADE"), index=True
    )
    slot_on: Mapped[date | None]
    starts_at: Mapped[datetime] = mapped_column(index=True)
    minutes: Mapped[int]
    state: Mapped[SessionState] = mapped_column(
        EnumText(SessionState), default=SessionState.PLANNED, index=True
    )
    cancel_reason: Mapped[CancelReason | None] = mapped_column(EnumText(CancelReason))
    is_moved: Mapped[bool] = mapped_column(default=False)
    sequence: Mapped[int] = mapped_column(default=0)
    changed_at: Mapped[datetime] = mapped_column(default=utc_now)
    changed_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))
    reminded_at: Mapped[datetime | None]

    match: Mapped[Match] = relationship()
    changed_by: Mapped[Account | None] = relationship()
    notes: Mapped[list[SessionNote]] = relationship(
        cascade="all, delete-orphan", order_by="SessionNote.position"
    )

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + timedelta(minutes=self.minutes)


class SessionNote(SchemeOwned, Created, Base):
    """What the coach noted of a session; a correction is another row, and the last one counts."""

    __tablename__ = "session_note"
    __key_owner__ = ("session.match.family_id",)
    __table_args__ = (UniqueConstraint("session_id", "position"),)

    session_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("coaching_session.id", ondelete="CASCADE")
    )
    position: Mapped[int]
    happened: Mapped[bool]
    reason: Mapped[NotHeldReason | None] = mapped_column(EnumText(NotHeldReason))
    minutes: Mapped[int] = mapped_column(default=0)
    mood: Mapped[SessionMood | None] = mapped_column(EnumText(SessionMood))
    text = sealed_text()
    by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    by: Mapped[Account] = relationship()


class SchoolHoliday(SchemeOwned, Created, Base):
    """Days without school, both days in it; for one council of the scheme, or "" for all."""

    __tablename__ = "school_holiday"

    name: Mapped[str] = mapped_column(String(80))
    council: Mapped[str] = mapped_column(String(80), default="")
    first_on: Mapped[date] = mapped_column(index=True)
    last_on: Mapped[date]
    recorded_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))


class CalendarFeed(SchemeOwned, Created, Base):
    """A secret address at which an account's sessions can be read, kept only as a hash."""

    __tablename__ = "calendar_feed"

    account_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("account.id", ondelete="CASCADE"), index=True
    )
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    revoked_at: Mapped[datetime | None]
    account: Mapped[Account] = relationship()
