"""Single-use links: long random secrets, kept as hashes, good once and for a time."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from peerapp.enums import TokenPurpose
from peerapp.errors import Refusal, Refused
from peerapp.models import Account, Token

LINK_USED = Refusal(
    "link_used",
    "This link has been used, has run out, or is not complete. Ask for a new one.",
)


def token_hash(secret: str) -> str:
    """Return what is stored of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def issue(
    session: Session,
    account: Account,
    purpose: TokenPurpose,
    now: datetime,
    lifetime: timedelta,
    *,
    secret: str = "",
) -> str:
    """Make a link's secret, unless one is given; earlier unused ones for it stop working."""
    earlier = select(Token).where(
        Token.account_id == account.id,
        Token.purpose == purpose,
        Token.used_at.is_(None),
    )
    for token in session.scalars(earlier):
        token.used_at = now
    secret = secret or secrets.token_urlsafe(32)
    session.add(
        Token(
            account_id=account.id,
            purpose=purpose,
            token_hash=token_hash(secret),
            expires_at=now + lifetime,
        )
    )
    return secret


def void(session: Session, account: Account, now: datetime) -> None:
    """Make every link to an account useless that has not been used."""
    unused = select(Token).where(Token.account_id == account.id, Token.used_at.is_(None))
    for token in session.scalars(unused):
        token.used_at = now


def find(session: Session, secret: str, purpose: TokenPurpose, now: datetime) -> Token:
    """Return the token of a secret while it is good.

    Raises
    ------
    Refused
        It is unknown, was used, or has run out: the same answer for all three.
    """
    query = select(Token).where(Token.token_hash == token_hash(secret), Token.purpose == purpose)
    if session.info["writes"] == "all":
        query = query.with_for_update()
    token = session.scalar(query)
    usable = token is not None and token.used_at is None and now < token.expires_at
    if token is None or not usable or token.account.disabled_at or token.account.council_only:
        raise Refused([LINK_USED])
    return token


def use(session: Session, secret: str, purpose: TokenPurpose, now: datetime) -> Account:
    """Use a link up and return its account."""
    token = find(session, secret, purpose, now)
    token.used_at = now
    return token.account


def find_account(session: Session, secret: str, purpose: TokenPurpose, now: datetime) -> Account:
    """Return the account that a good link is for, without using it up."""
    return find(session, secret, purpose, now).account
