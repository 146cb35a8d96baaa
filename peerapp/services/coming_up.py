"""What comes next for a coach or a family: the next session, what waits for them, what is new."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from peerapp.clock import LONDON
from peerapp.enums import FamilyState, SessionState
from peerapp.models import Account
from peerapp.services import end_surveys, goals, sessions
from peerapp.services.sessions import Ahead


@dataclass(frozen=True)
class ComingUp:
    """What stands at the top of a first page; nothing of it while contact is stopped.

    Attributes
    ----------
    to_note
        How many sessions of a coach are over and wait for a note.
    """

    next_session: Ahead | None
    to_note: int
    new_messages: int
    has_goals_to_score: bool
    has_survey: bool

    @property
    def is_empty(self) -> bool:
        waits = self.to_note or self.new_messages or self.has_goals_to_score or self.has_survey
        return self.next_session is None and not waits


def for_coach(session: Session, actor: Account, now: datetime, new_messages: int) -> ComingUp:
    """Return what comes next for the actor as a coach."""
    mine, day = sessions.list_for_coach(session, actor, now), now.astimezone(LONDON).date()
    return ComingUp(
        next_session=_next(mine.ahead),
        to_note=len(mine.to_note),
        new_messages=new_messages,
        has_goals_to_score=False,
        has_survey=bool(end_surveys.list_open(session, actor, day)),
    )


def for_family(session: Session, actor: Account, now: datetime, new_messages: int) -> ComingUp:
    """Return what comes next for the actor's family; its surveys stand elsewhere on its page."""
    day = now.astimezone(LONDON).date()
    plan = goals.own_plan(session, actor, day)
    return ComingUp(
        next_session=_next(sessions.list_for_family(session, actor, now)),
        to_note=0,
        new_messages=new_messages,
        has_goals_to_score=bool(plan.due) and plan.family.state != FamilyState.CLOSED,
        has_survey=False,
    )


def _next(ahead: Iterable[Ahead]) -> Ahead | None:
    return next((one for one in ahead if one.session.state == SessionState.PLANNED), None)
