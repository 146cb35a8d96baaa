"""The audit trail: written in the transaction of what it records, or that does not happen."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from peerapp.enums import AuditKind
from peerapp.models import Account, AuditEvent, Base, utc_now
from peerapp.models.audit import READS


def record_change(
    session: Session,
    actor: Account | None,
    action: str,
    subject: Base,
    *,
    match_id: uuid.UUID | None = None,
    fields: Iterable[str] = (),
    **detail: str | int | bool | None,
) -> None:
    """Record that ``actor`` did ``action`` (``noun.verb``) to ``subject``.

    ``detail`` may hold states, codes and counts; never a name, a number or a text of a person.
    """
    _record(session, AuditKind.CHANGE, actor, action, subject, match_id, fields, detail)


def record_read(
    session: Session,
    actor: Account,
    action: str,
    subject: Base,
    *,
    match_id: uuid.UUID | None = None,
    fields: Iterable[str] = (),
    **detail: str | int | bool | None,
) -> None:
    """Record that ``actor`` was shown ``fields`` of ``subject``; on GET use ``audited_read``."""
    _record(session, AuditKind.READ, actor, action, subject, match_id, fields, detail)


def record_security(
    session: Session,
    actor: Account | None,
    action: str,
    subject: Base,
    **detail: str | int | bool,
) -> None:
    """Record an act on an account: sign-in, password, invitation."""
    _record(session, AuditKind.SECURITY, actor, action, subject, None, (), detail)


def _record(
    session: Session,
    kind: AuditKind,
    actor: Account | None,
    action: str,
    subject: Base,
    match_id: uuid.UUID | None,
    fields: Iterable[str],
    detail: Mapping[str, str | int | bool | None],
) -> None:
    if subject.id is None:
        session.flush()
    values = {
        "at": utc_now(),
        "kind": kind,
        "action": action,
        "actor_id": actor.id if actor else None,
        "actor_role": actor.role if actor else None,
        "subject_type": type(subject).__tablename__,
        "subject_id": subject.id,
        "match_id": match_id,
        "fields": tuple(fields),
        "detail": dict(detail) | _granted_by(actor, subject),
    }
    session.add(AuditEvent(**values))
    if kind == AuditKind.READ:
        session.info.setdefault(READS, []).append(values)


def _granted_by(actor: Account | None, subject: Base) -> dict[str, str]:
    """Name the grant of duty cover that opened the record, where one did."""
    used = actor.grants_used if actor else ()
    about = {
        subject.id,
        getattr(subject, "family_id", None),
        getattr(subject, "volunteer_id", None),
    }
    found = [one for one in used if one.subject_id in about]
    return {"grant": str(found[0].id)} if found else {}


def list_views_of_match(session: Session, match_id: uuid.UUID) -> Sequence[AuditEvent]:
    """Return who saw contact details in a match, newest first: the disclosure ledger."""
    return list_views_of_matches(session, [match_id])


def list_views_of_matches(session: Session, match_ids: Iterable[uuid.UUID]) -> Sequence[AuditEvent]:
    """Return who saw contact details in any of some matches, newest first."""
    query = (
        select(AuditEvent)
        .where(AuditEvent.match_id.in_(match_ids), AuditEvent.kind == AuditKind.READ)
        .order_by(AuditEvent.at.desc(), AuditEvent.id)
    )
    return session.scalars(query).all()
