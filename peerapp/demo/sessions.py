"""Sessions of the county's running matches: planned, noted, missed, claimed, all by services."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from peerapp.clock import LONDON
from peerapp.domain.expenses import ClaimDetails
from peerapp.domain.session_access import coach_on
from peerapp.domain.session_plans import PlanDetails, first_day, slot_start
from peerapp.domain.sessions import NoteDetails
from peerapp.enums import (
    CancelReason,
    ExpenseKind,
    MatchState,
    NotHeldReason,
    SessionMood,
    SessionState,
)
from peerapp.models import Account, CoachingSession, Match
from peerapp.services import (
    expense_exports,
    expenses,
    school_holidays,
    session_changes,
    session_notes,
    session_plans,
)
from peerapp.services.staff_of import coordinators_of

BASE_URL = "http://127.0.0.1"
WEEKS_BACK = 6
MOODS = tuple(SessionMood)
NOTES = (
    "We went through the letters together and rang the school.",
    "A good talk about mornings. They want to try the picture chart.",
    "Hard day. We walked to the park and left the forms for next week.",
    "",
)
HOLIDAYS = (
    ("Christmas holidays", (12, 21), 14),
    ("February half-term", (2, 15), 5),
    ("Easter holidays", (3, 29), 12),
    ("May half-term", (5, 31), 5),
    ("Summer holidays", (7, 22), 41),
    ("Autumn half-term", (10, 25), 5),
)
"""Name, month and day of the first day, and how many days."""


class SessionMaker:
    """Gives running matches some weeks of sessions behind them and some before them."""

    def __init__(
        self,
        session: Session,
        manager: Account,
        coordinator_of: Callable[[Match], Account],
        today: date,
    ) -> None:
        self.session = session
        self.manager = manager
        self.coordinator_of = coordinator_of
        self.today = today
        self.now = datetime.combine(today, time(12), LONDON)
        self.to_approve: list[tuple[Account, uuid.UUID]] = []

    def build(self) -> None:
        """Make the holidays of a year, then the sessions of all matches but the last introduced."""
        self._make_holidays()
        states = (MatchState.ACTIVE, MatchState.INTRODUCED)
        query = select(Match).where(Match.state.in_(states)).order_by(Match.state, Match.id)
        running = self.session.scalars(query).all()
        for number, match in enumerate(running[:-1] if len(running) > 1 else running):
            self._make_sessions(match, number)
        if self.to_approve:
            expense_exports.make(self.session, self.manager)
        for staff, claim_id in self.to_approve:
            self._approve(staff, claim_id)

    def _make_holidays(self) -> None:
        for name, (month, day), days in HOLIDAYS:
            first = date(self.today.year, month, day)
            if first < self.today:
                first = date(self.today.year + 1, month, day)
            last = first + timedelta(days=days - 1)
            school_holidays.add(self.session, self.manager, name, "", first, last)

    def _make_sessions(self, match: Match, number: int) -> None:
        is_active = match.state == MatchState.ACTIVE
        begun = self.today - timedelta(weeks=WEEKS_BACK) if is_active else self.today
        first_on = first_day(match.slot, begun + timedelta(days=1))
        link = "https://video.example.org/family-room" if match.mode == "remote" else ""
        details = PlanDetails(first_on, slot_start(match.slot), 120, 1, True, link)
        then = datetime.combine(begun, time(12), LONDON)
        staff = self.coordinator_of(match)
        session_plans.save_plan(self.session, staff, match.id, details, then, BASE_URL)
        if is_active:
            self._note(match, number)
        plan = session_plans.find_plan(self.session, match.id)
        if plan is not None:
            session_plans.sync(self.session, plan, self.now)

    def _note(self, match: Match, number: int) -> None:
        """Note what has been: every third match missed the last two, every fourth forgets one."""
        past = self._past(match)
        for position, one in enumerate(past):
            left = len(past) - position
            if number % 3 == 1 and left <= 2:
                reason = NotHeldReason.FAMILY_NOT_THERE
                self._record(match, one, NoteDetails(False, reason=reason))
            elif number % 4 or left > 1:
                mood, text = MOODS[(number + position) % 3], NOTES[(number + position) % 4]
                self._record(match, one, NoteDetails(True, None, 120 - 15 * (left % 3), mood, text))
        if past and match.mode != "remote":
            self._claim(match, past)
        if past:
            self._call_off_next(match, number)

    def _past(self, match: Match) -> Sequence[CoachingSession]:
        query = select(CoachingSession).where(
            CoachingSession.match_id == match.id,
            CoachingSession.state == SessionState.PLANNED,
            CoachingSession.starts_at < self.now - timedelta(hours=6),
        )
        return self.session.scalars(query.order_by(CoachingSession.starts_at)).all()

    def _record(self, match: Match, one: CoachingSession, note: NoteDetails) -> None:
        coach = match.volunteer.account
        session_notes.record(self.session, coach, one.id, note, one.ends_at, BASE_URL)

    def _claim(self, match: Match, past: Sequence[CoachingSession]) -> None:
        """Claim the way to three sessions: one will be paid, one approved, one waits."""
        coach, staff = match.volunteer.account, coordinators_of(self.session, match.volunteer)[0]
        tenths = max(8, match.distance_m * 20 // 1609)
        held = [one for one in past if one.state == SessionState.HELD]
        for number, one in enumerate(held[-3:]):
            day = one.starts_at.astimezone(LONDON).date()
            details = ClaimDetails(ExpenseKind.CAR, day, tenths=tenths, purpose="Visit")
            claim = expenses.send(self.session, coach, details, self.today, one.id)
            self.session.flush()
            if number == 0:
                self._approve(staff, claim.id)
            elif number == 1:
                self.to_approve.append((staff, claim.id))

    def _approve(self, staff: Account, claim_id: uuid.UUID) -> None:
        expenses.approve(self.session, staff, claim_id, receipt_seen=False, base_url=BASE_URL)

    def _call_off_next(self, match: Match, number: int) -> None:
        """Let every fifth family miss one session that is to come."""
        query = select(CoachingSession).where(
            CoachingSession.match_id == match.id, CoachingSession.starts_at > self.now
        )
        ahead = [
            one
            for one in self.session.scalars(query.order_by(CoachingSession.starts_at))
            if coach_on(match, one.starts_at.astimezone(LONDON).date()) is match.volunteer
        ]
        if number % 5 == 0 and len(ahead) > 1:
            session_changes.call_off_as_coach(
                self.session,
                match.volunteer.account,
                ahead[1].id,
                CancelReason.FAMILY_CANNOT,
                self.now,
                BASE_URL,
            )
