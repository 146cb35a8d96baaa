"""Training: the scheme's courses, their sessions, and who has a place on them."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from peerapp.enums import BookingState
from peerapp.models.base import Base, Created, EnumText, SchemeOwned
from peerapp.models.volunteers import Volunteer


class TrainingCourse(SchemeOwned, Created, Base):
    """A course of the scheme.

    A standard course (``enums.Course``) has a row only once a manager has changed it: until then
    ``domain.courses.STANDARD`` says what it is. ``valid_months`` None: it does not run out.
    """

    __tablename__ = "training_course"
    __table_args__ = (UniqueConstraint("scheme_id", "code"),)

    code: Mapped[str] = mapped_column(String(40))
    title: Mapped[str] = mapped_column(String(120))
    valid_months: Mapped[int | None]
    is_offered: Mapped[bool] = mapped_column(default=True)


class CourseSession(SchemeOwned, Created, Base):
    """One date of a course, in a place, by video, or both."""

    __tablename__ = "course_session"

    course: Mapped[str] = mapped_column(String(40))
    starts_at: Mapped[datetime] = mapped_column(index=True)
    minutes: Mapped[int]
    place: Mapped[str] = mapped_column(String(200), default="")
    video_link: Mapped[str] = mapped_column(String(500), default="")
    trainer: Mapped[str] = mapped_column(String(160))
    places: Mapped[int]
    created_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("account.id"))
    cancelled_at: Mapped[datetime | None]

    bookings: Mapped[list[CourseBooking]] = relationship(
        back_populates="session",
        cascade="all, delete-orphan",
        order_by="(CourseBooking.asked_at, CourseBooking.id)",
    )

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + timedelta(minutes=self.minutes)


class CourseBooking(SchemeOwned, Created, Base):
    """A volunteer's place on a session, or their turn on its waiting list, by ``asked_at``."""

    __tablename__ = "course_booking"
    __table_args__ = (UniqueConstraint("session_id", "volunteer_id"),)

    session_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("course_session.id", ondelete="CASCADE")
    )
    volunteer_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("volunteer.id", ondelete="CASCADE"), index=True
    )
    state: Mapped[BookingState] = mapped_column(EnumText(BookingState))
    asked_at: Mapped[datetime]
    marked_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("account.id"))

    session: Mapped[CourseSession] = relationship(back_populates="bookings")
    volunteer: Mapped[Volunteer] = relationship()
