"""The first time as a coach: with one family, and with a review at its end."""

from __future__ import annotations

from datetime import date, timedelta

from peerapp.enums import ReviewOutcome, VolunteerState
from peerapp.errors import Refusal
from peerapp.models import Volunteer

LONGEST_EXTENSION = timedelta(weeks=26)


def review_due(volunteer: Volunteer, since: date) -> date:
    """Return the day on which the review is due; ``since`` is the day probation began."""
    return volunteer.probation_review_due or first_due(volunteer.scheme.probation_weeks, since)


def first_due(weeks: int, since: date) -> date:
    """Return when the first review of a coach is due."""
    return since + timedelta(weeks=weeks)


def review_refusals(
    volunteer: Volunteer,
    outcome: ReviewOutcome,
    held_on: date,
    reason: str,
    extended_to: date | None,
    since: date,
    today: date,
) -> list[Refusal]:
    """Say why a review cannot be recorded; the codes name the fields of its form."""
    if volunteer.state != VolunteerState.PROBATION:
        return [Refusal("not_on_probation", "The volunteer is not on probation.")]
    refusals = []
    if held_on > today:
        refusals.append(Refusal("held_on", "The date must be today or in the past."))
    if held_on < since:
        refusals.append(Refusal("held_on", "The review cannot be before probation began."))
    if not reason.strip():
        refusals.append(Refusal("reason", "Say what the decision rests on."))
    if outcome == ReviewOutcome.EXTENDED:
        refusals += _extension_refusals(extended_to, today)
    return refusals


def _extension_refusals(extended_to: date | None, today: date) -> list[Refusal]:
    if extended_to is None or extended_to <= today:
        return [Refusal("extended_to", "Enter a day in the future for the next review.")]
    if extended_to > today + LONGEST_EXTENSION:
        return [Refusal("extended_to", "Probation can be extended by 26 weeks at most.")]
    return []
