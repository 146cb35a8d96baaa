"""First visits: planned, moved, reminded of. That one was held is recorded by the introduction."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from peerapp.domain import first_visits as rules
from peerapp.domain.match_states import people_refusals, sharing_refusals
from peerapp.enums import MatchState, Role, VisitState
from peerapp.errors import Refused
from peerapp.models import Account, FirstVisit, Match
from peerapp.services import audit, messages
from peerapp.services.approvals import notify_both
from peerapp.services.contacts import own_family, own_volunteer
from peerapp.services.match_steps import lock_for_decision, lock_match
from peerapp.services.pairs_apart import apart_refusals
from peerapp.services.rows import get_row
from peerapp.services.staff_of import list_active
from peerapp.wording import day_of


@dataclass(frozen=True)
class OwnVisit:
    """A first visit as family and coach see it: when, how, and who comes along from the scheme."""

    starts_at: datetime
    mode: str
    staff_name: str


def plan(
    session: Session,
    actor: Account,
    match_id: uuid.UUID,
    *,
    starts_at: datetime,
    staff_id: uuid.UUID,
    note: str = "",
    now: datetime,
    today: date,
    base_url: str,
) -> FirstVisit:
    """Plan the first visit of an approved match, or move it; both are told that there is news.

    Parameters
    ----------
    staff_id
        The coordinator who comes along.
    note
        Why it was moved; for staff.

    Raises
    ------
    Refused
        The match is not approved, the two may not be together, or the day or coordinator is wrong.
    """
    match = lock_for_decision(session, actor, match_id)
    staff = get_row(session, Account, staff_id)
    before = rules.planned_visit(match)
    if before and (before.starts_at, before.staff_id) == (starts_at, staff_id):
        return before
    _check(session, match, staff, starts_at, now, today)
    if before is not None:
        before.state, before.note = VisitState.MOVED, note
    visit = FirstVisit(starts_at=starts_at, staff_id=staff_id, planned_by_id=actor.id)
    visit.state = VisitState.PLANNED
    match.first_visits.append(visit)
    _record(session, actor, match, moved=before is not None)
    _tell(session, match, staff if staff.id != actor.id else None, base_url)
    return visit


def _record(session: Session, actor: Account, match: Match, *, moved: bool) -> None:
    audit.record_change(session, actor, "first_visit.plan", match, match_id=match.id, moved=moved)


def _check(
    session: Session, match: Match, staff: Account, starts_at: datetime, now: datetime, today: date
) -> None:
    refusals = [
        *people_refusals(match, today),
        *apart_refusals(session, match, today),
        *sharing_refusals(match),
        *rules.plan_refusals(match, staff, starts_at, now),
    ]
    if refusals:
        raise Refused(refusals)


def _tell(session: Session, match: Match, staff: Account | None, base_url: str) -> None:
    """Tell both of the new time, in place of what was to be sent about the old one."""
    messages.cancel_for_match(session, match.id)
    notify_both(session, match, base_url)
    if staff is not None:
        link = f"{base_url}/staff/matches/{match.id}"
        messages.queue_notice(session, staff, link, match_id=match.id)
    session.flush()


def list_attending(session: Session, match: Match) -> list[Account]:
    """Return the coordinators who can come along, by name."""
    found = [one for one in list_active(session, Role.COORDINATOR) if rules.may_attend(one, match)]
    return sorted(found, key=lambda one: (one.name, one.id))


def for_family(session: Session, actor: Account) -> OwnVisit | None:
    """Return the family's first visit to come, or None."""
    family = own_family(session, actor)
    query = select(Match).where(Match.family_id == family.id, Match.state == MatchState.APPROVED)
    match = session.scalars(query).one_or_none()
    return _own(match) if match else None


def for_coach(session: Session, actor: Account, match_id: uuid.UUID) -> OwnVisit | None:
    """Return the first visit to come in a match of this coach, or None."""
    match = get_row(session, Match, match_id)
    is_own = match.volunteer_id == own_volunteer(session, actor).id
    return _own(match) if is_own and match.state == MatchState.APPROVED else None


def _own(match: Match) -> OwnVisit | None:
    visit = rules.planned_visit(match)
    if visit is None or sharing_refusals(match):
        return None
    return OwnVisit(visit.starts_at, match.mode, visit.staff.name)


def list_due(session: Session, today: date) -> Sequence[uuid.UUID]:
    """Return the matches whose first visit is to be reminded of today."""
    query = select(FirstVisit).where(
        FirstVisit.state == VisitState.PLANNED, FirstVisit.reminded_on.is_(None)
    )
    return [
        one.match_id
        for one in session.scalars(query.order_by(FirstVisit.match_id))
        if rules.reminder_is_due(one, day_of(one.starts_at), today)
    ]


def sweep_match(session: Session, match_id: uuid.UUID, today: date, base_url: str) -> None:
    """Remind both of the visit of tomorrow; a second time changes nothing."""
    match = lock_match(session, match_id)
    visit = rules.planned_visit(match)
    if visit is None or match.state != MatchState.APPROVED or sharing_refusals(match):
        return
    if rules.reminder_is_due(visit, day_of(visit.starts_at), today):
        visit.reminded_on = today
        notify_both(session, match, base_url)
        link = f"{base_url}/staff/matches/{match.id}"
        messages.queue_notice(session, visit.staff, link, match_id=match.id)
        session.flush()
