"""Planned endings: notice, the last session, the end by itself the day after."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from peerapp.domain import match_endings as rules
from peerapp.domain.session_access import Opening
from peerapp.enums import EndReason, FamilyState
from peerapp.errors import Refusal, Refused
from peerapp.models import Account, Match, MatchEnding
from peerapp.services import audit, messages
from peerapp.services.approvals import notify_both
from peerapp.services.contacts import own_family, own_volunteer
from peerapp.services.match_life import end_locked
from peerapp.services.match_steps import lock_for_decision, lock_match
from peerapp.services.rows import get_row
from peerapp.services.schemes import get_scheme
from peerapp.services.staff_of import workers_of


def plan(
    session: Session,
    actor: Account,
    match_id: uuid.UUID,
    *,
    last_session_on: date,
    reason: EndReason,
    family_next: FamilyState,
    note: str = "",
    short_notice: str = "",
    today: date,
    base_url: str,
) -> MatchEnding:
    """Plan the end of a match, or another day for it; both are told that there is news.

    Parameters
    ----------
    short_notice
        Why the notice is shorter than the scheme's; empty where it is not.

    Raises
    ------
    Refused
        The two are not together, or the day or the notice will not do.
    """
    match = lock_for_decision(session, actor, match_id)
    ending = MatchEnding(
        last_session_on=last_session_on,
        reason=reason,
        family_next=family_next,
        note=note,
        short_notice=short_notice,
        planned_by_id=actor.id,
    )
    _check(session, match, ending, today)
    _put(session, actor, match, ending, today, base_url)
    return ending


def _check(session: Session, match: Match, ending: MatchEnding, today: date) -> None:
    days = get_scheme(session).ending_notice_days
    given = ending.last_session_on, ending.reason, ending.short_notice
    refusals = rules.plan_refusals(match, *given, days, today)
    if ending.family_next not in {FamilyState.WAITING, FamilyState.CLOSED}:
        refusals.append(Refusal("family_next", "After a match a family waits or is closed."))
    if refusals:
        raise Refused(refusals)


def _put(
    session: Session,
    actor: Account,
    match: Match,
    ending: MatchEnding,
    today: date,
    base_url: str,
) -> None:
    """Put a planned ending in the place of the one that stands, and tell both."""
    before = rules.standing_ending(match)
    if before is not None:
        before.closed_on = today
    match.endings.append(ending)
    reason = ending.reason.value
    audit.record_change(
        session, actor, "match_ending.plan", match, match_id=match.id, reason=reason
    )
    notify_both(session, match, base_url)
    session.flush()


def call_off(
    session: Session, actor: Account, match_id: uuid.UUID, *, today: date, base_url: str
) -> None:
    """Go on after all: the planned ending is called off, and both are told that there is news."""
    match = lock_for_decision(session, actor, match_id)
    ending = rules.standing_ending(match)
    if ending is None:
        return
    ending.closed_on = today
    audit.record_change(session, actor, "match_ending.call_off", match, match_id=match.id)
    notify_both(session, match, base_url)
    session.flush()


def list_due(session: Session, today: date) -> Sequence[uuid.UUID]:
    """Return the matches to remind of their end, or to end today."""
    query = select(MatchEnding).where(MatchEnding.closed_on.is_(None))
    return [
        one.match_id
        for one in session.scalars(query.order_by(MatchEnding.match_id))
        if rules.is_over(one, today) or rules.reminder_is_due(one, today)
    ]


def sweep_match(session: Session, match_id: uuid.UUID, today: date, base_url: str) -> None:
    """End a match whose last session has been, or remind both; a second time nothing happens."""
    match = lock_match(session, match_id)
    ending = rules.standing_ending(match)
    if ending is None:
        return
    if rules.is_over(ending, today):
        end_locked(
            session,
            None,
            match,
            reason=ending.reason,
            family_next=ending.family_next,
            note=ending.note,
            today=today,
            base_url=base_url,
        )
        for account in workers_of(session, match.family):
            messages.queue_notice(session, account, f"{base_url}/staff/matches/{match.id}")
    elif rules.reminder_is_due(ending, today):
        ending.reminded_on = today
        notify_both(session, match, base_url)
    session.flush()


def last_session_for_family(session: Session, actor: Account, today: date) -> date | None:
    """Return the day of the family's last session, once that is planned and while it is shown."""
    family = own_family(session, actor)
    is_own = Match.family_id == family.id
    match = session.scalars(select(Match).where(is_own, Match.state.in_(rules.TOGETHER))).first()
    return _last_session(match, today) if match else None


def last_session_for_coach(
    session: Session, actor: Account, match_id: uuid.UUID, today: date
) -> date | None:
    """Return the day of the last session in a match of this coach, planned and to be shown."""
    match = get_row(session, Match, match_id)
    is_own = match.volunteer_id == own_volunteer(session, actor).id
    return _last_session(match, today) if is_own else None


def _last_session(match: Match, today: date) -> date | None:
    """Return it while a session of that day would be shown: it says when the two meet."""
    ending = rules.standing_ending(match)
    if ending is None or not Opening(match, today).is_open_on(ending.last_session_on):
        return None
    return ending.last_session_on
