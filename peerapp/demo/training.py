"""Made-up training, signatures, breaks and reviews, by the same services that people use."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from itertools import cycle, islice

from sqlalchemy import select
from sqlalchemy.orm import Session

from peerapp.enums import (
    BookingState,
    Course,
    PauseReason,
    ReviewOutcome,
    VolunteerState,
)
from peerapp.models import Account, AgreementText, CourseSession, Volunteer
from peerapp.services import (
    breaks,
    course_places,
    course_sessions,
    courses,
    probation,
    training,
    volunteer_agreements,
)
from peerapp.services.course_sessions import SessionValues
from peerapp.services.probation import ReviewDetails
from peerapp.wording_agreement import FIRST_TEXT

BASE_URL = "http://127.0.0.1"
S = VolunteerState
SECOND_TEXT = FIRST_TEXT.replace(
    "- insure me while I volunteer",
    "- insure me while I volunteer, and while I travel to a family",
)
DATES = (
    (-40, Course.SAFEGUARDING, "Chippenham Town Hall", 12),
    (-6, Course.LONE_WORKING, "Trowbridge Library, room 2", 8),
    (5, Course.DOMESTIC_ABUSE_AWARENESS, "", 15),
    (9, Course.DATA_PROTECTION, "Devizes Corn Exchange", 10),
    (16, Course.SAFEGUARDING, "Dunstable Centre", 3),
    (23, Course.BOUNDARIES, "Salisbury Guildhall", 12),
    (30, Course.DOMESTIC_ABUSE, "", 12),
    (37, Course.SEND, "Leighton Buzzard Library", 10),
)
"""Days from today, course, place (none: by video) and places of each session."""


class Trainer:
    """Fills the calendar, and what hangs on it."""

    def __init__(self, session: Session, manager: Account, today: date) -> None:
        self.session = session
        self.manager = manager
        self.today = today

    def build(self) -> None:
        """Plan sessions, have some attended, agreements signed, breaks planned, reviews held."""
        self._hold_sessions()
        self._sign_agreements()
        self._plan_breaks()
        self._review_probation()

    def _in(self, *states: VolunteerState) -> Sequence[Volunteer]:
        query = select(Volunteer).where(Volunteer.state.in_(states)).order_by(Volunteer.id)
        return self.session.scalars(query).all()

    def _hold_sessions(self) -> None:
        """Book those in training and some coaches; the third session is full, with a list."""
        people = cycle(self._in(S.VETTING, S.TRAINING, S.PROBATION, S.ACTIVE)[:12])
        for days, course, place, places in DATES:
            starts_at = courses.at_london(self.today + timedelta(days=days), time(10))
            link = "" if place else "https://video.example.org/training"
            values = SessionValues(starts_at, 150, place, link, "Jo Harper", places)
            now = min(starts_at - timedelta(days=30), courses.at_london(self.today, time(8)))
            one = course_sessions.add_session(self.session, self.manager, course, values, now)
            self.session.flush()
            for number, person in enumerate(islice(people, 5)):
                asked = now + timedelta(hours=number)
                course_places.book(self.session, person.account, one.id, asked)
            if days < -30:
                self._mark(one, starts_at + timedelta(days=1))

    def _mark(self, one: CourseSession, now: datetime) -> None:
        """All came but the last."""
        bookings = [booking.id for booking in one.bookings]
        marks = dict.fromkeys(bookings[:-1], BookingState.ATTENDED)
        marks[bookings[-1]] = BookingState.MISSED
        training.mark_attendance(self.session, self.manager, one.id, marks, now, self.today)

    def _sign_agreements(self) -> None:
        """Let every other coach sign the version before last, and half of those the last."""
        first = self._publish(FIRST_TEXT, self.today - timedelta(days=200), None)
        coaches = self._in(S.PROBATION, S.ACTIVE)[::2]
        for coach in coaches:
            self._sign(coach, first.id, self.today - timedelta(days=150))
        asked = self.today - timedelta(days=10)
        second = self._publish(SECOND_TEXT, asked, self.today + timedelta(days=18))
        for coach in coaches[::2]:
            self._sign(coach, second.id, self.today - timedelta(days=3))

    def _publish(self, body: str, day: date, until: date | None) -> AgreementText:
        return volunteer_agreements.publish(self.session, self.manager, body, until, day, BASE_URL)

    def _sign(self, coach: Volunteer, text_id: uuid.UUID, day: date) -> None:
        now = courses.at_london(day, time(19))
        who = coach.account, text_id, coach.name
        volunteer_agreements.sign(self.session, *who, now, day)

    def _plan_breaks(self) -> None:
        days = ((8, 21, PauseReason.HOLIDAY), (3, None, PauseReason.ILLNESS))
        for (first, last, reason), coach in zip(days, self._in(S.ACTIVE)[-2:], strict=False):
            starts_on = self.today + timedelta(days=first)
            ends_on = self.today + timedelta(days=last) if last else None
            given = reason, starts_on, ends_on, ""
            breaks.plan_own(self.session, coach.account, *given, self.today, BASE_URL)

    def _review_probation(self) -> None:
        """Let few reviews be overdue, and extend the probation of one of those."""
        overdue = [one for one in self._in(S.PROBATION) if probation.due_on(one) < self.today]
        for number, coach in enumerate(overdue[1:]):
            coach.probation_review_due = self.today + timedelta(weeks=2 * number - 1)
        for coach in overdue[:1]:
            details = ReviewDetails(
                ReviewOutcome.EXTENDED,
                self.today,
                "Has met the family twice only. We talk again when there is more to go by.",
                self.today + timedelta(weeks=6),
            )
            probation.review(self.session, self.manager, coach.id, details, self.today)
