"""Referees who have not answered: two reminders, then a flag for the coordinators.

Days are counted in Europe/London from the day of asking. The sweep may run twice, late or never
for days: each step is done once, and who missed both reminders gets one mail and not two.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta

from sqlalchemy import ColumnElement, and_, not_, or_, select
from sqlalchemy.orm import Session

from peerapp.clock import LONDON
from peerapp.domain.onboarding import FINAL
from peerapp.enums import ReferenceState, VolunteerState
from peerapp.models import Reference, Scheme, Volunteer
from peerapp.services import audit, messages, referee_links, staff_of
from peerapp.services.schemes import get_scheme

BATCH = 5
"""In one transaction; on SQLite nobody else can write meanwhile."""
SILENT = FINAL | {VolunteerState.SUSPENDED}
"""While a volunteer stands here, their referees are left in peace."""


def sweep_reminders(session: Session, now: datetime, base_url: str) -> int:
    """Remind or flag a batch of referees whose time has come; return how many that were."""
    scheme = get_scheme(session)
    done = 0
    for reference_id in _list_due(session, scheme, now):
        done += _attend(session, scheme, reference_id, now, base_url)
    return done


def days_waiting(reference: Reference, now: datetime) -> int:
    """Return for how many days a referee has been asked, as London counts days."""
    return (now.astimezone(LONDON).date() - reference.asked_at.astimezone(LONDON).date()).days


def _list_due(session: Session, scheme: Scheme, now: datetime) -> Sequence[uuid.UUID]:
    query = (
        select(Reference.id)
        .join(Volunteer, Reference.volunteer_id == Volunteer.id)
        .where(
            Reference.state == ReferenceState.ASKED,
            Volunteer.state.not_in(SILENT),
            _has_a_step(scheme, now),
        )
        .order_by(Reference.asked_at, Reference.id)
        .limit(BATCH)
    )
    return session.scalars(query).all()


def _has_a_step(scheme: Scheme, now: datetime) -> ColumnElement[bool]:
    """Return ``_next_step`` as SQL; a test holds the two together."""
    today = now.astimezone(LONDON).date()

    def waited(days: int) -> ColumnElement[bool]:
        first_too_late = datetime.combine(today - timedelta(days=days - 1), time.min, LONDON)
        return Reference.asked_at < first_too_late.astimezone(UTC)

    is_last = Reference.reminded_again_at.is_not(None)
    return or_(
        and_(is_last, Reference.flagged_at.is_(None), waited(scheme.reference_flag_days)),
        and_(not_(is_last), waited(scheme.reference_second_reminder_days)),
        and_(
            not_(is_last),
            Reference.reminded_at.is_(None),
            waited(scheme.reference_reminder_days),
        ),
    )


def _next_step(reference: Reference, scheme: Scheme, now: datetime) -> str:
    """Return ``remind``, ``remind_again`` or ``flag``, or nothing."""
    days = days_waiting(reference, now)
    if reference.reminded_again_at is not None:
        is_late = days >= scheme.reference_flag_days
        return "flag" if is_late and reference.flagged_at is None else ""
    if days >= scheme.reference_second_reminder_days:
        return "remind_again"
    first = days >= scheme.reference_reminder_days
    return "remind" if first and reference.reminded_at is None else ""


def _attend(
    session: Session, scheme: Scheme, reference_id: uuid.UUID, now: datetime, base_url: str
) -> bool:
    """Do what is due for one referee, unless another job or the referee was quicker."""
    reference = _lock(session, reference_id)
    step = _next_step(reference, scheme, now) if reference is not None else ""
    if reference is None or not step:
        return False
    if step == "flag":
        _flag(session, reference, now, base_url)
    else:
        if step == "remind":
            reference.reminded_at = now
        else:
            reference.reminded_again_at = now
        referee_links.send_link(session, reference, referee_links.REMINDER, now, base_url)
    audit.record_change(session, None, f"reference.{step}", reference)
    return True


def _lock(session: Session, reference_id: uuid.UUID) -> Reference | None:
    """Lock volunteer and reference, in this order; None if others work on them just now."""
    fresh = {"populate_existing": True}
    volunteer_id = session.get_one(Reference, reference_id).volunteer_id
    person = select(Volunteer).where(Volunteer.id == volunteer_id)
    if session.scalar(person.with_for_update(skip_locked=True), execution_options=fresh) is None:
        return None
    query = select(Reference).where(
        Reference.id == reference_id, Reference.state == ReferenceState.ASKED
    )
    return session.scalar(query.with_for_update(skip_locked=True), execution_options=fresh)


def _flag(session: Session, reference: Reference, now: datetime, base_url: str) -> None:
    reference.flagged_at = now
    link = f"{base_url}/staff/volunteers/{reference.volunteer_id}/references"
    for account in staff_of.coordinators_of(session, reference.volunteer):
        messages.queue_notice(session, account, link)
