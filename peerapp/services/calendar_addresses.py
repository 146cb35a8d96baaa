"""The secret address of an account's calendar: shown once, revoked at a press.

Whoever has it needs no password, so it stops with every browser that is signed out for safety.
"""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from peerapp.models import Account, CalendarFeed
from peerapp.services import audit
from peerapp.services.rows import lock_row
from peerapp.services.tokens import token_hash


def find_feed(session: Session, actor: Account) -> CalendarFeed | None:
    """Return the actor's calendar address that works, if there is one; its secret is not kept."""
    query = select(CalendarFeed).where(
        CalendarFeed.account_id == actor.id, CalendarFeed.revoked_at.is_(None)
    )
    return session.scalars(query.order_by(CalendarFeed.created_at.desc())).first()


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


def revoke_address(
    session: Session, actor: Account | None, account: Account, now: datetime
) -> None:
    """Make an account's address stop working at once; ``actor`` None: with its browsers."""
    if _revoke(session, account, now):
        audit.record_security(session, actor, "calendar.revoke_address", account)


def _revoke(session: Session, account: Account, now: datetime) -> bool:
    query = select(CalendarFeed).where(
        CalendarFeed.account_id == account.id, CalendarFeed.revoked_at.is_(None)
    )
    found = session.scalars(query.with_for_update()).all()
    for feed in found:
        feed.revoked_at = now
    return bool(found)
