"""Notes of sessions: written by the coach in two minutes, read by the coordinator.

What a coach wrote in their own words is for coordinators of the family's locality alone: not for
the family, not for other staff, and it is not shown to the coach again on a phone that others see.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from peerapp.domain import sessions as rules
from peerapp.domain.access import may_decide_match
from peerapp.domain.sessions import NoteDetails
from peerapp.enums import SessionState
from peerapp.errors import Refusal, Refused
from peerapp.models import Account, CoachingSession, Match, SessionNote, SessionPlan
from peerapp.services import audit, matches, messages, session_plans, sessions
from peerapp.services.rows import lock_row
from peerapp.services.schemes import get_scheme
from peerapp.services.staff_of import coordinators_in

S = SessionState
LOOKED_BACK = 60


@dataclass(frozen=True)
class MatchSessions:
    """A match with its sessions for staff, newest first.

    Attributes
    ----------
    reads_notes
        The reader may see what the coach wrote in their own words.
    minutes
        How long all sessions that were held were, together.
    """

    match: Match
    plan: SessionPlan | None
    ahead: tuple[CoachingSession, ...]
    past: tuple[CoachingSession, ...]
    reads_notes: bool
    may_plan: bool
    held: int
    minutes: int
    missed_in_row: int


def get_match_sessions(
    session: Session, actor: Account, match_id: uuid.UUID, now: datetime
) -> MatchSessions:
    """Return the sessions of a match with their notes; that they were read is audited.

    Raises
    ------
    NotFound
        There is no such match, or the actor may not know of it.
    """
    match = matches.get_match(session, actor, match_id)
    found = _list_sessions(session, match.id)
    reads_notes = may_decide_match(actor, match)
    past = tuple(one for one in found if one.starts_at <= now)
    ahead = tuple(one for one in reversed(found) if one.starts_at > now)
    fields = ("notes", "sessions") if reads_notes else ("sessions",)
    audit.record_read(session, actor, "session.read", match, fields=fields)
    session.flush()
    held = [one.notes[-1] for one in past if one.state == S.HELD and one.notes]
    return MatchSessions(
        match=match,
        plan=session_plans.find_plan(session, match.id),
        ahead=tuple(one for one in ahead if one.cancel_reason not in sessions.NO_NEWS),
        past=tuple(one for one in past if one.cancel_reason not in sessions.NO_NEWS)[:LOOKED_BACK],
        reads_notes=reads_notes,
        may_plan=session_plans.may_plan(actor, match),
        held=len(held),
        minutes=sum(note.minutes for note in held),
        missed_in_row=rules.missed_in_row(past, now),
    )


def _list_sessions(session: Session, match_id: uuid.UUID) -> Sequence[CoachingSession]:
    query = (
        select(CoachingSession)
        .where(CoachingSession.match_id == match_id)
        .options(
            selectinload(CoachingSession.notes).joinedload(SessionNote.by),
            joinedload(CoachingSession.changed_by),
        )
        .order_by(CoachingSession.starts_at.desc(), CoachingSession.id)
    )
    return session.scalars(query).all()


def record(
    session: Session,
    actor: Account,
    session_id: uuid.UUID,
    note: NoteDetails,
    now: datetime,
    base_url: str,
) -> CoachingSession:
    """Note what became of one of the actor's sessions; a second note corrects the first.

    A note is possible while the match is on hold or over too: what happened has happened.

    Raises
    ------
    NotFound
        It is not one of the actor's sessions.
    Refused
        It has not begun, was called off, or something is missing.
    """
    sessions.find_for_coach(session, actor, session_id)
    lock_row(session, CoachingSession, session_id)
    one = sessions.find_for_coach(session, actor, session_id)
    refusals = rules.note_refusals(one, note, now)
    if refusals:
        raise Refused(refusals)
    before = one.state
    one.notes.append(_new(actor, one, note, now))
    one.state = S.HELD if note.happened else S.NOT_HELD
    session_plans.touch(one, actor, now)
    facts: dict[str, Any] = {"happened": note.happened, "corrects": before != S.PLANNED}
    has_text = bool(note.text.strip())
    audit.record_change(session, actor, "session.note", one, **facts, has_text=has_text)
    session.flush()
    if not note.happened and before != S.NOT_HELD:
        _tell_of_missed(session, one.match, now, base_url)
    return one


def _new(actor: Account, one: CoachingSession, note: NoteDetails, now: datetime) -> SessionNote:
    """Return the row of a note; where a correction says nothing new in words, the words stay."""
    text = note.text.strip()
    if not text and one.notes:
        text = one.notes[-1].text
    return SessionNote(
        position=len(one.notes) + 1,
        happened=note.happened,
        reason=None if note.happened else note.reason,
        minutes=(note.minutes or 0) if note.happened else 0,
        mood=note.mood if note.happened else None,
        text=text,
        by_id=actor.id,
        created_at=now,
    )


def _tell_of_missed(session: Session, match: Match, now: datetime, base_url: str) -> None:
    """Tell the coordinators once a row of missed sessions is as long as the scheme says."""
    count = rules.missed_in_row(_list_sessions(session, match.id), now)
    if count == get_scheme(session).missed_in_row:
        for account in coordinators_in(session, match.family):
            messages.queue_notice(session, account, f"{base_url}/staff/matches/{match.id}/sessions")


def record_other(
    session: Session,
    actor: Account,
    match_id: uuid.UUID,
    starts_at: datetime,
    note: NoteDetails,
    now: datetime,
    base_url: str,
) -> CoachingSession:
    """Note a session that no plan had, of one of the actor's standing matches.

    Raises
    ------
    Refused
        It lies in the future or too far back, or there is a session at that time already.
    """
    match = sessions.standing_match(session, actor, match_id)
    lock_row(session, Match, match.id)
    if not now - sessions.BEHIND <= starts_at <= now:
        raise Refused([Refusal("on", "The day and time must be in the last 12 weeks.")])
    same = select(func.count(CoachingSession.id)).where(
        CoachingSession.match_id == match.id, CoachingSession.starts_at == starts_at
    )
    if session.scalar(same):
        raise Refused([Refusal("on", "There is a session at that time already. Note that one.")])
    minutes = note.minutes or get_scheme(session).session_minutes
    one = CoachingSession(match_id=match.id, starts_at=starts_at, minutes=minutes, changed_at=now)
    session.add(one)
    session.flush()
    return record(session, actor, one.id, note, now, base_url)
