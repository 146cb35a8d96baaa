"""Guesses at codes: counted in the database, so that every process counts the same.

Whoever guesses knows the password already. They are slowed down by lane: browsers in which the
account has given its second factor before have guesses of their own, and passkeys and recovery
codes cannot be guessed at all and are never slowed down. So nobody can be locked out by a stranger.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from peerapp.domain.second_factors import (
    LANE_GUESSES,
    LANE_WINDOW,
    NEW_BROWSER,
    SESSION_GUESSES,
)
from peerapp.errors import Refusal, Refused
from peerapp.models import Account, FactorFailure, LoginSession
from peerapp.services import audit
from peerapp.services.factor_notices import tell

TOO_MANY = Refusal(
    "too_many_codes",
    "There have been too many wrong codes. Wait 15 minutes, or use a passkey or a recovery code.",
)
ENDED = Refusal("session_ended", "There were too many wrong codes. Sign in again.")
WARNING = (
    "Somebody who knows your password has entered wrong codes many times. They have not been let "
    "in. If it was not you, choose a new password now: use “I have forgotten my password”."
)


def refuse_throttled(session: Session, account: Account, lane: str, now: datetime) -> None:
    """Refuse a code that may not be looked at now."""
    if _count(session, account, lane, now) >= LANE_GUESSES:
        raise Refused([TOO_MANY])


def note_failure(session: Session, login: LoginSession, lane: str, now: datetime) -> None:
    """Count a wrong code, and end the session that has had its share of them.

    Raises
    ------
    Refused
        The session is ended by this failure.
    """
    account = login.account
    session.execute(delete(FactorFailure).where(FactorFailure.at < now - LANE_WINDOW))
    session.add(FactorFailure(account_id=account.id, lane=lane, at=now))
    login.factor_failures += 1
    session.flush()
    audit.record_security(session, account, "factor.fail", account, proven=lane != NEW_BROWSER)
    if lane == NEW_BROWSER and _count(session, account, lane, now) == LANE_GUESSES:
        tell(session, account, WARNING)
    if login.factor_failures >= SESSION_GUESSES:
        session.delete(login)
        session.flush()
        raise Refused([ENDED])


def _count(session: Session, account: Account, lane: str, now: datetime) -> int:
    query = select(func.count(FactorFailure.id)).where(
        FactorFailure.account_id == account.id,
        FactorFailure.lane == lane,
        FactorFailure.at > now - LANE_WINDOW,
    )
    return session.scalar(query) or 0
