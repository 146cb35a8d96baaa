"""Legal holds: nothing of a person is deleted while one stands."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from peerapp.enums import Role
from peerapp.errors import Forbidden, Refusal, Refused
from peerapp.models import Account, Family, LegalHold, Volunteer
from peerapp.services import audit, rows
from peerapp.services.spoken_references import find_record, reference_of

SETTERS = frozenset({Role.MANAGER, Role.SAFEGUARDING_LEAD})
Person = Family | Volunteer


def set_hold(
    session: Session,
    actor: Account,
    reference: str,
    reason: str,
    review_on: date | None,
    today: date,
) -> LegalHold:
    """Keep everything about the person with this reference until somebody lifts the hold.

    Raises
    ------
    Refused
        There is no such person, no reason, or no day ahead on which it is looked at again.
    """
    _only_setters(actor)
    person, refusals = find_record(session, reference), []
    if person is None:
        refusals.append(Refusal("reference", "No record has this reference."))
    if not reason.strip():
        refusals.append(Refusal("reason", "Say why."))
    if review_on is None or review_on <= today:
        refusals.append(Refusal("review_on", "Enter a day ahead on which it is looked at again."))
    if refusals or person is None or review_on is None:
        raise Refused(refusals)
    is_family = isinstance(person, Family)
    hold = LegalHold(
        family_id=person.id if is_family else None,
        volunteer_id=None if is_family else person.id,
        reference=reference_of(person),
        reason=reason.strip(),
        review_on=review_on,
        set_by_id=actor.id,
    )
    session.add(hold)
    session.flush()
    audit.record_change(session, actor, "legal_hold.set", hold)
    return hold


def lift(
    session: Session, actor: Account, hold_id: uuid.UUID, why: str, now: datetime
) -> LegalHold:
    """Lift a hold: retention may delete again what is over."""
    _only_setters(actor)
    hold = rows.lock_row(session, LegalHold, hold_id)
    if not why.strip():
        raise Refused([Refusal("why", "Say why.")])
    if hold.lifted_at is None:
        hold.lifted_at, hold.lifted_by_id, hold.lifted_why = now, actor.id, why.strip()
        audit.record_change(session, actor, "legal_hold.lift", hold)
        session.flush()
    return hold


def list_holds(session: Session, actor: Account) -> Sequence[LegalHold]:
    """Return the holds, those that stand first, soonest to be looked at first."""
    _only_setters(actor)
    query = (
        select(LegalHold)
        .options(joinedload(LegalHold.set_by), joinedload(LegalHold.lifted_by))
        .order_by(LegalHold.lifted_at.is_not(None), LegalHold.review_on, LegalHold.id)
    )
    return session.scalars(query).all()


def get_hold(session: Session, actor: Account, hold_id: uuid.UUID) -> LegalHold:
    """Return one hold."""
    _only_setters(actor)
    return rows.get_row(session, LegalHold, hold_id)


def held_people(session: Session) -> frozenset[uuid.UUID]:
    """Return the ids of families and volunteers of whom nothing may be deleted."""
    query = select(LegalHold).where(LegalHold.lifted_at.is_(None))
    found = {one.family_id or one.volunteer_id for one in session.scalars(query)}
    return frozenset(one for one in found if one is not None)


def _only_setters(actor: Account) -> None:
    if actor.role not in SETTERS:
        raise Forbidden("only managers and leads hold records")
