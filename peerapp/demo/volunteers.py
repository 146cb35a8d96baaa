"""Made-up volunteers, in every state of onboarding and with every kind of certificate."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy.orm import Session

from peerapp.demo.checks import COACH, CheckMaker
from peerapp.demo.names import first_name, last_name
from peerapp.demo.places import Home, Homes
from peerapp.domain.onboarding import BEFORE_COACHING, FINAL, PATH
from peerapp.enums import (
    CORE_COURSES,
    SLOTS,
    SPECIALIST_COURSES,
    CertificateStatus,
    CheckLevel,
    DropOutReason,
    GateItem,
    Gender,
    Household,
    Need,
    Role,
    SharedContact,
    VolunteerState,
    Workforce,
)
from peerapp.models import (
    Account,
    Certificate,
    GateRecord,
    TrainingRecord,
    Volunteer,
    VolunteerEvent,
)
from peerapp.vocabulary import LANGUAGES

S = VolunteerState
METRES_PER_MILE = 1609
SHARE_OF_STATE = {
    S.ACTIVE: 46,
    S.PROBATION: 10,
    S.ENQUIRY: 4,
    S.APPLIED: 6,
    S.SCREENING: 5,
    S.INTERVIEWED: 4,
    S.VETTING: 6,
    S.TRAINING: 5,
    S.PANEL: 3,
    S.PAUSED: 3,
    S.SUSPENDED: 2,
    S.DECLINED: 3,
    S.WITHDRAWN: 6,
    S.LEFT: 4,
}
"""How many of a hundred volunteers stand where; the first of each come before any second."""

HAS_COACHED = frozenset({S.PROBATION, S.ACTIVE, S.PAUSED, S.SUSPENDED, S.LEFT})
SPOKEN = ("pl", "ro", "pa", "ur", "bn", "ar", "so", "pt", "uk", "ta", "es", "cy")


def states(count: int) -> list[VolunteerState]:
    """Return ``count`` states in their shares; from 14 on, each occurs."""
    everyone = list(SHARE_OF_STATE)
    drawn = [S.ACTIVE, *everyone][:count]
    total = sum(SHARE_OF_STATE.values())
    targets = {state: share * count / total for state, share in SHARE_OF_STATE.items()}
    while len(drawn) < count:
        drawn.append(max(everyone, key=lambda state: targets[state] - drawn.count(state)))
    return drawn


class VolunteerMaker:
    """Makes volunteers one after the other, from one stream of chance."""

    def __init__(
        self,
        session: Session,
        rng: random.Random,
        homes: Homes,
        staff: Account,
        checks: CheckMaker,
        today: date,
    ) -> None:
        self.session = session
        self.rng = rng
        self.homes = homes
        self.staff = staff
        self.checks = checks
        self.today = today
        self.made = 0

    def make(self, state: VolunteerState, password_hash: str) -> Volunteer:
        """Make a volunteer with the history that leads to ``state``."""
        self.made += 1
        joined = self.today - timedelta(days=self.rng.randint(30, 700))
        account = Account(
            email=f"volunteer{self.made:03d}@example.org",
            role=Role.VOLUNTEER,
            password_hash=password_hash,
            confirmed_at=_at(joined),
        )
        self.session.add(account)
        self.session.flush()
        volunteer = Volunteer(account_id=account.id, state=state, state_since=_at(joined))
        if state != S.ENQUIRY:
            self._fill_profile(volunteer, self.homes.draw(self.rng))
        account.name = volunteer.name
        self.session.add(volunteer)
        self.session.flush()
        self._tell_history(volunteer, joined)
        if _has_passed(volunteer, S.VETTING):
            self._check(volunteer)
        return volunteer

    def _fill_profile(self, volunteer: Volunteer, home: Home) -> None:
        rng = self.rng
        volunteer.gender = rng.choices(list(Gender), (70, 27, 3))[0]
        volunteer.first_name = first_name(rng, volunteer.gender)
        volunteer.last_name = last_name(rng)
        volunteer.date_of_birth = date(rng.randint(1952, 2004), rng.randint(1, 12), 14)
        volunteer.phone = f"07700 900{rng.randint(0, 999):03d}"
        volunteer.scheme_phone = f"01632 960{rng.randint(0, 999):03d}"
        volunteer.postcode, volunteer.locality_id = home.postcode, home.locality_id
        volunteer.easting, volunteer.northing = home.easting, home.northing
        volunteer.max_distance_m = rng.choice((3, 5, 8, 10, 15)) * METRES_PER_MILE
        volunteer.slots = tuple(rng.sample(SLOTS, rng.randint(3, 9)))
        needs = list(Need)
        volunteer.experience = tuple(rng.sample(needs, rng.randint(2, 6)))
        volunteer.lived_experience = tuple(rng.sample(needs, rng.choice((0, 1, 1, 2, 3))))
        spoken = rng.sample(SPOKEN, 1) if rng.random() < 0.3 else []
        volunteer.languages = tuple(code for code in ("en", *spoken) if code in LANGUAGES)
        volunteer.offers_remote = rng.random() < 0.4
        avoided = (Household.SMOKING, Household.DOGS, Household.CATS)
        volunteer.avoids = (rng.choice(avoided),) if rng.random() < 0.25 else ()
        volunteer.capacity = rng.choices((1, 2, 3), (60, 30, 10))[0]
        volunteer.shares = (SharedContact.SCHEME_PHONE,)
        if rng.random() < 0.3:
            volunteer.shares = (SharedContact.SCHEME_PHONE, SharedContact.EMAIL)

    def _tell_history(self, volunteer: Volunteer, joined: date) -> None:
        """Write the steps that lead to the volunteer's state, some days apart."""
        steps = _steps_to(volunteer.state)
        gaps = [self.rng.randint(3, 25) for _ in steps]
        day, before = self._first_day(volunteer.state, joined, gaps), None
        volunteer.created_at = volunteer.account.confirmed_at = _at(day)
        ending, why = _ENDINGS.get(volunteer.state, _NO_ENDING)[self.made % 3]
        for step, gap in zip(steps, gaps, strict=True):
            self.session.add(
                VolunteerEvent(
                    volunteer_id=volunteer.id,
                    from_state=before,
                    to_state=step,
                    by_id=self.staff.id if before else volunteer.account_id,
                    reason=why if step == volunteer.state else "",
                    drop_out=ending if step == volunteer.state else None,
                    created_at=_at(day),
                )
            )
            volunteer.state_before = before
            volunteer.state_since = _at(day)
            before = step
            day = min(day + timedelta(days=gap), self.today)

    def _first_day(self, state: VolunteerState, joined: date, gaps: list[int]) -> date:
        """Let those on their way have come lately, and those who left have left this year.

        Most have stood where they stand for some days, some for longer than they should.
        """
        drawn = (self.today - joined).days
        way = sum(gaps[:-1])
        if state in BEFORE_COACHING:
            # Whoever is past reading has been asked for referees, up to 30 days ago.
            least = 0 if state in {S.ENQUIRY, S.APPLIED} else 38
            return self.today - timedelta(days=max(way + drawn % 37, least))
        if state in FINAL:
            return self.today - timedelta(days=way + drawn % 300)
        return joined

    def _check(self, volunteer: Volunteer) -> None:
        """Record gates, training and certificate as far as the volunteer has come."""
        done = self.today - timedelta(days=self.rng.randint(30, 300))
        self.checks.decide(volunteer, COACH, done)
        complete = _has_passed(volunteer, S.PANEL)
        items = _items(volunteer, complete=complete)
        for item in items:
            volunteer.gate_records.append(
                GateRecord(item=item, done_on=done, recorded_by_id=self.staff.id)
            )
        if not _has_passed(volunteer, S.TRAINING):
            return
        self._add_certificate(volunteer)
        courses = list(CORE_COURSES) if complete else list(CORE_COURSES[:3])
        courses += [one for one in SPECIALIST_COURSES if self.rng.random() < 0.45]
        for course in courses:
            volunteer.training.append(
                TrainingRecord(
                    course=course,
                    completed_on=done,
                    valid_until=done + timedelta(days=1095),
                )
            )

    def _add_certificate(self, volunteer: Volunteer) -> None:
        issued = self.today - timedelta(days=self.rng.randint(40, 900))
        volunteer.certificates.append(
            Certificate(
                number=f"00{self.rng.randrange(10**10):010d}",
                issue_date=issued,
                level=CheckLevel.ENHANCED_CHILDREN,
                workforce=Workforce.CHILD,
                name_as_printed=volunteer.name.upper(),
                name_matches=True,
                seen_on=issued + timedelta(days=12),
                seen_by_id=self.staff.id,
                status=CertificateStatus.ACCEPTED,
            )
        )


D = DropOutReason
_ENDINGS: dict[VolunteerState, tuple[tuple[DropOutReason | None, str], ...]] = {
    S.PAUSED: ((None, "Away for family reasons"),) * 3,
    S.SUSPENDED: ((None, "A concern is being looked into"),) * 3,
    S.DECLINED: (
        (D.NO_TIME, "Could not offer the time that a family needs"),
        (D.NOT_SUITABLE, "Looks for friends for themselves; told of other groups"),
        (D.REFERENCES, "Nobody who could give a reference"),
    ),
    S.WITHDRAWN: (
        (D.TOOK_TOO_LONG, "Heard nothing for a month"),
        (D.WORK_OR_STUDY, "New job with shifts"),
        (D.NO_REPLY, "Three calls and a letter without an answer"),
    ),
    S.LEFT: (
        (D.MOVED_AWAY, "Moved to Bristol"),
        (D.FINISHED, "Two families, two good endings"),
        (D.WORK_OR_STUDY, "Began training as a nurse"),
    ),
}
_NO_ENDING: tuple[tuple[DropOutReason | None, str], ...] = ((None, ""),) * 3


def _items(volunteer: Volunteer, *, complete: bool) -> list[GateItem]:
    """Return the facts to record; of those on their way ``demo.vetting`` makes the rest."""
    if volunteer.state in HAS_COACHED:
        return list(GateItem)
    return [GateItem.IDENTITY, GateItem.AGREEMENT] if complete else [GateItem.IDENTITY]


def _steps_to(state: VolunteerState) -> list[VolunteerState]:
    if state in PATH:
        return list(PATH[: PATH.index(state) + 1])
    if state in HAS_COACHED:
        return [*PATH, state]
    return [*PATH[:3], state]


def _has_passed(volunteer: Volunteer, state: VolunteerState) -> bool:
    return state in _steps_to(volunteer.state)


def _at(day: date) -> datetime:
    return datetime.combine(day, time(10), UTC)
