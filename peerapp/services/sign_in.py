"""Signing in and out: server-side sessions that can be listed, revoked and run out."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from peerapp.adapters.passwords import hash_password, needs_rehash, verify_password
from peerapp.models import Account, LoginSession
from peerapp.services import audit
from peerapp.services.accounts import find_by_email
from peerapp.services.tokens import token_hash

TOUCH_AFTER = timedelta(minutes=2)


def check_credentials(session: Session, email: str, password: str) -> Account | None:
    """Return the account that may sign in with these, or None.

    One answer for no account, wrong password, unconfirmed and closed; the same work for each.
    """
    account = find_by_email(session, email)
    right = verify_password(account.password_hash if account else None, password)
    if account is None or not right:
        return None
    if account.confirmed_at is None or account.disabled_at is not None:
        return None
    return account


def sign_in(
    session: Session,
    account_id: object,
    password: str,
    now: datetime,
    lifetime: timedelta,
) -> str:
    """Start a session and return its secret, which lives in the browser only."""
    account = session.get_one(Account, account_id)
    if account.password_hash and needs_rehash(account.password_hash):
        account.password_hash = hash_password(password)
    return start_session(session, account, now, lifetime)


def start_session(session: Session, account: Account, now: datetime, lifetime: timedelta) -> str:
    """Start a session for an account that has proved who it is."""
    secret = secrets.token_urlsafe(32)
    session.add(
        LoginSession(
            account_id=account.id,
            token_hash=token_hash(secret),
            last_seen_at=now,
            expires_at=now + lifetime,
        )
    )
    audit.record_security(session, account, "account.sign_in", account)
    return secret


def find_session(
    session: Session, secret: str, now: datetime, idle: timedelta
) -> LoginSession | None:
    """Return the running session of a secret; None when it ended, ran out or idled too long."""
    query = (
        select(LoginSession)
        .where(LoginSession.token_hash == token_hash(secret))
        .options(joinedload(LoginSession.account).selectinload(Account.localities))
    )
    found = session.scalar(query)
    if found is None or now >= found.expires_at or now - found.last_seen_at >= idle:
        return None
    if found.account.disabled_at is not None or found.account.confirmed_at is None:
        return None
    return found


def touch(session: Session, login_id: object, now: datetime) -> None:
    """Remember that the browser is in use."""
    found = session.get(LoginSession, login_id)
    if found is not None:
        found.last_seen_at = now


def end_session(session: Session, secret: str) -> None:
    """End the session of a secret, if it runs."""
    found = session.scalar(
        select(LoginSession).where(LoginSession.token_hash == token_hash(secret))
    )
    if found is not None:
        audit.record_security(session, found.account, "account.sign_out", found.account)
        session.delete(found)
