"""One family, one worker: who stands by a family, and how that changes hands.

The named worker stays through changes of level and of locality. Where the family lives decides
who may approve its matches; that it stays the worker's family decides nothing but who sees it.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from peerapp.domain.access import may_be_worker, works_with_family
from peerapp.enums import Role, WorkerChange
from peerapp.errors import Refusal, Refused
from peerapp.models import Account, Family, FamilyWorker
from peerapp.services import audit, messages
from peerapp.services.contacts import own_family
from peerapp.services.families import lock_family
from peerapp.services.staff_of import coordinators_in


@dataclass(frozen=True)
class NewWorker:
    """Who becomes a family's worker, and why."""

    worker_id: uuid.UUID
    reason: WorkerChange
    note: str = ""


def list_candidates(session: Session, family: Family) -> list[Account]:
    """Return who can become the family's worker: whoever works where it lives, by name."""
    found = {one.id: one for one in coordinators_in(session, family)}
    if family.worker_id is not None:
        found.pop(family.worker_id, None)
    return sorted(found.values(), key=lambda one: (one.name, one.id))


def list_history(session: Session, family: Family) -> Sequence[FamilyWorker]:
    """Return who was the worker of a family that the caller may see, newest first."""
    query = (
        select(FamilyWorker)
        .where(FamilyWorker.family_id == family.id)
        .options(joinedload(FamilyWorker.account), joinedload(FamilyWorker.recorded_by))
        .order_by(FamilyWorker.created_at.desc(), FamilyWorker.id)
    )
    return session.scalars(query).all()


def own_worker(session: Session, actor: Account) -> Account | None:
    """Return the worker of the actor's own family, while it has one who works here."""
    family = own_family(session, actor)
    worker = session.get(Account, family.worker_id) if family.worker_id else None
    return worker if worker is not None and worker.disabled_at is None else None


def assign(
    session: Session,
    actor: Account,
    family_id: uuid.UUID,
    version: int | None,
    new: NewWorker,
    today: date,
    base_url: str,
) -> Family:
    """Give a family another named worker; both workers are told.

    Whoever was the worker and works elsewhere sees the family no more from this moment.

    Raises
    ------
    Refused
        The person does not work where the family lives, or is the worker already.
    """
    family = lock_family(session, actor, family_id, version)
    worker = session.get(Account, new.worker_id, with_for_update={"read": True})
    if worker is None or worker.disabled_at is not None or not may_be_worker(worker, family):
        message = "Choose a coordinator who works where the family lives."
        raise Refused([Refusal("worker", message)])
    if family.worker_id == worker.id:
        raise Refused([Refusal("worker", f"{worker.name} is the family’s worker already.")])
    earlier = session.get(Account, family.worker_id) if family.worker_id else None
    _put(session, actor, family, new, today)
    link = f"{base_url}/staff/families/{family.id}"
    for account in (worker, earlier):
        if account is not None and account.id != actor.id:
            messages.queue_notice(session, account, link)
    return family


def still_sees(actor: Account, family: Family) -> bool:
    """Say whether whoever handed a family over may see it afterwards."""
    return works_with_family(actor, family)


def begin(session: Session, actor: Account, family: Family, today: date) -> None:
    """Make whoever takes a locked family on its first worker, if it has none."""
    if family.worker_id is None and actor.role == Role.COORDINATOR:
        _put(session, actor, family, NewWorker(actor.id, WorkerChange.FIRST), today)


def _put(session: Session, actor: Account, family: Family, new: NewWorker, today: date) -> None:
    standing = select(FamilyWorker).where(
        FamilyWorker.family_id == family.id, FamilyWorker.until_on.is_(None)
    )
    for row in session.scalars(standing):
        row.until_on = today
    session.add(
        FamilyWorker(
            family_id=family.id,
            account_id=new.worker_id,
            from_on=today,
            reason=new.reason,
            note=new.note,
            recorded_by_id=actor.id,
        )
    )
    family.worker_id = new.worker_id  # no new version: the matching does not ask for it
    audit.record_change(session, actor, "family.assign_worker", family, reason=new.reason.value)
    session.flush()
