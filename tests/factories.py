"""Plain makers of rows for tests: sensible unless told otherwise, nothing hidden."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy.orm import Session

from peerapp.enums import (
    CORE_COURSES,
    NEEDED_PURPOSES,
    AgreementMethod,
    CertificateStatus,
    CheckLevel,
    ConsentPurpose,
    FamilyState,
    GateItem,
    Gender,
    MatchState,
    Need,
    Role,
    VolunteerState,
    Workforce,
)
from peerapp.models import (
    Account,
    Agreement,
    Certificate,
    Family,
    FamilyNeed,
    GateRecord,
    Locality,
    LocalitySector,
    Match,
    SafeContact,
    Scheme,
    StaffLocality,
    TrainingRecord,
    Volunteer,
)

TODAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
PASSWORD = "correct pony battery staple"

_numbers = itertools.count(1)


def make_scheme(slug: str = "default", **values: Any) -> Scheme:
    """Return a scheme that is not yet in any session."""
    given = {"name": "Wiltshire Family Coaching", "council": "Wiltshire Council"}
    return Scheme(slug=slug, **{**given, "phone": "01632 960100", **values})


def make_locality(
    session: Session, name: str = "Chippenham", sectors: tuple[str, ...] = ("SN15 1",)
) -> Locality:
    rows = [LocalitySector(sector=sector) for sector in sectors]
    locality = Locality(name=name, council="Wiltshire", sectors=rows)
    session.add(locality)
    session.flush()
    return locality


def make_account(
    session: Session, role: Role, localities: tuple[Locality, ...] = (), **values: Any
) -> Account:
    """Make a confirmed account; its password is hashed only where a test signs in by form."""
    number = next(_numbers)
    given: dict[str, Any] = {
        "email": f"{role.value}{number}@example.org",
        "name": f"{role.value.capitalize()} {number}",
        "confirmed_at": NOW,
    }
    account = Account(role=role, **{**given, **values})
    account.localities = [StaffLocality(locality_id=one.id) for one in localities]
    session.add(account)
    session.flush()
    return account


def make_volunteer(session: Session, locality: Locality | None = None, **values: Any) -> Volunteer:
    """Make a volunteer who has filled in everything and stands at ``enquiry``."""
    account = values.pop("account", None) or make_account(session, Role.VOLUNTEER)
    given: dict[str, Any] = {
        "state": VolunteerState.ENQUIRY,
        "state_since": NOW,
        "first_name": "Ama",
        "last_name": f"Mensah{next(_numbers)}",
        "date_of_birth": date(1985, 4, 2),
        "phone": "07700 900123",
        "gender": Gender.WOMAN,
        "postcode": "SN15 1AA",
        "easting": 392000,
        "northing": 173500,
        "max_distance_m": 16090,
        "slots": ("mon_morning", "tue_evening"),
        "experience": (Need.BUDGETING,),
        "lived_experience": (Need.ISOLATION,),
        "languages": ("en",),
        "offers_remote": False,
        "capacity": 2,
        "shares": ("scheme_phone",),
        "scheme_phone": "01632 960101",
    }
    volunteer = Volunteer(
        account_id=account.id,
        locality_id=locality.id if locality else None,
        **{**given, **values},
    )
    session.add(volunteer)
    session.flush()
    return volunteer


def make_certificate(
    session: Session, volunteer: Volunteer, seen_by: Account, **values: Any
) -> Certificate:
    given: dict[str, Any] = {
        "number": f"{next(_numbers):012d}",
        "issue_date": date(2026, 3, 1),
        "level": CheckLevel.ENHANCED_CHILDREN,
        "workforce": Workforce.CHILD,
        "name_as_printed": volunteer.name.upper(),
        "name_matches": True,
        "seen_on": date(2026, 3, 20),
        "status": CertificateStatus.ACCEPTED,
    }
    certificate = Certificate(volunteer=volunteer, seen_by_id=seen_by.id, **{**given, **values})
    session.add(certificate)
    session.flush()
    return certificate


def make_coach(session: Session, staff: Account, locality: Locality, **values: Any) -> Volunteer:
    """Make a volunteer who is cleared on TODAY."""
    values.setdefault("state", VolunteerState.ACTIVE)
    values.setdefault("check_level", CheckLevel.ENHANCED_CHILDREN)
    values.setdefault("check_workforce", Workforce.CHILD)
    volunteer = make_volunteer(session, locality, **values)
    volunteer.check_decided_by_id = staff.id
    volunteer.check_decided_on = date(2026, 2, 1)
    volunteer.gate_records = [
        GateRecord(item=item, done_on=date(2026, 3, 1), recorded_by_id=staff.id)
        for item in GateItem
    ]
    volunteer.training = [
        TrainingRecord(course=course, completed_on=date(2026, 3, 10), valid_until=date(2029, 3, 10))
        for course in CORE_COURSES
    ]
    make_certificate(session, volunteer, staff)
    return volunteer


def make_family(session: Session, staff: Account, locality: Locality, **values: Any) -> Family:
    """Make a family that waits, has agreed and has said how it may be reached."""
    number = next(_numbers)
    needs = values.pop("needs", {Need.BUDGETING: 2, Need.ISOLATION: 1})
    channels = values.pop("channels", ("phone", "email"))
    purposes = values.pop("purposes", (*NEEDED_PURPOSES, ConsentPurpose.MESSAGES))
    given: dict[str, Any] = {
        "reference": f"F-{number:05d}",
        "state": FamilyState.WAITING,
        "state_since": NOW,
        "first_name": "Rosa",
        "last_name": f"Novak{number}",
        "phone": "07700 900456",
        "email": f"family{number}@example.org",
        "postcode": "SN15 1AB",
        "easting": 392500,
        "northing": 173900,
        "referred_on": date(2026, 9, 1),
        "waiting_since": date(2026, 9, 1),
        "slots": ("mon_morning",),
    }
    family = Family(locality_id=locality.id, **{**given, **values})
    family.needs = [FamilyNeed(need=need, weight=weight) for need, weight in needs.items()]
    family.agreements = [
        Agreement(
            purpose=purpose,
            version="2026-1",
            given_by=family.name,
            given_on=date(2026, 9, 1),
            method=AgreementMethod.PHONE,
            recorded_by_id=staff.id,
        )
        for purpose in purposes
    ]
    if channels:
        family.safe_contact = SafeContact(channels=channels, answered_on=date(2026, 9, 1))
    session.add(family)
    session.flush()
    return family


def make_family_account(session: Session, family: Family) -> Account:
    account = make_account(session, Role.FAMILY, email=family.email, name=family.first_name)
    family.account = account
    session.flush()
    return account


def make_match(session: Session, family: Family, coach: Volunteer, **values: Any) -> Match:
    given: dict[str, Any] = {
        "state": MatchState.PROPOSED,
        "state_since": NOW,
        "slot": "mon_morning",
        "mode": "in_person",
        "distance_m": 640,
        "cost": 33,
        "family_version": family.version,
        "volunteer_version": coach.version,
    }
    match = Match(family=family, volunteer=coach, **{**given, **values})
    session.add(match)
    session.flush()
    return match
