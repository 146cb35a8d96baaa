"""What every decision on a match shares: the locks, in one order, and the step with its event."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from peerapp.domain.access import may_decide_match, may_see_match
from peerapp.domain.match_states import HOLDS_PLACE, OFFERED, OVER, step_refusals
from peerapp.enums import CoverState, FamilyState, MatchState, OfferAnswer, VisitState
from peerapp.errors import Forbidden, NotFound, Refused
from peerapp.models import Account, Family, Match, MatchEvent, Volunteer, utc_now
from peerapp.services import audit
from peerapp.services.rows import get_row, lock_row


def lock_for_decision(session: Session, actor: Account, match_id: uuid.UUID) -> Match:
    """Lock all that a decision on a match rests on, then ask again whether the actor may decide.

    The order is volunteer, accounts, family, match, everywhere. The actor's own account is locked
    for reading: a role that is taken away before this transaction ends is seen here, and one that
    is taken away later waits for it.

    Raises
    ------
    NotFound
        There is no such match, or the actor may not know of it.
    Forbidden
        The actor may look at the match, not decide on it.
    """
    check_may_decide(actor, get_row(session, Match, match_id))
    match = lock_match(session, match_id, actor.id)
    check_may_decide(get_row(session, Account, actor.id), match)
    return match


def lock_match(session: Session, match_id: uuid.UUID, actor_id: uuid.UUID | None = None) -> Match:
    """Lock a match with its coach, its family and the accounts that count, in the one order."""
    match = get_row(session, Match, match_id)
    volunteer_id, family_id = match.volunteer_id, match.family_id
    volunteer = lock_row(session, Volunteer, volunteer_id)
    _lock_accounts(session, actor_id, volunteer.supervisor_id)
    lock_row(session, Family, family_id)
    return lock_row(session, Match, match_id)


def lock_together(session: Session, match_id: uuid.UUID) -> Match:
    """Lock all on which it rests whether a family and those who coach it may be in contact.

    A pause, a suspension, an end or a concern comes before this, or after it. What was asked
    before has to be asked again.
    """
    match = get_row(session, Match, match_id)
    backups = {one.volunteer_id for one in match.covers if one.state == CoverState.ARRANGED}
    family_id = match.family_id
    for volunteer_id in sorted({match.volunteer_id, *backups}):
        lock_row(session, Volunteer, volunteer_id)
    lock_row(session, Family, family_id)
    return lock_row(session, Match, match_id)


def check_may_decide(actor: Account, match: Match) -> None:
    """Refuse an actor who may not decide on the match."""
    if not may_see_match(actor, match):
        raise NotFound("there is no such match")
    if actor.disabled_at is not None or not may_decide_match(actor, match):
        raise Forbidden("only a coordinator of the family's locality decides on a match")


def _lock_accounts(
    session: Session, actor_id: uuid.UUID | None, supervisor_id: uuid.UUID | None
) -> None:
    """Lock the actor for reading and the supervisor, whose places are counted, for writing."""
    for account_id in sorted(one for one in {actor_id, supervisor_id} if one):
        lock = True if account_id == supervisor_id else {"read": True}
        session.get(Account, account_id, with_for_update=lock, populate_existing=True)


def take_step(
    session: Session,
    actor: Account | None,
    match: Match,
    to: MatchState,
    *,
    reason: str = "",
    note: str = "",
) -> None:
    """Move a locked match one step, and write the event and the audit row.

    Raises
    ------
    Refused
        The order of steps does not allow it.
    """
    refusals = step_refusals(match, to)
    if refusals:
        raise Refused(refusals)
    before = match.state
    event = MatchEvent(
        match_id=match.id,
        position=_next_position(session, match),
        from_state=before,
        to_state=to,
        by_id=actor.id if actor else None,
        reason=reason,
        note=note,
    )
    session.add(event)
    if to in OVER:
        _call_off(match, before)
    match.state = to
    match.state_since = utc_now()
    changed: dict[str, Any] = {"from_state": before.value, "reason": reason}
    audit.record_change(session, actor, f"match.{to.value}", match, **changed)
    session.flush()


def _call_off(match: Match, before: MatchState) -> None:
    """Close what was asked and not answered; a visit to come and a cover are called off."""
    for offer in match.offers if before in OFFERED else ():
        if offer.answer == OfferAnswer.WAITING:
            offer.answer = OfferAnswer.TAKEN_BACK
    for visit in match.first_visits if before == MatchState.APPROVED else ():
        if visit.state == VisitState.PLANNED:
            visit.state = VisitState.CANCELLED
    for cover in match.covers if before in HOLDS_PLACE else ():
        if cover.state == CoverState.ARRANGED:
            cover.state, cover.stopped_at = CoverState.STOPPED, utc_now()


def _next_position(session: Session, match: Match) -> int:
    last = select(func.max(MatchEvent.position)).where(MatchEvent.match_id == match.id)
    return (session.scalar(last) or 0) + 1


def move_family(session: Session, actor: Account | None, family: Family, to: FamilyState) -> None:
    """Put a locked family into the state that follows from a step of its match."""
    if family.state == to:
        return
    before = family.state
    family.state = to
    family.state_since = utc_now()
    audit.record_change(
        session, actor, "family.move", family, from_state=before.value, to_state=to.value
    )
