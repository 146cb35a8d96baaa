"""Where a volunteer stands, for the staff who decide what comes next."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from peerapp.domain import certificate_steps, onboarding
from peerapp.domain.certificates import current_certificate, recheck_due
from peerapp.domain.consents import standing_consent
from peerapp.domain.courses import title_of
from peerapp.domain.gate_steps import GateStep
from peerapp.domain.subscriptions import (
    Window,
    is_subscribed,
    join_window,
    renewal_refusals,
)
from peerapp.domain.vetting import (
    clearance_refusals,
    counts_on,
    gate_statuses,
)
from peerapp.domain.waiting import Wait
from peerapp.enums import CertificateStatus, Role, VolunteerState
from peerapp.errors import Refusal
from peerapp.models import (
    Account,
    Certificate,
    ProbationReview,
    StatusConsent,
    TrainingRecord,
    TwoPersonRequest,
    Volunteer,
    VolunteerPause,
    utc_now,
)
from peerapp.services import breaks, probation, suspension_lifts, task_lists, volunteers
from peerapp.services.checks import open_statuses
from peerapp.services.onboarding import count_families
from peerapp.services.probation import ReviewDue
from peerapp.services.suspension_lifts import may_propose_lift


@dataclass(frozen=True)
class CertificateStanding:
    """A certificate, and what may be done with it by whoever asks.

    Attributes
    ----------
    due
        First day on which it no longer counts.
    statuses
        Statuses other than accepted that may be set.
    may_accept
        It may be accepted by this person once ``acceptance`` is empty.
    window
        When it may join the Update Service; None where its level never may.
    """

    certificate: Certificate
    is_current: bool
    due: date
    statuses: tuple[CertificateStatus, ...]
    may_accept: bool
    acceptance: tuple[Refusal, ...]
    may_correct: bool
    may_decide: bool
    window: Window | None
    is_subscribed: bool
    may_renew: bool


@dataclass(frozen=True)
class CourseStanding:
    """A course that was recorded, and whether it counts today."""

    record: TrainingRecord
    name: str
    is_in_date: bool


@dataclass(frozen=True)
class Standing:
    """Everything that a decision on a volunteer rests on.

    Attributes
    ----------
    steps, waits
        Each gate with what is next, and what the record waits for.
    clearance
        Why they may not coach today; empty means that they may.
    next_state, next_refusals
        The next state on the path that staff can move them to, and what it still lacks.
    families
        How many families they are approved for and not ended with.
    """

    volunteer: Volunteer
    reference: str
    steps: tuple[GateStep, ...]
    waits: tuple[Wait, ...]
    clearance: tuple[Refusal, ...]
    next_state: VolunteerState | None
    next_refusals: tuple[Refusal, ...]
    moves: frozenset[VolunteerState]
    may_lift: bool
    lift: TwoPersonRequest | None
    families: int
    certificates: tuple[CertificateStanding, ...]
    training: tuple[CourseStanding, ...]
    is_open: bool
    review: ReviewDue | None
    reviews: Sequence[ProbationReview]
    breaks: Sequence[VolunteerPause]
    consent: StatusConsent | None


def get_standing(
    session: Session, actor: Account, volunteer_id: uuid.UUID, today: date
) -> Standing:
    """Return a volunteer beside all that staff may know and do; the view is audited.

    Raises
    ------
    peerapp.errors.NotFound
        There is none, or the actor may not know of it.
    """
    volunteer = volunteers.get_volunteer(session, actor, volunteer_id)
    to = onboarding.next_state(volunteer)
    refusals = onboarding.move_refusals(volunteer, to, today) if to else []
    tasks = task_lists.get_tasks(session, volunteer, today)
    lift = suspension_lifts.find_proposal(session, volunteer, utc_now())
    return Standing(
        volunteer=volunteer,
        reference=volunteers.reference(volunteer),
        steps=tasks.steps,
        waits=tasks.waits,
        clearance=tuple(clearance_refusals(volunteer, today)),
        next_state=to,
        next_refusals=tuple(refusals),
        moves=onboarding.allowed_moves(volunteer.state, volunteer.state_before),
        may_lift=lift is None and may_propose_lift(volunteer, actor),
        lift=lift,
        families=count_families(session, volunteer),
        certificates=_certificates(volunteer, actor, today),
        training=list_training(volunteer, today),
        is_open=volunteer.state not in onboarding.FINAL,
        review=probation.standing_review(volunteer, today),
        reviews=probation.list_reviews(session, volunteer),
        breaks=breaks.list_breaks(session, volunteer),
        consent=standing_consent(volunteer),
    )


def count_gates_met(volunteer: Volunteer, today: date) -> int:
    """Return how many of the gates a volunteer has passed."""
    return sum(status.is_met for status in gate_statuses(volunteer, today))


def _certificates(
    volunteer: Volunteer, actor: Account, today: date
) -> tuple[CertificateStanding, ...]:
    """Return the certificates, newest first."""
    newest_first: Sequence[Certificate] = sorted(
        volunteer.certificates, key=lambda one: (one.issue_date, one.created_at), reverse=True
    )
    return tuple(_certificate(volunteer, one, actor, today) for one in newest_first)


def list_training(volunteer: Volunteer, today: date) -> tuple[CourseStanding, ...]:
    """Return the courses of a volunteer, each with its title and whether it counts today."""
    return tuple(
        CourseStanding(record, title_of(volunteer.scheme, record.course), counts_on(record, today))
        for record in volunteer.training
    )


def _certificate(
    volunteer: Volunteer, certificate: Certificate, actor: Account, today: date
) -> CertificateStanding:
    open_to = open_statuses(certificate, actor)
    accepted = CertificateStatus.ACCEPTED
    is_lead = actor.role == Role.SAFEGUARDING_LEAD
    is_current = current_certificate(volunteer) is certificate
    return CertificateStanding(
        certificate=certificate,
        is_current=is_current,
        due=recheck_due(certificate, volunteer.scheme.recheck_months),
        statuses=tuple(status for status in open_to if status != accepted),
        may_accept=accepted in open_to,
        acceptance=tuple(certificate_steps.acceptance_refusals(volunteer, certificate, today)),
        may_correct=not certificate_steps.correction_refusals(certificate),
        may_decide=is_current and certificate.has_content and is_lead,
        window=join_window(certificate, volunteer.scheme.join_days, today),
        is_subscribed=is_subscribed(certificate, today),
        may_renew=not renewal_refusals(certificate.subscription, today),
    )
