"""Duty cover: a coordinator opens one record outside their caseload, and managers look after it.

It is given at once, because somebody may be in danger; so it is told to the managers at once,
ends by itself, opens the record for reading only, and is looked through by a manager afterwards.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from peerapp.domain import duty_covers as rules
from peerapp.domain.access import works_with_family, works_with_volunteer
from peerapp.enums import CoverVerdict, Role
from peerapp.errors import Forbidden, NotFound, Refusal, Refused
from peerapp.models import AccessGrant, Account, AuditEvent, Family, Volunteer
from peerapp.services import audit, messages, rows, staff_of
from peerapp.services.schemes import get_scheme
from peerapp.services.spoken_references import find_record, reference_of

SHOWN = 100
UNKNOWN = "No record has this reference. Check it with whoever gave it to you."


@dataclass(frozen=True)
class Use:
    """One request that was answered because of a grant."""

    at: datetime
    words: str


def open_record(
    session: Session, actor: Account, reference: str, reason: str, now: datetime, base_url: str
) -> AccessGrant:
    """Let a coordinator in to the record with exactly this reference, and tell the managers.

    Raises
    ------
    Forbidden
        The actor is not a coordinator: leads and managers see the whole scheme.
    Refused
        There is no such record, it is of their caseload already, or no reason is given.
    """
    if actor.role != Role.COORDINATOR:
        raise Forbidden("only coordinators have a caseload to go beyond")
    refusals = rules.reason_refusals(reason)
    record = find_record(session, reference)
    if record is None:
        refusals.append(Refusal("reference", UNKNOWN))
    elif _is_own(actor, record):
        refusals.append(Refusal("reference", "This record is of your own caseload. Open it there."))
    if refusals or record is None:
        raise Refused(refusals)
    if standing := actor.standing_grant(record.id, now):
        return standing
    grant = _grant(session, actor, record, reason, now)
    for account in _told(session):
        messages.queue_notice(session, account, f"{base_url}/staff/duty-cover/{grant.id}")
    return grant


def _grant(
    session: Session, actor: Account, record: Family | Volunteer, reason: str, now: datetime
) -> AccessGrant:
    is_family = isinstance(record, Family)
    grant = AccessGrant(
        family_id=record.id if is_family else None,
        volunteer_id=None if is_family else record.id,
        reference=reference_of(record),
        reason=reason.strip(),
        expires_at=rules.ends_at(now, get_scheme(session).duty_cover_hours),
    )
    actor.grants.append(grant)
    session.flush()
    audit.record_change(
        session, actor, "duty_cover.open", record, grant=str(grant.id), until=_stamp(grant)
    )
    return grant


def _stamp(grant: AccessGrant) -> str:
    return grant.expires_at.isoformat(timespec="seconds")


def _told(session: Session) -> Sequence[Account]:
    """Return who is told of an access at once: the managers; the leads where there is none."""
    managers = staff_of.list_active(session, Role.MANAGER)
    return managers or staff_of.list_active(session, Role.SAFEGUARDING_LEAD)


def _is_own(actor: Account, record: Family | Volunteer) -> bool:
    if isinstance(record, Family):
        return works_with_family(actor, record)
    return works_with_volunteer(actor, record)


def end(session: Session, actor: Account, grant_id: uuid.UUID, now: datetime) -> AccessGrant:
    """End a grant before its time; ending it again changes nothing."""
    grant = _seen(actor, rows.lock_row(session, AccessGrant, grant_id))
    if grant.stands_at(now):
        grant.ended_at, grant.ended_by_id = now, actor.id
        audit.record_change(session, actor, "duty_cover.end", grant)
        session.flush()
    return grant


def sign_off(
    session: Session,
    actor: Account,
    grant_id: uuid.UUID,
    verdict: CoverVerdict,
    note: str,
    now: datetime,
) -> AccessGrant:
    """Write down what a manager found who looked through what was opened.

    Raises
    ------
    Forbidden
        The actor is not a manager.
    Refused
        It stands still, or is signed off.
    """
    if actor.role != Role.MANAGER:
        raise Forbidden("only a manager signs off duty cover")
    grant = _seen(actor, rows.lock_row(session, AccessGrant, grant_id))
    refusals = rules.signing_refusals(actor, grant, now)
    if verdict == CoverVerdict.LOOK_INTO and not note.strip():
        refusals.append(Refusal("note", "Say what has to be looked into, and by whom."))
    if refusals:
        raise Refused(refusals)
    grant.verdict, grant.verdict_note = verdict, note.strip()
    grant.signed_off_at, grant.signed_off_by_id = now, actor.id
    audit.record_change(session, actor, "duty_cover.sign_off", grant, verdict=verdict.value)
    session.flush()
    return grant


def get_grant(session: Session, actor: Account, grant_id: uuid.UUID) -> AccessGrant:
    """Return a grant to whoever holds it, or to a manager.

    Raises
    ------
    NotFound
        There is none, or it is another's.
    """
    return _seen(actor, rows.get_row(session, AccessGrant, grant_id))


def _seen(actor: Account, grant: AccessGrant) -> AccessGrant:
    if not rules.may_end(actor, grant):
        raise NotFound("there is no such access")
    return grant


def list_grants(session: Session, actor: Account, *, open_only: bool = False) -> list[AccessGrant]:
    """Return the actor's grants, or for a manager everybody's; what is not signed off first."""
    query = select(AccessGrant).options(
        joinedload(AccessGrant.account), joinedload(AccessGrant.signed_off_by)
    )
    if actor.role != Role.MANAGER:
        query = query.where(AccessGrant.account_id == actor.id)
    if open_only:
        query = query.where(AccessGrant.signed_off_at.is_(None))
    order = AccessGrant.signed_off_at.is_not(None), AccessGrant.created_at.desc(), AccessGrant.id
    return list(session.scalars(query.order_by(*order).limit(SHOWN)))


def count_unsigned(session: Session, actor: Account) -> int:
    """Return how many accesses wait for a manager's signature."""
    if actor.role != Role.MANAGER:
        return 0
    query = select(func.count(AccessGrant.id)).where(AccessGrant.signed_off_at.is_(None))
    return session.scalar(query) or 0


def list_uses(session: Session, grant: AccessGrant) -> list[Use]:
    """Return what was opened under a grant, in order."""
    query = (
        select(AuditEvent)
        .where(AuditEvent.subject_id == grant.id, AuditEvent.action == "duty_cover.use")
        .order_by(AuditEvent.at, AuditEvent.id)
        .limit(SHOWN * 5)
    )
    found = session.scalars(query)
    return [Use(one.at, _words(str(one.detail.get("page")))) for one in found]


def _words(page: str) -> str:
    """Return ``families.show`` as ``Families: show``."""
    where, _, what = page.partition(".")
    return f"{where.replace('_', ' ').capitalize()}: {what.replace('_', ' ')}"


def record_miss(session: Session, actor: Account) -> None:
    """Write down that a reference was tried that does not open anything, nor which."""
    audit.record_security(session, actor, "duty_cover.miss", actor)


def record_use(session: Session, actor: Account, grant: AccessGrant, page: str) -> None:
    """Write down that a request was answered because of a grant."""
    audit.record_read(session, actor, "duty_cover.use", grant, page=page, grant=str(grant.id))


def in_use(actor: Account) -> list[AccessGrant]:
    """Return what let the actor in to this page, for a note on it."""
    return sorted(actor.grants_used, key=lambda one: (one.expires_at, str(one.id)))
