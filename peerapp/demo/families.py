"""Made-up families: most wait for a coach, some are new, held back or closed."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy.orm import Session

from peerapp.demo.names import first_name, last_name
from peerapp.demo.places import Homes
from peerapp.demo.volunteers import SPOKEN
from peerapp.domain.eligibility import STATUTORY_LEVEL, default_priority
from peerapp.enums import (
    SENSITIVE_NEEDS,
    SLOT_DAYS,
    SLOTS,
    AgeBand,
    AgreementMethod,
    Channel,
    CoachGender,
    ConsentPurpose,
    FamilyState,
    Gender,
    Household,
    Need,
    ReferralSource,
)
from peerapp.models import Account, Agreement, Family, FamilyNeed, SafeContact

REFERENCE_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
REFERRED_EVERY, CLOSED_EVERY, BLOCKED_EVERY = 11, 23, 29
WEEKDAYS = SLOT_DAYS[:5]
SAFE_SLOTS = {
    "Weekdays, not after school": tuple(
        f"{day}_{time}" for day in WEEKDAYS for time in ("morning", "afternoon")
    ),
    "Evenings only": tuple(f"{day}_evening" for day in SLOT_DAYS),
    "": (),
}
"""What families say about times, and the times of the week that are safe then."""

ORDINARY_NEEDS = [need for need in Need if need not in SENSITIVE_NEEDS]


class FamilyMaker:
    """Makes families one after the other, from one stream of chance."""

    def __init__(
        self,
        session: Session,
        rng: random.Random,
        homes: Homes,
        staff: Account,
        today: date,
    ) -> None:
        self.session = session
        self.rng = rng
        self.homes = homes
        self.staff = staff
        self.today = today
        self.made = 0

    def make(self) -> Family:
        """Make the next family; every few one is new, closed or may not be matched now."""
        self.made += 1
        rng, home = self.rng, self.homes.draw(self.rng)
        referred = self.today - timedelta(days=rng.randint(10, 240))
        level = rng.choices((1, 2, 3, STATUTORY_LEVEL), (15, 40, 33, 12))[0]
        gender = rng.choices(list(Gender), (82, 17, 1))[0]
        family = Family(
            reference="F-" + "".join(rng.choices(REFERENCE_LETTERS, k=5)),
            locality_id=home.locality_id,
            state=FamilyState.WAITING,
            state_since=_at(referred),
            first_name=first_name(rng, gender),
            last_name=last_name(rng),
            phone=f"07700 900{rng.randint(0, 999):03d}",
            email=f"family{self.made:03d}@example.org",
            postcode=home.postcode,
            easting=home.easting,
            northing=home.northing,
            children=tuple(rng.sample(list(AgeBand), rng.randint(1, 3))),
            source=rng.choice(list(ReferralSource)),
            referred_on=referred,
            waiting_since=referred + timedelta(days=rng.randint(0, 9)),
            level=level,
            priority=default_priority(level),
            lead_practitioner=last_name(rng) if level == STATUTORY_LEVEL else "",
            section_47_open=self.made % BLOCKED_EVERY == 0,
        )
        self._wish(family)
        self._agree(family)
        self._step_down(family)
        self.session.add(family)
        self.session.flush()
        return family

    def _step_down(self, family: Family) -> None:
        """Say from which level a family was stepped down; no chance, so that the rest stays."""
        if family.source == ReferralSource.STEP_DOWN:
            family.step_down_level = min(family.level + 1, STATUTORY_LEVEL)
            family.step_down_on = family.referred_on
            family.step_down_worker = self.staff.name

    def _wish(self, family: Family) -> None:
        rng = self.rng
        family.slots = tuple(rng.sample(SLOTS, rng.randint(2, 8)))
        family.languages = (rng.choice(SPOKEN),) if rng.random() < 0.08 else ()
        wishes = (CoachGender.ANY, CoachGender.WOMAN, CoachGender.MAN)
        family.coach_gender = rng.choices(wishes, (78, 19, 3))[0]
        family.accepts_remote = rng.random() < 0.35
        family.min_distance_m = 800 if rng.random() < 0.12 else 0
        things = (Household.SMOKING, Household.DOGS, Household.CATS, Household.STAIRS)
        family.household = tuple(rng.sample(things, rng.choice((0, 0, 1, 1, 2))))
        needs = rng.sample(ORDINARY_NEEDS, rng.randint(1, 3))
        if rng.random() < 0.2:
            needs.append(rng.choice(list(SENSITIVE_NEEDS)))
        family.needs = [FamilyNeed(need=need, weight=rng.randint(1, 3)) for need in needs]

    def _agree(self, family: Family) -> None:
        """Record agreement and safe contact, or leave the family where they are missing."""
        if self.made % REFERRED_EVERY == 0:
            family.state = FamilyState.REFERRED
            return
        if self.made % CLOSED_EVERY == 0:
            family.state = FamilyState.CLOSED
        method = self.rng.choice((AgreementMethod.PHONE, AgreementMethod.FACE_TO_FACE))
        family.agreements = [
            Agreement(
                purpose=purpose,
                version="2026-1",
                given_by=family.name,
                given_on=family.referred_on,
                method=method,
                recorded_by_id=self.staff.id,
            )
            for purpose in self._purposes()
        ]
        channels = self.rng.choice(
            (
                (Channel.PHONE,),
                (Channel.PHONE, Channel.SMS),
                (Channel.EMAIL, Channel.SMS),
            )
        )
        times = self.rng.choice(tuple(SAFE_SLOTS))
        family.safe_contact = SafeContact(
            channels=channels,
            times=times,
            safe_slots=SAFE_SLOTS[times],
            alias=self.rng.choice(("", "", "", first_name(self.rng, Gender.OTHER))),
            answered_on=family.referred_on,
        )

    def _purposes(self) -> tuple[ConsentPurpose, ...]:
        """Return what the family agrees to: a few not to all, without any chance."""
        said_no = {0: ConsentPurpose.RESEARCH, 3: ConsentPurpose.FEEDBACK}.get(self.made % 7)
        return tuple(one for one in ConsentPurpose if one != said_no)


def _at(day: date) -> datetime:
    return datetime.combine(day, time(10), UTC)
