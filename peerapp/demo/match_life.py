"""What happens around matches in the made-up county: visits, backups, endings, open offers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from peerapp.clock import LONDON
from peerapp.demo.decisions import BASE_URL
from peerapp.domain.match_endings import is_asked
from peerapp.enums import AgreementMethod, EndReason, FamilyState, MatchState, OfferSide
from peerapp.errors import Refused
from peerapp.models import Account, Match, utc_now
from peerapp.services import (
    end_surveys,
    first_visits,
    match_covers,
    match_endings,
    match_offers,
)
from peerapp.services.end_surveys import Answers

M = MatchState
PHONE = AgreementMethod.PHONE
WORDS = {
    OfferSide.COACH: "I learnt as much as they did.",
    OfferSide.FAMILY: "It helped to talk to somebody who has been there.",
}


class MatchLife:
    """Shows each part of the life of a match, by the services that people use."""

    def __init__(
        self, session: Session, today: date, coordinator_of: Callable[[Match], Account]
    ) -> None:
        self.session = session
        self.today = today
        self.coordinator_of = coordinator_of
        self.place = {"today": today, "base_url": BASE_URL}

    def follow(self) -> None:
        """Plan a visit for who is approved, a backup and an ending for who runs; look back."""
        for match in self._list(M.APPROVED)[:3]:
            self._plan_visit(match)
        active = self._list(M.ACTIVE)
        for match in active:
            if self._back_up(match):
                break
        for match in active[1:2]:
            self._plan_ending(match)
        for match in self._list(M.ENDED)[:2]:
            self._look_back(match)

    def offer(self) -> None:
        """Leave one proposal as it is, one with its coach, one with its family, one to approve."""
        open_to = [match for match in self._list(M.PROPOSED) if match.family.account_id is not None]
        stories: Sequence[Sequence[OfferSide]] = ((), (OfferSide.COACH,), tuple(OfferSide))
        for match, said_yes in zip(open_to[1:], stories, strict=False):
            actor = self.coordinator_of(match)
            match_offers.offer_to_coach(
                self.session,
                actor,
                match.id,
                seen_family_version=match.family.version,
                seen_volunteer_version=match.volunteer.version,
                accept_changes=True,
                **self.place,
            )
            for side in said_yes:
                match_offers.record_yes(
                    self.session, actor, match.id, side=side, how=PHONE, **self.place
                )

    def _list(self, state: MatchState) -> Sequence[Match]:
        query = select(Match).where(Match.state == state).order_by(Match.created_at, Match.id)
        return self.session.scalars(query).all()

    def _plan_visit(self, match: Match) -> None:
        actor = self.coordinator_of(match)
        starts_at = datetime.combine(self.today + timedelta(days=3), time(10, 30), LONDON)
        given = {"starts_at": starts_at, "staff_id": actor.id, "now": utc_now()}
        first_visits.plan(self.session, actor, match.id, **given, **self.place)

    def _back_up(self, match: Match) -> bool:
        """Name a backup where there is one, who steps in next week; say whether there is."""
        actor = self.coordinator_of(match)
        found = match_covers.list_candidates(self.session, actor, match, self.today)
        for volunteer in found[:1]:
            said = {"coach_agreed_how": PHONE, "family_agreed_how": PHONE, "today": self.today}
            match_covers.arrange(self.session, actor, match.id, volunteer_id=volunteer.id, **said)
            days = {
                "starts_on": self.today + timedelta(days=5),
                "ends_on": self.today + timedelta(days=19),
            }
            match_covers.step_in(self.session, actor, match.id, **days, **self.place)
        return bool(found)

    def _plan_ending(self, match: Match) -> None:
        match_endings.plan(
            self.session,
            self.coordinator_of(match),
            match.id,
            last_session_on=self.today + timedelta(days=30),
            reason=EndReason.GOALS_REACHED,
            family_next=FamilyState.CLOSED,
            **self.place,
        )

    def _look_back(self, match: Match) -> None:
        people = {
            OfferSide.COACH: match.volunteer.account,
            OfferSide.FAMILY: match.family.account,
        }
        for side, account in people.items():
            if account is None or not is_asked(match, side):
                continue
            given = Answers(helped=5, ended_well=True, would_again=True, words=WORDS[side])
            try:
                end_surveys.answer(self.session, account, match.id, given, self.today)
            except Refused:
                continue
