"""Which members of staff look after a volunteer."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from peerapp.domain.access import may_see_volunteer
from peerapp.enums import Role
from peerapp.models import Account, Volunteer


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
    return [one for one in coordinators if may_see_volunteer(one, volunteer)]
