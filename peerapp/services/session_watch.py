"""Noticing what nobody said: sessions without a note, rows of missed ones, no plan at all."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, true
from sqlalchemy.orm import Session, contains_eager, joinedload

from peerapp.domain.access import sees_every_locality
from peerapp.domain.match_states import KNOWS_CONTACT
from peerapp.domain.session_access import coach_on
from peerapp.enums import CANCELLED_BY_RULE, SessionState
from peerapp.models import Account, CoachingSession, Family, Match, SessionPlan
from peerapp.services import messages
from peerapp.services.schemes import get_scheme
from peerapp.wording import day_of

S = SessionState
LOOKED_BACK = timedelta(weeks=12)
REMINDED_AT_ONCE = 100
SHOWN = 100


@dataclass(frozen=True)
class Missed:
    """A match with a row of sessions that did not happen."""

    match: Match
    count: int
    last_at: datetime


@dataclass(frozen=True)
class Attention:
    """What a member of staff should look at, in their localities."""

    without_note: Sequence[CoachingSession]
    missed: Sequence[Missed]
    without_plan: Sequence[Match]

    @property
    def count(self) -> int:
        return len(self.without_note) + len(self.missed) + len(self.without_plan)


def get_attention(session: Session, actor: Account, now: datetime) -> Attention:
    """Return what the actor should look at; the same number of queries for one and for many."""
    return Attention(
        without_note=_without_note(session, actor, now),
        missed=_missed(session, actor, now),
        without_plan=_without_plan(session, actor),
    )


def count_attention(session: Session, actor: Account, now: datetime) -> int:
    """Return how many things the actor should look at, for a tile."""
    return get_attention(session, actor, now).count


def _mine(actor: Account) -> ColumnElement[bool]:
    """Matches of the families that the actor may see, as ``domain.access`` has it for one."""
    if sees_every_locality(actor):
        return true()
    places = actor.locality_ids
    return Match.family.has(or_(Family.locality_id.in_(places), Family.worker_id == actor.id))


def _without_note(session: Session, actor: Account, now: datetime) -> Sequence[CoachingSession]:
    flagged = now - timedelta(days=get_scheme(session).note_flag_days)
    match = contains_eager(CoachingSession.match)
    query = (
        select(CoachingSession)
        .join(CoachingSession.match)
        .where(
            CoachingSession.state == S.PLANNED,
            CoachingSession.starts_at.between(now - LOOKED_BACK, flagged),
            _mine(actor),
        )
        .options(match.joinedload(Match.family), match.joinedload(Match.volunteer))
        .order_by(CoachingSession.starts_at, CoachingSession.id)
        .limit(SHOWN)
    )
    return session.scalars(query).all()


def _missed(session: Session, actor: Account, now: datetime) -> list[Missed]:
    """Return the running matches whose last sessions were missed, the longest row first.

    It counts as ``domain.sessions.missed_in_row`` does, in the database.
    """
    since = CoachingSession.starts_at.between(now - LOOKED_BACK, now)
    held = (
        select(CoachingSession.match_id, func.max(CoachingSession.starts_at).label("at"))
        .where(CoachingSession.state == S.HELD, since)
        .group_by(CoachingSession.match_id)
        .subquery()
    )
    count, last = func.count(CoachingSession.id), func.max(CoachingSession.starts_at)
    query = (
        select(CoachingSession.match_id, count, last)
        .join(CoachingSession.match)
        .outerjoin(held, held.c.match_id == CoachingSession.match_id)
        .where(
            Match.state.in_(KNOWS_CONTACT),
            since,
            _IS_MISSED,
            or_(held.c.at.is_(None), CoachingSession.starts_at > held.c.at),
            _mine(actor),
        )
        .group_by(CoachingSession.match_id)
        .having(count >= get_scheme(session).missed_in_row)
    )
    rows = {match_id: (number, at) for match_id, number, at in session.execute(query)}
    loaded = select(Match).where(Match.id.in_(rows))
    people = joinedload(Match.family), joinedload(Match.volunteer)
    found = [Missed(one, *rows[one.id]) for one in session.scalars(loaded.options(*people))]
    return sorted(found, key=lambda one: (-one.count, one.last_at, str(one.match.id)))


_IS_MISSED = or_(
    CoachingSession.state == S.NOT_HELD,
    and_(
        CoachingSession.state == S.CANCELLED,
        CoachingSession.cancel_reason.not_in(CANCELLED_BY_RULE),
    ),
)


def _without_plan(session: Session, actor: Account) -> Sequence[Match]:
    query = (
        select(Match)
        .where(
            Match.state.in_(KNOWS_CONTACT),
            ~exists().where(SessionPlan.match_id == Match.id),
            _mine(actor),
        )
        .options(joinedload(Match.family), joinedload(Match.volunteer))
        .order_by(Match.state_since, Match.id)
        .limit(SHOWN)
    )
    return session.scalars(query).all()


def list_to_remind(session: Session, now: datetime) -> Sequence[uuid.UUID]:
    """Return sessions that ended some time ago without a note, and of which nobody was reminded."""
    since = now - timedelta(hours=get_scheme(session).note_reminder_hours)
    query = (
        select(CoachingSession.id)
        .where(
            CoachingSession.state == S.PLANNED,
            CoachingSession.starts_at.between(now - LOOKED_BACK, since),
            CoachingSession.reminded_at.is_(None),
        )
        .order_by(CoachingSession.starts_at, CoachingSession.id)
        .limit(REMINDED_AT_ONCE)
    )
    return session.scalars(query).all()


def remind(session: Session, session_ids: Sequence[uuid.UUID], now: datetime, url: str) -> int:
    """Remind the coaches of these sessions, each coach once however many there are.

    Returns
    -------
    int
        How many coaches were written to.
    """
    query = (
        select(CoachingSession)
        .where(
            CoachingSession.id.in_(session_ids),
            CoachingSession.state == S.PLANNED,
            CoachingSession.reminded_at.is_(None),
        )
        .options(joinedload(CoachingSession.match).joinedload(Match.volunteer))
        .order_by(CoachingSession.starts_at, CoachingSession.id)
        .with_for_update(of=CoachingSession, skip_locked=True)
    )
    written: set[uuid.UUID] = set()
    for one in session.scalars(query):
        one.reminded_at = now
        account = coach_on(one.match, day_of(one.starts_at), one.starts_at).account
        if account.id not in written and messages.queue_notice(session, account, url):
            written.add(account.id)
    return len(written)


def sweep(session: Session, now: datetime, base_url: str) -> int:
    """Remind coaches of notes that are due; a second time reminds nobody twice."""
    due = list_to_remind(session, now)
    return remind(session, due, now, f"{base_url}/volunteer/sessions/") if due else 0
