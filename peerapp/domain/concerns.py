"""Safeguarding concerns: by when they must be read, and what may follow what."""

from __future__ import annotations

from datetime import datetime, timedelta

from peerapp.domain.match_states import HOLDS_PLACE
from peerapp.enums import ConcernAbout, ConcernState, MatchState, Role
from peerapp.errors import Refusal
from peerapp.models import Account, Concern, ContactFreeze, Match, Scheme

ABOUT_PAIR = HOLDS_PLACE | {MatchState.ENDED}
"""States of a match whose family and coach know, or knew, each other."""

LONGEST = 4000


def answer_by(scheme: Scheme, raised_at: datetime, *, danger_now: bool) -> datetime:
    """Return when a safeguarding lead must have read a concern."""
    hours = scheme.concern_danger_hours if danger_now else scheme.concern_hours
    return raised_at + timedelta(hours=hours)


def is_late(concern: Concern, now: datetime) -> bool:
    """Say whether nobody has read a concern in time."""
    return concern.state == ConcernState.NEW and concern.answer_by <= now


def may_read(account: Account) -> bool:
    """What a concern says is for safeguarding leads."""
    return account.role == Role.SAFEGUARDING_LEAD


def stops_contact(about: ConcernAbout, asked: bool, *, about_them: bool = True) -> bool:
    """Say whether contact stops at once: when it is asked for, and always if it is the coach.

    A coach who names no family (not ``about_them``) may worry about another coach: their own
    families are kept from them only if they ask for it.
    """
    return asked or (about_them and about == ConcernAbout.COACH)


def standing_freezes(concern: Concern) -> list[ContactFreeze]:
    """Return what the concern stops still, in matches that are not over."""
    return [
        one for one in concern.freezes if one.lifted_at is None and one.match.state in HOLDS_PLACE
    ]


def words_refusals(words: str) -> list[Refusal]:
    """Say why a concern cannot be sent as it is."""
    if not words.strip():
        return [Refusal("words", "Tell us what you are worried about.")]
    if len(words) > LONGEST:
        return [Refusal("words", f"Your answer must be {LONGEST} characters or fewer.")]
    return []


def acknowledge_refusals(concern: Concern) -> list[Refusal]:
    """Say why a concern cannot be acknowledged."""
    if concern.state == ConcernState.NEW:
        return []
    return [Refusal("is_acknowledged", "This concern has been read already.")]


def open_refusals(concern: Concern) -> list[Refusal]:
    """Say why work on a concern cannot be recorded: it is not read yet, or closed."""
    if concern.state == ConcernState.NEW:
        return [Refusal("not_acknowledged", "Say first that you have read this concern.")]
    if concern.state == ConcernState.CLOSED:
        return [Refusal("is_closed", "This concern is closed.")]
    return []


def close_refusals(concern: Concern) -> list[Refusal]:
    """Say why a concern cannot be closed."""
    refusals = open_refusals(concern)
    if not refusals and standing_freezes(concern):
        message = "Contact is still stopped. Allow it again, or have the match ended, first."
        return [Refusal("contact_stopped", message)]
    return refusals


def stop_refusals(concern: Concern, match: Match) -> list[Refusal]:
    """Say why contact in a match cannot be stopped for a concern; twice is once."""
    if concern.state == ConcernState.CLOSED:
        return [Refusal("is_closed", "This concern is closed.")]
    if match.state not in HOLDS_PLACE:
        return [Refusal("match_over", "This match is over: there is no contact to stop.")]
    return []
