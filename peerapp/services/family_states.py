"""Where a family stands: accepted, blocked, to be corrected, closed."""

from __future__ import annotations

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from peerapp.domain.eligibility import acceptance_refusals, block_refusals
from peerapp.enums import CloseReason, FamilyState, MatchState
from peerapp.errors import Refusal, Refused
from peerapp.models import Account, Family, Match, utc_now
from peerapp.services import audit, family_workers, matches, plan_overrides
from peerapp.services.families import lock_family, save
from peerapp.wording import day_of

TOGETHER = (MatchState.INTRODUCED, MatchState.ACTIVE, MatchState.PAUSED)
"""States of a match that has to be ended, not withdrawn: family and coach know each other."""


def accept_family(session: Session, actor: Account, family_id: uuid.UUID, version: int) -> Family:
    """Accept a referral: the family waits for a coach from now on.

    The coordinator who accepts it becomes its named worker, unless it has one.

    Raises
    ------
    Refused
        The agreement is not recorded, or child protection work stands against it.
    """
    family = lock_family(session, actor, family_id, version)
    refusals = acceptance_refusals(family, day_of(utc_now()))
    if refusals:
        raise Refused(refusals)
    _move(family, FamilyState.WAITING)
    audit.record_change(session, actor, "family.accept", family)
    family_workers.begin(session, actor, family, day_of(family.state_since))
    return family


def set_blocks(
    session: Session,
    actor: Account,
    family_id: uuid.UUID,
    version: int,
    *,
    section_47_open: bool,
    child_protection_plan: bool,
) -> Family:
    """Record what social care has open; either hides contact details the same second."""
    family = lock_family(session, actor, family_id, version)
    values = {
        "section_47_open": section_47_open,
        "child_protection_plan": child_protection_plan,
    }
    if not child_protection_plan:
        plan_overrides.end_all(session, actor, family, "The plan has ended.", utc_now())
    save(session, actor, family, "family.set_blocks", values)
    if block_refusals(family, day_of(utc_now())):
        matches.withdraw_open_for_family(session, actor, family, "family_blocked")
    return family


def resolve_details_query(
    session: Session, actor: Account, family_id: uuid.UUID, version: int
) -> Family:
    """Say that the details in question have been put right: the family is matched again."""
    family = lock_family(session, actor, family_id, version)
    return save(session, actor, family, "family.resolve_query", {"details_query": ""})


def close_family(
    session: Session, actor: Account, family_id: uuid.UUID, version: int, reason: CloseReason
) -> Family:
    """Close a family's record; its open proposals are withdrawn.

    Raises
    ------
    Refused
        It is closed already, or is with a coach: that match is ended first, for its own reason.
    """
    family = lock_family(session, actor, family_id, version)
    _refuse_close(session, family)
    matches.withdraw_open_for_family(session, actor, family, "family_closed")
    _move(family, FamilyState.CLOSED)
    family.close_reason = reason
    audit.record_change(session, actor, "family.close", family, reason=reason.value)
    return family


def _refuse_close(session: Session, family: Family) -> None:
    if family.state == FamilyState.CLOSED:
        raise Refused([Refusal("is_closed", "The family’s record is closed already.")])
    together = select(Match.id).where(Match.family_id == family.id, Match.state.in_(TOGETHER))
    if session.scalar(together.limit(1)) is not None:
        raise Refused(
            [Refusal("has_coach", "The family has a coach. End the match first, then close this.")]
        )


def _move(family: Family, to: FamilyState) -> None:
    family.state = to
    family.state_since = utc_now()
    family.version += 1
