"""Second factors of an account: which there are, giving one, taking them away."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from peerapp.domain.access import sees_every_locality
from peerapp.enums import FactorKind, ResetReason, Role, TwoPersonAct
from peerapp.errors import Forbidden, NotFound, Refusal, Refused
from peerapp.models import (
    Account,
    AuthenticatorApp,
    LoginSession,
    Passkey,
    RecoveryCode,
    TwoPersonRequest,
)
from peerapp.services import audit, two_person_requests
from peerapp.services.factor_notices import NOT_YOU, tell
from peerapp.services.rows import lock_row
from peerapp.services.tokens import token_hash

LAST_ONE = Refusal(
    "last_factor", "This is your only second factor. Set up another one before you remove it."
)
OWN_FACTORS = Refusal(
    "own_factors", "You cannot reset your own second factors. Another manager can."
)


NOT_ALONE = Refusal(
    "two_people", "This person sees the whole scheme. A second person has to agree."
)
WHY = {
    ResetReason.LOST: "{} lost what they give as their second step.",
    ResetReason.BROKEN: "What {} gives as their second step is broken or was replaced.",
    ResetReason.STOLEN: "What {} gives as their second step was stolen.",
}


@dataclass(frozen=True)
class Factors:
    """What an account can prove itself with beside its password."""

    app: AuthenticatorApp | None
    passkeys: Sequence[Passkey]
    codes_left: int

    @property
    def has_any(self) -> bool:
        return self.app is not None or bool(self.passkeys)


def get_factors(session: Session, account: Account) -> Factors:
    """Return the second factors of an account."""
    query = select(AuthenticatorApp).where(
        AuthenticatorApp.account_id == account.id, AuthenticatorApp.in_use.is_(True)
    )
    passkeys = select(Passkey).where(Passkey.account_id == account.id)
    left = select(func.count(RecoveryCode.id)).where(
        RecoveryCode.account_id == account.id, RecoveryCode.used_at.is_(None)
    )
    return Factors(
        session.scalar(query),
        session.scalars(passkeys.order_by(Passkey.created_at, Passkey.id)).all(),
        session.scalar(left) or 0,
    )


def has_factor(session: Session, account_id: uuid.UUID) -> bool:
    """Say whether an account has an authenticator app in use, or a passkey."""
    app = select(AuthenticatorApp.id).where(
        AuthenticatorApp.account_id == account_id, AuthenticatorApp.in_use.is_(True)
    )
    passkey = select(Passkey.id).where(Passkey.account_id == account_id).limit(1)
    return session.scalar(app) is not None or session.scalar(passkey) is not None


def pass_factor(session: Session, login: LoginSession, kind: FactorKind, now: datetime) -> str:
    """Open a session whose second factor was given, or freshen it; return its new secret."""
    secret = secrets.token_urlsafe(32)
    login.token_hash = token_hash(secret)
    login.factor_at = now
    login.factor_failures = 0
    audit.record_security(session, login.account, "factor.pass", login.account, kind=kind.value)
    return secret


def refuse_stranger(session: Session, login: LoginSession) -> None:
    """Refuse to change factors for a session that owes the factor that the account has."""
    if login.is_half_open and has_factor(session, login.account_id):
        raise Forbidden("a second factor is owed before others can be set up")


def note_added(
    session: Session, login: LoginSession, kind: FactorKind, was_first: bool, base_url: str
) -> None:
    """Record a new factor and tell its owner; with the first one, other browsers are signed out."""
    account = login.account
    login.factor_due = True
    if was_first:
        others = (LoginSession.account_id == account.id, LoginSession.id != login.id)
        session.execute(delete(LoginSession).where(*others))
    audit.record_security(session, account, "factor.add", account, kind=kind.value)
    what = {FactorKind.APP: "An authenticator app", FactorKind.PASSKEY: "A passkey"}[kind]
    tell(session, account, f"{what} was added to your account. {NOT_YOU}", base_url)


def remove_app(session: Session, login: LoginSession, base_url: str) -> None:
    """Stop taking codes of the authenticator app."""
    app = get_factors(session, login.account).app
    if app is None:
        raise NotFound("there is no authenticator app")
    _remove(session, login, app, FactorKind.APP, base_url)


def get_passkey(session: Session, account: Account, passkey_id: uuid.UUID) -> Passkey:
    """Return a passkey of this account."""
    found = session.get(Passkey, passkey_id)
    if found is None or found.account_id != account.id:
        raise NotFound("there is no such passkey")
    return found


def remove_passkey(
    session: Session, login: LoginSession, passkey_id: uuid.UUID, base_url: str
) -> None:
    """Stop taking a passkey."""
    found = get_passkey(session, login.account, passkey_id)
    _remove(session, login, found, FactorKind.PASSKEY, base_url)


def _remove(
    session: Session,
    login: LoginSession,
    factor: AuthenticatorApp | Passkey,
    kind: FactorKind,
    base_url: str,
) -> None:
    """Remove one factor; staff keep at least one, others may go back to the password alone."""
    account = lock_row(session, Account, login.account_id)
    factors = get_factors(session, account)
    is_last = len(factors.passkeys) + (factors.app is not None) <= 1
    if is_last and account.is_staff:
        raise Refused([LAST_ONE])
    session.delete(factor)
    if is_last:
        login.factor_due, login.factor_at = False, None
        session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account.id))
    audit.record_security(session, account, "factor.remove", account, kind=kind.value)
    what = {FactorKind.APP: "The authenticator app", FactorKind.PASSKEY: "A passkey"}[kind]
    tell(session, account, f"{what} was removed from your account. {NOT_YOU}", base_url)


def reset_factors(
    session: Session, actor: Account, account_id: uuid.UUID, reason: ResetReason, base_url: str
) -> Account:
    """Take every factor from a member of staff who lost them; they set one up anew.

    Raises
    ------
    NotFound
        The actor is no manager, or there is no such staff account.
    Refused
        It is the manager's own account, or that of somebody for whom it takes two people.
    """
    account = lock_colleague(session, account_id)
    if actor.role != Role.MANAGER:
        raise NotFound("there is no such staff account")
    if account.id == actor.id:
        raise Refused([OWN_FACTORS])
    if takes_two(account):
        raise Refused([NOT_ALONE])
    take_factors(session, actor, account, reason, base_url)
    return account


def takes_two(account: Account) -> bool:
    """Say whether two people decide: who then signs in sees the whole scheme, or decides on it."""
    return sees_every_locality(account)


def ask_for_reset(
    session: Session,
    actor: Account,
    account_id: uuid.UUID,
    reason: ResetReason,
    now: datetime,
    base_url: str,
) -> TwoPersonRequest:
    """Ask that a manager's or a lead's factors be reset; a second person decides.

    Raises
    ------
    NotFound
        There is no such staff account.
    Refused
        It is the actor's own, it waits already, or nobody else could decide.
    """
    account = lock_colleague(session, account_id)
    if account.id == actor.id:
        raise Refused([OWN_FACTORS])
    return two_person_requests.ask(
        session,
        actor,
        TwoPersonAct.RESET_FACTORS,
        WHY[reason].format(account.name or account.email),
        now,
        base_url,
        subject_id=account.id,
        details={"reason": reason.value},
    )


def reset_agreed(
    session: Session, actor: Account, account: Account, request: TwoPersonRequest, base_url: str
) -> None:
    """Reset what one manager asked for and a second person agrees to."""
    reason = ResetReason(request.details["reason"])
    take_factors(session, actor, account, reason, base_url)


def lock_colleague(session: Session, account_id: uuid.UUID) -> Account:
    """Lock the account of a member of staff.

    Raises
    ------
    NotFound
        There is none.
    """
    account = lock_row(session, Account, account_id)
    if not account.is_staff:
        raise NotFound("there is no such staff account")
    return account


def take_factors(
    session: Session, actor: Account | None, account: Account, reason: ResetReason, base_url: str
) -> None:
    """Reset an account without asking by whom; ``actor`` is None on the command line."""
    drop_factors(session, account)
    audit.record_security(session, actor, "factor.reset", account, reason=reason.value)
    text = (
        "The second factors of your account have been reset, and you are signed out everywhere. "
        f"You set up a new one when you next sign in. {NOT_YOU}"
    )
    tell(session, account, text, base_url)


def drop_factors(session: Session, account: Account) -> None:
    """Delete everything an account proves itself with, and every session of it."""
    for model in (AuthenticatorApp, Passkey, RecoveryCode, LoginSession):
        session.execute(delete(model).where(model.account_id == account.id))
