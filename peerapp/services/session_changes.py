"""Moving one session, and calling one off: by the coach, the family or staff.

Whoever changes a session asks for it before and after all that it rests on is locked, so that it is
changed only while it may still be shown to them.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from peerapp.domain import sessions as rules
from peerapp.domain.session_access import coach_on
from peerapp.enums import CancelReason, SessionState
from peerapp.errors import Refusal, Refused
from peerapp.models import Account, CoachingSession, Match
from peerapp.services import audit
from peerapp.services.match_steps import lock_together
from peerapp.services.rows import lock_row
from peerapp.services.session_plans import tell, touch
from peerapp.services.sessions import (
    coach_of,
    find_for_staff,
    find_open_for_coach,
    find_open_for_family,
)
from peerapp.services.staff_of import coordinators_in
from peerapp.wording import day_of

S, R = SessionState, CancelReason
BY_PEOPLE = (R.FAMILY_CANNOT, R.COACH_CANNOT, R.BOTH_AGREED)


def move(
    session: Session,
    actor: Account,
    session_id: uuid.UUID,
    starts_at: datetime,
    now: datetime,
    base_url: str,
) -> CoachingSession:
    """Let a coach move one session to a time that both agreed on; the family is told.

    Raises
    ------
    Refused
        The session has begun or is called off, or there is another one at that time.
    """
    _lock(session, find_open_for_coach(session, actor, session_id, now))
    one = find_open_for_coach(session, actor, session_id, now)
    if one.starts_at == starts_at:
        return one
    refusals = rules.move_refusals(one, starts_at, _around(session, one.match, starts_at), now)
    if coach_on(one.match, day_of(starts_at)) is not coach_of(one):
        refusals.append(Refusal("on", "Another coach meets the family on that day."))
    if refusals:
        raise Refused(refusals)
    one.starts_at, one.is_moved, one.reminded_at = starts_at, True, None
    touch(one, actor, now)
    audit.record_change(session, actor, "session.move", one, match_id=one.match_id)
    tell(session, one.match, [one.match.family.account], now, base_url, day_of(starts_at))
    return one


def _lock(session: Session, one: CoachingSession) -> None:
    """Lock a session, and first all on which it rests that it may be shown: ask again then."""
    session_id = one.id
    lock_together(session, one.match_id)
    lock_row(session, CoachingSession, session_id)


def _around(session: Session, match: Match, at: datetime) -> Sequence[CoachingSession]:
    """Return the planned sessions of the same coach or family on the days around a time."""
    a_day = timedelta(days=1)
    query = select(CoachingSession).where(
        CoachingSession.state == S.PLANNED,
        CoachingSession.starts_at.between(at - a_day, at + a_day),
        CoachingSession.match.has(
            or_(Match.volunteer_id == match.volunteer_id, Match.family_id == match.family_id)
        ),
    )
    return session.scalars(query.order_by(CoachingSession.starts_at, CoachingSession.id)).all()


def call_off_as_coach(
    session: Session,
    actor: Account,
    session_id: uuid.UUID,
    reason: CancelReason,
    now: datetime,
    base_url: str,
) -> CoachingSession:
    """Call one session off; the family is told."""
    _lock(session, find_open_for_coach(session, actor, session_id, now))
    one = find_open_for_coach(session, actor, session_id, now)
    if _call_off(session, actor, one, reason, now):
        _tell(session, one, [one.match.family.account], now, base_url)
    return one


def call_off_as_family(
    session: Session, actor: Account, session_id: uuid.UUID, now: datetime, base_url: str
) -> CoachingSession:
    """Say that the family cannot come; coach and coordinators are told."""
    _lock(session, find_open_for_family(session, actor, session_id, now))
    one = find_open_for_family(session, actor, session_id, now)
    if _call_off(session, actor, one, R.FAMILY_CANNOT, now):
        staff = coordinators_in(session, one.match.family)
        _tell(session, one, [coach_of(one).account, *staff], now, base_url)
    return one


def call_off_as_staff(
    session: Session,
    actor: Account,
    session_id: uuid.UUID,
    reason: CancelReason,
    now: datetime,
    base_url: str,
) -> CoachingSession:
    """Call one session off for the two of them; both are told."""
    _lock(session, find_for_staff(session, actor, session_id))
    one = find_for_staff(session, actor, session_id)
    if _call_off(session, actor, one, reason, now):
        _tell(session, one, [one.match.family.account, coach_of(one).account], now, base_url)
    return one


def _tell(
    session: Session,
    one: CoachingSession,
    accounts: Sequence[Account | None],
    now: datetime,
    base_url: str,
) -> None:
    tell(session, one.match, accounts, now, base_url, day_of(one.starts_at))


def _call_off(
    session: Session, actor: Account, one: CoachingSession, reason: CancelReason, now: datetime
) -> bool:
    """Call a locked session off; False where that was done already."""
    if reason not in BY_PEOPLE:
        raise Refused([Refusal("reason", "Choose why the session is called off.")])
    if one.state == S.CANCELLED and one.cancel_reason in BY_PEOPLE:
        return False
    refusals = rules.cancel_refusals(one, now)
    if refusals:
        raise Refused(refusals)
    one.state, one.cancel_reason = S.CANCELLED, reason
    touch(one, actor, now)
    audit.record_change(
        session, actor, "session.call_off", one, match_id=one.match_id, reason=reason.value
    )
    return True
