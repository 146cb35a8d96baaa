"""Who supervises which coach, and how many matches each supervisor can carry."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from peerapp.domain.access import works_with_volunteer
from peerapp.domain.match_states import HOLDS_PLACE
from peerapp.domain.onboarding import FINAL
from peerapp.domain.supervision import supervisor_capacity
from peerapp.enums import Role
from peerapp.errors import NotFound, Refusal, Refused
from peerapp.models import Account, Match, Volunteer
from peerapp.services import audit, volunteers
from peerapp.services.rows import get_row, lock_row
from peerapp.services.schemes import get_scheme
from peerapp.services.staff_of import list_active

MOST = 200


@dataclass(frozen=True)
class Load:
    """What a supervisor carries; ``capacity`` None: as much as comes."""

    supervisor: Account
    coaches: int
    matches: int
    capacity: int | None

    @property
    def is_full(self) -> bool:
        return self.capacity is not None and self.matches >= self.capacity


def list_loads(session: Session) -> list[Load]:
    """Return every coordinator with what they carry, by name."""
    scheme = get_scheme(session)
    coaches = _count(
        session,
        select(Volunteer.supervisor_id, func.count(Volunteer.id))
        .where(Volunteer.state.not_in(FINAL))
        .group_by(Volunteer.supervisor_id),
    )
    matches = _count(
        session,
        select(Volunteer.supervisor_id, func.count(Match.id))
        .join(Match, Match.volunteer_id == Volunteer.id)
        .where(Match.state.in_(HOLDS_PLACE))
        .group_by(Volunteer.supervisor_id),
    )
    everybody = list_active(session, Role.COORDINATOR)
    return [
        Load(one, coaches.get(one.id, 0), matches.get(one.id, 0), supervisor_capacity(one, scheme))
        for one in sorted(everybody, key=lambda one: (one.name, one.id))
    ]


def _count(session: Session, query: Select[uuid.UUID | None, int]) -> dict[uuid.UUID | None, int]:
    return {row[0]: row[1] for row in session.execute(query)}


def list_possible(session: Session, volunteer: Volunteer) -> Sequence[Account]:
    """Return who can supervise a volunteer: coordinators who work where they live."""
    found = list_active(session, Role.COORDINATOR)
    possible = [one for one in found if works_with_volunteer(one, volunteer)]
    return sorted(possible, key=lambda one: (one.name, one.id))


def assign(
    session: Session, actor: Account, volunteer_id: uuid.UUID, supervisor_id: uuid.UUID | None
) -> Volunteer:
    """Give a volunteer a supervisor, or none; matching looks at them anew.

    Raises
    ------
    Refused
        They do not work where the volunteer lives.
    """
    volunteer = volunteers.lock_volunteer(session, actor, volunteer_id)
    if volunteer.supervisor_id == supervisor_id:
        return volunteer
    possible = {one.id for one in list_possible(session, volunteer)}
    if supervisor_id is not None and supervisor_id not in possible:
        message = "Choose a coordinator who works where the volunteer lives."
        raise Refused([Refusal("supervisor_id", message)])
    before = volunteer.supervisor_id
    volunteer.supervisor_id = supervisor_id
    volunteer.version += 1
    audit.record_change(
        session,
        actor,
        "volunteer.supervise",
        volunteer,
        before=str(before) if before else None,
        after=str(supervisor_id) if supervisor_id else None,
    )
    session.flush()
    session.expire(volunteer, ["supervisor"])
    return volunteer


def find_supervisor(session: Session, supervisor_id: uuid.UUID) -> Account:
    """Return somebody who can supervise.

    Raises
    ------
    NotFound
        There is no such coordinator.
    """
    account = get_row(session, Account, supervisor_id)
    if account.role != Role.COORDINATOR:
        raise NotFound("there is no such supervisor")
    return account


def set_capacity(
    session: Session, actor: Account, supervisor_id: uuid.UUID, capacity: int | None
) -> Account:
    """Say how many matches a supervisor can carry; None: what the scheme says for all.

    Matches above it stay; new ones are neither proposed nor approved.
    """
    account = lock_row(session, Account, find_supervisor(session, supervisor_id).id)
    if capacity is not None and not 0 <= capacity <= MOST:
        raise Refused([Refusal("capacity", f"Enter a whole number from 0 to {MOST}.")])
    if account.supervises_up_to != capacity:
        before = account.supervises_up_to
        account.supervises_up_to = capacity
        audit.record_change(
            session, actor, "supervisor.capacity", account, before=before, after=capacity
        )
        session.flush()
    return account
