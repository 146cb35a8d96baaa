"""The first visit: planned once both have said yes, with a coordinator of the family's locality."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from peerapp.domain.access import works_in
from peerapp.enums import MatchState, Role, VisitState
from peerapp.errors import Refusal
from peerapp.models import Account, FirstVisit, Match

FURTHEST = timedelta(days=92)


def planned_visit(match: Match) -> FirstVisit | None:
    """Return the first visit that is to come, or None."""
    found = [one for one in match.first_visits if one.state == VisitState.PLANNED]
    return found[-1] if found else None


def may_attend(account: Account, match: Match) -> bool:
    """Say whether an account is a coordinator who can come along to this family."""
    return (
        account.role == Role.COORDINATOR
        and account.disabled_at is None
        and works_in(account, match.family.locality_id)
    )


def plan_refusals(
    match: Match, staff: Account, starts_at: datetime, now: datetime
) -> list[Refusal]:
    """Say why a first visit cannot be planned; the codes name the fields of its form."""
    refusals = []
    if match.state != MatchState.APPROVED:
        refusals.append(
            Refusal("not_approved", "A first visit is planned once the match is approved.")
        )
    if not now < starts_at <= now + FURTHEST:
        refusals.append(Refusal("on", "The visit must be in the next three months."))
    if not may_attend(staff, match):
        message = "Choose a coordinator who works where the family lives."
        refusals.append(Refusal("staff", message))
    return refusals


def reminder_is_due(visit: FirstVisit, starts_on: date, today: date) -> bool:
    """Say whether to remind of a visit: once, the day before."""
    is_near = today <= starts_on <= today + timedelta(days=1)
    return visit.state == VisitState.PLANNED and is_near and visit.reminded_on is None
