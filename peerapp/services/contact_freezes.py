"""Stopping contact in a match because of a concern, and allowing it again.

Whether contact is stopped is asked at each view (``domain.match_states.sharing_refusals``).
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session, joinedload

from peerapp.domain.access import may_decide_match
from peerapp.domain.match_states import HOLDS_PLACE
from peerapp.enums import CoverState, Role
from peerapp.models import Account, Concern, ContactFreeze, Family, Match, MatchCover
from peerapp.services import audit, messages
from peerapp.services.rows import lock_row
from peerapp.services.staff_of import list_active


def list_met(
    session: Session, volunteer_id: uuid.UUID | None, family_id: uuid.UUID | None = None
) -> Sequence[Match]:
    """Return the matches, not over, in which a volunteer or a family meets the other side.

    Those for which the volunteer is a backup coach are among them.
    """
    as_backup = Match.covers.any(
        and_(MatchCover.volunteer_id == volunteer_id, MatchCover.state == CoverState.ARRANGED)
    )
    theirs = or_(Match.volunteer_id == volunteer_id, as_backup)
    query = (
        select(Match)
        .where(
            or_(Match.family_id == family_id, theirs),
            Match.state.in_(HOLDS_PLACE),
        )
        .options(joinedload(Match.family).joinedload(Family.locality), joinedload(Match.volunteer))
        .order_by(Match.created_at, Match.id)
    )
    return session.scalars(query).all()


def stop_if_running(
    session: Session, actor: Account, concern: Concern, match_id: uuid.UUID, base_url: str
) -> bool:
    """Stop contact in a match that is not over; return whether it was not stopped before."""
    match = lock_row(session, Match, match_id)
    stopped = any(one.lifted_at is None and one.concern == concern for one in match.freezes)
    if stopped or match.state not in HOLDS_PLACE:
        return False
    freeze = ContactFreeze(match=match, concern=concern, stopped_by_id=actor.id)
    session.add(freeze)
    messages.cancel_for_match(session, match.id)
    audit.record_change(session, actor, "contact.stop", match)
    _tell_coordinators(session, actor, match, base_url)
    session.flush()
    return True


def resume(session: Session, actor: Account, freeze: ContactFreeze, now: datetime) -> None:
    """Allow contact again, as far as this concern goes."""
    freeze.lifted_at, freeze.lifted_by_id = now, actor.id
    audit.record_change(session, actor, "contact.resume", freeze.match)
    session.flush()


def _tell_coordinators(session: Session, actor: Account, match: Match, base_url: str) -> None:
    """Tell those who decide on the match that contact stands still; not why."""
    for one in list_active(session, Role.COORDINATOR):
        if one != actor and may_decide_match(one, match):
            link = f"{base_url}/staff/matches/{match.id}"
            messages.queue_notice(session, one, link)
