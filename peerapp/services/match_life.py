"""A match after its approval: introduced, active, paused, ended."""

from __future__ import annotations

import uuid
from datetime import date, datetime, time

from sqlalchemy.orm import Session

from peerapp.clock import LONDON
from peerapp.domain.first_visits import may_attend, planned_visit
from peerapp.domain.match_endings import is_asked
from peerapp.domain.match_states import people_refusals, sharing_refusals
from peerapp.domain.safe_contact import introduction_refusals
from peerapp.enums import (
    CloseReason,
    Consequence,
    EndReason,
    FamilyState,
    MatchState,
    OfferSide,
    VisitState,
)
from peerapp.errors import Refusal, Refused
from peerapp.models import Account, FirstVisit, Match
from peerapp.services import messages
from peerapp.services.approvals import notify_both
from peerapp.services.match_consequences import keep_apart
from peerapp.services.match_steps import lock_for_decision, move_family, take_step
from peerapp.services.pairs_apart import apart_refusals
from peerapp.services.rows import get_row
from peerapp.wording import day_of

NOON = time(12)
"""Where nobody wrote down at what time a visit began."""

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
    attended_by_id: uuid.UUID | None = None,
    today: date,
    base_url: str,
) -> Match:
    """Record the first visit, which a coordinator attended; from now on both see contact details.

    ``attended_by_id`` is who attended, where it was not the actor.

    Raises
    ------
    Refused
        The family has not said how it can safely be reached, or the two may not be together today.
    """
    match = lock_for_decision(session, actor, match_id)
    if match.state == MatchState.INTRODUCED and match.first_visit_on == first_visit_on:
        return match
    refusals = [*people_refusals(match, today), *sharing_refusals(match)]
    refusals += apart_refusals(session, match, today)
    refusals += introduction_refusals(match.family)
    refusals += _attended_refusals(session, match, attended_by_id or actor.id)
    refusals += _day_refusals(match, first_visit_on, today)
    if refusals:
        raise Refused(refusals)
    take_step(session, actor, match, MatchState.INTRODUCED)
    match.first_visit_on = first_visit_on
    _keep_visit(match, actor, attended_by_id or actor.id, first_visit_on)
    messages.cancel_for_match(session, match.id)  # what told of the visit to come
    notify_both(session, match, base_url)
    session.flush()
    return match


def _attended_refusals(session: Session, match: Match, staff_id: uuid.UUID) -> list[Refusal]:
    if may_attend(get_row(session, Account, staff_id), match):
        return []
    message = "A coordinator who works where the family lives must be at the first visit."
    return [Refusal("attended_by", message)]


def _day_refusals(match: Match, first_visit_on: date, today: date) -> list[Refusal]:
    if first_visit_on > today:
        return [Refusal("visit_in_future", "The first visit must be today or in the past.")]
    if match.approved_at and first_visit_on < match.approved_at.astimezone(LONDON).date():
        message = "The first visit cannot be before the match was approved."
        return [Refusal("visit_too_early", message)]
    return []


def _keep_visit(match: Match, actor: Account, staff_id: uuid.UUID, held_on: date) -> None:
    """Say that the visit was held: the one that was planned, or one that was not."""
    visit = planned_visit(match)
    if visit is None:
        visit = FirstVisit(planned_by_id=actor.id)
        match.first_visits.append(visit)
    if visit.starts_at is None or day_of(visit.starts_at) != held_on:
        visit.starts_at = datetime.combine(held_on, NOON, LONDON)
    visit.staff_id, visit.state = staff_id, VisitState.HELD


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
    refusals = [*people_refusals(match, today), *apart_refusals(session, match, today)]
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
    base_url: str = "",
) -> Match:
    """End a match; the family waits again or is closed, and what waited to be sent is not sent.

    With ``base_url`` those whom one asks how it was are told that there is something to answer.

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
    return end_locked(
        session,
        actor,
        match,
        reason=reason,
        family_next=family_next,
        note=note,
        today=today,
        base_url=base_url,
    )


def end_locked(
    session: Session,
    actor: Account | None,
    match: Match,
    *,
    reason: EndReason,
    family_next: FamilyState,
    note: str,
    today: date,
    base_url: str,
) -> Match:
    """End a locked match; ``actor`` None: the day after its planned last session."""
    take_step(session, actor, match, MatchState.ENDED, reason=reason.value, note=note)
    match.end_reason = reason
    match.ended_on = today
    move_family(session, actor, match.family, family_next)
    if family_next == FamilyState.CLOSED:
        match.family.close_reason = CLOSE_REASONS.get(reason, CloseReason.OTHER_SUPPORT)
    if reason in KEEPS_APART:
        keep_apart(session, actor, match, Consequence.EXCLUDED_FOR_GOOD, reason.value, None)
    messages.cancel_for_match(session, match.id)
    for ending in match.endings:
        ending.closed_on = ending.closed_on or today
    if base_url:
        _ask_how_it_was(session, match, base_url)
    session.flush()
    return match


def _ask_how_it_was(session: Session, match: Match, base_url: str) -> None:
    """Tell those of the two whom one asks that there is something to answer."""
    people = {OfferSide.COACH: match.volunteer.account, OfferSide.FAMILY: match.family.account}
    for side, account in people.items():
        if account is not None and is_asked(match, side):
            link = f"{base_url}/sign-in"
            messages.queue_notice(
                session, account, link, match_id=match.id, template=messages.SURVEY
            )
