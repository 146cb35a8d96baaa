"""Dates of courses: set, changed and called off by staff; who has a place on them."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from peerapp.domain import access
from peerapp.domain import courses as rules
from peerapp.enums import BookingState
from peerapp.errors import Refusal, Refused
from peerapp.models import Account, CourseBooking, CourseSession
from peerapp.services import audit, courses, messages, rows
from peerapp.services.course_places import HELD, LINK, pass_on


@dataclass(frozen=True)
class SessionValues:
    """When, how long, where, by whom, and for how many."""

    starts_at: datetime
    minutes: int
    place: str
    video_link: str
    trainer: str
    places: int


@dataclass(frozen=True)
class Dated:
    """A session with its numbers; ``is_unmarked``: it is over, and somebody is not marked."""

    session: CourseSession
    title: str
    taken: int
    waiting: int
    is_unmarked: bool

    @property
    def free(self) -> int:
        return max(0, self.session.places - self.taken)


@dataclass(frozen=True)
class Attendee:
    """A booking, and whether the reader may know whose it is."""

    booking: CourseBooking
    may_see: bool


def list_month(session: Session, month: date, now: datetime) -> list[Dated]:
    """Return the sessions of a month, in order, cancelled ones too; two queries whatever."""
    first, following = courses.month_bounds(month)
    return _list(
        session, now, CourseSession.starts_at >= first, CourseSession.starts_at < following
    )


def list_coming(session: Session, now: datetime) -> list[Dated]:
    """Return the sessions to come that are not cancelled."""
    standing = CourseSession.cancelled_at.is_(None)
    return _list(session, now, CourseSession.starts_at > now, standing)


def list_unmarked(session: Session, now: datetime) -> list[Dated]:
    """Return the sessions that are over and where somebody's attendance is not marked."""
    unmarked = CourseSession.bookings.any(CourseBooking.state == BookingState.BOOKED)
    standing = CourseSession.cancelled_at.is_(None)
    return _list(session, now, CourseSession.starts_at <= now, standing, unmarked)


def _list(session: Session, now: datetime, *conditions: object) -> list[Dated]:
    query = (
        select(CourseSession)
        .where(*conditions)  # type: ignore[arg-type]
        .options(selectinload(CourseSession.bookings))
        .order_by(CourseSession.starts_at, CourseSession.id)
    )
    names = courses.titles(session)
    return [_dated(one, names[one.course], now) for one in session.scalars(query)]


def _dated(one: CourseSession, title: str, now: datetime) -> Dated:
    is_over = one.cancelled_at is None and one.starts_at <= now
    return Dated(
        session=one,
        title=title,
        taken=rules.count_taken(one),
        waiting=len(rules.waiting_list(one)),
        is_unmarked=is_over and any(b.state == BookingState.BOOKED for b in one.bookings),
    )


def get_session_page(session: Session, session_id: uuid.UUID, now: datetime) -> Dated:
    """Return one session with its numbers.

    Raises
    ------
    NotFound
        There is no such session.
    """
    one = rows.get_row(session, CourseSession, session_id)
    return _dated(one, courses.titles(session)[one.course], now)


def list_attendees(session: Session, actor: Account, dated: CourseSession) -> Sequence[Attendee]:
    """Return who has a place or waits; of other localities' volunteers only that there is one."""
    query = (
        select(CourseBooking)
        .where(
            CourseBooking.session_id == dated.id,
            CourseBooking.state != BookingState.CANCELLED,
        )
        .options(selectinload(CourseBooking.volunteer))
        .order_by(CourseBooking.asked_at, CourseBooking.id)
    )
    found = session.scalars(query).all()
    return [Attendee(one, access.works_with_volunteer(actor, one.volunteer)) for one in found]


def add_session(
    session: Session, actor: Account, course: str, values: SessionValues, now: datetime
) -> CourseSession:
    """Set a date for a course.

    Raises
    ------
    Refused
        The date has passed, or nobody could find the way.
    """
    if not courses.get_course(session, course).is_offered:
        raise Refused([Refusal("course", "This course is not offered any more.")])
    _refuse(values, 0, now)
    dated = CourseSession(course=course, created_by_id=actor.id, **vars(values))
    session.add(dated)
    audit.record_change(session, actor, "course_session.add", dated, course=course)
    return dated


def change_session(
    session: Session,
    actor: Account,
    session_id: uuid.UUID,
    values: SessionValues,
    now: datetime,
    base_url: str,
) -> CourseSession:
    """Change a session to come; those who have a place are told when time or place changes."""
    dated = rows.lock_row(session, CourseSession, session_id)
    _refuse_past(dated, now)
    _refuse(values, rules.count_taken(dated), now)
    changed = [name for name, value in vars(values).items() if getattr(dated, name) != value]
    for name in changed:
        setattr(dated, name, getattr(values, name))
    if set(changed) & {"starts_at", "minutes", "place", "video_link"}:
        _tell(session, dated, base_url)
    if changed:
        audit.record_change(session, actor, "course_session.change", dated, fields=changed)
    pass_on(session, actor, dated, now, base_url)
    return dated


def cancel_session(
    session: Session, actor: Account, session_id: uuid.UUID, now: datetime, base_url: str
) -> CourseSession:
    """Call a session off: all places are given up, and everybody is told. Twice is once."""
    dated = rows.lock_row(session, CourseSession, session_id)
    if dated.cancelled_at is not None:
        return dated
    _refuse_past(dated, now)
    _tell(session, dated, base_url)
    for booking in dated.bookings:
        if booking.state in HELD:
            booking.state = BookingState.CANCELLED
    dated.cancelled_at = now
    audit.record_change(session, actor, "course_session.cancel", dated)
    return dated


def _tell(session: Session, dated: CourseSession, base_url: str) -> None:
    for booking in dated.bookings:
        if booking.state in HELD:
            messages.queue_notice(session, booking.volunteer.account, f"{base_url}{LINK}")


def _refuse(values: SessionValues, taken: int, now: datetime) -> None:
    refusals = rules.session_refusals(
        values.starts_at, values.place, values.video_link, values.places, taken, now
    )
    if refusals:
        raise Refused(refusals)


def _refuse_past(dated: CourseSession, now: datetime) -> None:
    if dated.cancelled_at is not None:
        raise Refused([Refusal("session_cancelled", "The session is cancelled.")])
    if dated.starts_at <= now:
        raise Refused([Refusal("session_over", "The session has started already.")])
