"""Calendars on other devices: what is behind the secret address of an account."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from peerapp.adapters.calendar_file import Entry, write_calendar
from peerapp.errors import NotFound
from peerapp.models import Account, CalendarFeed
from peerapp.services import sessions
from peerapp.services.contacts import own_family
from peerapp.services.tokens import token_hash


def shares_device(session: Session, actor: Account) -> bool:
    """Say whether the actor's family told us that others see its phone; unknown counts as yes."""
    safe = own_family(session, actor).safe_contact
    return safe is None or safe.shared_device


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
