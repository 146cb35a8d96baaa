"""The review at the end of probation: who is due, and what was decided with which reasons."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from peerapp.clock import LONDON
from peerapp.domain import onboarding as moves
from peerapp.domain import probation as rules
from peerapp.enums import DropOutReason, ReviewOutcome, VolunteerState
from peerapp.errors import Refused
from peerapp.models import Account, ProbationReview, Volunteer
from peerapp.services import audit, onboarding, volunteers


@dataclass(frozen=True)
class ReviewDue:
    """A coach on probation, and when the review is due; on that day it is not overdue yet."""

    volunteer: Volunteer
    due_on: date
    is_overdue: bool


@dataclass(frozen=True)
class ReviewDetails:
    """What a review found; ``extended_to`` with the outcome extended only."""

    outcome: ReviewOutcome
    held_on: date
    reason: str
    extended_to: date | None = None


def due_on(volunteer: Volunteer) -> date:
    """Return when the review of a coach on probation is due."""
    return rules.review_due(volunteer, began_on(volunteer))


def began_on(volunteer: Volunteer) -> date:
    """Return the day on which probation began, however often it was interrupted since."""
    starts = [
        event.created_at
        for event in volunteer.history
        if event.to_state == VolunteerState.PROBATION
        and event.from_state in {VolunteerState.PANEL, None}
    ]
    return (starts[-1] if starts else volunteer.state_since).astimezone(LONDON).date()


def standing_review(volunteer: Volunteer, today: date) -> ReviewDue | None:
    """Return what is due for a volunteer; None for somebody who is not on probation."""
    if volunteer.state != VolunteerState.PROBATION:
        return None
    day = due_on(volunteer)
    return ReviewDue(volunteer, day, day < today)


def list_due(session: Session, actor: Account, today: date) -> list[ReviewDue]:
    """Return everybody on probation whom the actor may see, the longest due first."""
    query = (
        select(Volunteer)
        .where(volunteers.visible_to(actor), Volunteer.state == VolunteerState.PROBATION)
        .options(
            joinedload(Volunteer.scheme),
            joinedload(Volunteer.locality),
            selectinload(Volunteer.history),
        )
    )
    due = [standing_review(one, today) for one in session.scalars(query)]
    return sorted((one for one in due if one), key=lambda one: (one.due_on, one.volunteer.id))


def list_reviews(session: Session, volunteer: Volunteer) -> Sequence[ProbationReview]:
    """Return the reviews of a volunteer, newest first."""
    query = (
        select(ProbationReview)
        .where(ProbationReview.volunteer_id == volunteer.id)
        .options(joinedload(ProbationReview.by))
        .order_by(ProbationReview.created_at.desc(), ProbationReview.id)
    )
    return session.scalars(query).all()


def review(
    session: Session, actor: Account, volunteer_id: uuid.UUID, details: ReviewDetails, today: date
) -> ProbationReview:
    """Record a review and do what it decided: active, probation until a later day, or the end.

    Raises
    ------
    Refused
        Something is missing, a gate is not in date, or families are still supported at the end.
    """
    volunteer = volunteers.lock_volunteer(session, actor, volunteer_id)
    outcome, extended_to = details.outcome, details.extended_to
    refusals = rules.review_refusals(
        volunteer, outcome, details.held_on, details.reason, extended_to, began_on(volunteer), today
    )
    if not refusals and outcome == ReviewOutcome.PASSED:
        refusals = moves.move_refusals(volunteer, VolunteerState.ACTIVE, today)
    if refusals:
        raise Refused(refusals)
    row = ProbationReview(
        volunteer_id=volunteer.id,
        due_on=due_on(volunteer),
        held_on=details.held_on,
        outcome=outcome,
        reason=details.reason.strip(),
        extended_to=extended_to if outcome == ReviewOutcome.EXTENDED else None,
        by_id=actor.id,
    )
    session.add(row)
    audit.record_change(session, actor, "probation.review", volunteer, outcome=outcome.value)
    _carry_out(session, actor, volunteer, row, today)
    session.flush()
    return row


def _carry_out(
    session: Session, actor: Account, volunteer: Volunteer, row: ProbationReview, today: date
) -> None:
    if row.outcome == ReviewOutcome.EXTENDED:
        volunteer.probation_review_due = row.extended_to
    elif row.outcome == ReviewOutcome.PASSED:
        volunteer.probation_review_due = None
        onboarding.change_state(session, actor, volunteer, VolunteerState.ACTIVE, "", today)
    else:
        ended = DropOutReason.PROBATION
        onboarding.leave(session, actor, volunteer.id, row.reason, today, drop_out=ended)
