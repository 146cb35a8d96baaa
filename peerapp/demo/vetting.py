"""References, identity checks, interviews and panels of the made-up volunteers, by the services.

Those on their way have them in full. Coaches had their facts recorded before the site kept such
records, as in a scheme that moves here; of theirs there is the panel's decision alone.
"""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from peerapp.db import Database
from peerapp.demo.names import first_name, last_name
from peerapp.domain.identity import Shown, ShownDocument
from peerapp.domain.interviews import InterviewRecord
from peerapp.domain.onboarding import PATH
from peerapp.domain.referees import Referee
from peerapp.domain.reference_entries import Entry
from peerapp.enums import (
    DocumentKind,
    GateItem,
    Gender,
    GivenHow,
    IdentityRoute,
    PanelOutcome,
    Recommendation,
    RefereeRelation,
    ReferenceState,
    SeenHow,
    VerifiedHow,
    VolunteerState,
)
from peerapp.models import (
    Account,
    Message,
    PanelDecision,
    PanelMember,
    Reference,
    ReferenceLink,
    Volunteer,
)
from peerapp.services import (
    gates,
    identity_checks,
    interviews,
    referee_links,
    reference_entries,
    reference_reminders,
    references,
)
from peerapp.services.interview_templates import questions_of

S = VolunteerState
D = DocumentKind
OWN_ITEMS = (
    GateItem.IDENTITY,
    GateItem.FIRST_REFERENCE,
    GateItem.SECOND_REFERENCE,
    GateItem.INTERVIEW,
)
LINK = "https://demo.invalid"
KNOWN = (
    (RefereeRelation.EMPLOYER, "My manager at the garden centre"),
    (RefereeRelation.TEACHER, "Taught me on a childcare course"),
    (RefereeRelation.VOLUNTEERING, "We ran the toddler group together"),
    (RefereeRelation.PROFESSIONAL, "Our health visitor for three years"),
    (RefereeRelation.COMMUNITY, "Leads the community kitchen where I help"),
)
STRENGTHS = (
    "Stays calm when others shout, and remembers what people told them weeks ago.",
    "Turned up every Tuesday for two years, in all weathers.",
    "Makes people laugh, and knows when to be quiet.",
    "Asks for help early, and says so when something goes wrong.",
)
SUMMARIES = (
    "Speaks openly of a hard time and with distance. Clear on when to call us.",
    "Warm, and a good listener. Look at lone working again in training.",
    "Practical, with a firm sense of limits. A little shy; gets going with time.",
)


@dataclass(frozen=True)
class Staff:
    """Ids of who acts for the made-up scheme."""

    coordinators: Mapping[bool, uuid.UUID]
    lead: uuid.UUID
    manager: uuid.UUID


class Vetter:
    """Takes volunteers through references, identity and interview, as far as they have come."""

    def __init__(
        self, database: Database, scheme_id: uuid.UUID, staff: Staff, seed: int, today: date
    ) -> None:
        self.database = database
        self.scheme_id = scheme_id
        self.staff = staff
        self.rng = random.Random(seed)
        self.today = today

    def build(self) -> None:
        """Do everybody, each in a transaction of their own."""
        with self.database.reading(self.scheme_id) as session:
            query = select(Volunteer.id, Volunteer.state).order_by(Volunteer.id)
            everyone = session.execute(query).all()
        for volunteer_id, state in everyone:
            work = self._work_for(state)
            if work is not None:
                with self.database.writing(self.scheme_id) as session:
                    work(session, session.get_one(Volunteer, volunteer_id))
        with self.database.writing(self.scheme_id) as session:
            self._remind(session)
            self._forget_links(session)

    def _work_for(self, state: VolunteerState) -> Callable[[Session, Volunteer], None] | None:
        if state in {S.PROBATION, S.ACTIVE, S.PAUSED}:
            return self._add_decision
        if state in PATH[1 : PATH.index(S.PROBATION)]:
            return self._vet
        return None

    def _actor(self, session: Session, volunteer: Volunteer) -> Account:
        place = volunteer.locality
        in_beds = place is not None and place.council != "Wiltshire"
        return session.get_one(Account, self.staff.coordinators[in_beds])

    def _vet(self, session: Session, volunteer: Volunteer) -> None:
        """Make the records that go with the volunteer's state."""
        actor = self._actor(session, volunteer)
        for item in OWN_ITEMS:
            gates.drop_item(session, actor, volunteer, item, self.today)
        stage = PATH.index(volunteer.state)
        is_late = stage >= PATH.index(S.TRAINING)
        self._ask_referees(session, actor, volunteer, stage, is_late=is_late)
        if stage >= PATH.index(S.SCREENING):
            self._interview(session, actor, volunteer, submits=stage > PATH.index(S.SCREENING))
        if is_late or (stage == PATH.index(S.VETTING) and self.rng.random() < 0.6):
            self._check_identity(session, actor, volunteer)

    def _ask_referees(
        self, session: Session, actor: Account, volunteer: Volunteer, stage: int, *, is_late: bool
    ) -> None:
        """Name two referees; how far each is depends on how far the volunteer is."""
        for number in range(2 if stage >= PATH.index(S.SCREENING) else self.rng.randint(0, 1)):
            days = self.rng.choice((1, 3, 6, 8, 11, 16)) if not is_late else 30
            asked_at = self._moment(days)
            reference = references.name_referee(
                session, volunteer.account, self._referee(volunteer, number), asked_at, LINK
            )
            answers = is_late or self.rng.random() < (0.7 if number == 0 else 0.4)
            if answers:
                when = self._moment(max(days - 4, 0))
                by_phone = number == 1 and not is_late
                self._answer(session, reference, when, actor if by_phone else None)
            if is_late or (answers and number == 0 and stage >= PATH.index(S.VETTING)):
                self._verify(session, actor, reference)
            self._tell_when(reference)

    def _moment(self, days_ago: int) -> datetime:
        return datetime.combine(self.today - timedelta(days=days_ago), time(10), UTC)

    def _referee(self, volunteer: Volunteer, number: int) -> Referee:
        rng = self.rng
        name = f"{first_name(rng, rng.choice(list(Gender)))} {last_name(rng)}"
        relation, known_how = rng.choice(KNOWN)
        reference = f"{volunteer.id.hex[:6]}{number}"
        return Referee(
            name=name,
            email=f"referee.{reference}@example.org",
            phone=f"01632 96{rng.randint(1000, 9999)}",
            postcode=f"SN15 9{'ABDEFGHJLN'[rng.randint(0, 9)]}{'PQRSTUWXYZ'[number]}",
            relation=relation,
            known_how=known_how,
            known_years=rng.randint(2, 12),
        )

    def _answer(
        self, session: Session, reference: Reference, when: datetime, typist: Account | None
    ) -> None:
        """Fill the form in behind the link in the referee's mail, or as told by phone."""
        pages = self._pages(reference)
        if typist is not None:
            answers = {name: value for page in pages.values() for name, value in page.items()}
            entry = Entry(reference.name, GivenHow.PHONE, when.date())
            ids = reference.volunteer_id, reference.id
            given = entry, answers, when, self.today, LINK
            reference_entries.enter(session, typist, *ids, *given)
            return
        query = select(Message).where(Message.reference_id == reference.id)
        secret = session.scalars(query).one().body.partition("/reference/")[2].split()[0]
        for page, values in pages.items():
            referee_links.save_page(session, secret, page, values, when)
        referee_links.submit(session, secret, when, LINK)

    def _pages(self, reference: Reference) -> dict[str, dict[str, Any]]:
        """Make up what a referee answers."""
        worries = self.rng.random() < 0.1
        return {
            "knowing": {
                "known_how": reference.known_how,
                "known_years": reference.known_years,
                "is_related": "no",
                "lives_with": "no",
            },
            "qualities": {
                "reliable": self.rng.choice(("always", "mostly")),
                "listens": self.rng.choice(("always", "mostly")),
                "keeps_limits": self.rng.choice(("always", "always", "unknown")),
                "strengths": self.rng.choice(STRENGTHS),
            },
            "children": {"has_concern": "no"},
            "view": {
                "recommends": "doubt" if worries else "yes",
                "view_reason": "They take a lot on. Please watch that it is not too much.",
            },
        }

    def _verify(self, session: Session, actor: Account, reference: Reference) -> None:
        how = self.rng.choice((VerifiedHow.PHONE_CALL, VerifiedHow.VIDEO_CALL))
        ids = reference.volunteer_id, reference.id
        day = self.today - timedelta(days=self.rng.randint(0, 2))
        references.verify(session, actor, *ids, how, max(day, _day(reference)), "", self.today)

    def _tell_when(self, reference: Reference) -> None:
        """Let the history say when things happened, not when they were made up."""
        moments = {
            ReferenceState.ASKED: reference.asked_at,
            ReferenceState.RECEIVED: reference.answered_at,
            ReferenceState.VERIFIED: self._moment(0),
        }
        for event in reference.history:
            event.created_at = moments.get(event.to_state) or event.created_at

    def _interview(
        self, session: Session, actor: Account, volunteer: Volunteer, *, submits: bool
    ) -> None:
        draft = interviews.start_draft(session, actor, volunteer.id)
        scores = {
            question.key: {"score": self.rng.choice((3, 3, 4, 4, 4)), "note": ""}
            for question in questions_of(draft.template)
        }
        some = dict(list(scores.items())[:3])
        record = InterviewRecord(
            held_on=self.today - timedelta(days=self.rng.randint(1, 20)),
            interviewers=frozenset({str(actor.id)}),
            answers=scores if submits else some,
            summary=self.rng.choice(SUMMARIES) if submits else "",
            recommendation=Recommendation.RECOMMENDED if submits else None,
            has_conflict=False if submits else None,
            conflict_note="",
        )
        if submits:
            interviews.submit(session, actor, volunteer.id, record, draft.revision, self.today)
        else:
            interviews.save_draft(session, actor, volunteer.id, record, draft.revision)

    def _check_identity(self, session: Session, actor: Account, volunteer: Volunteer) -> None:
        by_second = self.rng.random() < 0.2
        recent, later = self.today - timedelta(days=20), self.today + timedelta(days=900)
        kinds = [(D.FORCES_CARD if by_second else D.PASSPORT, later)]
        kinds += [(D.UTILITY_BILL, recent), (D.BANK_STATEMENT, recent)]
        shown = Shown(
            route=IdentityRoute.ROUTE_2 if by_second else IdentityRoute.ROUTE_1,
            route_reason="Has neither a passport nor a photocard licence." if by_second else "",
            documents=[ShownDocument(kind, day) for kind, day in kinds],
            checked_on=self.today - timedelta(days=self.rng.randint(0, 5)),
            name_confirmed=True,
            birth_confirmed=True,
            address_confirmed=True,
            external_check=by_second,
        )
        identity_checks.record_check(
            session, actor, volunteer.id, shown, SeenHow.IN_PERSON, self.today
        )

    def _remind(self, session: Session) -> None:
        """Send every reminder that is due, and let each bear the day on which it was."""
        now = self._moment(0)
        while reference_reminders.sweep_reminders(session, now, LINK):
            pass
        for reference in session.scalars(select(Reference).order_by(Reference.id)):
            scheme, asked_at = reference.volunteer.scheme, reference.asked_at
            if reference.reminded_again_at is not None:
                days = scheme.reference_second_reminder_days
                reference.reminded_again_at = asked_at + timedelta(days=days)
            if reference.reminded_at or reference.reminded_again_at:
                days = scheme.reference_reminder_days
                reference.reminded_at = asked_at + timedelta(days=days)

    def _forget_links(self, session: Session) -> None:
        """Put hashes in place of the links' own that are the same for the same seed.

        Nothing is known that has one of these hashes, so nobody opens a form by them.
        """
        for link in session.scalars(select(ReferenceLink).order_by(ReferenceLink.id)):
            link.token_hash = f"{self.rng.getrandbits(256):064x}"

    def _add_decision(self, session: Session, volunteer: Volunteer) -> None:
        """Write the decision that let a coach begin, on the day of their history."""
        began = [one for one in volunteer.history if one.to_state == S.PROBATION]
        at_panel = [one for one in volunteer.history if one.to_state == S.PANEL]
        if not began or not at_panel:
            return
        with_conditions = self.rng.random() < 0.2
        outcome = (
            PanelOutcome.APPROVED_WITH_CONDITIONS if with_conditions else PanelOutcome.APPROVED
        )
        members = sorted((self.staff.manager, self.staff.lead), key=str)
        volunteer.panel_decisions.append(
            PanelDecision(
                panel_since=at_panel[-1].created_at,
                outcome=outcome,
                held_on=began[-1].created_at.date(),
                reasons="Two good references, a convincing interview, all training done.",
                conditions="Supervision every week for the first three months."
                if with_conditions
                else "",
                decided_by_id=self.staff.manager,
                members=[PanelMember(account_id=one) for one in members],
                created_at=began[-1].created_at,
            )
        )


def _day(reference: Reference) -> date:
    answered = reference.answered_at
    return answered.date() if answered is not None else reference.asked_at.date()
