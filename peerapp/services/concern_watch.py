"""Concerns that nobody has read in time: every lead and every manager is told, again and again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from peerapp.domain import concerns as rules
from peerapp.enums import ConcernState, ConcernStep, Role
from peerapp.models import Concern
from peerapp.services import audit, messages
from peerapp.services.concerns import record_step
from peerapp.services.schemes import get_scheme
from peerapp.services.staff_of import list_active


def escalate_late(session: Session, now: datetime, base_url: str) -> int:
    """Escalate the concerns that are late, and again each time as long has passed once more.

    Returns
    -------
    int
        How many were escalated.
    """
    scheme = get_scheme(session)
    query = (
        select(Concern)
        .where(
            Concern.state == ConcernState.NEW,
            Concern.answer_by <= now,
            or_(Concern.escalated_at.is_(None), Concern.escalated_at < now),
        )
        .order_by(Concern.answer_by, Concern.id)
        .with_for_update(skip_locked=True)
    )
    late = [
        one
        for one in session.scalars(query)
        if one.escalated_at is None
        or rules.answer_by(scheme, one.escalated_at, danger_now=one.danger_now) <= now
    ]
    for concern in late:
        _escalate(session, concern, now, base_url)
    return len(late)


def _escalate(session: Session, concern: Concern, now: datetime, base_url: str) -> None:
    concern.escalated_at = now
    record_step(session, concern, ConcernStep.ESCALATED, None)
    audit.record_change(session, None, "concern.escalate", concern)
    for lead in list_active(session, Role.SAFEGUARDING_LEAD):
        messages.queue_notice(session, lead, f"{base_url}/staff/concerns/{concern.id}")
    for manager in list_active(session, Role.MANAGER):
        messages.queue_notice(session, manager, f"{base_url}/staff/concerns/")
