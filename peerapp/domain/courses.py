"""Training courses: how long they count, and who may book, cancel or be marked when."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from peerapp.domain.certificates import add_months
from peerapp.enums import BookingState, Course, VolunteerState
from peerapp.errors import Refusal
from peerapp.models import CourseBooking, CourseSession, Scheme, Volunteer
from peerapp.vocabulary import label

STANDARD = {course.value: course for course in Course}
STANDARD_MONTHS = dict.fromkeys(Course, 36) | {Course.DATA_PROTECTION: 12}
"""How long a standard course counts until a manager says otherwise."""

HOLDS_PLACE = frozenset({BookingState.BOOKED, BookingState.ATTENDED, BookingState.MISSED})
MAY_TRAIN = frozenset(VolunteerState) - {
    VolunteerState.ENQUIRY,
    VolunteerState.DECLINED,
    VolunteerState.WITHDRAWN,
    VolunteerState.LEFT,
}
"""States in which a volunteer may book: from the application on, a break or a hold included."""


def last_day(completed_on: date, valid_months: int | None) -> date | None:
    """Return the last day on which a course counts; None if it does not run out.

    Three years from 10 March 2026 end with 9 March 2029: on 10 March it has to be done again.
    """
    if valid_months is None:
        return None
    return add_months(completed_on, valid_months) - timedelta(days=1)


def title_of(scheme: Scheme, code: str) -> str:
    """Return what a course of the scheme is called."""
    for row in scheme.training_courses:
        if row.code == code:
            return row.title
    return standard_title(code)


def standard_title(code: str) -> str:
    """Return what a standard course is called; another one after its code."""
    if code in STANDARD:
        return label(STANDARD[code])
    return code.replace("_", " ").capitalize()


def code_of(title: str) -> str:
    """Return the code of a new course: its title in small letters, at most 40 of them."""
    return re.sub(r"[^a-z0-9]+", "_", title.lower()).strip("_")[:40].strip("_")


def count_taken(session: CourseSession) -> int:
    """Return how many places of a session are taken."""
    return sum(booking.state in HOLDS_PLACE for booking in session.bookings)


def waiting_list(session: CourseSession) -> list[CourseBooking]:
    """Return who waits for a place, first come first."""
    return [one for one in session.bookings if one.state == BookingState.WAITING]


def booking_refusals(
    volunteer: Volunteer, session: CourseSession, is_offered: bool, now: datetime
) -> list[Refusal]:
    """Say why a volunteer may not ask for a place; a full session has a waiting list."""
    if volunteer.state not in MAY_TRAIN:
        return [Refusal("not_applied", "Send us your application first. Then you can book.")]
    if session.cancelled_at is not None:
        return [Refusal("session_cancelled", "This session is cancelled. Choose another one.")]
    if session.starts_at <= now:
        return [Refusal("session_over", "This session has started already. Choose another one.")]
    if not is_offered:
        return [Refusal("not_offered", "This course is not offered any more.")]
    return []


def session_refusals(
    starts_at: datetime, place: str, video_link: str, places: int, taken: int, now: datetime
) -> list[Refusal]:
    """Say what is wrong with a session; the codes name the fields of its form."""
    checks = [
        (starts_at <= now, "on", "The session must be in the future."),
        (not place and not video_link, "place", "Enter a place, a video link, or both."),
        (
            bool(video_link) and not video_link.startswith("https://"),
            "video_link",
            "The video link must start with https://",
        ),
        (places < taken, "places", f"{taken} places are booked already."),
    ]
    return [Refusal(code, message) for wrong, code, message in checks if wrong]


def marking_refusals(session: CourseSession, now: datetime) -> list[Refusal]:
    """Say why attendance cannot be marked yet, or at all."""
    if session.cancelled_at is not None:
        return [Refusal("session_cancelled", "The session was cancelled.")]
    if session.starts_at > now:
        return [Refusal("not_started", "The session has not started yet.")]
    return []


def next_in_line(session: CourseSession) -> Sequence[CourseBooking]:
    """Return those on the waiting list for whom there is a place now."""
    return waiting_list(session)[: max(0, session.places - count_taken(session))]
