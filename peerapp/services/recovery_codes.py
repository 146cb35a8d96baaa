"""Recovery codes: ten, shown once, each good once, for when every other factor is lost."""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from peerapp.domain.second_factors import CODES_MADE
from peerapp.enums import FactorKind
from peerapp.errors import Refusal, Refused
from peerapp.models import Account, LoginSession, RecoveryCode
from peerapp.services import audit
from peerapp.services.factor_notices import NOT_YOU, tell
from peerapp.services.rows import lock_row
from peerapp.services.second_factors import has_factor, pass_factor, refuse_stranger
from peerapp.services.tokens import token_hash

LETTERS = "abcdefghjkmnpqrstvwxyz23456789"
"""Without what is taken for something else when it is written down."""
GROUPS, GROUP_LENGTH = 4, 4
WRONG_RECOVERY_CODE = Refusal("wrong_code", "That recovery code is not right, or has been used.")
NO_FACTOR = Refusal("no_factor", "Set up an authenticator app or a passkey first.")


def normalise(code: str) -> str:
    """Return a recovery code as it is compared: small letters and digits only."""
    return "".join(one for one in code.casefold() if one in LETTERS)


def make_codes(session: Session, login: LoginSession, base_url: str) -> list[str]:
    """Make ten new codes, which end the earlier ones, and return them: this once.

    Raises
    ------
    Refused
        The account has no second factor that they could stand in for.
    """
    refuse_stranger(session, login)
    account = lock_row(session, Account, login.account_id)
    if not has_factor(session, account.id):
        raise Refused([NO_FACTOR])
    session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account.id))
    codes = [_new_code() for _ in range(CODES_MADE)]
    for code in codes:
        session.add(RecoveryCode(account_id=account.id, code_hash=_hash(account, code)))
    audit.record_security(session, account, "factor.make_codes", account, count=len(codes))
    tell(session, account, f"New recovery codes were made for your account. {NOT_YOU}", base_url)
    return codes


def use_code(session: Session, login: LoginSession, code: str, now: datetime, base_url: str) -> str:
    """Take a recovery code as the second factor; return the session's new secret.

    Nobody can guess one, so that guesses are not slowed down by account: that could lock the
    owner out.

    Raises
    ------
    Refused
        It is unknown or used.
    """
    account = lock_row(session, Account, login.account_id)
    query = select(RecoveryCode).where(
        RecoveryCode.account_id == account.id,
        RecoveryCode.code_hash == _hash(account, code),
        RecoveryCode.used_at.is_(None),
    )
    found = session.scalar(query)
    if found is None:
        audit.record_security(session, account, "factor.fail", account, recovery=True)
        raise Refused([WRONG_RECOVERY_CODE])
    found.used_at = now
    session.flush()
    left = session.scalar(
        select(func.count(RecoveryCode.id)).where(
            RecoveryCode.account_id == account.id, RecoveryCode.used_at.is_(None)
        )
    )
    text = f"A recovery code was used to sign in to your account; {left} are left. {NOT_YOU}"
    tell(session, account, text, base_url)
    return pass_factor(session, login, FactorKind.RECOVERY_CODE, now)


def _new_code() -> str:
    """Return a code of about 78 bits."""
    groups = ("".join(secrets.choice(LETTERS) for _ in range(GROUP_LENGTH)) for _ in range(GROUPS))
    return "-".join(groups)


def _hash(account: Account, code: str) -> str:
    return token_hash(f"{account.id}:{normalise(code)}")
