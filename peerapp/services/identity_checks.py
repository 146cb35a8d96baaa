"""Identity checks: recording what was seen by one of the routes of DBS, and taking it back."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from peerapp.domain.identity import Shown, identity_refusals
from peerapp.enums import GateItem, SeenHow
from peerapp.errors import Refusal, Refused
from peerapp.models import Account, IdentityCheck, IdentityDocument, Volunteer, utc_now
from peerapp.services import audit, gates, volunteers

ITEM = GateItem.IDENTITY


def record_check(
    session: Session,
    actor: Account,
    volunteer_id: uuid.UUID,
    shown: Shown,
    seen_how: SeenHow,
    today: date,
) -> IdentityCheck:
    """Record that documents prove who the volunteer is; an earlier check is kept beside it.

    Only kinds, the day and the person who looked are kept. The dates on the documents are asked
    for to be held against the rules, and forgotten.

    Raises
    ------
    Refused
        The documents do not fulfil the route, or something was not confirmed.
    """
    volunteer = volunteers.lock_volunteer(session, actor, volunteer_id)
    if actor.id == volunteer.account_id:
        raise Refused([Refusal("own_identity", "Nobody checks their own identity.")])
    refusals = identity_refusals(shown, volunteer, today)
    if refusals:
        raise Refused(refusals)
    check = _build(actor, volunteer, shown, seen_how)
    session.add(check)
    session.flush()
    audit.record_change(
        session, actor, "identity.record", volunteer, route=shown.route.value,
        documents=len(shown.documents),
    )  # fmt: skip
    gates.put_item(session, actor, volunteer, ITEM, shown.checked_on, "", today)
    return check


def _build(actor: Account, volunteer: Volunteer, shown: Shown, seen_how: SeenHow) -> IdentityCheck:
    return IdentityCheck(
        volunteer_id=volunteer.id,
        route=shown.route,
        route_reason=shown.route_reason.strip(),
        seen_how=seen_how,
        external_check=shown.external_check,
        checked_on=shown.checked_on,
        checked_by_id=actor.id,
        documents=[
            IdentityDocument(kind=document.kind, seen_on=shown.checked_on)
            for document in shown.documents
        ],
    )


def withdraw_check(
    session: Session, actor: Account, volunteer_id: uuid.UUID, reason: str, today: date
) -> Volunteer:
    """Say that the standing check does not hold: the gate is open again, the record stays.

    Raises
    ------
    Refused
        Nothing is recorded, or there is no reason.
    """
    volunteer = volunteers.lock_volunteer(session, actor, volunteer_id)
    if not reason.strip():
        raise Refused([Refusal("reason", "Give a reason.")])
    check = standing_check(session, volunteer)
    if check is None and gates.find_record(volunteer, ITEM) is None:
        raise Refused([Refusal("nothing_recorded", "No identity check stands.")])
    if check is not None:
        check.withdrawn_at, check.withdrawn_by_id = utc_now(), actor.id
        check.withdrawn_reason = reason.strip()
    audit.record_change(session, actor, "identity.withdraw", volunteer)
    gates.drop_item(session, actor, volunteer, ITEM, today)
    return volunteer


def standing_check(session: Session, volunteer: Volunteer) -> IdentityCheck | None:
    """Return the check behind the gate's fact; None without one, or after a change of name."""
    if gates.find_record(volunteer, ITEM) is None:
        return None
    checks = [one for one in list_checks(session, volunteer) if one.withdrawn_at is None]
    return checks[0] if checks else None


def list_checks(session: Session, volunteer: Volunteer) -> Sequence[IdentityCheck]:
    """Return every check of a volunteer, newest first."""
    query = (
        select(IdentityCheck)
        .where(IdentityCheck.volunteer_id == volunteer.id)
        .options(selectinload(IdentityCheck.documents), selectinload(IdentityCheck.checked_by))
        .order_by(IdentityCheck.created_at.desc(), IdentityCheck.id)
    )
    return session.scalars(query).all()
