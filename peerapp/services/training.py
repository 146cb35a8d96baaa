"""What becomes of training: attendance, courses done online or elsewhere, what runs out."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from peerapp.clock import LONDON
from peerapp.domain import access
from peerapp.domain import courses as rules
from peerapp.domain.vetting import courses_in_date
from peerapp.enums import BookingState, TrainingMethod
from peerapp.errors import NotFound, Refusal, Refused
from peerapp.models import Account, CourseBooking, CourseSession, TrainingRecord, Volunteer
from peerapp.services import audit, course_sessions, courses, gates, rows, volunteers
from peerapp.services.course_places import HELD
from peerapp.services.course_sessions import Dated
from peerapp.services.courses import CourseEntry

MARKS = frozenset({BookingState.BOOKED, BookingState.ATTENDED, BookingState.MISSED})
"""What may be said of somebody who had a place; booked: nothing yet."""

RENEW_WITHIN = timedelta(days=120)
"""How long before its end dates of a course are offered again."""


@dataclass(frozen=True)
class OwnCourse:
    """A course as a volunteer sees it.

    Attributes
    ----------
    until
        Last day on which what they did counts; None where it does not count or not run out.
    place
        Their place on a session to come, or their turn on its waiting list.
    dates
        Sessions to come that they could ask for instead.
    """

    course: CourseEntry
    is_in_date: bool
    until: date | None
    place: CourseBooking | None
    turn: int
    dates: Sequence[Dated]


def mark_attendance(
    session: Session,
    actor: Account,
    session_id: uuid.UUID,
    marks: Mapping[uuid.UUID, BookingState],
    now: datetime,
    today: date,
) -> CourseSession:
    """Mark who came. Who came has done the course; taken back, they have not.

    Parameters
    ----------
    marks
        By the id of a booking: attended, missed, or booked where it is not known (any more).

    Raises
    ------
    NotFound
        A booking is not of this session, or of a volunteer whom the actor may not know of.
    Refused
        The session has not started, or was cancelled.
    """
    dated = rows.get_row(session, CourseSession, session_id)
    wanted = {one.volunteer_id: one.id for one in dated.bookings if one.id in marks}
    if len(wanted) != len(marks) or not set(marks.values()) <= MARKS:
        raise NotFound("there is no such booking")
    for volunteer_id in sorted(wanted):
        volunteer = rows.lock_row(session, Volunteer, volunteer_id)
        if not access.works_with_volunteer(actor, volunteer):
            raise NotFound("there is no such booking")
    dated = rows.lock_row(session, CourseSession, session_id)
    refusals = rules.marking_refusals(dated, now)
    if refusals:
        raise Refused(refusals)
    course = courses.get_course(session, dated.course)
    for booking in [one for one in dated.bookings if one.id in marks]:
        if booking.state in MARKS and booking.state != marks[booking.id]:
            _mark(session, actor, booking, marks[booking.id], course, today)
    return dated


def _mark(
    session: Session,
    actor: Account,
    booking: CourseBooking,
    state: BookingState,
    course: CourseEntry,
    today: date,
) -> None:
    volunteer = booking.volunteer
    booking.state = state
    booking.marked_by_id = None if state == BookingState.BOOKED else actor.id
    for record in [one for one in volunteer.training if one.session_id == booking.session_id]:
        volunteer.training.remove(record)
    if state == BookingState.ATTENDED:
        volunteer.training.append(_record_of(booking, course, actor))
    audit.record_change(session, actor, "course_booking.set", booking, state=state.value)
    volunteers.settle(session, actor, volunteer, today, "training_changed")


def _record_of(booking: CourseBooking, course: CourseEntry, actor: Account) -> TrainingRecord:
    day = booking.session.starts_at.astimezone(LONDON).date()
    return TrainingRecord(
        course=course.code,
        completed_on=day,
        valid_until=rules.last_day(day, course.valid_months),
        method=TrainingMethod.SESSION,
        session_id=booking.session_id,
        recorded_by_id=actor.id,
    )


def record_by_hand(
    session: Session,
    actor: Account,
    volunteer_id: uuid.UUID,
    code: str,
    completed_on: date,
    method: TrainingMethod,
    evidence: str,
    valid_until: date | None,
    today: date,
) -> Volunteer:
    """Record a course that was done online or elsewhere, with what shows it.

    Parameters
    ----------
    evidence
        What was seen, such as a certificate and its number; never empty.
    valid_until
        Last day on which it counts; None: as long as the course counts from that day. It may be
        sooner than that, never later.
    """
    course = courses.get_course(session, code)
    latest = rules.last_day(completed_on, course.valid_months)
    if not evidence.strip():
        raise Refused([Refusal("evidence", "Say what you have seen, such as a certificate.")])
    if valid_until is not None and latest is not None and valid_until > latest:
        message = f"This course counts for {course.valid_months} months. Enter an earlier day."
        raise Refused([Refusal("valid_until", message)])
    return gates.record_training(
        session,
        actor,
        volunteer_id,
        code,
        completed_on,
        valid_until or latest,
        today,
        method=method,
        evidence=evidence.strip(),
    )


def find_by_hand(volunteer: Volunteer, record_id: uuid.UUID) -> TrainingRecord:
    """Return a course of a volunteer that was recorded by hand.

    Raises
    ------
    NotFound
        There is no such record, or it came from a session: then the attendance is marked anew.
    """
    for record in volunteer.training:
        if record.id == record_id and record.session_id is None:
            return record
    raise NotFound("there is no such training record")


def take_back(
    session: Session, actor: Account, volunteer_id: uuid.UUID, record_id: uuid.UUID, today: date
) -> Volunteer:
    """Take back a course that was recorded by hand by mistake."""
    volunteer = volunteers.lock_volunteer(session, actor, volunteer_id)
    record = find_by_hand(volunteer, record_id)
    volunteer.training.remove(record)
    audit.record_change(
        session, actor, "volunteer.remove_training", volunteer, course=record.course
    )
    volunteers.settle(session, actor, volunteer, today, "training_changed")
    return volunteer


def list_own(session: Session, volunteer: Volunteer, now: datetime, today: date) -> list[OwnCourse]:
    """Return the courses a volunteer needs or can do, the missing core courses first."""
    coming = course_sessions.list_coming(session, now)
    held = courses_in_date(volunteer, today)
    places = {one.session.course: one for one in _places(session, volunteer, now)}
    own = []
    for course in courses.list_courses(session):
        dates = [one for one in coming if one.session.course == course.code]
        place = places.get(course.code)
        if course.is_core or dates or place or course.code in held:
            own.append(_own_course(volunteer, course, held, place, dates, today))
    return sorted(own, key=lambda one: (one.is_in_date, not one.course.is_core))


def may_book(volunteer: Volunteer) -> bool:
    """Say whether the volunteer is far enough to book."""
    return volunteer.state in rules.MAY_TRAIN


def _own_course(
    volunteer: Volunteer,
    course: CourseEntry,
    held: frozenset[str],
    place: CourseBooking | None,
    dates: Sequence[Dated],
    today: date,
) -> OwnCourse:
    other = [one for one in dates if place is None or one.session.id != place.session_id]
    waiting = rules.waiting_list(place.session) if place else []
    return OwnCourse(
        course=course,
        is_in_date=course.code in held,
        until=in_date_until(volunteer, course.code, today),
        place=place,
        turn=waiting.index(place) + 1 if place in waiting else 0,
        dates=other if course.is_offered and _is_wanted(volunteer, course.code, today) else [],
    )


def _is_wanted(volunteer: Volunteer, code: str, today: date) -> bool:
    """Say whether to offer dates: not while a course counts for a good while yet."""
    if code not in courses_in_date(volunteer, today):
        return True
    last = in_date_until(volunteer, code, today)
    return last is not None and last <= today + RENEW_WITHIN


def in_date_until(volunteer: Volunteer, code: str, today: date) -> date | None:
    """Return the last day on which a course counts by its best record; None: not, or for ever."""
    counting = [one for one in volunteer.training if one.course == code]
    counting = [one for one in counting if one.completed_on <= today]
    days = [one.valid_until for one in counting]
    return None if None in days or not days else max(day for day in days if day)


def _places(session: Session, volunteer: Volunteer, now: datetime) -> Sequence[CourseBooking]:
    query = (
        select(CourseBooking)
        .join(CourseBooking.session)
        .where(
            CourseBooking.volunteer_id == volunteer.id,
            CourseBooking.state.in_(HELD),
            CourseSession.starts_at > now,
        )
        .options(joinedload(CourseBooking.session).selectinload(CourseSession.bookings))
        .order_by(CourseSession.starts_at, CourseBooking.id)
    )
    return session.scalars(query).unique().all()
