"""What was refused, as security events; and a word to the managers where it looks like a search.

The first ten of an hour are written down, then the 16th, the 32nd and the 64th, each with its
number; what comes after is not even counted until the hour is over. So whoever knocks a million
times adds thirteen rows, and costs the database no more than that.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from peerapp.db import Database
from peerapp.enums import AuditKind, Role
from peerapp.errors import Forbidden
from peerapp.models import Account, AuditEvent, Base
from peerapp.services import audit, messages, throttles
from peerapp.services.accounts import find_by_email, normalise_email
from peerapp.services.schemes import get_scheme

WINDOW = timedelta(hours=1)
FIRST = 10
LOOKS_LIKE_SEARCH = 16
"""So many refused pages in an hour by one account; a stale link or a typing error is one or two."""
MOST = 64
ALL_SIGN_INS = 200
"""Refused sign-ins written down in an hour, over all addresses together."""
SHOWN_DAYS = 30
REFUSED, PATTERN, SIGN_IN = "access.refused", "access.pattern", "account.refused_sign_in"


@dataclass(frozen=True)
class Pattern:
    """An account that was refused many pages in an hour."""

    at: datetime
    account: Account | None
    times: int


def is_noted(count: int) -> bool:
    """Say whether the so-manieth refusal of an hour is written down."""
    return count <= FIRST or (LOOKS_LIKE_SEARCH <= count <= MOST and count & (count - 1) == 0)


def record(
    database: Database,
    scheme_id: uuid.UUID,
    account_id: uuid.UUID,
    *,
    secret: str,
    page: str,
    status: int,
    record_id: uuid.UUID | None,
    now: datetime,
    base_url: str,
) -> datetime | None:
    """Write down that an account was refused a page; tell the managers if it was many.

    Opens transactions of its own: the request's must have ended.

    Returns
    -------
    datetime or None
        Until when nothing more needs to be counted of this account.
    """
    key = throttles.key_of(secret, "refused", str(account_id))
    times, ends = throttles.count(database, key, WINDOW, now)
    if is_noted(times):
        _write(database, scheme_id, account_id, page, status, record_id, times, base_url)
    return ends if times >= MOST else None


def _write(
    database: Database,
    scheme_id: uuid.UUID,
    account_id: uuid.UUID,
    page: str,
    status: int,
    record_id: uuid.UUID | None,
    times: int,
    base_url: str,
) -> None:
    with database.writing(scheme_id) as session:
        account = session.get(Account, account_id)
        if account is None:
            return
        given = {"record": str(record_id)} if record_id else {}
        audit.record_security(
            session, account, REFUSED, account, page=page, status=status, times=times, **given
        )
        if times == LOOKS_LIKE_SEARCH:
            audit.record_security(session, account, PATTERN, account, times=times)
            _tell_managers(session, account, f"{base_url}/staff/refused")


def _tell_managers(session: Session, account: Account, link: str) -> None:
    query = select(Account).where(
        Account.role == Role.MANAGER, Account.disabled_at.is_(None), Account.id != account.id
    )
    for manager in session.scalars(query.order_by(Account.id)):
        messages.queue_notice(session, manager, link, template="refused")


def record_sign_in(
    database: Database, scheme_id: uuid.UUID, email: str, *, secret: str, now: datetime
) -> None:
    """Write down a refused sign-in; the same work whether or not there is such an account."""
    address = normalise_email(email)
    times, _ = throttles.count(database, throttles.key_of(secret, SIGN_IN, address), WINDOW, now)
    if not is_noted(times):
        return
    everybody = throttles.key_of(secret, SIGN_IN, "everybody", str(scheme_id))
    if throttles.count(database, everybody, WINDOW, now)[0] > ALL_SIGN_INS:
        return
    with database.writing(scheme_id) as session:
        subject: Base = find_by_email(session, address) or get_scheme(session)
        audit.record_security(session, None, SIGN_IN, subject, times=times)


def list_patterns(session: Session, actor: Account, now: datetime) -> Sequence[Pattern]:
    """Return who was refused many pages of late, newest first; for managers."""
    if actor.role != Role.MANAGER:
        raise Forbidden("only a manager sees who was refused many pages")
    query = (
        select(AuditEvent)
        .where(
            AuditEvent.kind == AuditKind.SECURITY,
            AuditEvent.action == PATTERN,
            AuditEvent.at >= now - timedelta(days=SHOWN_DAYS),
        )
        .order_by(AuditEvent.at.desc(), AuditEvent.id)
        .limit(100)
    )
    events = session.scalars(query).all()
    ids = {event.subject_id for event in events if event.subject_id}
    people = {one.id: one for one in session.scalars(select(Account).where(Account.id.in_(ids)))}
    return [_pattern(event, people) for event in events]


def _pattern(event: AuditEvent, people: dict[uuid.UUID, Account]) -> Pattern:
    account = people.get(event.subject_id) if event.subject_id else None
    return Pattern(event.at, account, int(event.detail["times"]))
