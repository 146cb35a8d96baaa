"""Stopping contact in a match because of a concern, and allowing it again.

Whether contact is stopped is asked at each view (``domain.match_states.sharing_refusals``).
"""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy.orm import Session

from peerapp.domain.access import may_decide_match
from peerapp.domain.match_states import HOLDS_PLACE
from peerapp.enums import Role
from peerapp.models import Account, Concern, ContactFreeze, Match
from peerapp.services import audit, messages
from peerapp.services.rows import lock_row
from peerapp.services.staff_of import list_active


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
