"""Sessions as coach, family and staff see them.

Before it begins, a session is shown to coach and family only while they may see how to reach each
other, asked anew each time. Why there is nothing to show is not told.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload

from peerapp.clock import LONDON
from peerapp.domain import sessions as rules
from peerapp.domain.match_states import HOLDS_PLACE
from peerapp.domain.session_access import Opening, coach_on
from peerapp.enums import CancelReason, Role, SessionState
from peerapp.errors import NotFound
from peerapp.models import (
    Account,
    CoachingSession,
    Family,
    Match,
    MatchCover,
    SessionPlan,
    Volunteer,
)
from peerapp.services.contacts import own_family, own_volunteer
from peerapp.services.match_steps import check_may_decide

S, R = SessionState, CancelReason
BEHIND = timedelta(weeks=12)
SHOWN_PAST = 30
NO_NEWS = frozenset({R.PLAN_CHANGED, R.ON_HOLD})
"""Sessions that the plan took away are not news for anybody."""


@dataclass(frozen=True)
class Ahead:
    """A session that is to come, as one of the two sees it; never with a name."""

    session: CoachingSession
    area: str
    is_remote: bool
    video_link: str


@dataclass(frozen=True)
class CoachSessions:
    """A coach's sessions: what is to come, what is to be noted, what was, newest first."""

    ahead: tuple[Ahead, ...]
    to_note: tuple[CoachingSession, ...]
    past: tuple[CoachingSession, ...]
    correctable: frozenset[uuid.UUID]


def list_for_coach(session: Session, actor: Account, now: datetime) -> CoachSessions:
    """Return the actor's sessions as a coach."""
    coach = own_volunteer(session, actor)
    query = _sessions(_coached_by(coach), CoachingSession.starts_at > now - BEHIND)
    rows = session.scalars(query.options(selectinload(CoachingSession.notes)))
    found = [one for one in rows if _meets(coach, one)]
    past = [one for one in reversed(found) if one.starts_at <= now and _is_news(one)]
    return CoachSessions(
        ahead=tuple(_ahead(session, found, now)),
        to_note=tuple(one for one in past if one.state == S.PLANNED),
        past=tuple(one for one in past if one.state != S.PLANNED)[:SHOWN_PAST],
        correctable=frozenset(one.id for one in past if rules.may_correct(one, now)),
    )


def _coached_by(volunteer: Volunteer) -> ColumnElement[bool]:
    """Matches of a coach, and those in which they step in on some days; ask ``_meets`` as well."""
    as_backup = Match.covers.any(MatchCover.volunteer_id == volunteer.id)
    return or_(Match.volunteer_id == volunteer.id, as_backup)


def _meets(volunteer: Volunteer, one: CoachingSession) -> bool:
    return coach_of(one).id == volunteer.id


def list_for_family(session: Session, actor: Account, now: datetime) -> list[Ahead]:
    """Return the sessions that the actor's family has before it."""
    is_mine = Match.family_id == own_family(session, actor).id
    query = _sessions(is_mine, CoachingSession.starts_at > now - rules.LONGEST_SHOWN)
    return _ahead(session, session.scalars(query).all(), now)


def list_for_calendar(session: Session, account: Account, now: datetime) -> list[CoachingSession]:
    """Return what stands in an account's calendar: sessions of matches that are open now."""
    if account.disabled_at is not None:
        return []
    stands = (
        CoachingSession.starts_at > now - BEHIND,
        CoachingSession.state.in_((S.PLANNED, S.HELD)),
    )
    if account.role == Role.FAMILY:
        is_mine = Match.family_id == own_family(session, account).id
        return _open_now(session.scalars(_sessions(is_mine, *stands)).all(), now)
    coach = own_volunteer(session, account)
    rows = session.scalars(_sessions(_coached_by(coach), *stands))
    return _open_now([one for one in rows if _meets(coach, one)], now)


def _sessions(*conditions: ColumnElement[bool]) -> Select[CoachingSession]:
    """Return a query of sessions in order, with their matches."""
    match = contains_eager(CoachingSession.match)
    return (
        select(CoachingSession)
        .join(CoachingSession.match)
        .where(*conditions)
        .options(
            match.selectinload(Match.covers).joinedload(MatchCover.volunteer),
            match.selectinload(Match.freezes),
            match.joinedload(Match.family).options(
                joinedload(Family.locality),
                selectinload(Family.agreements),
                selectinload(Family.plan_overrides),
            ),
        )
        .order_by(CoachingSession.starts_at, CoachingSession.id)
    )


def _open_now(found: Sequence[CoachingSession], now: datetime) -> list[CoachingSession]:
    """Return the sessions that may be shown now; each match is asked once."""
    openings = {one.match_id: Opening(one.match, _day(now)) for one in found}
    return [one for one in found if _is_open(one, openings[one.match_id])]


def _is_open(one: CoachingSession, opening: Opening) -> bool:
    return opening.is_open_on(_day(one.starts_at), one.starts_at)


def _ahead(session: Session, found: Sequence[CoachingSession], now: datetime) -> list[Ahead]:
    coming = _open_now([one for one in found if one.ends_at > now and _is_news(one)], now)
    if not coming:
        return []
    query = select(SessionPlan).where(SessionPlan.match_id.in_({one.match_id for one in coming}))
    links = {plan.match_id: plan.video_link for plan in session.scalars(query)}
    return [
        Ahead(
            session=one,
            area=one.match.family.locality.name if one.match.family.locality else "",
            is_remote=one.match.mode == "remote",
            video_link=links.get(one.match_id, "") if _may_share(one, now) else "",
        )
        for one in coming
    ]


def _may_share(one: CoachingSession, now: datetime) -> bool:
    opening = Opening(one.match, _day(now))
    may_share = opening.may_share_on(_day(one.starts_at), one.starts_at)
    return one.match.mode == "remote" and may_share


def _is_news(one: CoachingSession) -> bool:
    return one.cancel_reason not in NO_NEWS


def _day(now: datetime) -> date:
    return now.astimezone(LONDON).date()


def coach_of(one: CoachingSession) -> Volunteer:
    """Return who meets the family in a session: its coach, or the backup on their days."""
    return coach_on(one.match, _day(one.starts_at), one.starts_at)


def standing_match(session: Session, actor: Account, match_id: uuid.UUID) -> Match:
    """Return a match of the actor as a coach that holds its place.

    Raises
    ------
    NotFound
        There is none, or it is somebody else's.
    """
    query = select(Match).where(
        Match.id == match_id,
        Match.volunteer_id == own_volunteer(session, actor).id,
        Match.state.in_(HOLDS_PLACE),
    )
    match = session.scalar(query)
    if match is None:
        raise NotFound("there is no such match")
    return match


def find_for_coach(session: Session, actor: Account, session_id: uuid.UUID) -> CoachingSession:
    """Return one of the actor's sessions as a coach, past or to come.

    Raises
    ------
    NotFound
        There is none, or it is somebody else's.
    """
    coach = own_volunteer(session, actor)
    one = _found(session.scalar(_sessions(_coached_by(coach), CoachingSession.id == session_id)))
    return _found(one if _meets(coach, one) else None)


def find_to_note(
    session: Session, actor: Account, session_id: uuid.UUID, now: datetime
) -> CoachingSession:
    """Return one of the actor's sessions as a coach that has begun, whatever came after it.

    Raises
    ------
    NotFound
        There is none, it is somebody else's, or it has not begun: when it is may be hidden.
    """
    one = find_for_coach(session, actor, session_id)
    return _found(one if one.starts_at <= now else None)


def find_open_for_coach(
    session: Session, actor: Account, session_id: uuid.UUID, now: datetime
) -> CoachingSession:
    """Return one of the actor's sessions while the match is open to them.

    Raises
    ------
    NotFound
        There is none, it is somebody else's, or it is not shown at the moment.
    """
    return _open(find_for_coach(session, actor, session_id), now)


def find_open_for_family(
    session: Session, actor: Account, session_id: uuid.UUID, now: datetime
) -> CoachingSession:
    """Return one of the sessions of the actor's family while the match is open to it.

    Raises
    ------
    NotFound
        There is none, it is another family's, or it is not shown at the moment.
    """
    is_mine = Match.family_id == own_family(session, actor).id
    query = _sessions(is_mine, CoachingSession.id == session_id)
    return _open(_found(session.scalar(query)), now)


def _found(one: CoachingSession | None) -> CoachingSession:
    if one is None:
        raise NotFound("there is no such session")
    return one


def _open(one: CoachingSession, now: datetime) -> CoachingSession:
    if not _is_open(one, Opening(one.match, _day(now))):
        raise NotFound("there is no such session")
    return one


def find_for_staff(session: Session, actor: Account, session_id: uuid.UUID) -> CoachingSession:
    """Return a session on which the actor decides, as a coordinator of the family's locality.

    Raises
    ------
    NotFound
        There is none, or the actor may not know of it.
    Forbidden
        The actor may look at it, not decide.
    """
    one = _found(session.scalar(_sessions(CoachingSession.id == session_id)))
    check_may_decide(actor, one.match)
    return one
