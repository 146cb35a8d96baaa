"""Codes that a worker reads out or hands over: with one, somebody chooses a new password.

For whom no link may be mailed. A code is of about 59 bits, kept as a hash, good once and for a
short time, and only together with the account's address.
"""

from __future__ import annotations

import secrets
import uuid
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from peerapp.adapters.passwords import hash_password
from peerapp.enums import TokenPurpose
from peerapp.errors import Refused
from peerapp.models import Account
from peerapp.services import accounts, audit, tokens
from peerapp.services.recovery_codes import LETTERS, normalise

GROUPS, GROUP_LENGTH = 3, 4
NOBODY = uuid.UUID(int=0)


def issue(session: Session, account: Account, now: datetime, lifetime: timedelta) -> str:
    """Make a code, which ends earlier ones, and return it: this once."""
    code = "-".join(_group() for _ in range(GROUPS))
    tokens.issue(
        session, account, TokenPurpose.READ_OUT, now, lifetime, secret=_secret(account.id, code)
    )
    return code


def _group() -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(GROUP_LENGTH))


def _secret(account_id: uuid.UUID, code: str) -> str:
    return f"{account_id}:{normalise(code)}"


def find_owner(session: Session, email: str, code: str, now: datetime) -> Account | None:
    """Return whose code this is, or None; the same work where there is no such account."""
    account = accounts.find_by_email(session, email)
    secret = _secret(account.id if account else NOBODY, code)
    try:
        return tokens.find_account(session, secret, TokenPurpose.READ_OUT, now)
    except Refused:
        return None


def use(session: Session, account: Account, code: str, password: str, now: datetime) -> Account:
    """Use a code up: set a new password, and sign every browser of the account out.

    Raises
    ------
    Refused
        It was used a moment before, or has run out.
    """
    account = tokens.use(session, _secret(account.id, code), TokenPurpose.READ_OUT, now)
    account.password_hash = hash_password(password)
    accounts.sign_out_everywhere(session, account)
    audit.record_security(session, account, "account.reset_by_code", account)
    return account
