"""What somebody changes about their own account: the password, links by mail, where it is open."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from peerapp.adapters.passwords import hash_password
from peerapp.enums import Role
from peerapp.errors import Forbidden, NotFound, Refusal, Refused
from peerapp.models import Account, LoginSession, utc_now
from peerapp.services import accounts, audit, calendar_addresses, known_browsers, messages
from peerapp.services.rows import lock_row
from peerapp.services.sign_in import is_running
from peerapp.services.tokens import token_hash

NO_PASSWORD_HERE = Refusal(
    "council_only", "You sign in with your council account. It has no password here."
)


def change_password(
    session: Session, account: Account, password: str, this_session: str, base_url: str
) -> None:
    """Set a new password of somebody signed in; every other browser is signed out.

    Raises
    ------
    Refused
        The account has no password here.
    """
    account = lock_row(session, Account, account.id)
    if account.council_only:
        raise Refused([NO_PASSWORD_HERE])
    account.password_hash = hash_password(password)
    end_others(session, account, this_session)
    audit.record_security(session, account, "account.change_password", account)
    _tell_of_password(session, account, base_url)


def _tell_of_password(session: Session, account: Account, base_url: str) -> None:
    if account.role is Role.FAMILY:
        messages.queue_notice(session, account, f"{base_url}/sign-in", template="new_password")
        return
    text = f"The password of your account was changed. {known_browsers.NOT_YOU}\n"
    messages.queue_account_link(session, account, "new_password", text)


def choose_links(session: Session, account: Account, by_link: bool) -> None:
    """Choose whether one may sign in by a link that is mailed; staff never may.

    Raises
    ------
    Forbidden
        It is a staff account.
    """
    if account.is_staff:
        raise Forbidden("staff do not sign in by a link")
    account.signs_in_by_link = by_link
    audit.record_security(session, account, "account.choose_links", account, on=by_link)


def list_sessions(
    session: Session,
    account: Account,
    now: datetime,
    idle: timedelta,
    staff_idle: timedelta | None = None,
) -> Sequence[LoginSession]:
    """Return where an account is signed in now, the most recently used first."""
    query = (
        select(LoginSession)
        .where(LoginSession.account_id == account.id)
        .options(joinedload(LoginSession.account))
        .order_by(LoginSession.last_seen_at.desc(), LoginSession.id)
    )
    found = session.scalars(query).all()
    return [one for one in found if is_running(one, now, idle, staff_idle)]


def this_one(sessions: Sequence[LoginSession], secret: str) -> uuid.UUID | None:
    """Return which of some sessions a secret is that of."""
    return next((one.id for one in sessions if one.token_hash == token_hash(secret)), None)


def end_one(session: Session, account: Account, login_id: uuid.UUID) -> None:
    """Sign one of the own browsers out; it is new again when it is next used."""
    login = session.get(LoginSession, login_id)
    if login is None or login.account_id != account.id:
        raise NotFound("there is no such session")
    _end(session, account, login)


def end_others(session: Session, account: Account, this_session: str) -> int:
    """Sign every browser out but this one, and know only this one; return how many there were.

    The address of a calendar stops too: it may be in the wrong hands as well.
    """
    query = select(LoginSession).where(LoginSession.account_id == account.id)
    logins = session.scalars(query).all()
    here = next((one for one in logins if one.token_hash == token_hash(this_session)), None)
    others = [one for one in logins if one is not here]
    for login in others:
        session.delete(login)
    known_browsers.forget(session, account, but=here.known_browser_id if here else None)
    calendar_addresses.revoke_address(session, account, account, utc_now())
    if others:
        audit.record_security(session, account, "session.end_others", account, count=len(others))
    return len(others)


def _end(session: Session, actor: Account, login: LoginSession) -> None:
    audit.record_security(session, actor, "session.end", login.account)
    session.delete(login)


def get_staff_member(session: Session, actor: Account, account_id: uuid.UUID) -> Account:
    """Return a staff account whose sessions a manager may see and end."""
    account = accounts.get_staff(session, account_id)
    if actor.role is not Role.MANAGER:
        raise NotFound("there is no such staff account")
    return account


def end_staff_sessions(session: Session, actor: Account, account_id: uuid.UUID) -> int:
    """Sign a member of staff out everywhere; return of how many browsers."""
    account = get_staff_member(session, actor, account_id)
    query = select(LoginSession).where(LoginSession.account_id == account.id)
    logins = session.scalars(query).all()
    for login in logins:
        session.delete(login)
    audit.record_security(session, actor, "session.end_all", account, count=len(logins))
    return len(logins)


def require_council_sign_in(
    session: Session, actor: Account, account_id: uuid.UUID, required: bool
) -> Account:
    """Choose whether a member of staff signs in with the council's account alone.

    Then the password here stops working, and so does the way to a new one.
    """
    account = lock_row(session, Account, account_id)
    if actor.role is not Role.MANAGER or not account.is_staff:
        raise NotFound("there is no such staff account")
    if account.id == actor.id and required:
        message = "Ask another manager: you could lock yourself out."
        raise Refused([Refusal("own_account", message)])
    account.council_only = required
    if required:
        account.password_hash = None
        accounts.sign_out_everywhere(session, account)
    audit.record_security(session, actor, "account.council_only", account, on=required)
    return account
