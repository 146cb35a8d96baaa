"""Goals, calls, messages and concerns of the county's running matches, all by services."""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from peerapp.clock import LONDON
from peerapp.demo.decisions import BASE_URL
from peerapp.domain.conversations import may_talk
from peerapp.domain.supervision import due_on, pauses_of, weeks_until
from peerapp.enums import CallMood, ConcernAbout, ConcernOutcome, MatchState, Occasion
from peerapp.models import Account, InsideMessage, Match, Measure
from peerapp.services import (
    concern_cases,
    concerns,
    conversations,
    goals,
    measures,
    supervision,
    supervisors,
)
from peerapp.services.concerns import Report
from peerapp.services.supervision import CallDetails

WEEKS = (12, 7, 19, 9)
"""How long ago the running matches began, one after the other, and again from the start."""

WISHES = (
    "We all eat at one table in the evening",
    "The children get to school on time",
    "I open my post each day",
    "We shout less and talk more",
    "The children sleep in their own beds",
    "I go out once a week without worry",
)
HEARD = (
    (CallMood.WELL, "They meet each week. The coach is pleased with how mornings go now."),
    (CallMood.MIXED, "Two visits were called off. Talked about what to do when nobody answers."),
    (CallMood.WELL, "Both say it helps. The family rang the school by itself."),
)
TALK = (
    ("family", "Could we start half an hour later this week?"),
    ("coach", "Yes, half past is fine. I bring the chart we talked about."),
    ("family", "Thank you, see you then."),
)


@dataclass(frozen=True)
class Staff:
    """Who works on it: the lead reads concerns, the manager names measures."""

    lead: Account
    manager: Account


class CareMaker:
    """Gives running matches a past with goals, calls and messages, and raises three concerns."""

    def __init__(
        self,
        session: Session,
        rng: random.Random,
        staff: Staff,
        coordinator_of: Callable[[Match], Account],
        now: datetime,
        today: date,
    ) -> None:
        self.session = session
        self.rng = rng
        self.staff = staff
        self.coordinator_of = coordinator_of
        self.now = now
        self.today = today

    def build(self) -> None:
        """Do it for every match that is active; the concerns are about the last of them."""
        query = select(Match).where(Match.state == MatchState.ACTIVE).order_by(Match.id)
        running = self.session.scalars(query).all()
        measure = measures.add_measure(
            self.session,
            self.staff.manager,
            "Short Warwick-Edinburgh Mental Wellbeing Scale",
            lowest=7,
            highest=35,
            higher_is_better=True,
        )
        for number, match in enumerate(running):
            begun = self.today - timedelta(weeks=WEEKS[number % len(WEEKS)], days=number % 3)
            self._backdate(match, begun)
            self._supervise(match, number)
            self._set_goals(match, begun, number)
            self._measure(match, measure, begun, number)
            self._talk(match)
        self._raise_concerns(running)

    def _backdate(self, match: Match, begun: date) -> None:
        """Let the match have begun long ago: what it went through keeps its order."""
        earlier = timedelta(days=(self.today - begun).days)
        match.first_visit_on = begun
        for event in match.events:
            event.created_at -= earlier
        match.state_since -= earlier
        if match.approved_at is not None:
            match.approved_at -= earlier
        self.session.flush()

    def _supervise(self, match: Match, number: int) -> None:
        """Give the coach a supervisor, and make the calls that were due; some forget the last."""
        actor = self.coordinator_of(match)
        possible = {one.id for one in supervisors.list_possible(self.session, match.volunteer)}
        if actor.id in possible:
            supervisors.assign(self.session, actor, match.volunteer_id, actor.id)
        days = self._calls_due(match)
        for position, day in enumerate(days[: len(days) - number % 2]):
            mood, note = HEARD[(number + position) % len(HEARD)]
            held_on = min(self.today, day + timedelta(days=self.rng.randrange(4)))
            details = CallDetails(held_on, True, position % 2 == 0, mood, note)
            supervision.record(self.session, actor, match.id, details, self.today)
        supervision.plan_next(self.session, match)

    def _calls_due(self, match: Match) -> list[date]:
        scheme, begun = match.family.scheme, match.first_visit_on or self.today
        found = []
        for number in range(1, 10):
            day = due_on(begun, weeks_until(scheme, number), pauses_of(match))
            if day is None or day > self.today:
                break
            found.append(day)
        return found

    def _set_goals(self, match: Match, begun: date, number: int) -> None:
        """Let the family set two goals and score them every six weeks, mostly upward."""
        account = match.family.account
        if account is None:
            return
        made = [
            goals.add(
                self.session,
                account,
                match.family_id,
                WISHES[(number + position) % len(WISHES)],
                is_shared=position == 0,
                score=self.rng.randint(1, 4),
                today=begun,
            )
            for position in range(2)
        ]
        day = begun + timedelta(weeks=6)
        while day <= self.today - timedelta(days=3):
            scores = {
                goal.id: max(0, min(10, goal.scores[-1].score + self.rng.randint(-1, 3)))
                for goal in made
            }
            goals.score(self.session, account, match.family_id, scores, day)
            day += timedelta(weeks=6)

    def _measure(self, match: Match, measure: Measure, begun: date, number: int) -> None:
        """Record a total at the start, and for every other family one on the way."""
        actor, total = self.coordinator_of(match), self.rng.randint(14, 22)
        days = [(begun, Occasion.START), (begun + timedelta(weeks=6), Occasion.REVIEW)]
        for day, occasion in days[: 1 + number % 2]:
            measures.record_total(
                self.session,
                actor,
                match.family_id,
                measure.id,
                total=total,
                taken_on=day,
                occasion=occasion,
                today=self.today,
            )
            total += self.rng.randint(1, 5)

    def _talk(self, match: Match) -> None:
        accounts = {"family": match.family.account, "coach": match.volunteer.account}
        for hours, (side, words) in zip((30, 26, 25), TALK, strict=True):
            account = accounts[side]
            if account is None or not may_talk(match, self.today):
                return
            message = conversations.send(
                self.session, account, match, words, self._key(), self.today, BASE_URL
            )
            self._put_back(message, hours)

    def _put_back(self, message: InsideMessage, hours: int) -> None:
        message.created_at = self.now - timedelta(hours=hours)
        self.session.flush()

    def _key(self) -> uuid.UUID:
        return uuid.UUID(int=self.rng.getrandbits(128), version=4)

    def _raise_concerns(self, running: Sequence[Match]) -> None:
        """Leave one unread, one being looked into, and one settled."""
        if len(running) < 3:
            return
        about, coach = ConcernAbout.CHILD, running[-1].volunteer.account
        words = "The youngest had a bruise on the arm and would not say where it was from."
        self._raise(coach, running[-1], about, words, hours=2)
        words = (
            "They told me they have not eaten since yesterday. I gave them the food bank’s number."
        )
        second = self._raise(running[-2].volunteer.account, running[-2], about, words, hours=30)
        given = self.session, self.staff.lead, second.id
        at = datetime.combine(self.today, time(9), LONDON)
        concern_cases.acknowledge(*given, "I ring the family today.", at, BASE_URL)
        concern_cases.note(*given, "Rang the family: food parcel arranged for today.")
        words = "The coach came an hour late twice and smelled of drink."
        third = self._raise(
            self.coordinator_of(running[-3]), running[-3], ConcernAbout.COACH, words, hours=200
        )
        given = self.session, self.staff.lead, third.id
        concern_cases.acknowledge(*given, "I talk with the coach tomorrow.", at, BASE_URL)
        why = "Talked with coach and family: a new medicine, the doctor confirms it."
        concern_cases.resume_contact(*given, running[-3].id, why, at)
        outcome = ConcernOutcome.NOTHING_MORE
        concern_cases.close(*given, outcome, why, "Looked into; there is no danger.", at, BASE_URL)

    def _raise(
        self, actor: Account, match: Match, about: ConcernAbout, words: str, *, hours: int
    ) -> concerns.Concern:
        subject = concerns.Subject(match, match.family, match.volunteer)
        report = Report(self._key(), about, False, words, False)
        raised_at = self.now - timedelta(hours=hours)
        return concerns.raise_concern(
            self.session, actor, subject, report, raised_at, BASE_URL, choose=self.rng.choice
        )
