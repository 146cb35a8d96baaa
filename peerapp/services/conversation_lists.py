"""The conversations that a family or a coach may open now, and what is new in them."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from peerapp.domain import conversations as rules
from peerapp.domain.match_states import HOLDS_PLACE
from peerapp.enums import Role
from peerapp.models import Account, AuditEvent, Family, InsideMessage, Match, MatchCover, Volunteer
from peerapp.services.conversations import OPENED, coach_of, opened_as, side_of


@dataclass(frozen=True)
class TalkLine:
    """One of a family's or a coach's conversations in a list; without anybody's name."""

    match: Match
    new: int
    cover: MatchCover | None = None


def is_open(
    session: Session, actor: Account, match_id: uuid.UUID, today: date, *, with_backup: bool = False
) -> bool:
    """Say whether an open page of one of the two may go on showing the conversation."""
    lines = list_talks(session, actor, today, count=False)
    return any(
        line.match.id == match_id and (line.cover is not None) == with_backup for line in lines
    )


def count_new(session: Session, actor: Account, today: date) -> int:
    """Return how many messages wait for a family or a coach, in matches where they may read."""
    return sum(line.new for line in list_talks(session, actor, today))


def list_talks(
    session: Session, actor: Account, today: date, *, count: bool = True
) -> list[TalkLine]:
    """Return the conversations that a family or a coach may open now, oldest match first.

    Those with, or as, a backup coach come after a match's own.
    """
    talks = [
        (match, cover)
        for match in session.scalars(_standing(actor))
        for cover in (None, *match.covers)
        if _is_side(actor, match, cover) and rules.may_talk(match, today, cover)
    ]
    new = _count_new(session, actor, talks) if count and talks else Counter()
    return [TalkLine(match, new[match.id, _backup(cover)], cover) for match, cover in talks]


_AROUND = (
    joinedload(Match.family).joinedload(Family.locality),
    joinedload(Match.family).selectinload(Family.agreements),
    joinedload(Match.family).selectinload(Family.plan_overrides),
    selectinload(Match.freezes),
    joinedload(Match.volunteer),
    selectinload(Match.covers).joinedload(MatchCover.volunteer),
)
"""Made once: every page of a family or a coach asks."""


def _standing(actor: Account) -> Select[Match]:
    """Return a query of the matches that run: a family's, a coach's, those they step in for."""
    own = Match.family.has(Family.account_id == actor.id)
    if actor.role == Role.VOLUNTEER:
        is_own = Volunteer.account_id == actor.id
        as_backup = Match.covers.any(MatchCover.volunteer.has(is_own))
        own = or_(Match.volunteer.has(is_own), as_backup)
    return (
        select(Match)
        .where(Match.state.in_(HOLDS_PLACE), own)
        .options(*_AROUND)
        .order_by(Match.created_at, Match.id)
    )


def _is_side(actor: Account, match: Match, cover: MatchCover | None) -> bool:
    return actor.role == Role.FAMILY or coach_of(match, cover).account_id == actor.id


def _backup(cover: MatchCover | None) -> uuid.UUID | None:
    return cover.volunteer_id if cover else None


Key = tuple[uuid.UUID, uuid.UUID | None]


def _count_new(
    session: Session, actor: Account, talks: Sequence[tuple[Match, MatchCover | None]]
) -> Counter[Key]:
    """Count what the other side wrote since the actor last looked, for each conversation."""
    noted = {
        subject_id: (match.id, _backup(cover))
        for match, cover in talks
        for subject_id in opened_as(match, cover)
    }
    looked = (
        select(AuditEvent.subject_id, func.max(AuditEvent.at))
        .where(
            AuditEvent.action == OPENED,
            AuditEvent.actor_id == actor.id,
            AuditEvent.subject_id.in_(list(noted)),
        )
        .group_by(AuditEvent.subject_id)
    )
    last: dict[Key, datetime] = {}
    for subject_id, at in session.execute(looked):
        key = noted[subject_id] if subject_id else None
        if key:
            last[key] = max(at, last.get(key, at))
    written = select(
        InsideMessage.match_id, InsideMessage.backup_id, InsideMessage.created_at
    ).where(
        InsideMessage.match_id.in_([match.id for match, _ in talks]),
        InsideMessage.side != side_of(actor),
    )
    return Counter(
        (match_id, backup_id)
        for match_id, backup_id, at in session.execute(written)
        if (match_id, backup_id) not in last or at > last[match_id, backup_id]
    )
