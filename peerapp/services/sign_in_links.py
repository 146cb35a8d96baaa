"""Signing in by a link that is mailed, for families and volunteers who prefer it.

The link works once, for fifteen minutes, in the browser that asked for it, and only when the
button behind it is pressed: what scans mail opens links, and must not use them up.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from peerapp.clock import LONDON
from peerapp.domain.safe_contact import email_refusals, next_safe_moment
from peerapp.enums import Role, TokenPurpose
from peerapp.errors import Refused
from peerapp.models import Account, Family, Token
from peerapp.services import audit, messages, tokens
from peerapp.services.accounts import find_by_email
from peerapp.services.tokens import LINK_USED, token_hash

LIFETIME = timedelta(minutes=15)


def request_link(
    session: Session, email: str, browser_hash: str, now: datetime, base_url: str
) -> None:
    """Send a link to sign in with, if there is an account that may have one.

    Parameters
    ----------
    browser_hash
        Of a secret that the browser holds: the link works only together with it.
    """
    account = find_by_email(session, email)
    if account is None or not _may_use(session, account, now):
        return
    secret = tokens.issue(session, account, TokenPurpose.SIGN_IN, now, LIFETIME)
    session.flush()
    query = select(Token).where(Token.token_hash == token_hash(secret))
    session.scalars(query).one().browser_hash = browser_hash
    messages.queue_link(session, account, "sign_in", f"{base_url}/sign-in/link/{secret}")
    audit.record_security(session, account, "account.ask_link", account)


def _may_use(session: Session, account: Account, now: datetime) -> bool:
    """Say whether a link may go out and would arrive in time."""
    if account.is_staff or not account.signs_in_by_link:
        return False
    if account.disabled_at is not None or account.confirmed_at is None:
        return False
    if account.role is not Role.FAMILY:
        return True
    family = session.scalar(select(Family).where(Family.account_id == account.id))
    if family is None or email_refusals(family):
        return False
    return next_safe_moment(family, now.astimezone(LONDON)) <= now


def check(session: Session, secret: str, browser: str, now: datetime) -> Token:
    """Return the token of a link while it is good, in this browser.

    Raises
    ------
    Refused
        It was used, has run out, is another's, or the account may not use links any more.
    """
    token = tokens.find(session, secret, TokenPurpose.SIGN_IN, now)
    allowed = token.account.signs_in_by_link and not token.account.is_staff
    if token.browser_hash != token_hash(browser) or not allowed:
        raise Refused([LINK_USED])
    return token


def use(session: Session, secret: str, browser: str, now: datetime) -> Account:
    """Use a link up, and return whom it signs in."""
    check(session, secret, browser, now)
    return tokens.use(session, secret, TokenPurpose.SIGN_IN, now)
