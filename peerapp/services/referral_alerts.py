"""Who is told that a referral waits; where somebody is in danger, again until a lead has it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from peerapp.domain.access import works_in
from peerapp.domain.referral_form import is_danger
from peerapp.enums import Danger, Role
from peerapp.models import Account, Referral
from peerapp.services import audit, messages, staff_of
from peerapp.services.schemes import get_scheme

IN_DANGER = (Danger.YES, Danger.UNSURE)
BATCH = 50


def tell_leads(session: Session, referral: Referral, now: datetime, base_url: str) -> None:
    """Tell every safeguarding lead of danger; the managers where there is no lead."""
    session.flush()
    for account in leads(session):
        messages.queue_notice(session, account, link_to(referral, base_url), template="danger")
    referral.danger_told_at = referral.danger_told_at or now
    referral.danger_reminded_at = now
    audit.record_change(session, None, "referral.danger", referral)


def leads(session: Session) -> Sequence[Account]:
    """Return the safeguarding leads, or the managers where nobody leads."""
    found = staff_of.list_active(session, Role.SAFEGUARDING_LEAD)
    return found or staff_of.list_active(session, Role.MANAGER)


def tell_staff(session: Session, referral: Referral, base_url: str) -> None:
    """Tell the coordinators of the place, all where it is nobody's; the leads of danger."""
    people = [
        one
        for one in staff_of.list_active(session, Role.COORDINATOR)
        if referral.locality_id is None or works_in(one, referral.locality_id)
    ]
    if is_danger(referral.danger) or not people:
        people += leads(session)
    for account in people:
        messages.queue_notice(session, account, link_to(referral, base_url))


def link_to(referral: Referral, base_url: str) -> str:
    """Return where staff read a referral."""
    return f"{base_url}/staff/referrals/{referral.id}"


def sweep_danger(session: Session, now: datetime, base_url: str) -> int:
    """Tell leads and managers again of danger that no lead has taken on; return how many.

    It may run twice, late or never for hours: each referral is told of once per interval.
    """
    minutes = get_scheme(session).danger_reminder_minutes
    query = (
        select(Referral)
        .where(
            Referral.danger.in_(IN_DANGER),
            Referral.danger_taken_at.is_(None),
            Referral.danger_reminded_at <= now - timedelta(minutes=minutes),
        )
        .order_by(Referral.danger_reminded_at, Referral.id)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    late = session.scalars(query, execution_options={"populate_existing": True}).all()
    if not late:
        return 0
    people = {one.id: one for role in (Role.SAFEGUARDING_LEAD, Role.MANAGER)
              for one in staff_of.list_active(session, role)}  # fmt: skip
    for referral in late:
        referral.danger_reminded_at = now
        for account in people.values():
            messages.queue_notice(session, account, _list_of(base_url), template="danger")
        audit.record_change(session, None, "referral.danger_reminder", referral)
    return len(late)


def _list_of(base_url: str) -> str:
    """Return the list: a manager reads that danger waits and who leads, not what is told."""
    return f"{base_url}/staff/referrals/"
