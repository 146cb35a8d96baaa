"""A match after its approval: introduced, active, paused, ended."""

from __future__ import annotations

import uuid
from datetime import date

from sqlalchemy.orm import Session

from peerapp.clock import LONDON
from peerapp.domain.match_states import people_refusals
from peerapp.domain.safe_contact import introduction_refusals
from peerapp.enums import CloseReason, Consequence, EndReason, FamilyState, MatchState
from peerapp.errors import Refusal, Refused
from peerapp.models import Account, Exclusion, Match
from peerapp.services import messages
from peerapp.services.approvals import notify_both
from peerapp.services.match_steps import lock_for_decision, move_family, take_step

KEEPS_APART = frozenset({EndReason.FAMILY_CHOICE, EndReason.COACH_CHOICE, EndReason.SAFEGUARDING})
"""Reasons to end after which the same two are never proposed again."""

CLOSE_REASONS = {
    EndReason.GOALS_REACHED: CloseReason.SUPPORT_FINISHED,
    EndReason.PLANNED_END: CloseReason.SUPPORT_FINISHED,
    EndReason.FAMILY_CHOICE: CloseReason.FAMILY_CHOICE,
    EndReason.MOVED_AWAY: CloseReason.MOVED_AWAY,
}
"""Why a family's record is closed with its match; for other reasons: other support."""


def introduce(
    session: Session,
    actor: Account,
    match_id: uuid.UUID,
    *,
    first_visit_on: date,
    today: date,
    base_url: str,
) -> Match:
    """Record the first visit, which a coordinator attended; from now on both see contact details.

    Raises
    ------
    Refused
        The family has not said how it can safely be reached, or the two may not be together today.
    """
    match = lock_for_decision(session, actor, match_id)
    if match.state == MatchState.INTRODUCED and match.first_visit_on == first_visit_on:
        return match
    refusals = [*people_refusals(match, today), *introduction_refusals(match.family)]
    if first_visit_on > today:
        refusals.append(Refusal("visit_in_future", "The first visit must be today or in the past."))
    if match.approved_at and first_visit_on < match.approved_at.astimezone(LONDON).date():
        refusals.append(
            Refusal("visit_too_early", "The first visit cannot be before the match was approved.")
        )
    if refusals:
        raise Refused(refusals)
    take_step(session, actor, match, MatchState.INTRODUCED)
    match.first_visit_on = first_visit_on
    notify_both(session, match, base_url)
    session.flush()
    return match


def activate(session: Session, actor: Account, match_id: uuid.UUID, *, today: date) -> Match:
    """Record that the weekly sessions have begun."""
    match = lock_for_decision(session, actor, match_id)
    return _run(session, actor, match, today)


def resume(session: Session, actor: Account, match_id: uuid.UUID, *, today: date) -> Match:
    """Take a paused match up again; whether the two may be together is asked again."""
    match = lock_for_decision(session, actor, match_id)
    return _run(session, actor, match, today)


def _run(session: Session, actor: Account, match: Match, today: date) -> Match:
    if match.state == MatchState.ACTIVE:
        return match
    refusals = people_refusals(match, today)
    if refusals:
        raise Refused(refusals)
    take_step(session, actor, match, MatchState.ACTIVE)
    return match


def pause(session: Session, actor: Account, match_id: uuid.UUID, *, note: str = "") -> Match:
    """Pause a match; contact details are hidden from both at once."""
    match = lock_for_decision(session, actor, match_id)
    if match.state == MatchState.PAUSED:
        return match
    take_step(session, actor, match, MatchState.PAUSED, note=note)
    messages.cancel_for_match(session, match.id)
    return match


def end(
    session: Session,
    actor: Account,
    match_id: uuid.UUID,
    *,
    reason: EndReason,
    family_next: FamilyState,
    note: str = "",
    today: date,
) -> Match:
    """End a match; the family waits again or is closed, and what waited to be sent is not sent.

    Raises
    ------
    Refused
        The match has not been approved, or is over already.
    """
    if family_next not in {FamilyState.WAITING, FamilyState.CLOSED}:
        raise ValueError("after a match a family waits or is closed")
    match = lock_for_decision(session, actor, match_id)
    if match.state == MatchState.ENDED and match.end_reason == reason:
        return match
    take_step(session, actor, match, MatchState.ENDED, reason=reason.value, note=note)
    match.end_reason = reason
    match.ended_on = today
    move_family(session, actor, match.family, family_next)
    if family_next == FamilyState.CLOSED:
        match.family.close_reason = CLOSE_REASONS.get(reason, CloseReason.OTHER_SUPPORT)
    if reason in KEEPS_APART:
        _keep_apart(session, actor, match, reason)
    messages.cancel_for_match(session, match.id)
    session.flush()
    return match


def _keep_apart(session: Session, actor: Account, match: Match, reason: EndReason) -> None:
    session.add(
        Exclusion(
            family_id=match.family_id,
            volunteer_id=match.volunteer_id,
            consequence=Consequence.EXCLUDED_FOR_GOOD,
            reason=reason.value,
            recorded_by_id=actor.id,
        )
    )
