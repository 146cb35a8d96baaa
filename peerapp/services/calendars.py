"""Calendars on other devices: a secret address for each account, revoked at a press."""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from peerapp.adapters.calendar_file import Entry, write_calendar
from peerapp.errors import NotFound
from peerapp.models import Account, CalendarFeed
from peerapp.services import audit, sessions
from peerapp.services.contacts import own_family
from peerapp.services.rows import lock_row
from peerapp.services.tokens import token_hash


def find_feed(session: Session, actor: Account) -> CalendarFeed | None:
    """Return the actor's calendar address that works, if there is one; its secret is not kept."""
    query = select(CalendarFeed).where(
        CalendarFeed.account_id == actor.id, CalendarFeed.revoked_at.is_(None)
    )
    return session.scalars(query.order_by(CalendarFeed.created_at.desc())).first()


def shares_device(session: Session, actor: Account) -> bool:
    """Say whether the actor's family told us that others see its phone; unknown counts as yes."""
    safe = own_family(session, actor).safe_contact
    return safe is None or safe.shared_device


def make_address(session: Session, actor: Account, now: datetime) -> str:
    """Make a new address and return its secret, which is shown once; an earlier one stops.

    One at a time for each account: two at once would each not see the other's, and both work.
    """
    lock_row(session, Account, actor.id)
    _revoke(session, actor, now)
    secret = secrets.token_urlsafe(32)
    feed = CalendarFeed(account_id=actor.id, token_hash=token_hash(secret))
    session.add(feed)
    audit.record_security(session, actor, "calendar.make_address", actor)
    return secret


def revoke_address(session: Session, actor: Account, now: datetime) -> None:
    """Make the actor's address stop working at once."""
    if _revoke(session, actor, now):
        audit.record_security(session, actor, "calendar.revoke_address", actor)


def _revoke(session: Session, actor: Account, now: datetime) -> bool:
    query = select(CalendarFeed).where(
        CalendarFeed.account_id == actor.id, CalendarFeed.revoked_at.is_(None)
    )
    found = session.scalars(query.with_for_update()).all()
    for feed in found:
        feed.revoked_at = now
    return bool(found)


def read_calendar(session: Session, secret: str, now: datetime) -> bytes:
    """Return the calendar behind a secret address: times only, of what is open at this moment.

    Raises
    ------
    NotFound
        There is no such address, it was revoked, or its account is closed.
    """
    query = (
        select(CalendarFeed)
        .where(CalendarFeed.token_hash == token_hash(secret), CalendarFeed.revoked_at.is_(None))
        .options(joinedload(CalendarFeed.account))
    )
    feed = session.scalar(query)
    if feed is None or feed.account.disabled_at is not None:
        raise NotFound("there is no such calendar")
    found = sessions.list_for_calendar(session, feed.account, now)
    return write_calendar(
        Entry(one.id, one.starts_at, one.ends_at, one.changed_at, one.sequence) for one in found
    )
