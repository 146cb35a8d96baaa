"""Matches: reading them, declining a proposal, withdrawing what no longer holds."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select, true
from sqlalchemy.orm import Session, joinedload, selectinload

from peerapp.domain.access import (
    may_decide_match,
    may_see_match,
    may_see_sensitive_needs,
    sees_every_locality,
    works_with_volunteer,
)
from peerapp.domain.match_states import CONSEQUENCES, HOLDS_PLACE, OPEN_PROPOSAL, OVER
from peerapp.enums import SENSITIVE_NEEDS, Consequence, DeclineReason, FamilyState, MatchState
from peerapp.errors import NotFound, Refusal
from peerapp.models import Account, Family, Match, MatchEvent, Volunteer
from peerapp.services import approvals, audit, messages
from peerapp.services.match_consequences import decline_locked
from peerapp.services.match_steps import lock_for_decision, move_family, take_step
from peerapp.services.rows import get_row, lock_row

PAGE = 50
GROUPS: dict[str, frozenset[MatchState]] = {
    "proposed": OPEN_PROPOSAL,
    "approved": frozenset({MatchState.APPROVED}),
    "running": HOLDS_PLACE - {MatchState.APPROVED},
    "over": OVER,
}
"""The lists of matches by what a coordinator does with them."""
SENSITIVE = frozenset(need.value for need in SENSITIVE_NEEDS)
WITHDRAWABLE = OPEN_PROPOSAL | {MatchState.APPROVED}


@dataclass(frozen=True)
class NextBest:
    """Another coach that the family could have had.

    ``extra`` is how many points more the whole matching would cost with this coach;
    ``volunteer`` is None where the reader may not know of them.
    """

    volunteer: Volunteer | None
    extra: int


@dataclass(frozen=True)
class Review:
    """A match with all that somebody who decides on it should see.

    Attributes
    ----------
    refusals
        Sentences that say why it cannot be approved today.
    changed
        The records that have changed since the run looked at them.
    hidden_needs
        Sensitive needs, where the reader is not one of those who work on them.
    """

    match: Match
    hidden_needs: frozenset[str]
    next_best: tuple[NextBest, ...]
    refusals: tuple[Refusal, ...]
    changed: tuple[str, ...]


def list_matches(
    session: Session, actor: Account, group: str, *, page: int = 1
) -> tuple[Sequence[Match], bool]:
    """Return one page of a group of ``GROUPS``, and whether there are more.

    Proposals come most urgent first, what runs or waits longest first, what is over newest first.
    """
    query = _visible(actor).where(Match.state.in_(GROUPS[group]))
    order: dict[str, tuple[Any, ...]] = {
        "proposed": (Family.priority, Family.waiting_since),
        "over": (Match.state_since.desc(),),
    }
    by = order.get(group, (Match.state_since,))
    query = query.order_by(*by, Match.id).limit(PAGE + 1).offset((page - 1) * PAGE)
    rows = session.scalars(query).all()
    return rows[:PAGE], len(rows) > PAGE


def count_groups(session: Session, actor: Account) -> dict[str, int]:
    """Return how many matches of each group the actor may see."""
    query = (
        select(Match.state, func.count(Match.id))
        .where(Match.family.has(_in_localities(actor)))
        .group_by(Match.state)
    )
    counts: Counter[MatchState] = Counter()
    for state, number in session.execute(query):
        counts[state] = number
    return {group: sum(counts[state] for state in states) for group, states in GROUPS.items()}


def _visible(actor: Account) -> Select[Match]:
    """Matches of the families that the actor may see, as ``domain.access`` has it for one."""
    return (
        select(Match)
        .join(Family, Match.family_id == Family.id)
        .where(_in_localities(actor))
        .options(
            joinedload(Match.family),
            joinedload(Match.volunteer),
            selectinload(Match.offers),
        )
    )


def _in_localities(actor: Account) -> ColumnElement[bool]:
    if sees_every_locality(actor):
        return true()
    return or_(Family.locality_id.in_(actor.locality_ids), Family.worker_id == actor.id)


def get_match(session: Session, actor: Account, match_id: uuid.UUID) -> Match:
    """Return a match that the actor may see.

    Raises
    ------
    NotFound
        There is none, or the actor may not know of it.
    """
    query = (
        select(Match)
        .where(Match.id == match_id)
        .options(
            joinedload(Match.family),
            joinedload(Match.volunteer),
            joinedload(Match.approved_by),
            selectinload(Match.events).joinedload(MatchEvent.by),
        )
    )
    match = session.scalars(query).one_or_none()
    if match is None or not may_see_match(actor, match):
        raise NotFound("there is no such match")
    return match


def may_decide(actor: Account, match: Match) -> bool:
    """Say whether the actor may decide on a match, for the buttons of its page."""
    return may_decide_match(actor, match)


def get_review(session: Session, actor: Account, match_id: uuid.UUID, today: date) -> Review:
    """Return a match beside its reasons; that it was read is audited."""
    match = get_match(session, actor, match_id)
    is_open = match.state in OPEN_PROPOSAL
    audit.record_read(session, actor, "match.read", match, fields=("family", "coach", "reasons"))
    session.flush()
    return Review(
        match=match,
        hidden_needs=frozenset() if may_see_sensitive_needs(actor) else SENSITIVE,
        next_best=_next_best(session, actor, match),
        refusals=tuple(approvals.approval_refusals(session, match, today)) if is_open else (),
        changed=tuple(approvals.changes_since(match)) if is_open else (),
    )


def _next_best(session: Session, actor: Account, match: Match) -> tuple[NextBest, ...]:
    rows = match.explanation.get("next_best", [])
    extra = {uuid.UUID(row["coach_id"]): int(row["extra"]) for row in rows}
    query = select(Volunteer).where(Volunteer.id.in_(extra))
    found = sorted(session.scalars(query), key=lambda one: (extra[one.id], one.id))
    return tuple(
        NextBest(one if works_with_volunteer(actor, one) else None, extra[one.id]) for one in found
    )


def consequence_of(reason: DeclineReason) -> Consequence:
    """Return what a reason to decline leads to, for the form that asks for it."""
    return CONSEQUENCES[reason]


def decline(
    session: Session,
    actor: Account,
    match_id: uuid.UUID,
    *,
    reason: DeclineReason,
    note: str = "",
    today: date,
) -> Match:
    """Decline a proposal; the reason decides what the next run does.

    Raises
    ------
    Refused
        The match is no open proposal, or the details to correct are not named.
    """
    match = lock_for_decision(session, actor, match_id)
    if match.state == MatchState.DECLINED and match.decline_reason == reason:
        return match
    decline_locked(session, actor, match, reason, note, today)
    return match


def withdraw_open_for_volunteer(
    session: Session, actor: Account | None, volunteer: Volunteer, reason: str
) -> list[uuid.UUID]:
    """Withdraw a coach's open proposals, and matches approved but not introduced.

    The caller has locked the volunteer. Matches that run stay: who may see contact details is
    asked at each view, but nothing about them that waits to be sent leaves.

    Returns
    -------
    list of UUID
        The matches that were withdrawn.
    """
    return _withdraw(session, actor, Match.volunteer_id == volunteer.id, reason)


def withdraw_open_for_family(
    session: Session, actor: Account | None, family: Family, reason: str
) -> list[uuid.UUID]:
    """Withdraw a family's open proposals, and a match approved but not introduced."""
    return _withdraw(session, actor, Match.family_id == family.id, reason)


def withdraw_open_for_pair(
    session: Session, actor: Account | None, family: Family, volunteer: Volunteer, reason: str
) -> list[uuid.UUID]:
    """Withdraw the open proposals of two who must not meet, both locked by the caller."""
    both = (Match.family_id == family.id) & (Match.volunteer_id == volunteer.id)
    return _withdraw(session, actor, both, reason)


def _withdraw(
    session: Session, actor: Account | None, whose: ColumnElement[bool], reason: str
) -> list[uuid.UUID]:
    session.flush()
    query = select(Match).where(whose, Match.state.in_(OPEN_PROPOSAL | HOLDS_PLACE))
    found = session.scalars(query.order_by(Match.family_id, Match.id)).all()
    pairs = [(match.id, match.family_id) for match in found]
    for family_id in sorted({family_id for _, family_id in pairs}):
        lock_row(session, Family, family_id)
    withdrawn = []
    for match_id in sorted(match_id for match_id, _ in pairs):
        match = lock_row(session, Match, match_id)
        messages.cancel_for_match(session, match_id)
        if match.state in WITHDRAWABLE:
            _withdraw_one(session, actor, match, reason)
            withdrawn.append(match_id)
    session.flush()
    return withdrawn


def _withdraw_one(session: Session, actor: Account | None, match: Match, reason: str) -> None:
    was_approved = match.state == MatchState.APPROVED
    take_step(session, actor, match, MatchState.WITHDRAWN, reason=reason)
    if was_approved and match.family.state == FamilyState.MATCHED:
        move_family(session, actor, get_row(session, Family, match.family_id), FamilyState.WAITING)
