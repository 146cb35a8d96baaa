"""Which members of staff look after a volunteer, or a family."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from peerapp.domain.access import works_in, works_with_volunteer
from peerapp.enums import Role
from peerapp.models import Account, Family, Volunteer


def list_active(session: Session, role: Role) -> Sequence[Account]:
    """Return the open accounts with a role, with their localities."""
    query = (
        select(Account)
        .where(Account.role == role, Account.disabled_at.is_(None))
        .options(selectinload(Account.localities))
        .order_by(Account.id)
    )
    return session.scalars(query).all()


def coordinators_of(session: Session, volunteer: Volunteer) -> list[Account]:
    """Return the coordinators who work where the volunteer lives; all, where they live in none."""
    coordinators = list_active(session, Role.COORDINATOR)
    return [one for one in coordinators if works_with_volunteer(one, volunteer)]


def coordinators_in(session: Session, family: Family) -> list[Account]:
    """Return the coordinators who work where the family lives."""
    coordinators = list_active(session, Role.COORDINATOR)
    return [one for one in coordinators if works_in(one, family.locality_id)]


def workers_of(session: Session, family: Family) -> list[Account]:
    """Return the family's named worker; while it has none, the coordinators where it lives."""
    worker = session.get(Account, family.worker_id) if family.worker_id else None
    if worker is not None and worker.disabled_at is None:
        return [worker]
    return coordinators_in(session, family)
