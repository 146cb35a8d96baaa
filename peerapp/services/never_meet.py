"""Families and coaches who must never meet: recorded by staff, obeyed by every run at once.

Neither of the two is told, and no page of the coach's record shows it.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from peerapp.domain.hidden_from import pairs_hidden_from
from peerapp.domain.match_states import HOLDS_PLACE, OPEN_PROPOSAL
from peerapp.enums import ApartReason, Consequence, CoverState, MatchState, Role
from peerapp.errors import Forbidden, NotFound, Refusal, Refused
from peerapp.models import Account, Exclusion, Family, Match, MatchCover, Volunteer
from peerapp.services import (
    audit,
    families,
    match_covers,
    matches,
    rows,
    spoken_references,
    volunteers,
)

WORKERS = frozenset({Role.COORDINATOR, Role.SAFEGUARDING_LEAD})
MEETING_STATES = HOLDS_PLACE - {MatchState.APPROVED}
UNKNOWN = "No volunteer has this reference. It begins with V and stands on their record."
MEETING = "They meet now. End their match for safety first, then keep them apart."


@dataclass(frozen=True)
class Pair:
    """A coach whom a family must never meet; named by the reference alone."""

    reference: str
    reason: ApartReason
    recorded_at: datetime


def list_pairs(session: Session, actor: Account, family_id: uuid.UUID) -> tuple[Family, list[Pair]]:
    """Return the family with those whom it must never meet; that it was read is audited.

    Raises
    ------
    NotFound
        There is no such family, or it lives where the actor does not work.
    """
    family = families.get_family(session, actor, family_id)
    found = [
        Pair(volunteers.reference(volunteer), ApartReason(row.reason), row.created_at)
        for row, volunteer in _standing(session, family)
    ]
    return family, found


def keep_apart(
    session: Session, actor: Account, family_id: uuid.UUID, reference: str, reason: ApartReason
) -> None:
    """Never match the two; what is proposed, offered or approved is withdrawn in the same moment.

    Recorded a second time it stays as it was.

    Raises
    ------
    Refused
        No volunteer has the reference, or the two meet now.
    """
    family, volunteer = _lock(session, actor, family_id, reference)
    if any(one.id == volunteer.id for _, one in _standing(session, family)):
        return
    together = select(Match.id).where(
        Match.family_id == family.id,
        Match.volunteer_id == volunteer.id,
        Match.state.in_(MEETING_STATES),
    )
    if session.scalars(together).first() is not None:
        raise Refused([Refusal("reference", MEETING)])
    row = Exclusion(
        family_id=family.id,
        volunteer_id=volunteer.id,
        consequence=Consequence.EXCLUDED_FOR_GOOD,
        reason=reason.value,
        recorded_by_id=actor.id,
    )
    session.add(row)
    match_covers.stop_for_pair(session, actor, family, volunteer)
    matches.withdraw_open_for_pair(session, actor, family, volunteer, "kept_apart")
    _changed(session, actor, "family.keep_apart", family, volunteer)


def part_from_named(session: Session, actor: Account, family: Family) -> None:
    """Withdraw what is open with a coach whom the family says must not find out.

    The caller has locked the family. A match that runs stays: its worker is told of the answer,
    and it comes no nearer; but a backup coach steps in no more.
    """
    session.flush()
    of_matches = select(Match.volunteer_id).where(
        Match.family_id == family.id, Match.state.in_(OPEN_PROPOSAL | HOLDS_PLACE)
    )
    of_covers = (
        select(MatchCover.volunteer_id)
        .join(Match, MatchCover.match_id == Match.id)
        .where(Match.family_id == family.id, MatchCover.state == CoverState.ARRANGED)
    )
    near = or_(Volunteer.id.in_(of_matches), Volunteer.id.in_(of_covers))
    for volunteer in session.scalars(select(Volunteer).where(near).order_by(Volunteer.id)).all():
        if pairs_hidden_from([family], [volunteer]):
            match_covers.stop_for_pair(session, actor, family, volunteer)
            matches.withdraw_open_for_pair(session, actor, family, volunteer, "kept_apart")


def take_back(session: Session, actor: Account, family_id: uuid.UUID, reference: str) -> None:
    """Let two be matched again who were kept apart by mistake; a safeguarding lead alone decides.

    Raises
    ------
    Forbidden
        The actor is no safeguarding lead.
    NotFound
        The two are not kept apart.
    """
    if actor.role != Role.SAFEGUARDING_LEAD:
        raise Forbidden("only a safeguarding lead lets two be matched again")
    family, volunteer = _lock(session, actor, family_id, reference)
    standing = [row for row, one in _standing(session, family) if one.id == volunteer.id]
    if not standing:
        raise NotFound("these two are not kept apart")
    for row in standing:
        session.delete(row)
    _changed(session, actor, "family.let_meet", family, volunteer)


def _standing(session: Session, family: Family) -> Sequence[tuple[Exclusion, Volunteer]]:
    """Return what staff recorded; what the two said themselves stands elsewhere."""
    query = (
        select(Exclusion, Volunteer)
        .join(Volunteer, Exclusion.volunteer_id == Volunteer.id)
        .where(
            Exclusion.family_id == family.id,
            Exclusion.reason.in_([one.value for one in ApartReason]),
        )
        .order_by(Exclusion.created_at, Exclusion.id)
    )
    return [(row, volunteer) for row, volunteer in session.execute(query)]


def _lock(
    session: Session, actor: Account, family_id: uuid.UUID, reference: str
) -> tuple[Family, Volunteer]:
    """Lock the two in the order in which everybody locks: the volunteer first."""
    if actor.role not in WORKERS:
        raise Forbidden("only those who work with families keep two apart")
    found = spoken_references.find_record(session, reference)
    if not isinstance(found, Volunteer):
        raise Refused([Refusal("reference", UNKNOWN)])
    volunteer = rows.lock_row(session, Volunteer, found.id)
    return families.lock_family(session, actor, family_id), volunteer


def _changed(
    session: Session, actor: Account, action: str, family: Family, volunteer: Volunteer
) -> None:
    """Let no run that began before stand; the trail names the family alone."""
    family.version += 1
    volunteer.version += 1
    audit.record_change(session, actor, action, family)
    session.flush()
