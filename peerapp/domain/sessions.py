"""What may be done with a session, what a note of it must say, and when sessions are missed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from peerapp.enums import (
    CANCELLED_BY_RULE,
    NotHeldReason,
    SessionMood,
    SessionState,
)
from peerapp.errors import Refusal
from peerapp.models import CoachingSession

FURTHEST_MOVE = timedelta(weeks=8)
CORRECTABLE = timedelta(days=7)
"""How long a coach may correct a note; later it is history."""
LONGEST_NOTED = 600
LONGEST_SHOWN = timedelta(hours=6)
"""A session that runs is still ahead: its video link is needed."""
NOTE_LIMIT = 1000

S = SessionState
HAS_BEGUN = Refusal("has_begun", "This session has begun already.")
NOT_PLANNED = Refusal("not_planned", "This session is not planned any more.")


@dataclass(frozen=True)
class NoteDetails:
    """What a coach says of a session; ``reason`` where it did not happen, the rest where it did."""

    happened: bool
    reason: NotHeldReason | None = None
    minutes: int | None = None
    mood: SessionMood | None = None
    text: str = ""


def cancel_refusals(session: CoachingSession, now: datetime) -> list[Refusal]:
    """Say why a session cannot be called off."""
    if session.state != S.PLANNED:
        return [NOT_PLANNED]
    return [HAS_BEGUN] if session.starts_at <= now else []


def move_refusals(
    session: CoachingSession,
    starts_at: datetime,
    others: Iterable[CoachingSession],
    now: datetime,
) -> list[Refusal]:
    """Say why a session cannot be moved to another time.

    Parameters
    ----------
    others
        Other sessions of the same coach and of the same family; only planned ones matter.
    """
    refusals = cancel_refusals(session, now)
    if refusals:
        return refusals
    if not now < starts_at <= now + FURTHEST_MOVE:
        return [Refusal("on", "The new time must be in the future, and within 8 weeks.")]
    ends_at = starts_at + timedelta(minutes=session.minutes)
    for other in others:
        if other.id == session.id or other.state != S.PLANNED:
            continue
        if other.starts_at < ends_at and starts_at < other.ends_at:
            return [Refusal("at", "There is another session at that time.")]
    return []


def note_refusals(session: CoachingSession, note: NoteDetails, now: datetime) -> list[Refusal]:
    """Say why a note cannot be recorded; the codes name the fields of its form."""
    if session.state == S.CANCELLED:
        return [NOT_PLANNED]
    if now < session.starts_at:
        return [Refusal("too_early", "This session has not begun yet.")]
    if session.notes and not may_correct(session, now):
        text = "This note is more than 7 days old. Tell your coordinator what is wrong with it."
        return [Refusal("too_late", text)]
    refusals = []
    if not note.happened and note.reason is None:
        refusals.append(Refusal("reason", "Choose why it did not happen."))
    if note.happened and not 1 <= (note.minutes or 0) <= LONGEST_NOTED:
        text = f"Enter how long it was, from 1 to {LONGEST_NOTED} minutes."
        refusals.append(Refusal("minutes", text))
    if note.happened and note.mood is None:
        refusals.append(Refusal("mood", "Choose how it went."))
    if len(note.text) > NOTE_LIMIT:
        refusals.append(Refusal("text", f"Write {NOTE_LIMIT} characters or fewer."))
    return refusals


def may_correct(session: CoachingSession, now: datetime) -> bool:
    """Say whether the coach may still correct what they noted."""
    return bool(session.notes) and now <= session.notes[0].created_at + CORRECTABLE


def is_missed(session: CoachingSession) -> bool:
    """Say whether a week went by without its session, by no rule of the plan."""
    if session.state == S.CANCELLED:
        return session.cancel_reason not in CANCELLED_BY_RULE
    return session.state == S.NOT_HELD


def missed_in_row(newest_first: Iterable[CoachingSession], now: datetime) -> int:
    """Count the sessions missed since the last one that was held.

    Those that nobody has noted yet, are still to come, or fell away by a rule count neither way.
    """
    count = 0
    for one in newest_first:
        if one.state == S.HELD:
            return count
        count += is_missed(one) and one.starts_at <= now
    return count
