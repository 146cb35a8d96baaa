"""What waits for a member of staff today, in their localities."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import Session, aliased

from peerapp.domain.access import sees_every_locality
from peerapp.domain.certificate_board import latest_issue
from peerapp.domain.certificates import recheck_due
from peerapp.domain.onboarding import BEFORE_COACHING
from peerapp.domain.vetting import COACHING_STATES
from peerapp.enums import (
    CertificateStatus,
    ClaimState,
    FamilyState,
    MatchState,
    OfferAnswer,
    OfferSide,
    Role,
    VolunteerState,
)
from peerapp.models import Account, Certificate, Family, Match, MatchOffer, Volunteer, utc_now
from peerapp.services import (
    check_overviews,
    concern_cases,
    duty_covers,
    expenses,
    messages,
    plan_overrides,
    referrals,
    session_watch,
    status_check_pages,
    supervision,
    two_person_requests,
)
from peerapp.services.certificate_board import is_current
from peerapp.services.messages import Stuck
from peerapp.services.schemes import get_scheme

SOON_DAYS = 90
SHOWN = 5
SHOWN_CERTIFICATES = 10
MOST_TO_CORRECT = 25


@dataclass(frozen=True)
class Waiting:
    """Counts of what waits, and the first few of each, oldest first."""

    proposals: int
    agreed: int
    approved: int
    new_referrals: int
    dangers: int
    overrides: Sequence[Family]
    referrals: int
    applications: int
    families_waiting: int
    status_checks: int
    corrections: int
    families_to_correct: Sequence[Family]
    volunteers_to_correct: Sequence[Volunteer]
    oldest_families: Sequence[Family]
    oldest_applications: Sequence[Volunteer]
    certificates_due: int
    certificates: Sequence[CertificateDue]
    late_checks: int
    sessions: int
    claims: int
    late_calls: int
    concerns: int | None
    duty_covers: int
    second_person: int
    mail: Stuck | None


@dataclass(frozen=True)
class CertificateDue:
    """A coach whose certificate runs out soon or does not count any more."""

    volunteer: Volunteer
    status: CertificateStatus | None
    due_on: date | None
    days_left: int | None
    is_lapsed: bool


def whats_waiting(session: Session, actor: Account, today: date) -> Waiting:
    """Return what waits for ``actor``; a constant number of queries."""
    families, volunteers = _families(actor), _volunteers(actor)
    in_family = Match.family.has(families)
    due, certificates = _certificates(session, volunteers, today)
    return Waiting(
        proposals=_count(session, Match, Match.state == MatchState.PROPOSED, in_family),
        agreed=_count(session, Match, _BOTH_SAID_YES, in_family),
        approved=_count(session, Match, Match.state == MatchState.APPROVED, in_family),
        new_referrals=referrals.count_new(session, actor),
        dangers=len(referrals.list_in_danger(session, actor)),
        overrides=plan_overrides.list_open(session, actor),
        referrals=_count(session, Family, Family.state == FamilyState.REFERRED, families),
        applications=_count(session, Volunteer, Volunteer.state.in_(_IN_ONBOARDING), volunteers),
        families_waiting=_count(session, Family, Family.state == FamilyState.WAITING, families),
        status_checks=len(status_check_pages.list_flagged(session, actor, today)),
        corrections=_count(session, Family, Family.details_query != "", families)
        + _count(session, Volunteer, Volunteer.details_query != "", volunteers),
        families_to_correct=_to_correct(session, Family, families),
        volunteers_to_correct=_to_correct(session, Volunteer, volunteers),
        oldest_families=_oldest_families(session, families),
        oldest_applications=_oldest_applications(session, volunteers),
        certificates_due=due,
        certificates=certificates,
        late_checks=check_overviews.count_late(session, actor, today),
        late_calls=supervision.count_late(session, actor, today),
        concerns=concern_cases.count_for(session, actor, utc_now()),
        duty_covers=duty_covers.count_unsigned(session, actor),
        second_person=two_person_requests.count_waiting(session, actor, utc_now()),
        sessions=session_watch.count_attention(session, actor, utc_now()),
        claims=expenses.count_claims(session, actor, ClaimState.SENT),
        mail=messages.count_stuck(session, utc_now()) if actor.role == Role.MANAGER else None,
    )


_BOTH_SAID_YES = and_(
    Match.state == MatchState.OFFERED_TO_FAMILY,
    Match.offers.any(
        and_(MatchOffer.side == OfferSide.FAMILY, MatchOffer.answer == OfferAnswer.YES)
    ),
)
_IN_ONBOARDING = BEFORE_COACHING - {VolunteerState.ENQUIRY}


def _families(actor: Account) -> ColumnElement[bool]:
    if sees_every_locality(actor):
        return Family.id.is_not(None)
    return or_(Family.locality_id.in_(actor.locality_ids), Family.worker_id == actor.id)


def _volunteers(actor: Account) -> ColumnElement[bool]:
    if sees_every_locality(actor):
        return Volunteer.id.is_not(None)
    if actor.role != Role.COORDINATOR:
        return Volunteer.id.is_(None)
    return or_(Volunteer.locality_id.in_(actor.locality_ids), Volunteer.locality_id.is_(None))


def _count(session: Session, model: type[Any], *conditions: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count(model.id)).where(*conditions)) or 0


def _to_correct(session: Session, model: type[Any], mine: ColumnElement[bool]) -> Sequence[Any]:
    """Return people left out of matching until somebody looks at their details."""
    query = select(model).where(model.details_query != "", mine).order_by(model.id)
    return session.scalars(query.limit(MOST_TO_CORRECT)).all()


def _oldest_families(session: Session, mine: ColumnElement[bool]) -> Sequence[Family]:
    query = (
        select(Family)
        .where(Family.state == FamilyState.WAITING, mine)
        .order_by(Family.priority, Family.waiting_since, Family.id)
        .limit(SHOWN)
    )
    return session.scalars(query).all()


def _oldest_applications(session: Session, mine: ColumnElement[bool]) -> Sequence[Volunteer]:
    query = (
        select(Volunteer)
        .where(Volunteer.state.in_(_IN_ONBOARDING), mine)
        .order_by(Volunteer.state_since, Volunteer.id)
        .limit(SHOWN)
    )
    return session.scalars(query).all()


def _certificates(
    session: Session, mine: ColumnElement[bool], today: date
) -> tuple[int, Sequence[CertificateDue]]:
    """Count coaches whose certificate is out, not accepted, or out within 90 days; show the first.

    Those that do not count come first, then those that end soonest.
    """
    held, months = aliased(Certificate), get_scheme(session).recheck_months
    ended = or_(
        held.id.is_(None),
        held.status != CertificateStatus.ACCEPTED,
        held.issue_date <= latest_issue(months, today),
    )
    soon = held.issue_date <= latest_issue(months, today + timedelta(days=SOON_DAYS))
    due = Volunteer.state.in_(COACHING_STATES), mine, or_(ended, soon)
    count = select(func.count(Volunteer.id)).outerjoin(held, is_current(held)).where(*due)
    first = (
        select(Volunteer, held)
        .outerjoin(held, is_current(held))
        .where(*due)
        .order_by(case((ended, 0), else_=1), held.issue_date, Volunteer.id)
        .limit(SHOWN_CERTIFICATES)
    )
    found = [
        _certificate_due(volunteer, certificate, months, today)
        for volunteer, certificate in session.execute(first)
    ]
    return session.scalar(count) or 0, found


def _certificate_due(
    volunteer: Volunteer, certificate: Certificate | None, months: int, today: date
) -> CertificateDue:
    if certificate is None:
        return CertificateDue(volunteer, None, None, None, True)
    due_on = recheck_due(certificate, months)
    days = (due_on - today).days
    lapsed = days <= 0 or certificate.status != CertificateStatus.ACCEPTED
    return CertificateDue(volunteer, certificate.status, due_on, days, lapsed)
