"""What coordinators did with the first run's proposals, by the same services that people use."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from itertools import cycle

from sqlalchemy.orm import Session

from peerapp.enums import AgreementMethod, DeclineReason, EndReason, FamilyState, MatchState
from peerapp.errors import Refused
from peerapp.models import Account, Match
from peerapp.services import approvals, match_life, matches

BASE_URL = "http://127.0.0.1"
SHARE_DECIDED = 3
"""One proposal in three is decided on, and at least one of each kind in ``COURSE``."""

M = MatchState
COURSE = (
    M.ACTIVE,
    M.APPROVED,
    M.INTRODUCED,
    M.DECLINED,
    M.ACTIVE,
    M.PAUSED,
    M.ENDED,
    M.INTRODUCED,
)
"""How far the matches go, one after the other, and again from the start."""


class Decisions:
    """Takes proposals as far as ``COURSE`` says."""

    def __init__(
        self, session: Session, today: date, coordinator_of: Callable[[Match], Account]
    ) -> None:
        self.session = session
        self.today = today
        self.coordinator_of = coordinator_of

    def decide(self, proposals: Sequence[Match]) -> None:
        """Decide on a share of the proposals; those that may not be approved stay as they are."""
        goals = cycle(COURSE)
        goal = next(goals)
        left = max(len(COURSE), len(proposals) // SHARE_DECIDED)
        for match in proposals:
            if match.state != M.PROPOSED or not left:
                continue
            try:
                self._take(match, goal)
            except Refused:
                continue
            goal = next(goals)
            left -= 1

    def _take(self, match: Match, goal: MatchState) -> None:
        actor = self.coordinator_of(match)
        if goal == M.DECLINED:
            reason = DeclineReason.KNOWN_TO_EACH_OTHER
            matches.decline(self.session, actor, match.id, reason=reason, today=self.today)
            return
        self._approve(actor, match)
        if goal == M.APPROVED:
            return
        self._introduce(actor, match)
        if goal == M.INTRODUCED:
            return
        match_life.activate(self.session, actor, match.id, today=self.today)
        if goal == M.PAUSED:
            match_life.pause(self.session, actor, match.id, note="The family is away")
        if goal == M.ENDED:
            self._end(actor, match)

    def _approve(self, actor: Account, match: Match) -> None:
        approvals.approve(
            self.session,
            actor,
            match.id,
            seen_family_version=match.family_version,
            seen_volunteer_version=match.volunteer_version,
            coach_agreed_how=AgreementMethod.PHONE,
            family_agreed_how=AgreementMethod.FACE_TO_FACE,
            today=self.today,
            base_url=BASE_URL,
        )

    def _introduce(self, actor: Account, match: Match) -> None:
        match_life.introduce(
            self.session,
            actor,
            match.id,
            first_visit_on=self.today,
            today=self.today,
            base_url=BASE_URL,
        )

    def _end(self, actor: Account, match: Match) -> None:
        match_life.end(
            self.session,
            actor,
            match.id,
            reason=EndReason.GOALS_REACHED,
            family_next=FamilyState.CLOSED,
            today=self.today,
        )
