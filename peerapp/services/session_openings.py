"""What an open page of sessions may go on showing: asked by the page itself, every few seconds."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy.orm import Session

from peerapp.enums import Role
from peerapp.errors import NotFound
from peerapp.models import Account
from peerapp.services import session_plans, sessions


def shows_times(session: Session, actor: Account, match_id: uuid.UUID, now: datetime) -> bool:
    """Say whether a family or a coach may see when the two of a match meet."""
    return bool(_ahead(session, actor, match_id, now))


def shows_link(session: Session, actor: Account, match_id: uuid.UUID, now: datetime) -> bool:
    """Say whether a family or a coach is shown by which link the two of a match meet."""
    return any(row.video_link for row in _ahead(session, actor, match_id, now))


def shows_plan(session: Session, actor: Account, match_id: uuid.UUID, now: datetime) -> bool:
    """Say whether a coach may read and change the link of a match."""
    try:
        session_plans.find_open_plan(session, actor, match_id, now)
    except NotFound:
        return False
    return True


def _ahead(
    session: Session, actor: Account, match_id: uuid.UUID, now: datetime
) -> list[sessions.Ahead]:
    if actor.role == Role.FAMILY:
        rows = sessions.list_for_family(session, actor, now)
    else:
        rows = list(sessions.list_for_coach(session, actor, now).ahead)
    return [row for row in rows if row.session.match_id == match_id]
