"""Builds the whole made-up county, by the same services that people use."""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from peerapp.adapters import places
from peerapp.adapters.passwords import hash_password
from peerapp.db import Database
from peerapp.demo import care, certificates, family_care, rights, status_checks, vetting
from peerapp.demo.checks import HELPER, CheckMaker
from peerapp.demo.decisions import Decisions
from peerapp.demo.families import FamilyMaker
from peerapp.demo.match_life import MatchLife
from peerapp.demo.places import Homes
from peerapp.demo.referrals import ReferralMaker
from peerapp.demo.sessions import SessionMaker
from peerapp.demo.training import Trainer
from peerapp.demo.update_service_answers import Entry
from peerapp.demo.volunteers import VolunteerMaker, states
from peerapp.domain.access import may_see_volunteer
from peerapp.domain.certificates import add_months, current_certificate
from peerapp.domain.match_offers import has_said_yes
from peerapp.domain.match_states import HOLDS_PLACE
from peerapp.domain.vetting import COACHING_STATES
from peerapp.enums import (
    CertificateStatus,
    FamilyState,
    MatchState,
    MessageState,
    OfferSide,
    Role,
    VolunteerState,
)
from peerapp.models import (
    Account,
    Family,
    Locality,
    Match,
    Message,
    Scheme,
    Volunteer,
    id_source,
)
from peerapp.services import accounts, localities, matching_jobs, matching_runs

PASSWORD = "three blue kites fly"
STAFF_NAMES = {
    "coordinator": "Priya Shah",
    "coordinator.beds": "Tom Ashby",
    "lead": "Helen Marsh",
    "manager": "David Cole",
    "auditor": "Ruth Field",
}
"""DBS is told by forename and surname who asks."""

Step = Callable[[str], None]


@dataclass(frozen=True)
class DemoAccount:
    """An account to try: who it is, how to sign in, what there is to see."""

    role: str
    email: str
    shows: str


@dataclass(frozen=True)
class County:
    """What was built."""

    accounts: Sequence[DemoAccount]
    families: int
    volunteers: int
    proposals: int
    running: int
    register: Mapping[str, Entry]


class Builder:
    """Builds a county once; every choice comes from one seeded stream of chance."""

    def __init__(self, database: Database, slug: str, seed: int, today: date, step: Step) -> None:
        self.database = database
        self.slug = slug
        self.rng = random.Random(seed)
        self.today = today
        self.now = datetime.now(UTC)
        self.step = step

    def build(self, families: int, volunteers: int) -> County:
        """Make the scheme, its people, a first run with decisions on it, and a second run."""
        source = id_source.set(lambda: uuid.UUID(int=self.rng.getrandbits(128), version=4))
        try:
            return self._build(families, volunteers)
        finally:
            id_source.reset(source)

    def _build(self, families: int, volunteers: int) -> County:
        self.step("Making the scheme, its localities and staff")
        scheme_id = self._make_scheme()
        self.step(f"Making {volunteers} volunteers")
        with self.database.writing(scheme_id) as session:
            self._make_volunteers(session, volunteers)
        self.step("Asking referees, checking identities, holding interviews")
        self._vet(scheme_id)
        self.step(f"Making {families} families")
        with self.database.writing(scheme_id) as session:
            self._make_families(session, families)
        self.step("Training volunteers, and having agreements signed")
        with self.database.writing(scheme_id) as session:
            Trainer(session, self._staff(session, "manager"), self.today).build()
        self.step("Asking the stand-in for DBS about certificates")
        register = self._check_statuses(scheme_id)
        self.step("Matching families with coaches")
        self._run_matching(scheme_id)
        self.step("Deciding on the first proposals, and matching again")
        with self.database.writing(scheme_id) as session:
            self._decide(session)
            self._matches(session).follow()
            self._hold_sessions(session)
            self._care(session)
            certificates.give_warnings(session, self.today)
            self._refer(session)
            rights.build(session, self.now, self.today, self.rng)
            self._clear_outbox(session)
        self._run_matching(scheme_id)
        with self.database.writing(scheme_id) as session:
            self._matches(session).offer()
            self._clear_outbox(session)
            return self._summary(session, families, volunteers, register)

    def _refer(self, session: Session) -> None:
        staff = self._staff(session, "coordinator"), self._staff(session, "lead")
        ReferralMaker(session, self.rng, *staff, self.now, self.today).build()

    def _vet(self, scheme_id: uuid.UUID) -> None:
        with self.database.reading(scheme_id) as session:
            names = ("coordinator", "coordinator.beds", "lead", "manager")
            ours, beds, lead, manager = (self._staff(session, name).id for name in names)
        staff = vetting.Staff({False: ours, True: beds}, lead, manager)
        seed = self.rng.randrange(2**32)
        vetting.Vetter(self.database, scheme_id, staff, seed, self.today).build()

    def _check_statuses(self, scheme_id: uuid.UUID) -> dict[str, Entry]:
        with self.database.writing(scheme_id) as session:
            checker = self._staff(session, "coordinator")
            status_checks.set_up(session, self._staff(session, "manager"), checker, self.today)
            query = select(Volunteer).where(Volunteer.state.in_(COACHING_STATES))
            coaches = session.scalars(query.order_by(Volunteer.id)).all()
            status_checks.let_join(coaches, checker, self.today)
            session.flush()
            register = status_checks.register_of(session)
        status_checks.ask_about_all(self.database, scheme_id, register, self.now, self.today)
        return register

    def _make_scheme(self) -> uuid.UUID:
        with self.database.session(None, "all") as session:
            scheme = Scheme(
                slug=self.slug,
                name="Wiltshire and Central Beds Family Coaching",
                council="your council",
                phone="01632 960100",
                email="coaching@example.org",
                is_demo=True,
            )
            session.add(scheme)
            session.commit()
            scheme_id = scheme.id
        with self.database.writing(scheme_id) as session:
            localities.load_localities(session, None, places.read_localities())
            self._make_staff(session)
        return scheme_id

    def _make_staff(self, session: Session) -> None:
        self.password_hash = hash_password(PASSWORD)
        everywhere = localities.list_localities(session)
        areas = {
            "coordinator": [one for one in everywhere if one.council == "Wiltshire"],
            "coordinator.beds": [one for one in everywhere if one.council != "Wiltshire"],
        }
        for name, area in areas.items():
            self._add_account(session, name, Role.COORDINATOR, area)
        for role in (Role.SAFEGUARDING_LEAD, Role.MANAGER, Role.AUDITOR):
            self._add_account(session, role.value.replace("safeguarding_", ""), role, ())

    def _add_account(
        self, session: Session, name: str, role: Role, area: Sequence[Locality]
    ) -> None:
        accounts.create_account(
            session,
            f"{name}@example.org",
            STAFF_NAMES[name],
            role,
            self.password_hash,
            self.now,
            area,
        )

    def _staff(self, session: Session, name: str) -> Account:
        account = accounts.find_by_email(session, f"{name}@example.org")
        if account is None:
            raise LookupError(f"the demonstration has no {name}")
        return account

    def _make_volunteers(self, session: Session, count: int) -> None:
        homes = Homes(localities.list_localities(session))
        staff = self._staff(session, "coordinator")
        checks = CheckMaker(session, staff, self._staff(session, "manager"), self.today)
        maker = VolunteerMaker(session, self.rng, homes, staff, checks, self.today)
        made = [maker.make(state, self.password_hash) for state in states(count)]
        session.flush()
        coaches = [one for one in made if one.state == VolunteerState.ACTIVE]
        self._spoil_certificates(coaches[2:])
        certificates.show_life(
            session, coaches[12:17], staff, self._staff(session, "lead"), self.today
        )
        vetting = [one for one in made if one.state == VolunteerState.VETTING]
        vetting.sort(key=lambda one: not may_see_volunteer(staff, one))
        checks.follow([*vetting[1:], *coaches[4:7]])
        for volunteer in vetting[:1]:
            checks.decide(volunteer, HELPER, self.today)
        checks.change_rules(self.now)

    def _spoil_certificates(self, coaches: Sequence[Volunteer]) -> None:
        """Let some certificates lapse soon, one today, and some not count at all."""
        for days, volunteer in zip((-20, 0, 6, 28, 55, 88), coaches[:6], strict=False):
            certificate = current_certificate(volunteer)
            if certificate is not None:
                certificate.issue_date = add_months(self.today + timedelta(days=days), -36)
                certificate.seen_on = certificate.issue_date + timedelta(days=10)
        statuses = (
            CertificateStatus.NEW_INFORMATION,
            CertificateStatus.UNVERIFIED,
            CertificateStatus.REVOKED,
        )
        for status, volunteer in zip(statuses, coaches[6:9], strict=False):
            certificate = current_certificate(volunteer)
            if certificate is not None:
                certificate.status = status
        for volunteer in coaches[9:10]:
            certificate = current_certificate(volunteer)
            if certificate is not None:
                certificate.has_content = True
                certificate.status = CertificateStatus.RECORDED

    def _make_families(self, session: Session, count: int) -> None:
        homes = Homes(localities.list_localities(session))
        staff = self._staff(session, "coordinator")
        maker = FamilyMaker(session, self.rng, homes, staff, self.today)
        for family in [maker.make() for _ in range(count)]:
            if family.state == FamilyState.WAITING and self.rng.random() < 0.5:
                self._give_account(session, family)
        manager = self._staff(session, "manager")
        family_care.build(
            session, manager, lambda one: self._coordinator_for(session, one), self.today
        )

    def _give_account(self, session: Session, family: Family) -> Account:
        if family.account is None:
            family.account = accounts.create_account(
                session,
                family.email,
                family.first_name,
                Role.FAMILY,
                self.password_hash,
                self.now,
            )
        return family.account

    def _run_matching(self, scheme_id: uuid.UUID) -> None:
        with self.database.writing(scheme_id) as session:
            run_id = matching_runs.start(session, self._staff(session, "coordinator")).id
        matching_jobs.execute(self.database, scheme_id, run_id, self.today)

    def _decide(self, session: Session) -> None:
        """Decide on some proposals, and open accounts for the families that have a coach."""
        decisions = Decisions(
            session, self.today, lambda match: self._coordinator_of(session, match)
        )
        proposals = self._list(session, MatchState.PROPOSED)
        decisions.decide(proposals)
        for match in proposals:
            if match.state in HOLDS_PLACE:
                self._give_account(session, match.family)

    def _hold_sessions(self, session: Session) -> None:
        """Plan the sessions of running matches, with some weeks of notes and claims behind them."""
        manager = self._staff(session, "manager")
        SessionMaker(
            session, manager, lambda match: self._coordinator_of(session, match), self.today
        ).build()

    def _care(self, session: Session) -> None:
        """Give running matches goals, calls and messages, and the lead some concerns."""
        staff = care.Staff(self._staff(session, "lead"), self._staff(session, "manager"))
        care.CareMaker(
            session,
            random.Random(self.rng.randrange(2**32)),
            staff,
            lambda match: self._coordinator_of(session, match),
            self.now,
            self.today,
        ).build()

    def _matches(self, session: Session) -> MatchLife:
        return MatchLife(session, self.today, lambda match: self._coordinator_of(session, match))

    def _clear_outbox(self, session: Session) -> None:
        """Take what the history would have sent as sent: only what visitors cause is new mail."""
        for message in session.scalars(select(Message).order_by(Message.id)):
            message.state, message.sent_at, message.body = MessageState.SENT, self.now, ""

    def _coordinator_of(self, session: Session, match: Match) -> Account:
        return self._coordinator_for(session, match.family)

    def _coordinator_for(self, session: Session, family: Family) -> Account:
        place = family.locality
        beds = place is not None and place.council != "Wiltshire"
        return self._staff(session, "coordinator.beds" if beds else "coordinator")

    def _summary(
        self, session: Session, families: int, volunteers: int, register: dict[str, Entry]
    ) -> County:
        running = self._list(session, MatchState.ACTIVE)
        return County(
            accounts=self._accounts(session, running),
            families=families,
            volunteers=volunteers,
            proposals=len(self._list(session, MatchState.PROPOSED)),
            running=len(running) + len(self._list(session, MatchState.INTRODUCED)),
            register=register,
        )

    def _list(self, session: Session, state: MatchState) -> Sequence[Match]:
        return session.scalars(select(Match).where(Match.state == state).order_by(Match.id)).all()

    def _accounts(self, session: Session, running: Sequence[Match]) -> list[DemoAccount]:
        found = [
            DemoAccount("Coordinator", "coordinator@example.org", "Wiltshire: 18 localities"),
            DemoAccount("Coordinator", "coordinator.beds@example.org", "Central Bedfordshire"),
            DemoAccount("Safeguarding lead", "lead@example.org", "certificates with content"),
            DemoAccount("Manager", "manager@example.org", "localities, staff, everything read"),
            DemoAccount("Auditor", "auditor@example.org", "the audit trail"),
        ]
        if running:
            match = running[0]
            family, coach = (
                self._give_account(session, match.family),
                match.volunteer.account,
            )
            found += [
                DemoAccount("Coach", coach.email, "has a family"),
                DemoAccount("Family", family.email, "has a coach"),
            ]
        for match in self._list(session, MatchState.OFFERED_TO_COACH)[:1]:
            found.append(DemoAccount("Coach", match.volunteer.account.email, "is asked about one"))
        for match in self._list(session, MatchState.OFFERED_TO_FAMILY):
            if match.family.account is not None and not has_said_yes(match, OfferSide.FAMILY):
                email = match.family.account.email
                found.append(DemoAccount("Family", email, "is asked about a coach"))
        applied = select(Volunteer).where(Volunteer.state == VolunteerState.APPLIED)
        newest = session.scalars(applied.order_by(Volunteer.id).limit(1)).first()
        if newest is not None:
            found.append(DemoAccount("Volunteer", newest.account.email, "has applied"))
        waits = select(Family).where(
            Family.state == FamilyState.WAITING, Family.account_id.is_not(None)
        )
        waiting = session.scalars(waits.order_by(Family.id).limit(1)).first()
        if waiting is not None and waiting.account is not None:
            found.append(DemoAccount("Family", waiting.account.email, "waits for a coach"))
        return found
