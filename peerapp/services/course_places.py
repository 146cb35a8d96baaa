"""Places on training sessions: asked for, given up, passed on to who waits.

A place is given under the lock of the session's row, taken after the volunteer's: two who ask for
the last one in the same moment get it one after the other.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from peerapp.domain import courses as rules
from peerapp.enums import BookingState
from peerapp.errors import NotFound, Refusal, Refused
from peerapp.models import Account, CourseBooking, CourseSession, Volunteer
from peerapp.services import audit, courses, messages, rows, volunteers

HELD = (BookingState.BOOKED, BookingState.WAITING)
LINK = "/volunteer/training/"


def book(session: Session, actor: Account, session_id: uuid.UUID, now: datetime) -> CourseBooking:
    """Give the actor a place, or a turn on the waiting list; asked twice, it is the same one.

    Raises
    ------
    Refused
        The session is over or cancelled, or they hold a place on another one of the course.
    """
    return _book(session, actor, volunteers.lock_own(session, actor), session_id, now)


def book_for(
    session: Session,
    actor: Account,
    volunteer_id: uuid.UUID,
    session_id: uuid.UUID,
    now: datetime,
) -> CourseBooking:
    """Give a volunteer who asked by phone a place, under the same rules."""
    volunteer = volunteers.lock_volunteer(session, actor, volunteer_id)
    return _book(session, actor, volunteer, session_id, now)


def _book(
    session: Session, actor: Account, volunteer: Volunteer, session_id: uuid.UUID, now: datetime
) -> CourseBooking:
    dated = rows.lock_row(session, CourseSession, session_id)
    course = courses.get_course(session, dated.course)
    refusals = rules.booking_refusals(volunteer, dated, course.is_offered, now)
    if refusals:
        raise Refused(refusals)
    booking = find_booking(dated, volunteer)
    if booking is not None and booking.state in HELD:
        return booking
    _refuse_second_place(session, volunteer, dated, now)
    is_full = rules.count_taken(dated) >= dated.places or bool(rules.waiting_list(dated))
    if booking is None:
        booking = CourseBooking(volunteer_id=volunteer.id)
        dated.bookings.append(booking)
    booking.state = BookingState.WAITING if is_full else BookingState.BOOKED
    booking.asked_at = now
    booking.marked_by_id = None
    _record(session, actor, booking)
    return booking


def find_booking(dated: CourseSession, volunteer: Volunteer) -> CourseBooking | None:
    """Return the volunteer's booking of a session, whatever became of it."""
    found = [one for one in dated.bookings if one.volunteer_id == volunteer.id]
    return found[0] if found else None


def _refuse_second_place(
    session: Session, volunteer: Volunteer, dated: CourseSession, now: datetime
) -> None:
    query = (
        select(CourseBooking.id)
        .join(CourseSession, CourseBooking.session_id == CourseSession.id)
        .where(
            CourseBooking.volunteer_id == volunteer.id,
            CourseBooking.state.in_(HELD),
            CourseSession.course == dated.course,
            CourseSession.starts_at > now,
            CourseSession.id != dated.id,
        )
    )
    if session.scalars(query).first() is not None:
        message = "There is a place on another date of this course already. Cancel that one first."
        raise Refused([Refusal("has_other_place", message)])


def cancel(
    session: Session, actor: Account, session_id: uuid.UUID, now: datetime, base_url: str
) -> CourseBooking:
    """Give the actor's place up; whoever waits longest gets it and is told."""
    volunteer = volunteers.lock_own(session, actor)
    dated = rows.lock_row(session, CourseSession, session_id)
    booking = find_booking(dated, volunteer)
    if booking is None:
        raise NotFound("there is no such booking")
    if booking.state not in HELD:
        return booking
    if dated.starts_at <= now:
        raise Refused([Refusal("session_over", "The session has started already.")])
    booking.state = BookingState.CANCELLED
    _record(session, actor, booking)
    pass_on(session, actor, dated, now, base_url)
    return booking


def pass_on(
    session: Session, actor: Account | None, dated: CourseSession, now: datetime, base_url: str
) -> list[CourseBooking]:
    """Give free places of a locked session to who waits, first come first, and tell them."""
    if dated.cancelled_at is not None or dated.starts_at <= now:
        return []
    served = list(rules.next_in_line(dated))
    for booking in served:
        booking.state = BookingState.BOOKED
        messages.queue_notice(session, booking.volunteer.account, f"{base_url}{LINK}")
        _record(session, actor, booking)
    return served


def release_places(
    session: Session, actor: Account | None, volunteer: Volunteer, now: datetime
) -> None:
    """Give up all that a locked volunteer holds on sessions to come: their record is closed.

    The sweep passes the places on, and tells who gets them.
    """
    for session_id in list_held(session, volunteer, now):
        dated = rows.lock_row(session, CourseSession, session_id)
        booking = find_booking(dated, volunteer)
        if booking is not None and booking.state in HELD:
            booking.state = BookingState.CANCELLED
            _record(session, actor, booking)


def list_waited_for(session: Session, now: datetime) -> Sequence[uuid.UUID]:
    """Return the sessions to come for which somebody waits although there is a free place."""
    query = (
        select(CourseSession)
        .where(
            CourseSession.starts_at > now,
            CourseSession.cancelled_at.is_(None),
            CourseSession.bookings.any(CourseBooking.state == BookingState.WAITING),
        )
        .options(selectinload(CourseSession.bookings))
        .order_by(CourseSession.id)
    )
    return [one.id for one in session.scalars(query) if rules.next_in_line(one)]


def pass_on_free(
    session: Session, session_id: uuid.UUID, now: datetime, base_url: str
) -> list[CourseBooking]:
    """Pass free places of a session on that nobody passed on yet."""
    dated = rows.lock_row(session, CourseSession, session_id)
    return pass_on(session, None, dated, now, base_url)


def list_held(session: Session, volunteer: Volunteer, now: datetime) -> Sequence[uuid.UUID]:
    """Return the sessions to come on which a volunteer has a place or waits, in one order."""
    query = (
        select(CourseSession.id)
        .join(CourseBooking, CourseBooking.session_id == CourseSession.id)
        .where(
            CourseBooking.volunteer_id == volunteer.id,
            CourseBooking.state.in_(HELD),
            CourseSession.starts_at > now,
        )
        .order_by(CourseSession.id)
    )
    return session.scalars(query).all()


def _record(session: Session, actor: Account | None, booking: CourseBooking) -> None:
    session.flush()
    audit.record_change(session, actor, "course_booking.set", booking, state=booking.state.value)
