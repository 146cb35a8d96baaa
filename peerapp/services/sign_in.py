"""Signing in and out: server-side sessions that can be listed, revoked and run out."""

from __future__ import annotations

import secrets
import uuid
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from peerapp.adapters.passwords import hash_password, needs_rehash, verify_password
from peerapp.domain.devices import UNKNOWN
from peerapp.domain.second_factors import HALF_OPEN_LIFETIME
from peerapp.enums import SignedInBy
from peerapp.models import Account, KnownBrowser, LoginSession
from peerapp.services import audit
from peerapp.services.accounts import find_by_email
from peerapp.services.second_factors import has_factor
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
    return None if account.council_only else account


def is_password(account: Account, password: str) -> bool:
    """Say whether this is the account's password."""
    return verify_password(account.password_hash, password)


def renew_hash(session: Session, account_id: uuid.UUID, password: str) -> None:
    """Hash a password that was just proved right anew, where its hash is weaker than today's."""
    account = session.get_one(Account, account_id)
    if account.password_hash and needs_rehash(account.password_hash):
        account.password_hash = hash_password(password)


def start_session(
    session: Session,
    account: Account,
    now: datetime,
    lifetime: timedelta,
    *,
    known: KnownBrowser | None = None,
    how: SignedInBy = SignedInBy.PASSWORD,
) -> str:
    """Start a session for an account that has proved who it is.

    Returns
    -------
    str
        Its secret, which lives in the browser only.
    """
    secret = secrets.token_urlsafe(32)
    session.add(
        LoginSession(
            account_id=account.id,
            token_hash=token_hash(secret),
            last_seen_at=now,
            expires_at=now + lifetime,
            created_at=now,
            factor_due=account.is_staff or has_factor(session, account.id),
            role=account.role,
            device=known.device if known else UNKNOWN,
            known_browser_id=known.id if known else None,
        )
    )
    audit.record_security(session, account, "account.sign_in", account, how=how.value)
    return secret


def find_session(
    session: Session,
    secret: str,
    now: datetime,
    idle: timedelta,
    staff_idle: timedelta | None = None,
) -> LoginSession | None:
    """Return the running session of a secret; None when it ended, ran out or idled too long.

    It ends as well when the account is closed, or gets another role: what was begun as one must
    not go on as another.
    """
    query = (
        select(LoginSession)
        .where(LoginSession.token_hash == token_hash(secret))
        .options(joinedload(LoginSession.account))
    )
    found = session.scalar(query)
    if found is None or not is_running(found, now, idle, staff_idle):
        return None
    if found.role != found.account.role:
        return None
    if found.account.disabled_at is not None or found.account.confirmed_at is None:
        return None
    if found.is_half_open and now - found.created_at >= HALF_OPEN_LIFETIME:
        return None
    return found


def is_running(
    login: LoginSession, now: datetime, idle: timedelta, staff_idle: timedelta | None
) -> bool:
    """Say whether a session has neither run out nor idled too long; staff may have less time."""
    longest = min(idle, staff_idle or idle) if login.account.is_staff else idle
    return now < login.expires_at and now - login.last_seen_at < longest


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
