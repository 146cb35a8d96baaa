"""Overrides of a child protection plan: asked by one person, agreed by another, for a while.

A child protection plan keeps a family from being matched. Somebody who knows the family may ask
that a coach helps all the same, and say why; a safeguarding lead who is somebody else agrees. It
ends on its day, with the plan, or when anybody who works with the family ends it; contact closes
the same second, as every view asks afresh.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from peerapp.domain.eligibility import block_refusals
from peerapp.domain.plan_overrides import (
    agreement_refusals,
    asked_override,
    asking_refusals,
)
from peerapp.enums import Role
from peerapp.errors import Forbidden, NotFound, Refusal, Refused
from peerapp.models import Account, Family, PlanOverride
from peerapp.services import audit, matches, messages, staff_of
from peerapp.services.families import lock_family
from peerapp.services.rows import lock_row
from peerapp.services.schemes import get_scheme
from peerapp.wording import day_of

BATCH = 50
WORKERS = frozenset({Role.COORDINATOR, Role.SAFEGUARDING_LEAD})


def ask(
    session: Session,
    actor: Account,
    family_id: uuid.UUID,
    reason: str,
    today: date,
    base_url: str,
) -> PlanOverride:
    """Ask that a family on a child protection plan may be matched; the leads are told.

    Raises
    ------
    Refused
        There is no plan, or an override stands or has been asked for already.
    """
    _only_workers(actor)
    family = lock_family(session, actor, family_id)
    refusals = asking_refusals(family, today)
    if refusals:
        raise Refused(refusals)
    until = today + timedelta(days=get_scheme(session).plan_override_days)
    override = PlanOverride(asked_by_id=actor.id, reason=reason, until=until)
    family.plan_overrides.append(override)
    session.flush()
    audit.record_change(session, actor, "plan_override.ask", family)
    link = f"{base_url}/staff/families/{family.id}/plan-override"
    for account in staff_of.list_active(session, Role.SAFEGUARDING_LEAD):
        if account.id != actor.id:
            messages.queue_notice(session, account, link)
    return override


def agree(
    session: Session,
    actor: Account,
    family_id: uuid.UUID,
    note: str,
    now: datetime,
    today: date,
) -> PlanOverride:
    """Agree to an override as the second person: the family may be matched from now on.

    Raises
    ------
    Forbidden
        The actor does not lead safeguarding.
    Refused
        Nothing waits, or it was asked by the same person, or its time is over.
    """
    if actor.role != Role.SAFEGUARDING_LEAD:
        raise Forbidden("only a safeguarding lead agrees to an override")
    family = lock_family(session, actor, family_id)
    override = asked_override(family)
    refusals = agreement_refusals(family, actor, today)
    if refusals or override is None:
        raise Refused(refusals)
    override.agreed_by_id, override.agreed_at, override.agreed_note = actor.id, now, note
    family.version += 1
    audit.record_change(session, actor, "plan_override.agree", family)
    session.flush()
    return override


def end(session: Session, actor: Account, family_id: uuid.UUID, why: str, now: datetime) -> Family:
    """End an override, or a request for one: the plan blocks the family again at once.

    Raises
    ------
    Refused
        There is none.
    """
    _only_workers(actor)
    family = lock_family(session, actor, family_id)
    if not end_all(session, actor, family, why, now):
        raise Refused([Refusal("no_override", "There is no override to end.")])
    return family


def end_all(
    session: Session, actor: Account | None, family: Family, why: str, now: datetime
) -> bool:
    """End what stands or waits for a locked family, and withdraw its open proposals."""
    open_ones = [one for one in family.plan_overrides if one.ended_at is None]
    for override in open_ones:
        override.ended_at, override.ended_why = now, why
        override.ended_by_id = actor.id if actor else None
    if not open_ones:
        return False
    family.version += 1
    audit.record_change(session, actor, "plan_override.end", family)
    session.flush()
    if actor is not None and block_refusals(family, day_of(now)):
        matches.withdraw_open_for_family(session, actor, family, "family_blocked")
    return True


def end_due(session: Session, now: datetime, today: date, base_url: str) -> int:
    """End overrides whose day has come, and tell whoever agreed; return how many."""
    query = (
        select(PlanOverride.family_id)
        .where(PlanOverride.ended_at.is_(None), PlanOverride.until <= today)
        .order_by(PlanOverride.until, PlanOverride.id)
        .limit(BATCH)
    )
    ended = 0
    for family_id in list(session.scalars(query)):
        family = lock_row(session, Family, family_id)
        agreed_by = [one.agreed_by for one in family.plan_overrides if one.ended_at is None]
        if not end_all(session, None, family, "Its time is over.", now):
            continue
        ended += 1
        for account in agreed_by:
            if account is not None:
                link = f"{base_url}/staff/families/{family.id}/plan-override"
                messages.queue_notice(session, account, link)
    return ended


def list_open(session: Session, actor: Account) -> Sequence[Family]:
    """Return, for a lead, families for which an override waits for a second person."""
    if actor.role != Role.SAFEGUARDING_LEAD:
        return ()
    query = (
        select(Family)
        .where(
            Family.plan_overrides.any(
                (PlanOverride.agreed_at.is_(None)) & (PlanOverride.ended_at.is_(None))
            )
        )
        .order_by(Family.reference)
    )
    return session.scalars(query).all()


def _only_workers(actor: Account) -> None:
    if actor.role not in WORKERS:
        raise NotFound("there is no such family")
